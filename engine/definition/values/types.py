"""The types of values: what a field, an output or a formula may hold, and what there is to say of a kind of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, Literal, Protocol

from engine.clock import Micros
from engine.definition.values.extents import MOST_ID, MOST_TEXT
from engine.definition.values.plain import narrow, readable, tidy
from engine.i18n import Text, both

Schema = dict[str, Any]
_AS_TEXT: Final = Text("要写成文字", "has to be text")
_LETTERS: Final = Text("字", "characters")


@dataclass(frozen=True, slots=True)
class ValueType:
    """A type: its name, the columns of a table or record, what a ``case`` or ``list`` is of.

    ``optional`` means that a value may be empty and has to be tested before it is used where one is needed. ``kind`` is
    what a plugin says of a type of its own; of every other the table of kinds knows.
    """

    name: str
    columns: tuple[tuple[str, ValueType], ...] = ()
    of: str = ""
    optional: bool = False
    kind: ValueKind | None = field(default=None, compare=False, repr=False)

    def maybe(self) -> ValueType:
        """The same type, possibly empty."""
        return self if self.optional else replace(self, optional=True)

    def surely(self) -> ValueType:
        """The same type, never empty."""
        return replace(self, optional=False) if self.optional else self

    def column(self, name: str) -> ValueType | None:
        """The type of column *name* of a table or record, or None."""
        return dict(self.columns).get(name)


class Unread(ValueError):
    """What was typed is not of the kind; the words, if any, say more than the kind's own form."""

    def __init__(self, words: Text | None = None, code: str = "field-type") -> None:
        super().__init__()
        self.words, self.code = words, code


class Asked(Protocol):
    """What a field asks of its values: bounds in stored form (or how many), and the options to choose from."""

    @property
    def min(self) -> Any:
        """The least, or the fewest; None where there is none."""

    @property
    def max(self) -> Any:
        """The most; None where there is none."""

    @property
    def options(self) -> tuple[str, ...]:
        """What may be chosen."""


def as_id(_kind: ValueKind, _one: Asked) -> Schema:
    """The id of somebody or something."""
    return {"type": "string", "minLength": 1, "maxLength": MOST_ID}


def plain_id(_kind: ValueKind, _one: Asked, value: Any) -> bool:
    """`as_id` without a validator."""
    return isinstance(value, str) and 1 <= len(value) <= MOST_ID


def one_text(stored: Any) -> str:
    """A stored value as the text of one input."""
    return str(stored)


@dataclass(frozen=True, slots=True)
class ValueKind:
    """One kind of values, whole. *Stored* is JSON, *live* is what formulas and plugins reckon with.

    Its names: ``title`` within a sentence, ``words`` in Chinese documents (the formatter writes the first), ``form``
    how it is written, behind the title of what was asked.
    Between people and what is stored: ``read`` makes a stored value of narrow text (None: the text itself; raises
    Unread or ValueError), ``written`` the text of it in an input, ``say`` its words as of a moment, ``spell`` all
    other words for it. ``settle`` has the last word about a stored value of a plugin's kind: itself or another, or
    what is wrong with it.
    Between stored and live: ``decode``, ``encode``, None where they are the same; ``stored`` and ``live`` are their
    Python types, ``rows`` says that it is made of columns.
    Its soundness: ``schema`` is JSON Schema, ``plain`` holds only for what that accepts, ``sent`` makes of the schema
    what programs may send; ``out`` is a stored value as programs get it, ``number`` one that they sent as a number.
    Its bounds: of the ``value`` itself or the ``count`` of something (``counted``, ``most`` of them); ``scale`` is the
    scale and size of a live value, of which sizes of one scale have an order, ``scales`` says them in words.
    In formulas: ``quoted`` is an example of a constant, none where it is not quoted; ``attributes`` it computes.
    On forms: ``widget`` names the input, ``chosen`` says that one picks it, ``options`` that it lists what; ``phrase``
    is how a constant is turned from one language of documents to the other, ``href`` what a link to it begins with.
    ``later``: what it is called in the sentence that it is not there yet.
    To readers: ``masked`` by nature, ``mask`` by which of its ends one knows it again, ``typed`` where it holds what
    somebody typed, ``telling`` where the value alone says too little to be searched for; ``past`` whether it is over.
    """

    name: str
    title: Text
    words: tuple[str, ...] = ()
    form: Text = _AS_TEXT
    read: Callable[[str], Any] | None = None
    written: Callable[[Any], str] = one_text
    say: Callable[[Any, Micros | None], Text] | None = None
    spell: Callable[[Any], frozenset[str]] | None = None
    settle: Callable[[Any], Any] | None = None
    decode: Callable[[Any], Any] | None = None
    encode: Callable[[Any], Any] | None = None
    stored: type[Any] = str
    live: tuple[type[Any], ...] = (str,)
    rows: bool = False
    schema: Callable[[ValueKind, Asked], Schema] = as_id
    plain: Callable[[ValueKind, Asked, Any], bool] = plain_id
    sent: Callable[[Schema, Asked], Schema] | None = None
    out: Callable[[Any], Any] | None = None
    number: Callable[[float], Any] | None = None
    sample: Any = "样例"
    bounds: Literal["", "value", "count"] = ""
    counted: Text = _LETTERS
    most: int = 0
    scale: Callable[[Any], tuple[str, Any]] | None = None
    scales: Mapping[str, Text] = field(default_factory=dict)
    is_word: bool = False
    is_number: bool = False
    is_day: bool = False
    quoted: str = ""
    attributes: Mapping[str, ValueType] = field(default_factory=dict)
    points: bool = False
    widget: str = "line"
    chosen: bool = False
    options: bool = False
    phrase: str = "value"
    href: str = ""
    masked: bool = False
    mask: Literal["", "ends", "beginning"] = ""
    typed: bool = False
    telling: bool = True
    past: Callable[[Any, datetime], bool] | None = None
    later: Text | None = None

    def take(self, text: str) -> Any:
        """The stored value of what a person typed; space around it and full-width digits are forgiven.

        Raises Unread.
        """
        text = tidy(text)
        if not readable(text):
            raise Unread(Text("有不能保存的字符，删去后重填", "has characters that cannot be kept"), "field-text")
        if len(text) > MOST_TEXT:
            zh, en = f"最多{MOST_TEXT}字，现有{len(text)}字", f"may have {MOST_TEXT} characters, not {len(text)}"
            raise Unread(Text(zh, en), "field-length")
        try:
            found = text if self.read is None else self.read(narrow(text))
        except Unread:
            raise
        except ValueError:
            raise Unread from None
        settled = found if self.settle is None else self.settle(found)
        if isinstance(settled, Text):
            raise Unread(settled)
        return settled

    def well_formed(self, value: object) -> bool:
        """Whether *value* is what a value of this kind is stored as, as far as its shape says."""
        if not isinstance(value, self.stored) or (isinstance(value, bool) and self.stored is not bool):
            return False
        if self.settle is None and (self.read is None or self.stored is not str):
            return True
        try:
            found = self.take(self.written(value))
        except Unread:
            return False
        return self.settle is None or bool(found == value)

    def said(self, stored: Any, now: Micros | None) -> Text:
        """The words for a stored value, as of *now*."""
        return both(str(stored)) if self.say is None else self.say(stored, now)


TEXT: Final = ValueType("text")
INTEGER: Final = ValueType("integer")
DECIMAL: Final = ValueType("decimal")
MONEY: Final = ValueType("money")
BOOLEAN: Final = ValueType("boolean")
DATE: Final = ValueType("date")
TIME: Final = ValueType("time")
DATETIME: Final = ValueType("datetime")
PERIOD: Final = ValueType("period")
DURATION: Final = ValueType("duration")
PERSON: Final = ValueType("person")
UNIT: Final = ValueType("unit")
