"""A plugin for tests of the engine: a desk with numbered seats, whose actions can be told to refuse or to fail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import Column, Table, delete, insert
from sqlalchemy import Text as Words

from engine.extend import (
    Action,
    ActionContext,
    Invariant,
    Parameter,
    Problem,
    ReadContext,
    Resolver,
    ResolverSpec,
    Text,
    Undo,
    Undone,
    ValueType,
    Veto,
    action,
    both,
    hookimpl,
    plugin_table,
    undo,
)
from engine.extend.loading.discovery import Plugin
from engine.extend.loading.manifest import Manifest

seat = plugin_table(
    "desk", "seat", Column("name", Words, nullable=False), Column("effect", Words, nullable=False), key=["name"]
)
note = plugin_table(
    "desk", "note", Column("effect", Words, nullable=False), Column("words", Words), Column("hand", Words),
    key=["effect"],
)  # fmt: skip

_WRITE = insert(note)


@dataclass(frozen=True, slots=True)
class HoldIn:
    """Which seat; ``mood`` is fine, refuse, fail or veto."""

    name: str
    mood: str = "fine"


@dataclass(frozen=True, slots=True)
class Held:
    """The seat is taken; ``id`` names it."""

    title: ClassVar[Text] = both("held")
    id: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Somebody else has the seat, or it was told to refuse."""

    title: ClassVar[Text] = both("refused")
    refusing: ClassVar[bool] = True
    reason: str

    def problems(self, _: HoldIn) -> Sequence[Problem]:
        where = "name" if "taken" in self.reason else "mood"
        return [Problem("desk", Text(f"没有占到：{self.reason}。", f"not held: {self.reason}"), path=where)]


@action("desk.hold", title=both("hold a seat"), undo="desk.release", says=Text("占一个座", "takes a seat"))
def hold(ctx: ActionContext, i: HoldIn) -> Held | Refused:
    row = {"name": i.name, "effect": ctx.key}
    if not ctx.insert_free(seat, [row]):
        return Refused(reason=f"{i.name} is taken")
    if i.mood == "refuse":
        return Refused(reason="told to")
    if i.mood == "fail":
        raise RuntimeError("told to")
    if i.mood == "veto":
        raise Veto((Problem("desk", Text("这里不收", "not here"), path="mood"),))
    return Held(id=i.name)


@undo("desk.release")
def release(ctx: ActionContext, receipt: Mapping[str, Any]) -> Undone:
    gone = ctx.db.execute(delete(seat).where(seat.c.district_id == ctx.district, seat.c.name == receipt["id"]))
    return "undone" if gone.rowcount else "nothing_left"


@dataclass(frozen=True, slots=True)
class NoteIn:
    """What to write down; beside it stands whose hand wrote, and for whom."""

    words: str = ""


@dataclass(frozen=True, slots=True)
class Noted:
    """It is written down."""

    title: ClassVar[Text] = both("noted")


@action("desk.note", title=both("write a note"))
def write(ctx: ActionContext, i: NoteIn) -> Noted:
    ctx.db.execute(_WRITE, {"district_id": ctx.district, "effect": ctx.key, "words": i.words,
                            "hand": f"{ctx.actor} for {ctx.on_behalf}"})  # fmt: skip
    return Noted()


def _no_seat_twice(ctx: ReadContext) -> Sequence[Problem]:
    rows = ctx.db.execute(seat.select().where(seat.c.district_id == ctx.district)).all()
    return [] if len({row.name for row in rows}) == len(rows) else [Problem("desk", both("a seat twice"))]


def _keeper(ctx: ReadContext, given: Mapping[str, Any]) -> Sequence[str]:
    return [given["words"]]


#: Asks whomever the form says, sensible or not.
KEEPER = Resolver(ResolverSpec("desk.keeper", (Parameter("words", ValueType("text")),), both("keeper")), _keeper)


class Hooks:
    """The plugin's hooks."""

    @hookimpl
    def register_resolvers(self) -> Sequence[Resolver]:
        return [KEEPER]

    @hookimpl
    def register_actions(self) -> Sequence[Action[Any, Any] | Undo]:
        return [hold, release, write]

    @hookimpl
    def register_tables(self) -> Sequence[Table]:
        return [seat, note]

    @hookimpl
    def register_invariants(self) -> Sequence[Invariant]:
        return [Invariant("desk.seats", both("seats"), _no_seat_twice)]


def plugin() -> Plugin:
    """The desk as the registry wants it."""
    manifest = Manifest("desk", "1", both("desk"), both("seats and notes"), tables=("desk_seat", "desk_note"))
    return Plugin(manifest, Hooks())
