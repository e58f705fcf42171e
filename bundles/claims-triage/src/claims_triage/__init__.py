"""Scores each new claim for complexity and routes it to the right desk."""
