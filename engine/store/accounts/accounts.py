"""The rows of accounts, and of who each of them is in which district."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update

from engine.clock import Micros
from engine.definition.values.plain import name_key
from engine.store.accounts import attempts, familiar, sessions, tokens
from engine.store.databases.sql import Statement
from engine.store.schema import hub, tables
from engine.store.transactions.runner import Tx

_a, _m, _s, _t = hub.account.c, hub.membership.c, hub.session.c, hub.token.c
_p, _u = tables.person.c, tables.unit.c
_ADD = Statement(insert(hub.account).values({column: bindparam(column.name) for column in hub.account.c}))
_NAMED = Statement(select(_a.id).where(_a.login == bindparam("login")))
_OPEN = Statement(select(_a.id, _a.password).where(_a.login == bindparam("login"), _a.disabled == 0))
_ACCOUNT = Statement(
    select(_m.account).where(_m.district_id == bindparam("district"), _m.person == bindparam("person"))
)
_LOGIN = Statement(
    select(_a.login)
    .join_from(hub.account, hub.membership, _m.account == _a.id)
    .where(_a.id == bindparam("account"), _m.district_id == bindparam("district"))
)
_PERSONS = Statement(select(_m.district_id, _m.person).where(_m.account == bindparam("account")))


def add(
    tx: Tx, *, account: str, login: str, name: str, password: str | None, members: Mapping[str, str], now: Micros
) -> None:
    """Insert an account that is, by district, the person *members* says. Raises ``Duplicate`` for a login in use.

    *password* is a hash; ``None`` lets no password open it.
    """
    tx.change(_ADD, id=account, login=login, name=name, password=password, language="", elder=0, disabled=0,
              created_at=now)  # fmt: skip
    rows = [{"account": account, "district_id": district, "person": person} for district, person in members.items()]
    if rows:
        tx.connection.execute(insert(hub.membership), rows)


def named(tx: Tx, login: str) -> str | None:
    """The account with that log-in name, or None."""
    found = tx.one(_NAMED, login=name_key(login))
    return found and str(found.id)


def open_named(tx: Tx, login: str) -> tuple[str, str | None]:
    """The account that is open under that log-in name and the hash of its password; ``("", None)`` for none."""
    return tx.one(_OPEN, login=name_key(login)) or ("", None)


def of_person(tx: Tx, district: str, person: str) -> str | None:
    """The account that is *person* in *district*, or None."""
    found = tx.one(_ACCOUNT, district=district, person=person)
    return found and str(found.account)


def login_in(tx: Tx, account: str, district: str) -> str | None:
    """The log-in name of *account*; None alike for no account and for one that is nobody in *district*."""
    found = tx.one(_LOGIN, account=account, district=district)
    return found and str(found.login)


def persons_of(tx: Tx, account: str) -> dict[str, str]:
    """Who *account* is, by district."""
    return {row.district_id: row.person for row in tx.rows(_PERSONS, account=account)}


def of_district(tx: Tx, district: str, wall: Micros) -> list[Any]:
    """The accounts of the district's people as rows, by log-in name: with the unit's ``short`` name, ``until`` when the
    person is there, and how many other districts (``beyond``), open ``sessions`` and good ``tokens`` it has.

    *wall* is the wall time, by which sessions and tokens end.
    """
    other = hub.membership.alias("other")
    count = func.count().label
    opened = select(count("n")).where(_s.account == _a.id, _s.expires_at > wall).scalar_subquery()
    good = select(count("n")).where(_t.account == _a.id, _t.district_id == district, _t.expires_at > wall)
    beyond = (
        select(count("n")).select_from(other).where(other.c.account == _a.id, other.c.district_id != district)
        .scalar_subquery()
    )  # fmt: skip
    return list(tx.read(
        select(_a.id, _a.login, _a.name, _m.person, _u.short, _p.until, _a.disabled, _a.password, _a.created_at,
               beyond.label("beyond"), opened.label("sessions"), good.scalar_subquery().label("tokens"))
        .join_from(hub.account, hub.membership, (_m.account == _a.id) & (_m.district_id == district))
        .outerjoin(tables.person, (_p.district_id == _m.district_id) & (_p.id == _m.person))
        .outerjoin(tables.unit, (_u.district_id == _m.district_id) & (_u.id == _p.unit_id))
        .order_by(_a.login)
    ))  # fmt: skip


def password_of(tx: Tx, account: str) -> str | None:
    """The hash that opens *account*, or None where none does or there is no such account."""
    found = next(iter(tx.read(select(_a.password).where(_a.id == account))), None)
    return None if found is None else found.password


def renew_password(tx: Tx, account: str, login: str, hashed: str) -> int:
    """Give *account* another hash, forget the wrong guesses at it, end its sessions and tokens; how many ended."""
    tx.connection.execute(update(hub.account).where(_a.id == account).values(password=hashed))
    attempts.forgive(tx, login, account)  # a name that rests is told to ask for this
    return sessions.end_all(tx, account) + tokens.end_all(tx, account)


def shut(tx: Tx, account: str) -> int:
    """Let nothing open *account*, forget where it logged in and end its sessions; how many ended."""
    tx.connection.execute(update(hub.account).where(_a.id == account).values(disabled=1))
    familiar.forget(tx, account)
    return sessions.end_all(tx, account)


def reopen(tx: Tx, account: str) -> int:
    """Let *account* be opened again; 1, or 0 where it is gone."""
    return tx.connection.execute(update(hub.account).where(_a.id == account).values(disabled=0)).rowcount
