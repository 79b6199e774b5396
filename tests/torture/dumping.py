"""The whole database as comparable text: ids by the order in which they were drawn, secrets and hashes left out."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.torture.grounds import Raw

#: Rows by table as comparable text.
Dump = dict[str, list[str]]
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
_NUMBER = re.compile(r"\b(\d{6}-?)\d{5}\b")
_HASH = re.compile(r"\b([0-9a-f]{64}|[0-9a-f]{48})\b")
#: A notice is delivered later when its job had to be tried again; a checkpoint bears the hour of the machine.
_LEFT_OUT = {"notice": ("id", "at"), "checkpoint": ("at",)}


def dump(found: Raw, standing: Raw) -> Dump:
    """The rows of every table by name, in an order of their own; those that are as in *standing* are left out."""
    changed = {name: [_row(name, rows[0], row) for row in rows[1:]]
               for name, rows in found.items() if rows != standing[name]}  # fmt: skip
    drawn = sorted({one for rows in changed.values() for row in rows for one in _ID.findall(row)})
    names = {one: f"id{place}" for place, one in enumerate(drawn)}
    return {name: sorted(_plain(row, names) for row in rows) for name, rows in changed.items()}


def _row(table: str, columns: tuple[str, ...], row: tuple[Any, ...]) -> str:
    left_out = _LEFT_OUT.get(table, ())
    said = {name: value for name, value in zip(columns, row, strict=True) if name not in left_out}
    return json.dumps(said, ensure_ascii=False, default=repr)


def _plain(row: str, names: dict[str, str]) -> str:
    row = _ID.sub(lambda found: names[found[0]], row)
    return _HASH.sub("#", _NUMBER.sub(r"\1#####", row))


def differences(one: Dump, other: Dump) -> list[str]:
    """What is in one dump and not in the other, row by row."""
    found = []
    for name in sorted(one.keys() | other.keys()):
        a, b = one.get(name, []), other.get(name, [])
        found += [f"- {name} {row}" for row in a if row not in b] + [f"+ {name} {row}" for row in b if row not in a]
        if len(a) != len(b):
            found.append(f"{name}: {len(a)} rows in peace, {len(b)} after the fault")
    return found
