"""Watching lines that are under way: signals in, one decision per line out; what is decided is done, or proposed."""
