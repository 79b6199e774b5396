"""The words and signs of a plugin's SQL, as the database reads them; what could be read in two ways is refused."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from engine.i18n import Text

if TYPE_CHECKING:  # who only checks what is written opens no database
    from engine.store.databases.database import DialectName

_PATTERN: Final = r"""
       (?P<odd>\b[eEbBxXnN]'|\b[uU]&['"]|\$\w*\$|--[^\n]*\r|/\*(?:(?!\*/).)*/\*)
      |(?P<gap>--[^\n]*|/\*.*?\*/|\s+)
      |{binds}
      |(?P<text>'(?:[^']|'')*')
      |(?P<name>"(?:[^"]|"")*"{names})
      |(?P<word>(?![0-9])[\w][\w$]*)
      |(?P<number>[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?)
      |(?P<sign>.)"""
#: Two databases, two ways to quote a name: what is one to SQLite is the inside of an array to PostgreSQL.
_TOKENS: Final[Mapping[str, re.Pattern[str]]] = {
    dialect: re.compile(_PATTERN.replace("{names}", names).replace("{binds}", binds), re.VERBOSE | re.DOTALL)
    for dialect, names, binds in (
        ("sqlite", r"|`[^`]*`|\[[^\]]*\]", r"(?P<raw>\?[0-9]|[:@$]\w)|(?P<bind>\?)"),
        ("postgresql", "", r"%\((?P<bind>\w+)\)s"),
    )
}
_CLOSED_BY: Final = {"(": ")", "[": "]", "case": "end"}


class SqlToken(NamedTuple):
    """A word, name, number, text, sign, or a bind: a parameter, by its name or by its place in line."""

    kind: str
    said: str


class RefusedSql(Exception):
    """The statement is none that a plugin may send; ``text`` says why."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.text = Text(zh, en)


def tokens(sql: str, dialect: DialectName) -> list[SqlToken]:
    """What *sql* is made of, remarks and spaces left out. Raises RefusedSql."""
    found: list[SqlToken] = []
    binds = 0
    for match in _TOKENS[dialect].finditer(sql):
        kind = str(match.lastgroup)
        said = match.group(kind)
        if kind == "odd" or (kind == "sign" and said in "'\"`"):
            raise RefusedSql(f"有看不明白的引号或注释{said[:8]!r}", f"has quotes or remarks of a kind {said[:8]!r}")
        if kind == "raw":
            raise RefusedSql(f"写了驱动的参数{said!r}", f"has a parameter {said!r} of the driver's")
        if kind == "bind" and said == "?":
            found.append(SqlToken(kind, str(binds)))
            binds += 1
        elif kind == "name":
            found.append(SqlToken(kind, said[1:-1].replace('""', '"')))
        elif kind != "gap":
            found.append(SqlToken(kind, said.lower() if kind == "word" else said))
    while found and found[-1].said == ";":
        found.pop()
    return found


def matched(found: Sequence[SqlToken]) -> dict[int, int]:
    """Where each bracket, and each CASE, is closed. Raises RefusedSql."""
    closing: dict[int, int] = {}
    stack: list[int] = []
    for at, (kind, said) in enumerate(found):
        if kind not in ("word", "sign") or (at and found[at - 1].said == "."):
            continue
        if said in _CLOSED_BY:
            stack.append(at)
        elif said in _CLOSED_BY.values():
            if not stack or _CLOSED_BY[found[stack[-1]].said] != said:
                raise RefusedSql("括号不配对", "has brackets that do not match")
            closing[stack.pop()] = at
    if stack:
        raise RefusedSql("括号不配对", "has brackets that do not match")
    return closing
