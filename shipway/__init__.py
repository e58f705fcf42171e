"""Shipway takes AI use cases on Databricks from pilot to production.

This package is the engine. It never imports cdktf, `stacks` or the construct packages: it meets Terraform as files.
"""
