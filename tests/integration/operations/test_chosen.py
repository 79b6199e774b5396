"""What the district had chosen when a command fell can be read for ever: its row names the content by hash."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import delete, update

from engine.definition.calendar.working import calendar_from
from engine.definition.load import load_text
from engine.errors import Invalid
from engine.operations import cases
from engine.operations.content.adopt import adopt
from engine.operations.content.pack import Pack
from engine.operations.context import Caller, Context
from engine.store import content
from engine.store.schema import tables
from engine.store.text import load
from tests.integration.operations.looking import broken, history, rows, watching
from tests.town import CALENDAR, PACK, Town

CAI = Caller("cai")
RATED = """
process: rated
title: 评分
settings: {stars: {type: integer, title: 几颗, default: 1}}
start: {who: role staff, fill: []}
steps: [{step: ok, title: 审批, ask: role head of start.unit, outcomes: {fine: next}}]
ends: {done: {title: 办成}}
"""


def _rated(town: Town, stars: str, calendar: Any = CALENDAR) -> Context:
    process = load_text(RATED, town.ctx.catalogue, "rated.yaml")
    pack = replace(PACK, processes=("rated",), settings={"rated": {"stars": stars}})
    return adopt(town.system, Pack(pack, (calendar,), (process,)), CAI)


def _chosen(town: Town, ctx: Context) -> tuple[Any, ...]:
    """What a case that begins now says of settings, plugins and calendar."""
    case = cases.start(ctx, Caller("ann"), "rated", {}, unit="a")
    named = load(history(town, case)[0]["body"])["chosen"]

    def read(tx: Any) -> tuple[Any, ...]:
        said = load(content.read(tx, ctx.id, named))
        kept = (content.read(tx, ctx.id, said[part]) for part in ("plugins", "calendar"))
        plugins, calendar = map(load, kept)
        return said["settings"], plugins, calendar_from(*calendar).hash

    return ctx.runner.run(read, write=False)


def test_a_row_says_the_settings_the_plugins_and_the_calendar_of_its_moment(town: Town) -> None:
    first = _rated(town, "3")
    assert _chosen(town, first) == ({"stars": 3}, {"desk": {}}, first.district.calendar.hash)
    other = _rated(town, "5", {**CALENDAR, "hours": ["08:00-12:00"]})
    assert other.district.calendar.hash != first.district.calendar.hash
    assert _chosen(town, other) == ({"stars": 5}, {"desk": {}}, other.district.calendar.hash)
    assert _chosen(town, first) == ({"stars": 3}, {"desk": {}}, first.district.calendar.hash), "who holds the old one"
    assert broken(town) == []


def test_what_stays_as_it_is_is_kept_once(town: Town) -> None:
    first = _rated(town, "3")
    before = rows(town, tables.content)
    _rated(town, "5")
    added = [row for row in rows(town, tables.content) if row not in before]
    assert [load(row["body"])["settings"] for row in added] == [{"stars": 5}]
    _rated(town, "3")
    assert len(rows(town, tables.content)) == len(before) + 1
    assert first.district.sheets


def test_a_choice_that_is_refused_leaves_no_content(town: Town) -> None:
    before = rows(town, tables.content)
    with pytest.raises(Invalid):
        _rated(town, "many")
    assert rows(town, tables.content) == before


def test_a_command_neither_reads_nor_writes_content(town: Town) -> None:
    ctx = _rated(town, "3")
    with watching(town) as watch:
        cases.start(ctx, Caller("ann"), "rated", {}, unit="a")
    assert not [sql for sql in watch.statements if " content" in sql]


def test_a_process_without_settings_names_content_too(town: Town) -> None:
    case = town.start("w1")
    named = load(history(town, case)[0]["body"])["chosen"]
    assert named in {row["hash"] for row in rows(town, tables.content)}


@pytest.mark.parametrize("part", ["settings", "office", "desk"])
def test_content_that_is_changed_or_gone_is_named(town: Town, part: str) -> None:
    town.start("w1")
    marks = {"settings": '"settings"', "office": '"hours"', "desk": '{"desk"'}
    k = tables.content.c
    bodies = {row["hash"]: row["body"] for row in rows(town, tables.content)}
    hash_ = next(one for one, body in bodies.items() if marks[part] in body)
    ways = {
        update(tables.content).where(k.hash == hash_).values(body=bodies[hash_] + " "): {"content"},
        delete(tables.content).where(k.hash == hash_): {"content"},
    }
    for way, told in ways.items():
        town.ctx.runner.run(lambda tx, way=way: tx.connection.execute(way).rowcount)
        assert {line.split()[0] for line in broken(town)} == told


def test_content_that_no_row_names_is_in_order(town: Town) -> None:
    town.ctx.runner.run(lambda tx: content.keep(tx, town.ctx.id, ["{}"]))
    assert broken(town) == []
