"""What the databricks provider does for Terraform, without Databricks: validate, plan, apply, read, import.

    messages  the plugin protocol's messages        wire     their bytes
    values    Terraform's values                    schema   what a resource type looks like and how it behaves
    validate  what the provider itself refuses      planning what Terraform is told will happen
    filling   what the workspace would have answered
    identity  what an object is called              store    one file per object
    service   the calls, one method each

Schema and behaviour are the real provider's, as data (shipway/sandbox/facts); nothing here knows a resource type except
the tables of `identity` and `data_sources`.
"""
