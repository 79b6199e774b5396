"""Field types with a shape of their own, tried without a database."""

from __future__ import annotations

from typing import Any

from engine.definition.values.forms import words
from engine.definition.values.inputs import parse_input
from engine.extend import StoredType, Text


def typed(given: StoredType, text: str) -> Any:
    """The stored value of what a person types into a field of the type, or the Problem with it."""
    return parse_input(given.type, text, given.spec.title)


def said(given: StoredType, stored: Any) -> Text:
    """What people read for a stored value of the type."""
    return words(given.type, stored)
