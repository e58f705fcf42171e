"""What somebody found in a workspace, whoever asked: its API, a recording of it, or the sandbox's store.

Drift, access and import work on these and never ask for themselves. Attributes are spelled and nested as the Terraform
provider keeps them in its state (a block is a list of mappings), so that what is declared, what the state says and what
was observed can be laid side by side.
"""

from shipway.observed.model import Observed, ObservedWorkspace, Unreadable

__all__ = ["Observed", "ObservedWorkspace", "Unreadable"]
