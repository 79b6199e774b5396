"""Wrong passwords, counted by the name that was typed, so that trying tells nobody who has an account."""

from __future__ import annotations

from typing import Final

from sqlalchemy import bindparam, delete, or_, select, update

from engine.clock import MINUTE, Micros
from engine.definition.plain import narrow
from engine.store import hub
from engine.store.sql import Statement
from engine.store.text import digest
from engine.store.transaction import Tx

#: After this many wrong passwords in a row a name rests for as long as one is remembered (wall time).
TRIES: Final = 5
REST: Final[Micros] = 5 * MINUTE

_a = hub.attempt.c
_OPEN = Statement(
    lambda insert: (
        insert(hub.attempt).values(id=bindparam("name"), failures=0, at=bindparam("now")).on_conflict_do_nothing()
    )
)
_COUNT = Statement(
    update(hub.attempt).where(_a.id == bindparam("name")).values(failures=_a.failures + 1, at=bindparam("now"))
)
#: What is remembered no longer; nor what lies ahead, after the clock was set back.
_GONE = or_(_a.at <= bindparam("since"), _a.at > bindparam("now"))
_FORGET = Statement(delete(hub.attempt).where(_GONE))
_FAILED = Statement(select(_a.failures).where(_a.id == bindparam("name"), ~_GONE))


def rests(tx: Tx, login: str, now: Micros) -> bool:
    """Whether the name is not let in for now, whatever the password."""
    row = tx.one(_FAILED, name=_digest(login), since=now - REST, now=now)
    return row is not None and row.failures >= TRIES


def failed(tx: Tx, login: str, now: Micros) -> bool:
    """Count a wrong password; whether the name rests from now on. What is remembered no longer is thrown away."""
    tx.change(_FORGET, since=now - REST, now=now)
    tx.change(_OPEN, name=_digest(login), now=now)
    tx.change(_COUNT, name=_digest(login), now=now)
    return rests(tx, login, now)


def forgive(tx: Tx, login: str) -> None:
    """The right password came."""
    tx.connection.execute(delete(hub.attempt).where(_a.id == _digest(login)))


def _digest(login: str) -> str:
    """What is kept of a name, which may be a password in the wrong box."""
    return digest(narrow(login))
