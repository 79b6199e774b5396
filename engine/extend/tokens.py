"""The words and signs of a plugin's SQL, as the database reads them; what could be read in two ways is refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from engine.i18n import Text

if TYPE_CHECKING:  # who only checks what is written opens no database
    from engine.store.database import DialectName

_PATTERN: Final = r"""
       (?P<odd>\b[eEbBxXnN]'|\b[uU]&['"]|\$\w*\$|--[^\n]*\r|/\*(?:(?!\*/).)*/\*)
      |(?P<gap>--[^\n]*|/\*.*?\*/|%\(\w+\)s|\s+)
      |(?P<text>'(?:[^']|'')*')
      |(?P<name>"(?:[^"]|"")*"{names})
      |(?P<word>(?![0-9])[\w][\w$]*)
      |(?P<number>[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?)
      |(?P<sign>.)"""
#: Two databases, two ways to quote a name: what is one to SQLite is the inside of an array to PostgreSQL.
_TOKENS: Final[Mapping[str, re.Pattern[str]]] = {
    dialect: re.compile(_PATTERN.replace("{names}", names), re.VERBOSE | re.DOTALL)
    for dialect, names in (("sqlite", r"|`[^`]*`|\[[^\]]*\]"), ("postgresql", ""))
}


class Token(NamedTuple):
    """A word, name, number, text or sign."""

    kind: str
    said: str


class Refused(Exception):
    """The statement is none that a plugin may send; ``text`` says why."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.text = Text(zh, en)


def tokens(sql: str, dialect: DialectName) -> list[Token]:
    """What *sql* is made of, remarks and spaces left out. Raises Refused."""
    found = []
    for match in _TOKENS[dialect].finditer(sql):
        kind, said = str(match.lastgroup), match.group()
        if kind == "odd" or (kind == "sign" and said in "'\"`"):
            raise Refused(f"有看不明白的引号或注释{said[:8]!r}", f"has quotes or remarks of a kind {said[:8]!r}")
        if kind == "name":
            found.append(Token(kind, said[1:-1].replace('""', '"')))
        elif kind != "gap":
            found.append(Token(kind, said.lower() if kind == "word" else said))
    while found and found[-1].said == ";":
        found.pop()
    return found
