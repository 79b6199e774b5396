"""A whole process becomes its model, and its faults come all at once."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from engine.definition.kinds.ask import Ask
from engine.definition.kinds.choose import Choose
from engine.definition.kinds.do import Do
from engine.definition.kinds.parallel import Parallel
from engine.definition.kinds.stage import Stage
from engine.definition.kinds.wait import Wait
from engine.definition.load import load_process, process_from_document
from engine.definition.model import Exit, Place, Reminder, Rung, Spot, Target
from engine.definition.values.durations import Duration
from engine.errors import Invalid
from tests.unit.definition.catalogue import CATALOGUE
from tests.unit.definition.loading import codes, load, loaded, with_steps

BORROW = """\
process: borrow
title: 跨站借地
uses: [venue_sharing]
subject: [venue, slot]
settings:
  answer_in: {type: duration, default: 2 workdays, title: 答复期限}
parties:
  borrower: {unit: start.unit, title: 借方}
  lender:   {unit: venue.station, title: 出借方}
fields:
  venue:  {type: venue, title: 场地}
  slot:   {type: period, title: 时段}
  people: {type: integer, title: 人数, min: 1}
start: {who: role staff, fill: [venue, slot, people]}
steps:
- step: hold
  do: venue_sharing.hold
  with: {venue: =venue, period: =slot, people: =people}
  outcomes: {held: next, refused: end refused}
- step: lender_ok
  title: 出借方审批
  ask: role station_admin of lender
  not: [start]
  due:
    within: =settings.answer_in
    before: {at: =slot.start, late: refuse}
    remind: [50%, 1 day]
    late: [escalate role street_admin of lender, refuse after 2 workdays]
  outcomes:
    agree:  {title: 同意, then: next}
    refuse: {title: 不同意, opinion: must, then: end refused}
    revise: {title: 退回修改, opinion: must, then: back start, again: changed, at_most: 3}
- step: confirm
  do: venue_sharing.confirm
  with: {hold: =hold.id}
ends:
  done:    {title: 已借出, counts: [borrower, lender]}
  refused: {title: 未借成, undo: all, tell: applicant}
examples:
- {given: {people: 20}, acts: [lender_ok agree], expect: {end: done, visited: [confirm]}}
"""
CHINESE = """\
流程: borrow
标题: 跨站借地
使用: [venue_sharing]
字段:
  venue: {类型: venue}
  slot: {类型: period}
发起: {由谁: 角色 staff, 填写: [venue, slot]}
步骤:
- 环节: hold
  执行: venue_sharing.hold
  传入: {venue: =venue, period: =slot}
  结果: {held: 下一步, refused: 结束 done}
结局: {done: {}}
"""
ENGLISH = """\
process: borrow
title: 跨站借地
uses: [venue_sharing]
fields:
  venue: {type: venue}
  slot: {type: period}
start: {who: role staff, fill: [venue, slot]}
steps:
- step: hold
  do: venue_sharing.hold
  with: {venue: =venue, period: =slot}
  outcomes: {held: next, refused: end done}
ends: {done: {}}
"""


def exit_of(steps: str, name: str = "agree") -> Exit:
    """The exit *name* of the first step."""
    found = loaded(with_steps(steps)).steps[0].exit(name)
    assert found is not None
    return found


def test_a_process_is_read_whole() -> None:
    process = loaded(BORROW)

    assert (process.name, process.title.zh, process.uses) == ("borrow", "跨站借地", ("venue_sharing",))
    assert process.subject == ("venue", "slot")
    assert [party.unit.text for party in process.parties] == ["start.unit", "venue.station"]
    assert [end.name for end in process.ends] == ["done", "refused"]
    assert process.ends[0].counts == ("borrower", "lender")
    assert process.settings[0].default is not None
    assert process.fields[2].min == 1
    assert process.examples[0].expect == {"end": "done", "visited": ["confirm"]}


def test_a_deadline_keeps_its_reminders_and_its_ladder() -> None:
    due = loaded(BORROW).steps[1].due

    assert due is not None and due.within is not None and due.within.formula is not None
    assert due.within.formula.text == "settings.answer_in"
    assert due.remind == (Reminder(share=0.5), Reminder(before=Duration(1, "days")))
    assert due.late[0].escalate is not None
    assert due.late[0].escalate.cases[0][1][0].name == "street_admin"
    assert due.late[1] == Rung(outcome="refuse", after=Duration(2, "workdays"))


def test_an_exit_that_goes_back_keeps_how_often_and_who_is_asked_again() -> None:
    revise = loaded(BORROW).steps[1].exit("revise")

    assert revise is not None
    assert (revise.then, revise.at_most, revise.again) == (Target("back", "start"), 3, "changed")
    assert (revise.opinion, revise.title.zh) == ("must", "退回修改")


def test_a_bare_target_is_an_exit_written_short() -> None:
    short = exit_of("- {step: one, ask: role a, outcomes: {agree: next}}")
    long = exit_of("- {step: one, ask: role a, outcomes: {agree: {then: next}}}")

    assert replace(short, place=Place()) == replace(long, place=Place())


def test_an_action_with_one_result_needs_no_outcomes() -> None:
    confirm = loaded(BORROW).steps[2]

    assert isinstance(confirm, Do)
    assert [(one.name, one.then.kind) for one in confirm.outcomes] == [("confirmed", "next")]


def test_an_outcome_of_an_action_is_titled_by_the_action() -> None:
    held = loaded(BORROW).steps[0].exit("held")

    assert held is not None and held.title.zh == "结果held"


@pytest.mark.parametrize(
    ("steps", "outcomes"),
    [
        ("- {step: rest, wait: {until: slot.end}}", ["came"]),
        ("- step: all\n  stage: [{step: one, ask: role a, outcomes: {agree: next}}]", ["done"]),
        (
            "- step: both\n  parallel:\n"
            "    x: [{step: one, ask: role a, outcomes: {agree: next}}]\n"
            "    y: [{step: two, ask: role b, outcomes: {agree: next}}]",
            ["met"],
        ),
    ],
)
def test_a_step_with_one_way_to_end_leads_on_by_itself(steps: str, outcomes: list[str]) -> None:
    step = loaded(with_steps(steps)).steps[0]

    assert [(one.name, one.then.kind) for one in step.outcomes] == [(name, "next") for name in outcomes]


NESTED = """
- step: outer
  stage:
  - step: which
    choose:
    - {if: stars > 3, steps: [{step: deep, ask: role a, outcomes: {agree: next}}]}
    - {else: []}
  - step: both
    parallel:
      x: [{step: one, ask: role a, outcomes: {agree: next}}]
      y: [{step: two, wait: {until: slot.start}}]
  outcomes:
    stop:
      by: applicant
      steps: [{step: small, ask: role b, outcomes: {agree: next}}]
      then: end refused
"""


def test_every_step_is_found_with_the_spot_where_it_stands() -> None:
    head = with_steps(NESTED).replace("fill: [place, slot]", "fill: [place, slot, stars]")
    process = loaded(head)

    assert {name: spot for name, (_, spot) in process.index.items()} == {
        "outer": Spot("", "", 0),
        "which": Spot("outer", "", 0),
        "deep": Spot("which", "0", 0),
        "both": Spot("outer", "", 1),
        "one": Spot("both", "x", 0),
        "two": Spot("both", "y", 0),
        "small": Spot("outer", ">stop", 0),
    }
    for name, (step, spot) in process.index.items():
        assert process.steps_of(spot.owner, spot.key)[spot.position].id == name == step.id
    kinds = [type(process.index[name][0]) for name in ("outer", "which", "both", "two", "small")]
    assert kinds == [Stage, Choose, Parallel, Wait, Ask]


def test_a_process_knows_the_names_that_it_reads_and_what_they_are_parts_of() -> None:
    reads = loaded(BORROW).reads

    assert {name for name in reads if "." in name} == {
        "hold.id", "settings.answer_in", "slot.start", "start.unit", "venue.station",
    }  # fmt: skip
    assert {name for name in reads if "." not in name} == {
        "venue", "slot", "people", "lender", "hold", "settings", "start",
    }  # fmt: skip


def test_an_attribute_of_an_output_reads_the_output() -> None:
    steps = """
- {step: take, ask: role a, outcomes: {agree: next}}
- {step: more, if: take.who.name = '甲', ask: role a, outcomes: {agree: next}}
"""
    assert "take.who" in loaded(with_steps(steps)).reads


def test_chinese_and_english_words_say_the_same_process() -> None:
    assert loaded(CHINESE).hash == loaded(ENGLISH).hash


def without_places(value: Any) -> str:
    """Everything that a process says, without where it was written."""
    return re.sub(r"Place\([^)]*\)", "", repr(value))


def test_a_published_document_is_the_same_process_again() -> None:
    process = loaded(BORROW)
    again = process_from_document(process.document, CATALOGUE)

    assert without_places(replace(again, file="sample.yaml")) == without_places(process)


def test_a_published_document_whose_plugin_is_gone_is_refused() -> None:
    bare = replace(CATALOGUE, actions={})

    with pytest.raises(Invalid) as refused:
        process_from_document(loaded(BORROW).document, bare)
    assert "unknown-action" in {one.code for one in refused.value.problems}


def test_all_faults_of_a_file_come_at_once_in_the_order_of_the_lines() -> None:
    broken = (
        BORROW.replace("type: period", "type: perod")
        .replace("end refused}\n- step: lender_ok", "end refusd}\n- step: lender_ok")
        .replace("at_most: 3", "at_most: many")
    )
    process, problems = load(broken)

    assert process is None
    assert [(one.code, one.line) for one in problems] == [
        ("unknown-type", 12), ("formula-type", 18), ("unknown-end", 19), ("formula-name", 26), ("not-whole", 32),
    ]  # fmt: skip
    assert len(set(problems)) == len(problems)


def test_a_fault_in_a_formula_points_at_its_column() -> None:
    _, problems = load(BORROW.replace("{hold: =hold.id}", "{hold: =hold.idd}"))

    line = BORROW.splitlines().index("  with: {hold: =hold.id}")
    assert [(one.line, one.column, one.path) for one in problems] == [(line + 1, 17, "steps.confirm.with.hold")]


def test_names_inside_an_each_are_typed_though_it_cannot_run_yet() -> None:
    head = with_steps(
        "- {step: every, each: x in rows, steps: [{step: one, ask: person x.whom, outcomes: {agree: next}}]}"
    )
    text = head.replace("  stars:", "  rows: {type: table, key: who, columns: {who: {type: person}}}\n  stars:")

    assert codes(text) == ["not-yet", "formula-name"]
    assert codes(text.replace("x.whom", "x.who")) == ["not-yet"]


def test_an_overlay_is_applied_before_it_is_read() -> None:
    overlay = (
        "process: borrow\ntitle: 本区借地\nextends: common/borrow\nedits:\n- {set: settings.answer_in, to: 3 days}\n"
    )
    process, problems = load_process(
        overlay, "district.yaml", CATALOGUE, find_base={"common/borrow": (BORROW, "base.yaml")}.get
    )

    assert problems == ()
    assert process is not None and process.settings[0].default is not None
    assert (process.title.zh, process.settings[0].default.constant) == ("本区借地", "3 days")


def test_a_process_with_warnings_alone_is_accepted() -> None:
    process, problems = load(with_steps("- {step: one, ask: role a, outcomes: {agree: next}}"))

    assert process is not None
    assert {one.code for one in problems} == {"unused-field", "unused-end"}
    assert all(one.warning for one in problems)
