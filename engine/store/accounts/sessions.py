"""The rows of sessions: how one starts, where it leads, and how it ends; ``key`` is the digest of its secret."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, bindparam, delete, insert, select, update

from engine.clock import Micros
from engine.store.accounts.attempts import Guess
from engine.store.databases.sql import Statement
from engine.store.schema import hub, tables
from engine.store.transactions.runner import Tx

_a, _m, _s, _p, _u = hub.account.c, hub.membership.c, hub.session.c, tables.person.c, tables.unit.c
_ROW: Final = ("id", "data", "created_at", "seen_at", "expires_at")


def _begin(*more: ColumnElement[bool]) -> Statement:
    row = (bindparam(name, type_=_s[name].type) for name in _ROW)
    good = select(*row, _a.id).where(_a.id == bindparam("whose"), _a.disabled == 0, *more).with_for_update(read=True)
    return Statement(insert(hub.session).from_select([*_ROW, "account"], good))


_BEGIN, _BEGIN_KNOWN = _begin(), _begin(_a.password == bindparam("hashed"))
#: Who has left a district, in business time, is nobody there.
HERE = and_(_p.since <= bindparam("today"), _p.until > bindparam("today"))
#: A live session and where it leads: a row for each district, one with nothing of a district where it leads nowhere.
_SESSION = Statement(
    select(
        _a.id, _a.login, _a.name, _s.seen_at, _s.expires_at,
        _m.district_id, _m.person, _p.name.label("called"), _u.short,
    )
    .join_from(hub.session, hub.account)
    .outerjoin(hub.membership, _m.account == _a.id)
    .outerjoin(tables.person, (_p.district_id == _m.district_id) & (_p.id == _m.person) & HERE)
    .outerjoin(tables.unit, (_u.district_id == _m.district_id) & (_u.id == _p.unit_id))
    .outerjoin(hub.placement, hub.placement.c.district_id == _m.district_id)
    .where(_s.id == bindparam("key"), _a.disabled == 0)
    .order_by(hub.placement.c.position, _m.district_id)
)  # fmt: skip
#: It waits for nobody who holds the row.
_SEEN = Statement(
    update(hub.session)
    .where(_s.id == select(_s.id).where(_s.id == bindparam("key")).with_for_update(skip_locked=True).scalar_subquery())
    .values(seen_at=bindparam("now"))
)
_END = Statement(delete(hub.session).where(_s.id == bindparam("key")).returning(_s.account))
_END_ALL = Statement(delete(hub.session).where(_s.account == bindparam("account")))


@dataclass(frozen=True, slots=True)
class ProvenPassword:
    """Who gave the right password: the hash it was right for, and the guess as it was counted."""

    hashed: str
    guess: Guess


def started(tx: Tx, account: str, known: ProvenPassword | None, key: str, now: Micros, until: Micros) -> bool:
    """Insert the session *key* and say so, or False where the account is shut or has another hash by now.

    A look at a password takes long, and outside of any transaction. The account's row is held until the end of this
    one: whoever resets or shuts it has come before, and nothing is inserted, or comes after, and ends this session too.
    """
    row = {"id": key, "data": json.dumps({}), "created_at": now, "seen_at": now, "expires_at": until}
    if known is None:
        return tx.change(_BEGIN, whose=account, **row) == 1
    return tx.change(_BEGIN_KNOWN, whose=account, hashed=known.hashed, **row) == 1


def sweep(tx: Tx, now: Micros) -> None:
    """Delete the sessions of everybody that ended before *now*."""
    tx.connection.execute(delete(hub.session).where(_s.expires_at < now))


def live(tx: Tx, key: str, today: Micros) -> list[Any]:
    """The session *key* of an account that is open: a row for each district that it opens, in their order.

    Where it leads nowhere there is one, whose ``short``, the unit's short name, is None. Who left by *today*, business
    time, is nobody. Nobody has looked here whether it has ended.
    """
    return tx.rows(_SESSION, key=key, today=today)


def seen(tx: Tx, key: str, now: Micros) -> None:
    """Note that a request came; where somebody else holds the row, they note it."""
    tx.change(_SEEN, key=key, now=now)


def end(tx: Tx, key: str) -> str | None:
    """Delete the session *key*; whose it was, or None where there was none."""
    ended = tx.one(_END, key=key)
    return ended and str(ended.account)


def end_all(tx: Tx, account: str) -> int:
    """Delete the sessions of *account*; how many there were."""
    return tx.change(_END_ALL, account=account)
