"""The inputs of one field: their names, and how a stored value becomes their texts and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from werkzeug.datastructures import MultiDict

from engine.definition.values.saying import yuan_text

Form = MultiDict[str, str]

#: Types that take several inputs, and the endings of their names.
_PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "datetime": ("date", "time"),
    "period": ("date", "from", "until", "to"),
}


def inputs(kind: str, name: str) -> list[str]:
    """The names of the inputs of a field of *kind*."""
    parts = _PARTS.get(kind)
    return [f"{name}.{part}" for part in parts] if parts else [name]


def split(kind: str, value: Any) -> list[str]:
    """A stored value as the texts of its inputs."""
    if value is None or value == "":
        return [""] * len(_PARTS.get(kind, ("",)))
    if kind == "datetime":
        day, _, clock = str(value).partition("T")
        return [day, clock]
    if kind == "period":
        start, _, end = str(value).partition("/")
        (first, _, opens), (last, _, closes) = start.partition("T"), end.partition("T")
        return [first, opens, closes, "" if last == first else last]
    if kind == "money":
        return [yuan_text(value)]
    if kind == "boolean":
        return ["true" if value is True else "false"]
    return [str(value)]


def join(typed: Sequence[str]) -> str | None:
    """One text as a person would type it; ``date, from, until[, last date]`` make a period."""
    if not any(typed):
        return None
    if len(typed) == len(_PARTS["period"]):
        day, opens, closes, last = typed
        return f"{day} {opens}/{last} {closes}" if last else f"{day} {opens}/{closes}"
    return " ".join(typed)
