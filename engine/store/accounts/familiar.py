"""Where an account has logged in before, as digests: a name is counted apart there, so strangers do not shut it out."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from typing import Final

from sqlalchemy import Select, bindparam, delete, or_, select

from engine.addresses import counted_as
from engine.clock import DAY, Micros
from engine.definition.values.plain import name_key
from engine.store.databases.sql import Statement, among
from engine.store.schema import hub
from engine.store.text import digest
from engine.store.transactions.runner import Tx

#: So many places of an account are remembered, and each for so long after the last log-in there (wall time).
PLACES: Final = 10
AGE: Final[Micros] = 90 * DAY

_f = hub.familiar.c
_FOUND: Final = Statement(select(_f.id).where(among(_f.id, "places"), _f.at > bindparam("since")), lists=("places",))
_REMEMBER: Final = Statement(
    lambda insert: (
        insert(hub.familiar)
        .values(id=bindparam("place"), account=bindparam("its"), at=bindparam("now"))
        .on_conflict_do_update(index_elements=[_f.id], set_={"at": bindparam("now")})
    )
)
_NEWEST: Final = select(_f.id).where(_f.account == bindparam("its")).order_by(_f.at.desc(), _f.id).limit(PLACES)
_FORGET_OLD: Final = Statement(
    delete(hub.familiar).where(
        or_(_f.at <= bindparam("since"), (_f.account == bindparam("its")) & _f.id.not_in(_NEWEST))
    )
)


def places(login: str, address: str, keys: Sequence[str]) -> tuple[str, ...]:
    """What the database keeps of *login* at *address*, under each of *keys*; nothing where it comes from nowhere.

    Addresses are few enough to be tried one by one, so a digest alone would not hide them.
    """
    said = digest(name_key(login), counted_as(address)).encode()
    return tuple(hmac.digest(key.encode(), said, "sha256").hex() for key in keys) if address else ()


def found(tx: Tx, of: Sequence[str], now: Micros) -> str:
    """Which of the places *of* is remembered, or "". The same statement whether or not anybody has the name."""
    row = tx.one(_FOUND, places=list(of), since=now - AGE)
    return str(row[0]) if row else ""


def remember(tx: Tx, account: str, place: str, now: Micros) -> None:
    """*account* has logged in at *place*; what is remembered too long, or of too many places, is thrown away."""
    tx.change(_REMEMBER, place=place, its=account, now=now)
    tx.change(_FORGET_OLD, its=account, since=now - AGE)


def places_of(account: str) -> Select[tuple[str]]:
    """The query of what is remembered of *account*."""
    return select(_f.id).where(_f.account == account)


def forget(tx: Tx, account: str) -> None:
    """Nothing is remembered of *account* any more."""
    tx.connection.execute(delete(hub.familiar).where(_f.account == account))
