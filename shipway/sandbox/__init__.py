"""The sandbox: real Terraform against a stand-in for the databricks provider, on a laptop with no cloud account.

    home         what the commands call: make it ready, run something in it
    prepare      `shipway sandbox up`          contents     `status` and `reset`
    layout       where things lie              pack         the facts about the real provider, made ready to read
    shim         the program `terraform` that runs the real one with all of the below
    provider     what the databricks provider does, without Databricks
    transport    gRPC and HTTP, as far as Terraform speaks them
    state        Terraform's state: files, locks (state_service serves them, recover puts right what a killed run left)

Nothing is imported here: the shim starts with every call of Terraform.
"""
