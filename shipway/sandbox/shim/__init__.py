"""The program `terraform` in the sandbox: it runs the real one, with a provider and a state of the sandbox's.

It forks: the child serves the provider and the state until the parent is gone, and the parent becomes the real
Terraform. So Terraform's exit code, its terminal and its signals are Terraform's own, and there is no daemon.
"""
