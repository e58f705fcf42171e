"""Scores each new claim for complexity and routes it to the right desk.

score       how complex each claim of the day is      route     onto the work queue of the right desk: the effect
model       the formula                               train     the versions in the registry
reference   claims of each day, made up, the same everywhere
names       the tables
"""
