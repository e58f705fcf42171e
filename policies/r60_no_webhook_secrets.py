"""R60: a notification's secret does not stand in a stack

Severity: HIGH

Why
    Whoever has a webhook's address writes into the channel that people trust to wake them. It is in the repository's
    history, in the plan and in the state, in clear.

Anti-pattern
    resource:
      databricks_notification_destination:
        on-call:
          display_name: on-call
          config:
            slack:
              url: https://hooks.example.com/services/not-a-real-one

Best practice
    resource:
      databricks_notification_destination:
        on-call:
          display_name: on-call
          config:
            email:
              addresses: [on-call@example.com]

Sources
    Provider schema 1.99.0, which marks these attributes as sensitive.
"""

from __future__ import annotations

from collections.abc import Iterator

from policies._rule import Answer, Block, Rule, failed, passed, unknown
from policies._values import is_absent

_SENSITIVE = {
    "generic_webhook": ("password", "url", "username"),
    "microsoft_teams": ("app_id", "auth_secret", "channel_url", "tenant_id", "url"),
    "pagerduty": ("integration_key",),
    "slack": ("channel_id", "oauth_token", "url"),
}


class NoWebhookSecrets(Rule):
    """None of the sensitive attributes has a value; one from elsewhere is UNKNOWN, as it lands in the state too."""

    resources = ("databricks_notification_destination",)

    def judge(self, block: Block) -> Iterator[Answer]:
        """One answer for each attribute that is given, and one that all were looked at."""
        yield passed()
        for config in block.blocks("config"):
            for name, attributes in _SENSITIVE.items():
                for channel in config.blocks(name):
                    yield from _judged(channel, attributes)


def _judged(channel: Block, attributes: tuple[str, ...]) -> Iterator[Answer]:
    for leaf in map(channel.leaf, attributes):
        # The value itself is not repeated: a report is read by more people than the stack is.
        if leaf.unknown:
            yield unknown(leaf.path, "the value lands in the state")
        elif not is_absent(leaf.value):
            yield failed(leaf.path, "is in clear; wanted an e-mail destination, or one made outside Terraform")


RULE = NoWebhookSecrets()
