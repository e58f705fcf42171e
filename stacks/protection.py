"""No plan destroys what holds data or closes a door: `prevent_destroy`, for a whole stack so that nobody forgets it.

It is written down either way. A missing one would look the same whether it was decided or forgotten; rule R41 takes
the word `false` only where nothing is protected, or where a waiver says so.
"""

from __future__ import annotations

from binding import TerraformResource, TerraformStack
from shipway.models.protection import is_lifted, is_protected

__all__ = ["protect"]


def protect(stack: TerraformStack, *, protected: bool, lifted: tuple[str, ...] = ()) -> None:
    """Set `prevent_destroy` on every resource of `stack` that has a protected type; `lifted` are construct paths."""
    for construct in stack.node.find_all():
        if isinstance(construct, TerraformResource) and is_protected(_type_of(construct)):
            kept = protected and not (lifted and is_lifted(construct.node.path, lifted))
            # An override joins what a construct sets itself, such as ignore_changes.
            construct.add_override("lifecycle.prevent_destroy", kept)


def _type_of(resource: TerraformResource) -> str:
    # The binding has one module per resource type; asking the object itself would cost a call to Node for each.
    return f"databricks_{type(resource).__module__.rpartition('.')[2]}"
