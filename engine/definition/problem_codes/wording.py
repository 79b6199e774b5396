"""How the words of one problem are written down."""

from __future__ import annotations

from typing import NamedTuple


class CodeWording(NamedTuple):
    """A message and what to do, in both languages; ``{name}`` stands for an argument."""

    zh: str
    en: str
    hint_zh: str = ""
    hint_en: str = ""
