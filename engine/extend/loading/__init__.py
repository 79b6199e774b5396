"""Plugins as they are found and read: what does not fit closes its plugin, with file and line."""
