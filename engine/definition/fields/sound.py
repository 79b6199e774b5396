"""Values that are plainly as their field wants them, told without the machinery of a schema validator.

A form of ten simple fields costs the validator more than all else that starting a case computes. What is said here
to be sound the schema accepts too; about anything else the schema has the word, and the words.
"""

from __future__ import annotations

from typing import Any

from engine.definition.model import Field
from engine.definition.values.kinds.table import kind_of


def plainly_sound(one: Field, value: Any) -> bool:
    """Whether *value* is certainly a sound stored value of the field; False says nothing."""
    kind = kind_of(one.type)
    return kind.plain(kind, one, value)
