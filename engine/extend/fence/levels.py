"""What stands in a plugin's SQL between two brackets, and the one comparison that the fence is after."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from engine.extend.fence.tokens import SqlToken, matched

#: The first column of every plugin's table.
DISTRICT: Final = "district_id"
VERBS: Final = frozenset({"select", "values", "with", "insert", "update", "delete"})
#: How SQLAlchemy tells PostgreSQL the type of a parameter.
_CASTS: Final = ([":", ":", "varchar"], [":", ":", "text"])


class Operand(NamedTuple):
    """One side of a comparison: ``column`` said with the table's alias or "", a ``bind``, or a ``text``."""

    kind: str
    said: str
    at: int = 0


class Levels:
    """The tokens of a statement, brackets and CASE … END taken together."""

    def __init__(self, tokens: Sequence[SqlToken]) -> None:
        self._tokens = tokens
        self._closing = matched(tokens)

    def _level(self, low: int, high: int) -> Iterator[int]:
        """The tokens from *low* to *high* that stand in no bracket between them, and the brackets that open there."""
        while low < high:
            yield low
            low = self._closing.get(low, low) + 1

    def _inside(self, at: int) -> list[int]:
        return list(self._level(at + 1, self._closing[at]))

    def _said(self, at: int) -> str:
        token = self._tokens[at] if 0 <= at < len(self._tokens) else SqlToken("sign", "")
        return token.said if token.kind in ("word", "sign") else ""

    def _is_query(self, at: int) -> bool:
        while self._said(at) == "(":
            at += 1
        return self._said(at) in VERBS

    def _split(self, level: Sequence[int], by: str) -> list[list[int]]:
        found: list[list[int]] = [[]]
        for at in level:
            if self._said(at) == by:
                found.append([])
            else:
                found[-1].append(at)
        return found

    def _names_district(self, at: int) -> bool:
        """Whether a column that is written to here is the district, in any spelling that a database takes for it."""
        return self._tokens[at].kind != "sign" and self._tokens[at].said.strip("'").lower() == DISTRICT

    def _operand(self, level: list[int]) -> Operand | None:
        """The district's column, a parameter or a text, and nothing else."""
        said = [self._tokens[at] for at in level]
        if not said:
            return None
        if said[-1].said == DISTRICT and said[-1].kind in ("word", "name"):
            if len(said) == 1:
                return Operand("column", "")
            if len(said) == 3 and said[1].said == "." and said[0].kind in ("word", "name"):
                return Operand("column", said[0].said.lower())
        if said[0].kind == "bind" and (len(said) == 1 or [one.said for one in said[1:]] in _CASTS):
            return Operand("bind", said[0].said, level[0])
        if said[0].kind == "text" and len(said) == 1:
            return Operand("text", said[0].said[1:-1].replace("''", "'"))
        return None
