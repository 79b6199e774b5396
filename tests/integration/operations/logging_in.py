"""Somebody who tries to log in."""

from __future__ import annotations

from engine.errors import Unauthenticated
from engine.operations.accounts import accounts
from tests.town import Town

WORD = "茶亭路 2026 good"


def guess(
    town: Town, login: str, password: str = "wrong word", address: str = "", keys: tuple[str, ...] = ("a key of the cookies",)
) -> str:
    try:
        accounts.log_in(town.system, login, password, address, keys)
    except Unauthenticated as refusal:
        return refusal.code
    finally:
        town.system.runner.release()
    return "in"
