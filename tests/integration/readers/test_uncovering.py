"""显示: who needs a masked value for what they have to do may have it, and whom it concerns can read that they did."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import pytest

from engine.errors import Forbidden, KeyReused, NotFound
from engine.operations import cases
from engine.operations.clockwork import pass_time
from engine.operations.context import Caller, Context
from engine.operations.erasing import erase
from engine.operations.reading import pages
from engine.operations.reading.read_log import about
from engine.operations.reading.views import Receipt
from engine.operations.uncovering import uncover
from engine.store.databases.database import Database
from engine.store.directory import KnownNames
from engine.store.schema import tables
from tests.integration.operations.looking import broken, everything, rows, watching
from tests.integration.readers.aid import (
    ADMIN,
    APPLICANT,
    ASKED,
    COLLEAGUE,
    DEPUTY,
    HOLDER,
    INSIDERS,
    NEIGHBOUR,
    PLANTED,
    UNINVOLVED,
    begin,
    build_aid,
)
from tests.integration.readers.walking import Reader, application
from tests.town import MORNING, RunningClock, Town

MASKED = ("private", "phone", "card", "kin", "debts")


def pressed(town: Town, case: Receipt, who: str, field: str = "phone", key: str = "") -> str:
    """The whole words that *who* is shown."""
    return uncover(town.ctx, Caller(who), case.number, field, key=key).words.zh


def fresh(town: Town) -> Context:
    """The district as another process has it, which has read no names yet."""
    return replace(town.ctx, district=replace(town.ctx.district, names=KnownNames()))


def offered(town: Town, case: Receipt, who: str) -> list[str]:
    """The fields beside which the page of the case offers 显示."""
    return [fact.name for fact in pages.case(town.ctx, Caller(who), case.number).facts if fact.may_uncover]


@pytest.mark.parametrize("who", [ASKED, DEPUTY, APPLICANT])
@pytest.mark.parametrize("field", MASKED)
def test_who_has_it_to_do_and_whose_it_is_are_shown_the_whole(town: Town, who: str, field: str) -> None:
    case = begin(town)
    assert offered(town, case, who) == list(MASKED)
    assert PLANTED[field] in pressed(town, case, who, field)
    assert broken(town) == []


@pytest.mark.parametrize("who", [HOLDER, COLLEAGUE, NEIGHBOUR, ADMIN])
def test_who_has_nothing_to_do_with_it_now_is_refused(town: Town, who: str) -> None:
    case = begin(town)
    assert offered(town, case, who) == []
    with pytest.raises(Forbidden) as refusal:
        pressed(town, case, who)
    assert refusal.value.code == "not_needed"
    assert rows(town, tables.uncovered) == []


@pytest.mark.parametrize("who", UNINVOLVED)
def test_who_may_not_see_the_case_learns_nothing(town: Town, who: str) -> None:
    with pytest.raises(NotFound) as refusal:
        pressed(town, begin(town), who)
    assert refusal.value.code == "no_case"


@pytest.mark.parametrize("field", ["secret", "gone", "plain", "nothing"])
def test_what_is_not_there_or_not_masked_is_not_uncovered(town: Town, field: str) -> None:
    with pytest.raises(NotFound) as refusal:
        pressed(town, begin(town), ASKED, field)
    assert refusal.value.code == "no_field"


def test_when_the_task_is_done_the_need_is_over(town: Town) -> None:
    case = begin(town)
    town.act(case, "ok", "agree", ASKED, fill={"private": PLANTED["private"]})
    with pytest.raises(Forbidden):
        pressed(town, case, ASKED)
    assert pressed(town, case, APPLICANT) == PLANTED["phone"], "whose case it is keeps what is theirs"


def test_each_press_is_a_line_and_the_same_press_is_one(town: Town) -> None:
    case = begin(town)
    assert pressed(town, case, ASKED, key="k") == pressed(town, case, ASKED, key="k") == PLANTED["phone"]
    with pytest.raises(KeyReused):
        pressed(town, case, ASKED, "card", key="k")
    pressed(town, case, ASKED, "card")
    told = [(row["person"], row["reader"], row["field"], row["seq"]) for row in rows(town, tables.uncovered)]
    assert told == [(APPLICANT, ASKED, "phone", 1), (APPLICANT, ASKED, "card", 2)]
    assert broken(town) == []


def test_the_log_is_read_by_whom_it_concerns_and_by_administrators(town: Town) -> None:
    case = begin(town)
    pressed(town, case, ASKED)
    for who in INSIDERS:
        lines = pages.case(town.ctx, Caller(who), case.number).readings
        told = [(line.reader, line.unit, line.title.zh, line.number) for line in lines]
        assert told == ([("毕云", "乙社区", "电话", case.number)] if who in (APPLICANT, ADMIN) else [])
        assert bool(about(town.ctx, Caller(who))) is (who == APPLICANT)


def test_a_longer_log_is_read_in_as_many_statements(town: Town) -> None:
    read = []
    for who in (ASKED, DEPUTY):
        pressed(town, begin(town), who)
        with watching(town) as watch:
            lines = about(fresh(town), Caller(APPLICANT))
        read.append(watch.reads)
    assert {line.reader for line in lines} == {"毕云", "段新"}
    assert read[0] == read[1]


def test_the_log_holds_no_value_and_outlives_erasing(town: Town) -> None:
    case = begin(town)
    for field in MASKED:
        pressed(town, case, ASKED, field, key=f"k{field}")
    kept = {name: found for name, found in everything(town).items() if name in ("uncovered", "stream", "anchor")}
    kept["journal"] = [row for row in rows(town, tables.journal) if row["stream"].startswith("read:")]
    assert len(kept["journal"]) == len(MASKED)
    assert [value for value in PLANTED.values() if value in str(kept)] == []
    town.act(case, "ok", "agree", ASKED, fill={"private": PLANTED["private"]})
    pass_time(town.ctx, town.clock, town.clock.at + 3_600_000_000)
    assert erase(town.ctx, Caller(ADMIN), case.number, "本人申请")
    assert len(about(town.ctx, Caller(APPLICANT))) == len(MASKED)
    assert broken(town) == []


def test_the_log_and_its_journal_say_the_same_moment_though_time_goes_on(db: Database) -> None:
    town = build_aid(db, RunningClock(MORNING))
    case = begin(town)
    assert PLANTED["phone"] in pressed(town, case, ASKED)
    assert broken(town) == []
    town.system.runner.release()


@pytest.mark.parametrize(
    "change",
    [tables.uncovered.delete(), tables.uncovered.update().values(reader="dora"),
     tables.uncovered.insert().values(district_id="town", case_id="", seq=9, person="dora", reader="bo", field="phone", at=0)],
    ids=["a line is gone", "another reader", "a line of nothing"],
)  # fmt: skip
def test_a_log_that_was_changed_is_found(town: Town, change: object) -> None:
    case = begin(town)
    pressed(town, case, ASKED)
    made = change.values(case_id=case.case) if getattr(change, "is_insert", False) else change  # type: ignore[attr-defined]
    town.ctx.runner.run(lambda tx: tx.connection.execute(made).rowcount)  # type: ignore[call-overload]
    assert {line.split()[0] for line in broken(town)} == {"read"}


STEPS = """
process: two
title: 两步
fields:
  what:  {type: text, title: 事由}
  phone: {type: phone, title: 电话, sensitive: 是}
start: {who: role staff, fill: [what, phone]}
steps:
- {step: look, title: 看, ask: role head of start.unit, show: [what], outcomes: {fine: next}}
- {step: call, title: 打电话, ask: role head of start.unit, show: [phone], outcomes: {fine: next}}
ends: {done: {title: 办成}}
"""


def test_a_task_that_does_not_show_a_field_does_not_need_it(town: Town) -> None:
    town.publish(STEPS)
    case = cases.start(town.ctx, Caller(APPLICANT), "two", {"what": "事", "phone": "13911112222"}, unit="a")
    assert offered(town, case, "sun") == []
    with pytest.raises(Forbidden):
        pressed(town, case, "sun")
    town.act(case, "look", "fine", "sun")
    assert offered(town, case, "sun") == ["phone"]
    assert pressed(town, case, "sun") == "13911112222"


# -- at the doors --------------------------------------------------------------------------------------


@dataclass
class Form:
    """The form of a page that a person has before them."""

    page: str

    def value(self, name: str) -> str:
        """The value of the page's first input called so."""
        found = re.search(rf'name="{name}" value="([^"]*)"', self.page)
        assert found is not None
        return found[1]


def test_on_the_page_it_stands_in_this_answer_alone_and_what_was_typed_stays(town: Town) -> None:
    case = begin(town)
    n = cases.open_serial(town.ctx, case.number, "ok")
    bea, path = Reader(town, application(town), ASKED), f"/town/tasks/{case.number}.{n}"
    form = Form(bea.window.get(path).text)
    assert f'formaction="{path}/uncover"' in form.page
    typed = {"f-private": PLANTED["private"], "opinion.agree": "打过电话了", "seen": form.value("seen")}
    sent = {"csrf_token": form.value("csrf_token"), "key": form.value("key"), **typed}
    answer = bea.window.post(f"{path}/uncover", data={**sent, "uncover": "phone"})
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert f'<a href="tel:{PLANTED["phone"]}">{PLANTED["phone"]}</a>' in answer.text
    assert "打过电话了" in answer.text
    assert PLANTED["card"] not in answer.text
    assert PLANTED["phone"] not in bea.window.get(path).text
    assert bea.window.post(path, data={**sent, "outcome": "agree"}).status_code == 303, "the press of the form is its own"
    ann = Reader(town, bea.app, APPLICANT)
    assert "毕云（乙社区）看了电话" in ann.window.get("/me").text
    assert "毕云（乙社区）看了电话" in ann.window.get(f"/town/cases/{case.number}").text


def test_on_the_page_of_a_case_too(town: Town) -> None:
    case = begin(town)
    bea, path = Reader(town, application(town), ASKED), f"/town/cases/{case.number}"
    form = Form(bea.window.get(path).text)
    sent = {"csrf_token": form.value("csrf_token"), "key": form.value("key"), "uncover": "card"}
    assert PLANTED["card"] in bea.window.post(f"{path}/uncover", data=sent).text
    assert PLANTED["card"] not in bea.window.get(path).text
    ben = Reader(town, bea.app, COLLEAGUE)
    sent["csrf_token"] = Form(ben.window.get(path).text).value("csrf_token")
    assert ben.window.post(f"{path}/uncover", data=sent).status_code == 403


def test_for_a_program_it_is_a_write_with_a_key(town: Town) -> None:
    case = begin(town)
    bea, path = Reader(town, application(town), ASKED), f"/api/v1/town/cases/{case.number}/fields/phone/uncover"
    assert bea.window.post(path, headers=bea.headers).status_code == 422
    answer = bea.window.post(path, headers={**bea.headers, "Idempotency-Key": "k"})
    assert answer.json == {"name": "phone", "title": "电话", "words": PLANTED["phone"], "value": PLANTED["phone"],
                           "href": f"tel:{PLANTED['phone']}"}  # fmt: skip
    assert answer.headers["Cache-Control"] == "no-store"
    ann = Reader(town, bea.app, APPLICANT)
    (line,) = ann.window.get("/api/v1/town/readings", headers=ann.headers).json["readings"]
    assert (line["reader"], line["title"], line["number"]) == ("毕云", "电话", case.number)
