"""The properties of every accepted process hold through the whole shell: commands, actions, rows, journal."""

from __future__ import annotations

import logging
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from engine.clock import DAY
from engine.definition.model import Ask, Choose, Do, Exit, Parallel, Process, Stage, Step
from engine.errors import Busy, Invalid, RongtongError
from engine.extend import ActionContext
from engine.operations import cases
from engine.operations.context import Caller
from engine.operations.views import Receipt
from engine.operations.work import ring, run_jobs
from engine.runtime.state import State, nodes, owed, seats
from engine.runtime.takeback import can_take_back
from engine.store import tables
from engine.store.transaction import Tx
from tests import desk
from tests.integration.operations.looking import broken, case_of, seats_taken
from tests.town import MORNING, Town
from tests.unit.runtime.test_properties import processes

#: She starts, decides and is the applicant; he mends.
BEA, CAI = Caller("bea"), Caller("cai")
_KEPT = (tables.task, tables.case_data, tables.party, tables.job, tables.notice, tables.cases)


def _exit(taken: Exit) -> dict[str, Any]:
    then = f"{taken.then.kind} {taken.then.name}".strip()
    said: dict[str, Any] = {"then": then}
    if taken.by.kind == "clock":
        said["by"] = "clock"
    if taken.by.kind == "who":
        said["by"] = "applicant"
    if taken.steps:
        said["steps"] = [_step(step) for step in taken.steps]
    if taken.then.kind == "back":
        said |= {"at_most": str(taken.at_most), "again": taken.again}
    return said | {key: getattr(taken, key) for key in ("undo", "exhausted") if getattr(taken, key)}


def _step(step: Step) -> dict[str, Any]:
    """The step as an author would write it; each hold takes the seat that is called like the step."""
    said: dict[str, Any] = {"step": step.id}
    match step:
        case Ask():
            said["ask"] = "role head"
            if step.due is not None:
                said["due"] = {"within": "2 days", "late": step.due.late[0].outcome}
        case Do(action="t.hold"):
            said |= {"do": "desk.hold", "with": {"name": step.id}}
        case Do():
            said |= {"do": "desk.note", "with": {"words": step.id}}
        case Stage():
            said["stage"] = [_step(inner) for inner in step.steps]
        case Parallel():
            said["parallel"] = {branch.name: [_step(inner) for inner in branch.steps] for branch in step.branches}
            said |= {"need": str(step.need), "rest": step.rest}
        case Choose():
            inside = [_step(inner) for inner in step.branches[0].steps]
            said["choose"] = [{"if": "today > '2026-01-01'", "steps": inside}, {"else": []}]
    if step.outcomes:
        said["outcomes"] = {taken.name: _exit(taken) for taken in step.outcomes}
    return said


def _text(made: Process) -> str:
    document = {"process": "grown", "title": "长出来的", "uses": ["desk"], "start": {"who": "role staff"},
                "steps": [_step(step) for step in made.steps],
                "ends": {"done": {}, "refused": {"undo": "all"}}}  # fmt: skip
    return yaml.safe_dump(document, allow_unicode=True, sort_keys=False)


class Life:
    """One case of a grown process and everything that may happen to it."""

    def __init__(self, town: Town, data: st.DataObject) -> None:
        self.town, self.data = town, data
        self.case: Receipt = cases.start(town.ctx, BEA, "grown", {}, unit="b")

    def state(self) -> State:
        stored = case_of(self.town, self.case)
        return {**stored.state, "data": stored.data}

    def moves(self) -> list[tuple[str, int, str]]:
        """Every verb that somebody might use now: its name, the serial, the outcome."""
        state, found = self.state(), []
        plugins = tuple(self.town.ctx.district.plugins)
        known = self.town.system.definitions[self.town.ctx.id, case_of(self.town, self.case).def_hash, plugins]
        index = known.process.index
        for n, (node, _) in seats(state).items():
            outcomes = index[node["s"]][0].outcomes if node["s"] != "start" else ()
            found += [("act", n, taken.name) for taken in outcomes if taken.by.kind == "asked"]
            found += [("act", n, "submit")] if node["s"] == "start" else [("claim", n, "")]
        for node in nodes(state["root"]):
            if node["k"] == "stage":
                found.append(("act", node["n"], "withdraw"))
            if node.get("ph") == "incident":
                found += [("retry", node["n"], ""), ("cancel", 0, "")]
        mine = can_take_back(state, "bea")
        return found + ([("take_back", mine, "")] if mine is not None else []) + [("wait", 0, "")]

    def move(self, verb: str, n: int, outcome: str) -> None:
        """Use a verb; a refusal must change nothing."""
        ctx, number = self.town.ctx, self.case.number
        before = case_of(self.town, self.case)
        try:
            match verb:
                case "act":
                    cases.act(ctx, BEA, number, n, outcome)
                case "claim":
                    cases.claim(ctx, BEA, number, n)
                case "retry":
                    cases.retry(ctx, CAI, number, n)
                case "cancel":
                    cases.cancel(ctx, CAI, number, "办不下去了")
                case "take_back":
                    cases.take_back(ctx, BEA, number, n)
                case "wait":
                    self.town.clock.at += 3 * DAY
                    ring(ctx)
                    run_jobs(ctx)
        except Busy:
            raise
        except RongtongError:
            assert case_of(self.town, self.case) == before, "a refusal changes nothing"

    def check(self) -> bool:
        """What must hold whenever the case rests; whether it has ended."""
        state, taken = self.state(), seats_taken(self.town)
        if state["st"] == "ended":
            assert state["end"] == "done" or taken == [], "an end with undo: all owes nothing"
            return True
        held = [entry[2] for entry in owed(state["root"])]
        assert sorted(held) == taken, "what the tree owes is what is in effect, each once"
        return False

    def last_way(self) -> None:
        """The shortest way on: what is stuck is mended, everybody says yes."""
        state = self.state()
        stuck = [node["n"] for node in nodes(state["root"]) if node.get("ph") == "incident"]
        if stuck:
            self.move("retry", stuck[0], "")
            return
        n, (node, _) = next(iter(seats(state).items()))
        self.move("act", n, "submit" if node["s"] == "start" else "ok")


def _emptied(town: Town) -> None:
    town.clock.at = MORNING

    def work(tx: Tx) -> None:
        ours = select(tables.cases.c.id)
        tx.connection.execute(tables.journal.delete().where(tables.journal.c.stream.in_(ours)))
        for table in (*_KEPT, desk.seat, desk.note):
            tx.connection.execute(table.delete())

    town.ctx.runner.run(work)


def _fickle(monkeypatch: pytest.MonkeyPatch, data: st.DataObject) -> list[bool]:
    """Let the desk refuse or fail after it has written, as chance will have it, until the list says no more."""
    insert_free, delete, still = ActionContext.insert_free, desk.delete, [True]

    def hold(ctx: ActionContext, *args: Any) -> int:
        taken = insert_free(ctx, *args)
        mood = data.draw(st.integers(0, 9)) if still[0] else 9
        if mood == 0:
            raise RuntimeError("the desk is stuck")
        return 0 if mood <= 2 else taken

    def release(*args: Any) -> Any:
        if still[0] and data.draw(st.integers(0, 9)) == 0:
            raise RuntimeError("the desk is stuck")
        return delete(*args)

    monkeypatch.setattr(ActionContext, "insert_free", hold)
    monkeypatch.setattr(desk, "delete", release)
    return still


@settings(
    max_examples=60, deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(made=processes(), data=st.data())
def test_every_case_ends_and_what_is_stored_is_what_happened(lone_town: Town, made: Process, data: Any) -> None:
    logging.getLogger("rongtong").setLevel(logging.CRITICAL)
    _emptied(lone_town)
    try:
        lone_town.publish(_text(made))
    except Invalid:
        assume(False)
    with pytest.MonkeyPatch.context() as monkeypatch:
        still = _fickle(monkeypatch, data)
        life = Life(lone_town, data)
        ended = life.check()
        for _ in range(data.draw(st.integers(0, 15))):
            if ended:
                break
            life.move(*data.draw(st.sampled_from(life.moves())))
            ended = life.check()
        still[0] = False
        for _ in range(300):
            if ended:
                break
            life.last_way()
            ended = life.check()
    assert ended, "the case never ended"
    assert broken(lone_town) == []


