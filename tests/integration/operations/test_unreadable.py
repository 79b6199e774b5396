"""What is stored of a kind that no shape has, or is no JSON, stops every door, changes nothing, and is listed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, update

from engine.errors import UnknownVersion
from engine.operations import cases
from engine.operations.context import Caller
from engine.operations.reading import pages
from engine.operations.verifying.verify import verify
from engine.runtime.shapes.events import EVENTS
from engine.runtime.shapes.tree import KINDS
from engine.store import upcast
from engine.store.schema import tables
from engine.store.transactions.runner import Tx
from tests.integration.operations.looking import everything, rows
from tests.town import Town

Damage = Callable[[str], str]


def _in(change: Callable[[Any], None]) -> Damage:
    def damaged(text: str) -> str:
        said = json.loads(text)
        change(said)
        return json.dumps(said)

    return damaged


def _every_node(said: Any) -> None:
    """Give what is open a kind that nobody knows, in a state or in the event that opened it."""
    if isinstance(said, dict):
        if "k" in said and said["k"] != "root":
            said["k"] = "zzz"
        for one in said.values():
            _every_node(one)
    elif isinstance(said, list):
        for one in said:
            _every_node(one)


SHAPELESS: dict[str, Damage] = {"no JSON": lambda text: "{", "nothing": lambda text: "", "a half": lambda text: text[:-1]}
STATES: dict[str, Damage] = SHAPELESS | {
    "a node": _in(_every_node), "a root": _in(lambda said: said["root"].update(k="zzz")),
    "no kind": _in(lambda said: said["root"].pop("k")), "a list as kind": _in(lambda said: said["root"].update(k=[])),
    "no root": _in(lambda said: said.pop("root")),
}  # fmt: skip
BODIES: dict[str, Damage] = SHAPELESS | {
    "an event": _in(lambda said: said["ev"].append({"e": "zzz"})), "a node in an event": _in(_every_node),
    "no kind": _in(lambda said: said["ev"].append({})), "a word": _in(lambda said: said["ev"].append("zzz")),
    "no events": _in(lambda said: said.pop("ev")),
}  # fmt: skip
PROCESSES: dict[str, Damage] = SHAPELESS | {"steps": _in(lambda said: said.update(steps=7))}
DOORS: dict[str, Callable[[Town, str, int], Any]] = {
    "act": lambda t, number, n: cases.act(t.ctx, Caller("sun"), number, n, "agree"),
    "comment": lambda t, number, n: cases.comment(t.ctx, Caller("sun"), number, "看过了"),
    "cancel": lambda t, number, n: cases.cancel(t.ctx, Caller("cai"), number, "作废"),
    "page": lambda t, number, n: pages.case(t.ctx, Caller("sun"), number),
}
PLACES = {
    "state": (tables.cases, tables.cases.c.state, tables.cases.c.id),
    "process": (tables.definition, tables.definition.c.document, tables.definition.c.hash),
    "body": (tables.journal, tables.journal.c.body, tables.journal.c.hash),
}


def _spoil(town: Town, kind: str, damage: Damage, case: str = "") -> None:
    """*damage* what is stored of *kind*, of one *case* or of all."""
    table, column, name = PLACES[kind]

    def work(tx: Tx) -> None:
        ids = set(tx.connection.execute(select(tables.cases.c.id)).scalars())
        for row in tx.connection.execute(select(table)).mappings().all():
            if (kind != "body" or row["stream"] in ids) and (not case or row[name.name] == case):
                tx.connection.execute(
                    update(table).where(name == row[name.name]).values({column.name: damage(row[column.name])})
                )

    town.ctx.runner.run(work)
    town.ctx.system.definitions.clear()


def _stops(town: Town, kind: str, damage: Damage, doors: list[str]) -> None:
    case = town.start("hold", seat="1")
    n = cases.open_serial(town.ctx, case.number, "ok")
    _spoil(town, kind, damage)
    before = everything(town)
    for door in doors:
        with pytest.raises(UnknownVersion) as refusal:
            DOORS[door](town, case.number, n)
        assert everything(town) == before, door
        place = refusal.value.details["place"]
        assert place and place in refusal.value.text.zh and place in refusal.value.text.en
        assert "rongtong verify" in refusal.value.text.zh and "rongtong verify" in refusal.value.text.en
    told = [fault for fault in verify(town.ctx).broken if "没有改动任何内容" in fault.text.zh]
    assert told and everything(town) == before


@pytest.mark.parametrize("door", DOORS)
def test_the_doors_open_where_nothing_was_spoilt(town: Town, door: str) -> None:
    case = town.start("hold", seat="1")
    DOORS[door](town, case.number, cases.open_serial(town.ctx, case.number, "ok"))


@pytest.mark.parametrize("damage", STATES)
def test_a_state_that_cannot_be_read_stops_every_door(town: Town, damage: str) -> None:
    _stops(town, "state", STATES[damage], list(DOORS))


@pytest.mark.parametrize("damage", BODIES)
def test_a_row_that_cannot_be_read_stops_who_tells_of_it(town: Town, damage: str) -> None:
    _stops(town, "body", BODIES[damage], ["page"])


@pytest.mark.parametrize("damage", PROCESSES)
def test_a_process_that_cannot_be_read_stops_every_door_that_reads_it(town: Town, damage: str) -> None:
    _stops(town, "process", PROCESSES[damage], ["act", "page"])


@pytest.mark.parametrize("damage", STATES)
def test_a_search_shows_the_other_hits(town: Town, damage: str) -> None:
    good, bad = town.start("hold", seat="1"), town.start("hold", seat="2")
    (spoilt,) = (row["id"] for row in rows(town, tables.cases) if row["number"] == bad.number)
    _spoil(town, "state", STATES[damage], spoilt)
    for person, seen in (("", {good.number, bad.number}), ("ann", {good.number})):
        found = {row.number: row for row in pages.search(town.ctx, Caller(person), "")}
        assert set(found) == seen
        numbered = pages.cases_numbered(town.ctx, Caller(person), [bad.number, good.number])
        assert {row.number for row in numbered} == seen
    (row,) = pages.search(town.ctx, Caller(""), bad.number)
    assert row.holder is not None and "读不出来" in row.holder.zh


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_of_node_is_read_and_none_that_is_misspelt(kind: str) -> None:
    root = {"n": 0, "s": "", "k": "root", "f": {"": {"node": {"n": 1, "s": "a", "k": kind}}}}
    assert upcast.state_of(json.dumps({"v": 1, "root": root}), "here")["root"] == root
    root["f"][""]["node"]["k"] = f"{kind}s"  # type: ignore[index]
    with pytest.raises(UnknownVersion, match=f"{kind}s"):
        upcast.state_of(json.dumps({"v": 1, "root": root}), "here")
    for key in ("node", "root"):
        with pytest.raises(UnknownVersion, match=f"{kind}s"):
            upcast.body_of(json.dumps({"v": 1, "ev": [{"e": "opened", key: root}]}), "here")


@pytest.mark.parametrize("kind", sorted(EVENTS))
def test_every_kind_of_event_is_read_and_none_that_is_misspelt(kind: str) -> None:
    assert upcast.body_of(json.dumps({"v": 1, "ev": [{"e": kind}]}), "here")["ev"] == [{"e": kind}]
    with pytest.raises(UnknownVersion, match=f"{kind}s"):
        upcast.body_of(json.dumps({"v": 1, "ev": [{"e": f"{kind}s"}]}), "here")
