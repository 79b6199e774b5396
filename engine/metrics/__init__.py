"""The door of whoever watches an installation: what it does and how it stands, in figures."""
