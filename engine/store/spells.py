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
    """
    last = {_of(row, key): row for row in sorted(held, key=_begun) if row["until"] > row["since"]}
    said = {_of(row, key): row for row in wanted}
    for one, row in said.items():
        yield from _next(last.get(one), row, now, new)
    for one, row in last.items():
        if one not in said and row["until"] > max(now, row["since"]):
            yield {**row, "until": max(now, row["since"])}


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


def _next(last: Row | None, row: Row, now: Micros, new: Micros) -> Iterator[Row]:
    """What is to be put so that *row* is so from *now* on, after *last*, the spell before it."""
    given, until = row["since"], row["until"]
    if last is None:
        yield {**row, "since": new if given is None else given}
    elif given is None and last["since"] > now:  # it began by a clock that was set back since
        yield {**last, "until": last["since"]}
        yield {**row, "since": now}
    elif last["until"] <= now < until:
        yield {**row, "since": max(now, given or now)}
    elif last["until"] > now:
        goes_on = {**row, "since": last["since"], "until": max(until, now)}
        if goes_on != last:
            yield goes_on


def _of(row: Row, key: _Key) -> _Key:
    return tuple(row[name] for name in key)


def _begun(row: Row) -> Micros:
    return int(row["since"])
