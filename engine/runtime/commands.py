"""What may be asked of a case: one frozen value per verb."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, Literal

from engine.definition.district.model import Beyond
from engine.errors import Problem
from engine.i18n import Text

#: The longest opinion, comment or reason, in characters.
LONGEST_NOTE: Final = 2000


@dataclass(frozen=True, slots=True)
class Start:
    """Begin a case in *unit*; ``fill`` holds stored or typed values; ``applicant`` is whom it is for."""

    actor: str
    unit: str
    fill: dict[str, Any] = field(default_factory=dict)
    applicant: str = ""


@dataclass(frozen=True, slots=True)
class Act:
    """Take an outcome: ``n`` is the serial of a task's seat, or of a node whose exit others may take.

    ``opinion`` is what the actor wrote beside it, "" for nothing.
    """

    actor: str
    n: int
    outcome: str
    fill: dict[str, Any] = field(default_factory=dict)
    opinion: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """An action ended with one of its declared results.

    A refusing one may say what is wrong: each problem's ``path`` names an input of the action, "" all of them.
    """

    n: int
    outcome: str
    outputs: dict[str, Any] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Undone:
    """An effect was released: node *n* unwinds, *of* is the effect's serial.

    ``owed`` is what a plugin releases when it is back, or has done what comes first: the case goes on meanwhile.
    """

    n: int
    of: int
    how: Literal["undone", "nothing_left", "kept", "owed"] = "undone"


@dataclass(frozen=True, slots=True)
class Failed:
    """The action or undo that is due raised; ``why`` is a few words about the fault, never personal data.

    ``waits`` names the plugin with whose return it goes on by itself.
    """

    n: int
    why: Text
    waits: str = ""


@dataclass(frozen=True, slots=True)
class Retry:
    """An administrator lets an incident run again."""

    actor: str
    n: int


@dataclass(frozen=True, slots=True)
class Tick:
    """The clock of node or seat *n* may have something due."""

    n: int


@dataclass(frozen=True, slots=True)
class Claim:
    """Take a task for oneself; ``release`` gives it back."""

    actor: str
    n: int
    release: bool = False


@dataclass(frozen=True, slots=True)
class Transfer:
    """Hand a task to another person; *beyond* is on what terms it may go to somebody whom the step does not ask.

    ``reason`` is why, "" where nothing was said.
    """

    actor: str
    n: int
    to: str
    reason: str = ""
    beyond: Beyond = "refuse"


@dataclass(frozen=True, slots=True)
class Consent:
    """An administrator answers the request to hand task *n* further than its step asks."""

    actor: str
    n: int
    agreed: bool


@dataclass(frozen=True, slots=True)
class Recheck:
    """Rights have changed: look again at who may act on what is open."""


@dataclass(frozen=True, slots=True)
class Recount:
    """The working calendar has changed: count again what is still to come."""


@dataclass(frozen=True, slots=True)
class TakeBack:
    """Take back one's own last decision, as long as nobody has acted on it."""

    actor: str
    n: int


@dataclass(frozen=True, slots=True)
class Comment:
    """Leave a word on the case."""

    actor: str


@dataclass(frozen=True, slots=True)
class Cancel:
    """An administrator ends the whole case; everything held is released."""

    actor: str


Command = (
    Start
    | Act
    | Result
    | Undone
    | Failed
    | Retry
    | Tick
    | Claim
    | Transfer
    | Consent
    | Recheck
    | Recount
    | TakeBack
    | Comment
    | Cancel
)
