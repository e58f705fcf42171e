"""gRPC and HTTP, as far as Terraform speaks them to a provider and to its state.

Written here because the whole server lives for one call of Terraform: importing grpc takes longer than all it is then
asked, and a provider that Terraform starts three times a call pays it three times.
"""
