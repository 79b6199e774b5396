"""Writes that belong to no case: each is keyed, written down, whole, and asked of whoever may."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from engine.clock import MINUTE
from engine.definition.load import load_text
from engine.errors import Forbidden, Invalid, KeyReused
from engine.i18n import both
from engine.operations import cases, notices
from engine.operations.clockwork import pass_time
from engine.operations.content.adopt import adopt, adopt_process, adoption
from engine.operations.content.pack import Pack
from engine.operations.content.publish import publish
from engine.operations.context import Caller
from engine.operations.districts import context
from engine.store.databases.database import Database
from engine.store.schema import tables
from engine.store.transactions.runner import Runner, Tx
from tests.integration.operations.looking import broken, everything, rows
from tests.integration.operations.racing import THREADS, field
from tests.town import CALENDAR, GRANTS, MORNING, PACK, W1, RunningClock, Town, build

CAI = Caller("cai")
OTHER = W1.replace("2 workdays", "3 workdays")
PLAIN = """
process: plain
title: 问一句
steps: [{step: ok, ask: role head of start.unit, outcomes: {fine: next}}]
start: {who: role staff, fill: []}
ends: {done: {title: 好}}
"""


def _told(town: Town) -> None:
    """Ann hears how her case ended."""
    case = town.start("hold")
    town.act(case, "ok", "refuse", "sun", opinion="没有")
    pass_time(town.ctx, town.clock, town.clock.at + 5 * MINUTE)


def _publish(town: Town, text: str, key: str) -> Any:
    return publish(town.ctx, CAI, load_text(text, town.ctx.catalogue), key=key)


def _adopt_process(town: Town, text: str, key: str) -> Any:
    return adopt_process(town.ctx, CAI, load_text(text, town.ctx.catalogue), key=key)


def _adopt(town: Town, text: str, key: str) -> Any:
    process = load_text(text, town.ctx.catalogue)
    adopted = adoption(town.system, Pack(PACK, (CALENDAR,), (process,)), CAI, key=key)[1]
    return {**adopted.processes, **dict.fromkeys(adopted.changed, True)}


def _read(town: Town, text: str, key: str) -> Any:
    return notices.mark_read(town.ctx, Caller("ann"), upto=town.clock.at + len(text), key=key)


WRITES: dict[str, Callable[[Town, str, str], Any]] = {
    "publish": _publish, "adopt_process": _adopt_process, "adopt": _adopt, "mark_read": _read,
}  # fmt: skip


@pytest.mark.parametrize("verb", WRITES)
def test_the_same_key_and_body_again_answers_alike_and_changes_nothing(town: Town, verb: str) -> None:
    _told(town)
    first = WRITES[verb](town, OTHER, "k")
    assert first, "there was something to change"
    before = everything(town)
    assert WRITES[verb](town, OTHER, "k") == first
    assert everything(town) == before
    (row,) = [row for row in rows(town, tables.journal) if row["request_key"] == "k"]
    assert (row["command"], row["request_hash"] is None, row["answer"] is None) == (verb, False, False)
    assert broken(town) == []


@pytest.mark.parametrize("verb", WRITES)
def test_the_same_key_with_another_body_is_refused(town: Town, verb: str) -> None:
    _told(town)
    WRITES[verb](town, OTHER, "k")
    before = everything(town)
    with pytest.raises(KeyReused):
        WRITES[verb](town, W1 + "\n", "k")
    assert everything(town) == before


@pytest.mark.parametrize("verb", WRITES)
def test_a_write_that_changes_nothing_leaves_a_row_only_under_a_key(lone_town: Town, verb: str) -> None:
    WRITES[verb](lone_town, OTHER, "")
    before = len(rows(lone_town, tables.journal))
    assert not any(_values(WRITES[verb](lone_town, OTHER, "")))
    assert len(rows(lone_town, tables.journal)) == before
    assert not any(_values(WRITES[verb](lone_town, OTHER, "k")))
    assert len(rows(lone_town, tables.journal)) == before + 1


#: Columns that say when something happened; what is still to come stands in others.
_WHEN = {"at", "started_at", "ended_at", "opened_at", "done_at", "published_at", "read_at", "saved_at"}
_OF_CASES: dict[str, Callable[[Town, str, str], Any]] = {
    "start": lambda town, _text, key: town.start(key=key),
    "act": lambda town, _text, _key: town.act(town.started[-1], "ok", "agree", "sun"),
    "claim": lambda town, _text, _key: cases.claim(town.ctx, Caller("sun"), town.started[-1].number, town.started[-1].opened[0]),
    "comment": lambda town, _text, _key: cases.comment(town.ctx, Caller("ann"), town.started[-1].number, "收到"),
    "cancel": lambda town, _text, _key: cases.cancel(town.ctx, CAI, town.started[-1].number, "作废"),
}


@pytest.mark.parametrize("verb", [*WRITES, *_OF_CASES])
def test_all_rows_of_one_write_say_one_moment_though_time_goes_on(db: Database, verb: str) -> None:
    town = build(db, clock=RunningClock(MORNING))
    _told(town)
    town.started.append(town.start("hold"))
    before = _moments(town)
    {**WRITES, **_OF_CASES}[verb](town, OTHER, "k")
    assert len(_moments(town) - before) == 1
    town.system.runner.release()


def _moments(town: Town) -> set[int]:
    """Every moment at which something happened, by all tables."""
    return {
        row[column] for table in everything(town).values() for row in table for column in _WHEN & row.keys()
        if row[column] is not None
    }  # fmt: skip


def _values(answer: Any) -> list[Any]:
    return list(answer.values()) if isinstance(answer, dict) else [answer]


def test_a_key_of_a_case_is_no_key_of_another_write(town: Town) -> None:
    town.start(key="k")
    _told(town)
    with pytest.raises(KeyReused):
        notices.mark_read(town.ctx, Caller("ann"), key="k")


def test_what_came_after_the_page_was_made_stays_new(town: Town) -> None:
    _told(town)
    seen = notices.mine(town.ctx, Caller("ann"))[0].at
    town.clock.at += MINUTE
    _told(town)
    assert notices.mark_read(town.ctx, Caller("ann"), upto=seen) == 1
    assert [one.unread for one in notices.mine(town.ctx, Caller("ann"))] == [True, False]


def test_a_person_who_does_not_administer_changes_nothing_by_adopting(town: Town) -> None:
    before = everything(town)
    mine = replace(PACK, grants=(*GRANTS, replace(GRANTS[0], role="district_admin")))
    with pytest.raises(Forbidden):
        adopt(town.system, Pack(mine, (CALENDAR,)), Caller("ann"))
    with pytest.raises(Forbidden):
        adopt_process(town.ctx, Caller("ann"), load_text(OTHER, town.ctx.catalogue))
    assert everything(town) == before


def test_a_pack_whose_last_process_cannot_be_stored_is_not_adopted_at_all(town: Town) -> None:
    before = everything(town)
    process = load_text(OTHER, town.ctx.catalogue)
    renamed = replace(PACK, title=both("新城"))
    nameless = replace(process, hash=None)  # type: ignore[arg-type]
    with pytest.raises(IntegrityError):
        adopt(town.system, Pack(renamed, (CALENDAR,), (process, nameless)), CAI)
    assert everything(town) == before


def test_a_plugin_that_open_cases_need_stays(town: Town) -> None:
    case = town.start()
    bare = Pack(replace(PACK, plugins={}), (CALENDAR,))
    before = everything(town)
    with pytest.raises(Invalid) as refusal:
        adopt(town.system, bare, CAI)
    (problem,) = refusal.value.problems
    assert problem.code == "plugin-in-use"
    assert "1件“w1”" in problem.message.zh
    assert everything(town) == before
    town.act(case, "ok", "agree", "sun")
    assert dict(adopt(town.system, bare, CAI).district.plugins) == {}


def test_another_choice_of_plugins_is_not_answered_from_before(lone_town: Town) -> None:
    lone_town.publish(PLAIN)
    case = cases.start(lone_town.ctx, Caller("bea"), "plain", {}, unit="b")
    hash_ = rows(lone_town, tables.cases)[0]["def_hash"]
    bare = adopt(lone_town.system, Pack(replace(PACK, plugins={}), (CALENDAR,)), CAI)
    n = cases.open_serial(bare, case.number, "ok")
    assert cases.act(bare, Caller("bo"), case.number, n, "fine").end == "done"
    kept = lone_town.system.definitions
    assert kept["town", hash_, ("desk",)].catalogue.plugins == {"desk"}
    assert kept["town", hash_, ()].catalogue.plugins == frozenset()


ANSWERED = PLAIN.replace("title: 问一句", "title: 问一句\nsettings: {within: {type: duration, default: 2 days}}").replace(
    "ask: role head of start.unit,", "ask: role head of start.unit, due: {within: =settings.within, late: [fine]},"
).replace("fine: next", "fine: {by: clock, then: next}, no: {then: end done}")  # fmt: skip


def test_a_running_case_keeps_the_setting_that_a_newer_version_dropped(lone_town: Town) -> None:
    old, new = (load_text(text, lone_town.ctx.catalogue) for text in (ANSWERED, PLAIN))
    adopt(lone_town.system, Pack(PACK, (CALENDAR,), (old,)), CAI)
    adopt(lone_town.system, Pack(PACK, (CALENDAR,), (new,)), CAI)
    settings = context(lone_town.system, "town").district.settings["plain"]
    assert settings["within"], "cases on the older version still read it"


def test_of_many_who_publish_one_process_at_once_one_becomes_current(town: Town) -> None:
    texts = [W1.replace("2 workdays", f"{3 + i} workdays") for i in range(THREADS)]
    processes = [load_text(text, town.ctx.catalogue) for text in texts]
    with field(town) as track:
        for _ in range(10):
            answers = track.race(lambda i: publish(town.ctx, CAI, processes[i]))  # type: ignore[arg-type,return-value]
            assert set(answers) <= {True, False}, "each is answered, none meets a broken key"
    d = tables.definition.c
    statement = select(d.hash).where(d.district_id == "town", d.process == "w1", d.current == 1)
    found = town.ctx.runner.run(lambda tx: tx.connection.execute(statement).scalars().all(), write=False)
    assert len(found) == 1
    assert broken(town) == []


@pytest.mark.parametrize("takes_long", [_publish, _adopt_process, _adopt])
def test_what_takes_long_says_so(
    town: Town, takes_long: Callable[[Town, str, str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    long: list[bool] = []
    meant = Runner.run

    def run(self: Runner, work: Callable[[Tx], Any], **how: Any) -> Any:
        if how.get("write", True):
            long.append(how.get("long", False))
        return meant(self, work, **how)

    monkeypatch.setattr(Runner, "run", run)
    takes_long(town, OTHER, "k")
    assert long and all(long)
