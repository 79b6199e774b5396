"""What is stored in a version that no step knows stops every door that reads it, changes nothing, and is listed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from sqlalchemy import select, update

from engine.clock import HOUR
from engine.errors import UnknownVersion
from engine.operations import cases
from engine.operations.clockwork import pass_time
from engine.operations.context import Caller
from engine.operations.erasing import erase
from engine.operations.reading import pages
from engine.operations.verifying.verify import verify
from engine.store import upcast
from engine.store.schema import tables
from engine.store.transactions.runner import Tx
from tests.integration.operations.looking import everything, rows
from tests.town import Town

#: Where each kind of document lies: its table, its column and what names a row.
PLACES = {
    "state": (tables.cases, tables.cases.c.state, tables.cases.c.id),
    "body": (tables.journal, tables.journal.c.body, tables.journal.c.hash),
    "process": (tables.definition, tables.definition.c.document, tables.definition.c.hash),
}
GONE = object()
SPOILT: dict[str, object] = {
    "older": 0, "much older": -1, "newer": 99, "missing": GONE, "text": "1", "true": True, "a fraction": 1.5,
    "nothing": None, "a list": [1],
}  # fmt: skip


class Lived(NamedTuple):
    """A case that goes on, in which ann is asked and sun may take a decision back, and one that has ended."""

    town: Town
    number: str
    asked: int
    decided: int
    ended: str


Door = Callable[[Lived], Any]
DOORS: dict[str, Door] = {
    "act": lambda on: cases.act(on.town.ctx, Caller("ann"), on.number, on.asked, "submit", fill={"seat": "3"}),
    "timeline": lambda on: pages.case(on.town.ctx, Caller("ann"), on.number),
    "take back": lambda on: cases.take_back(on.town.ctx, Caller("sun"), on.number, on.decided),
    "erase": lambda on: erase(on.town.ctx, Caller("cai"), on.ended, "到期"),
}
#: Who decides needs the state and the process; what was done before is read by whoever tells of it or undoes it.
READS = [(kind, door) for kind in PLACES for door in DOORS if (kind, door) != ("body", "act")]


@pytest.fixture
def lived(lone_town: Town) -> Lived:
    town = lone_town
    ended = town.start("hold", seat="1")
    town.act(ended, "ok", "refuse", "sun", opinion="没有")
    back = town.start("hold", seat="2")
    town.act(back, "ok", "revise", "sun", opinion="换一个")
    pass_time(town.ctx, town.clock, town.clock.at + HOUR)
    decided = cases.last_decision(town.ctx, Caller("sun"), back.number)
    asked = cases.open_serial(town.ctx, back.number, "start")
    return Lived(town, back.number, asked, decided, ended.number)


def spoil(town: Town, kind: str, version: object) -> int:
    """Give every document of *kind* that *version*; how many there are."""
    table, column, name = PLACES[kind]
    key = upcast.KEY[kind]  # type: ignore[index]

    def work(tx: Tx) -> int:
        ids = set(tx.connection.execute(select(tables.cases.c.id)).scalars())
        rows = tx.connection.execute(select(table)).mappings().all()
        found = [row for row in rows if kind != "body" or row["stream"] in ids]
        for row in found:
            said = json.loads(row[column.name])
            said = {one: value for one, value in said.items() if one != key}
            text = json.dumps(said if version is GONE else {**said, key: version}, ensure_ascii=False)
            tx.connection.execute(update(table).where(name == row[name.name]).values({column.name: text}))
        return len(found)

    many = town.ctx.runner.run(work)
    town.ctx.system.definitions.clear()
    return many


@pytest.mark.parametrize("kind", PLACES)
def test_a_door_that_reads_it_stops_with_its_place_and_changes_nothing(lived: Lived, kind: str) -> None:
    for version, said in SPOILT.items():
        assert spoil(lived.town, kind, said)
        before = everything(lived.town)
        for door in (door for of, door in READS if of == kind):
            with pytest.raises(UnknownVersion) as refusal:
                DOORS[door](lived)
            assert everything(lived.town) == before, (version, door)
            text, place = refusal.value.text, refusal.value.details["place"]
            assert place and place in text.zh and place in text.en
            assert ("升级程序" in text.zh) == (version == "newer") == ("Upgrade" in text.en)


@pytest.mark.parametrize("kind", PLACES)
def test_verify_lists_it_and_reads_on(lived: Lived, kind: str) -> None:
    numbers = {row["number"] for row in rows(lived.town, tables.cases)}
    versions = {f"{row['process']} {row['hash'][:12]}" for row in rows(lived.town, tables.definition)}
    for version, said in SPOILT.items():
        assert spoil(lived.town, kind, said)
        before = everything(lived.town)
        verdict = verify(lived.town.ctx)
        told = {fault.place for fault in verdict.broken if "没有改动任何内容" in fault.text.zh}
        assert told >= (versions if kind == "process" else numbers), version
        assert verdict.cases == len(numbers) and everything(lived.town) == before, version


@pytest.mark.parametrize("door", DOORS)
def test_the_doors_open_where_nothing_was_spoilt(lived: Lived, door: str) -> None:
    DOORS[door](lived)
