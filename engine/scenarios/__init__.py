"""Scenarios: a district at work in YAML, run on a database of its own."""
