"""Plan sets: what was reviewed, bound together by digests, and the proof that exactly that is applied.

A plan set is a folder: `plan-set.json` names every other file with its SHA-256: the review, the scan, and for each
stack the saved plan. The SHA-256 of `plan-set.json` is the plan set's digest: whoever
approves it approves all of it. Signatures and approvals as statements of their own bind to that digest.

model   what plan-set.json says
saved   what a saved plan of Terraform holds besides the plan: configuration, lineage, serial
write   making one
verify  everything that must hold before any of it is applied, and which of it does not
"""
