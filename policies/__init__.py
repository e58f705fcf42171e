"""What the synthesized stacks are judged by: one rule per file, `r<number>_<name>.py`.

A rule's docstring is its documentation, and the two examples in it are its test. This file must stay: without it
checkov loads no rule at all and says so nowhere but in a log.
"""
