"""What people type, read into stored values; what cannot be read becomes a Problem that says how to write it."""

from __future__ import annotations

from typing import Any, Final

from engine.definition.values.kinds.table import kind_of
from engine.definition.values.types import Unread, ValueType
from engine.errors import Problem
from engine.i18n import Text

#: What is said of a NUL, which a request is looked through for as a whole.
NUL: Final = Problem(
    "nul", Text("内容里有不能保存的字符。删掉后再提交。", "It holds a character that cannot be stored. Remove it.")
)
_THIS: Final = Text("这一项", "This")


def parse_input(type_: ValueType, text: str, title: Text = _THIS) -> Any:
    """The stored value of what a person typed, or a Problem whose sentence begins with *title*.

    Space around the text and full-width digits are forgiven. Choices come one a line or with ``、`` between.
    """
    kind = kind_of(type_)
    try:
        return kind.take(text)
    except Unread as unread:
        words = unread.words or kind.form
        return Problem(unread.code, Text(f"{title.zh}{words.zh}。", f"{title.en} {words.en}."))


def form_words(type_: ValueType) -> Text:
    """How a value of a type is written, as words that follow its title."""
    return kind_of(type_).form
