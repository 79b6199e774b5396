"""What the bodies of this door's requests hold, as JSON Schema: what is read and what is documented are the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from engine.operations.verbs import VERBS, Place, Verb

_OF_VERBS = {verb.name: verb.schema for verb in VERBS.values() if verb.takes}
#: By the name that an operation has for its body. Whatever needs nothing may be left out altogether.
BODIES: Final[dict[str, dict[str, Any]]] = {
    **_OF_VERBS,
    "password": {
        "type": "object",
        "required": ["password"],
        "additionalProperties": False,
        "properties": {"password": {"type": "string", "minLength": 8, "maxLength": 1000}},
    },
    "jobs": {
        "type": "object",
        "required": ["job"],
        "additionalProperties": False,
        "properties": {"job": {"type": "string", "minLength": 1, "description": "a kind, as in a batch of incidents"}},
    },
}
_CASE: Final = "/<district>/cases/<number>"
_TASK: Final = f"{_CASE}/tasks/<int:n>"
_PLACES: Final[Mapping[Place, str]] = {
    "district": "/<district>", "case": _CASE, "task": _TASK, "decision": _TASK, "field": f"{_CASE}/fields/<field>",
}  # fmt: skip


def address(verb: Verb) -> str:
    """Where *verb* is sent to, as a rule of Flask."""
    return f"{_PLACES[verb.on]}{verb.path}"
