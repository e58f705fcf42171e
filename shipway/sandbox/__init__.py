"""The sandbox: real Terraform against a stand-in for the databricks provider, on a laptop with no cloud account.

    home         where things lie              environment  what a command needs to run in the sandbox
    prepare      `shipway sandbox up`          contents     what is in it: status and reset
    shim         the program `terraform` that runs the real one with all of the below
    transport    gRPC and HTTP, as far as Terraform speaks them
    provider     what the databricks provider does, without Databricks
    state        Terraform's state: files, locks, and putting right what a killed run left

Nothing is imported here: the shim starts with every call of Terraform.
"""
