"""For every test, here and in the plugins: the databases, chance that is the same every time, cheap passwords."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck, settings

from engine.operations import passwords

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


@pytest.fixture(scope="session", autouse=True)
def light_passwords() -> Iterator[None]:
    """Argon2id with little work: how hard a password is to guess is what one test looks at, and nobody else."""
    light = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "hasher", lambda: light)
        yield
