"""What the histories have to hold together: every kind, key and word of the shapes of what is stored, every command."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin

from engine.runtime.shapes import tree
from engine.runtime.state import nodes
from engine.store import upcast
from engine.store.schema.tables import metadata
from tests.histories import rows
from tests.replaying import COMMANDS
from tools.journal import EVENTS, OF_ROW, OF_STATE, keys_of, kind_of

_keys: Final = cache(keys_of)
_SHAPES: Final = (*OF_ROW, *EVENTS, *OF_STATE)
#: Keys and words that live in the program alone: what people typed lies beside the row, and no new case is stored.
_NOT_STORED: Final = {"Filled.values", "TakenBack.data", "State.data", "State.st=new"}
#: What decide asks, as the rows record it.
_QUESTIONS: Final = ("held", "record", "resolve", "attr", "rota", "may", "principal")


def missing(folders: Sequence[Path]) -> list[str]:
    """What no history in *folders* holds of what it has to."""
    return sorted(_wanted() - {one for folder in folders for one in _held(folder)})


def _wanted() -> set[str]:
    keys = {said for shape in _SHAPES for key in _keys(shape) for said in _of_key(shape, key.name, key.of)}
    kept = {f"an open {kind_of(node)}" for node in get_args(tree.Node)}
    asked = {f"the question {name}" for name in _QUESTIONS}
    tables = {f"a row of {name}" for name in metadata.tables}
    commands = {f"the command {name}" for name in COMMANDS}
    return (keys | kept | asked | tables | commands | {"a form that was erased"}) - _NOT_STORED


def _of_key(shape: type, name: str, of: Any) -> Iterator[str]:
    yield f"{shape.__name__}.{name}"
    if get_origin(of) is Literal:
        yield from (f"{shape.__name__}.{name}={word}" for word in get_args(of))


def _held(folder: Path) -> Iterator[str]:
    yield from (f"a row of {name}" for name in metadata.tables if rows.read(folder, name))
    yield from ("a form that was erased" for row in rows.read(folder, "case_data") if row["data"] is None)
    cases = {row["id"] for row in rows.read(folder, "cases")}
    for row in rows.read(folder, "journal"):
        if row["stream"] in cases:
            yield f"the command {row['command']}"
            body = upcast.body_of(row["body"], "a row")
            yield from (f"the question {question[0]}" for question in body["read"])
            yield from _walked(OF_ROW[0], body)
    for row in rows.read(folder, "cases"):
        state = upcast.state_of(row["state"], row["number"])
        yield from _walked(tree.State, state)
        yield from (f"an open {node['k']}" for node in nodes(state["root"]) if state["st"] == "open")


def _walked(of: Any, value: Any) -> Iterator[str]:
    """The keys and words of *value*, which is of the type *of*, and of all that is in it."""
    origin, parts = get_origin(of), get_args(of)
    if origin in (list, dict):
        for one in value.values() if origin is dict else value:
            yield from _walked(parts[-1], one)
    elif origin in (Union, UnionType):
        yield from _walked(_one_of(parts, value), value)
    elif of in _SHAPES:
        held = value._asdict() if isinstance(value, tuple) else value
        for key in _keys(of):
            if key.name in held:
                yield f"{of.__name__}.{key.name}"
                if get_origin(key.of) is Literal:
                    yield f"{of.__name__}.{key.name}={held[key.name]}"
                yield from _walked(key.of, held[key.name])


def _one_of(parts: tuple[Any, ...], value: Any) -> Any:
    """Which of several shapes *value* has: by its kind, else by its keys."""
    if not isinstance(value, dict):
        return type(value)
    kind = value.get("e", value.get("k"))
    shapes = [part for part in parts if part in _SHAPES and kind in ("" if kind is None else kind_of(part), None)]
    return next(shape for shape in shapes if value.keys() <= {key.name for key in _keys(shape)})
