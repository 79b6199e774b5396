"""Spells: from when until when something is so, a row for each. What ends stays told; what comes back begins anew."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from engine.clock import Micros

#: A row by the names of its columns. In one that is wanted ``since`` may be None, where nobody gave a date.
Row = dict[str, Any]
_Key = tuple[str, ...]


def renewed(held: Iterable[Row], wanted: Iterable[Row], key: _Key, now: Micros, new: Micros) -> Iterator[Row]:
    """The rows to put so that from *now* on all that is *wanted* is so and nothing else, and what was so stays told.

    *key* names the columns that say what a row is about. What is so already goes on in its own row, of which only the
    end may change; what is no longer wanted ends now; what is over and is wanted again has another row, from now at
    the earliest. What never was begins at its date, or at *new* without one. Nothing is put that is as it is wanted.
    A clock may have been set back, so a spell may lie ahead, and an older one may reach past *now* as well.
    """
    spells: dict[_Key, list[Row]] = {}
    for row in sorted(held, key=_begun):
        if row["until"] > row["since"]:
            spells.setdefault(_of(row, key), []).append(row)
    said = {_of(row, key): row for row in wanted}
    for one, row in said.items():
        yield from _next(spells.get(one, []), row, now, new)
    for one, ended in spells.items():
        if one not in said:
            yield from _ended(ended, now)


def revived(held: Iterable[Row], wanted: Iterable[Row], key: _Key, now: Micros, new: Micros) -> Iterator[Row]:
    """The same for what has one row for good, since all else refers to it; what ends is not looked for.

    Its first day stays, unless another is given or it lies ahead because a clock was wrong.
    """
    there = {_of(row, key): row for row in held}
    for row in wanted:
        was = there.get(_of(row, key))
        first = row["since"] if row["since"] is not None else new if was is None else min(was["since"], now)
        told = {**row, "since": first}
        if was is None or told.items() - was.items():
            yield told


def _next(spells: list[Row], row: Row, now: Micros, new: Micros) -> Iterator[Row]:
    """What is to be put so that *row* is so from *now* on, after the *spells* before it, earliest first."""
    given, until = row["since"], row["until"]
    going = _going_on(spells, given, now)
    yield from _ended([spell for spell in spells if spell is not going], now)
    if going is not None:
        goes_on = {**row, "since": going["since"], "until": max(until, now)}
        if goes_on != going:
            yield goes_on
    elif not spells:
        yield {**row, "since": new if given is None else given}
    elif until > now:
        yield {**row, "since": max(now, given or now)}


def _going_on(spells: list[Row], given: Micros | None, now: Micros) -> Row | None:
    """The spell that goes on: the last of those in force, else one that is still to begin on the *given* day."""
    last = next((spell for spell in reversed(spells) if spell["since"] <= now < spell["until"]), None)
    return last or next((spell for spell in spells if spell["since"] == given and spell["until"] > now), None)


def _ended(spells: Iterable[Row], now: Micros) -> Iterator[Row]:
    """Those of *spells* that reach past *now*, ended; one that is still to begin never does."""
    return ({**spell, "until": max(now, spell["since"])} for spell in spells if spell["until"] > now)


def _of(row: Row, key: _Key) -> _Key:
    return tuple(row[name] for name in key)


def _begun(row: Row) -> Micros:
    return int(row["since"])
