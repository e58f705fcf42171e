"""From synthesized stacks to applied ones: in which order, and that what is applied is what was planned.

order      which stacks need which: account, landing zones, data policies, lines
data_setup the job between a landing zone and its data policies
steps      plan a wave of stacks, review, apply exactly those plans
authored   a state seen through what its stack's author wrote: equal before a flip and after its rollback
"""
