"""What the bodies of this door's requests hold, as JSON Schema: what is read and what is documented are the same."""

from __future__ import annotations

from typing import Any, Final

_TEXT: Final = {"type": "string"}
_SEEN = {"type": "integer", "description": "the case version that the caller decided on; a form changed since is a 409"}
_FILL = {
    "type": "object",
    "description": "field name to value, as a person types it; numbers too: an amount is in yuan, 12 or \"12.00\"",
}
#: By the name that an operation has for its body.
BODIES: Final[dict[str, dict[str, Any]]] = {
    "start": {
        "type": "object",
        "required": ["process", "unit"],
        "additionalProperties": False,
        "properties": {"process": _TEXT, "unit": _TEXT, "fill": _FILL, "for": _TEXT},
    },
    "act": {
        "type": "object",
        "additionalProperties": False,
        "properties": {"fill": _FILL, "opinion": {"type": "string", "maxLength": 2000}, "seen": _SEEN},
    },
    "transfer": {
        "type": "object",
        "required": ["to"],
        "additionalProperties": False,
        "properties": {
            "to": {"type": "string", "minLength": 1, "description": "the id of a person"},
            "note": {"type": "string", "maxLength": 2000, "description": "needed for whom the step does not ask"},
        },
    },
    "note": {
        "type": "object",
        "additionalProperties": False,
        "properties": {"note": {"type": "string", "maxLength": 2000, "description": "a word with the answer"}},
    },
    "password": {
        "type": "object",
        "required": ["password"],
        "additionalProperties": False,
        "properties": {"password": {"type": "string", "minLength": 8, "maxLength": 1000}},
    },
    "text": {
        "type": "object",
        "required": ["text"],
        "additionalProperties": False,
        "properties": {"text": {"type": "string", "minLength": 1, "maxLength": 2000}},
    },
    "jobs": {
        "type": "object",
        "required": ["job"],
        "additionalProperties": False,
        "properties": {"job": {"type": "string", "minLength": 1, "description": "a kind, as in a batch of incidents"}},
    },
}
#: What may be left out altogether.
EMPTY: Final = frozenset({"note"})
