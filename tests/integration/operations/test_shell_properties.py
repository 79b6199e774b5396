"""The properties of every accepted process hold through the whole shell: commands, actions, rows, journal."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from engine.clock import DAY
from engine.definition.kinds.ask import Ask
from engine.definition.model import Process
from engine.errors import Busy, Invalid, RongtongError
from engine.extend import ActionContext
from engine.operations import cases
from engine.operations.background.inner import run_jobs
from engine.operations.clockwork import ring
from engine.operations.context import Caller
from engine.operations.reading.views import Receipt
from engine.runtime.shapes.tree import Node, State
from engine.runtime.state import nodes, owed, seats
from engine.store.schema import tables
from engine.store.transactions.runner import Tx
from tests import desk
from tests.integration.operations.looking import broken, case_of, seats_taken
from tests.replaying import differences
from tests.town import MORNING, Town
from tests.unit.runtime.grown import FIRST, Said, documents, text_of

#: She starts and decides, he decides, he mends, and she has no part in it.
PEOPLE = ("bea", "bo", "cai", "ann")
DAYS = ("2026-06-14 12:00", "2026-06-09 12:00")
SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much,
        HealthCheck.function_scoped_fixture)  # fmt: skip
_KEPT = (tables.task, tables.case_data, tables.party, tables.job, tables.notice, tables.cases)


class Life:
    """One case of a grown process and everything that may happen to it."""

    def __init__(self, town: Town, process: Process, data: st.DataObject) -> None:
        self.town, self.process, self.data = town, process, data
        whom = data.draw(st.sampled_from(["", "ann", "bo"]))
        self.case: Receipt = cases.start(
            town.ctx, Caller("bea"), "grown", self.words(FIRST), unit="b", for_person=whom
        )

    def words(self, names: tuple[str, ...], said: tuple[str | None, ...] = ("x", "y", None)) -> dict[str, Any]:
        """What somebody fills into fields."""
        return {name: self.data.draw(st.sampled_from(DAYS if name == "day" else said)) for name in names}

    def state(self) -> State:
        stored = case_of(self.town, self.case)
        return {**stored.state, "data": stored.data}

    def moves(self) -> list[tuple[Any, ...]]:
        """Every verb that somebody might use now: its name, the serial, the outcome or another person."""
        state = self.state()
        found: list[tuple[Any, ...]] = [("wait", 0, ""), ("comment", 0, "")]
        for n, (node, seat) in seats(state).items():
            found += [("act", n, name) for name in self._outcomes(node)] * 2
            found += [("unclaim", n, "")] if seat.holder else [("claim", n, ""), ("hand", n, "bo")]
        for node in nodes(state["root"]):
            if node["k"] == "stage":
                found += [("act", node["n"], name) for name in self._outcomes(node)]
            if node.get("ph") == "incident":
                found += [("retry", node["n"], ""), ("cancel", 0, "")]
        return found + [("take_back", n, who) for who in PEOPLE if (n := self._last(who)) is not None]

    def _last(self, who: str) -> int | None:
        try:
            return cases.last_decision(self.town.ctx, Caller(who), self.case.number)
        except RongtongError:
            return None

    def _outcomes(self, node: Node) -> list[str]:
        if node["s"] == "start":
            return ["submit"]
        return [taken.name for taken in self.process.index[node["s"]][0].outcomes if taken.by.kind != "clock"]

    def _fields(self, n: int, outcome: str) -> tuple[str, ...]:
        open_nodes = nodes(self.state()["root"])
        node = next(node for node in open_nodes if n in (node["n"], *(seat.n for seat in node.get("seats", ()))))
        if node["s"] == "start":
            return FIRST
        step = self.process.index[node["s"]][0]
        taken = step.exit(outcome)
        assert taken is not None
        return tuple(dict.fromkeys((*(step.fill if isinstance(step, Ask) else ()), *taken.fill, *taken.must)))

    def use(self, verb: str, n: int, more: str, who: str, fill: dict[str, Any] | None = None) -> bool:
        """Use a verb; whether it was not refused. A refusal must change nothing."""
        ctx, number, caller = self.town.ctx, self.case.number, Caller(who)
        before = case_of(self.town, self.case)
        try:
            match verb:
                case "act":
                    filled = self.words(self._fields(n, more)) if fill is None else fill
                    cases.act(ctx, caller, number, n, more, fill=filled, opinion="意见")
                case "claim":
                    cases.claim(ctx, caller, number, n)
                case "unclaim":
                    cases.unclaim(ctx, caller, number, n)
                case "hand":
                    cases.transfer(ctx, caller, number, n, more)
                case "comment":
                    cases.comment(ctx, caller, number, "留言")
                case "retry":
                    cases.retry(ctx, Caller("cai"), number, n)
                case "cancel":
                    cases.cancel(ctx, Caller("cai"), number, "办不下去了")
                case "take_back":
                    cases.take_back(ctx, Caller(more), number, n)
                case "wait":
                    self.town.clock.at += 3 * DAY
                    ring(ctx)
                    run_jobs(ctx)
        except Busy:
            raise
        except RongtongError:
            assert case_of(self.town, self.case) == before, "a refusal changes nothing"
            return False
        return True

    def check(self) -> bool:
        """What must hold whenever the case rests; whether it has ended."""
        state, taken = self.state(), seats_taken(self.town)
        if state["st"] == "ended":
            assert state["end"] in ("done", "left") or taken == [], "an end with undo: all owes nothing"
            return True
        held = [entry[2] for entry in owed(state["root"])]
        assert sorted(held) == taken, "what the tree owes is what is in effect, each once"
        return False

    def go_on(self) -> None:
        """The shortest way on: what is stuck is mended, everybody says yes, and time passes."""
        state = self.state()
        stuck = [node["n"] for node in nodes(state["root"]) if node.get("ph") == "incident"]
        if stuck:
            self.use("retry", stuck[0], "", "cai")
            return
        for n, (node, _) in seats(state).items():
            outcome = self._outcomes(node)[0]
            fill = {name: DAYS[0] if name == "day" else "y" for name in self._fields(n, outcome)}
            if any(self.use("act", n, outcome, who, fill) for who in (*PEOPLE, "sun")):
                return
        version = case_of(self.town, self.case).version
        for _ in range(9):
            self.use("wait", 0, "", "")
            if case_of(self.town, self.case).version > version:
                return
        self.use("cancel", 0, "", "cai")


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
        mood = data.draw(st.integers(0, 9)) if still[0] else 0
        if mood == 9:
            raise RuntimeError("the desk is stuck")
        return 0 if mood >= 7 else taken

    def release(*args: Any) -> Any:
        if still[0] and data.draw(st.integers(0, 9)) == 9:
            raise RuntimeError("the desk is stuck")
        return delete(*args)

    monkeypatch.setattr(ActionContext, "insert_free", hold)
    monkeypatch.setattr(desk, "delete", release)
    return still


def drive(town: Town, document: Said, data: st.DataObject) -> None:
    """Run the process of *document* by random moves, then by the shortest way, and see that it ends."""
    _emptied(town)
    try:
        process = town.publish(text_of(document))
    except Invalid:
        assume(False)
    with pytest.MonkeyPatch.context() as monkeypatch:
        still = _fickle(monkeypatch, data)
        life = Life(town, process, data)
        ended = life.check()
        for _ in range(data.draw(st.integers(0, 15))):
            if ended:
                break
            verb, n, more = data.draw(st.sampled_from(life.moves()))
            life.use(verb, n, more, data.draw(st.sampled_from(PEOPLE)))
            ended = life.check()
        still[0] = False
        for _ in range(300):
            if ended:
                break
            life.go_on()
            ended = life.check()
    assert ended, "the case never ended"
    assert broken(town) == []
    assert differences(town.ctx) == {}, "each row says all that its decision rested on"


@settings(max_examples=60, deadline=None, suppress_health_check=SLOW)
@given(document=documents(), data=st.data())
def test_every_case_ends_and_what_is_stored_is_what_happened(lone_town: Town, document: Said, data: Any) -> None:
    logging.getLogger("rongtong").setLevel(logging.CRITICAL)
    drive(lone_town, document, data)
