"""Strict YAML: text read into nodes that know their place, and every fault of it told at once."""
