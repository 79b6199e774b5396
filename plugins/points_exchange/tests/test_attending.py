"""When a service was, and for how long it can have been: no minute before the order, after the report, or twice."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.extend import Period
from engine.testing import Trial
from plugins.points_exchange.attending import Unfit, attended
from plugins.points_exchange.tests.conftest import TrialWith

NOW = datetime.fromisoformat("2026-06-10T18:00:20+08:00")


def at(clock: str, day: int = 10) -> datetime:
    return datetime.fromisoformat(f"2026-06-{day:02d}T{clock}:00+08:00")


def test_without_a_time_the_hours_end_now() -> None:
    assert attended(Decimal(2), None, at("09:00"), NOW) == Period(at("16:00"), at("18:00"))


def test_a_time_that_is_told_stands_though_it_is_longer_than_the_hours() -> None:
    told = Period(at("14:00"), at("17:00"))
    assert attended(Decimal("1.5"), told, at("09:00"), NOW) == told


@pytest.mark.parametrize(
    ("hours", "told", "about", "words"),
    [
        ("9.5", None, "hours", "从接单到现在只有9小时。"),
        ("24", ("09:00", "18:00"), "hours", "时长比服务时段还长"),
        ("1", ("08:00", "10:00"), "served", "早于接单（6月10日09:00）"),
        ("1", ("17:00", "19:00"), "served", "还没有过完"),
    ],
)
def test_what_cannot_be_is_refused_at_its_input(
    hours: str, told: tuple[str, str] | None, about: str, words: str
) -> None:
    period = Period(at(told[0]), at(told[1])) if told else None
    found = attended(Decimal(hours), period, at("09:00"), NOW)
    assert isinstance(found, Unfit)
    assert (found.about, words in found.reason) == (about, True)


@pytest.mark.parametrize(
    ("since", "words"),
    [("18:00", "刚刚接单。"), ("19:30", "刚刚接单。"), ("17:35", "从接单到现在只有25分钟。"), ("15:59", "从接单到现在只有2小时1分钟。")],
)
def test_the_time_that_passed_is_said_without_a_nought(since: str, words: str) -> None:
    found = attended(Decimal(9), None, at(since), NOW)
    assert isinstance(found, Unfit)
    assert found.reason == f"{words}时长改小，或做完再报。"
    assert " 0 " not in found.reason_en


minutes = st.integers(0, 3 * 24 * 60)


@given(hours=st.integers(1, 240), since=minutes, told=st.none() | st.tuples(minutes, st.integers(1, 24 * 60)))
def test_a_service_lies_between_the_order_and_now_and_holds_its_hours(
    hours: int, since: int, told: tuple[int, int] | None
) -> None:
    accepted = NOW - timedelta(minutes=since)
    begin = NOW.replace(second=0) - timedelta(minutes=told[0]) if told else NOW
    period = Period(begin, begin + timedelta(minutes=told[1])) if told else None
    found = attended(Decimal(hours) / 10, period, accepted, NOW)
    if isinstance(found, Period):
        assert (
            accepted.replace(second=0) - timedelta(minutes=1) <= found.start < found.end <= NOW + timedelta(minutes=1)
        )
        assert found.end - found.start >= timedelta(hours=hours / 10) - timedelta(seconds=1)


@pytest.mark.parametrize("times", [2, 3])
def test_a_day_has_twenty_four_hours_in_all(trial: Trial, times: int) -> None:
    given = {"member": "qin", "hours": "20", "coefficient": "1", "on": date(2026, 6, 9).isoformat()}
    credited = [
        Decimal(trial.act("points_exchange.earn", given, unit="hh", case=f"c{n}").outputs["points"])
        for n in range(1, times + 1)
    ]
    assert sum(credited) == 24


def test_the_day_of_service_names_the_year_of_the_lot(trial_with: TrialWith) -> None:
    trial = trial_with(expires="year_end")
    given = {"member": "qin", "hours": "2", "served": "2025-12-30T14:00/2025-12-30T16:00"}
    trial.act("points_exchange.earn", given, unit="hh", case="c1")
    asked = {"member": "qin", "points": "1"}
    assert trial.act("points_exchange.hold", asked, unit="hh", case="c2").name == "refused", "the year is over"
