"""Who can do what, and by which route: from the declarations or from what a sandbox holds. Reads; changes nothing."""

from __future__ import annotations

__all__: list[str] = []
