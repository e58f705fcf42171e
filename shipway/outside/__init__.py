"""Everything that touches processes, sockets and other people's programs, each with its fake beside it.

What is here is thin: it asks and reports. What an answer means is decided elsewhere.
"""
