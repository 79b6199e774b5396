"""Whom a case is for hears how it came out, in every process of every district."""

from __future__ import annotations

import pytest

from engine.clock import MINUTE, SetClock
from engine.definition.model import End, Process, WhoRule
from engine.operations import clockwork, notices
from engine.operations.content.adopt import adopt
from engine.operations.content.scenario_text import read_scenario
from engine.operations.context import Caller, System
from engine.operations.naming import person_named
from engine.scenarios import ScenarioRun
from tests.scenarios.conftest import FOLDER, pack

DISTRICTS = ("haicheng", "shangjie", "guiding")
#: Where somebody else than the applicant has the matter at heart: the till starts it, the points are the member's.
CONCERNED = {"redemption": "member"}
#: Whose deciding step says more than that it went on: the hall is booked, somebody takes the order.
DECIDED = {
    "borrow_venue": {"confirm.confirmed"},
    "dispatch_order": {"team_accept.accept", "partner_accept.accept", "claim.take"},
}


def tells(process: Process, rule: WhoRule | None) -> bool:
    whom = CONCERNED.get(process.name, "applicant")
    several = rule.cases[-1][1] if rule else ()
    return any(whom in (who.kind, who.person.text if who.person else "") for who in several)


@pytest.mark.parametrize("district", DISTRICTS)
def test_every_end_is_told_to_whom_it_concerns(district: str) -> None:
    ends: list[tuple[Process, End]] = [(one, end) for one in pack(district).processes for end in one.ends]
    assert [f"{one.name} {end.name}" for one, end in ends if not tells(one, end.tell)] == []


@pytest.mark.parametrize("district", DISTRICTS)
def test_what_is_decided_is_told_when_it_is(district: str) -> None:
    for process in pack(district).processes:
        for place in DECIDED.get(process.name, ()):
            step, _, name = place.partition(".")
            taken = process.index[step][0].exit(name)
            assert taken is not None
            assert tells(process, taken.tell), place


@pytest.mark.parametrize(
    ("file", "person", "told"),
    [
        ("haicheng/scenarios/zongzi.yaml", "staff@南珠东社区", ["已借出", "“确认借用”已确认"]),
        ("haicheng/scenarios/points_everywhere.yaml", "崔立秋", ["“队伍接单”接单"]),
        ("haicheng/scenarios/street.yaml", "staff@铜鼓里社区", ["未借成"]),
        ("haicheng/scenarios/part_returned.yaml", "苏雅琳", ["已兑换"]),
        ("guiding/scenarios/not_collected.yaml", "令狐秋月", ["积分已退回"]),
        ("guiding/scenarios/called_off.yaml", "staff@麦溪社区", ["“确认借用”已确认"]),
    ],
)  # fmt: skip
def test_they_find_it_among_their_messages(
    file: str, person: str, told: list[str], system: System, clock: SetClock
) -> None:
    text = (FOLDER / "districts" / file).read_text("utf-8")
    scenario, _ = read_scenario(text, file)
    assert scenario
    run = ScenarioRun(adopt(system, pack(scenario.district), Caller("", door="scenario")), clock)
    assert run.play(scenario) == ()
    clockwork.pass_time(run.ctx, clock, clock.at + 2 * MINUTE)
    found = notices.mine(run.ctx, Caller(person_named(run.ctx, person)[0]))
    said = [one.text.zh.partition("：")[2] for one in found]
    assert [words for words in said if "期限" not in words and "还没有办" not in words] == told
