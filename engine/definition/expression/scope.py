"""What a formula may name: values with their types, attributes of types, functions, options of choices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from engine.definition.catalogue import Catalogue, FunctionSpec
from engine.definition.district.roles import ANY_ROLE, RoleTable
from engine.definition.values.kinds.table import BUILT_IN, WORDS
from engine.definition.values.types import DATE, DATETIME, ValueType

#: The type of ``empty``; and of what was already reported, so that one fault is not told twice.
EMPTY: Final = ValueType("empty", optional=True)
UNKNOWN: Final = ValueType("unknown")


@dataclass(frozen=True)
class Scope:
    """Names (dotted ones too, as ``hold.id`` or ``settings.answer_in``) with their types.

    ``types`` are plugin types' attributes; ``options`` the constants that a name (``kind``, ``t.kind``,
    ``lender_ok.outcome``) may equal, ``lengths`` the kinds of lengths of time that bounds hold a name to. ``today`` and
    ``now`` are always there.
    """

    names: Mapping[str, ValueType] = field(default_factory=dict)
    types: Mapping[str, Mapping[str, ValueType]] = field(default_factory=dict)
    functions: Mapping[str, FunctionSpec] = field(default_factory=dict)
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    roles: RoleTable = ANY_ROLE
    lengths: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", {"today": DATE, "now": DATETIME, **self.names})

    @classmethod
    def of(cls, catalogue: Catalogue, names: Mapping[str, ValueType]) -> Scope:
        """A scope with all that the plugins bring."""
        types = {name: dict(spec.attributes) for name, spec in catalogue.types.items()}
        return cls(names, types, catalogue.functions, roles=catalogue.roles)

    def having(self, names: Mapping[str, ValueType], options: Mapping[str, tuple[str, ...]] | None = None) -> Scope:
        """The same scope with more names and options."""
        return replace(self, names={**self.names, **names}, options={**self.options, **(options or {})})

    def attributes(self, type_name: str) -> Mapping[str, ValueType]:
        """The attributes that values of a type have; none for most."""
        kind = BUILT_IN.get(type_name)
        return self.types.get(type_name, {}) if kind is None else kind.attributes


def fits(actual: ValueType, wanted: str) -> bool:
    """Whether a value of type *actual* may stand where the type named *wanted* is expected.

    Emptiness is not judged here. An integer is a decimal, every kind of word is a text.
    """
    if actual.name in (wanted, EMPTY.name, UNKNOWN.name):
        return True
    if wanted == "decimal":
        return actual.name == "integer"
    if wanted in WORDS:
        return actual.name in WORDS
    return wanted == "calendar" and actual.name == "text"
