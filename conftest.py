"""Fixtures for every test, in tests/ and in the plugins: the two databases; and chance that is the same every time."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.databases"]

# A slow machine fails no test, and a test that fails fails again.
settings.register_profile(
    "still",
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much),
)
settings.load_profile("still")
