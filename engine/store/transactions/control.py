"""Statements that begin or end a transaction, known by their words before they are sent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

_CONTROL = ("BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE")
_PERHAPS = re.compile(rf"\b(?:{'|'.join(_CONTROL)}|PREPARE)\b", re.IGNORECASE)
_WORD = re.compile(r"\w+")
_TAG = re.compile(r"\$(?:[^\W\d]\w*)?\$")


@lru_cache(1024)
def transaction_control(sql: str) -> str:
    """The word by which a statement of *sql* begins or ends a transaction or a part of one; "" when none does.

    ``END`` counts for none once something is created: it closes the body of a trigger there.
    """
    if _PERHAPS.search(sql) is None:
        return ""
    creates = False
    for first, second in _openings(sql):
        creates |= first == "CREATE"
        if first in _CONTROL and not (creates and first == "END"):
            return first
        if (first, second) == ("PREPARE", "TRANSACTION"):
            return first
    return ""


def _openings(sql: str) -> Iterator[tuple[str, str]]:
    """The first two words of each statement, in capitals."""
    words: list[str] = []
    at = 0
    while at < len(sql):
        if sql[at] == ";":
            yield _two(words)
            words = []
        end = _behind(sql, at)
        if end == at + 1 and (found := _WORD.match(sql, at)):
            end = found.end()
            if len(words) < 2:
                words.append(found[0].upper())
        at = end
    yield _two(words)


def _two(words: list[str]) -> tuple[str, str]:
    first, second, *_ = *words, "", ""
    return first, second


def _behind(sql: str, at: int) -> int:
    """Where the comment or the quoted text that opens at *at* has ended; the next place where none opens."""
    two = sql[at : at + 2]
    if two == "--":
        return _after(sql, "\n", at + 2)
    if two == "/*":
        return _after(sql, "*/", at + 2)
    if two[0] in "'\"`":
        return _after(sql, two[0], at + 1)
    if two.upper() == "E'" and (at == 0 or not (sql[at - 1].isalnum() or sql[at - 1] == "_")):
        return _escaped(sql, at + 2)
    if two[0] == "$" and (tag := _TAG.match(sql, at)):
        return _after(sql, tag[0], tag.end())
    return at + 1


def _after(sql: str, mark: str, at: int) -> int:
    found = sql.find(mark, at)
    return len(sql) if found < 0 else found + len(mark)


def _escaped(sql: str, at: int) -> int:
    while at < len(sql) and sql[at] != "'":
        at += 2 if sql[at] == "\\" else 1
    return at + 1
