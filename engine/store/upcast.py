"""Stored documents as they are read: what an older version wrote is raised step by step, and never rewritten.

Each kind of document says which version of its shape it has. A change of a shape raises the version and adds the step
from the one before to ``STEPS``. What has a version that no step knows stops whoever reads it, and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, Literal

from engine.definition.language.canonical import LANGUAGE, text_of
from engine.errors import UnknownVersion
from engine.i18n import Text
from engine.runtime.shapes import rows, tree
from engine.runtime.shapes.rows import Body, as_body
from engine.runtime.shapes.tree import State, as_state
from engine.store.text import load

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
    todo = Text("请先升级程序，再打开这个数据库。" if newer else "请用 rongtong verify 核对，再从备份恢复。",
                "Upgrade the program before you open this database." if newer else
                "Look with `rongtong verify`, and restore it from a backup.")  # fmt: skip
    return UnknownVersion(
        Text(f"{what.zh}（{place}）的版本是{said}，这个程序只认识到{now}。没有改动任何内容。{todo.zh}",
             f"{what.en} {place} has version {said}; this release reads up to {now}. Nothing was changed. {todo.en}"),
        place=place,
    )  # fmt: skip


# -- what the engine reads -----------------------------------------------------------------


def state_of(text: str, place: str) -> State:
    """The stored state of the case at *place*, without its form."""
    return as_state(raised("state", load(text), place))


def body_of(text: str, place: str) -> Body:
    """What the row at *place* of a case's journal says."""
    return as_body(raised("body", load(text), place))


def process_of(text: str, place: str) -> dict[str, Any]:
    """The document of a published process, without the number of its language."""
    document = raised("process", load(text), place)
    return {key: value for key, value in document.items() if key != KEY["process"]}


def process_text(document: Mapping[str, Any]) -> str:
    """A published process as it is stored, with the number of its language."""
    return text_of({KEY["process"]: LANGUAGE, **document})
