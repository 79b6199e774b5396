"""For every test, here and in the plugins: the databases, chance that is the same every time, little work twice."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from types import CodeType

import pytest
from argon2 import PasswordHasher
from flask import Flask
from hypothesis import HealthCheck, settings
from jinja2.bccache import Bucket, BytecodeCache

from engine.operations.accounts import passwords

pytest_plugins = ["tests.databases", "tests.hanging", "tests.stricter"]

# A slow machine fails no test, and a test that fails fails again.
settings.register_profile(
    "still",
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much),
)
settings.load_profile("still")

#: The engine's log as it was before anything ran: what a fixture of a whole session does with it is no test's either.
_LOG = logging.getLogger("rongtong")
_AS_IT_WAS = _LOG.handlers[:], _LOG.level, _LOG.propagate


@pytest.fixture(scope="session", autouse=True)
def light_passwords() -> Iterator[None]:
    """Argon2id with little work: how hard a password is to guess is what one test looks at, and nobody else."""
    light = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "hasher", lambda: light)
        yield


@pytest.fixture(autouse=True)
def own_log() -> Iterator[None]:
    """Whatever a test does with the engine's log, the next one finds it as it was."""
    yield
    _LOG.handlers[:], level, _LOG.propagate = _AS_IT_WAS
    _LOG.setLevel(level)


class Compiled(BytecodeCache):
    """Templates that were compiled in this process: each test has an application of its own, with the same pages."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._kept[bucket.key, bucket.checksum] = bucket.code


@pytest.fixture(scope="session", autouse=True)
def compiled_templates() -> Iterator[None]:
    """Compile a template once and not in each test, which took half of the time of all that asks for pages."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(Flask.jinja_options, "bytecode_cache", Compiled())
        yield
