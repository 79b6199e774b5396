"""Hold, confirm, release and check out, on both databases."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import update

from engine.extend import MINUTE, Outcome, Period, ReadContext, ValueType, Veto, decode, span_words, to_micros
from engine.testing import Trial
from plugins.venue_sharing.operations import venues
from plugins.venue_sharing.operations.invariants import no_overlap, slots_match
from plugins.venue_sharing.tables import booking
from plugins.venue_sharing.tests.conftest import VENUES, TrialWith

AFTERNOON = "2026-06-16T14:00/2026-06-16T16:00"
NEAR = "2026-06-12T14:00/2026-06-12T16:00"
EVENING = "2026-06-16T16:00/2026-06-16T18:00"


def hall(trial: Trial) -> str:
    """The id of the hall of 80."""
    return trial.read(lambda ctx: venues.find_venues(ctx, "黄海路社区/多功能厅", 1)[0].id)


def hold(trial: Trial, period: str = AFTERNOON, people: int = 50, case: str = "c1", **given: Any) -> Outcome:
    inputs = {"venue": hall(trial), "period": period, "people": people, **given}
    return trial.act("venue_sharing.hold", inputs, unit="nz", case=case)


def statuses(trial: Trial) -> dict[str, int]:
    room = hall(trial)
    assert trial.read(slots_match) == trial.read(no_overlap) == []
    return dict(trial.read(lambda ctx: venues.counts(ctx, room)))


def test_a_free_venue_is_held_for_the_case(trial: Trial) -> None:
    outcome = hold(trial)
    assert outcome.name == "held"
    assert set(outcome.outputs) == {"id"}
    assert statuses(trial) == {"held": 1}


def test_a_held_venue_is_refused_with_who_has_it_and_the_nearest_gap(trial: Trial) -> None:
    hold(trial)
    outcome = hold(trial, "2026-06-16T15:00/2026-06-16T17:00", case="c2")
    assert outcome.refusing
    assert outcome.outputs["reason"] == "这个时段已被南珠东社区预约。最近的空档是6月16日16:00–18:00。"
    assert outcome.outputs["reason_en"] == "This time is taken by 南珠东社区. The nearest gap is 16 Jun 16:00–18:00."
    assert outcome.outputs["why"] == "busy"
    assert outcome.outputs["gap"] == EVENING
    assert statuses(trial) == {"held": 1}


def test_a_gap_beyond_the_horizon_is_not_offered(trial_with: TrialWith) -> None:
    trial = trial_with(horizon=6)
    assert hold(trial, "2026-06-16T08:00/2026-06-16T21:00").name == "held"
    offered = hold(trial, "2026-06-16T18:00/2026-06-16T20:00", case="c2").outputs["gap"]
    assert offered == "2026-06-15T19:00/2026-06-15T21:00"
    assert hold(trial, offered, case="c2").name == "held"


def test_a_booking_stands_in_its_own_way_in_no_answer(trial_with: TrialWith) -> None:
    trial = trial_with(horizon=6)
    own = hold(trial, "2026-06-16T19:00/2026-06-16T21:00").outputs["id"]
    late: Period = decode(ValueType("period"), "2026-06-16T20:00/2026-06-16T22:00")

    key = hall(trial)

    def gaps(ctx: ReadContext) -> list[str]:
        room = venues.venue_with(ctx, key)
        assert room is not None
        answers = (venues.refusal(ctx, room, late, 10, but=but) for but in ("", own))
        return [span_words(no.gap, ctx.now).zh for no in answers if no is not None and no.gap is not None]

    assert trial.read(gaps) == ["6月16日17:00–19:00", "6月16日19:00–21:00"]


def test_no_other_venue_is_offered_that_would_be_refused(trial_with: TrialWith) -> None:
    trial = trial_with(horizon=3)
    assert not trial.seed("venues.yaml", [VENUES[1] | {"status": "暂停"}])
    room = trial.read(lambda ctx: venues.find_venues(ctx, "黄海路社区/小会议室", 1)[0].id)
    words = [hold(trial, period, people=5, venue=room).outputs["reason"] for period in (AFTERNOON, NEAR)]
    assert ["多功能厅" in said for said in words] == [False, True]


def test_back_to_back_bookings_stand_without_a_buffer(trial: Trial) -> None:
    assert [hold(trial, AFTERNOON).name, hold(trial, EVENING, case="c2").name] == ["held", "held"]


def test_back_to_back_bookings_do_not_stand_with_a_quarter_of_an_hour_between(trial_with: TrialWith) -> None:
    trial = trial_with(buffer=15)
    assert hold(trial, AFTERNOON).name == "held"
    late = hold(trial, EVENING, case="c2")
    assert (late.name, late.outputs["gap"]) == ("refused", "2026-06-16T16:30/2026-06-16T18:30")
    assert hold(trial, "2026-06-16T12:00/2026-06-16T14:00", case="c3").outputs["why"] == "busy"


@pytest.mark.parametrize(
    ("given", "why", "words"),
    [
        ({"people": 81}, "small", "people 黄海路社区/多功能厅最多容80人，本次81人。减少人数或换一处场地。"),
        (
            {"period": "2026-06-16T20:00/2026-06-16T22:00"},
            "hours",
            "period 黄海路社区/多功能厅开放时间是08:00–21:00。时段改到这之内。最近的空档是6月16日19:00–21:00。",
        ),
        (
            {"period": "2026-06-16T20:00/2026-06-17T10:00"},
            "hours",
            "period 黄海路社区/多功能厅开放时间是08:00–21:00。时段改到这之内。",
        ),
        (
            {"period": "2026-06-09T14:00/2026-06-09T16:00"},
            "past",
            "period 这个时段已经过去。改选之后的时段。最近的空档是6月10日14:00–16:00。",
        ),
        ({"venue": "nowhere"}, "unknown", "venue 没有这处场地。从场地列表里另选一处。"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_reason_at_what_to_change(
    trial: Trial, given: dict[str, Any], why: str, words: str
) -> None:
    outcome = hold(trial, **given)
    assert (outcome.name, outcome.outputs["why"]) == ("refused", why)
    assert [f"{problem.path} {problem.message.zh}" for problem in outcome.problems] == [words]
    assert outcome.problems[0].message.zh == outcome.outputs["reason"]
    assert statuses(trial) == {}


def test_another_venue_of_the_station_is_offered_while_it_is_free(trial: Trial) -> None:
    room = trial.read(lambda ctx: venues.find_venues(ctx, "黄海路社区/小会议室", 1)[0].id)
    offer = "同站的多功能厅容80人，这个时段空着。"
    assert hold(trial, people=20, venue=room).problems[0].message.zh.endswith(offer)
    hold(trial)
    assert offer not in hold(trial, people=20, venue=room, case="c2").problems[0].message.zh


def test_a_venue_on_its_day_of_rest_is_refused(trial: Trial) -> None:
    room = trial.read(lambda ctx: venues.find_venues(ctx, "黄海路社区/小会议室", 1)[0].id)
    outcome = hold(trial, "2026-06-13T14:00/2026-06-13T16:00", people=5, venue=room)
    assert outcome.outputs["reason"] == (
        "黄海路社区/小会议室开放时间是08:30–17:30，周六、周日不开放。时段改到这之内。最近的空档是6月12日15:30–17:30。"
    )


def test_a_closed_venue_is_refused(trial: Trial) -> None:
    row = {"name": "多功能厅", "station": "黄海路社区", "capacity": "80", "open": "08:00-21:00", "status": "暂停"}
    assert not trial.seed("venues.yaml", [row])
    assert hold(trial).outputs["why"] == "closed"


def test_a_confirmed_hold_stands_and_is_confirmed_once(trial: Trial) -> None:
    receipt = hold(trial).outputs
    for _ in range(2):
        assert trial.act("venue_sharing.confirm", {"hold": receipt["id"]}, "nz", "c1").outputs == receipt
    assert statuses(trial) == {"confirmed": 1}


def test_a_hold_lapses_only_where_the_district_says_so(trial_with: TrialWith) -> None:
    trial = trial_with(lapse="2 hours")
    receipt = hold(trial).outputs
    assert receipt["until"] == "2026-06-10T11:00"
    trial.clock.advance(2 * 3_600_000_000)
    assert trial.act("venue_sharing.confirm", {"hold": receipt["id"]}, "nz", "c1").name == "expired"
    assert statuses(trial) == {"expired": 1}
    assert trial.undo("venue_sharing.release", receipt, "nz", "c1") == "nothing_left"


@pytest.mark.parametrize(("minutes_before", "answer"), [(1, "confirmed"), (0, "expired"), (-60, "expired")])
def test_what_has_begun_is_confirmed_to_nobody(trial: Trial, minutes_before: int, answer: str) -> None:
    receipt = hold(trial).outputs
    begins = to_micros(decode(ValueType("datetime"), AFTERNOON.partition("/")[0]))
    trial.clock.at = begins - minutes_before * MINUTE
    assert trial.act("venue_sharing.confirm", {"hold": receipt["id"]}, "nz", "c1").name == answer
    assert statuses(trial) == {answer: 1}


def test_a_lapsed_hold_gives_way_to_the_next(trial_with: TrialWith) -> None:
    trial = trial_with(lapse="2 hours")
    first = hold(trial).outputs
    trial.clock.advance(2 * 3_600_000_000)
    assert hold(trial, case="c2").name == "held"
    assert statuses(trial) == {"expired": 1, "held": 1}
    assert trial.act("venue_sharing.confirm", {"hold": first["id"]}, "nz", "c1").name == "expired"


def test_release_frees_the_time_and_is_idempotent(trial: Trial) -> None:
    receipt = hold(trial).outputs
    assert trial.undo("venue_sharing.release", receipt, "nz", "c1") == "undone"
    assert trial.undo("venue_sharing.release", receipt, "nz", "c1") == "nothing_left"
    assert hold(trial, case="c2").name == "held"
    assert statuses(trial) == {"held": 1, "released": 1}


def test_undoing_a_confirmation_leaves_the_hold(trial: Trial) -> None:
    receipt = hold(trial).outputs
    trial.act("venue_sharing.confirm", {"hold": receipt["id"]}, "nz", "c1")
    assert trial.undo("venue_sharing.unconfirm", receipt, "nz", "c1") == "undone"
    assert trial.undo("venue_sharing.unconfirm", receipt, "nz", "c1") == "nothing_left"
    assert statuses(trial) == {"held": 1}


def test_a_venue_that_was_used_stays_in_the_books(trial: Trial) -> None:
    receipt = hold(trial).outputs
    trial.act("venue_sharing.confirm", {"hold": receipt["id"]}, "nz", "c1")
    for _ in range(2):
        assert trial.act("venue_sharing.check_out", {"hold": receipt["id"]}, "nz", "c1").name == "checked_out"
    assert trial.undo("venue_sharing.unconfirm", receipt, "nz", "c1") == "kept"
    assert trial.undo("venue_sharing.release", receipt, "nz", "c1") == "kept"
    assert statuses(trial) == {"used": 1}


def test_a_hold_that_was_never_confirmed_cannot_be_checked_out(trial: Trial) -> None:
    receipt = hold(trial).outputs
    with pytest.raises(Veto, match="does not stand"):
        trial.act("venue_sharing.check_out", {"hold": receipt["id"]}, "nz", "c1")
    assert statuses(trial) == {"held": 1}


def test_of_eight_who_want_one_time_exactly_one_has_it(trial: Trial) -> None:
    inputs = {"venue": hall(trial), "people": 50}
    for n in range(8):
        trial.case(f"r{n}", "nz")
    for round_ in range(50):
        day = f"2026-07-{1 + round_ // 6:02d}T{8 + 2 * (round_ % 6):02d}"
        period = f"{day}:00/{day}:30"
        works = [_wish(trial, {**inputs, "period": period}, f"r{n}") for n in range(8)]
        outcomes = trial.race(*works)
        assert sorted(outcomes) == ["held", *["refused"] * 7]
    assert statuses(trial) == {"held": 50}


def test_two_bookings_that_share_time_are_found(trial: Trial) -> None:
    first, second = hold(trial).outputs["id"], hold(trial, EVENING, case="c2").outputs["id"]
    starts = {"starts_at": booking.c.starts_at - 1}
    mine = (booking.c.district_id == trial.district) & (booking.c.id == second)
    trial.write(lambda ctx: ctx.db.execute(update(booking).where(mine).values(**starts)), "nz")
    ((found,),) = [trial.read(no_overlap)]
    assert {first, second} <= set(re.findall(r"[0-9a-f-]{36}", found.message.en))


def _wish(trial: Trial, inputs: dict[str, Any], case: str) -> Any:
    return lambda: trial.act("venue_sharing.hold", inputs, "nz", case).name


def test_of_eight_who_want_overlapping_times_no_two_share_a_half_hour(trial: Trial) -> None:
    inputs = {"venue": hall(trial), "people": 50}
    for n in range(8):
        trial.case(f"r{n}", "nz")
    for round_ in range(20):
        day = f"2026-07-{1 + round_:02d}"
        works = []
        for n in range(8):
            start = 600 + 30 * ((n * 5) % 8)
            period = "/".join(f"{day}T{at // 60:02d}:{at % 60:02d}" for at in (start, start + 120))
            works.append(_wish(trial, {**inputs, "period": period}, f"r{n}"))
        assert "held" in trial.race(*works)
    assert statuses(trial).keys() == {"held"}


def test_of_eight_who_find_a_lapsed_hold_in_the_way_exactly_one_has_its_time(trial_with: TrialWith) -> None:
    trial = trial_with(lapse="1 minute")
    inputs = {"venue": hall(trial), "people": 50, "period": AFTERNOON}
    for n in range(8):
        trial.case(f"r{n}", "nz")
    hold(trial)
    for round_ in range(1, 11):
        trial.clock.advance(60_000_000)
        outcomes = trial.race(*(_wish(trial, inputs, f"r{n}") for n in range(8)))
        assert sorted(outcomes) == ["held", *["refused"] * 7]
        assert statuses(trial) == {"held": 1, "expired": round_}
