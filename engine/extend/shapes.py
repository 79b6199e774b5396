"""Turns the annotations of a plugin's dataclasses into the language's types, and their values to and fro."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Annotated, Any

from engine.definition.catalogue import Parameter
from engine.definition.values import types as kinds
from engine.definition.values.durations import Duration
from engine.definition.values.forms import decode, encode
from engine.definition.values.kinds.table import kind_of
from engine.definition.values.moments import Period
from engine.definition.values.types import ValueType
from engine.errors import Misuse
from engine.i18n import Text


@dataclass(frozen=True, slots=True)
class Of:
    """Names the language's type of a plain Python annotation: ``Annotated[str, Of("unit")]``; or is the type itself."""

    name: str | ValueType


Money = Annotated[int, Of("money")]
PersonId = Annotated[str, Of("person")]
UnitId = Annotated[str, Of("unit")]


class Misfit(TypeError):
    """A value is none of its declared type; ``text`` says which, in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.text = Text(zh, en)


_PLAIN: dict[Any, ValueType] = {
    int: kinds.INTEGER,
    str: kinds.TEXT,
    bool: kinds.BOOLEAN,
    Decimal: kinds.DECIMAL,
    date: kinds.DATE,
    time: kinds.TIME,
    datetime: kinds.DATETIME,
    Period: kinds.PERIOD,
    Duration: kinds.DURATION,
}


@dataclass(frozen=True, slots=True)
class Member:
    """One field of a shape; ``rows`` is the shape of a table's rows."""

    name: str
    type: ValueType
    required: bool
    title: Text | None
    rows: Shape | None = None

    def decode(self, stored: Any) -> Any:
        """The live value of what is stored; a table is a tuple of row objects."""
        if stored is None:
            return None
        if self.rows is not None:
            return tuple(self.rows.decode(row) for row in stored)
        return decode(self.type, stored)

    def encode(self, live: Any) -> Any:
        """The stored form of a live value. Raises Misfit for one of another type."""
        if live is None and self.type.optional:
            return None
        if isinstance(live, str) and not _holds(live):
            raise Misfit(f"{self.name}里有数据库存不下的字符", f"{self.name} has a character that no database holds")
        if not fits(self.type, live):
            kind, found = self.type.name, type(live).__name__
            raise Misfit(f"{self.name}应为{kind}，不是{found}", f"{self.name} has to be {kind}, not {found}")
        try:
            return encode(self.type, live) if self.rows is None else [self.rows.encode(row) for row in live]
        except (Misfit, Misuse) as reason:
            raise Misfit(f"{self.name}：{reason.text.zh}", f"{self.name}: {reason.text.en}") from reason


@dataclass(frozen=True, slots=True)
class Shape:
    """A dataclass as the language sees it: typed members that can be read from and written to JSON."""

    cls: type[Any]
    members: tuple[Member, ...]
    unfilled: tuple[str, ...] = ()  # members that are None where nothing fills them

    def parameters(self) -> tuple[Parameter, ...]:
        """The members as inputs of an action."""
        return tuple(Parameter(m.name, m.type, m.required, m.title) for m in self.members)

    def columns(self) -> tuple[tuple[str, ValueType], ...]:
        """The members as outputs or as columns of a table."""
        return tuple((m.name, m.type) for m in self.members)

    def decode(self, stored: Mapping[str, Any]) -> Any:
        """An instance from stored values; what is missing takes its default, or stays empty."""
        live: dict[str, Any] = dict.fromkeys(self.unfilled)
        live |= {m.name: m.decode(stored[m.name]) for m in self.members if stored.get(m.name) is not None}
        return self.cls(**live)

    def encode(self, instance: Any) -> dict[str, Any]:
        """The stored values of an instance; what is empty is left out. Raises Misfit for what is of another type."""
        if not isinstance(instance, self.cls):
            kind, found = self.cls.__name__, type(instance).__name__
            raise Misfit(f"一行应为{kind}，不是{found}", f"a row has to be {kind}, not {found}")
        pairs = ((m.name, m.encode(getattr(instance, m.name))) for m in self.members)
        return {name: value for name, value in pairs if value is not None}


def fits(kind: ValueType, live: Any) -> bool:
    """Whether *live* is a value of *kind*, and one that JSON and a database can hold."""
    row, held = kind_of(kind), live
    if not isinstance(live, row.live):
        return False
    if isinstance(live, (bool, datetime)):  # which are instances of other live types as well
        return type(live) in row.live
    if isinstance(held, (list, tuple)) and not row.rows:
        return all(isinstance(one, str) and _holds(one) for one in held)
    return not isinstance(live, str) or _holds(live)


def _holds(text: str) -> bool:
    """Whether a database can hold *text*: no NUL, no half of a pair."""
    return "\0" not in text and text.encode(errors="ignore").decode() == text


def shape_of(cls: type[Any]) -> Shape:
    """Read the annotations of dataclass *cls*. Raises TypeError with a reason when one has no type here."""
    if not dataclasses.is_dataclass(cls):
        raise TypeError(f"{cls.__name__} is not a dataclass")
    hints = typing.get_type_hints(cls, include_extras=True)
    fields = dataclasses.fields(cls)
    members = tuple(_member(cls, field, hints[field.name]) for field in fields)
    with_default = {field.name for field in fields if _has_default(field)}
    return Shape(cls, members, tuple(m.name for m in members if not m.required and m.name not in with_default))


def _member(cls: type[Any], field: dataclasses.Field[Any], hint: Any) -> Member:
    hint, title = _title(hint)
    hint, optional = _optional(hint)
    if title is None:
        hint, title = _title(hint)
    rows = _rows(hint)
    kind = ValueType("table", columns=rows.columns()) if rows else _value_type(hint)
    if kind is None:
        raise TypeError(f"{cls.__name__}.{field.name}: no field type for {hint!r}; use Annotated[…, Of(…)]")
    required = not optional and not _has_default(field)
    return Member(field.name, kind.maybe() if optional else kind, required, title, rows)


def _has_default(field: dataclasses.Field[Any]) -> bool:
    missing = dataclasses.MISSING
    return field.default is not missing or field.default_factory is not missing


def _title(hint: Any) -> tuple[Any, Text | None]:
    """Take a ``Text`` off an ``Annotated`` hint."""
    if typing.get_origin(hint) is not Annotated:
        return hint, None
    inner, *notes = typing.get_args(hint)
    title = next((n for n in notes if isinstance(n, Text)), None)
    rest = [n for n in notes if not isinstance(n, Text)]
    for note in rest:
        inner = Annotated[inner, note]
    return inner, title


def _optional(hint: Any) -> tuple[Any, bool]:
    """``X | None`` as X and True."""
    if typing.get_origin(hint) not in (typing.Union, types.UnionType):
        return hint, False
    arms = [arm for arm in typing.get_args(hint) if arm is not types.NoneType]
    return (arms[0], True) if len(arms) == 1 else (hint, False)


def _rows(hint: Any) -> Shape | None:
    """The shape of the rows of ``list[Row]`` or ``tuple[Row, ...]``, Row being a dataclass."""
    if typing.get_origin(hint) not in (list, tuple):
        return None
    row = typing.get_args(hint)[0]
    return shape_of(row) if isinstance(row, type) and dataclasses.is_dataclass(row) else None


def _value_type(hint: Any) -> ValueType | None:
    if typing.get_origin(hint) is Annotated:
        named = next((n for n in typing.get_args(hint)[1:] if isinstance(n, Of)), None)
        if named is not None:
            return ValueType(named.name) if isinstance(named.name, str) else named.name
        return _value_type(typing.get_args(hint)[0])
    if typing.get_origin(hint) in (list, tuple) and typing.get_args(hint)[0] is str:
        return ValueType("choices")
    return _PLAIN.get(hint)
