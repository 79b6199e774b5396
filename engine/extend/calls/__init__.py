"""Calls into a plugin's code: how it is entered and watched, what it answers, and whose fault is whose."""
