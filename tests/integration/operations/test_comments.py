"""A comment reaches whom the case concerns: once each, never its writer, nobody who may not see the case."""

from __future__ import annotations

from engine.clock import MINUTE
from engine.operations import cases, clockwork, notices
from engine.operations.context import Caller
from engine.operations.reading.views import Receipt
from engine.store.schema import tables
from tests.integration.operations.looking import broken, rows
from tests.integration.operations.test_handing_on import without
from tests.town import PERSONS, Town


def heard(town: Town) -> dict[str, list[str]]:
    """What each person of the town has been told by now."""
    town.clock.advance(2 * MINUTE)
    clockwork.work_once(town.ctx)
    told = {row.id: [notice.text.zh for notice in notices.mine(town.ctx, Caller(row.id))] for row in PERSONS}
    return {person: said for person, said in told.items() if said}


def begun(town: Town) -> Receipt:
    """Bea has asked for a seat, and Bo may decide."""
    return town.start("w1", by="bea", unit="b")


def test_the_parties_hear_of_a_comment_and_its_writer_does_not(town: Town) -> None:
    case = begun(town)
    cases.comment(town.ctx, Caller("bea"), case.number, "请尽快\n看一下")
    said = f"{case.number} 1 · 人数3：毕云留言“请尽快 看一下”"
    assert heard(town) == {"bo": [said]}
    cases.comment(town.ctx, Caller("bo"), case.number, "好的")
    assert heard(town) == {"bo": [said], "bea": [f"{case.number} 1 · 人数3：薄霜留言“好的”"]}
    assert broken(town) == []


def test_who_acted_before_and_who_has_the_task_in_hand_hear_of_it(town: Town) -> None:
    case = town.start("hold", by="bea", unit="b")
    town.act(case, "ok", "agree", "bo")
    n = cases.open_serial(town.ctx, case.number, "hand_over")
    cases.claim(town.ctx, Caller("bo"), case.number, n)
    cases.comment(town.ctx, Caller("cai"), case.number, "x" * 80)
    quoted = "x" * 59 + "…"
    said = f"{case.number} 1：蔡𬭎留言“{quoted}”"
    assert heard(town) == {"bea": [said], "bo": [said]}


def test_one_comment_is_one_notice_however_many_parts_somebody_has(town: Town) -> None:
    case = town.start("hold", by="bea", unit="b")
    cases.comment(town.ctx, Caller("cai"), case.number, "一")
    cases.comment(town.ctx, Caller("cai"), case.number, "二")
    told = heard(town)
    assert sorted(told["bea"]) == [f"{case.number} 1：蔡𬭎留言“一”", f"{case.number} 1：蔡𬭎留言“二”"]


def test_who_has_left_hears_nothing(town: Town) -> None:
    case = begun(town)
    cases.comment(town.ctx, Caller("bo"), case.number, "好的")
    left = without(town, "bea")
    left.clock.advance(2 * MINUTE)
    clockwork.work_once(left.ctx)
    assert rows(left, tables.notice) == []
