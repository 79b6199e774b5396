"""What the queries of a plugin's SQL list after FROM, and which of those tables are held to one district."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Final

from engine.extend.fence.levels import DISTRICT, Levels, Operand
from engine.extend.fence.tokens import SqlToken

_OUTER: Final = frozenset({"left", "right", "full"})
_JOINS: Final = _OUTER | {"inner", "cross", "natural", "outer", "join"}
_BEFORE_TABLE: Final = frozenset({"only", "lateral", "or", "abort", "fail", "ignore", "replace", "rollback"})
_NO_ALIAS: Final = _JOINS | {"as", "on", "using", "set", "indexed", "not", "tablesample", "with", "default", "values"}


@dataclass(slots=True)
class Source:
    """What FROM lists; ``place`` is the token that names a table, None for what WITH, a query or a function makes."""

    place: int | None
    alias: str
    renamed: bool = False  # its columns have other names here


@dataclass(slots=True)
class SqlPart:
    """One SELECT, INSERT, UPDATE or DELETE; a UNION has several."""

    outer: SqlPart | None
    sources: list[Source] = field(default_factory=list)
    joins: list[tuple[str, int]] = field(default_factory=list)  # still without ON: which, and how many stood before it
    #: A source is bound as soon as all these others are.
    rules: list[tuple[int, frozenset[int]]] = field(default_factory=list)

    def own(self) -> list[int]:
        """The sources that are tables."""
        return [n for n, source in enumerate(self.sources) if source.place is not None]

    def find(self, alias: str) -> int | None:
        """The one table that *alias* names here; without one, the only table."""
        named = self.own() if not alias else [n for n, one in enumerate(self.sources) if one.alias == alias]
        if len(named) != 1 or self.sources[named[0]].place is None or self.sources[named[0]].renamed:
            return None
        return named[0]

    def beyond(self, alias: str) -> bool:
        """Whether *alias* is a table of a query around this one: that is bound there."""
        around: SqlPart | None = self
        while around is not None and all(one.alias != alias for one in around.sources):
            around = around.outer
        return around is not None and around is not self and around.find(alias) is not None

    def bound(self) -> set[int]:
        """The places of the tables that are bound."""
        held: set[int] = set()
        while more := {target for target, needs in self.rules if needs <= held} - held:
            held |= more
        return {place for n in held if (place := self.sources[n].place) is not None}


class Sources(Levels):
    """Reads lists of tables, and the conditions that hold of each row.

    ``asked`` is what ``district_id`` is held to: the parameters and texts whose value must be the district.
    """

    def __init__(self, tokens: Sequence[SqlToken], places: Collection[int]) -> None:
        super().__init__(tokens)
        self._places = places
        self.asked: set[Operand] = set()

    def _sources(self, level: list[int], part: SqlPart) -> None:
        """What is listed here, and the conditions of its joins."""
        expects, kind, at_end = True, "", len(level)
        n = 0
        while n < at_end:
            at, said = level[n], self._said(level[n])
            n += 1
            if expects:
                if said in _BEFORE_TABLE or not self._listed(at, part):
                    continue
                expects = False
                n = self._alias(level, n, part)
            elif said == ",":
                expects = True
            elif said == "join":
                if kind not in ("cross", "natural"):
                    part.joins.append((kind, len(part.sources)))
                expects, kind = True, ""
            elif said in _JOINS:
                kind = kind if kind == "natural" or said == "outer" else said
            elif said in ("on", "using") and part.joins:
                stop = next((m for m in range(n, at_end) if self._ends_on(level, m)), at_end)
                self._joined(said, level[n:stop], part)
                n = stop

    def _ends_on(self, level: list[int], n: int) -> bool:
        said = self._said(level[n])
        following = self._said(level[n + 1]) if n + 1 < len(level) else ""
        return said in (",", "join", "on", "using") or (said in _JOINS and following in _JOINS)

    def _listed(self, at: int, part: SqlPart) -> bool:
        """Keep what is listed at *at*; whether it is anything."""
        token = self._tokens[at]
        if self._said(at) == "(" and not self._is_query(at):
            self._sources(self._inside(at), part)
        elif self._said(at) == "(":
            part.sources.append(Source(None, ""))
        elif token.kind in ("word", "name", "text"):
            place = at if at in self._places else None
            part.sources.append(Source(place, token.said.strip("'").lower()))
        else:
            return False
        return True

    def _alias(self, level: list[int], n: int, part: SqlPart) -> int:
        """Read the other name of what was just listed; where the list goes on."""
        grouped = self._said(level[n - 1]) == "(" and not self._is_query(level[n - 1])
        if n < len(level) and self._said(level[n]) == "(":
            n += 1  # the arguments of a function
        if n < len(level) and self._said(level[n]) == "as":
            n += 1
        if n < len(level) and self._tokens[level[n]].kind in ("word", "name") and (
            self._said(level[n]) not in _NO_ALIAS
        ):  # fmt: skip
            if grouped:
                part.sources.append(Source(None, ""))
            part.sources[-1].alias = self._tokens[level[n]].said.lower()
            n += 1
            if n < len(level) and self._said(level[n]) == "(":
                part.sources[-1].renamed = True
                n += 1
        return n

    def _joined(self, how: str, level: list[int], part: SqlPart) -> None:
        """The condition of the last join: of an outer one it says nothing of the side whose rows all stay."""
        kind, before = part.joins.pop()
        if kind in ("right", "full"):
            return
        joined = range(before, len(part.sources))
        if how == "on":
            self._conditions(level, part, joined if kind == "left" else range(len(part.sources)))
        elif self._merges(level) and len(joined) == 1 and not part.sources[before].renamed:
            part.rules.append((before, frozenset(range(before))))

    def _merges(self, level: list[int]) -> bool:
        """Whether the district is among the columns of USING."""
        columns = self._inside(level[0]) if len(level) == 1 and self._said(level[0]) == "(" else []
        return any(self._tokens[at].said == DISTRICT for at in columns)

    def _conditions(self, level: list[int], part: SqlPart, binds: Collection[int]) -> None:
        """What holds of each row because all of these do; they say something of the sources *binds*."""
        if any(self._said(at) == "or" for at in level):
            return
        between = False
        for term in self._split(level, "and"):
            after, between = between, any(self._said(at) == "between" for at in term)
            if after:  # its AND is that of BETWEEN
                continue
            if len(term) == 1 and self._said(term[0]) == "(" and not self._is_query(term[0]):
                self._conditions(self._inside(term[0]), part, binds)
            elif len(sides := self._split(term, "=")) == 2:
                one, other = self._operand(sides[0]), self._operand(sides[1])
                if one and other:
                    self._equal(one, other, part, binds)
                    self._equal(other, one, part, binds)

    def _equal(self, column: Operand, to: Operand, part: SqlPart, binds: Collection[int]) -> None:
        target = part.find(column.said) if column.kind == "column" else None
        if target is None or target not in binds:
            return
        if to.kind != "column":
            self.asked.add(to)
            part.rules.append((target, frozenset()))
        elif to.said and (source := part.find(to.said)) is not None and column.said:
            part.rules.append((target, frozenset({source})))
        elif to.said and part.beyond(to.said):
            part.rules.append((target, frozenset()))
