"""Fixtures for every test, in tests/ and in the plugins: the two databases."""

from __future__ import annotations

pytest_plugins = ["tests.databases"]
