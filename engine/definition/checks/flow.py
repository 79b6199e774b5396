"""What is surely known, and what may have run, wherever a case can come: walks over the tree of steps.

The ways forward are walked once for all steps; what returns bring back to the step they lead to is joined in and
walked again, until nothing changes. Each walk knows less than the one before, so there is a last one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from engine.definition.catalogue import Catalogue
from engine.definition.checks.known import OF_ITSELF, Known, after_set, at_start, filled, join, may_be_empty, surely
from engine.definition.checks.takers import by_clock, by_people
from engine.definition.checks.tree import START, ids_in, redone
from engine.definition.fields.exit_form import form_of, to_complete
from engine.definition.model import Exit, Process, Step
from engine.definition.parse.scope import OF_EVERY_STEP
from engine.definition.uses import all_steps

OF_ACTOR = ("who", "for")


@dataclass(slots=True)
class Flow:
    """What is known when a step is come to, when it starts because its condition holds, when an exit is taken,
    where it leads on, and at each end.
    """

    entering: dict[str, Known] = field(default_factory=dict)
    starting: dict[str, Known] = field(default_factory=dict)
    leaving: dict[tuple[str, str], Known] = field(default_factory=dict)
    going: dict[tuple[str, str], Known] = field(default_factory=dict)
    ending: dict[str, Known] = field(default_factory=dict)
    finished: Known | None = None
    #: For each parallel step: the branches that may leave uncounted.
    dropping: dict[str, set[str]] = field(default_factory=dict)
    #: What is known where a case comes back to a step.
    returned: dict[str, Known] = field(default_factory=dict)


def flow_of(process: Process, catalogue: Catalogue) -> Flow:
    """Walk *process* from its start."""
    returned: dict[str, Known] = {}
    while True:
        walk = _Walk(process, catalogue, returned)
        walk.whole()
        if walk.flow.returned == returned:
            return walk.flow
        returned = walk.flow.returned


def actions_in(steps: Iterable[Step]) -> set[str]:
    """The steps among *steps*, and inside them, that run an action."""
    return {step.id for step in all_steps(tuple(steps)) if step.action}


#: The parallel steps around, each with the branch that is walked.
_Around = tuple[tuple[Step, str], ...]


class _Walk:
    def __init__(self, process: Process, catalogue: Catalogue, returned: dict[str, Known]) -> None:
        self.process = process
        self.catalogue = catalogue
        self.before = returned
        self.flow = Flow()
        #: By target of a return, the steps that it undoes.
        self.redone: dict[str, frozenset[str]] = {}

    def whole(self) -> None:
        """Walk from the start to every end."""
        begun = Known(at_start(self.process))
        known = join((begun, self._begun_again(begun))) or begun
        self.flow.finished = self.steps(self.process.steps, known, ())
        if self.flow.finished is not None:
            self.end("done", self.flow.finished)

    def _begun_again(self, begun: Known) -> Known | None:
        """What is known when the first form was corrected: it may have emptied what could be left empty."""
        again = self.before.get(START)
        if again is None:
            return None
        form = set(self.process.start.fill)
        kept = again.sure - (form - filled(self.process, form))
        return replace(again, sure=kept | filled(self.process, form) | (OF_ITSELF & begun.sure))

    def steps(self, steps: tuple[Step, ...], known: Known | None, around: _Around) -> Known | None:
        for step in steps:
            if known is None:
                return None
            after = self.step(step, known, around)
            known = join((after, known)) if step.if_ is not None else after
        return known

    def step(self, step: Step, known: Known, around: _Around) -> Known | None:
        """What is known at the next step."""
        known = join((known, self.before.get(step.id))) or known
        self.flow.entering[step.id] = known
        if step.if_ is not None:
            known = known.where(((step.if_, True),))
        self.flow.starting[step.id] = known
        if step.inside == "one_of":
            return self._one_of(step, known, around)
        known_kind = step.inside != "unknown" and (not step.action or step.action in self.catalogue.actions)
        if not step.outcomes or not known_kind:
            return self._unknown(step, known, around)
        known = self._beside(known, *((step, taken) for taken in step.outcomes if taken.then.kind == "stay"))
        inside = self._inside(step, known, around)
        ways = [
            self._exit(step, taken, at, around) for taken in step.outcomes if (at := inside.get(taken.name)) is not None
        ]
        return join(ways)

    def _unknown(self, step: Step, known: Known, around: _Around) -> Known | None:
        """A step that cannot be judged, for instance of a kind that cannot run yet: it leaves everything known."""
        known = replace(known, sure=known.sure.union(field.name for field in self.process.fields))
        ways = [self._exit(step, taken, known, around) for taken in step.outcomes]
        return join(ways) if step.outcomes else known

    def _inside(self, step: Step, known: Known, around: _Around) -> dict[str, Known]:
        """What is known once the step comes to each outcome, before the exit is taken."""
        match step.inside:
            case "in_order":
                return self._in_order(step, known, around)
            case "side_by_side":
                return self._side_by_side(step, known, around)
        return dict.fromkeys((taken.name for taken in step.outcomes), known)

    def _one_of(self, step: Step, known: Known, around: _Around) -> Known | None:
        ends, failed = [], known
        for branch in step.lists:
            chosen = failed.where(((branch.if_, True),)) if branch.if_ else failed
            ends.append(self.steps(branch.steps, chosen, around))
            failed = failed.where(((branch.if_, False),)) if branch.if_ else failed
        return join(ends if any(b.if_ is None for b in step.lists) else [*ends, failed])

    def _in_order(self, step: Step, known: Known, around: _Around) -> dict[str, Known]:
        (body,), (done,) = step.lists, step.comes_to
        inner = self.steps(body.steps, known, around)
        cancelled = self._while(known, body.steps)
        found = {taken.name: cancelled for taken in step.outcomes if taken.name != done}
        return found if inner is None else {**found, done: inner}

    def _side_by_side(self, step: Step, known: Known, around: _Around) -> dict[str, Known]:
        dropping = self.flow.dropping.setdefault(step.id, set())
        ends: dict[str, Known | None] = {}
        for branch in step.lists:
            beside = (b for b in step.lists if b is not branch)
            entry = self._while(known, [inner for b in beside for inner in b.steps])
            ends[branch.name] = self.steps(branch.steps, entry, (*around, (step, branch.name)))
        everything = self._while(known, [inner for branch in step.lists for inner in branch.steps])
        found = {taken.name: everything for taken in step.outcomes if taken.name != "met"}
        if len(step.lists) - len(dropping) >= step.needed or not dropping:
            found.pop("short", None)
        met = _met(step, ends)
        return found if met is None else {**found, "met": replace(met, ran=everything.ran)}

    def _exit(self, step: Step, taken: Exit, known: Known, around: _Around) -> Known | None:
        """Take one exit; what is known at the next step, None if it leads elsewhere."""
        if _changes(step, taken):
            known = known.losing(self.process, self._emptied(step, taken))
        known = replace(known, sure=after_set(self.process, taken.set, known.sure | self._left_behind(step, taken)))
        self.flow.leaving[step.id, taken.name] = known
        after = self.steps(taken.steps, self._undone(step, taken, known), around)
        if after is None:
            return None
        self.flow.going[step.id, taken.name] = after
        if taken.then.kind == "end":
            self.end(taken.then.name, after)
        if taken.then.kind == "drop" and around:
            parallel, branch = around[-1]
            self.flow.dropping[parallel.id].add(branch)
        if taken.then.kind == "back":
            self._return(taken.then.name, after)
        return after if taken.then.kind == "next" else None

    def _return(self, target: str, known: Known) -> None:
        """Note what a return brings back: everything but what it undoes."""
        if target != START and target not in self.process.index:
            return
        if target not in self.redone:
            self.redone[target] = ids_in(redone(self.process, target))
        undone = self.redone[target]
        known = replace(known.losing(self.process, undone), ran=known.ran - undone)
        self.flow.returned[target] = join((known, self.flow.returned.get(target))) or known

    def end(self, name: str, known: Known) -> None:
        """Note a way to the end *name*."""
        self.flow.ending[name] = join((known, self.flow.ending.get(name))) or known

    def _while(self, known: Known, steps: Sequence[Step]) -> Known:
        """What is still known at any moment while *steps* run beside."""
        exits = ((step, taken) for step in all_steps(tuple(steps)) for taken in step.outcomes)
        return self._beside(known, *exits).running(actions_in(steps))

    def _beside(self, known: Known, *exits: tuple[Step, Exit]) -> Known:
        """What is still known when any of *exits* may have been taken."""
        for step, taken in exits:
            if _changes(step, taken):
                fields = (self.process.field_named(name) for name, value in taken.set if not surely(value))
                emptied = {field.name for field in fields if field and may_be_empty(field)}
                known = known.losing(self.process, self._emptied(step, taken) | emptied)
            known = self._undone(step, taken, known)
        return known

    def _emptied(self, step: Step, taken: Exit) -> set[str]:
        """The fields that the form of an exit may leave empty, though they had a value."""
        if not by_people(step, taken):
            return set()
        names = set(form_of(step, taken))
        return names - filled(self.process, names) - set(taken.must)

    def _left_behind(self, step: Step, taken: Exit) -> set[str]:
        """The names that surely have a value once the exit is taken."""
        names = {f"{step.id}.{name}" for name in OF_EVERY_STEP}
        clock = taken.name in by_clock(step) or taken.by.kind == "clock"
        if by_people(step, taken) and not clock:
            names |= {f"{step.id}.{name}" for name in OF_ACTOR} | set(taken.must)
            names |= {f"{step.id}.opinion"} if taken.opinion == "must" else set()
            names |= self._form(step, taken)
        if step.action:
            spec = self.catalogue.actions.get(step.action)
            result = spec.result(taken.name) if spec else None
            names |= {f"{step.id}.{name}" for name, _ in result.outputs} if result else set()
        return names

    def _form(self, step: Step, taken: Exit) -> set[str]:
        """What has to be filled before a case goes on: the step's form for those asked, and the exit's own."""
        return filled(self.process, to_complete(step, taken))

    def _undone(self, step: Step, taken: Exit, known: Known) -> Known:
        if step.action and taken.undo != "this":
            known = known.running((step.id,))
        if taken.undo == "all":
            return known.losing(self.process, actions_in(self.process.steps))
        return known.losing(self.process, actions_in((step,))) if taken.undo == "this" else known


def _changes(step: Step, taken: Exit) -> bool:
    """Whether an exit may change any field."""
    return bool(form_of(step, taken) or taken.set)


def _met(step: Step, ends: dict[str, Known | None]) -> Known | None:
    """What is known when enough branches were counted."""
    counted = [end for end in ends.values() if end is not None]
    if len(counted) < step.needed:
        return None
    if step.needs_all:
        return Known(frozenset().union(*(end.sure for end in counted)))
    return join(counted)
