"""The frozen values that say what a decision rests on: why it is with the reader, what the system has checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engine.i18n import Text


@dataclass(frozen=True, slots=True)
class AmountView:
    """A line of a sum: what it is, and how much."""

    label: Text
    words: Text


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """A line of 系统核对; with a ``sum``, shown as on a receipt, its last line large."""

    level: Literal["ok", "warn", "bad"]
    label: Text
    sentence: Text
    href: str = ""
    sum: tuple[AmountView, ...] = ()


@dataclass(frozen=True, slots=True)
class Why:
    """Why a task is with the reader: one sentence, and the details it unfolds to."""

    sentence: Text
    details: tuple[Text, ...] = ()
