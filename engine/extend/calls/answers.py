"""What plugins answer, held to the types that their functions are declared with, whoever asks."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, Final, NamedTuple

from engine.extend.calls.faults import AnswerError, plugin_fault
from engine.extend.calls.places import written_at
from engine.i18n import Text, both, joined, listed


class Wrong(NamedTuple):
    """What was answered, what was wanted, and where inside the answer that is, in words."""

    found: str
    wanted: Text
    where: Text = both("")


#: Holds a value to a type: None where it fits.
Validator = Callable[[Any], Wrong | None]
#: Lists may be anything that is gone through once, but for what is one thing that can be gone through.
_ONE_THING: Final = (str, bytes, Mapping)
_IN_A_LIST: Final = Text("列表里的", "in a list")


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


def validating(plugin: str, what: str, wanted: Any, function: Callable[..., Any]) -> Callable[[Any], Any]:
    """Hands on what the plugin's *function* answers, as a list where one is *wanted*. Raises AnswerError."""
    look, many = validator(wanted), typing.get_origin(wanted) is Sequence

    def validated(answer: Any) -> Any:
        wrong = look(answer)
        if wrong is not None:
            zh = f"{what}答的是{wrong.where.zh}{wrong.found}，应为{wrong.wanted.zh}"
            en = f"{what} answered {f'{wrong.found} {wrong.where.en}'.rstrip()}, not {wrong.wanted.en}"
            raise plugin_fault(AnswerError, plugin, zh, en, written_at(function))
        return list(answer) if many else answer

    return validated


@cache
def validator(hint: Any) -> Validator:
    """What holds values to the type *hint*, as far as a glance tells: what lists and dataclasses hold, too."""
    origin, arms = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return _one_of([validator(arm) for arm in arms])
    if origin is typing.Literal:
        options = listed(map(str, arms))
        wanted = Text(f"{options.zh}之一", f"one of {options.en}")
        return lambda value: None if value in arms else Wrong(repr(value), wanted)
    if origin is Sequence or (origin is tuple and arms[1:] == (...,)):
        return _list_of(arms[0])
    kind = _class_of(hint)
    if kind is object:
        return _anything
    if _has_fields(kind):
        return _with_fields(kind)
    return lambda value: None if isinstance(value, kind) else Wrong(_name(type(value)), both(_name(kind)))


def _class_of(hint: Any) -> type:
    """The class whose instances *hint* is about; object where it says nothing of that."""
    kind = typing.get_origin(hint) or hint
    return kind if isinstance(kind, type) and kind not in (Any, type, Callable) else object


def _has_fields(kind: type) -> bool:
    return dataclasses.is_dataclass(kind) or hasattr(kind, "_fields")


def _classes(hint: Any) -> tuple[type, ...]:
    """The classes of which each instance fits *hint*; none where more than the class has to be looked at."""
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        arms = [_classes(arm) for arm in typing.get_args(hint)]
        return tuple(kind for arm in arms for kind in arm) if all(arms) else ()
    if origin in (typing.Literal, Sequence, tuple):
        return ()
    kind = _class_of(hint)
    return () if _has_fields(kind) else (kind,)


def _anything(_: Any) -> Wrong | None:
    return None


def _one_of(validators: Sequence[Validator]) -> Validator:
    def look(value: Any) -> Wrong | None:
        wrongs = [wrong for one in validators if (wrong := one(value)) is not None]
        if len(wrongs) < len(validators):
            return None
        deep = next((wrong for wrong in wrongs if wrong.where.zh), None)
        return deep or Wrong(_name(type(value)), joined(dict.fromkeys(wrong.wanted for wrong in wrongs), " | ", " | "))

    return look


def _list_of(member: Any) -> Validator:
    inside, name = validator(member), _name(member)

    def look(value: Any) -> Wrong | None:
        if isinstance(value, _ONE_THING) or not isinstance(value, Iterable):
            return Wrong(_name(type(value)), Text(f"{name}的列表", f"a list of {name}"))
        for one in value:
            if (wrong := inside(one)) is not None:
                return wrong._replace(where=wrong.where if wrong.where.zh else _IN_A_LIST)
        return None

    return look


def _with_fields(kind: Any) -> Validator:
    """A dataclass or named tuple, and what its fields hold: a page of names has hundreds, so most by their class."""
    plain: list[tuple[str, tuple[type, ...]]] = []
    others: list[tuple[str, Validator]] = []

    def read() -> None:  # at the first value: a class may name itself
        for name, hint in _hints(kind).items():
            if classes := _classes(hint):
                plain.append((name, classes))
            else:
                others.append((name, validator(hint)))

    def look(value: Any) -> Wrong | None:
        if not isinstance(value, kind):
            return Wrong(_name(type(value)), both(_name(kind)))
        if not plain and not others:
            read()
        for name, classes in plain:
            if not isinstance(getattr(value, name), classes):
                return misfit(name, validator(_hints(kind)[name])(getattr(value, name)))
        for name, one in others:
            if (wrong := one(getattr(value, name))) is not None:
                return misfit(name, wrong)
        return None

    def misfit(name: str, wrong: Wrong | None) -> Wrong | None:
        there = Text(f"{kind.__name__}.{name}里的", f"as {kind.__name__}.{name}")
        return wrong and wrong._replace(where=wrong.where if wrong.where.zh else there)

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
