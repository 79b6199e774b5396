"""Rights that end: the very next act is refused, nobody is kept waiting by it, and tasks find who may act now."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import insert, update

from engine.clock import DAY, MINUTE
from engine.definition.district.model import DistrictPack, GrantRow
from engine.errors import Forbidden, NotFound, RongtongError
from engine.operations import cases
from engine.operations.commands.rechecking import recheck
from engine.operations.content.adopt import adopt
from engine.operations.content.pack import Pack
from engine.operations.context import Caller
from engine.operations.reading import pages
from engine.operations.reading.inbox import inbox
from engine.operations.reading.views import Receipt
from engine.store.schema import tables
from engine.store.schema.columns import NEVER
from engine.worker.worker import Worker
from tests.integration.operations.looking import broken, history, rows
from tests.town import CALENDAR, GRANTS, PERSONS, UNITS, Town
from tests.who import change

EVERYBODY = """
process: everybody
title: 会签
fields: {seat: {type: text, title: 座位}}
start: {who: role staff, fill: [seat]}
steps:
- {step: ok, ask: role head of start.unit, sign: all, outcomes: {agree: {title: 同意, then: next}}}
ends: {done: {title: 办成}}
"""


def revoke(town: Town, person: str, role: str) -> None:
    """The role ends now."""
    g = tables.role_grant
    ended = update(g).where(g.c.person == person, g.c.role == role).values(until=town.clock.at)
    change(town.ctx, ended)


def give(town: Town, person: str, role: str, unit: str) -> None:
    """The role begins now."""
    row: dict[str, Any] = {"district_id": town.ctx.id, "id": f"{person}:{role}:{unit}:2", "person": person,
                           "role": role, "unit_id": unit, "since": town.clock.at, "until": NEVER}  # fmt: skip
    change(town.ctx, insert(tables.role_grant), [row])


def leave(town: Town, person: str) -> None:
    """The person leaves the district now."""
    p = tables.person
    change(town.ctx, update(p).where(p.c.id == person).values(until=town.clock.at))


def asked(town: Town, case: Receipt) -> list[tuple[str, str | None]]:
    """Audience and holder of each open task."""
    found = [row for row in rows(town, tables.task) if row["case_id"] == case.case and row["status"] == "open"]
    return [(row["audience"], row["assignee"]) for row in found]


def claimed(town: Town) -> tuple[Receipt, int]:
    """A case at unit b, whose task bo has claimed."""
    case = town.start("w1", by="bea", unit="b")
    n = cases.open_serial(town.ctx, case.number, "ok")
    give(town, "sun", "head", "b")
    cases.claim(town.ctx, Caller("bo"), case.number, n)
    return case, n


@pytest.mark.parametrize("verb", ["act", "claim", "transfer"])
def test_a_right_that_ended_is_refused_at_the_very_next_act(town: Town, verb: str) -> None:
    case, n = claimed(town)
    revoke(town, "bo", "head")
    bo = Caller("bo")
    with pytest.raises(RongtongError) as refusal:
        match verb:
            case "act":
                cases.act(town.ctx, bo, case.number, n, "agree")
            case "claim":
                cases.claim(town.ctx, bo, case.number, n)
            case "transfer":
                cases.transfer(town.ctx, bo, case.number, n, "bea")
    assert isinstance(refusal.value, Forbidden)
    assert not pages.task(town.ctx, bo, case.number, n).can_act


def test_a_claim_whose_holder_lost_the_role_blocks_nobody(town: Town) -> None:
    case, n = claimed(town)
    revoke(town, "bo", "head")
    task = pages.task(town.ctx, Caller("sun"), case.number, n)
    assert task.can_act and task.claimable and task.assignee is None
    town.act(case, "ok", "agree", "sun")
    assert broken(town) == []


def test_looking_again_shows_the_task_to_the_others(town: Town) -> None:
    case, _ = claimed(town)
    revoke(town, "bo", "head")
    assert inbox(town.ctx, Caller("sun")).rows == ()
    assert recheck(town.ctx) == 1
    assert [row.number for row in inbox(town.ctx, Caller("sun")).rows] == [case.number]
    assert inbox(town.ctx, Caller("bo")).rows == ()
    assert recheck(town.ctx) == 0, "once is enough"
    assert [row["command"] for row in history(town, case)] == ["start", "claim", "recheck"]
    assert broken(town) == []


def test_a_task_that_nobody_answers_to_climbs_and_mending_it_brings_it_back(town: Town) -> None:
    case = town.start("w1", by="bea", unit="b")
    revoke(town, "bo", "head")
    recheck(town.ctx)
    assert asked(town, case) == [("role:head@s", None)], "bea began it, so the next is the street's head"
    revoke(town, "sun", "head")
    recheck(town.ctx)
    assert asked(town, case) == [("role:district_admin@c", None)]
    give(town, "ann", "head", "s")
    recheck(town.ctx)
    assert asked(town, case) == [("role:head@s", None)]
    town.act(case, "ok", "agree", "ann")
    assert broken(town) == []


def test_a_signature_is_the_successors(town: Town) -> None:
    town.publish(EVERYBODY)
    case = cases.start(town.ctx, Caller("bea"), "everybody", {"seat": "1"}, unit="b")
    assert sorted(asked(town, case)) == [("user:bea", None), ("user:bo", None)]
    revoke(town, "bo", "head")
    bos = cases.open_serial(town.ctx, case.number, "ok", seat="user:bo")
    with pytest.raises(Forbidden):
        cases.act(town.ctx, Caller("bo"), case.number, bos, "agree")
    give(town, "ann", "head", "b")
    assert recheck(town.ctx) == 1
    assert sorted(asked(town, case)) == [("user:ann", None), ("user:bea", None)]
    cases.act(town.ctx, Caller("ann"), case.number, bos, "agree")
    assert town.act(case, "ok", "agree", "bea").end == "done"
    assert broken(town) == []


def test_who_left_the_district_can_do_nothing_more(town: Town) -> None:
    case = town.start("hold")
    town.act(case, "ok", "agree", "sun")
    n = cases.last_decision(town.ctx, Caller("sun"), case.number)
    leave(town, "sun")
    sun = Caller("sun")
    for verb in (
        lambda: town.act(case, "hand_over", "over", "sun"),
        lambda: cases.take_back(town.ctx, sun, case.number, n),
        lambda: cases.comment(town.ctx, sun, case.number, "还有一句"),
        lambda: pages.case(town.ctx, sun, case.number),
    ):
        with pytest.raises((Forbidden, NotFound)):
            verb()
    recheck(town.ctx)
    assert asked(town, case) == [("role:district_admin@c", None)]
    assert broken(town) == []


def test_a_pack_that_takes_a_role_away_moves_the_task_at_once(town: Town) -> None:
    case = town.start("w1")
    assert asked(town, case) == [("role:head@s", None)]
    grants = (*(g for g in GRANTS if g.person != "sun"), GrantRow("bo", "head", "s"))
    pack = DistrictPack("town", *[town.ctx.district.title] * 2, plugins={"desk": {}}, units=UNITS, persons=PERSONS,
                        grants=tuple(g for g in grants if g != GrantRow("bo", "head", "s")), file="t.yaml")  # fmt: skip
    adopt(town.system, Pack(pack, (CALENDAR,)), Caller("cai"))
    assert asked(town, case) == [("role:district_admin@c", None)]
    adopt(town.system, Pack(replace(pack, grants=grants), (CALENDAR,)), Caller("cai"))
    assert asked(town, case) == [("role:head@s", None)]


def test_the_worker_looks_again_now_and_then(town: Town) -> None:
    case, _ = claimed(town)
    worker = Worker(town.system)
    worker.once()
    revoke(town, "bo", "head")
    town.clock.at += 5 * MINUTE
    worker.once()
    assert asked(town, case) == [("role:head@b", "bo")]
    town.clock.at += DAY
    worker.once()
    assert asked(town, case) == [("role:head@b", None)]
