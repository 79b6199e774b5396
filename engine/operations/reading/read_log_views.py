"""The frozen values of 显示: what somebody uncovered, and who has uncovered what of whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.clock import Micros
from engine.i18n import Text


@dataclass(frozen=True, slots=True)
class Uncovered:
    """A masked field as it is: whole words, and the stored value."""

    name: str
    title: Text
    words: Text
    value: Any
    href: str = ""


@dataclass(frozen=True, slots=True)
class ReadingView:
    """One line of the log: who (with their unit) uncovered which field of which case, and when. No value."""

    at: Micros
    reader: str
    unit: str
    title: Text
    number: str
