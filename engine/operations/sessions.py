"""How a session starts: only of an account that is open and whose password still is the one that was looked at."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import insert, literal, select

from engine.clock import Micros
from engine.operations.attempts import Guess
from engine.store import hub
from engine.store.transaction import Tx


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
    a = hub.account.c
    row = {"id": key, "data": json.dumps({}), "created_at": now, "seen_at": now, "expires_at": until}
    kept = (literal(value, hub.session.c[name].type) for name, value in row.items())
    good = select(*kept, a.id).where(a.id == account, a.disabled == 0).with_for_update(read=True)
    if known:
        good = good.where(a.password == known.hashed)
    begun = insert(hub.session).from_select([*row, "account"], good).returning(hub.session.c.id)
    return tx.connection.execute(begun).first() is not None
