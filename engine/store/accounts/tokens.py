"""The rows of personal tokens of the REST door; of a secret the database keeps the digest."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, delete, insert, or_, select

from engine.clock import Micros
from engine.store.accounts.sessions import HERE
from engine.store.databases.sql import Statement
from engine.store.schema import hub, tables
from engine.store.transactions.runner import Tx

_a, _m, _t, _p = hub.account.c, hub.membership.c, hub.token.c, tables.person.c
_GOOD = (_t.digest == bindparam("digest"), _a.disabled == 0, _t.expires_at > bindparam("wall"))
_TOKEN = Statement(select(_t.account).join_from(hub.token, hub.account).where(*_GOOD))
_CALLER = Statement(
    select(_t.account, _m.person)
    .join_from(hub.token, hub.account)
    .join(hub.membership, (_m.account == _t.account) & (_m.district_id == _t.district_id))
    .join(tables.person, (_p.district_id == _m.district_id) & (_p.id == _m.person) & HERE)
    .where(*_GOOD, _t.district_id == bindparam("district"))
)
_MEANT = Statement(
    select(_t.id)
    .where(_t.account == bindparam("account"), _t.district_id == bindparam("district"))
    .where(or_(_t.id == bindparam("token"), _t.name == bindparam("token")))
    .order_by(_t.id)
)
_END_ALL = Statement(delete(hub.token).where(_t.account == bindparam("account")))


def add(
    tx: Tx, *, token: str, digest: str, account: str, district: str, name: str, wall: Micros, until: Micros
) -> None:
    """Insert a token that is good for *district* from *wall* until *until*, wall time."""
    tx.connection.execute(insert(hub.token).values(
        id=token, digest=digest, account=account, district_id=district, name=name, created_at=wall, expires_at=until,
    ))  # fmt: skip


def is_good(tx: Tx, digest: str, wall: Micros) -> bool:
    """Whether a token with that digest is good anywhere."""
    return tx.one(_TOKEN, digest=digest, wall=wall) is not None


def caller(tx: Tx, digest: str, district: str, wall: Micros, today: Micros) -> tuple[str, str] | None:
    """(account, person) behind a token that is good for *district*; None also for who has left it by *today*."""
    found = tx.one(_CALLER, digest=digest, district=district, wall=wall, today=today)
    return (found[0], found[1]) if found else None


def of_account(tx: Tx, account: str, district: str, wall: Micros) -> list[Any]:
    """The tokens of *account* that are still good for *district*, the newest first: ``id``, ``account``, ``name``,
    ``created_at`` and ``expires_at``.
    """
    return list(tx.read(
        select(_t.id, _t.account, _t.name, _t.created_at, _t.expires_at)
        .where(_t.account == account, _t.district_id == district, _t.expires_at > wall)
        .order_by(_t.created_at.desc(), _t.id)
    ))  # fmt: skip


def meant(tx: Tx, account: str, district: str, words: str) -> list[str]:
    """The ids of the tokens of *account* for *district* that have *words* for their id or name."""
    return [row.id for row in tx.rows(_MEANT, account=account, district=district, token=words)]


def end(tx: Tx, account: str, token: str) -> None:
    """Delete one token of *account*."""
    tx.connection.execute(delete(hub.token).where(_t.account == account, _t.id == token))


def end_all(tx: Tx, account: str) -> int:
    """Delete the tokens of *account*, of whatever district; how many there were."""
    return tx.change(_END_ALL, account=account)
