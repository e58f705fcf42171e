"""What somebody else synthesized, judged as data before Terraform sees a byte of it.

A pull request's Python ran without a secret; what it wrote is then planned by a job that has an identity. So the stacks
are held against what the documents of the *base* declare, and only what was checked is handed on, as a copy.
"""
