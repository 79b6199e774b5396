"""代理 and AB岗: who stands in finds the whole of the work, acts on it in the principal's name, and stops on the day."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, update

from engine.clock import DAY, HOUR, MINUTE
from engine.errors import Forbidden, NotFound
from engine.operations import cases, clockwork, incidents
from engine.operations.context import Caller
from engine.operations.reading import pages, search
from engine.operations.reading.inbox import inbox
from engine.store.schema import tables
from tests.integration.operations.looking import broken, history, rows
from tests.town import Town
from tests.who import change

ANN, SUN, CAI = Caller("ann"), Caller("sun"), Caller("cai")


def deputise(town: Town, person: str, deputy: str, role: str | None = None, days: int = 3) -> None:
    """*deputy* does the work of *person* from now on, all of it or of one role."""
    now = town.clock.at
    row = {"district_id": town.ctx.id, "id": f"{person}-{deputy}", "person": person, "deputy": deputy, "role": role,
           "since": now, "until": now + days * DAY, "reason": "出差"}  # fmt: skip
    change(town.ctx, insert(tables.deputy), [row])


def waiting(town: Town, caller: Caller, box: str = "mine") -> list[tuple[str, str]]:
    """The numbers in a box and for whom the reader has them."""
    page = inbox(town.ctx, caller, box)
    assert page.load.all == len(page.rows), "the count is that of the rows"
    return [(row.number, row.behalf.name if row.behalf else "") for row in page.rows]


@pytest.mark.parametrize("role", [None, "head"])
def test_a_deputy_finds_reads_and_decides_what_waits_for_the_principal(town: Town, role: str | None) -> None:
    case = town.start("w1")
    assert waiting(town, ANN) == []
    with pytest.raises(Forbidden):
        town.act(case, "ok", "agree", "ann")
    deputise(town, "sun", "bo", role)
    bo = Caller("bo")
    assert waiting(town, bo) == [(case.number, "孙立")]
    task = pages.task(town.ctx, bo, case.number, case.opened[0])
    assert task.can_act
    assert task.why.sentence.zh == "到你这里，因为你代孙立：孙立是东街head，本环节由东街head办理。"
    town.act(case, "ok", "agree", "bo")
    done = next(row for row in rows(town, tables.task) if row["step"] == "ok")
    assert (done["actor"], done["on_behalf"]) == ("bo", "sun")
    assert history(town, case)[-1]["on_behalf"] == "sun"
    assert any("薄霜代孙立" in line.sentence.zh for line in pages.case(town.ctx, bo, case.number).timeline)
    assert broken(town) == []


def test_a_deputy_of_another_role_finds_nothing(town: Town) -> None:
    case = town.start("w1")
    deputise(town, "sun", "bo", "staff")
    assert waiting(town, Caller("bo")) == []
    with pytest.raises(NotFound):
        pages.task(town.ctx, Caller("bo"), case.number, case.opened[0])


def test_a_deputy_takes_over_what_the_principal_has_claimed(town: Town) -> None:
    case = town.start("w1")
    n = case.opened[0]
    cases.claim(town.ctx, SUN, case.number, n)
    deputise(town, "sun", "bo")
    assert waiting(town, Caller("bo")) == [(case.number, "孙立")]
    assert waiting(town, Caller("bo"), "claimable") == []
    assert pages.case(town.ctx, Caller("bo"), case.number).holders[0].can_open
    cases.act(town.ctx, Caller("bo"), case.number, n, "agree")
    assert history(town, case)[-1]["on_behalf"] == "sun"


def test_a_colleague_in_the_same_role_takes_over_as_deputy_only(town: Town) -> None:
    case = town.start("w1", by="bea", unit="b")
    n = case.opened[0]
    cases.claim(town.ctx, Caller("bo"), case.number, n)
    deputise(town, "bo", "sun", "head")
    assert waiting(town, SUN) == [(case.number, "薄霜")]
    cases.act(town.ctx, SUN, case.number, n, "agree")
    assert history(town, case)[-1]["on_behalf"] == "bo"


def test_what_was_handed_to_the_principal_in_person_is_the_deputy_s_too(town: Town) -> None:
    case = town.start("w1")
    cases.transfer(town.handing("reason"), SUN, case.number, case.opened[0], "bea", note="出差")
    deputise(town, "bea", "bo")
    assert waiting(town, Caller("bo")) == [(case.number, "毕云")]
    town.act(case, "ok", "agree", "bo")


def test_a_deputy_takes_their_own_decision_back(town: Town) -> None:
    case = town.start("w1", seat="9")
    deputise(town, "sun", "bo")
    held = town.start("hold")
    n = cases.open_serial(town.ctx, held.number, "ok")
    cases.act(town.ctx, Caller("bo"), held.number, n, "agree")
    offer = pages.case(town.ctx, Caller("bo"), held.number).take_back
    assert offer is not None
    cases.take_back(town.ctx, Caller("bo"), held.number, n)
    assert cases.open_serial(town.ctx, held.number, "ok")
    assert case.status == "open"
    assert broken(town) == []


def test_notices_reach_the_deputy_as_well(town: Town) -> None:
    deputise(town, "ann", "bo")
    deputise(town, "sun", "bea", "head")
    case = town.start("hold")
    clockwork.pass_time(town.ctx, town.clock, town.clock.at + DAY + 2 * HOUR)
    told = {(row["person"], row["kind"]) for row in rows(town, tables.notice)}
    assert {("sun", "ok:remind"), ("bea", "ok:remind")} <= told
    assert ("bo", "ok:remind") not in told
    town.act(case, "ok", "refuse", "sun", opinion="没有座位了")
    clockwork.pass_time(town.ctx, town.clock, town.clock.at + 2 * MINUTE)
    told = {(row["person"], row["kind"]) for row in rows(town, tables.notice)}
    assert {("ann", "end.refused"), ("bo", "end.refused")} <= told


def test_a_deputy_of_the_administrator_is_one(town: Town) -> None:
    failed = town.start("hold", mood="fail")
    bo = Caller("bo")
    assert inbox(town.ctx, bo).incidents is None
    with pytest.raises(NotFound):
        pages.case(town.ctx, bo, failed.number)
    deputise(town, "cai", "bo", "district_admin")
    assert inbox(town.ctx, bo).incidents == 1
    (incident,) = incidents.incidents(town.ctx, bo)
    assert [row.number for row in search.search(town.ctx, bo, failed.number)] == [failed.number]
    cases.retry(town.ctx, bo, failed.number, incident.n)
    assert pages.case(town.ctx, bo, failed.number).can_cancel
    assert cases.cancel(town.ctx, bo, failed.number, "修不好了").status == "ended"
    clockwork.pass_time(town.ctx, town.clock, town.clock.at + MINUTE)
    told = {row["person"] for row in rows(town, tables.notice) if row["kind"] == "taking:incident"}
    assert told == {"cai", "bo"}


def test_the_day_after_a_deputy_finds_and_may_nothing(town: Town) -> None:
    case = town.start("hold")
    deputise(town, "sun", "bo", days=1)
    assert waiting(town, Caller("bo"))
    town.clock.advance(DAY)
    assert waiting(town, Caller("bo")) == []
    with pytest.raises(NotFound):
        town.act(case, "ok", "agree", "bo")


def test_nobody_stands_in_for_who_has_left(town: Town) -> None:
    case = town.start("hold")
    deputise(town, "sun", "bo", days=30)
    p = tables.person.c
    gone = update(tables.person).where(p.district_id == town.ctx.id, p.id == "sun").values(until=town.clock.at)
    change(town.ctx, gone)
    assert waiting(town, Caller("bo")) == []
    with pytest.raises(NotFound):
        town.act(case, "ok", "agree", "bo")
