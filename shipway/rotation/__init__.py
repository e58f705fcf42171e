"""Rotating secrets: when each is due, and the runbook that gives it a new value.

    declared   what bundles say: owner, how often
    seams      where values are kept and where they come from: arguments, with fakes beside the real ones
    record     what was done, append-only: never a value, nor anything computed from one
    runbook    the steps; `explain` and `carry_out` walk the same list
    status     each secret's age and when it is due

A secret's value is in memory between the step that obtains it and the step that writes it, and nowhere else: not in
arguments, environments, files, logs, exceptions or the record.
"""
