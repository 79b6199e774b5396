"""``docs/journal.md``: every shape with its keys in words, for whoever reads a row of a journal years from now.

``make journal`` writes it. ``fingerprint`` is the same without the words: what a version of the shapes stands for.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, NamedTuple, NotRequired, Union, get_args, get_origin, get_type_hints

from engine.runtime.shapes import parts, rows, tree
from engine.runtime.shapes.events import Event
from tools.writing import write

PAGE: Final = Path("docs/journal.md")
_PLAIN: Final = {str: "text", int: "whole number", bool: "`true` or `false`", Any: "JSON"}
_MADE: Final = {str: "text", int: 4, bool: True, Any: "没有回应"}
#: What stands under a key in an example, where its type does not say it.
_SAMPLES: Final = {
    "n": 4, "s": "lender_ok", "x": "agree", "by": "zhang", "for": "", "to": "li", "at": 1_781_053_200_000_000,
    "from": 1_781_049_600_000_000, "audience": "role:head@lender", "holder": "", "step": "hold", "unit": "library",
    "do": "quota.hold", "undo": "quota.release", "result": "held", "how": "undone", "waits": "quota", "end": "done",
    "why": "changed", "key": "lender_ok.refuse", "party": "lender", "what": "lender_ok.agree", "i": 0, "v": 1,
    "eng": "0.1.0", "mode": "changed", "item": "hold", "seq": 2, "of": 3, "times": 1, "known": 3, "serial": 5,
    "was": 1_781_049_600_000_000, "hash": "9f3c…", "def": "9f3c…", "chosen": "5b1d…", "digest": "c07a…",
    "d": "1f0e2d3c4b5a6978", "process": "loan",
}  # fmt: skip


class Key(NamedTuple):
    """A key of a shape: its name, its type, whether it is always there, and what it means."""

    name: str
    of: Any
    always: bool
    words: str


def keys_of(shape: type) -> list[Key]:
    """The keys of *shape* in the order in which it names them, the kind of an event or node first."""
    found = [_key(name, hint) for name, hint in get_type_hints(shape, include_extras=True).items()]
    if not getattr(shape, "__total__", True):
        found = [key._replace(always=False) for key in found]
    return sorted(found, key=lambda key: key.name not in ("e", "k"))


def _key(name: str, hint: Any) -> Key:
    always = get_origin(hint) is not NotRequired
    hint = hint if always else get_args(hint)[0]
    words = hint.__metadata__[-1] if get_origin(hint) is Annotated else ""
    return Key(name, _bare(hint), always, words)


def _bare(hint: Any) -> Any:
    """*hint* without words, and as what it is stored where it is a type of its own."""
    if stored := getattr(hint, "__supertype__", None):
        return _bare(stored)
    return _bare(get_args(hint)[0]) if get_origin(hint) is Annotated else hint


def _is_shape(of: Any) -> bool:
    return of not in _PLAIN and isinstance(of, type)


def said(of: Any) -> str:
    """A type in words, the same in every version of Python."""
    of, parts_ = _bare(of), get_args(_bare(of))
    if of in (tree.Node, Event):
        return "node" if of is tree.Node else "event"
    match get_origin(of):
        case origin if origin is list:
            return f"list of {said(parts_[0])}"
        case origin if origin is tuple:
            return f"`[{', '.join(said(part) for part in parts_)}]`"
        case origin if origin is dict:
            return f"{said(parts_[1])}, by key"
        case origin if origin is Literal:
            return " or ".join(f"`{value}`" for value in parts_)
        case origin if origin in (Union, UnionType):
            return " or ".join("null" if part is NoneType else said(part) for part in parts_)
    return f"[{of.__name__}](#{of.__name__.lower()})" if _is_shape(of) else _PLAIN[of]


def example(of: Any, key: str = "") -> Any:
    """Something of this type, always the same."""
    of, parts_ = _bare(of), get_args(_bare(of))
    origin = get_origin(of)
    if origin is Literal:
        return parts_[0]
    if of in (str, int) and isinstance(_SAMPLES.get(key), of):
        return _SAMPLES[key]
    if origin in (Union, UnionType):
        return example(tree.WaitNode if of is tree.Node else rows.Ran if of is rows.Run else parts_[0], key)
    if origin is list:
        return [example(parts_[0], key)]
    if origin is tuple:
        return [0, ""]
    if origin is dict:
        return {}
    if _is_shape(of):
        made = {one.name: example(one.of, one.name) for one in keys_of(of) if one.always}
        return list(made.values()) if issubclass(of, tuple) else made
    return _MADE[of]


def fingerprint(shapes: tuple[type, ...]) -> str:
    """Every key of *shapes* with its type, a line each."""
    lines = [
        f"{shape.__name__}.{key.name}{'' if key.always else '?'}: {said(key.of)}"
        for shape in shapes
        for key in keys_of(shape)
    ]
    return "\n".join(lines) + "\n"


#: The shapes that are a state's, and those that are in a row beside them.
OF_STATE: Final[tuple[type, ...]] = (
    tree.State, tree.Begun, tree.Frame, *get_args(tree.Node), parts.Clock, parts.Seat, parts.Owed, parts.Kept,
    parts.Record, parts.Bad, parts.Handing, parts.Then,
)  # fmt: skip
OF_ROW: Final[tuple[type, ...]] = (rows.Body, *get_args(rows.Run), rows.Form)
EVENTS: Final[tuple[type, ...]] = get_args(Event)


def kind_of(shape: type) -> str:
    """What an event or a node calls its kind; "" for other shapes."""
    of = next((key.of for key in keys_of(shape) if key.name in ("e", "k")), None)
    return "" if of is None else str(get_args(of)[0])


def _section(shape: type) -> Iterator[str]:
    kind = kind_of(shape)
    yield f"### {shape.__name__}" + (f": `{kind}`" if kind else "")
    yield ""
    yield " ".join((shape.__doc__ or "").split())
    yield ""
    yield "| key | what it holds | what it means |"
    yield "| --- | --- | --- |"
    for key in keys_of(shape):
        name = f"`{key.name}`" if key.always else f"`{key.name}`, not always"
        yield f"| {name} | {said(key.of)} | {key.words or 'its kind'} |"
    yield ""
    yield f"    {json.dumps(example(shape), ensure_ascii=False)}"
    yield ""


_HEAD: Final = """\
# What a journal says

Printed by `make journal` from `engine/runtime/shapes`; a test compares them. Whoever reads a row of a journal years
from now finds here what each key means. Below each table stands the least that such a thing may be.

Each command on a case is one row of the table `journal`, and nothing ever changes a row. `stream` is the case, `seq`
the number of the command, `at` when, `actor` who, `command` what was pressed. `body` is the JSON that is described
here. What people typed is not in it: it lies in `case_data`, so that it can be erased. Replaying the events of all rows
in order gives the state of the case, which `cases.state` holds as well, without the form.

A row says under `v` which version of these shapes it has: this page tells of version {body}. A state says it too:
version {state}. What is older is raised as it is read (`engine/store/upcast.py`); it is never rewritten.
"""


def page() -> str:
    """The whole page."""
    groups = (("The row", OF_ROW), ("The events", EVENTS), ("The state", OF_STATE))
    lines = [_HEAD.format(body=rows.VERSION, state=tree.VERSION)]
    for title, shapes in groups:
        lines += [f"## {title}", "", *(line for shape in shapes for line in _section(shape))]
    return "\n".join(lines)


if __name__ == "__main__":
    write(PAGE, page())
