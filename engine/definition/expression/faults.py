"""What can be wrong with a formula, as values with a place and words in both languages."""

from __future__ import annotations

from dataclasses import dataclass

from engine.i18n import Text


@dataclass(frozen=True, slots=True)
class ExpressionFault:
    """One fault: ``offset`` counts characters from the start of the formula, ``code`` is a kebab name."""

    code: str
    offset: int
    message: Text
    hint: Text | None = None


class Stop(Exception):
    """Reading cannot go on; carries the one fault that stopped it."""

    def __init__(self, fault: ExpressionFault) -> None:
        super().__init__(fault.message.en)
        self.fault = fault


def stop(code: str, offset: int, zh: str, en: str, hint: Text | None = None) -> Stop:
    """The exception that ends reading with one fault."""
    return Stop(ExpressionFault(code, offset, Text(zh, en), hint))
