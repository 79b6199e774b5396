"""How a session starts: only of an account that is open and whose password still is the one that was looked at."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, bindparam, insert, select

from engine.clock import Micros
from engine.operations.accounts.attempts import Guess
from engine.store.databases.sql import Statement
from engine.store.schema import hub
from engine.store.transactions.runner import Tx

_a, _s = hub.account.c, hub.session.c
_ROW: Final = ("id", "data", "created_at", "seen_at", "expires_at")


def _begin(*more: ColumnElement[bool]) -> Statement:
    row = (bindparam(name, type_=_s[name].type) for name in _ROW)
    good = select(*row, _a.id).where(_a.id == bindparam("whose"), _a.disabled == 0, *more).with_for_update(read=True)
    return Statement(insert(hub.session).from_select([*_ROW, "account"], good))


_BEGIN, _BEGIN_KNOWN = _begin(), _begin(_a.password == bindparam("hashed"))


@dataclass(frozen=True, slots=True)
class Known:
    """Who gave the right password: the hash it was right for, and the guess as it was counted."""

    hashed: str
    guess: Guess


def started(tx: Tx, account: str, known: Known | None, key: str, now: Micros, until: Micros) -> bool:
    """Insert the session *key* and say so, or False where the account is shut or has another hash by now.

    A look at a password takes long, and outside of any transaction. The account's row is held until the end of this
    one: whoever resets or shuts it has come before, and nothing is inserted, or comes after, and ends this session too.
    """
    row = {"id": key, "data": json.dumps({}), "created_at": now, "seen_at": now, "expires_at": until}
    if known is None:
        return tx.change(_BEGIN, whose=account, **row) == 1
    return tx.change(_BEGIN_KNOWN, whose=account, hashed=known.hashed, **row) == 1
