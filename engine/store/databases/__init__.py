"""The two databases: how each is opened, and what is particular about its driver."""
