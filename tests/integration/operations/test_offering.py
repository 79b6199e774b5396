"""What a field offers is what it takes: persons by WHO, units and records by a condition, and nobody by default."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from engine.definition.district.model import DistrictPack, GrantRow, PersonRow
from engine.definition.model import Field
from engine.errors import Invalid
from engine.i18n import both
from engine.operations import cases
from engine.operations.content.adopt import adopt
from engine.operations.content.pack import Pack
from engine.operations.content.publish import current
from engine.operations.context import Caller
from engine.operations.offering import Offers
from engine.operations.reading import choices, pages
from engine.operations.reading.choices import Question
from engine.operations.reading.form_views import Option
from engine.operations.reading.start import start_offers
from engine.store.databases.database import Database
from engine.store.transactions.runner import Tx
from tests.town import CALENDAR, GRANTS, PERSONS, UNITS, Town, build

#: As many people as nobody lists, two of one name in one unit, and two whom only their office tells apart.
CROWD = tuple(PersonRow(f"r{n:03}", f"居民{n}", "ab"[n % 2]) for n in range(400))
TWINS = (
    PersonRow("z1", "张伟", "a"), PersonRow("z2", "张伟", "a"), PersonRow("z3", "张伟", "b"),
    PersonRow("q1", "钱多", "b"), PersonRow("q2", "钱多", "b"),
)  # fmt: skip
MORE = (GrantRow("q1", "staff", "b"), GrantRow("z3", "helper", "b"))

FORM = """
process: form
title: 表
fields:
  why:    {type: text, title: 事由, optional: true}
  all:    {type: person, title: 谁都行, optional: true}
  helper: {type: person, title: 帮手, optional: true, among: role helper of place}
  near:   {type: person, title: 近处的人, optional: true, among: [applicant, anyone of start.unit]}
  place:  {type: unit, title: 站, among: row.kind = '站'}
  here:   {type: unit, title: 所在, optional: true, among: row = place}
  list:   {type: table, title: 名单, optional: true, columns: {who: {type: person, title: 谁, among: anyone of start.unit}}}
start: {who: WHO, fill: [why, all, helper, near, place, here, list]}
steps:
- {step: ok, title: 审批, ask: role head of start.unit, fill: [all], outcomes: {agree: next}}
ends: {done: {title: 办成}}
"""

#: What the step asks of a head, and an exit beside it that its applicant may take.
BESIDE = """
process: beside
title: 旁
fields:
  whom:  {type: person, title: 派给谁, optional: true}
  other: {type: person, title: 另找谁, optional: true, among: anyone of start.unit}
start: {who: role staff, fill: []}
steps:
- step: ok
  ask: role head of start.unit
  outcomes:
    send: {title: 派, fill: [whom], then: next}
    ask_other: {title: 另找, by: applicant, fill: [other], then: next}
ends: {done: {title: 办成}}
"""


@pytest.fixture
def town(db: Database) -> Iterator[Town]:
    made = build(db)
    pack = DistrictPack("town", both("小城"), both("小城"), plugins={"desk": {}}, units=UNITS,
                        persons=(*PERSONS, *CROWD, *TWINS), grants=(*GRANTS, *MORE), file="town.yaml")  # fmt: skip
    made = replace(made, ctx=adopt(made.system, Pack(pack, (CALENDAR,)), Caller("cai")))
    made.publish(FORM.replace("WHO", "role staff"))
    yield made
    made.system.runner.release()


def offers(town: Town, reader: str = "ann", **form: Any) -> Callable[[str, str], list[str]]:
    """A function from a field and what is typed to the ids that are offered."""

    def find(field: str, words: str) -> list[str]:
        def work(tx: Tx) -> list[str]:
            definition = current(town.ctx, tx, "form")
            made: Offers = start_offers(town.ctx, tx, Caller(reader), definition, "a", form)
            wanted: Field = definition.process.named[field]
            return [option.id for option in made.find(wanted, words, 500)]

        return town.ctx.runner.run(work, write=False)

    return find


def start(town: Town, by: str = "ann", **fill: Any) -> str:
    return cases.start(town.ctx, Caller(by), "form", {"place": "d", **fill}, unit="a").number


def refused(town: Town, by: str = "ann", **fill: Any) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refusal:
        start(town, by, **fill)
    return [(problem.code, problem.path) for problem in refusal.value.problems]


def test_the_last_of_many_is_found_by_name_initials_id_and_unit(town: Town) -> None:
    find = offers(town)
    assert len(find("all", "")) > 400
    assert find("all", "居民399") == ["r399"]
    assert find("all", "r399") == ["r399"]
    assert find("all", "zw 乙") == ["z3"]
    assert find("all", "张伟 乙社区") == ["z3"]
    assert set(find("all", "yjsq zhangwei")) == set()
    assert set(find("all", "ysq zw")) == {"z3"}, "乙社区 by its initials"
    assert find("all", "没有这个人") == []


def test_the_reader_s_own_unit_comes_first(town: Town) -> None:
    assert offers(town, "ann")("all", "张伟")[0] in ("z1", "z2")
    assert offers(town, "bo")("all", "张伟")[0] == "z3"


@pytest.mark.parametrize(
    ("field", "form", "offered"),
    [
        ("helper", {"place": "b"}, {"z3"}),
        ("helper", {"place": "d"}, set()),
        ("helper", {}, set()),
        ("place", {}, {"a", "b", "d"}),
        ("here", {"place": "b"}, {"b"}),
        ("here", {}, set()),
    ],
)
def test_a_field_offers_what_its_rule_fits_as_the_form_stands(
    town: Town, field: str, form: dict[str, str], offered: set[str]
) -> None:
    assert set(offers(town, **form)(field, "")) == offered


def test_people_of_a_unit_are_those_below_it_and_those_with_an_office_there(town: Town) -> None:
    near = set(offers(town)("near", ""))
    assert {"ann", "z1", "z2", "r000"} <= near
    assert not near & {"z3", "r001", "bo", "cai"}


@pytest.mark.parametrize(
    ("fill", "fault"),
    [
        ({"helper": "z1", "place": "b"}, ("field-among", "helper")),
        ({"helper": "z3"}, ("field-among", "helper")),
        ({"near": "bo"}, ("field-among", "near")),
        ({"place": "s"}, ("field-among", "place")),
        ({"place": "a", "here": "b"}, ("field-among", "here")),
        ({"list": [{"who": "ann"}, {"who": "bo"}]}, ("field-among", "list.1.who")),
        ({"list": [{"who": "nobody"}]}, ("field-reference", "list.0.who")),
        ({"all": "nobody"}, ("field-reference", "all")),
    ],
)
def test_what_is_not_offered_is_refused_at_its_place(
    town: Town, fill: dict[str, Any], fault: tuple[str, str]
) -> None:
    assert refused(town, **fill) == [fault]


def test_what_is_offered_is_taken(town: Town) -> None:
    start(town, helper="z3", place="b", here="b", near="r000", all="r399", list=[{"who": "z1"}, {"who": "r398"}])


def test_who_left_is_neither_offered_nor_taken(town: Town) -> None:
    pack = DistrictPack("town", both("小城"), both("小城"), plugins={"desk": {}}, units=UNITS, persons=PERSONS,
                        grants=GRANTS, file="town.yaml")  # fmt: skip
    gone = replace(town, ctx=adopt(town.system, Pack(pack, (CALENDAR,)), Caller("cai")))
    gone.publish(FORM.replace("WHO", "role staff"))
    assert offers(gone)("all", "居民399") == []
    assert refused(gone, all="r399") == [("field-reference", "all")]


def test_a_form_that_anybody_may_fill_offers_nobody_a_list_of_people(town: Town) -> None:
    town.publish(FORM.replace("WHO", "[anyone, role staff]"))
    assert offers(town, "r000")("all", "") == ["r000"]
    assert offers(town, "r000")("all", "张伟") == []
    assert refused(town, "r000", all="ann") == [("field-among", "all")]
    number = start(town, "r000", all="r000")
    n = cases.open_serial(town.ctx, number, "ok")
    form = pages.task(town.ctx, Caller("sun"), number, n)
    assert form.fields[0].more, "who works here finds everybody"
    cases.act(town.ctx, Caller("sun"), number, n, "agree", fill={"all": "r399"})


def test_whom_an_exit_names_is_offered_what_it_asks_and_nothing_that_the_step_asks_of_others(town: Town) -> None:
    town.publish(BESIDE)
    number = cases.start(town.ctx, Caller("ann"), "beside", {}, unit="a").number
    n = cases.open_serial(town.ctx, number, "ok")

    def found(by: str, field: str, words: str) -> tuple[Option, ...]:
        return choices.at_task(town.ctx, Caller(by), number, n, {"f": Question(field, words)}, fill={})["f"].found

    assert [one.id for one in found("sun", "whom", "薄霜")] == ["bo"]
    assert [one.id for one in found("ann", "other", "安宁")] == ["ann"]
    with pytest.raises(Invalid):
        found("ann", "whom", "薄霜")


def test_people_who_read_alike_are_told_apart(town: Town) -> None:
    def say(tx: Tx) -> dict[str, str]:
        definition = current(town.ctx, tx, "form")
        made = start_offers(town.ctx, tx, Caller("ann"), definition, "a")
        every = made.say(definition.process.named["all"], ["z1", "z2", "z3", "q1", "q2", "ann"])
        return {person: words.zh for person, words in every.items()}

    assert town.ctx.runner.run(say, write=False) == {
        "z1": "张伟（甲社区·z1）", "z2": "张伟（甲社区·z2）", "z3": "张伟（乙社区）",
        "q1": "钱多（乙社区·工作人员）", "q2": "钱多（乙社区·q2）", "ann": "安宁（甲社区）",
    }  # fmt: skip


def test_a_form_holds_the_few_and_says_that_there_are_more(town: Town) -> None:
    fields = {field.name: field for field in pages.start_form(town.ctx, Caller("ann"), "form").fields}
    assert (fields["all"].more, fields["place"].more) == (True, False)
    assert [option.id for option in fields["place"].options] == ["a", "b", "d"]
    assert 0 < len(fields["all"].options) < 50
