"""Eight tills at once: never more is held than there is, nothing that could be granted is refused."""

from __future__ import annotations

from engine.extend import ActionContext, Veto
from engine.testing import Trial
from plugins.points_exchange.operations import holds, reports
from plugins.points_exchange.tests.conftest import give

ROUNDS = 50
THREADS = 8


def _figures(trial: Trial) -> tuple[int, int, int]:
    found = trial.read(lambda ctx: reports.balances(ctx, "person:qin"))[0]
    return found.balance, found.held, found.available


def test_holds_at_once_never_overspend_and_grant_all_that_there_is(trial: Trial) -> None:
    give(trial, "10")
    give(trial, "5", case="c11", issuer="ct")
    account = "grid:member:person:qin"

    def hold(case: str, points: int) -> str | None:
        def work(ctx: ActionContext) -> holds.Kept | holds.Short:
            return holds.keep(ctx, account, points, "")

        kept = trial.write(work, "hh", case)
        return kept.id if isinstance(kept, holds.Kept) else None

    for number in range(ROUNDS):
        cases = [trial.case(f"r{number}-{thread}", "hh") for thread in range(THREADS)]
        kept = trial.race(*(lambda case=case: hold(case, 400) for case in cases))
        granted = [key for key in kept if key is not None]
        assert len(granted) == 3
        assert _figures(trial) == (1500, 1200, 300)
        for key in granted:
            assert trial.write(lambda ctx, key=key: holds.release(ctx, key), "hh", cases[0])
        assert _figures(trial) == (1500, 0, 1500)


def test_a_hold_that_is_redeemed_and_released_at_once_ends_one_way(trial: Trial) -> None:
    give(trial, "100")

    def redeem(key: str, case: str) -> str:
        def work(ctx: ActionContext) -> str | None:
            kept = holds.find(ctx, key)
            return None if kept is None else holds.take(ctx, kept, "grid:redeemer:unit:ct", 100, 100, "")

        try:
            return "posted" if trial.write(work, "ct", case) else "lost"
        except Veto:
            return "late"

    for number in range(ROUNDS):
        first, second = trial.case(f"h{number}", "hh"), trial.case(f"r{number}", "hh")
        hold = trial.act("points_exchange.hold", {"member": "qin", "points": "1"}, unit="hh", case=first).outputs
        before = _figures(trial)[0]
        ended = trial.race(
            lambda key=hold["id"], case=second: redeem(key, case),
            lambda receipt=hold, case=first: trial.undo("points_exchange.release", receipt, "hh", case),
        )
        assert ended in (["posted", "nothing_left"], ["late", "undone"])
        assert before - _figures(trial)[0] == (100 if ended[0] == "posted" else 0)
        assert _figures(trial)[1] == 0


def test_accounts_that_are_made_at_once_are_made_once(trial: Trial) -> None:
    def earn(person: str, case: str) -> None:
        inputs = {"member": person, "hours": "1", "coefficient": "1"}
        trial.act("points_exchange.earn", inputs, unit="hh", case=case)

    for number in range(ROUNDS):
        person = trial.person(f"p{number}", f"会员{number}", "hh")
        cases = [trial.case(f"e{number}-{thread}", "hh") for thread in range(THREADS)]
        trial.race(*(lambda person=person, case=case: earn(person, case) for case in cases))
        found = trial.read(lambda ctx, person=person: reports.balances(ctx, f"person:{person}"))[0]
        assert found.balance == 800
