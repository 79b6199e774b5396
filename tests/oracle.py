"""A plugin for tests of the engine that answers questions, and can be told how to fail at it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from engine.extend import (
    FieldType,
    FunctionSpec,
    Parameter,
    ReadContext,
    Record,
    Resolver,
    ResolverSpec,
    TypeSpec,
    ValueType,
    both,
)
from engine.extend.loading.discovery import Plugin
from tests.unit.extend.plugins_for_tests import giving, plugin

TEXT, BOOLEAN, DATETIME = ValueType("text"), ValueType("boolean"), ValueType("datetime")
THINGS = ("1", "2")


class Oracle:
    """Answers well until ``fails`` says how not to; *fails* is handed the connection, None where there is none."""

    def __init__(self) -> None:
        self.fails: Callable[[Any], None] = lambda _db: None

    def read(self, ctx: ReadContext, ids: Sequence[str]) -> Sequence[Record]:
        self.fails(ctx.db)
        known = {"big": True, "at": "2026-06-10T12:00", "name": "杯子", "where": "b"}
        return [Record(one, f"杯子{one}", known) for one in ids if one in THINGS]

    def find(self, ctx: ReadContext, words: str, limit: int) -> Sequence[Record]:
        return [one for one in self.read(ctx, THINGS) if words in one.label][:limit]

    def wise(self, words: str) -> bool:
        self.fails(None)
        return bool(words)

    def resolve(self, ctx: ReadContext, given: Mapping[str, Any]) -> Sequence[str]:
        self.fails(ctx.db)
        return ["role:head@s"]

    def plugin(self) -> Plugin:
        attributes = (("big", BOOLEAN), ("at", DATETIME), ("name", TEXT), ("where", ValueType("unit")))
        thing = TypeSpec("thing", both("物"), attributes, "1")
        who = ResolverSpec("oracle.who", (Parameter("words", TEXT),), both("谁"))
        return plugin(
            "oracle",
            register_types=giving(FieldType(thing, self.read, self.find)),
            register_functions=giving(FunctionSpec("oracle.wise", (TEXT,), BOOLEAN, self.wise)),
            register_resolvers=giving(Resolver(who, self.resolve)),
        )
