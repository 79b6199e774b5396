"""Who is behind a personal token of the REST door."""

from __future__ import annotations

from engine.operations.accounts.accounts import digest
from engine.operations.context import System
from engine.store.accounts import tokens


def is_token(system: System, secret: str) -> bool:
    """Whether *secret* is a token that is still good, wherever."""
    key, wall = digest(secret), system.clock.wall()
    return system.runner.run(lambda tx: tokens.is_good(tx, key, wall), write=False)


def token_caller(system: System, secret: str, district: str) -> tuple[str, str] | None:
    """(account, person) behind a token that is good for *district*, or None, also for who has left it."""
    key, wall, today = digest(secret), system.clock.wall(), system.clock.now()
    return system.runner.run(lambda tx: tokens.caller(tx, key, district, wall, today), write=False)
