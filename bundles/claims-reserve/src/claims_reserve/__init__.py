"""Predicts what each open claim will cost: the reserve that the insurer sets aside for it.

score       a reserve for each open claim, each day        measure   how good the reserves were
model       the formula, and fitting it                    train     the versions in the registry
reference   claims and what they turn out to cost, made up, the same everywhere
handlers    the claims desk: reads the view and corrects reserves that are too low
names       the tables
"""
