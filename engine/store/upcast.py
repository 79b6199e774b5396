"""Stored documents as they are read: what an older version wrote is raised step by step, and never rewritten.

Each kind of document says which version of its shape it has. A change of a shape raises the version and adds the step
from the one before to ``STEPS``. What has a version that no step knows, a kind that no shape has, or is no JSON stops
whoever reads it, and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, Literal, TypeVar

from engine.definition.language.canonical import LANGUAGE, text_of
from engine.errors import UnknownVersion
from engine.i18n import Text
from engine.runtime.shapes import rows, tree
from engine.runtime.shapes.parts import UnknownKind
from engine.runtime.shapes.rows import Body, as_body
from engine.runtime.shapes.tree import State, as_state
from engine.store.text import load

_T = TypeVar("_T")
Kind = Literal["state", "body", "process"]
#: One step: a document of one version to the next, which may change what it is given.
Step = Callable[[dict[str, Any]], dict[str, Any]]

#: The version that each kind of document has now, and the key under which it says so.
NOW: Final[Mapping[Kind, int]] = {"state": tree.VERSION, "body": rows.VERSION, "process": LANGUAGE}
KEY: Final[Mapping[Kind, str]] = {"state": "v", "body": "v", "process": "language"}
#: By kind, the step from each older version. A step from 1 stands under 1.
STEPS: Final[Mapping[Kind, Mapping[int, Step]]] = {"state": {}, "body": {}, "process": {}}
_CALLED: Final[Mapping[Kind, Text]] = {
    "state": Text("办件的状态", "the state of case"),
    "body": Text("办件流水的一行", "a row of the journal of"),
    "process": Text("已发布的流程", "the published process"),
}
_FORM: Final = Text("表单", "the form of")
_SPECS: Final = Text("和流程一起保存的插件说明", "what is kept of the plugins of process")
_LOOK: Final = Text("请用 rongtong verify 核对，再从备份恢复。",
                    "Look with `rongtong verify`, and restore it from a backup.")  # fmt: skip
#: What reading raises where a document is not of the shape that its version promises.
_SHAPELESS: Final = (AttributeError, LookupError, TypeError, ValueError)


def raised(
    kind: Kind, document: Any, place: str, *, now: Mapping[Kind, int] = NOW,
    steps: Mapping[Kind, Mapping[int, Step]] = STEPS,
) -> dict[str, Any]:
    """*document* in the newest version of its kind; *place* says in words where it lies.

    Raises ``UnknownVersion`` where it is no object, says no version, or one from which no step leads here.
    """
    found: dict[str, Any] = document if isinstance(document, dict) else {}
    version = found.get(KEY[kind])
    if type(version) is not int or version > now[kind]:
        raise _unknown(kind, version, place, now[kind])
    for one in range(version, now[kind]):
        if one not in steps[kind]:
            raise _unknown(kind, version, place, now[kind])
        found = {**steps[kind][one](found), KEY[kind]: one + 1}
    return found


def _unknown(kind: Kind, version: object, place: str, now: int) -> UnknownVersion:
    what, said = _CALLED[kind], version if type(version) is int else "?"
    newer = type(version) is int and version > now
    upgrade = Text("请先升级程序，再打开这个数据库。", "Upgrade the program before you open this database.")
    todo = upgrade if newer else _LOOK
    return UnknownVersion(
        Text(f"{what.zh}（{place}）的版本是{said}，这个程序只认识到{now}。没有改动任何内容。{todo.zh}",
             f"{what.en} {place} has version {said}; this release reads up to {now}. Nothing was changed. {todo.en}"),
        place=place,
    )  # fmt: skip


# -- what the engine reads -----------------------------------------------------------------


def state_of(text: str, place: str) -> State:
    """The stored state of the case at *place*, without its form."""
    return _shaped(_CALLED["state"], as_state, _raised_from("state", text, place), place)


def said_of(text: str, place: str) -> dict[str, Any]:
    """What the row at *place* of a case's journal says, before it is put in its shape with ``in_shape``."""
    return _raised_from("body", text, place)


def in_shape(said: dict[str, Any], place: str) -> Body:
    """*said* by the row at *place* of a case's journal, in the shape that it has here; changed in place."""
    return _shaped(_CALLED["body"], as_body, said, place)


def body_of(text: str, place: str) -> Body:
    """What the row at *place* of a case's journal says."""
    return in_shape(said_of(text, place), place)


def process_of(text: str, place: str) -> dict[str, Any]:
    """The document of a published process, without the number of its language."""
    document = _raised_from("process", text, place)
    return {key: value for key, value in document.items() if key != KEY["process"]}


def specs_of(text: str, place: str) -> Any:
    """What the published process at *place* keeps of its plugins."""
    return _shaped(_SPECS, load, text, place)


def form_of(text: str | None, place: str) -> dict[str, Any]:
    """The form of the case at *place*, by field; empty where there is none."""
    form: dict[str, Any] = _shaped(_FORM, load, text, place) or {}
    return form


def process_text(document: Mapping[str, Any]) -> str:
    """A published process as it is stored, with the number of its language."""
    return text_of({KEY["process"]: LANGUAGE, **document})


def _raised_from(kind: Kind, text: str, place: str) -> dict[str, Any]:
    return raised(kind, _shaped(_CALLED[kind], load, text, place), place)


def _shaped(what: Text, read: Callable[[Any], _T], found: Any, place: str) -> _T:
    """*found* as *read* gives it; whatever keeps that from it is the fault of what is stored."""
    try:
        return read(found)
    except UnknownKind as fault:
        why = Text(f"有这个程序不认识的“{fault}”", f"says “{fault}”, which this release does not know")
    except _SHAPELESS:
        why = Text("的内容读不出来", "cannot be read")
    raise unreadable(what, why, place)


def unreadable(what: Text, why: Text, place: str) -> UnknownVersion:
    """That *what* at *place* cannot be read, and *why*: words that follow those that name it."""
    return UnknownVersion(
        Text(f"{what.zh}（{place}）{why.zh}。没有改动任何内容。{_LOOK.zh}",
             f"{what.en} {place} {why.en}. Nothing was changed. {_LOOK.en}"),
        place=place,
    )  # fmt: skip
