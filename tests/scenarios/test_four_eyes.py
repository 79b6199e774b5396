"""Nobody serves an order of their own, rates their own service, or is paid by their own word: in every district."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.definition.kinds.ask import Ask
from engine.definition.model import Step
from engine.definition.uses import all_steps
from tests.scenarios.conftest import pack

DISTRICTS = ("haicheng", "shangjie", "guiding")


def asks(district: str) -> Iterator[Ask]:
    order = next(process for process in pack(district).processes if process.name == "dispatch_order")
    yield from (step for step in all_steps(order.steps) if isinstance(step, Ask))


def excluded(step: Step) -> set[str]:
    assert isinstance(step, Ask)
    return {one if isinstance(one, str) else one.text for one in step.not_}


@pytest.mark.parametrize("district", DISTRICTS)
def test_whoever_becomes_the_server_did_not_order(district: str) -> None:
    taking = [step for step in asks(district) if any("server" in dict(taken.set) for taken in step.outcomes)]
    assert {step.id for step in taking} == {"team_accept", "partner_accept", "claim", "deliver"}
    assert [step.id for step in taking if "start" not in excluded(step)] == []


@pytest.mark.parametrize("district", DISTRICTS)
def test_whoever_served_does_not_judge_the_service(district: str) -> None:
    judging = [step for step in asks(district) if "stars" in (*step.fill, *step.show)]
    assert {step.id for step in judging} == {"rate", "revisit"}
    assert [step.id for step in judging if "server" not in excluded(step)] == []


@pytest.mark.parametrize("district", DISTRICTS)
def test_nobody_looks_at_or_hands_over_what_they_redeem_themselves(district: str) -> None:
    redemption = next(process for process in pack(district).processes if process.name == "redemption")
    till = [step for step in all_steps(redemption.steps) if isinstance(step, Ask)]
    assert "hand_over" in {step.id for step in till}
    assert [step.id for step in till if "member" not in excluded(step)] == []
