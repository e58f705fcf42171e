"""From documents to cdktf.out: which stacks have to be synthesized, and putting them in place.

inputs       what main.py builds: all of the project's stacks, or those that the parent process asked for
fingerprint  what a synthesized stack depends on, as digests
record       what was synthesized last time, so that the unchanged is not done again
run          the steps, in order
"""
