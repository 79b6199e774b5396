"""Makes ``process.schema.json``, the JSON Schema of the language, from the key table: run it as a module.

Editors use it for completion and first checks; the loader knows more. It never uses ``oneOf``, whose messages say
only that nothing matched: the kind of a step chooses the branch by if/then.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from engine.definition.language.key_kinds import VALUE_KINDS, Key
from engine.definition.language.keys import CONSTRUCTS, STEP, STEP_KINDS, keys_of

PATH = Path(__file__).with_name("process.schema.json")
Schema = dict[str, Any]

_SCALAR: Schema = {"type": ["string", "number", "boolean"]}
_WORD = "[A-Za-z\u3400-\u9fff][A-Za-z0-9_\u3400-\u9fff]*"
#: The kinds that are more than a piece of text.
_VALUES: dict[str, Schema] = {
    "text": _SCALAR,
    "id": {"type": "string", "pattern": f"^{_WORD}$"},
    "boolean": {"enum": [True, False, "true", "false", "是", "否"]},
    "integer": {"type": ["integer", "string"], "pattern": "^[0-9]+$"},
    "value": {"type": ["string", "number", "boolean", "array", "object"]},
    "target": {"type": "string", "pattern": "^(next|stay|drop|end \\S+|back \\S+)$"},
    "who": {
        "type": ["string", "array"],
        "items": {"if": {"type": "object"}, "then": {"$ref": "#/$defs/who_case"}, "else": {"type": "string"}},
    },
    "by": {"$ref": "#/$defs/who"},
    "among": {"$ref": "#/$defs/who"},
    "need": {"type": ["string", "integer"]},
    "sign": {
        "if": {"type": "object"},
        "then": {"$ref": "#/$defs/sign_case"},
        "else": {"enum": ["any", "all", "in_order"]},
    },
    "fill": {"type": ["string", "array"], "items": {"type": "string"}},
    "act": {"if": {"type": "object"}, "then": {"$ref": "#/$defs/act_form"}, "else": {"type": "string"}},
    "event": {"if": {"type": "object"}, "then": {"$ref": "#/$defs/event_form"}, "else": {"type": "string"}},
    "any": {},
}
#: Constructs that stand beside a short form of their own name.
_FORMS = ("act", "event")
#: Lists of these may be written as a single value.
_OFTEN_ONE = frozenset({"name", "text", "choice", "excluded"})
_OF_OVERLAYS = ("process", "extends", "title", "uses", "fields", "ends", "examples", "edits")


def schema() -> Schema:
    """The whole schema as plain data."""
    defs = {kind: _value(kind) for kind in VALUE_KINDS if kind != "choice"}
    defs |= {name: _object(name) for name in CONSTRUCTS if name not in (*STEP_KINDS, *_FORMS, "process", "exit")}
    defs |= {f"{name}_form": _object(name) for name in _FORMS}
    vote = {"title": "表决", "description": "按票数决定", "$ref": "#/$defs/vote"}
    defs["sign_case"] = _closed({"vote": vote}, ["vote"])
    defs["exit"] = {
        **_object("exit"),
        "type": ["string", "object"],
        "pattern": _VALUES["target"]["pattern"],
        "description": "一个结果：直接写去向，或写成一组键",
    }
    defs["step"] = _step()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "/schema/process.schema.json",
        "title": "流程",
        "description": "融通流程语言的规范写法（英文键）。由 make schema 生成，不要手改。",
        **_process(),
        "$defs": dict(sorted(defs.items())),
    }


def text() -> str:
    """The schema as it stands in the file."""
    return json.dumps(schema(), ensure_ascii=False, indent=1) + "\n"


def _value(kind: str) -> Schema:
    return {"title": VALUE_KINDS[kind].zh, **_VALUES.get(kind, {"type": "string"})}


def _object(construct: str) -> Schema:
    rows = keys_of(construct)
    return _closed({name: _property(row) for name, row in rows.items()}, _required(tuple(rows.values())))


def _closed(properties: Schema, required: list[str]) -> Schema:
    made: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**made, "required": required} if required else made


def _required(rows: tuple[Key, ...]) -> list[str]:
    return [row.name for row in rows if row.required]


def _property(row: Key) -> Schema:
    later = "（这一版能读懂，还不能运行）" if row.later else ""
    return {"title": row.chinese[0], "description": row.says.zh + later, **_shaped(row)}


def _shaped(row: Key) -> Schema:
    one: Schema = {"enum": list(row.options)} if row.options else {"$ref": f"#/$defs/{row.kind}"}
    if row.shape == "map":
        return {"type": "object", "additionalProperties": one}
    if row.shape == "lists":
        return {"type": "object", "additionalProperties": {"type": "array", "items": one}}
    if row.shape == "one_or_list" or (row.shape == "list" and row.kind in _OFTEN_ONE):
        return {"if": {"type": "array"}, "then": {"items": one}, "else": one}
    if row.shape == "list":
        return {"type": "array", "items": one}
    return one


def _step() -> Schema:
    """Every key of every kind is described; the kind that is there says which of them may stand."""
    chosen: Schema = {"anyOf": [{"required": [kind]} for kind in STEP_KINDS]}
    for kind, own in reversed(list(STEP_KINDS.items())):
        names = [row.name for row in (*STEP, *own)]
        then: Schema = {"propertyNames": {"enum": names}, "required": _required(own)}
        chosen = {"if": {"required": [kind]}, "then": then, "else": chosen}
    properties = {name: _property(row) for name, row in keys_of("step").items()}
    return {**_closed(properties, ["step"]), **chosen}


def _process() -> Schema:
    whole = _object("process")
    return {
        **whole,
        "if": {"required": ["extends"]},
        "then": {"propertyNames": {"enum": list(_OF_OVERLAYS)}},
        "else": {"required": ["start", "steps", "ends"], "properties": {"edits": False}},
    }


if __name__ == "__main__":
    PATH.write_text(text(), "utf-8", newline="\n")
    sys.stdout.write(f"{PATH.name}: written\n")
