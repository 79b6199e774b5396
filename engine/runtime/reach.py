"""What a turn sees from where it stands: which list holds a step, which exits are left, what is owed and by whom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.definition.model import Exit, Step
from engine.definition.uses import all_steps
from engine.errors import Unanswered
from engine.i18n import Text, stored
from engine.runtime.draft import Definition, Draft
from engine.runtime.facts import Facts
from engine.runtime.kinds.kind import Kind
from engine.runtime.shapes.parts import Address, Owed, Then
from engine.runtime.shapes.task_events import Incident
from engine.runtime.shapes.tree import Frame, Node, State, StuckNode, UnwindNode
from engine.runtime.start import START
from engine.runtime.state import ROOT, find, frame_at, frames, kind_of, owed, way_to_frame


def owed_in(frame: Frame) -> list[Owed]:
    """What a list owes, with what its open item owes."""
    return [*frame.get("undo", ()), *(owed(frame["node"]) if "node" in frame else ())]


class Reach(Draft):
    """A draft that knows its way round the tree, and the kinds of what stands there."""

    def __init__(
        self,
        definition: Definition,
        state: State | None,
        facts: Facts,
        kinds: Mapping[str, Kind[Any]],
        signer: str = "",
    ) -> None:
        super().__init__(definition, state, facts, signer)
        self._kinds = kinds

    def kind(self, node: Node) -> Kind[Any]:
        """What is particular about nodes such as *node*."""
        return self._kinds[kind_of(node)]

    def list_at(self, at: Address) -> tuple[Step, ...]:
        """The steps of the list whose frame is at *at*."""
        owner = find(self.state, at[0])
        if owner is None:
            raise KeyError(at)
        if owner["s"] == START:
            return ()
        return self.process.steps_of(owner["s"], at[1])

    def home_of(self, at: Address, target: str) -> Address:
        """The frame of the list that holds step *target*, at or above *at*."""
        if target == START:
            return ROOT
        spot = self.process.index[target][1]
        for owner, key in reversed(way_to_frame(self.state, at)):
            if owner["s"] == spot.owner and key == spot.key:
                return owner["n"], key
        raise KeyError(target)

    def steps_from(self, home: Address, position: int) -> list[str]:
        """Every step from *position* on in the list at *home*, nested ones too."""
        return [step.id for step in all_steps(self.list_at(home)[max(position, 0) :])]

    def legal(self, at: Address, step: Step, taken: Exit) -> bool:
        """Whether the exit's ``at_most`` leaves it open."""
        if taken.then.kind != "back" or taken.at_most is None:
            return True
        home = self.home_of(at, taken.then.name)
        count = frame_at(self.state, home).get("ret", {}).get(f"{step.id}.{taken.name}", 0)
        return count < taken.at_most

    def possible(self, at: Address, step: Step, taken: Exit) -> Exit:
        """*taken*, or the sibling it names for when it is used up."""
        seen = {taken.name}
        while not self.legal(at, step, taken) and taken.exhausted and taken.exhausted not in seen:
            sibling = step.exit(taken.exhausted)
            if sibling is None:
                break
            taken = sibling
            seen.add(taken.name)
        return taken

    def everything(self) -> list[Owed]:
        """All that the case still owes."""
        return owed(self.state["root"])

    def beside(self, at: Address) -> list[Owed]:
        """What open branches beside the way to *at* owe, and kept results that nobody passed again."""
        todo: list[Owed] = []
        for owner, way in way_to_frame(self.state, at):
            todo += self.kind(owner).beside(owner, way)
        for frame in frames(self.state["root"]):
            if "kept" not in frame:
                continue
            serials = {record["n"] for record in frame["kept"]["of"].values()}
            todo += [entry for entry in frame.get("undo", ()) if entry.n in serials and entry not in todo]
        return todo

    def cancelled(self, node: Node, taken: Exit, *, owes: bool = False) -> list[Owed]:
        """What is still owed by what this exit cancels; what counted is kept. *owes* marks an effect of its own."""
        own = [Owed(node["s"], node["n"], node["s"])] if owes else []
        if taken.undo == "all":
            return [*self.everything(), *own]
        released = self.kind(node).cancels(node, taken)
        return [*released, *own] if taken.undo == "this" else released

    def unwind(self, at: Address, todo: list[Owed], then: Then) -> bool:
        """Release *todo*, newest first, before going on with *then*; False when nothing is owed."""
        if not todo:
            return False
        owner, frame = find(self.state, at[0]), frame_at(self.state, at)
        mark = (frame["node"]["s"] if "node" in frame else "") or then.get("s") or (owner["s"] if owner else "")
        order = sorted(todo, key=lambda entry: -entry.n)
        node: UnwindNode = {"n": self.serial(), "s": mark, "k": "unwind", "todo": order, "then": then}
        self.emit({"e": "unwinding", "in": at, "node": node})
        return True

    def stick(self, step: Step, at: Address, silence: Unanswered) -> None:
        """Rest before *step* until somebody, or the plugin's return, lets it be entered again."""
        node: StuckNode = {"n": self.serial(), "s": step.id, "k": "stuck"}
        if step.id in self.stuck:
            node["bad"] = self.stuck[step.id]
        self.emit({"e": "opened", "in": at, "node": node})
        self.failed(node["n"], step.id, silence.why, silence.waits_for)

    def failed(self, n: int, step: str, why: Text, waits: str) -> None:
        """Node *n*, which is about *step*, could not run: an administrator hears of it, and of whom it *waits* for."""
        event: Incident = {"e": "incident", "n": n, "why": stored(why), "at": self.facts.now()}
        if waits:
            event["waits"] = waits
        self.emit(event)
        self.emit({"e": "told", "to": [self.facts.nobody(self.state["case"]["unit"])], "what": f"{step}:incident"})
