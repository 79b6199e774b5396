"""The ways through the tree: how a list goes on, how an exit is taken, where its target leads.

The kinds (``engine.runtime.kinds``) open nodes and say what their end means; this module knows lists, exits and
targets, and what has to be released on the way.
"""

from __future__ import annotations

from typing import Any, assert_never

from engine.definition.model import Exit, Step, Target, Value
from engine.errors import Unanswered
from engine.runtime.kept import keep
from engine.runtime.reach import Reach, owed_in
from engine.runtime.shapes.parts import Address, Record, Then
from engine.runtime.shapes.step_events import Closed
from engine.runtime.shapes.tree import ExitNode, Node, Owner, UnwindNode
from engine.runtime.start import START, start_step
from engine.runtime.state import (
    ROOT,
    find,
    frame_at,
    owed,
    place_of,
    way_to_frame,
)


class Turn(Reach):
    """A draft that can move, by what every kind of node does."""

    #: What a person has sent with the command under way and can still correct: fields, and the step that they took.
    sent: frozenset[str] = frozenset()
    #: Parallel steps whose branches are still being entered: not yet to be decided.
    opening: frozenset[int] = frozenset()

    # -- lists -----------------------------------------------------------------------------

    def enter(self, at: Address, position: int) -> None:
        """Go on in a list from *position*: open the first step whose condition holds, else end the list.

        A step that cannot be entered for want of a plugin's answer opens as an incident: what led here stands.
        """
        for step in self.list_at(at)[max(position, 0) :]:
            try:
                if step.if_ is None or self.env.truth(step.if_):
                    self.open(step, at)
                    return
            except Unanswered as silence:
                self.stick(step, at, silence)
                return
        self.finish(at)

    def open(self, step: Step, at: Address) -> None:
        """Make *step* the active item of the list at *at*."""
        open_ = self._kinds[step.kind].open
        assert open_ is not None, "every kind of step opens"
        open_(self, step, at)

    def finish(self, at: Address) -> None:
        """A list has run off its end."""
        if self._release_unpassed(at, {"go": "finish"}):
            return
        owner = find(self.state, at[0])
        assert owner is not None and "f" in owner, "a list ends only while its owner is open"
        ended = self.kind(owner).ended
        assert ended is not None, "whatever has lists goes on from them"
        ended(self, owner, at[1])

    def _release_unpassed(self, at: Address, then: Then) -> bool:
        """Kept results that the list did not pass again are released first; True when that takes a while."""
        frame = frame_at(self.state, at)
        if "kept" not in frame:
            return False
        serials = {record["n"] for record in frame["kept"]["of"].values()}
        todo = [entry for entry in frame.get("undo", ()) if entry.n in serials]
        self.emit({"e": "unkept", "in": at, "s": None})
        return self.unwind(at, todo, then)

    # -- exits -----------------------------------------------------------------------------

    def leave(
        self, node: Node, taken: Exit, out: dict[str, Any] | None = None, *, owes: bool = False, final: bool = False
    ) -> None:
        """Take an exit of *node*: count it, set fields, tell people, release what it cancels, run its small steps."""
        step, at = self.step(node["s"]), place_of(self.state, node["n"])
        if taken.then.kind == "back":
            home = self.home_of(at, taken.then.name)
            self.emit({"e": "counted", "in": home, "key": f"{step.id}.{taken.name}"})
        todo = self.cancelled(node, taken, owes=owes)
        self.close(node, taken.name, out, owes=owes, final=final)
        # Once closed, so that a field may be set from what the step itself leaves behind (`=claim.who`).
        self.set_fields(taken)
        self.tell(taken.tell, f"{step.id}.{taken.name}")
        if not self.unwind(at, todo, {"go": "exit", "s": step.id, "x": taken.name}):
            self.after(at, step.id, taken)

    def set_fields(self, taken: Exit) -> None:
        """Assign what the exit's ``set`` says."""
        if taken.set:
            self.fill(self.assigned(taken.set))

    def assigned(self, pairs: tuple[tuple[str, Value], ...]) -> dict[str, Any]:
        """The stored values of a ``set``."""
        fields = ((self.process.field_named(name), value) for name, value in pairs)
        return {field.name: self.env.stored(value, field.type) for field, value in fields if field is not None}

    def close(
        self, node: Node, outcome: str, out: dict[str, Any] | None = None, *, owes: bool = False, final: bool = False
    ) -> None:
        """Close *node*; outputs that a formula reads, or a receipt, stay in the state.

        ``owes`` marks an effect that may have to be released, ``final`` one that cannot be.
        """
        if node["s"] == START:
            self.emit({"e": "closed", "n": node["n"], "x": outcome})
            return
        record = {**(out or {}), "outcome": outcome, **self._when(node["s"])}
        event: Closed = {"e": "closed", "n": node["n"], "x": outcome, "s": node["s"], "out": record}
        if owes:
            event["owes"] = True
        if final:
            event["final"] = True
        self.emit(event)

    def _when(self, step: str) -> dict[str, int]:
        """When the step closed, and how many times by now, where some formula reads it."""
        rounds = self.state.get("rounds", {}).get(step, 0)
        found = {"at": self.facts.now()} if f"{step}.at" in self.process.reads else {}
        return found | ({"round": rounds + 1} if f"{step}.round" in self.process.reads else {})

    def after(self, at: Address, step_id: str, taken: Exit) -> None:
        """What follows once the exit has released what it cancels: small steps, then the target."""
        if not taken.steps:
            self.go(at, step_id, taken)
            return
        n, key = self.serial(), f">{taken.name}"
        node: ExitNode = {"n": n, "s": step_id, "k": "exit", "x": taken.name, "f": {key: {}}}
        self.emit({"e": "opened", "in": at, "node": node})
        self.enter((n, key), 0)

    # -- targets ---------------------------------------------------------------------------

    def go(self, at: Address, step_id: str, taken: Exit) -> None:
        """Follow the exit's target from the list at *at*."""
        target: Target = taken.then
        match target.kind:
            case "next":
                self.pass_on(at, step_id)
            case "end":
                self.end(target.name, at, undo=taken.undo)
            case "back":
                self.back(at, step_id, taken)
            case "drop":
                self.drop(at)
            case "stay":
                self.open(self.step(step_id), at)
            case _:
                assert_never(target.kind)

    def pass_on(self, at: Address, step_id: str) -> None:
        """Go on behind the step in the list at *at*."""
        self.enter(at, self.position(step_id) + 1)

    def end(self, name: str, at: Address, undo: str = "") -> None:
        """End the case; what is cancelled is released, and with ``undo: all`` everything is."""
        end = self.process.end_named(name)
        everything = undo == "all" or (end is not None and end.undo == "all")
        todo = self.everything() if everything else self.beside(at)
        if not self.unwind(ROOT, todo, {"go": "ended", "name": name}):
            self.ended(name)

    def ended(self, name: str) -> None:
        """The case is over."""
        end = self.process.end_named(name)
        if end is not None:
            self.tell(end.tell, f"end.{name}")
        self.emit({"e": "ended", "end": name, "at": self.facts.now()})

    def drop(self, at: Address) -> None:
        """Leave the enclosing branch uncounted; what it did is released."""
        way = way_to_frame(self.state, at)
        owner, key = next((o, k) for o, k in reversed(way) if self.kind(o).dropped is not None)
        branch: Address = (owner["n"], key)
        if not self.unwind(branch, owed_in(frame_at(self.state, branch)), {"go": "dropped"}):
            self._dropped(owner, key)

    def _dropped(self, owner: Owner, key: str) -> None:
        dropped = self.kind(owner).dropped
        assert dropped is not None, "a drop leaves the nearest list that can be left uncounted"
        dropped(self, owner, key)

    # -- returning -------------------------------------------------------------------------

    def back(self, at: Address, step_id: str, taken: Exit) -> None:
        """Return to an earlier step: undo or keep what was done from it on, then start it."""
        target = taken.then.name
        home = self.home_of(at, target)
        position = self.position(target)
        frame = frame_at(self.state, home)
        inside = owed(frame["node"]) if "node" in frame else []
        todo = [e for e in frame.get("undo", ()) if self.position(e.item) >= position] + inside
        kept = None
        if taken.again != "replay":
            kept = keep(self, home, target, taken.again, step_id)
            todo = []
        stays = {entry.step for entry in todo} if kept is None else kept["of"].keys()  # a receipt, until it is released
        forget = [s for s in self.steps_from(home, position) if s not in stays]
        known = self.state["out"].keys() | self.state["acted"].keys()
        self.emit({
            "e": "returned", "in": home, "to": target, "by": step_id, "x": taken.name, "kept": kept,
            "forget": [s for s in forget if s in known],
        })  # fmt: skip
        if not self.unwind(home, todo, {"go": "at", "s": target}):
            self.start_again(home, target)

    def start_again(self, home: Address, target: str) -> None:
        """Open the step that was returned to."""
        if target == START:
            self.open(start_step(self.process), ROOT)
        else:
            self.enter(home, self.position(target))

    def pass_again(self, step: Step, at: Address, home: Address, mode: str, kept: Record) -> None:
        """Let the result that a return *kept* in the list at *home* stand, and go on as it did."""
        self.emit({"e": "skipped", "in": at, "from": home, "s": step.id, "why": mode})
        outcome = kept["out"]["outcome"]
        self.after(at, step.id, step.exit(outcome) or Exit(outcome, Target("next"), step.title))

    # -- releasing -------------------------------------------------------------------------

    def unwound(self, node: UnwindNode) -> None:
        """Everything is released: go on as the unwinding node was told."""
        at, then = place_of(self.state, node["n"]), node["then"]
        self.emit({"e": "closed", "n": node["n"], "x": "unwound"})
        match then["go"]:
            case "exit":
                taken = self.step(then["s"]).exit(then["x"])
                assert taken is not None
                self.after(at, then["s"], taken)
            case "ended":
                self.ended(then["name"])
            case "dropped":
                owner = find(self.state, at[0])
                assert owner is not None and "f" in owner, "what is left uncounted is open until then"
                self._dropped(owner, at[1])
            case "at":
                self.start_again(at, then["s"])
            case "finish":
                self.finish(at)
            case "open":
                self.open(self.step(then["s"]), at)
            case "take_back":
                raise AssertionError("the command itself goes on after what it takes back")
            case _:
                assert_never(then["go"])

