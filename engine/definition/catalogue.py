"""What plugins bring to the language: actions, field types, functions, resolvers, as plain specifications.

They live on this floor because reading and running a process needs to know them; ``engine.extend`` re-exports
them to plugins and fills a Catalogue from what the plugins register.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from engine.definition.district.roles import ANY_ROLE, RoleTable
from engine.definition.values.kinds.narrowed import narrowed
from engine.definition.values.types import ValueKind, ValueType
from engine.i18n import Text


@dataclass(frozen=True, slots=True)
class Parameter:
    """An input of an action, function or resolver."""

    name: str
    type: ValueType
    required: bool = True
    title: Text | None = None


@dataclass(frozen=True, slots=True)
class ResultSpec:
    """One outcome of an action and the outputs that belong to it alone.

    ``refusing``: what the action wrote must vanish, and nothing is left to undo. ``told``: it says which inputs are at
    fault, so that a form can be corrected.
    """

    name: str
    title: Text
    outputs: tuple[tuple[str, ValueType], ...] = ()
    refusing: bool = False
    told: bool = False


UndoRule = Literal["nothing", "impossible"]


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """A plugin's action ``plugin.verb``: its inputs, its closed set of results, how it is undone.

    ``undo`` is another action's name, ``"nothing"`` (a notice) or ``"impossible"``. ``run`` is the Python function
    that the operations floor calls; it is opaque here, and None while the plugin is away. ``says`` tells before the
    press what it will do. ``pays`` is the input that names the person who gets something of worth. ``needs`` pairs an
    input with another without which it does nothing. One that ``reads`` writes nothing, so it may be run to see what it
    would answer.
    """

    name: str
    title: Text
    inputs: tuple[Parameter, ...]
    results: tuple[ResultSpec, ...]
    undo: str | UndoRule = "nothing"
    says: Text | None = None
    pays: str = ""
    needs: tuple[tuple[str, str], ...] = ()
    version: int = 1
    reads: bool = False
    run: Callable[..., Any] | None = None

    def result(self, name: str) -> ResultSpec | None:
        """The result called *name*, or None."""
        return next((r for r in self.results if r.name == name), None)


@dataclass(frozen=True, slots=True)
class TypeSpec:
    """A field type of a plugin. Its stored value is the id of a record, whose ``attributes`` are readable as
    ``value.name``; or with a ``base`` it is a value as the built-in type of that name stores it, and ``kind`` says what
    else there is to say of it, while the plugin is there.

    ``sample`` is a stored value that examples use when none is given.
    """

    name: str
    title: Text
    attributes: tuple[tuple[str, ValueType], ...] = ()
    sample: Any = "sample"
    base: str = ""
    kind: ValueKind | None = None

    @property
    def type(self) -> ValueType:
        """The type of the values."""
        if not self.base:
            return ValueType(self.name)
        return ValueType(self.name, kind=self.kind or narrowed(self.base, self.name, self.title))


@dataclass(frozen=True, slots=True)
class FunctionSpec:
    """A pure function for formulas: the same arguments always give the same answer.

    ``call`` is None only where a published process outlived its plugin.
    """

    name: str
    parameters: tuple[ValueType, ...]
    returns: ValueType
    call: Callable[..., Any] | None


@dataclass(frozen=True, slots=True)
class ResolverSpec:
    """A people resolver ``plugin.name(…)``; it answers audience keys."""

    name: str
    parameters: tuple[Parameter, ...]
    title: Text


@dataclass(frozen=True)
class Catalogue:
    """All that a process may name beyond the language itself.

    ``roles`` are those of the district that the process is read for. ``plugins`` are those that it uses, ``all`` what
    could be named if it used every plugin that is installed, ``away`` says why others that are cannot be used.
    ``owners`` are the plugins of types and functions, whose
    names need not say it.
    """

    actions: Mapping[str, ActionSpec] = field(default_factory=dict)
    types: Mapping[str, TypeSpec] = field(default_factory=dict)
    functions: Mapping[str, FunctionSpec] = field(default_factory=dict)
    resolvers: Mapping[str, ResolverSpec] = field(default_factory=dict)
    plugins: frozenset[str] = frozenset()
    all: Catalogue | None = None
    roles: RoleTable = ANY_ROLE
    owners: Mapping[str, str] = field(default_factory=dict)
    away: Mapping[str, Text] = field(default_factory=dict)

    def owner(self, name: str) -> str:
        """The plugin that brings what is called *name*."""
        return self.owners.get(name) or name.partition(".")[0]
