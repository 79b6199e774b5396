"""Whoever is paid is not the only one who acted: on every way to the payment somebody else surely answered. And it is
for whom a step was done, not who pressed: a deputy, or whoever mends the step of somebody who has gone.

Looked at is who the payee can be (the person of an earlier step, the applicant, or whoever a form names) and what
``not:`` keeps apart: the step in which the payee acted from those before it, a later step from the payee. What a
condition or a role would make sure is not looked at, so this warns and does not refuse.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.definition.catalogue import Catalogue
from engine.definition.checks.findings import Findings
from engine.definition.checks.takers import by_clock, by_people
from engine.definition.checks.tree import START
from engine.definition.expression import Formula
from engine.definition.model import Exit, Process, Step, Value
from engine.definition.uses import all_steps

#: A payee of whom nothing is known: the words of a form, or a formula.
SOMEBODY = "?"
_STARTED = {"applicant": START, "start.who": START, "start.for": START}


def check_paying(process: Process, catalogue: Catalogue, out: Findings) -> None:
    """Every action that says whom it pays."""
    for step in all_steps(process.steps):
        spec = catalogue.actions.get(step.action)
        given = dict(step.with_).get(spec.pays) if spec and spec.pays else None
        if given is None or given.formula is None:
            continue
        payee, path = given.formula.text.strip(), f"steps.{step.id}.with.{spec.pays if spec else ''}"
        walk = _Walk(process, payee, step.id)
        if not walk.safe():
            out.add("payee-alone", path, warning=True, payee=payee)
        for text in walk.pressing():
            out.add("payee-presses", path, warning=True, payee=payee, text=text, step=text.removesuffix(".who"))


@dataclass(frozen=True, slots=True)
class Standing:
    """What holds on every way to a place: the steps whose people surely acted, and by origin of the payee whether
    somebody else surely did.
    """

    acted: frozenset[str]
    payee: dict[str, bool]


def _join(*ways: Standing | None) -> Standing | None:
    """What holds where several ways come together; None is a way that nobody comes along."""
    there = [way for way in ways if way is not None]
    if not there:
        return None
    origins = {name for way in there for name in way.payee}
    acted = frozenset.intersection(*(way.acted for way in there))
    return Standing(acted, {name: all(way.payee.get(name, True) for way in there) for name in origins})


class _Walk:
    def __init__(self, process: Process, payee: str, paying: str) -> None:
        self.process = process
        self.names = set(self._names(payee))
        self.paying = paying
        self.before: dict[str, Standing] = {}
        self.returned: dict[str, Standing] = {}
        self.trail: list[Standing] = []
        self.paid: list[Standing] = []

    def _names(self, payee: str) -> Iterator[str]:
        """What the payee is called: a derived field goes by its formula as well."""
        yield payee
        field = self.process.field_named(payee)
        if field is not None and field.value is not None and field.value.text.strip() != payee:
            yield field.value.text.strip()

    def pressing(self) -> list[str]:
        """The formulas by which the payee is whoever pressed, were it for somebody else."""
        exits = (taken.set for step in all_steps(self.process.steps) for taken in step.outcomes)
        sets = (value.formula for pairs in exits for name, value in pairs if name in self.names and value.formula)
        texts = dict.fromkeys((*sorted(self.names), *(formula.text.strip() for formula in sets)))
        return [text for text in texts if text.endswith(".who") and self._origin(text) not in (START, SOMEBODY)]

    def safe(self) -> bool:
        """Whether somebody else surely acted, whoever the payee is."""
        while True:
            self.returned, self.trail, self.paid = dict(self.before), [], []
            self.steps(self.process.steps, self._begun())
            if self.returned == self.before:
                return all(seen for at in self.paid for seen in at.payee.values())
            self.before = self.returned

    def _begun(self) -> Standing:
        start = self.process.start
        begun = Standing(frozenset({START}), {START: False} if self._is(START) else {})
        again = self.before.get(START)
        begun = _join(begun, again) or begun
        return self._filled(begun, start.fill, start.set)

    def _is(self, origin: str) -> bool:
        """Whether the payee is whoever acted in the step called *origin*."""
        return any(self._origin(name) == origin for name in self.names)

    def _origin(self, text: str) -> str:
        """The step of whose person a formula speaks."""
        if text in _STARTED:
            return START
        name, _, part = text.rpartition(".")
        step = self.process.index.get(name, (None, None))[0]
        alone = step is not None and step.who is not None and all(taken.by.kind != "who" for taken in step.outcomes)
        return name if alone and part in ("who", "for") else SOMEBODY

    # -- lists and steps -------------------------------------------------------------------

    def steps(self, steps: tuple[Step, ...], at: Standing | None) -> Standing | None:
        for step in steps:
            if at is None:
                return None
            at = self.step(step, at)
        return at

    def step(self, step: Step, at: Standing) -> Standing | None:
        at = _join(at, self.before.get(step.id)) or at
        self.trail.append(at)
        if step.id == self.paying:
            self.paid.append(at)
        after = self._one_of(step, at) if step.inside == "one_of" else self._left(step, at)
        return _join(after, at) if step.if_ is not None else after

    def _one_of(self, step: Step, at: Standing) -> Standing | None:
        ends = [self.steps(branch.steps, at) for branch in step.lists]
        return _join(*ends) if any(branch.if_ is None for branch in step.lists) else _join(*ends, at)

    def _left(self, step: Step, at: Standing) -> Standing | None:
        """What holds behind the step, by whichever exit."""
        mark = len(self.trail)
        whole: Standing | None = at
        if step.inside == "in_order":
            whole = self.steps(step.lists[0].steps, at)
        elif step.inside == "side_by_side":
            whole = self._beside([self.steps(branch.steps, at) for branch in step.lists], at)
        anywhere = _join(at, *self.trail[mark:])
        if not step.needs_all:
            whole = anywhere
        through = (whole if taken.name in step.comes_to[:1] else anywhere for taken in step.outcomes)
        return _join(*(self._exit(step, taken, way) for taken, way in zip(step.outcomes, through, strict=True) if way))

    def _beside(self, ends: list[Standing | None], at: Standing) -> Standing | None:
        """All branches came through: one of them may have named the payee, each may have kept somebody apart."""
        there = [end for end in ends if end is not None]
        if len(there) < len(ends) or not there:
            return None
        acted = frozenset[str]().union(*(end.acted for end in there))
        named = [end for end in there if end.payee.keys() != at.payee.keys()]
        if named:
            joined = _join(*named)
            return Standing(acted, joined.payee if joined else {})
        return Standing(acted, {name: any(end.payee[name] for end in there) for name in at.payee})

    # -- exits -----------------------------------------------------------------------------

    def _exit(self, step: Step, taken: Exit, at: Standing) -> Standing | None:
        after = self.steps(taken.steps, self._taken(step, taken, at))
        if after is None:
            return None
        self.trail.append(after)
        target = {"back": taken.then.name, "stay": step.id}.get(taken.then.kind)
        if target is not None:
            self.returned[target] = _join(after, self.returned.get(target)) or after
        return after if taken.then.kind == "next" else None

    def _taken(self, step: Step, taken: Exit, at: Standing) -> Standing:
        if by_people(step, taken) and taken.name not in by_clock(step):
            asked = step.who is not None and taken.by.kind == "asked"
            at = self._answered(step, at) if asked else at
            form = (*(step.fill if asked else ()), *taken.fill, *taken.must)
            return self._filled(at, form, taken.set)
        return self._filled(at, (), taken.set)

    def _answered(self, step: Step, at: Standing) -> Standing:
        """Somebody who is asked answered: a witness, or the payee."""
        payee = {origin: seen or self._apart(step, origin) for origin, seen in at.payee.items()}
        if self._is(step.id):
            payee = {step.id: self._first(step.id, at)}
        return Standing(at.acted | {step.id}, payee)

    def _filled(self, at: Standing, form: tuple[str, ...], sets: tuple[tuple[str, Value], ...]) -> Standing:
        """The form, then what is set, may name another payee."""
        payee = {SOMEBODY: False} if self.names & set(form) else at.payee
        for name, value in sets:
            if name in self.names:
                origin = self._origin(value.formula.text.strip()) if value.formula else SOMEBODY
                payee = {origin: self._first(origin, at)}
        return Standing(at.acted, payee)

    def _first(self, origin: str, at: Standing) -> bool:
        """Whether the payee, who acted in *origin*, is surely not the one of some step before."""
        step = self.process.index[origin][0] if origin in self.process.index else None
        own = bool(_away(step) & at.acted)
        return own or any(origin in _away(self.process.index[name][0]) for name in at.acted - {START})

    def _apart(self, step: Step, origin: str) -> bool:
        """Whether who answers *step* is surely not the payee, who acted in *origin*."""
        texts = {name.text.strip() for name in step.not_ if isinstance(name, Formula)}
        if texts & self.names or origin in _away(step):
            return True
        chooser = self.process.index.get(origin, (None, None))[0]
        whos = [who for _, several in (step.who.cases if step.who else ()) for who in several]
        applicant = bool(whos) and all(
            who.kind == "applicant" or (who.person is not None and who.person.text.strip() in _STARTED) for who in whos
        )
        return applicant and START in _away(chooser)


def _away(step: Step | None) -> set[str]:
    """The steps whose people ``not:`` keeps away."""
    return {name for name in step.not_ if isinstance(name, str)} if step else set()
