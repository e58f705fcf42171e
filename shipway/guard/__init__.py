"""Whether a plan may be carried out, by rules on what it does; the scan judges what is declared, this what happens.

addresses  the construct path that an address stands for, also where the block is gone
change     one change as the rules on plans see it
rules      the rules on plans as documents: the files in policies/plan/
ground     what documents say about it: which stacks are protected, which waivers hold, where to write one
judge      plans, rules, ground -> rulings
emptied    a stack with nothing in it, whose plan destroys all that its state has
"""
