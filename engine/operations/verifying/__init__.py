"""Verifying: every promise about what is stored, checked by reading all of it."""
