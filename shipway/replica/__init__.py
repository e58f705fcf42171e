"""How two environments differ, for people and machines: what `shipway env` shows.

What is compared, and which difference is intended, is decided in `shipway.models.differences`: synthesis refuses by it.
"""
