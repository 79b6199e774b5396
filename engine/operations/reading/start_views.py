"""The frozen values that doors show before a case begins: what may be started, its form, what lies ahead."""

from __future__ import annotations

from dataclasses import dataclass

from engine.errors import Problem
from engine.i18n import Text
from engine.operations.reading.form_views import FormField


@dataclass(frozen=True, slots=True)
class AheadView:
    """A step ahead of a new case: who decides, within what time, and whether it may be passed over."""

    title: Text
    who: Text
    within: Text | None = None
    maybe: bool = False


@dataclass(frozen=True, slots=True)
class StartItem:
    """A process that the reader may start: who may, and which decisions lie ahead."""

    process: str
    title: Text
    may: Text
    ahead: tuple[AheadView, ...]
    times: int = 0


@dataclass(frozen=True, slots=True)
class StartForm:
    """The form of a new case; ``units`` are the reader's own from which it may start (id, short name).

    It takes over what stood in the case ``again``, but not the fields titled ``left_out``.
    """

    process: str
    title: Text
    fields: tuple[FormField, ...]
    ahead: tuple[AheadView, ...]
    for_applicant: bool = False
    problems: tuple[Problem, ...] = ()
    units: tuple[tuple[str, str], ...] = ()
    again: str = ""
    left_out: tuple[Text, ...] = ()
