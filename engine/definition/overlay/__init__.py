"""Overlays: a district's edits of a process that it extends, and what two processes say otherwise."""
