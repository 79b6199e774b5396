"""Builds what a case page and a task page show, from the case, its history and its open nodes."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import merge
from typing import Any, Literal

from engine.audience import AudienceKey, RoleAt, parse_audience
from engine.cached import cached_property
from engine.clock import Micros
from engine.definition.fields.offering import asks_anybody
from engine.definition.model import Exit, Process, Step
from engine.definition.values.moments import to_datetime
from engine.definition.values.saying import moment_words
from engine.errors import REFUSALS
from engine.extend.showing import OUTPUT, Sentence
from engine.i18n import Text, listed
from engine.operations.access import Sight
from engine.operations.content.publish import by_hash
from engine.operations.context import Caller, Context
from engine.operations.facts import OperationFacts
from engine.operations.offering import Offers
from engine.operations.reading.forms import Forms
from engine.operations.reading.glance import Glance
from engine.operations.reading.history import Settled, Turn, before_last, settlements, turns, typed_before
from engine.operations.reading.people import SpokenNames, people_of
from engine.operations.reading.views import Holder, Line, PartyView, Shown
from engine.operations.reading.wording import Wording
from engine.runtime.draft import Definition
from engine.runtime.env import CaseEnv
from engine.runtime.rights import acting_for, holder
from engine.runtime.shapes.parts import Seat
from engine.runtime.shapes.rows import Run
from engine.runtime.shapes.step_events import Undone
from engine.runtime.shapes.tree import AskNode, Node, State
from engine.runtime.start import START, start_step
from engine.runtime.state import failed_at, nodes, seats, seats_of, units_in, waits
from engine.runtime.telling.events import HUMAN, QUIET, tell
from engine.runtime.titles import step_title
from engine.store import people, tasks
from engine.store.cases import Case
from engine.store.transactions.runner import Tx

Kind = Literal["human", "system", "comment"]


class Showing:
    """One case as one reader sees it, read in one transaction."""

    def __init__(self, ctx: Context, tx: Tx, caller: Caller, case: Case) -> None:
        self.ctx, self.tx, self.caller, self.case = ctx, tx, caller, case
        self.definition: Definition = by_hash(ctx, tx, case.def_hash)
        self.process: Process = self.definition.process
        self.state: State = case.whole
        self.people = people_of(ctx, tx)
        version = people.version(tx, ctx.id)
        self.facts = OperationFacts(ctx, tx, self.definition, case.id, version=version)
        self.env = CaseEnv(self.process, self.state, self.facts, self.definition.catalogue, caller.person)
        self._forms: dict[bool, Forms] = {}
        self.glance = Glance(
            Sight(ctx, tx, caller.person), case, self.env, Wording(ctx, tx, self.people), self._typed_before()
        )

    @cached_property
    def history(self) -> list[Turn]:
        """The whole history, read when something of it is shown, and once."""
        return turns(self.tx, self.ctx.id, self.case.id)

    def _typed_before(self) -> Iterator[dict[str, Any]]:
        yield from typed_before(self.history)

    def forms(self, step: Step, taken: Exit | None = None) -> Forms:
        """The form of *step*, or of its exit *taken*, for the reader."""
        anybody = asks_anybody(self.process, step, taken)
        if anybody not in self._forms:
            self._forms[anybody] = Forms(self.process, self.env.truth, Offers(
                self.ctx, self.tx, self.definition, self.state, self.caller.person, self.people, anybody=anybody
            ))  # fmt: skip
        return self._forms[anybody]

    # -- what stands in the case -----------------------------------------------------------

    def facts_shown(self, names: tuple[str, ...] | None = None) -> tuple[Shown, ...]:
        """The form as read; with what stood there before the last change."""
        return self.glance.shown(names, before_last(self.history), self.needed)

    @cached_property
    def needed(self) -> frozenset[str]:
        """The fields that the reader may uncover: a task that they may do now shows them or asks for them.

        Whose case it is may uncover all that is there for them.
        """
        if self.caller.person and self.caller.person == (self.case.for_person or self.case.started_by):
            return frozenset(self.glance.fields)
        found: set[str] = set()
        for node, seat in seats(self.state).values():
            step = self.step(node["s"])
            if self.may_press(node, seat):
                filled = (name for taken in step.outcomes for name in (*taken.fill, *taken.must))
                found |= {*(step.show or self.glance.fields), *step.fill, *filled}
        return frozenset(found)

    def parties(self) -> tuple[PartyView, ...]:
        """The units the case belongs to now."""
        return tuple(
            PartyView(party.name, party.title, unit, self.people.unit_name(unit))
            for party in self.process.parties
            for unit in units_in(self.state["par"].get(party.name))
        )

    def holders(self) -> tuple[Holder, ...]:
        """The open steps and who has them."""
        shown = (node for node in nodes(self.state["root"]) if "seats" in node or waits(node) or failed_at(node))
        return tuple(self._holder(node) for node in shown)

    def _holder(self, node: Node) -> Holder:
        seats, who, mine = seats_of(node), [Text("系统", "the system")], list[Seat]()
        if "seats" in node:
            who = [self._seat(node, seat) for seat in seats]
            mine = [seat for seat in seats if self.may_press(node, seat)]
        if waits(node):
            at = moment_words(to_datetime(node["due"]["at"]), self.ctx.now)
            who = [Text(f"等到{at.zh}", f"waiting until {at.en}")]
        failed = failed_at(node) is not None
        if failed:
            who = [Text("区管理员（自动环节异常）", "the administrator (an automatic step failed)")]
        return Holder(
            n=(mine or seats)[0].n if seats else node["n"],
            step=node["s"],
            step_title=step_title(self.process, node["s"]),
            who=listed(who),
            since=min((self._since[seat.n] for seat in seats if seat.n in self._since), default=0)
            or self._opened_at(node),
            due_at=node["due"].get("at") if "due" in node else None,
            can_open=bool(mine),
            incident=failed,
        )

    def _seat(self, node: AskNode, seat: Seat) -> Text:
        held_by = self.held_by(node, seat)
        if held_by:
            name = self.people.person_name(held_by)
            return Text(f"{name}（已认领）", f"{name} (claimed)")
        return self.people.audience(seat.audience)

    def held_by(self, node: AskNode, seat: Seat) -> str:
        """Who has the task of this seat in hand; "" for nobody."""
        return holder(self.step(node["s"]), self.env, node, seat)

    def holding(self, audience: AudienceKey) -> tuple[str, ...]:
        """The persons behind a role's audience key; nobody in particular for other keys."""
        match parse_audience(audience):
            case RoleAt(role, unit):
                return people.holding(self.tx, self.ctx.id, role, unit, self.ctx.now)
        return ()

    def may_press(self, node: AskNode, seat: Seat) -> bool:
        """Whether the reader may act at this seat: exactly where a press would not be refused."""
        try:
            acting_for(self.step(node["s"]), self.env, node, seat, self.caller.person)
        except REFUSALS:
            return False
        return bool(self.caller.person)

    @cached_property
    def _since(self) -> dict[int, Micros]:
        """When each open seat came to whoever has it now."""
        live = tasks.of_case(self.tx, self.ctx.id, self.case.id, live=True)
        return {task.n: task.since for task in live if task.audience}

    def _opened_at(self, node: Node) -> Micros:
        opened = (turn.entry.at for turn in reversed(self.history) for event in turn.events
                  if event["e"] == "opened" and event["node"]["n"] == node["n"])  # fmt: skip
        return next(opened, self.case.started_at)

    # -- what happened ---------------------------------------------------------------------

    def timeline(self) -> tuple[Line, ...]:
        """The history in sentences, oldest first; several events of one moment are several lines."""
        lines = (line for turn in self.history for line in self._lines(turn))
        later = map(self._settled, settlements(self.tx, self.ctx.id, self.case.id, self.state))
        return tuple(merge(lines, later, key=lambda line: line.at))

    def _lines(self, turn: Turn) -> Iterator[Line]:
        """One command: what a person did with what they wrote, and what the system did then, in order."""
        who = self.people.view(turn.entry.actor)
        runs = {run["n"]: run for run in turn.body.get("runs", ())}
        note = turn.note
        for event in turn.events:
            n = event["n"] if event["e"] == "closed" else event["of"] if event["e"] == "undone" else 0
            told = self._of_plugin(runs[n]) if n in runs else None
            if told is not None:
                yield Line(turn.entry.at, told, None, "system", "", turn.entry.seq)
                continue
            said = tell(event, self.process, SpokenNames(self.people, self.ctx.now))
            if said is None or event["e"] in QUIET or event["e"] == "filled":
                continue
            human = event["e"] in HUMAN and bool(turn.entry.actor)
            comment = event["e"] == "noted" and "how" not in event
            kind: Kind = "comment" if comment else "human" if human else "system"
            quote, note = (note, "") if human else ("", note)
            yield Line(turn.entry.at, said, who, kind, quote, turn.entry.seq)

    def _settled(self, one: Settled) -> Line:
        """How something that the case owed ended."""
        at, who, title = one.entry.at, self.people.view(one.entry.actor), step_title(self.process, one.step)
        if who is not None and one.how == "dropped":
            said = Text(f"{who.name}决定不再撤销“{title.zh}”", f"{who.name} decided that “{title.en}” is never undone")
            return Line(at, said, who, "human")
        undone: Undone = {"e": "undone", "n": one.n, "of": one.n, "s": one.step, "how": one.how}
        names = SpokenNames(self.people, self.ctx.now)
        words = self._of_plugin({"n": one.n, "undo": one.undo, "how": one.how}) or tell(undone, self.process, names)
        return Line(at, words or title, None, "system")

    def _of_plugin(self, run: Run) -> Text | None:
        """What an action did in its plugin's own words, or None where the plugin has none."""
        ended = (run["do"], run["result"]) if "do" in run else (run["undo"], run["how"])
        sentences = self.ctx.registry.given(Sentence)
        text = next((s.text for s in sentences if (s.action, s.outcome) == ended), None)
        if text is None:
            return None
        out = self._outputs(run)
        zh = _filled_in(text.zh, {name: said.zh for name, said in out.items()})
        return Text(zh, _filled_in(text.en, {name: said.en for name, said in out.items()}))

    def _outputs(self, run: Run) -> dict[str, Text]:
        """The outputs of an action in words, by their declared types."""
        if "do" not in run:
            return {}
        spec, out = self.definition.catalogue.actions.get(run["do"]), run["out"]
        result = spec.result(run["result"]) if spec else None
        declared = result.outputs if result else ()
        return {name: self.glance.output(of, out[name]) for name, of in declared if name in out}

    def step(self, step: str) -> Step:
        """A step by id; the start counts."""
        return start_step(self.process) if step == START else self.process.index[step][0]


def _filled_in(text: str, values: dict[str, str]) -> str:
    """``{name}`` in *text* replaced by values, by a dash where one is empty; nothing else is interpreted."""
    return OUTPUT.sub(lambda found: values.get(found[1], "") or "—", text)
