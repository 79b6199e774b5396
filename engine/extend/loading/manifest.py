"""Reads a plugin's ``plugin.yaml``: who it is, which engine it needs, which tables it owns."""

from __future__ import annotations

import functools
import importlib.resources
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import jsonschema
import referencing
from jsonschema.exceptions import ValidationError

from engine.definition.yaml.source import Mapping, Node, Sequence, data_of, read
from engine.errors import Problem
from engine.i18n import Text

#: The version of ``engine.extend``; it grows when a plugin would have to change.
API: Final = 1


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a plugin says about itself; ``takes`` are types of other plugins that its actions take or give."""

    name: str
    version: str
    title: Text
    summary: Text
    tables: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    maintainers: tuple[str, ...] = ()


def load_manifest(path: Path) -> tuple[Manifest | None, tuple[Problem, ...]]:
    """The manifest in *path*, or every fault in it."""
    return read_manifest(path.read_text(encoding="utf-8"), str(path))


def read_manifest(text: str, file: str) -> tuple[Manifest | None, tuple[Problem, ...]]:
    """The manifest that *text* holds, or every fault in it; *file* is for the faults' places."""
    node, problems = read(text, file)
    if node is None or problems:
        return None, problems
    faults = sorted(_validator().iter_errors(data_of(node)), key=lambda e: [str(p) for p in e.absolute_path])
    if faults:
        return None, tuple(dict.fromkeys(_problem(fault, node) for fault in faults))
    data = data_of(node)
    if not _runs_here(data["engine"]):
        return None, (_wrong_engine(data["engine"], node),)
    return _manifest(data), ()


def _manifest(data: dict[str, Any]) -> Manifest:
    return Manifest(
        name=data["name"],
        version=data["version"],
        title=Text(**data["title"]),
        summary=Text(**data["summary"]),
        tables=tuple(data.get("tables", ())),
        takes=tuple(data.get("takes", ())),
        maintainers=tuple(data.get("maintainers", ())),
    )


@functools.cache
def _validator() -> jsonschema.Draft202012Validator:
    source = importlib.resources.files("engine.extend.loading") / "plugin.schema.json"
    schema = json.loads(source.read_text(encoding="utf-8"))
    return jsonschema.Draft202012Validator(schema, registry=referencing.Registry())


def _runs_here(wanted: str) -> bool:
    low, high = wanted.split(",")
    return int(low.removeprefix(">=")) <= API < int(high.removeprefix("<"))


def _wrong_engine(wanted: str, node: Node) -> Problem:
    message = Text(
        f"此插件要求扩展接口{wanted}，本引擎是{API}", f"it needs extension interface {wanted}, this engine has {API}"
    )
    hint = Text("换用与本引擎相配的插件版本", "install the version of the plugin for this engine")
    return _placed(Problem("plugin-engine", message, hint), node, ["engine"])


_KINDS: Final = {"object": Text("映射", "mapping"), "array": Text("列表", "list"), "string": Text("文字", "text")}
_MESSAGES: Final = {
    "required": Text("缺少“{what}”", "{what!r} is missing"),
    "additionalProperties": Text("这里不认识“{what}”", "{what!r} is not known here"),
    "type": Text("“{path}”要写成{what[0]}", "{path!r} has to be a {what[1]}"),
    "pattern": Text("“{path}”的写法不对，要符合{what}", "{path!r} has to match {what}"),
}


def _problem(fault: ValidationError, root: Node) -> Problem:
    path = [str(part) for part in fault.absolute_path]
    value: Any = fault.validator_value
    instance: Any = fault.instance
    what = value
    if fault.validator == "required":
        what = _missing(fault)
    elif fault.validator == "additionalProperties":
        schema: Any = fault.schema
        what = next(key for key in instance if key not in schema["properties"])
        path = [*path, what]
    elif fault.validator == "type":
        what = _KINDS[value]
    words = _MESSAGES[str(fault.validator)]
    said = {"what": what, "path": ".".join(path)}
    message = Text(words.zh.format(**said), words.en.format(**said))
    return _placed(Problem(f"plugin-{str(fault.validator).lower()}", message), root, path)


def _missing(fault: ValidationError) -> str:
    """The key that this fault is about: the validator tells each that is missing apart only in its sentence."""
    keys: Any = fault.validator_value
    return next(str(key) for key in keys if fault.message.startswith(repr(key)))


def _placed(problem: Problem, node: Node, path: list[str]) -> Problem:
    """*problem* at the deepest node that *path* reaches."""
    place = node.place
    for part in path:
        if isinstance(node, Mapping) and (key := node.key(part)) and (value := node.get(part)):
            place, node = key.place, value
        elif isinstance(node, Sequence):
            node = node.items[int(part)]
            place = node.place
    return problem.at(place.file, place.line, place.column, ".".join(path))
