"""The fixtures that every test may ask for, the plugins' own tests included."""

from __future__ import annotations

pytest_plugins = ["tests.databases"]
