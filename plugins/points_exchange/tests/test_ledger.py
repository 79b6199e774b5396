"""Earn, hold, redeem and their undoing, on both databases."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Table, delete, update
from sqlalchemy.exc import DBAPIError

from engine.extend import DAY, Outcome, Veto
from engine.testing import Trial
from plugins.points_exchange.operations import reports
from plugins.points_exchange.rules import dues, positions
from plugins.points_exchange.tables import entry, posting
from plugins.points_exchange.tests.conftest import TrialWith, give

FAR = 9_000_000_000_000_000_000


def figures(trial: Trial, member: str = "qin") -> tuple[int, int, int]:
    """A member's balance, held and available points, in hundredths."""
    found = trial.read(lambda ctx: reports.balances(ctx, f"person:{member}"))[0]
    return found.balance, found.held, found.available


def hold(trial: Trial, points: str, case: str = "c1", member: str = "qin") -> Outcome:
    return trial.act("points_exchange.hold", {"member": member, "points": points}, unit="hh", case=case)


def redeem(trial: Trial, key: str, case: str = "c2", **more: Any) -> Outcome:
    return trial.act("points_exchange.redeem", {"hold": key, **more}, unit="ct", case=case)


def test_hours_times_coefficient_are_credited(trial: Trial) -> None:
    inputs = {"member": "qin", "hours": "1.5", "coefficient": "2"}
    assert trial.act("points_exchange.earn", inputs, unit="hh", case="c1").outputs["points"] == "3"
    assert figures(trial) == (300, 0, 300)


def test_a_coefficient_frozen_at_publication_outlasts_a_new_one(trial_with: TrialWith) -> None:
    activities = [{"activity": "包粽子", "coefficient": "2"}]
    trial = trial_with(activities=activities)
    frozen = trial.act("points_exchange.coefficient", {"activity": "包粽子"}, unit="hh", case="c1").outputs
    trial.settings["activities"] = [{"activity": "包粽子", "coefficient": "0.5"}]
    late = {"member": "qin", "hours": "1", "activity": "包粽子", "coefficient": frozen["coefficient"]}
    assert trial.act("points_exchange.earn", late, unit="hh", case="c2").outputs["points"] == "2"
    now = {"member": "qin", "hours": "1", "activity": "包粽子"}
    assert trial.act("points_exchange.earn", now, unit="hh", case="c3").outputs["points"] == "0.5"


def test_hours_of_two_overlapping_activities_count_once(trial: Trial) -> None:
    first = {"member": "qin", "hours": "2", "served": "2026-06-09T09:00/2026-06-09T11:00"}
    second = {"member": "qin", "hours": "2", "served": "2026-06-09T10:00/2026-06-09T12:00"}
    assert trial.act("points_exchange.earn", first, unit="hh", case="c1").outputs["points"] == "2"
    assert trial.act("points_exchange.earn", second, unit="hh", case="c2").outputs["points"] == "1"
    within = {"member": "qin", "hours": "1", "served": "2026-06-09T10:00/2026-06-09T11:00"}
    nothing = trial.act("points_exchange.earn", within, unit="hh", case="c3").outputs
    assert nothing == {"points": "0"}


def test_an_hour_within_a_longer_time_leaves_the_rest_of_it(trial: Trial) -> None:
    def earned(case: str, hours: str, served: str) -> str:
        begin, end = served.split("/")
        span = f"2026-06-09T{begin}/2026-06-09T{end}"
        given = {"member": "qin", "hours": hours, "served": span}
        return str(trial.act("points_exchange.earn", given, unit="hh", case=case).outputs["points"])

    assert [earned("c1", "1", "16:00/18:00"), earned("c2", "1", "17:00/18:00")] == ["1", "1"]
    assert earned("c3", "1", "16:30/18:00") == "0"
    chain = [earned("c4", "2", "09:00/11:00"), earned("c5", "2", "10:00/12:00"), earned("c6", "2", "11:00/13:00")]
    assert chain == ["2", "1", "1"]


def test_revoked_service_leaves_its_hours_free(trial: Trial) -> None:
    served = {"member": "qin", "hours": "2", "served": "2026-06-09T09:00/2026-06-09T11:00"}
    first = trial.act("points_exchange.earn", served, unit="hh", case="c1")
    assert trial.undo("points_exchange.revoke", first.outputs, unit="hh", case="c1") == "undone"
    assert trial.act("points_exchange.earn", served, unit="hh", case="c2").outputs["points"] == "2"
    assert figures(trial) == (200, 0, 200)


def test_a_day_is_capped(trial_with: TrialWith) -> None:
    trial = trial_with(cap_a_day="3")
    give(trial, "2", case="c1")
    inputs = {"member": "qin", "hours": "2", "coefficient": "1"}
    assert trial.act("points_exchange.earn", inputs, unit="hh", case="c2").outputs["points"] == "1"
    assert trial.act("points_exchange.earn", inputs, unit="hh", case="c3").outputs == {"points": "0"}


def test_a_hold_keeps_points_and_tells_what_is_missing(trial: Trial) -> None:
    give(trial, "10")
    assert hold(trial, "7.5").outputs["points"] == "7.5"
    assert figures(trial) == (1000, 750, 250)
    refused = hold(trial, "3", case="c2")
    assert refused.refusing
    assert refused.outputs == {"available": "2.5", "missing": "0.5"}


def test_somebody_without_an_account_has_nothing_to_hold(trial: Trial) -> None:
    assert hold(trial, "1", member="mo").outputs == {"available": "0", "missing": "1"}


def test_a_hold_is_redeemed_at_the_rate_of_its_kind(trial_with: TrialWith) -> None:
    trial = trial_with(kinds=[{"kind": "civic", "title": "文明积分", "value": 95}])
    give(trial, "10")
    done = redeem(trial, hold(trial, "4").outputs["id"]).outputs
    assert (done["points"], done["value"]) == ("4", 380)
    assert figures(trial) == (600, 0, 600)


def test_a_part_is_redeemed_and_the_rest_goes_back_at_once(trial: Trial) -> None:
    give(trial, "10")
    key = hold(trial, "4").outputs["id"]
    assert redeem(trial, key, points="1.5").outputs["points"] == "1.5"
    assert figures(trial) == (850, 0, 850)


def test_nothing_taken_is_a_release_without_a_posting(trial: Trial) -> None:
    give(trial, "10")
    key = hold(trial, "4").outputs["id"]
    assert redeem(trial, key, points="0").outputs == {"points": "0", "value": 0}
    assert figures(trial) == (1000, 0, 1000)


def test_more_than_is_held_is_vetoed(trial: Trial) -> None:
    give(trial, "10")
    key = hold(trial, "4").outputs["id"]
    with pytest.raises(Veto, match="4 points are held"):
        redeem(trial, key, points="5")
    assert figures(trial) == (1000, 400, 600)


def test_a_hold_ends_once(trial: Trial) -> None:
    give(trial, "10")
    receipt = hold(trial, "4").outputs
    assert trial.undo("points_exchange.release", receipt, unit="hh", case="c1") == "undone"
    assert trial.undo("points_exchange.release", receipt, unit="hh", case="c1") == "nothing_left"
    with pytest.raises(Veto, match="has ended"):
        redeem(trial, receipt["id"])
    assert figures(trial) == (1000, 0, 1000)


def test_redeemed_points_go_back_once_to_the_lots_they_came_from(trial: Trial) -> None:
    give(trial, "10")
    done = redeem(trial, hold(trial, "4").outputs["id"])
    assert trial.undo("points_exchange.restore", done.outputs, unit="ct", case="c2") == "undone"
    assert trial.undo("points_exchange.restore", done.outputs, unit="ct", case="c2") == "nothing_left"
    assert figures(trial) == (1000, 0, 1000)
    assert positions(dues(trial.read(lambda ctx: reports.flows(ctx, 0, FAR)))) == {}


def test_credited_points_are_taken_back_as_far_as_they_are_left(trial: Trial) -> None:
    inputs = {"member": "qin", "hours": "10", "coefficient": "1"}
    earned = trial.act("points_exchange.earn", inputs, unit="hh", case="c1").outputs
    redeem(trial, hold(trial, "4", case="c2").outputs["id"], case="c3")
    assert trial.undo("points_exchange.revoke", earned, unit="hh", case="c1") == "undone"
    assert figures(trial) == (0, 0, 0)
    assert trial.undo("points_exchange.revoke", earned, unit="hh", case="c1") == "nothing_left"


def test_credited_points_that_are_spent_stay(trial: Trial) -> None:
    inputs = {"member": "qin", "hours": "4", "coefficient": "1"}
    earned = trial.act("points_exchange.earn", inputs, unit="hh", case="c1").outputs
    redeem(trial, hold(trial, "4", case="c2").outputs["id"], case="c3")
    assert trial.undo("points_exchange.revoke", earned, unit="hh", case="c1") == "kept"
    assert figures(trial) == (0, 0, 0)


def test_the_same_step_posts_once_and_refuses_other_content(trial: Trial) -> None:
    inputs = {"member": "qin", "hours": "3", "coefficient": "1"}
    first = trial.act("points_exchange.earn", inputs, unit="hh", case="c1")
    again = trial.act("points_exchange.earn", inputs, unit="hh", case="c1")
    assert again == first
    with pytest.raises(Veto, match="other content"):
        trial.act("points_exchange.earn", {**inputs, "hours": "4"}, unit="hh", case="c1")
    assert hold(trial, "1", case="c2") == hold(trial, "1", case="c2")
    assert figures(trial) == (300, 100, 200)


def test_lots_that_expire_first_are_spent_first_and_expired_ones_not_at_all(trial_with: TrialWith) -> None:
    trial = trial_with(expires="year_end", grace_days=31)
    give(trial, "5", case="c1", on="2025-12-20", issuer="ct")
    assert figures(trial) == (500, 0, 0)
    give(trial, "3", case="c2", on="2026-06-09")
    assert figures(trial) == (800, 0, 300)
    refused = hold(trial, "4", case="c3")
    assert refused.outputs == {"available": "3", "missing": "1"}


def test_the_year_of_a_lot_is_that_of_the_service(trial_with: TrialWith) -> None:
    trial = trial_with(expires="year_end", grace_days=365)
    give(trial, "5", case="c1", on="2026-06-09")
    give(trial, "2", case="c2", on="2025-12-20", issuer="ct")
    redeem(trial, hold(trial, "3", case="c3").outputs["id"], case="c4")
    flows = sorted((flow.issuer, flow.points) for flow in trial.read(lambda ctx: reports.flows(ctx, 0, FAR)))
    assert flows == [("ct", 200), ("hh", 100)]


def test_what_one_station_issued_and_another_redeemed_is_owed(trial: Trial) -> None:
    give(trial, "10")
    redeem(trial, hold(trial, "4").outputs["id"])
    owed = trial.read(lambda ctx: positions(dues(reports.flows(ctx, 0, FAR))))
    assert owed == {"ct": 400, "hh": -400}


def test_totals_add_up(trial: Trial) -> None:
    give(trial, "10")
    redeem(trial, hold(trial, "4").outputs["id"])
    hold(trial, "1", case="c3")
    total = trial.read(reports.totals)[0]
    assert (total.issued, total.redeemed, total.expired, total.outstanding, total.held) == (1000, 400, 0, 600, 100)


def test_the_last_movements_come_newest_first(trial: Trial) -> None:
    give(trial, "10")
    trial.clock.advance(1)
    redeem(trial, hold(trial, "4").outputs["id"])
    found = trial.read(lambda ctx: reports.movements(ctx, "person:qin"))
    assert [(each.reason, each.points) for each in found] == [("redeem", -400), ("earn", 1000)]


def test_the_till_quotes_what_can_be_spent(trial: Trial) -> None:
    give(trial, "10")
    outcome = trial.act("points_exchange.quote", {"member": "qin", "bill": 10000}, unit="ct", case="c1")
    assert outcome.outputs == {"points": "2", "discount": 1000, "pays": 9000}
    hold(trial, "9", case="c2")
    outcome = trial.act("points_exchange.quote", {"member": "qin", "bill": 10000}, unit="ct", case="c3")
    assert outcome.outputs == {"points": "1", "discount": 500, "pays": 9500}
    refuse = {"member": "qin", "bill": 10000, "if_short": "refuse"}
    assert trial.act("points_exchange.quote", refuse, unit="ct", case="c4").name == "none"


def test_a_refund_returns_the_same_share_of_the_points_once(trial: Trial) -> None:
    give(trial, "10")
    posting = redeem(trial, hold(trial, "2").outputs["id"]).outputs["posting"]
    half = {"posting": posting, "bill": 10000, "paid_back": 5000}
    assert trial.act("points_exchange.refund", half, unit="ct", case="c3").outputs == {"points": "1"}
    assert figures(trial) == (900, 0, 900)
    with pytest.raises(Veto, match="refunded before"):
        trial.act("points_exchange.refund", half, unit="ct", case="c4")


def test_a_year_is_closed_once_and_what_was_issued_is_accounted_for(trial_with: TrialWith) -> None:
    trial = trial_with(expires="year_end")
    give(trial, "10", case="c1")
    redeem(trial, hold(trial, "4", case="c2").outputs["id"], case="c3")
    late = hold(trial, "1", case="c4").outputs
    trial.clock.advance(300 * DAY)
    assert figures(trial) == (600, 100, 0)
    close = trial.act("points_exchange.close_year", {"year": 2026}, unit="hh", case="c5")
    assert close.outputs == {"points": "5", "accounts": 1}
    trial.undo("points_exchange.release", late, unit="hh", case="c4")
    again = trial.act("points_exchange.close_year", {"year": 2026}, unit="hh", case="c6")
    assert again.outputs == {"points": "1", "accounts": 1}
    nothing = trial.act("points_exchange.close_year", {"year": 2026}, unit="hh", case="c7")
    assert nothing.outputs == {"points": "0", "accounts": 0}
    total = trial.read(reports.totals)[0]
    assert (total.issued, total.redeemed, total.expired, total.outstanding) == (1000, 400, 600, 0)


@pytest.mark.parametrize("verb", ["update", "delete"])
@pytest.mark.parametrize("table", [posting, entry])
def test_the_database_refuses_to_change_what_was_posted(trial: Trial, table: Table, verb: str) -> None:
    give(trial, "10")
    column = list(table.c)[1]
    change = update(table).values({column: column}) if verb == "update" else delete(table)
    with pytest.raises(DBAPIError, match="never changed"):
        trial.write(lambda ctx: ctx.db.execute(change.where(table.c.district_id == ctx.district)), "hh")
    assert figures(trial) == (1000, 0, 1000)


@pytest.mark.parametrize(
    ("action", "inputs", "words"),
    [
        ("hold", {"member": "qin", "points": "0"}, "more than 0"),
        ("hold", {"member": "qin", "points": "-1"}, "from 0 to"),
        ("hold", {"member": "qin", "points": "0.001"}, "two decimals"),
        ("hold", {"member": "qin", "points": "99999999999999"}, "from 0 to"),
        ("hold", {"points": "1"}, "a member or a partner"),
        ("hold", {"member": "qin", "points": "1", "kind": "金币"}, "no kind of points"),
        ("quote", {"member": "qin", "bill": 100, "if_short": "maybe"}, "if_short"),
        ("redeem", {"hold": "nothing"}, "no such hold"),
        ("earn", {"member": "qin", "hours": "-1"}, "below 0"),
    ],
)
def test_what_cannot_be_is_vetoed_with_a_sentence(
    trial: Trial, action: str, inputs: dict[str, Any], words: str
) -> None:
    with pytest.raises(Veto, match=words):
        trial.act(f"points_exchange.{action}", inputs, unit="hh", case="c1")
