"""``not:`` keeps away somebody who may have acted, and leaves somebody who may answer."""

from __future__ import annotations

import pytest

from tests.unit.definition.loading import HEAD, codes, with_steps

FILLED = HEAD.replace("fill: [place, slot]", "fill: [place, slot, helper]")


@pytest.mark.parametrize(
    ("who", "away", "nobody"),
    [
        ("applicant", "[start]", True),
        ("person start.who", "[start]", True),
        ("person start.for", "[start]", True),
        ("[applicant, person start.who]", "[start]", True),
        ("[applicant, role a]", "[start]", False),
        ("person helper", "[start]", False),
        ("person helper", "[person helper]", True),
        ("person first.who", "[first]", True),
        ("person first.for", "[first]", True),
        ("person first.who", "[start]", False),
        ("role a", "[start]", False),
        ("[{if: stars > 3, who: applicant}, {else: true, who: role a}]", "[start]", True),
    ],
)
def test_a_step_that_keeps_away_everybody_whom_it_asks_is_refused(who: str, away: str, nobody: bool) -> None:
    steps = f"""
- {{step: first, ask: role b, outcomes: {{seen: next}}}}
- {{step: one, ask: {who}, not: {away}, outcomes: {{agree: next}}}}
"""
    head = FILLED.replace("fill: [place, slot, helper]", "fill: [place, slot, helper, stars]")
    assert codes(with_steps(steps, head=head)) == (["asks-excluded"] if nobody else [])


def asked(name: str, more: str = "") -> str:
    """A step in which people act."""
    return f"{{step: {name}, ask: role a, {more} outcomes: {{agree: next}}}}"


BACK = "{step: z, ask: role a, outcomes: {agree: next, again: {then: back %s, at_most: 1}}}"


@pytest.mark.parametrize(
    ("steps", "useless"),
    [
        (f"- {asked('x')}\n- {asked('one', 'not: [x],')}", False),
        (f"- {asked('one', 'not: [x],')}\n- {asked('x')}", True),
        (f"- {asked('one', 'not: [one],')}", True),
        (f"- {asked('one', 'not: [x],')}\n- {asked('x')}\n- {BACK % 'one'}", False),
        (f"- {asked('one', 'not: [x],')}\n- {asked('x')}\n- {BACK % 'x'}", True),
        (f"- {asked('one', 'not: [x],')}\n- {asked('x')}\n- {BACK % 'start'}", False),
        (f"- {asked('one', 'not: [x],')}\n- {BACK % 'one'}\n- {asked('x')}", True),
        (
            f"- step: p\n  parallel: {{l: [{asked('one', 'not: [x],')}], r: [{asked('x')}]}}\n  outcomes: {{met: next}}",
            False,
        ),
        (
            f"- step: c\n  choose: [{{if: stars > 3, steps: [{asked('x')}]}}, "
            f"{{else: [{asked('one', 'not: [x],')}]}}]",
            True,
        ),
        (
            f"- step: x\n  stage: [{asked('one', 'not: [x],')}]\n"
            "  outcomes: {done: next, seen: {by: role b, then: stay}}",
            False,
        ),
        (f"- step: x\n  stage: [{asked('one', 'not: [x],')}]\n  outcomes: {{done: next}}", True),
        (f"- {{step: x, do: engine.tell}}\n- {asked('one', 'not: [x],')}".replace(
            "do: engine.tell", "do: venue_sharing.open_door, with: {venue: =place}"), True),
    ],
)  # fmt: skip
def test_who_acts_later_or_never_cannot_be_kept_away(steps: str, useless: bool) -> None:
    head = FILLED.replace("fill: [place, slot, helper]", "fill: [place, slot, stars]")
    assert codes(with_steps(steps, head=head)) == (["excludes-nobody"] if useless else [])
