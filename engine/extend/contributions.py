"""The values that plugins hand over through ``register_`` hooks, apart from actions, tables and what people see.

A kind says of itself, in class variables, what holds of all its values: ``called`` is the attribute with the name that
no other of its hook has (``name`` unless it says otherwise, "" for none), ``begins`` how that name begins; a call may
take its ``patience``, and where it is ``spared``, people's work goes on without it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Literal

from engine.clock import Micros
from engine.definition.catalogue import ResolverSpec, TypeSpec
from engine.definition.values.kinds.narrowed import narrowed
from engine.definition.values.types import ValueType
from engine.errors import Problem
from engine.extend.context import JobContext, Named, ReadContext, SeedContext, WriteContext
from engine.hanging import LONG_LIMIT
from engine.i18n import Text


@dataclass(frozen=True, slots=True)
class Record:
    """One thing of a plugin's type: what people call it, and its attributes in stored form."""

    id: str
    label: str
    attributes: Mapping[str, Any] = field(default_factory=dict)
    hint: Text | None = None


@dataclass(frozen=True, slots=True)
class FieldType:
    """A field type whose stored value is an id.

    ``read`` answers the records with these ids, missing ones left out; it is asked for many at once. ``find``
    answers at most *limit* records for what somebody typed ("" = any); a record whose label is typed in full is first.
    """

    called: ClassVar[str] = "spec.name"
    spec: TypeSpec
    read: Callable[[ReadContext, Sequence[str]], Sequence[Record]]
    find: Callable[[ReadContext, str, int], Sequence[Record]]

    @property
    def known(self) -> TypeSpec:
        """The spec, which says all of it."""
        return self.spec


@dataclass(frozen=True, slots=True)
class StoredType:
    """A field type with a shape of its own: stored as the built-in type ``spec.base`` is, narrowed and said otherwise.

    ``settle`` gets a value as the base stores it and answers how it is kept, or a Text that says behind the field's
    title what is wrong with it; what it settled it has to leave as it is. ``say`` answers its words, None for those of
    the base. ``form`` says how it is written, behind the title too. ``widget`` is a template of the plugin's with a
    macro ``inputs(w, described, label)`` that has one input called ``w.id``.
    """

    called: ClassVar[str] = "spec.name"
    spec: TypeSpec
    settle: Callable[[Any], Any]
    say: Callable[[Any], Text | None] | None = None
    form: Text | None = None
    widget: str = ""

    @property
    def type(self) -> ValueType:
        """The type of its values, for what the plugin itself declares."""
        return self.known.type

    @property
    def known(self) -> TypeSpec:
        """The spec with all that there is to know of its values."""
        spec = self.spec
        kind = narrowed(
            spec.base, spec.name, spec.title, form=self.form, settle=self.settle, say=self.say, widget=self.widget,
            sample=spec.sample,
        )  # fmt: skip
        return replace(spec, kind=kind)


@dataclass(frozen=True, slots=True)
class Resolver:
    """A people resolver: from its arguments (stored values by name) to audience keys."""

    called: ClassVar[str] = "spec.name"
    begins: ClassVar[str] = "{plugin}."
    spec: ResolverSpec
    resolve: Callable[[ReadContext, Mapping[str, Any]], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Setting:
    """A district's figure: its type, its default in stored form, and limits.

    ``check`` may say what else is wrong with a live value, in a sentence that tells what to do; None when nothing is.
    ``roles``: its words name roles, which have to be the district's. ``version`` is that of the plugin's settings from
    which on this one reads as it does; the highest is the version of them all. ``secret``: the installation gives it,
    no pack and no database ever holds it.
    """

    called: ClassVar[str] = ""
    name: str
    type: ValueType
    title: Text
    default: Any = None
    min: Any = None
    max: Any = None
    options: tuple[str, ...] = ()
    check: Callable[[Any], Text | None] | None = None
    roles: bool = False
    version: int = 1
    secret: bool = False


@dataclass(frozen=True, slots=True)
class ScenarioVerb:
    """A word for scenario files: in ``given`` it prepares, in ``then`` it checks.

    ``run`` answers one Problem for each thing that is not as it should be. ``keys`` are those that it may be given,
    where the engine shall refuse others; () for any.
    """

    begins: ClassVar[str] = "{plugin}."
    patience: ClassVar[Micros] = LONG_LIMIT
    name: str
    place: Literal["given", "then"]
    run: Callable[[WriteContext, Mapping[str, Any]], Sequence[Problem]]
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file in a district pack's ``data/`` that this plugin imports.

    ``seed`` gets the file as lists, mappings and strings; importing the same file again changes nothing. ``check``
    tells beforehand, without a database, what is wrong with it; ``seed`` then gets only what it found sound. The path
    of a problem of either says where: ``2.capacity``, the first row 0.
    """

    patience: ClassVar[Micros] = LONG_LIMIT
    name: str
    seed: Callable[[SeedContext, Any], Sequence[Problem]]
    check: Callable[[Named, Any], Sequence[Problem]] | None = None


@dataclass(frozen=True, slots=True)
class Invariant:
    """Something that is always true of the plugin's rows: ``check`` answers one Problem for each row that breaks it.

    ``rongtong verify`` runs it for every district.
    """

    begins: ClassVar[str] = "{plugin}."
    patience: ClassVar[Micros] = LONG_LIMIT
    name: str
    title: Text
    check: Callable[[ReadContext], Sequence[Problem]]


@dataclass(frozen=True, slots=True)
class Reaction:
    """A job that every event of kind *event* queues in its own transaction; a worker calls ``run``, perhaps twice.

    An action's end is the event ``plugin.verb.outcome``, an undo's ``plugin.verb.undone``. ``event`` "" means that
    only the plugin itself queues it, by ``ctx.emit(Job(name, …))``. ``delay`` is in microseconds. It runs inside a
    transaction that writes: what leaves the machine is for a Sender.
    """

    begins: ClassVar[str] = "{plugin}."
    name: str
    event: str
    run: Callable[[JobContext, Mapping[str, Any]], None]
    delay: Micros = 0


@dataclass(frozen=True, slots=True)
class Committed:
    """What ``on_committed`` is told: the case and the events of one command that is now on disk."""

    district: str
    case: str
    process: str
    command: str
    events: tuple[Mapping[str, Any], ...]
