"""The type ``partner`` and the resolver that lets a process ask one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import RowMapping

from engine.extend import (
    FieldType,
    Parameter,
    ReadContext,
    Record,
    Resolver,
    ResolverSpec,
    Text,
    TypeSpec,
    ValueType,
    both,
    user_key,
)
from plugins.partner_registry import rules
from plugins.partner_registry.operations import register

_TEXT = ValueType("text")
SPEC = TypeSpec(
    "partner",
    Text("合伙人", "partner"),
    (
        ("name", _TEXT),
        ("contact", ValueType("person")),
        ("unit", ValueType("unit")),
        ("kind", _TEXT),
        ("status", _TEXT),
    ),
)


def read(ctx: ReadContext, keys: Sequence[str]) -> Sequence[Record]:
    """The partners with these ids."""
    return _records(ctx, register.with_ids(ctx, keys))


def find(ctx: ReadContext, words: str, limit: int) -> Sequence[Record]:
    """Active partners by name, unit, skill or code; a name typed in full first."""
    rows = register.search(ctx, words.strip(), limit, status="active")
    wanted = rules.plain(words)
    return _records(ctx, sorted(rows, key=lambda row: row["plain_name"] != wanted))


def _records(ctx: ReadContext, rows: Sequence[RowMapping]) -> Sequence[Record]:
    ctx.directory.want(units=[row["unit"] for row in rows])
    return [_record(ctx, row) for row in rows]


def _record(ctx: ReadContext, row: RowMapping) -> Record:
    kind = rules.KINDS[row["kind"]][0]
    attributes = {
        "name": row["name"],
        "contact": row["contact"],
        "unit": row["unit"],
        "kind": kind,
        "status": rules.STATUSES[row["status"]][0],
    }
    return Record(row["id"], row["name"], attributes, both(f"{kind} · {ctx.directory.unit_name(row['unit'])}"))


def contact(ctx: ReadContext, given: Mapping[str, Any]) -> Sequence[str]:
    """The contact of a partner as an audience; one that left, is suspended or not active yet is not asked."""
    row = register.find(ctx, given["partner"])
    return [user_key(row["contact"])] if row is not None and row["status"] == "active" else []


TYPES = (FieldType(SPEC, read, find),)
RESOLVERS = (
    Resolver(
        ResolverSpec(
            "partner_registry.contact",
            (Parameter("partner", ValueType("partner"), title=Text("合伙人", "partner")),),
            Text("合伙人的联系人", "a partner's contact"),
        ),
        contact,
    ),
)
