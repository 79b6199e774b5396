"""Constructs that cannot run yet are read, typed, and refused by their name: never passed over in silence."""

from __future__ import annotations

import pytest

from tests.unit.definition.loading import load

WHOLE = """\
process: event
title: 联办活动
parties:
  lead:    {unit: place, title: 牵头}
  cohosts: {units: rows.unit, title: 合办}
fields:
  topic: {type: text}
  place: {type: unit}
  origin: {type: case of need, optional: true}
  paper: {type: file, optional: true}
  rows:
    type: table
    key: unit
    columns:
      unit:  {type: unit}
      need:  {type: text}
      money: {type: money, optional: true}
      proof: {type: file, optional: true}
  total: {type: money, value: =sum(rows.money)}
messages:
  merged: {to: case, title: 已归并}
start:
  every: month, day 25, 09:00
  each: u in rows
  set: {topic: 月度, place: =u.unit}
  holiday: before
  missed: once
steps:
- {step: heard, ask: post 网格长 of lead, fill: [origin, paper], outcomes: {yes: next}}
- step: joining
  each: s in rows
  need: 2
  rest: finish
  order: together
  may_add: role lead_admin of lead
  steps:
  - step: join
    ask: role admin of s.unit
    fill: [s.money]
    due: {within: 2 workdays, late: stay_out}
    outcomes:
      join:     {title: 参加, set: {s.need: 有}, then: next}
      stay_out: {title: 不参加, then: drop}
  outcomes: {met: next, short: end single}
- step: vote
  ask: role member of lead
  sign: {vote: {pass: 2/3 of cast, quorum: 1/2, weight: "if(has_role(signer, 'a'), 2, 1)", veto: role safety of lead}}
  due: {within: 2 hours, late: count}
  outcomes:
    passed: next
    failed: end single
    tie: {then: back joining, at_most: 1, exhausted: failed}
- step: signing
  ask: role member of lead
  sign: in_order
  outcomes: {agree: next}
- step: sub
  call: order
  with: {what: =topic}
  detach: false
  outcomes: {done: next}
- step: hear
  stage:
  - step: out
    wait: {message: gate.opened, match: {place: =place}}
    due: {within: 1 day, late: missed_it}
    outcomes: {came: next, missed_it: end single}
  outcomes:
    done: next
    gone: {by: message merged, match: {topic: =topic}, then: end single}
ends:
  done:   {reopen: {by: role lead_admin of lead, within: 30 days, then: back vote, at_most: 1}}
  single: {}
"""
NOT_YET = [
    "fields.origin.type", "fields.paper.type", "fields.rows.columns.proof.type", "messages", "start.every", "start.each", "steps.heard.ask", "steps.joining.each", "steps.vote.sign", "steps.signing.sign",
    "steps.sub.call", "steps.out.wait.message", "steps.hear.outcomes.gone.by", "ends.done.reopen",
]  # fmt: skip


def test_every_construct_that_cannot_run_yet_is_named_and_nothing_else_is_wrong() -> None:
    process, problems = load(WHOLE)

    assert process is None
    assert [(one.code, one.path) for one in problems if not one.warning] == [("not-yet", path) for path in NOT_YET]


def test_a_refusal_says_which_construct_it_is_in_both_languages() -> None:
    _, problems = load(WHOLE)
    each = next(one for one in problems if one.path == "steps.joining.each")

    assert each.message.zh.startswith("逐项办理（each）")
    assert "each" in each.message.en


@pytest.mark.parametrize("type_", ["file", "case", "case of need", "附件", "事项"])
@pytest.mark.parametrize("construct", ["fields", "settings"])
def test_a_value_that_nothing_can_hold_yet_is_refused_wherever_a_type_may_stand(construct: str, type_: str) -> None:
    whole = f"{construct}: {{x: {{type: {type_}}}}}\nsteps: [{{step: a, ask: applicant, outcomes: {{ok: next}}}}]"
    _, problems = load(f"process: p\ntitle: 例\nstart: {{who: anyone}}\n{whole}\nends: {{done: {{}}}}\n")

    assert [(one.code, one.path) for one in problems if not one.warning] == [("not-yet", f"{construct}.x.type")]


@pytest.mark.parametrize("place", ["ask: {who}", "ask: applicant, due: {{within: 1 day, late: escalate {who}}}"])
def test_a_post_is_refused_wherever_somebody_is_named_and_what_is_in_it_is_read(place: str) -> None:
    def told(who: str) -> set[str]:
        step = f"- {{step: a, {place.format(who=who)}, outcomes: {{ok: next}}}}"
        head = "process: p\ntitle: 例\nparties: {home: {unit: start.unit}}\nstart: {who: anyone}\nsteps:\n"
        return {one.code for one in load(f"{head}{step}\nends: {{done: {{}}}}\n")[1] if not one.warning}

    assert told("post 网格长 of home") == {"not-yet"}
    assert told("post 网格长 of hoome") == {"not-yet", "formula-name"}


@pytest.mark.parametrize(
    ("written", "broken", "code"),
    [
        ("each: s in rows", "each: s in topic", "formula-type"),
        ("ask: role admin of s.unit", "ask: role admin of s.untis", "formula-name"),
        ("fill: [s.money]", "fill: [s.mony]", "unknown-column"),
        ("rest: finish", "rest: finsh", "not-an-option"),
        ("order: together", "order: apart", "not-an-option"),
        ("pass: 2/3 of cast, ", "", "missing-key"),
        ("veto: role safety of lead", "veto: rolle safety", "unknown-who"),
        ("with: {what: =topic}", "with: {what: =topc}", "formula-name"),
        ("match: {place: =place}", "match: {place: =plce}", "formula-name"),
        ("within: 30 days", "within: 30 dys", "field-type"),
        ("missed: once", "missed: twice", "not-an-option"),
        ("merged: {to: case", "merged: {too: case", "unknown-key"),
        ("merged: {to: case", "merged: {to: everybody", "not-an-option"),
        ("merged: {to: case", "merged: {key: [topc]", "unknown-field"),
        ("each: u in rows", "each: rows", "bad-each"),
        ("each: s in rows", "each: back in rows", "reserved-name"),
        ("pass: 2/3 of cast", "pass: 胡说", "bad-share"),
        ("pass: 2/3 of cast", "pass: 4/3 of cast", "bad-share"),
        ("pass: 2/3 of cast", "pass: 0/3", "bad-share"),
        ("pass: 2/3 of cast", "pass: 1/0", "bad-share"),
        ("pass: 2/3 of cast", "pass: 2/3 of us", "bad-share"),
        ("quorum: 1/2", "quorum: half", "bad-share"),
        ("weight: \"if(has_role(signer, 'a'), 2, 1)\"", "weight: topic", "formula-type"),
        ("then: back vote, at_most", "then: next, at_most", "reopen-needs-back"),
        ("then: back vote, at_most", "then: back vot, at_most", "unknown-step"),
        ("passed: next", "passed: next\n    count: next", "reserved-name"),
    ],
)
def test_what_is_inside_is_read_and_typed_all_the_same(written: str, broken: str, code: str) -> None:
    assert written in WHOLE
    _, problems = load(WHOLE.replace(written, broken))

    assert {one.code for one in problems if not one.warning} == {"not-yet", code}
