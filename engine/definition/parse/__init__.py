"""Reads the nodes of a process into the model, every fault collected with its place."""
