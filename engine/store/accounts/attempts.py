"""Guesses at passwords, counted before they are looked at, by the name that was typed and the address it came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from sqlalchemy import bindparam, delete, or_, update

from engine.addresses import counted_as
from engine.clock import MINUTE, Micros
from engine.definition.values.plain import name_key
from engine.store.accounts import familiar
from engine.store.databases.sql import Statement
from engine.store.schema import hub
from engine.store.text import digest
from engine.store.transactions.runner import Tx

#: After this many wrong passwords in a row a name rests, and after so many of whatever names an address does, for as
#: long as one is remembered (wall time). Many people may come from one address.
TRIES: Final = 5
TRIES_OF_ADDRESS: Final = 100
REST: Final[Micros] = 5 * MINUTE
Rests = Literal["", "name", "address"]

_a = hub.attempt.c
#: One statement both looks and counts, so that guesses that come together cannot all see the same count.
_COUNT = Statement(
    lambda insert: (
        insert(hub.attempt)
        .values(id=bindparam("name"), failures=1, at=bindparam("now"))
        .on_conflict_do_update(
            index_elements=[_a.id],
            set_={"failures": _a.failures + 1, "at": bindparam("now")},
            where=_a.failures < bindparam("most"),
        )
        .returning(_a.failures)
    )
)
#: What is remembered no longer; nor what lies ahead, after the clock was set back.
_FORGET = Statement(delete(hub.attempt).where(or_(_a.at <= bindparam("since"), _a.at > bindparam("now"))))
_FORGIVE = Statement(delete(hub.attempt).where(_a.id == bindparam("name")))
_GIVE_BACK = Statement(
    update(hub.attempt).where(_a.id == bindparam("name"), _a.failures > 0).values(failures=_a.failures - 1)
)


@dataclass(frozen=True, slots=True)
class Guess:
    """A guess that was counted: what rests, if something does, and then it is not to be judged.

    It was counted by the row *counter*; *place* is what would be remembered of where it came from, if it was right.
    """

    rests: Rests
    counter: str
    address: str
    place: str


def counted(tx: Tx, login: str, address: str, now: Micros, keys: Sequence[str]) -> Guess:
    """Count a guess, whatever comes of it: by its address, and by its name, which is counted apart at each address
    where it has logged in before. What is remembered no longer is thrown away.

    *keys* are those that sign cookies.
    """
    places = familiar.places(login, address, keys)
    place = familiar.found(tx, places, now)
    guess = Guess("", place or _of_name(login), address, next(iter(places), ""))
    tx.change(_FORGET, since=now - REST, now=now)
    if address and tx.one(_COUNT, name=_of_address(address), now=now, most=TRIES_OF_ADDRESS) is None:
        return replace(guess, rests="address")
    return guess if tx.one(_COUNT, name=guess.counter, now=now, most=TRIES) else replace(guess, rests="name")


def right(tx: Tx, guess: Guess, account: str, now: Micros) -> None:
    """The right password came: the wrong ones before it are forgotten where it was counted, it was no guess of the
    address, and *account* is known there from now on.
    """
    tx.change(_FORGIVE, name=guess.counter)
    if guess.address:
        tx.change(_GIVE_BACK, name=_of_address(guess.address))
        familiar.remember(tx, account, guess.place, now)


def forgive(tx: Tx, login: str, account: str) -> None:
    """Forget the wrong passwords of a name, wherever it was counted."""
    tx.change(_FORGIVE, name=_of_name(login))
    tx.connection.execute(delete(hub.attempt).where(_a.id.in_(familiar.places_of(account))))


def _of_name(login: str) -> str:
    """What is kept of a name, which may be a password in the wrong box."""
    return digest("name", name_key(login))


def _of_address(address: str) -> str:
    return digest("address", counted_as(address))
