"""What plugins answer, held to the types that their functions are declared with, whoever asks."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, Final, NamedTuple

from engine.extend.faults import AnswerError, plugin_fault
from engine.extend.places import written_at


class Wrong(NamedTuple):
    """What was answered, what was wanted, and where inside the answer that is, in words."""

    found: str
    wanted: str
    where: str = ""


#: Holds a value to a type: None where it fits.
Judge = Callable[[Any], Wrong | None]
#: Lists may be anything that is gone through once, but for what is one thing that can be gone through.
_ONE_THING: Final = (str, bytes, Mapping)


def declared(holder: Any, field: str) -> Any:
    """What the function in *field* of a contribution answers by its annotation; Any where that says nothing."""
    return _answer_of(_hints(holder).get(field))


def _answer_of(hint: Any) -> Any:
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        found = (_answer_of(arm) for arm in typing.get_args(hint))
        return next((one for one in found if one is not Any), Any)
    if typing.get_origin(hint) is not Callable:
        return Any
    answer = typing.get_args(hint)[1]
    return Any if answer in (None, types.NoneType) else answer  # what nobody reads may be anything


def held(plugin: str, what: str, wanted: Any, function: Callable[..., Any], answer: Any) -> Any:
    """*answer* of the plugin's *function*, a list where one is *wanted*. Raises AnswerError for another type."""
    wrong = judge(wanted)(answer)
    if wrong is not None:
        found = f"{wrong.found} {wrong.where}".rstrip()
        zh, en = f"{what}答的是{found}，应为{wrong.wanted}", f"{what} answered {found}, not {wrong.wanted}"
        raise plugin_fault(AnswerError, plugin, zh, en, written_at(function))
    return list(answer) if typing.get_origin(wanted) is Sequence else answer


@cache
def judge(hint: Any) -> Judge:
    """What holds values to the type *hint*, as far as a glance tells: what lists and dataclasses hold, too."""
    origin, arms = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return _one_of([judge(arm) for arm in arms])
    if origin is typing.Literal:
        options = ", ".join(map(str, arms))
        return lambda value: None if value in arms else Wrong(repr(value), f"one of {options}")
    if origin is Sequence or (origin is tuple and arms[1:] == (...,)):
        return _list_of(arms[0])
    kind = origin or hint
    if kind is Any or not isinstance(kind, type) or kind in (type, Callable):
        return _anything
    if dataclasses.is_dataclass(kind) or hasattr(kind, "_fields"):
        return _holding(kind)
    return lambda value: None if isinstance(value, kind) else Wrong(_name(type(value)), _name(kind))


def _anything(_: Any) -> Wrong | None:
    return None


def _one_of(judges: Sequence[Judge]) -> Judge:
    def look(value: Any) -> Wrong | None:
        wrongs = [wrong for one in judges if (wrong := one(value)) is not None]
        if len(wrongs) < len(judges):
            return None
        deep = next((wrong for wrong in wrongs if wrong.where), None)
        return deep or Wrong(_name(type(value)), " | ".join(dict.fromkeys(wrong.wanted for wrong in wrongs)))

    return look


def _list_of(member: Any) -> Judge:
    inside, name = judge(member), _name(member)

    def look(value: Any) -> Wrong | None:
        if isinstance(value, _ONE_THING) or not isinstance(value, Iterable):
            return Wrong(_name(type(value)), f"a list of {name}")
        found = next((wrong for one in value if (wrong := inside(one)) is not None), None)
        return found and found._replace(where=found.where or "in a list")

    return look


def _holding(kind: Any) -> Judge:
    """A dataclass or named tuple, and what its fields hold."""
    fields: list[tuple[str, Judge]] = []

    def look(value: Any) -> Wrong | None:
        if not isinstance(value, kind):
            return Wrong(_name(type(value)), _name(kind))
        if not fields:  # read at the first value: a class may name itself
            fields.extend((name, one) for name, hint in _hints(kind).items() if (one := judge(hint)) is not _anything)
        for name, one in fields:
            wrong = one(getattr(value, name))
            if wrong is not None:
                return wrong._replace(where=wrong.where or f"as {kind.__name__}.{name}")
        return None

    return look


@cache
def _hints(kind: Any) -> Mapping[str, Any]:
    names = kind._fields if hasattr(kind, "_fields") else [field.name for field in dataclasses.fields(kind)]
    hints = typing.get_type_hints(kind)
    return {name: hints[name] for name in names}


def _name(kind: Any) -> str:
    if kind is types.NoneType or kind is None:
        return "None"
    return " | ".join(map(_name, typing.get_args(kind))) if isinstance(kind, types.UnionType) else str(
        getattr(kind, "__name__", kind)
    )
