"""The model of a process: immutable values that the parser makes and the runtime reads.

Every step has outcomes, every outcome is an exit, and only an exit holds a target. A list of steps is a tuple;
ids are unique in a process, so ``Process.index`` finds a step and its place in one look.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from engine.cached import cached_property
from engine.definition.expression import Formula
from engine.definition.values.durations import Duration
from engine.definition.values.kinds.table import kind_of
from engine.definition.values.types import ValueType
from engine.i18n import Text


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in a file; line and column count from 1, 0 means unknown."""

    file: str = ""
    line: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True)
class Value:
    """A constant (already in its stored form) or a formula, where both may stand."""

    constant: Any = None
    formula: Formula | None = None


#: A condition, and whether it turned out to hold.
Condition = tuple[Formula, bool]
#: Whether an empty value may stand there: it may not; it may; the formula is a condition, for which it is no.
Need = Literal["needed", "maybe", "condition"]


@dataclass(frozen=True, slots=True)
class Use:
    """A formula at a key path, whether it may be empty there, and the conditions that lead to it."""

    path: str
    formula: Formula
    need: Need
    given: tuple[Condition, ...] = ()


TargetKind = Literal["next", "stay", "drop", "end", "back"]


@dataclass(frozen=True, slots=True)
class Target:
    """Where an exit leads: ``next``, ``stay``, ``drop``, ``end NAME`` or ``back STEP``."""

    kind: TargetKind
    name: str = ""


@dataclass(frozen=True, slots=True)
class Who:
    """One audience: ``role R of U``, ``person E``, ``anyone of U``, ``rota R of U on D``, ``plugin.resolver(…)``.

    ``unit`` None means the unit the case was started from. ``args`` are a resolver's named arguments.
    """

    kind: Literal["applicant", "anyone", "person", "role", "rota", "resolver"]
    name: str = ""
    unit: Formula | None = None
    person: Formula | None = None
    on: Formula | None = None
    args: tuple[tuple[str, Value], ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class WhoRule:
    """Alternatives in order; the first whose condition holds (None = else) names the audiences."""

    cases: tuple[tuple[Formula | None, tuple[Who, ...]], ...]


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung of the ``late`` ladder: escalate to somebody, or take an outcome; ``after`` the rung before."""

    escalate: WhoRule | None = None
    outcome: str = ""
    after: Duration | None = None


@dataclass(frozen=True, slots=True)
class Reminder:
    """A reminder at a share of the time (``50%`` = 0.5) or a duration before the deadline."""

    share: float | None = None
    before: Duration | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline: ``within`` a duration or ``by`` a moment; ``before`` is a moment that makes it urgent.

    ``lapse`` names the outcome that is taken once ``before`` has come, "" for none.
    """

    within: Value | None = None
    by: Formula | None = None
    before: Formula | None = None
    lapse: str = ""
    remind: tuple[Reminder, ...] = ()
    late: tuple[Rung, ...] = ()
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class By:
    """Who may take an exit: those asked, the clock, a WHO, or a message."""

    kind: Literal["asked", "clock", "who", "message"] = "asked"
    who: WhoRule | None = None
    message: str = ""
    match: tuple[tuple[str, Value], ...] = ()


Opinion = Literal["must", "may", "none"]
Undo = Literal["all", "this", "none", ""]
Again = Literal["replay", "changed", "resume"]
AtForm = Literal["correct", ""]


@dataclass(frozen=True, slots=True)
class Exit:
    """One outcome of a step and what follows from it.

    ``undo`` "" means the kind's own default. ``fill`` may be filled when this exit is taken, ``must`` has to be.
    ``steps`` are small steps that run before the target. ``at_most`` counts within the list that holds X. ``at_form``
    lets people correct a form that an action refuses in the very command that sends it; then nothing happened.
    """

    name: str
    then: Target
    title: Text
    by: By = By()
    fill: tuple[str, ...] = ()
    must: tuple[str, ...] = ()
    opinion: Opinion = "may"
    reasons: tuple[str, ...] = ()
    set: tuple[tuple[str, Value], ...] = ()
    tell: WhoRule | None = None
    undo: Undo = ""
    steps: tuple[Step, ...] = ()
    again: Again = "replay"
    at_most: int | None = None
    exhausted: str = ""
    at_form: AtForm = ""
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class Branch:
    """A list of steps inside a step: the body of a stage, a branch of ``choose`` (with its condition; None = else) or
    of ``parallel`` (with its name).
    """

    steps: tuple[Step, ...]
    name: str = ""
    if_: Formula | None = None


#: How the lists inside a step are gone through; "unknown" is a kind that no case can run yet.
Inside = Literal["unknown", "nothing", "in_order", "one_of", "side_by_side"]

#: What formulas may ask of a step once it is left: nothing, how it went, or also who decided and for whom.
Leaves = Literal["nothing", "outcome", "people"]


@dataclass(frozen=True, slots=True)
class Step:
    """What every kind of step has: an id, a title, a condition, a deadline, its outcomes by name.

    ``open`` names what an overlay may do here: ``replace_who``, ``remove``, ``loosen``. A kind (``definition.kinds``)
    says what it has besides; whoever asks for what a kind does not have is told nothing.
    """

    #: The key that makes a step of this kind.
    kind: ClassVar[str] = ""
    inside: ClassVar[Inside] = "unknown"
    #: Whether it comes to an outcome without anybody who takes it.
    by_itself: ClassVar[bool] = False
    #: The outcomes that it comes to by itself, where the kind and not an action says them.
    comes_to: ClassVar[tuple[str, ...]] = ()
    #: Whether it is done as soon as it is come to, so that a case rests in it only where it failed.
    at_once: ClassVar[bool] = False
    #: Whether a return may keep what it came to.
    kept: ClassVar[bool] = False
    #: Whether somebody is waited for, so that a deadline can pass.
    may_be_late: ClassVar[bool] = True
    leaves: ClassVar[Leaves] = "outcome"

    id: str
    title: Text
    outcomes: tuple[Exit, ...] = ()
    if_: Formula | None = None
    due: Due | None = None
    open: frozenset[str] = frozenset()
    place: Place = Place()

    def exit(self, name: str) -> Exit | None:
        """The exit called *name*, or None."""
        return next((e for e in self.outcomes if e.name == name), None)

    @property
    def lists(self) -> tuple[Branch, ...]:
        """The lists of steps inside, in the order of the file; the small steps of exits are not among them."""
        return ()

    def formulas(self, path: str) -> Iterator[Use]:  # noqa: ARG002 - a kind that has some names their places
        """The formulas of what only this kind has, read when the step starts; *path* is the step's key path."""
        return iter(())

    @property
    def who(self) -> WhoRule | None:
        """Whom it asks; None where it asks nobody."""
        return None

    @property
    def sign(self) -> Literal["any", "all"]:
        """How many of those asked have to answer."""
        return "any"

    @property
    def not_(self) -> tuple[str | Formula, ...]:
        """Whom it keeps away: step ids, ``start``, and formulas of persons."""
        return ()

    @property
    def show(self) -> tuple[str, ...]:
        """The fields that those asked look at."""
        return ()

    @property
    def fill(self) -> tuple[str, ...]:
        """The fields that those asked fill."""
        return ()

    @property
    def stops_clock(self) -> bool:
        """Whether outer deadlines stand still while it is open."""
        return False

    @property
    def bulk(self) -> str:
        """The outcome that may be given to many at once, "" for none."""
        return ""

    @property
    def action(self) -> str:
        """The action that it runs, "" for none."""
        return ""

    @property
    def with_(self) -> tuple[tuple[str, Value], ...]:
        """The inputs of its action."""
        return ()

    @property
    def needed(self) -> int:
        """How many of its lists have to count."""
        return len(self.lists)

    @property
    def needs_all(self) -> bool:
        """Whether each of its lists has to count."""
        return True

    @property
    def cuts(self) -> bool:
        """Whether its lists that count cut the others off, once they are enough."""
        return False


@dataclass(frozen=True, slots=True)
class Among:
    """What a field offers, and all that it takes: the persons of a WHO, or whatever a condition over ``row`` fits."""

    who: WhoRule | None = None
    row: Formula | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """A variable of a case. ``options`` are a choice's; ``min``/``max`` are stored values; ``of`` a case's process.

    ``when`` makes a variant, ``see`` limits who reads it (party names), ``value`` derives it.
    """

    name: str
    type: ValueType
    title: Text
    optional: bool = False
    default: Value | None = None
    min: Any = None
    max: Any = None
    options: tuple[str, ...] = ()
    when: Formula | None = None
    see: tuple[str, ...] = ()
    sensitive: bool = False
    value: Formula | None = None
    group: str = ""
    key: str = ""
    columns: tuple[Field, ...] = ()
    among: Among | None = None
    place: Place = Place()

    @property
    def points(self) -> bool:
        """Whether it names a unit, a person or a plugin's record, itself or in a column."""
        return kind_of(self.type).points or any(column.points for column in self.columns)

    @property
    def masked(self) -> bool:
        """Whether what stands in it is masked wherever it is read; some kinds always are."""
        return self.sensitive or kind_of(self.type).masked or any(column.masked for column in self.columns)


@dataclass(frozen=True, slots=True)
class Party:
    """A unit (``unit`` formula) or several (``units``) that the case belongs to."""

    name: str
    title: Text
    unit: Formula
    many: bool = False


@dataclass(frozen=True, slots=True)
class Start:
    """How a case begins: who may, for whom, which fields, and a condition on the day."""

    who: WhoRule | None = None
    for_applicant: bool = False
    fill: tuple[str, ...] = ()
    set: tuple[tuple[str, Value], ...] = ()
    if_: Formula | None = None
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class End:
    """A way for the case to end; ``counts`` are parties that count it, ``undo`` releases what is held."""

    name: str
    title: Text
    undo: Literal["all", "none"] = "none"
    tell: WhoRule | None = None
    counts: tuple[str, ...] = ()
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class Example:
    """A case in a few words that must hold: given fields, acts, expected end and visited steps."""

    given: dict[str, Any]
    returns: dict[str, Any]
    acts: tuple[Any, ...]
    expect: dict[str, Any]
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a step stands: its owner (a step id, "" = the process), the key of the list in it, and its position.

    Keys: ``""`` for a stage or the process, a branch's name or number, ``>NAME`` for the small steps of exit NAME.
    """

    owner: str
    key: str
    position: int


@dataclass(frozen=True)
class Process:
    """A whole process, parsed and checked.

    ``hash`` names its content; ``reads`` are the dotted names that any formula or audience of it reads
    (``hold.id``, ``take.who``), so that the state keeps only outputs that somebody needs. ``index`` maps each
    step id to its step and spot. ``document`` is the effective canonical document that ``hash`` is over.
    """

    name: str
    title: Text
    uses: tuple[str, ...]
    subject: tuple[str, ...]
    settings: tuple[Field, ...]
    parties: tuple[Party, ...]
    fields: tuple[Field, ...]
    start: Start
    steps: tuple[Step, ...]
    ends: tuple[End, ...]
    due: Due | None = None
    examples: tuple[Example, ...] = ()
    hash: str = ""
    extends: str = ""
    reads: frozenset[str] = frozenset()
    index: dict[str, tuple[Step, Spot]] = field(default_factory=dict)
    document: dict[str, Any] = field(default_factory=dict)
    file: str = ""

    @cached_property
    def named(self) -> dict[str, Field]:
        """The fields by name."""
        return {f.name: f for f in self.fields}

    @cached_property
    def variants(self) -> tuple[Field, ...]:
        """The fields that are asked only under a condition."""
        return tuple(f for f in self.fields if f.when is not None)

    @cached_property
    def derived(self) -> tuple[Field, ...]:
        """The fields that nobody fills."""
        return tuple(f for f in self.fields if f.value is not None)

    @cached_property
    def pointers(self) -> tuple[Field, ...]:
        """The fields that name somebody or something, themselves or in a column."""
        return tuple(field for field in self.fields if field.points)

    def field_named(self, name: str) -> Field | None:
        """The field called *name*, or None."""
        return self.named.get(name)

    def end_named(self, name: str) -> End | None:
        """The end called *name*, or None."""
        return next((e for e in self.ends if e.name == name), None)

    def steps_of(self, owner: str, key: str) -> tuple[Step, ...]:
        """The list of steps that stands at *owner* and *key*, as a ``Spot`` names it."""
        if not owner:
            return self.steps
        step = self.index[owner][0]
        if key.startswith(">"):
            taken = step.exit(key[1:])
            return taken.steps if taken else ()
        return next((branch.steps for branch in step.lists if branch.name == key), ())
