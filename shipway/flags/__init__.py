"""Switches without a deployment: taking a component out of service at once, and features for a share of the keys.

file        what the flags file of a line says, written and read whole or not at all
store       where it is kept: a file here, a workspace's volume from outside, a fake
read        what code in a job or an agent asks; the answer is the safe path wherever the file cannot be believed
change      kill, unkill, features: written by compare-and-swap, and with a record of who and why
provider    the same questions through OpenFeature

One file for each line, in the use case's volume; Terraform neither writes nor reads it. `True` is always the new or
risky path and `False` the safe one. All of it runs in jobs too: the standard library is all it imports.
"""
