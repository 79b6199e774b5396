"""The fixtures that every test may ask for, the plugins' own tests included."""

from __future__ import annotations

from hypothesis import settings

pytest_plugins = ["tests.databases"]

# The same examples on every run, and no deadline: a busy machine is no fault of the code.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")
