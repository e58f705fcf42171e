"""The task `route`."""


def main() -> None:
    """Route."""
