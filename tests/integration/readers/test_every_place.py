"""A planted value is found nowhere it may not be: every kind of field, every reader, every place where words come out."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from engine.cli import casework
from engine.clock import HOUR
from engine.errors import Conflict, Vetoed
from engine.operations import cases, notices
from engine.operations.clockwork import pass_time
from engine.operations.context import Caller
from engine.operations.erasing import erase
from engine.operations.notices import deliver
from engine.operations.reading import pages
from engine.operations.reading.search import near
from engine.operations.reading.views import Receipt
from engine.store.schema import tables
from tests.integration.operations.looking import broken, case_of, everything, rows, watching
from tests.integration.readers.aid import (
    ADMIN,
    AMENDED,
    APPLICANT,
    ASKED,
    DEPUTY,
    HOLDER,
    INSIDERS,
    MASKED,
    NEIGHBOUR,
    PLANTED,
    SPELLED,
    UNINVOLVED,
    begin,
)
from tests.integration.readers.walking import Reader, Seen, application
from tests.town import Town

#: Who may have a field that only the party at home may see.
AT_HOME = {APPLICANT, NEIGHBOUR}
FOR_HOME = ("secret", "income", "visit")


def allowed(reader: str, field: str, place: str, forms: dict[str, set[str]]) -> bool:
    """Whether the whole value of *field* may stand at *place*; *forms* says who fills what at the open task."""
    about_case = "/cases/" in place or "/tasks/" in place or "?again=" in place
    if reader in UNINVOLVED:
        return False
    if field == "plain" or (field in FOR_HOME and reader in AT_HOME and about_case):
        return True
    if field in forms.get(reader, ()) and "/tasks/" in place:
        return True
    return bool(forms) and reader == APPLICANT and field in AMENDED and about_case and not place.endswith("/print")


def leaks(reader: str, found: Seen, forms: dict[str, set[str]]) -> list[str]:
    """The fields of which the whole value stands where it may not."""
    asked = found.path.partition("?q=")[2]
    return [
        f"{reader} {found.path} {field}"
        for field, ways in SPELLED.items()
        for said in ways
        if said in found.words and said not in asked and not allowed(reader, field, found.path, forms)
    ]


def walked(town: Town, case: Receipt, forms: dict[str, set[str]]) -> dict[str, dict[str, Seen]]:
    """What every reader finds at every address; nothing leaks, and a search by what is hidden finds nothing."""
    app, found, tasks = application(town), {}, [row["n"] for row in rows(town, tables.task) if row["audience"]]
    faults = []
    for person in (*INSIDERS, *UNINVOLVED):
        everything = {one.path: one for one in Reader(town, app, person).everything(case.number, tasks)}
        faults += [leak for one in everything.values() for leak in leaks(person, one, forms)]
        faults += [f"{person} {one.path} 500" for one in everything.values() if one.status >= 500]
        faults += [
            f"{person} {path} is found" for path, one in everything.items()
            for field, value in PLANTED.items() if path.endswith(f"?q={value}") and field != "plain"
            if case.number in one.words
        ]  # fmt: skip
        if person in UNINVOLVED:
            faults += [f"{person} {one.path}" for one in everything.values() if case.number in one.words and one.status < 400]
        found[person] = everything
    assert faults == []
    return found


def test_no_place_tells_anybody_more_than_they_may_have_while_somebody_decides(town: Town) -> None:
    case = begin(town)
    found = walked(town, case, {ASKED: {"private"}, DEPUTY: {"private"}})
    page = f"/town/cases/{case.number}"
    for door in (page, f"{page}/print", f"/api/v1{page}"):
        for reader in INSIDERS:
            words = found[reader][door].words
            assert PLANTED["plain"] in words, (door, reader)
            assert [field for field, said in MASKED.items() if said not in words] == [], (door, reader)
            for field in ("secret", "income"):
                assert (PLANTED[field] in words) is (reader in AT_HOME), (door, reader, field)
    n = cases.open_serial(town.ctx, case.number, "ok")
    for reader in (ASKED, DEPUTY):
        for door in (f"/town/tasks/{case.number}.{n}", f"/api/v1{page}/tasks/{n}"):
            assert PLANTED["private"] in found[reader][door].words, "who is asked to fill it has it in the form"
            assert "核对了" in found[reader][door].words
    assert PLANTED["plain"] in found[ASKED]["/town/inbox"].words
    assert case.number in found[ADMIN][f"/town/cases?q={PLANTED['plain']}"].words


def test_a_form_that_came_back_is_filled_in_for_who_is_asked_alone(lone_town: Town) -> None:
    case = begin(lone_town)
    lone_town.act(case, "ok", "revise", ASKED, opinion="请改", fill={"private": PLANTED["private"]})
    filled = set(PLANTED) - {"gone"}
    found = walked(lone_town, case, {APPLICANT: filled})
    n = cases.open_serial(lone_town.ctx, case.number, "start")
    for door in (f"/town/tasks/{case.number}.{n}", f"/api/v1/town/cases/{case.number}/tasks/{n}"):
        words = found[APPLICANT][door].words
        assert [field for field in filled if not any(said in words for said in SPELLED[field])] == []


def test_no_place_tells_more_when_it_is_over(lone_town: Town) -> None:
    case = begin(lone_town)
    lone_town.act(case, "ok", "agree", ASKED, fill={"private": PLANTED["private"]})
    assert case_of(lone_town, case).status == "ended"
    found = walked(lone_town, case, {})
    again = f"/town/start/aid?again={case.number}"
    assert PLANTED["plain"] in found[APPLICANT][again].words
    assert PLANTED["secret"] in found[NEIGHBOUR][again].words


def test_who_comes_too_late_is_told_of_changes_as_they_may_have_them(lone_town: Town) -> None:
    case = begin(lone_town)
    version = pages.case(lone_town.ctx, Caller(ASKED), case.number).version
    n, at = (cases.open_serial(lone_town.ctx, case.number, step) for step in ("ok", "whole"))
    cases.act(lone_town.ctx, Caller(APPLICANT), case.number, at, "amend", fill=AMENDED)
    with pytest.raises(Conflict) as refusal:
        fill = {"private": PLANTED["private"]}
        cases.act(lone_town.ctx, Caller(ASKED), case.number, n, "agree", fill=fill, seen_version=version)
    said = " ".join(refusal.value.text)
    assert refusal.value.code == "form_changed"
    assert "甲社区把事由从修屋顶漏水改为修厨房漏水" in said
    assert "甲社区把电话从139*****222改为139*****444" in said
    told = {**{name: (value,) for name, value in PLANTED.items()}, "now": tuple(AMENDED.values())}
    whole = {value for values in told.values() for value in values} - {PLANTED["plain"], AMENDED["plain"]}
    assert [value for value in whole if value in said] == []
    walked(lone_town, case, {ASKED: {"private"}, DEPUTY: {"private"}})


def test_the_command_line_says_what_the_one_it_reads_for_may_have(
    lone_town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    case = begin(lone_town)
    for reader in (*INSIDERS, ""):
        view = pages.case(lone_town.ctx, Caller(reader) if reader else None, case.number)
        casework.say_case(view, lone_town.clock.at)
        said = capsys.readouterr().out
        assert PLANTED["plain"] in said
        assert [field for field, mask in MASKED.items() if mask not in said] == []
        whole = {field for field, ways in SPELLED.items() if any(way in said for way in ways)} - {"plain"}
        assert whole == (set(FOR_HOME) if reader in (*AT_HOME, "") else set()), reader or "the operator"


def test_a_notice_tells_nobody_more_than_they_may_have(town: Town) -> None:
    case = begin(town)
    town.act(case, "ok", "agree", ASKED, fill={"private": PLANTED["private"]})
    for person in (HOLDER, ASKED, DEPUTY):
        said = " ".join(" ".join(one.text) + one.subject for one in notices.mine(town.ctx, Caller(person)))
        assert "听说：" in said
        assert [field for field, ways in SPELLED.items() if field != "plain" and any(w in said for w in ways)] == []
    stored = str(rows(town, tables.notice))
    assert PLANTED["plain"] in stored
    assert [field for field, ways in SPELLED.items() if field != "plain" and any(w in stored for w in ways)] == []


def test_telling_many_reads_the_case_once_and_each_of_them_once(town: Town) -> None:
    case = begin(town)
    words = [{"to": to, "text": ["，".join(PLANTED.values()), "told"]} for to in ("user:ada", "role:staff@")]
    read, told = [], []
    for one in words:
        with watching(town) as watch:
            town.ctx.runner.run(lambda tx, one=one: deliver(town.ctx, tx, case.case, None, [one, one]))
        read.append(watch.reads)
        told.append(sum(row["en"] == "told" for row in rows(town, tables.notice)) - sum(told))
    assert told[0] == 1 and told[1] > 4
    assert read[1] - read[0] <= told[1], "what each answers to; the role is asked instead of the person"


def test_what_a_plugin_objects_tells_nobody_more_than_they_may_have(town: Town) -> None:
    case = begin(town)
    with pytest.raises(Vetoed) as refusal:
        town.act(case, "ok", "forbid", ASKED, fill={"private": PLANTED["private"]})
    said = " ".join(refusal.value.problems[0].message)
    assert PLANTED["plain"] in said
    assert [field for field, ways in SPELLED.items() if field != "plain" and any(way in said for way in ways)] == []


def test_a_miss_offers_names_of_persons_to_who_works_here_alone(lone_town: Town) -> None:
    assert near(lone_town.ctx, Caller(ADMIN), "毕云云") == "毕云"
    assert near(lone_town.ctx, Caller("dora"), "毕云云") == ""
    assert near(lone_town.ctx, Caller("dora"), "甲社去") == "甲社区"


def test_erasing_leaves_no_planted_value_in_any_column_of_any_table(town: Town) -> None:
    case = begin(town)
    town.act(case, "ok", "agree", ASKED, fill={"private": PLANTED["private"]})
    pass_time(town.ctx, town.clock, town.clock.at + HOUR)
    assert erase(town.ctx, Caller(ADMIN), case.number, "本人申请")
    left = str(everything(town))
    assert [field for field, ways in SPELLED.items() if any(said in left for said in ways)] == []
    assert broken(town) == []


def test_what_a_case_is_listed_and_found_by_holds_nothing_that_only_some_may_have(town: Town) -> None:
    case = begin(town)
    statement = select(tables.cases.c.subject, tables.cases.c.search).where(tables.cases.c.id == case.case)
    subject, search = town.ctx.runner.run(lambda tx: tx.connection.execute(statement).one(), write=False)
    assert subject == "修屋顶漏水 · 糖**"
    assert "修屋顶漏水" in search
    assert [part for part in ("糖", "离异", "旧账", "139", "110105") if part in search] == []
