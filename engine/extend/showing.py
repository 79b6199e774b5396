"""What plugins bring for people to see: pages, cards, answers of the API, sentences of the timeline, evidence."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final, Literal

from engine.extend.context import PageContext, ReadContext
from engine.i18n import Text

#: An output in a sentence of the timeline.
OUTPUT: Final = re.compile(r"\{(\w+)\}")
Section = Literal["work", "resources", "figures", "admin"]


@dataclass(frozen=True, slots=True)
class Sentence:
    """How the timeline tells that *action* ended as *outcome*; ``{name}`` stands for an output in words.

    A dash stands where it is empty.
    """

    action: str
    outcome: str
    text: Text


@dataclass(frozen=True, slots=True)
class Amount:
    """One line of a sum: what it is, and how much, in words."""

    label: Text
    words: Text


@dataclass(frozen=True, slots=True)
class Evidence:
    """One line of 系统核对: what was looked at, and what was found; ``href`` is a page's path within the district.

    ``sum`` is shown instead of the sentence where money changes hands: as on a receipt, what is to pay comes last. Of
    several with one label the last step's stands: what was settled, not what was offered.
    """

    level: Literal["ok", "warn", "bad"]
    label: Text
    sentence: Text
    href: str = ""
    sum: tuple[Amount, ...] = ()


@dataclass(frozen=True, slots=True)
class EvidenceSource:
    """What the system can check for a case that runs *action*.

    ``gather`` gets the action's inputs as they stand now (stored, by name) and the receipt of the run whose result
    stands: ``result`` and every output; None where none does, or a refusing one.
    """

    spared: ClassVar[bool] = True
    action: str
    gather: Callable[[ReadContext, Mapping[str, Any], Mapping[str, Any] | None], Sequence[Evidence]]


@dataclass(frozen=True, slots=True)
class View:
    """What a page answers: a template of the plugin and the values to fill it with."""

    template: str
    title: Text
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Page:
    """A page at ``/<district><path>`` (Flask's ``<name>`` parts allowed); ``role`` "" lets every member in."""

    called: ClassVar[str] = "path"
    path: str
    title: Text
    view: Callable[[PageContext], View]
    section: Section = "resources"
    role: str = ""
    icon: str = ""
    order: int = 100
    menu: bool = True


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A reading answer of the API at ``/api/v1/<district>/plugins<path>``; ``path`` begins with the plugin's name.

    ``answer`` gets the words of the *query* names in ``ctx.query`` and answers what JSON can hold: dataclasses, Text
    and Decimal too. ``role`` "" lets every member ask. Writing is what processes are for.
    """

    called: ClassVar[str] = "path"
    begins: ClassVar[str] = "/{plugin}/"
    path: str
    summary: str
    answer: Callable[[PageContext], Any]
    query: tuple[str, ...] = ()
    role: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure on a card, and where to see what it counts."""

    value: str
    label: Text
    href: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """A card on the board: ``load`` answers its figures, none of them means the ``empty`` sentence is shown."""

    called: ClassVar[str] = "key"
    spared: ClassVar[bool] = True
    key: str
    title: Text
    load: Callable[[PageContext], Sequence[Figure]]
    empty: Text
    order: int = 100
