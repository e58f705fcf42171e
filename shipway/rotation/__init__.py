"""Rotating secrets: when each is due, and the runbook that gives it a new value."""
