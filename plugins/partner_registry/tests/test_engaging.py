"""A partner, a team or a person is promised once at a time: undone, refused with a gap, raced for."""

from __future__ import annotations

from typing import Any

import pytest

from engine.extend import Outcome, Veto
from engine.testing import Trial
from plugins.partner_registry.diary import once

AFTERNOON = "2026-06-16T14:00/2026-06-16T16:00"


def engage(trial: Trial, period: str = AFTERNOON, case: str = "c1", **whom: str) -> Outcome:
    given: dict[str, Any] = {"period": period, **(whom or {"partner": "wy"})}
    outcome = trial.act("partner_registry.engage", given, unit="hh", case=case)
    assert trial.read(once) == []
    return outcome


def test_a_time_is_promised_once_and_comes_free_when_it_is_let_go(trial: Trial) -> None:
    first = engage(trial)
    assert first.name == "engaged"
    again = engage(trial, "2026-06-16T15:00/2026-06-16T17:00", "c2")
    assert (again.name, again.outputs["gap"]) == ("taken", "2026-06-16T16:00/2026-06-16T18:00")
    (problem,) = again.problems
    assert (problem.path, problem.message.zh) == (
        "period", "晚霞文艺队这个时段已约给别家。最近的空档是6月16日16:00–18:00。",
    )  # fmt: skip
    assert engage(trial, "2026-06-16T16:00/2026-06-16T18:00", "c2").name == "engaged", "back to back"
    for answer in ("undone", "nothing_left"):
        assert trial.undo("partner_registry.disengage", first.outputs, unit="hh", case="c1") == answer
        assert trial.read(once) == []
    assert engage(trial, case="c3").name == "engaged"


def test_teams_persons_and_partners_have_diaries_of_their_own(trial: Trial) -> None:
    outcomes = [engage(trial, case=f"c{n}", **whom).name for n, whom in enumerate(
        ({"partner": "wy"}, {"partner": "aq"}, {"team": "ct"}, {"person": "qin"}, {"person": "qin"}), 1
    )]  # fmt: skip
    assert outcomes == ["engaged", "engaged", "engaged", "engaged", "taken"]


@pytest.mark.parametrize(
    ("period", "why"),
    [("2026-06-09T14:00/2026-06-09T16:00", "past"), ("2026-06-16T14:00/2026-07-16T16:00", "long")],
)
def test_what_is_past_or_too_long_is_refused(trial: Trial, period: str, why: str) -> None:
    assert engage(trial, period).outputs["why"] == why


@pytest.mark.parametrize("whom", [{"partner": "wy", "team": "ct"}, {"team": ""}])
def test_one_of_the_three_is_named(trial: Trial, whom: dict[str, str]) -> None:
    with pytest.raises(Veto):
        engage(trial, **whom)


def test_of_those_who_ask_at_once_one_is_promised_the_time(trial: Trial) -> None:
    for day in range(16, 22):
        spans = [f"2026-06-{day}T{14 + n % 2}:00/2026-06-{day}T{16 + n % 2}:00" for n in range(8)]
        works = [lambda n=n, span=span: engage(trial, span, f"c{n + 1}") for n, span in enumerate(spans)]
        names = sorted(outcome.name for outcome in trial.race(*works))  # type: ignore[arg-type]
        assert names == ["engaged", *["taken"] * 7]
