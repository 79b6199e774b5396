"""What can be wrong with a formula, as values with a place and words in both languages."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
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


def did_you_mean(name: str, known: Iterable[str]) -> Text | None:
    """A hint that names the most similar of the *known* names, if any is similar."""
    near = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.6)
    return Text(f"是不是“{near[0]}”？", f'Did you mean "{near[0]}"?') if near else None
