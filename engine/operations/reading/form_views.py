"""The frozen values of a form that doors show: its fields, and what each of them offers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from engine.definition.values.kinds.table import kind_of
from engine.definition.values.types import ValueKind, ValueType
from engine.i18n import Text


class Option(NamedTuple):
    """One of what a field offers: the value to store, the words to choose it by."""

    id: str
    words: Text


@dataclass(frozen=True, slots=True)
class FormField:
    """A field to fill: ``type`` is its name and ``kind`` what a plugin says of it, ``value`` is the stored value,
    ``options`` (stored, words).

    ``for_presses`` are the only presses of a page that take it, none where every one does; ``needed_by`` those that
    need it though it may stay empty otherwise. Where ``more`` is offered than stands in ``options`` one types to find;
    ``called`` says what stands there now, in the rows of a table too. ``when`` says in words when the field is asked,
    if what is filled in beside it decides that, and ``rule`` says it to a script, where it can.
    """

    name: str
    title: Text
    type: str
    value: Any = None
    required: bool = True
    options: tuple[Option, ...] = ()
    min: Any = None
    max: Any = None
    group: str = ""
    hint: Text | None = None
    columns: tuple[FormField, ...] = ()
    key: str = ""
    when: Text | None = None
    rule: Mapping[str, Any] | None = None
    more: bool = False
    called: tuple[Option, ...] = ()
    for_presses: tuple[Text, ...] = ()
    needed_by: tuple[Text, ...] = ()
    kind: ValueKind | None = field(default=None, compare=False, repr=False)

    @property
    def points(self) -> bool:
        """Whether its value is chosen from what the district has."""
        return self.row.points

    @property
    def row(self) -> ValueKind:
        """What there is to say of values of its type."""
        return self.kind or kind_of(ValueType(self.type))
