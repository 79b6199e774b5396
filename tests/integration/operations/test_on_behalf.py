"""For whom somebody acted: in the journal, on the task, and in the hands of every action."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.clock import DAY
from engine.definition.district.model import PersonRow
from engine.errors import Forbidden, Invalid
from engine.operations import cases, clockwork
from engine.operations.content.adopt import adopt
from engine.operations.content.pack import Pack
from engine.operations.context import Caller
from engine.operations.reading import pages
from engine.operations.reading.views import Receipt
from engine.store.schema import tables
from engine.store.schema.columns import NEVER
from tests import desk
from tests.integration.operations.looking import broken, case_of, history, rows
from tests.town import CALENDAR, PACK, PERSONS, Town
from tests.who import change

PROCESS = """
process: letters
title: 函件
uses: [desk]
fields: {said: {type: text, title: 话}}
start: {who: role staff, for: applicant, fill: [said]}
steps:
- {step: begun, do: desk.note, with: {words: begun}}
- step: whole
  stage:
  - step: ok
    ask: role head of start.unit
    not: [start]
    due: {within: 2 days, late: [pass]}
    outcomes:
      agree: {title: 同意, then: next}
      revise: {title: 退回, then: back start, at_most: 2}
      pass: {title: 到期通过, by: clock, then: next}
  outcomes:
    done: next
    withdraw: {title: 撤回, by: applicant, then: next}
- {step: closed, do: desk.note, with: {words: closed}}
ends: {done: {title: 办成}}
"""
FILL = {"said": "x"}


@pytest.fixture
def letters(town: Town) -> Town:
    town.publish(PROCESS)
    return town


def _stand_in(town: Town, person: str, deputy: str, role: str | None = None) -> None:
    row = {"district_id": town.ctx.id, "id": f"{person}:{deputy}", "person": person, "deputy": deputy, "role": role,
           "since": 0, "until": NEVER, "reason": ""}  # fmt: skip
    change(town.ctx, tables.deputy.insert(), [row])


def _start(town: Town, by: str = "bea", unit: str = "b", for_person: str = "") -> Receipt:
    return cases.start(town.ctx, Caller(by), "letters", FILL, unit=unit, for_person=for_person)


def _hands(town: Town) -> dict[str, str]:
    """Whose hand wrote each note, and for whom; the newest of several."""
    written = sorted(rows(town, desk.note), key=lambda row: int(row["effect"].split(":")[1]))
    return {row["words"]: row["hand"] for row in written}


def _told(town: Town, case: Receipt) -> list[tuple[str, str, str | None]]:
    return [(row["command"], row["actor"], row["on_behalf"]) for row in history(town, case)]


def test_who_acts_in_their_own_right_acts_for_nobody(letters: Town) -> None:
    case = _start(letters)
    letters.act(case, "ok", "agree", "bo")
    assert _hands(letters) == {"begun": "bea for ", "closed": "bo for "}
    assert _told(letters, case) == [("start", "bea", None), ("act", "bo", None)]


def test_a_start_typed_for_somebody_is_theirs(letters: Town) -> None:
    case = _start(letters, for_person="ann")
    assert _hands(letters) == {"begun": "bea for ann"}
    letters.act(case, "ok", "revise", "bo", opinion="改")
    letters.act(case, "start", "submit", "bea", fill=FILL)
    assert _told(letters, case)[2] == ("act", "bea", "ann"), "a correction is typed for them too"
    letters.act(case, "ok", "revise", "bo", opinion="再改")
    n = cases.open_serial(letters.ctx, case.number, "start", seat="user:ann")
    cases.act(letters.ctx, Caller("ann"), case.number, n, "submit", fill=FILL)
    assert _told(letters, case)[4] == ("act", "ann", None)
    assert broken(letters) == []


def test_a_deputy_acts_for_the_principal(letters: Town) -> None:
    _stand_in(letters, "bo", "sun")
    case = _start(letters)
    letters.act(case, "ok", "agree", "sun")
    assert _hands(letters)["closed"] == "sun for bo"
    assert _told(letters, case)[1] == ("act", "sun", "bo")
    assert [row["on_behalf"] for row in rows(letters, tables.task) if row["step"] == "ok"] == ["bo"]
    said = [line.sentence.zh for line in pages.case(letters.ctx, Caller("bea"), case.number).timeline]
    assert any("孙立代薄霜" in line for line in said)


def test_a_deputy_for_a_role_acts_for_the_principal(letters: Town) -> None:
    _stand_in(letters, "bo", "ann", "head")
    case = _start(letters)
    n = cases.open_serial(letters.ctx, case.number, "ok")
    cases.claim(letters.ctx, Caller("bo"), case.number, n)
    letters.act(case, "ok", "agree", "ann")
    assert _hands(letters)["closed"] == "ann for bo", "what the principal had in hand is open to the deputy"


def test_a_deputy_who_starts_keeps_the_principal_from_deciding(letters: Town) -> None:
    _stand_in(letters, "bea", "bo", "staff")
    case = _start(letters, by="bo")
    assert _hands(letters) == {"begun": "bo for bea"}
    assert _told(letters, case) == [("start", "bo", "bea")]
    with pytest.raises(Forbidden) as refusal:
        letters.act(case, "ok", "agree", "bea")
    assert refusal.value.code == "excluded"
    letters.act(case, "ok", "agree", "sun")
    assert broken(letters) == []


def test_nobody_decides_through_a_deputy_what_they_may_not_decide(letters: Town) -> None:
    _stand_in(letters, "bea", "cai")
    case = _start(letters)
    n = cases.open_serial(letters.ctx, case.number, "ok")
    for verb in (lambda: letters.act(case, "ok", "agree", "cai"),
                 lambda: cases.claim(letters.ctx, Caller("cai"), case.number, n)):  # fmt: skip
        with pytest.raises(Forbidden) as refusal:
            verb()
        assert refusal.value.code == "excluded"
    assert not pages.task(letters.ctx, Caller("cai"), case.number, n).can_act


def test_a_deputy_of_the_applicant_withdraws_for_them(letters: Town) -> None:
    _stand_in(letters, "bea", "ann")
    case = _start(letters)
    letters.act(case, "whole", "withdraw", "ann")
    assert _hands(letters)["closed"] == "ann for bea"


def test_the_clock_acts_for_nobody(letters: Town) -> None:
    case = _start(letters, for_person="ann")
    clockwork.pass_time(letters.ctx, letters.clock, letters.clock.at + 3 * DAY)
    assert case_of(letters, case).end == "done"
    assert _hands(letters)["closed"] == " for "


@pytest.fixture
def settled(lone_town: Town) -> Town:
    """The town with Ada, who lives in a."""
    pack = replace(PACK, persons=(*PERSONS, PersonRow("ada", "艾达", "a")))
    return replace(lone_town, ctx=adopt(lone_town.system, Pack(pack, (CALENDAR,)), Caller("cai")))


@pytest.mark.parametrize("whom", ["bea", "ghost"])
def test_who_has_no_role_starts_for_nobody_else_and_learns_of_nobody(settled: Town, whom: str) -> None:
    settled.publish(PROCESS.replace("who: role staff", "who: anyone"))
    with pytest.raises(Invalid) as refusal:
        cases.start(settled.ctx, Caller("ada"), "letters", FILL, unit="a", for_person=whom)
    assert [problem.code for problem in refusal.value.problems] == ["for-by-staff"]
    assert cases.start(settled.ctx, Caller("ada"), "letters", FILL, unit="a", for_person="ada").number


def test_a_deputy_without_a_role_starts_for_others_as_who_they_stand_in_for(settled: Town) -> None:
    settled.publish(PROCESS)
    _stand_in(settled, "ann", "ada")
    case = cases.start(settled.ctx, Caller("ada"), "letters", FILL, unit="a", for_person="bea")
    assert case_of(settled, case).for_person == "bea"
