"""Which rows a plugin's SQL is about: for each table, what holds its ``district_id`` to one value.

What is not understood binds nothing, and a table that nothing binds is refused: a gap here refuses too much, never too
little.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from engine.extend.fence.levels import VERBS, Operand
from engine.extend.fence.sources import Source, Sources, SqlPart
from engine.extend.fence.tokens import SqlToken

_SET_OPERATORS: Final = frozenset({"union", "intersect", "except"})
#: After which sections of a statement each word begins another. WHERE is not among what FROM may follow: there it is
#: part of IS DISTINCT FROM.
_SECTIONS: Final = {
    "from": frozenset({"select", "set", "delete"}), "using": frozenset({"from"}), "set": frozenset({"update"}),
    "where": frozenset({"select", "from", "using", "set"}),
}  # fmt: skip
#: What ends conditions; only PostgreSQL reserves the second lot, so that SQLite may have a column of such a name.
_ENDS: Final = frozenset({"group", "order", "limit", "having", "returning"})
_RESERVED: Final = frozenset({"window", "for", "offset", "fetch"})


class Bindings(Sources):
    """Reads a statement whose tables stand at *places*; ``unbound`` and ``moves`` say what is wrong with it."""

    def __init__(self, tokens: Sequence[SqlToken], places: Collection[int], reserved: bool) -> None:
        super().__init__(tokens, places)
        self._ends = _ENDS | (_RESERVED if reserved else frozenset())
        self._bound: set[int] = set()
        self.moves = False  # whether it changes the district of a row
        self._query(list(self._level(0, len(tokens))), None)
        self.unbound = not self._bound.issuperset(places)

    # Queries

    def _query(self, level: list[int], outer: SqlPart | None, column: int | None = None) -> bool:
        """Read a query and those inside; whether each of its rows has a bound value as its *column*."""
        if level and self._said(level[0]) == "with":
            verb = next((n for n, at in enumerate(level) if n and self._said(at) in VERBS - {"with"}), len(level))
            self._descend(level[:verb], outer)
            level = level[verb:]
        if level and self._said(level[0]) == "insert":
            self._insert(level, outer)
            return False
        parts: list[list[int]] = [[]]
        for at in level:
            if self._said(at) in _SET_OPERATORS:
                parts.append([])
            elif parts[-1] or self._said(at) not in ("all", "distinct"):
                parts[-1].append(at)
        found = [self._part(part, outer, column) for part in parts]  # each is read, whatever the first is
        return all(found)

    def _part(self, level: list[int], outer: SqlPart | None, column: int | None) -> bool:
        verb = self._said(level[0]) if level else ""
        if verb not in ("select", "values", "update", "delete"):
            inner = self._inside(level[0]) if verb == "(" and self._is_query(level[0]) else []
            self._descend(level[1:] if inner else level, outer)
            return bool(inner) and self._query(inner, outer, column)
        part, sections = SqlPart(outer), self._sections(level)
        for name in ("update", "from", "using"):
            self._sources(sections.get(name, []), part)
        self._conditions(sections.get("where", []), part, range(len(part.sources)))
        self._set(sections.get("set", []))
        self._bound |= part.bound()
        self._descend(level, part)
        if column is None:
            return False
        return self._rows(level, column) if verb == "values" else self._column(sections["select"], part, column)

    def _sections(self, level: list[int]) -> dict[str, list[int]]:
        """The parts of one statement, each under its first word; ``end`` is all that follows its conditions."""
        section = self._said(level[0])
        found: dict[str, list[int]] = {section: []}
        deletes = section == "delete"
        for at in level[1:]:
            said, before = self._said(at), (self._said(at - 1), self._said(at - 2))
            distinct = before[0] == "distinct" and before[1] in ("is", "not")
            if before[0] == ".":
                said = ""
            if said in self._ends or (said == "on" and section == "where"):
                section = "end"
            elif section in _SECTIONS.get(said, ()) and not distinct and (said != "using" or deletes):
                section = said
            elif section != "end":
                found[section].append(at)
                continue
            found.setdefault(section, [])
        return found

    def _descend(self, level: Sequence[int], part: SqlPart | None) -> None:
        """Read the queries in the brackets of *level*."""
        for at in level:
            if at not in self._closing:
                continue
            inside = self._inside(at)
            if self._said(at) == "(" and self._is_query(at):
                self._query(inside, part)
            else:
                self._descend(inside, part)

    # What is written

    def _insert(self, level: list[int], outer: SqlPart | None) -> None:
        """The rows of an INSERT have a bound district, and DO UPDATE leaves them where they are."""
        tail = next((n for n in range(len(level)) if self._on_conflict(level[n])), len(level))
        head, rest = level[:tail], level[tail:]
        place = next((at for at in head if at in self._places), None)
        start = next((n for n, at in enumerate(head) if n and self._opens_rows(at)), len(head))
        names = [n for n, at in enumerate(head[:start]) if self._said(at) == "("]
        columns = self._split(self._inside(head[names[0]]), ",") if names else []
        which = [n for n, one in enumerate(columns) if any(map(self._names_district, one))]
        rows = next((n for n in range(start, len(head)) if self._said(head[n]) == "returning"), len(head))
        part = SqlPart(outer, [Source(place, self._target_alias(place))])
        exact = len(which) == 1 and self._operand(columns[which[0]]) == Operand("column", "")
        if self._query(head[start:rows], outer, which[0] if exact else None) and place is not None:
            self._bound.add(place)
        changes = next((n for n, at in enumerate(rest) if self._said(at) == "set"), len(rest))
        stop = next((n for n in range(changes, len(rest)) if self._said(rest[n]) in ("where", "returning")), len(rest))
        self._set(rest[changes + 1 : stop])
        self._descend([*head[rows:], *rest], part)

    def _target_alias(self, place: int | None) -> str:
        if place is None:
            return ""
        named = place + 2 if self._said(place + 1) == "as" else place
        return self._tokens[named].said.lower()

    def _opens_rows(self, at: int) -> bool:
        return self._said(at) in ("select", "values", "with") or (self._said(at) == "(" and self._is_query(at))

    def _on_conflict(self, at: int) -> bool:
        return self._said(at) == "on" and self._said(at + 1) == "conflict"

    def _set(self, level: list[int]) -> None:
        for item in self._split(level, ","):
            written = self._split(item, "=")[0]
            inside = [one for at in written if self._said(at) == "(" for one in self._inside(at)]
            self.moves |= any(map(self._names_district, (*written, *inside)))

    def _rows(self, level: list[int], column: int) -> bool:
        rows = [self._split(self._inside(at), ",") for at in level if self._said(at) == "("]
        return bool(rows) and all(len(row) > column and self._value(row[column]) for row in rows)

    def _value(self, level: list[int]) -> bool:
        found = self._operand(level)
        if found is None or found.kind == "column":
            return False
        self.asked.add(found)
        return True

    def _column(self, level: list[int], part: SqlPart, column: int) -> bool:
        """Whether what a SELECT answers as *column* is a district that is bound."""
        while level and self._said(level[0]) in ("all", "distinct"):
            level = level[1:]
        items = self._split(level, ",")
        if column >= len(items) or any(one and self._said(one[-1]) == "*" for one in items):
            return False
        named = items[column]
        if len(named) > 2 and self._said(named[-2]) == "as":
            named = named[:-2]
        found = self._operand(named)
        if found is not None and found.kind == "column":
            return part.find(found.said) is not None
        return self._value(named)
