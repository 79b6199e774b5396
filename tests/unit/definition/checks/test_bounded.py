"""Nothing goes round or waits for ever, and silence is never a yes."""

from __future__ import annotations

import pytest

from tests.unit.definition.loading import codes, load, with_steps


def asked(outcomes: str, due: str = "") -> str:
    """A process that asks once, with these outcomes."""
    deadline = f"due: {{within: 2 days, late: {due}}}, " if due else ""
    return with_steps(f"- {{step: one, ask: role a, {deadline}outcomes: {{{outcomes}}}}}")


def held(refused: str, more: str = "") -> str:
    """A process that holds something, with this exit when it is refused."""
    return with_steps(
        "- step: hold\n  do: venue_sharing.hold\n  with: {venue: =place, period: =slot}\n"
        f"  outcomes: {{held: next, refused: {refused}{more}}}"
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (asked("agree: next, redo: {then: back start, at_most: 3}"), []),
        (asked("agree: next, redo: {then: back start, at_most: 3}", "redo"), ["no-exhausted"]),
        (asked("agree: next, redo: {then: back start, at_most: 3, exhausted: no}, no: end refused", "redo"), []),
        (held("{then: back start, at_most: 3}"), ["no-exhausted"]),
        (held("{then: back start, at_most: 3, exhausted: gone}", ", gone: {by: clock, then: end refused}"), []),
    ],
)
def test_a_return_that_nobody_presses_says_what_comes_when_it_is_used_up(text: str, found: list[str]) -> None:
    assert codes(text) == found


def test_a_substitute_may_be_peoples_own_outcome_where_people_are_at_work() -> None:
    assert codes(asked("no: end refused, redo: {then: back start, at_most: 1, exhausted: no}", "redo")) == []


@pytest.mark.parametrize(
    ("outcomes", "due", "found"),
    [
        ("agree: next", "agree", ["silence-is-yes"]),
        ("agree: next, quiet: {by: clock, then: next}", "quiet", []),
        ("agree: next, refuse: {opinion: must, then: end refused}", "refuse", []),
        ("agree: next, refuse: {must: [note], then: end refused}", "refuse", ["clock-cannot-fill"]),
        ("agree: next, quiet: {by: clock, must: [note], then: end refused}", "quiet", ["clock-cannot-fill"]),
        ("agree: next, refuse: end refused", "refuser", ["not-a-sibling"]),
        ("agree: next, quiet: {by: clock, then: end refused}", "", ["clock-never"]),
        ("agree: next, more: stay", "more", ["stay-alone"]),
    ],
)
def test_silence_leads_only_where_it_says_so(outcomes: str, due: str, found: list[str]) -> None:
    assert codes(asked(outcomes, due)) == found


@pytest.mark.parametrize(
    ("outcomes", "due", "found"),
    [
        ("more: stay, agree: next", "", []),
        ("more: stay", "", ["no-way-out"]),
        ("redo: {then: back start, at_most: 1}", "", ["no-way-out"]),
        ("redo: {then: back start, at_most: 1}, quiet: {by: clock, then: end refused}", "quiet", []),
        ("redo: {then: back start, at_most: 1, exhausted: no}, no: {by: clock, then: end refused}", "", ["no-way-out"]),
        ("redo: {then: back start, at_most: 1, exhausted: no}, no: {by: clock, then: end refused}", "redo", []),
        ("quiet: {by: clock, then: end refused}", "quiet", ["nobody-may-answer"]),
    ],
)
def test_an_ask_can_always_be_left(outcomes: str, due: str, found: list[str]) -> None:
    assert codes(asked(outcomes, due)) == found


OK = "{step: ok, ask: role a, outcomes: {agree: next, refuse: %s}}"


@pytest.mark.parametrize(
    ("steps", "found"),
    [
        (f"- {{step: all, due: {{within: 1 day, late: done}}, stage: [{OK % 'end refused'}], outcomes: {{done: next}}}}",
         ["silence-is-yes"]),
        (f"- {{step: all, due: {{within: 1 day, late: gone}}, stage: [{OK % 'end refused'}],\n"
         "   outcomes: {done: next, gone: {by: clock, then: next}}}", []),
        ("- step: hold\n  do: venue_sharing.hold\n  with: {venue: =place, period: =slot}\n"
         "  outcomes: {held: next, refused: {then: back start, at_most: 2, exhausted: held}}", ["silence-is-yes"]),
        (f"- step: both\n  need: any\n  parallel:\n    x: [{OK % 'drop'}]\n    y: [{(OK % 'drop').replace('ok', 'no')}]\n"
         "  outcomes: {met: next, short: {then: back start, at_most: 1, exhausted: met}}", ["silence-is-yes"]),
    ],
)  # fmt: skip
def test_no_step_is_said_to_have_come_to_what_it_did_not_come_to(steps: str, found: list[str]) -> None:
    assert codes(with_steps(steps)) == found


@pytest.mark.parametrize(("times", "found"), [("99", []), ("100", ["not-whole"]), ("0", ["not-whole"])])
def test_a_case_does_not_go_back_more_often_than_anybody_means(times: str, found: list[str]) -> None:
    assert codes(asked(f"agree: next, redo: {{then: back start, at_most: {times}}}")) == found


def needed(outcomes: str, before: str, late: str = "") -> str:
    """A process that asks once, for an answer before the slot begins."""
    ladder = f", late: {late}" if late else ""
    return with_steps(
        f"- {{step: one, ask: role a, due: {{within: 2 days, before: {before}{ladder}}}, outcomes: {{{outcomes}}}}}"
    )


EVENT = "{at: =slot.start, late: LATE}"


@pytest.mark.parametrize(
    ("outcomes", "late", "found"),
    [
        ("agree: next, refuse: end refused", "refuse", []),
        ("agree: next, gone: {by: clock, then: end refused}", "gone", []),
        ("agree: next, gone: {by: clock, then: next}", "gone", []),
        ("agree: next, refuse: end refused", "agree", ["silence-is-yes"]),
        ("agree: next, refuse: {must: [note], then: end refused}", "refuse", ["clock-cannot-fill"]),
        ("agree: next, refuse: end refused", "gone", ["not-a-sibling"]),
        ("agree: next, redo: {then: back start, at_most: 3}", "redo", ["no-exhausted"]),
    ],
)
def test_an_event_that_has_come_leads_where_silence_may(outcomes: str, late: str, found: list[str]) -> None:
    assert codes(needed(outcomes, EVENT.replace("LATE", late))) == found


def warnings(text: str) -> list[str]:
    return [f"{one.code} {one.path}" for one in load(text)[1] if one.warning and one.code != "unused-field"]


def test_a_step_that_lets_go_on_what_has_begun_is_warned_of() -> None:
    outcomes = "agree: next, refuse: end refused"
    assert warnings(needed(outcomes, "=slot.start", "refuse")) == ["before-stays-open steps.one.due.before"]
    assert warnings(needed(outcomes, EVENT.replace("LATE", "refuse"))) == []
    assert warnings(needed("hand_over: end done, refuse: end refused", "=slot.start")) == []
