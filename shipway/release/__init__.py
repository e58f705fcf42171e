"""Releases: the moves of a line, what each may change, how each is taken back, and the record of all of it."""
