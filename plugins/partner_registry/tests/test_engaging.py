"""A partner, a team or a person is promised once at a time: undone, refused with a gap, raced for."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.extend import MINUTE, Outcome, Period, Veto, midnight, to_datetime, to_micros
from engine.testing import Trial
from plugins.partner_registry.operations.diary import GRAIN, cells, gap_beside, once

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


def test_the_gap_begins_as_soon_as_they_are_free(trial: Trial) -> None:
    engage(trial, "2026-06-16T14:00/2026-06-16T15:00")
    again = engage(trial, "2026-06-16T14:15/2026-06-16T16:00", "c2")
    assert again.outputs["gap"] == "2026-06-16T15:00/2026-06-16T16:45"
    assert engage(trial, again.outputs["gap"], "c2").name == "engaged"


@settings(max_examples=25, deadline=None)
@given(
    begin=st.integers(0, 2 * 24 * 60),
    length=st.integers(20, 300),
    taken=st.sets(st.integers(0, 2 * 48), max_size=60),
    asked=st.integers(0, 24 * 60),
)
def test_no_minute_nearer_than_the_gap_would_be_free(begin: int, length: int, taken: set[int], asked: int) -> None:
    first = to_micros(midnight(date(2026, 6, 16)))
    had, now = {first // GRAIN + half for half in taken}, first + asked * MINUTE

    def at(minute: int) -> Period:
        start = to_datetime(first + minute * MINUTE)
        return Period(start, start + timedelta(minutes=length))

    def free(wanted: Period) -> bool:
        start, end = to_micros(wanted.start), to_micros(wanted.end)
        by_day = wanted.start.hour >= 8 and wanted.end <= midnight(wanted.start.date()) + timedelta(hours=21)
        return start >= (now // GRAIN + 1) * GRAIN and by_day and not had & set(cells(start, end))

    found = gap_beside(had, at(begin), now)
    assert found is not None
    assert free(found)
    far = abs(to_micros(found.start) - to_micros(at(begin).start)) // MINUTE
    assert not [d for d in range(far) for one in (begin + d, begin - d) if free(at(one))]


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
