"""Nothing is read before it surely has a value; where it may be empty, that has to be welcome or tested."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from engine.definition.catalogue import Catalogue
from engine.definition.checks.findings import Findings
from engine.definition.checks.flow import Flow
from engine.definition.checks.known import OF_ITSELF, Known, at_start, filled, is_sure, may_be_empty
from engine.definition.checks.takers import by_people
from engine.definition.expression import Formula, Scope, compile_formula
from engine.definition.expression.parser import parse
from engine.definition.expression.tree import Apply, Dot, Items, Node, Path
from engine.definition.fields.exit_form import form_of
from engine.definition.model import Process, Step, Use
from engine.definition.parse.scope import UNKNOWN
from engine.definition.uses import all_steps, of_among, of_due, of_entry, of_exit, of_values, of_who
from engine.definition.values.types import ValueType
from engine.i18n import Text, listed

#: What asks whether something is empty, or has an answer for it.
TESTS = frozenset({"is empty", "is not empty", "empty", "为空", "coalesce", "或者默认"})

_NOTHING = Known()


def check_assigned(
    process: Process, flow: Flow, scope: Scope, catalogue: Catalogue, out: Findings, unread: frozenset[str]
) -> None:
    """Every formula against what is known where it is read; about names that could not be read nothing is said."""
    checker = _Assigned(process, scope, catalogue, out, unread)
    begun = Known(at_start(process))
    checker.uses(of_due(process.due, "due"), begun)
    checker.start(Known(frozenset(OF_ITSELF)), begun)
    for step in all_steps(process.steps):
        if step.id in flow.entering:
            checker.step(step, flow)


class _Assigned:
    def __init__(
        self, process: Process, scope: Scope, catalogue: Catalogue, out: Findings, unread: frozenset[str]
    ) -> None:
        self.process = process
        self.unread = unread
        #: What was said already: a form may be asked in several places.
        self.told: set[tuple[str, Text]] = set()
        self.scope = scope
        self.catalogue = catalogue
        self.out = out
        self.fields = {field.name: field for field in process.fields}
        self.behind: dict[str, frozenset[str]] = {
            **{party.name: party.unit.names for party in process.parties},
            **{field.name: field.value.names for field in process.fields if field.value is not None},
        }

    def start(self, before: Known, begun: Known) -> None:
        """Who may start and when is asked before the first form, what is set is reckoned after it."""
        start = self.process.start
        self.uses(of_who(start.who, "start.who"), before)
        if start.if_ is not None:
            self.use(Use("start.if", start.if_, "condition"), before)
        for use in of_values(start.set, "start.set"):
            self.use(self._of_field(use), begun)
        self.offered(start.fill, begun)

    def step(self, step: Step, flow: Flow) -> None:
        """The formulas of one step where they are read."""
        if step.if_ is not None:
            self.use(Use(f"steps.{step.id}.if", step.if_, "condition"), flow.entering[step.id])
        for use in of_entry(step):
            self.use(self._of_input(step, use), flow.starting[step.id])
        for taken in step.outcomes:
            left = flow.leaving.get((step.id, taken.name))
            if left is None:
                continue
            if by_people(step, taken):
                self.offered(form_of(step, taken), flow.starting[step.id])
            for use in of_exit(step, taken):
                self.use(self._of_field(use) if ".set." in use.path else use, left)

    def offered(self, names: Iterable[str], known: Known) -> None:
        """What a form offers may look at what was known before, and at what else the form asks."""
        form = tuple(names)
        known = replace(known, sure=known.sure | filled(self.process, form))
        for name in form:
            field = self.fields.get(name)
            for use in of_among(field, f"fields.{name}") if field else ():
                self.use(use, known)

    def _of_input(self, step: Step, use: Use) -> Use:
        """An input of an action may be empty only where the action says so."""
        spec = self.catalogue.actions.get(step.action)
        name = use.path.rpartition(".")[2]
        needed = {parameter.name for parameter in spec.inputs if parameter.required} if spec else set()
        return replace(use, need="needed") if ".with." in use.path and name in needed else use

    def _of_field(self, use: Use) -> Use:
        field = self.fields.get(use.path.rpartition(".")[2])
        return replace(use, need="needed") if field and not may_be_empty(field) else use

    def uses(self, uses: Iterable[Use], known: Known) -> None:
        """Several formulas at one place."""
        for use in uses:
            self.use(use, known)

    def use(self, use: Use, known: Known) -> None:
        """One formula."""
        known = known.where(use.given)
        doubtful = {name for name in use.formula.names if not self._sure(name, known)}
        if use.need == "needed":
            made: object = use.formula
            if doubtful or use.formula.type.optional:
                made = compile_formula(use.formula.text, doubting(self.scope, doubtful), sure=known.sure)
            if isinstance(made, Formula) and made.type.optional:
                self._add(use, doubtful)
        elif use.need == "condition":
            untested = {name for name in doubtful - tested(use.formula.text) if not self._optional(name)}
            if untested:
                self._add(use, untested)

    def _add(self, use: Use, names: set[str]) -> None:
        what = listed(sorted(names), none=use.formula.text)
        if (use.path, what) not in self.told:
            self.told.add((use.path, what))
            self.out.add("maybe-empty", use.path, what=what)

    def _sure(self, name: str, known: Known) -> bool:
        """Whether the dotted *name* has a value: itself, or what it is a part of, or all that it comes from."""
        return all(self._known(one, known) for one in self._sources(name, known))

    def _known(self, name: str, known: Known) -> bool:
        first = name.partition(".")[0]
        return first in self.unread or self.scope.names[first].name == UNKNOWN.name or is_sure(name, known.sure)

    def _sources(self, name: str, known: Known = _NOTHING) -> set[str]:
        """The names that *name* comes from in the end; one that is known needs no others."""
        found, left, seen = set(), {name}, set()
        while left:
            one = left.pop()
            first = one.partition(".")[0]
            if first not in self.behind or self._known(one, known):
                found.add(one)
            elif first not in seen:
                seen.add(first)
                left |= self.behind[first]
        return found

    def _optional(self, name: str) -> bool:
        """Whether emptiness of *name* is declared, so that a condition on it means what it says."""
        fields = (self.fields.get(one.partition(".")[0]) for one in self._sources(name))
        return any(field is not None and may_be_empty(field) for field in fields)


def doubting(scope: Scope, names: Iterable[str]) -> Scope:
    """*scope* where the values of *names* may be empty."""
    doubted: dict[str, ValueType] = {}
    for name in names:
        first, _, part = name.partition(".")
        type_ = doubted.get(first, scope.names[first])
        if type_.name == "record" and part:
            column = part.partition(".")[0]
            columns = tuple((key, t.maybe() if key == column else t) for key, t in type_.columns)
            doubted[first] = replace(type_, columns=columns)
        else:
            doubted[first] = type_.maybe()
    return scope.having(doubted)


def tested(text: str) -> set[str]:
    """The dotted names that the formula *text* asks to be there, or has another value for."""
    return set(_tested(parse(text), False))


def _tested(node: Node, inside: bool) -> Iterator[str]:
    if isinstance(node, Path) and inside:
        yield ".".join(node.parts)
    parts = node.args if isinstance(node, Apply) else node.items if isinstance(node, Items) else ()
    parts = (node.of,) if isinstance(node, Dot) else parts
    inside = inside or (isinstance(node, Apply) and (node.function in TESTS or _compares_empty(node)))
    for part in parts:
        yield from _tested(part, inside)


def _compares_empty(node: Apply) -> bool:
    return node.function in ("=", "<>") and any(getattr(arg, "value", "") is None for arg in node.args)
