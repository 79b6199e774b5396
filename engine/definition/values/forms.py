"""Values in their three forms: stored (JSON), live (what formulas reckon with) and words (what people read)."""

from __future__ import annotations

from typing import Any

from engine.clock import Micros
from engine.definition.values.kinds.table import kind_of
from engine.definition.values.types import ValueType
from engine.i18n import Text, both


def decode(kind: ValueType, stored: Any) -> Any:
    """The live value of a stored one; None stays None. Trusts *stored* to be well formed."""
    if stored is None:
        return None
    row = kind_of(kind)
    if row.rows:
        return _decode_made(kind, stored)
    return stored if row.decode is None else row.decode(stored)


def _decode_made(kind: ValueType, stored: Any) -> Any:
    """What is made of values of other types."""
    if kind.name == "record":
        return decode_row(kind, stored)
    if kind.name == "list":
        return tuple(decode(ValueType(kind.of), item) for item in stored)
    return tuple(decode_row(kind, row) for row in stored)


def lives_as_stored(kind: ValueType) -> bool:
    """Whether the live value of *kind* is the stored one."""
    row = kind_of(kind)
    return row.decode is None and not row.rows


def decode_row(kind: ValueType, row: dict[str, Any]) -> dict[str, Any]:
    """One row of a table, its columns live; a column that was not filled is None."""
    return {name: decode(column, row.get(name)) for name, column in kind.columns}


def encode(kind: ValueType, live: Any) -> Any:
    """The stored (JSON) form of a live value; None stays None."""
    if live is None:
        return None
    row = kind_of(kind)
    if row.rows:
        return _encode_made(kind, live)
    return live if row.encode is None else row.encode(live)


def _encode_made(kind: ValueType, live: Any) -> Any:
    if kind.name == "record":
        return encode_row(kind, live)
    if kind.name == "list":
        return [encode(ValueType(kind.of), item) for item in live]
    return [encode_row(kind, row) for row in live]


def encode_row(kind: ValueType, row: dict[str, Any]) -> dict[str, Any]:
    """One row of a table, stored, without its empty columns."""
    stored = {name: encode(column, row.get(name)) for name, column in kind.columns}
    return {name: value for name, value in stored.items() if value is not None}


def words(kind: ValueType, stored: Any, now: Micros | None = None) -> Text:
    """What people read for a stored value: ``6月16日 周二 14:00–16:00``, ``12.50元``, ``是``; empty for None.

    A day of another year than that of *now* says its year; without *now* every day does. References read as
    their ids: who knows their names replaces them.
    """
    return both("") if stored is None else kind_of(kind).said(stored, now)


def spellings(kind: ValueType, stored: Any) -> frozenset[str]:
    """All the ways in which a stored value may stand in a sentence that somebody put together."""
    found, spell = frozenset((str(stored), *words(kind, stored))), kind_of(kind).spell
    return found if spell is None else found | spell(stored)
