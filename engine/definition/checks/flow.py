"""What is surely known, and what may have run, wherever a case can come: walks over the tree of steps.

The ways forward are walked once for all steps; what returns bring back to the step they lead to is joined in and
walked again, until nothing changes. Each walk knows less than the one before, so there is a last one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import reduce

from engine.definition.catalogue import Catalogue
from engine.definition.checks.takers import by_clock, by_people
from engine.definition.checks.tree import START, ids_in, redone
from engine.definition.model import Ask, Choose, Do, Exit, Parallel, Process, Stage, Step, Value, Wait
from engine.definition.parse.scope import OF_EVERY_STEP
from engine.definition.uses import all_steps

OF_ACTOR = ("who", "for")
#: Names that always have a value.
OF_ITSELF = frozenset({"applicant", "today", "now", "settings", "start"})


@dataclass(frozen=True, slots=True)
class Known:
    """``sure`` are the names that have a value, ``ran`` the steps whose action may be in effect."""

    sure: frozenset[str] = frozenset()
    ran: frozenset[str] = frozenset()

    def minus(self, steps: Iterable[str]) -> Known:
        """Without the outputs of *steps*, which are undone."""
        gone = frozenset(steps)
        return replace(self, sure=frozenset(name for name in self.sure if name.partition(".")[0] not in gone))

    def running(self, steps: Iterable[str]) -> Known:
        """Where the actions of *steps* may have run as well."""
        return replace(self, ran=self.ran.union(steps))


def join(ways: Iterable[Known | None]) -> Known | None:
    """What is known where several ways come together; None is a way that nobody comes along."""
    open_ways = [way for way in ways if way is not None]
    if not open_ways:
        return None
    return reduce(lambda a, b: Known(a.sure & b.sure, a.ran | b.ran), open_ways)


@dataclass(slots=True)
class Flow:
    """What is known when a step starts, when an exit is taken, where it leads on, and at each end."""

    entering: dict[str, Known] = field(default_factory=dict)
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


def at_start(process: Process) -> frozenset[str]:
    """The names that have a value as soon as a case has begun."""
    return _set(process, process.start.set, frozenset(OF_ITSELF | _filled(process, process.start.fill)))


def _set(process: Process, pairs: Iterable[tuple[str, Value]], sure: frozenset[str]) -> frozenset[str]:
    """What has a value after a ``set`` where *sure* had one before: what is set to something empty has none.

    A field that may not be empty is never set so; a check of its own sees to that.
    """
    for name, value in pairs:
        field = process.field_named(name)
        whole = field is not None and not field.optional and field.when is None
        sure = sure | {name} if whole or _surely(value, sure) else sure - {name}
    return sure


def _surely(value: Value, sure: frozenset[str]) -> bool:
    formula = value.formula
    if formula is None:
        return value.constant is not None
    return not formula.type.optional and all(is_sure(name, sure) for name in formula.names)


def is_sure(name: str, sure: frozenset[str]) -> bool:
    """Whether the dotted *name*, or what it is a part of, has a value."""
    parts = name.split(".")
    return any(".".join(parts[:n]) in sure for n in range(1, len(parts) + 1))


def _filled(process: Process, names: Iterable[str]) -> set[str]:
    """Of the fields to fill, those that are not empty afterwards: required, or filled by their default."""
    found = ((name, process.field_named(name.partition(".")[0])) for name in names)
    return {
        name
        for name, field in found
        if field and field.when is None and (not field.optional or field.default is not None)
    }


def actions_in(steps: Iterable[Step]) -> set[str]:
    """The steps among *steps*, and inside them, that run an action."""
    return {step.id for step in all_steps(tuple(steps)) if isinstance(step, Do)}


#: The parallel steps around, each with the branch that is walked.
_Around = tuple[tuple[Parallel, str], ...]


class _Walk:
    def __init__(self, process: Process, catalogue: Catalogue, returned: dict[str, Known]) -> None:
        self.process = process
        self.catalogue = catalogue
        self.before = returned
        self.flow = Flow()

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
        kept = again.sure - (form - _filled(self.process, form))
        return replace(again, sure=kept | _filled(self.process, form) | (OF_ITSELF & begun.sure))

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
        if isinstance(step, Choose):
            ends = [self.steps(branch.steps, known, around) for branch in step.branches]
            return join(ends if any(b.if_ is None for b in step.branches) else [*ends, known])
        if not step.outcomes or (isinstance(step, Do) and step.action not in self.catalogue.actions):
            return self._unknown(step, known, around)
        if isinstance(step, (Ask, Do, Wait)):
            inside = dict.fromkeys((taken.name for taken in step.outcomes), known)
        elif isinstance(step, Stage):
            inside = self._stage(step, known, around)
        elif isinstance(step, Parallel):
            inside = self._parallel(step, known, around)
        else:
            return self._unknown(step, known, around)
        ways = [
            self._exit(step, taken, at, around) for taken in step.outcomes if (at := inside.get(taken.name)) is not None
        ]
        return join(ways)

    def _unknown(self, step: Step, known: Known, around: _Around) -> Known | None:
        """A step that cannot be judged, for instance of a kind that cannot run yet: it leaves everything known."""
        known = replace(known, sure=known.sure.union(field.name for field in self.process.fields))
        ways = [self._exit(step, taken, known, around) for taken in step.outcomes]
        return join(ways) if step.outcomes else known

    def _stage(self, step: Stage, known: Known, around: _Around) -> dict[str, Known]:
        inner = self.steps(step.steps, known, around)
        cancelled = known.running(actions_in(step.steps))
        found = {taken.name: cancelled for taken in step.outcomes if taken.name != "done"}
        return found if inner is None else {**found, "done": inner}

    def _parallel(self, step: Parallel, known: Known, around: _Around) -> dict[str, Known]:
        dropping = self.flow.dropping.setdefault(step.id, set())
        ends: dict[str, Known | None] = {}
        for branch in step.branches:
            beside = (b for b in step.branches if b is not branch)
            entry = known.running(actions_in(inner for b in beside for inner in b.steps))
            ends[branch.name] = self.steps(branch.steps, entry, (*around, (step, branch.name)))
        everything = known.running(actions_in(inner for branch in step.branches for inner in branch.steps))
        found = {taken.name: everything for taken in step.outcomes if taken.name != "met"}
        if len(step.branches) - len(dropping) >= needed(step) or not dropping:
            found.pop("short", None)
        met = _met(step, ends)
        return found if met is None else {**found, "met": replace(met, ran=everything.ran)}

    def _exit(self, step: Step, taken: Exit, known: Known, around: _Around) -> Known | None:
        """Take one exit; what is known at the next step, None if it leads elsewhere."""
        left = (known.sure - self._emptied(step, taken)) | self._left_behind(step, taken)
        known = replace(known, sure=_set(self.process, taken.set, left))
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
        undone = ids_in(redone(self.process, target))
        known = replace(known.minus(undone), ran=known.ran - undone)
        self.flow.returned[target] = join((known, self.flow.returned.get(target))) or known

    def end(self, name: str, known: Known) -> None:
        """Note a way to the end *name*."""
        self.flow.ending[name] = join((known, self.flow.ending.get(name))) or known

    def _emptied(self, step: Step, taken: Exit) -> set[str]:
        """The fields that the form of an exit may leave empty, though they had a value."""
        if not by_people(step, taken):
            return set()
        names = {*(step.fill if isinstance(step, Ask) else ()), *taken.fill}
        return names - _filled(self.process, names)

    def _left_behind(self, step: Step, taken: Exit) -> set[str]:
        """The names that surely have a value once the exit is taken."""
        names = {f"{step.id}.{name}" for name in OF_EVERY_STEP}
        clock = taken.name in by_clock(step) or taken.by.kind == "clock"
        if by_people(step, taken) and not clock:
            names |= {f"{step.id}.{name}" for name in OF_ACTOR} | set(taken.must)
            names |= {f"{step.id}.opinion"} if taken.opinion == "must" else set()
            names |= self._form(step, taken) if taken.then.kind == "next" else set()
        if isinstance(step, Do):
            spec = self.catalogue.actions.get(step.action)
            result = spec.result(taken.name) if spec else None
            names |= {f"{step.id}.{name}" for name, _ in result.outputs} if result else set()
        return names

    def _form(self, step: Step, taken: Exit) -> set[str]:
        """What has to be filled before a case goes on: the step's form for those asked, and the exit's own."""
        whole = step.fill if isinstance(step, Ask) and taken.by.kind == "asked" else ()
        return _filled(self.process, (*whole, *taken.fill))

    def _undone(self, step: Step, taken: Exit, known: Known) -> Known:
        if isinstance(step, Do) and taken.undo != "this":
            known = known.running((step.id,))
        if taken.undo == "all":
            return known.minus(actions_in(self.process.steps))
        return known.minus(actions_in((step,))) if taken.undo == "this" else known


def needed(step: Parallel) -> int:
    """How many branches have to be counted."""
    return {"all": len(step.branches), "any": 1}.get(str(step.need), step.need if isinstance(step.need, int) else 1)


def _met(step: Parallel, ends: dict[str, Known | None]) -> Known | None:
    """What is known when enough branches were counted."""
    counted = [end for end in ends.values() if end is not None]
    if len(counted) < needed(step):
        return None
    if step.need == "all":
        return Known(frozenset().union(*(end.sure for end in counted)))
    return join(counted)
