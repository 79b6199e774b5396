"""What can go wrong: faults in content are Problem values, refusals of a command are these exceptions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from engine.i18n import Text, cut

#: A refusal may quote what was sent to it, which may be a megabyte: its sentence is no longer than this, and lists no
#: more faults than so many.
_LONGEST: Final = 600
_MOST_TOLD: Final = 50


def bounded(text: Text) -> Text:
    """The same sentence; where it is too long, what it says first and last."""
    return Text(cut(text.zh, _LONGEST), cut(text.en, _LONGEST))


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault in content that somebody wrote: a process file, a district file, a form.

    ``file``/``line``/``column`` (1-based, 0 = unknown) place it in a source; ``path`` is the key path
    such as ``steps.lender_ok.due.within`` or a form field's name. ``hint`` says what to do.
    """

    code: str
    message: Text
    hint: Text | None = None
    file: str = ""
    line: int = 0
    column: int = 0
    path: str = ""
    warning: bool = False

    def __post_init__(self) -> None:
        """Quote no more of what was sent than a reader can use."""
        if isinstance(self.message, Text):  # whatever else a plugin gave is told where it answers
            object.__setattr__(self, "message", bounded(self.message))

    def at(self, file: str, line: int, column: int, path: str = "") -> Problem:
        """The same problem with its place."""
        return replace(self, file=file, line=line, column=column, path=path or self.path)

    def line_of_text(self, language: str = "zh") -> str:
        """``file:line:column CODE message (hint)``, the line that ``rongtong check`` prints; without a file no code."""
        place = f"{self.file}:{self.line}:{self.column} {self.code} " if self.file else ""
        hint = f"（{self.hint.pick(language)}）" if self.hint and language != "en" else ""
        if self.hint and language == "en":
            hint = f" ({self.hint.en})"
        return f"{place}{self.message.pick(language)}{hint}"

    def as_json(self) -> dict[str, Any]:
        """The shape that ``--json`` and problem+json carry."""
        return {
            "code": self.code,
            "message": self.message._asdict(),
            "hint": self.hint._asdict() if self.hint else None,
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "path": self.path,
            "warning": self.warning,
        }


class RongtongError(Exception):
    """Base of every refusal; ``text`` says in both languages what is wrong and what to do."""

    code = "error"

    def __init__(self, text: Text, *, code: str = "", **details: Any) -> None:
        super().__init__(cut(text.en, _LONGEST))
        self.text = bounded(text)
        self.details = details
        if code:
            self.code = code


class Invalid(RongtongError):
    """Content or a form has faults; ``problems`` lists every one of them."""

    code = "invalid"

    def __init__(self, problems: tuple[Problem, ...], text: Text | None = None) -> None:
        super().__init__(text or problems[0].message)
        self.problems = problems


def excerpt(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """What a door lists of *problems*: the first ones, with places that can be read, and how many more there are."""
    first = tuple(replace(one, path=cut(one.path, _LONGEST)) for one in problems[:_MOST_TOLD])
    if not (more := len(problems) - len(first)):
        return first
    return (*first, Problem("more", Text(f"还有{more}处要改。", f"And {more} more.")))


class Misuse(RongtongError):
    """A plugin gave the engine what it cannot take: a moment without a zone, an audience that is nobody."""

    code = "misuse"


class NotFound(RongtongError):
    """There is no such thing here, or the caller may not know that there is."""

    code = "not_found"


class Forbidden(RongtongError):
    """The caller is known and may not do this."""

    code = "forbidden"


class Unauthenticated(RongtongError):
    """Nobody is logged in, or the session or token has ended."""

    code = "unauthenticated"


class Conflict(RongtongError):
    """The world moved first: a stale task, a lost race; ``details`` carry who won and how."""

    code = "conflict"


class KeyReused(RongtongError):
    """An idempotency key came back with another body."""

    code = "key_reused"


#: What says no as things stand. All else is no answer: it may be otherwise in a while, or something is broken.
REFUSALS: Final = (Invalid, NotFound, Forbidden, Conflict)


class Busy(RongtongError):
    """The database is locked, full or away: nothing was saved, try again."""

    code = "busy"


class UnknownVersion(RongtongError):
    """Something stored has a version that this release has no step for, an unknown kind, or no shape at all.

    Nothing was changed. ``details`` name the ``place``. An administrator upgrades, or looks with ``rongtong verify``.
    """

    code = "unknown_version"


class Unanswered(RongtongError):
    """A plugin does not answer what a process asks of it: it is away, or its own code failed.

    ``details`` name the ``plugin`` and ``why``, a few words that hold nothing of what people typed. ``waits`` is
    among them where the plugin only has to come back, and whatever asked then goes on by itself.
    """

    code = "unanswered"

    @property
    def why(self) -> Text:
        """The few words."""
        found: Text = self.details["why"]
        return found

    @property
    def waits_for(self) -> str:
        """The plugin that whatever asked goes on with by itself once it is back; "" where that would not help."""
        return str(self.details["plugin"]) if self.details.get("waits") else ""


class Vetoed(Invalid):
    """A plugin's check or action refused the whole command; nothing changed."""

    code = "vetoed"
