"""Whoever is paid is not the only one who acted, on every way to the payment."""

from __future__ import annotations

import pytest

from tests.unit.definition.loading import load

HEAD = """\
process: sample
title: 样例
uses: [points_exchange]
parties:
  home: {unit: start.unit}
fields:
  server: {type: person}
  served: {type: person, value: =server}
  note: {type: text, optional: true}
start: {who: role staff, for: applicant, fill: [note]}
"""
PAY = "- {step: pay, do: points_exchange.earn, with: {who: =%s, rule: a, hours: 2}}"
ENDS = "ends: {done: {tell: applicant}, left: {tell: applicant}}\n"


def warned(steps: str, payee: str = "server", head: str = HEAD) -> bool:
    """Whether the payment behind *steps* is warned of; there may be nothing else wrong."""
    process, problems = load(f"{head}steps:\n{steps.strip()}\n{PAY % payee}\n{ENDS}")
    assert process is not None, [one.line_of_text("en") for one in problems]
    told = {one.code for one in problems} - {"unused-field", "unused-end"}
    assert told <= {"payee-alone"}
    assert all(one.path == "steps.pay.with.who" for one in problems if one.code == "payee-alone")
    return bool(told)


def claim(more: str = "", after: str = "next", name: str = "claim") -> str:
    """Somebody takes it on."""
    return f"- {{step: {name}, ask: role volunteer, {more} outcomes: {{take: {{set: {{server: ={name}.for}}, then: {after}}}}}}}"


def ask(name: str, who: str, more: str = "", outcomes: str = "ok: next") -> str:
    """Somebody answers."""
    return f"- {{step: {name}, ask: {who}, {more} outcomes: {{{outcomes}}}}}"


@pytest.mark.parametrize(
    ("steps", "alone"),
    [
        (claim(), True),
        (claim("not: [start],"), False),
        (f"{ask('send', 'role boss')}\n{claim()}", True),
        (f"{ask('send', 'role boss')}\n{claim('not: [send],')}", False),
        (f"{claim()}\n{ask('rate', 'applicant')}", True),
        (f"{claim()}\n{ask('rate', 'role boss')}", True),
        (f"{claim()}\n{ask('rate', 'role boss', 'not: [claim],')}", False),
        (f"{claim()}\n{ask('rate', 'role boss', 'not: [person server],')}", False),
        (f"{claim()}\n{ask('rate', 'role boss', 'not: [start],')}", True),
        (f"{ask('rate', 'role boss', 'not: [person server],')}\n{claim()}", True),
        (f"{claim()}\n{ask('rate', 'role boss', 'not: [claim], if: empty(note),')}", True),
    ],
)
def test_some_step_is_surely_answered_by_somebody_else(steps: str, alone: bool) -> None:
    assert warned(steps) == alone
    assert warned(steps, "served") == alone


def test_silence_is_nobody() -> None:
    quiet = "due: {within: 2 days, late: silent}, not: [claim],"
    rated = "ok: next, silent: {by: clock, then: %s}"

    assert warned(f"{claim()}\n{ask('rate', 'role boss', quiet, rated % 'next')}")
    assert not warned(f"{claim()}\n{ask('rate', 'role boss', quiet, rated % 'end left')}")


@pytest.mark.parametrize(
    ("steps", "payee", "alone"),
    [
        (ask("ok", "role boss"), "start.who", True),
        (ask("ok", "role boss"), "applicant", True),
        (ask("ok", "role boss", "not: [start],"), "start.who", False),
        (ask("ok", "role boss", "not: [start],"), "applicant", False),
        (ask("ok", "role boss"), "ok.for", True),
        (ask("ok", "role boss", "not: [start],"), "ok.for", False),
        (ask("ok", "role boss", "not: [person applicant],"), "applicant", False),
    ],
)
def test_the_payee_may_be_whoever_acted_somewhere(steps: str, payee: str, alone: bool) -> None:
    assert warned(steps, payee) == alone


def test_whom_a_form_names_has_to_be_kept_away_by_name() -> None:
    head = HEAD.replace("fill: [note]", "fill: [note, server]")
    assert warned(ask("ok", "role boss", "not: [start],"), head=head)
    assert not warned(ask("ok", "role boss", "not: [start, person server],"), head=head)
    renamed = ask("ok", "role boss", "not: [person server], fill: [server],")
    assert warned(renamed, head=head), "who answers may write a name of their own"


def test_every_branch_and_every_way_back_counts() -> None:
    choose = """
- step: which
  choose:
  - {if: not empty(note), steps: [%s]}
  - {else: [%s]}
"""
    safe, open_ = claim("not: [start],")[2:], claim(name="grab")[2:]
    assert warned(choose % (safe, open_))
    assert not warned(choose % (safe, open_.replace("role volunteer,", "role volunteer, not: [start],")))
    again = ask("look", "role boss", "not: [person server],", "ok: next, redo: {then: back grab, at_most: 1}")
    assert not warned(f"- {open_}\n{again}")
    skipped = ask("look", "role boss", "not: [person server],", "ok: {then: back grab, at_most: 1}, on: next")
    behind = f"{skipped}\n{claim(name='late')}"
    assert warned(f"- {open_}\n{behind}"), "the last to take it on was seen by nobody"


def test_an_exit_of_a_stage_leaves_from_any_moment_inside() -> None:
    stage = """
%s
- step: work
  stage:
  - {step: look, ask: role boss, not: [person server], outcomes: {seen: next}}
  outcomes: {done: next, short_cut: {by: applicant, then: %s}}
"""
    assert warned(stage % (claim(), "next"))
    assert not warned(stage % (claim(), "end left"))


@pytest.mark.parametrize(("need", "alone"), [("all", False), ("any", True)])
def test_of_branches_side_by_side_all_have_to_come(need: str, alone: bool) -> None:
    beside = f"""
{claim()}
- step: pair
  parallel:
    one: [{ask('look', 'role boss', 'not: [person server],')[2:]}]
    two: [{ask('know', 'applicant')[2:]}]
  need: {need}
  outcomes: {{met: next}}
"""
    assert warned(beside) == alone


@pytest.mark.parametrize(
    ("payee", "named", "told"),
    [
        ("server", "claim.who", ["claim.who"]),
        ("served", "claim.who", ["claim.who"]),
        ("server", "claim.for", []),
        ("claim.who", "claim.for", ["claim.who"]),
        ("claim.for", "claim.who", []),
        ("start.who", "claim.who", []),
    ],
)
def test_who_is_paid_is_for_whom_it_was_done_and_not_who_pressed(payee: str, named: str, told: list[str]) -> None:
    steps = claim("not: [start],").replace("claim.for", named)
    process, problems = load(f"{HEAD}steps:\n{steps}\n{PAY % payee}\n{ENDS}")
    found = [one for one in problems if one.code == "payee-presses"]
    assert process is not None and [text for one in found for text in told if text in one.message.en] == told
    assert len(found) == len(told) and all("claim.for" in one.hint.en for one in found if one.hint)
