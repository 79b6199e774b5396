"""A deadline is some time off, and every reminder comes between the task and its end."""

from __future__ import annotations

from datetime import date, time
from itertools import product

import pytest

from engine.definition.calendar.working import calendar_from
from engine.definition.checks.timing import mistimed
from engine.definition.values.durations import parse_duration
from engine.definition.values.moments import at_time, to_micros
from tests.unit.definition.loading import codes, load, loaded, with_steps

HEAD = """\
process: sample
title: 样例
settings: {{answer_in: {{type: duration, default: {default}}}}}
start: {{who: anyone}}
"""
LENGTHS = ("1 minute", "90 minutes", "4 hours", "1 day", "3 days", "30 days", "2 weeks", "1 month", "1 year",
           "30 work minutes", "4 work hours", "1 workday", "2 workdays", "10 workdays", "60 workdays")  # fmt: skip


def timed(within: str, remind: str = "50%", default: str = "2 workdays") -> str:
    """A process whose only step has this deadline."""
    step = f"""
- step: one
  ask: anyone
  due: {{within: {within}, remind: {remind}, late: none}}
  outcomes: {{agree: next, none: {{by: clock, then: end refused}}}}
"""
    return with_steps(step, head=HEAD.format(default=default))


@pytest.mark.parametrize("length", ["0 workdays", "0天", "0 minutes", "99999 workdays", "30 years", "7400 days"])
@pytest.mark.parametrize("by_setting", [False, True])
def test_a_deadline_of_no_length_or_beyond_a_working_life_is_refused(length: str, by_setting: bool) -> None:
    text = timed("=settings.answer_in", default=length) if by_setting else timed(length)
    told = codes(text) if by_setting else [one for one in codes(text) if one != "unused-setting"]

    assert told == ["deadline-length"]


@pytest.mark.parametrize("remind", ["0 days", "-1 day", "soon"])
def test_a_reminder_lies_before_the_end(remind: str) -> None:
    assert codes(timed("2 workdays", remind)) == ["bad-reminder"]


@pytest.mark.parametrize(("within", "remind"), list(product(LENGTHS, repeat=2)))
def test_what_is_refused_as_a_reminder_that_never_comes_never_does(within: str, remind: str) -> None:
    refused = "reminder-never" in codes(timed(within, remind))
    span, before = parse_duration(within), parse_duration(remind)
    assert span is not None
    assert before is not None
    calendar = calendar_from({"hours": ["09:00-12:00", "14:00-18:00"], "years": {}})
    opened = [to_micros(at_time(date(2026, 6, day), time(10))) for day in range(1, 8)]

    if refused:
        assert not any(calendar.add(at, span) > calendar.add(at, before) for at in opened)
    if span.measure[0] == before.measure[0]:
        assert refused == (before.measure[1] >= span.measure[1])


def test_the_setting_that_a_district_gives_is_judged_the_same() -> None:
    process = loaded(timed("=settings.answer_in", "4 hours", "3 days"))

    assert [one.code for one in mistimed(process, {"answer_in": "3 days"})] == []
    assert [(one.code, one.settings) for one in mistimed(process, {"answer_in": "4 hours"})] == [
        ("reminder-never", ("answer_in",))
    ]
    assert [one.code for one in mistimed(process, {"answer_in": "0 days"})] == ["deadline-length"]


FORMULAS = ("settings.answer_in", "settings.answer_in * 1", "if(1 > 2, settings.answer_in, settings.answer_in)")


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize(("length", "remind"), [(a, b) for a, b in product(LENGTHS, repeat=2)][::3])
def test_a_reminder_is_held_to_a_length_that_settings_say_as_to_one_that_is_written(
    formula: str, length: str, remind: str
) -> None:
    written = [one for one in load(timed(length, remind))[1] if one.code.startswith("reminder-")]
    by_setting = [one for one in load(timed(f'"={formula}"', remind, length))[1] if one.code.startswith("reminder-")]
    assert [(one.message, one.warning) for one in by_setting] == [(one.message, one.warning) for one in written]
    assert all(one.path == "settings.answer_in.default" for one in by_setting)


def test_three_days_before_the_end_of_two_workdays_is_doubtful() -> None:
    (doubt,) = load(timed("=settings.answer_in", "3 days", "2 workdays"))[1]
    assert (doubt.code, doubt.warning) == ("reminder-seldom", True)
