"""What a plugin's SQL may be: one plain statement over rows of one district in its own tables. A fence, not a wall."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from engine.extend.fence.binding import Bindings
from engine.extend.fence.levels import DISTRICT, VERBS
from engine.extend.fence.tokens import RefusedSql, SqlToken, tokens
from engine.i18n import Text, listed

if TYPE_CHECKING:  # who only checks what is written opens no database
    from engine.store.databases.database import DialectName

_CHANGES: Final = frozenset({"insert", "update", "delete"})
_LISTS: Final = frozenset({"from", "using"})
#: After these the name of a table stands.
_OPENERS: Final = _LISTS | {"join", "into", "update"}
#: Between an opener and the name: ``UPDATE OR IGNORE t``, ``FROM ONLY t``, ``LATERAL (…)``.
_BETWEEN: Final = frozenset({"only", "lateral", "or", "abort", "fail", "ignore", "replace", "rollback"})
#: These end a list of tables, so that a comma after them leads to no other.
_ENDS: Final = frozenset({
    "where", "group", "order", "limit", "having", "union", "intersect", "except", "select", "values", "returning",
    "window", "offset", "fetch", "for", "set", "conflict",
})  # fmt: skip
_UNBOUND: Final = Text(
    f"没有写明是哪个区县的行：每张表的{DISTRICT}都要在WHERE或ON里等于ctx.district，与其它条件只用AND相连",
    f"does not say which district's rows it is about: in WHERE or ON, {DISTRICT} of each table equals ctx.district, and"
    " only AND joins other conditions to that",
)
_MOVES: Final = Text(f"改了{DISTRICT}，而一行不能换区县", f"sets {DISTRICT}, and no row changes its district")
ELSEWHERE: Final = Text(
    f"说的是别的区县：{DISTRICT}的值不是ctx.district", f"is about another district: {DISTRICT} is not ctx.district"
)
_WRITES: Final = Text("要写，而这里只许读", "writes, where it may only read")
#: Inside their brackets FROM stands between values.
_FROM_INSIDE: Final = frozenset({"extract", "substring", "trim", "overlay"})
#: What answers rows made of its own arguments.
_ROWS: Final = frozenset({
    "unnest", "generate_series", "json_each", "json_tree", "json_array_elements", "jsonb_array_elements",
    "json_array_elements_text", "jsonb_array_elements_text", "jsonb_each", "jsonb_each_text", "json_to_recordset",
    "jsonb_to_recordset", "string_to_table", "regexp_split_to_table",
})  # fmt: skip
#: What reads tables, files, sequences or settings by a name that is a text.
_REACHING: Final = re.compile(
    r"(pg_|query_to_|table_to_|schema_to_|database_to_|cursor_to_|dblink|lo_|load_extension|fts3_tokenizer|set_config"
    r"|current_setting|nextval|setval|currval|lastval|ts_stat|ts_rewrite|crosstab|connectby|xpath_table)"
)


@dataclass(slots=True)
class _Level:
    """What stands between two brackets."""

    kind: str = "query"  # or "list": of tables; "call": of values
    called: str = ""
    fresh: bool = True  # its verb is still to come
    listing: bool = False  # a comma leads to another table
    naming: bool = False  # among the names that WITH gives
    recursive: bool = False
    writes: bool = False  # the next table is what it writes to, which no name that WITH gives can be
    deletes: bool = False  # its USING is still to come, a list of tables
    given: str = ""  # the name that the next brackets give a table to
    known: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class StatementReading:
    """What a statement is: why it may not be sent, or what must be the district when it is."""

    objection: Text | None = None
    binds: tuple[int | str, ...] = ()  # parameters, by their place in line or by name
    texts: tuple[str, ...] = ()

    def about(self, district: str, rows: Sequence[Any]) -> bool:
        """Whether it is about *district* alone, sent with each of these *rows* of parameters."""
        for said in self.texts:
            if said != district:
                return False
        for row in rows:
            for bind in self.binds:
                if row[bind] != district:
                    return False
        return True


@lru_cache(maxsize=4096)
def reading(sql: str, own: frozenset[str], dialect: DialectName, writing: bool = True) -> StatementReading:
    """What *sql* is, of a plugin that owns the tables *own*. Each text is read once.

    Without *writing* it may neither change a row nor lock one.
    """
    try:
        said = tokens(sql, dialect)
        reader = _Reader(said)
        foreign = reader.tables() - own
        if foreign:
            names = listed(sorted(foreign))
            why = Text(f"动了不是它自己的表：{names.zh}", f"names tables that are not its own: {names.en}")
            return StatementReading(why)
        found = Bindings(said, reader.places, reserved=dialect == "postgresql")
    except RefusedSql as refused:
        return StatementReading(refused.text)
    if found.moves or found.unbound:
        return StatementReading(_MOVES if found.moves else _UNBOUND)
    if reader.writes and not writing:
        return StatementReading(_WRITES)
    binds = (int(one.said) if dialect == "sqlite" else one.said for one in found.asked if one.kind == "bind")
    return StatementReading(None, tuple(binds), tuple(one.said for one in found.asked if one.kind == "text"))


class _Reader:
    """Goes through a statement once, and keeps the names that stand where only a table may."""

    def __init__(self, tokens: Sequence[SqlToken]) -> None:
        self._tokens = tokens
        self._levels = [_Level()]
        self._expects = False
        self._named: set[str] = set()
        self.writes = False  # whether it changes or locks a row
        self.places: set[int] = set()  # where it names them

    def tables(self) -> set[str]:
        """The tables that it names, those that it makes by WITH left out."""
        for at, token in enumerate(self._tokens):
            if token.kind == "sign":
                self._sign(at, token.said)
            elif token.kind == "word" and not self._expects:
                self._word(at, token.said)
            elif self._expects:
                self._name(at, token)
            elif self._levels[-1].naming:
                self._levels[-1].given = token.said
        if self._levels[0].fresh:
            raise RefusedSql("是空的", "is empty")
        return self._named

    def _at(self, at: int) -> str:
        """The word or sign there; nothing for what is quoted, however it reads."""
        if not 0 <= at < len(self._tokens) or self._tokens[at].kind not in ("word", "sign"):
            return ""
        return self._tokens[at].said

    def _next(self, at: int) -> str:
        return self._at(at + 1)

    def _before(self, at: int) -> str:
        return self._at(at - 1)

    def _begins_query(self, at: int) -> bool:
        """Whether the bracket opens a query, or brackets of which the first does: ``((SELECT …) UNION …)``."""
        following = at + 1
        if self._before(at) not in _FROM_INSIDE and not self._expects:
            while self._at(following) == "(":
                following += 1
        return self._at(following) in VERBS

    def _sign(self, at: int, said: str) -> None:
        level = self._levels[-1]
        if said == ";":
            raise RefusedSql("不止一句", "is more than one statement")
        if said == "(":
            self._open(at)
        elif said == ")":
            self._close(at)
        elif said == ",":
            self._expects = level.listing and not level.naming

    def _open(self, at: int) -> None:
        level, query = self._levels[-1], self._begins_query(at)
        before = self._tokens[at - 1] if at else SqlToken("sign", "")
        if not query and before.kind in ("word", "name") and _REACHING.match(before.said.lower()):
            raise RefusedSql(f"调用了{before.said}", f"calls {before.said}")
        if query:
            opened = _Level()
            if level.naming and level.recursive:
                level.known.add(level.given)
            level.fresh &= level.naming
        elif self._expects:
            opened = _Level("list", listing=True, fresh=False, writes=level.writes)
        else:
            opened = _Level("call", self._before(at), fresh=False)
        self._expects = opened.kind == "list"
        self._levels.append(opened)

    def _close(self, at: int) -> None:
        if len(self._levels) == 1:
            raise RefusedSql("括号不配对", "has a bracket too many")
        closed, level = self._levels.pop(), self._levels[-1]
        self._expects = False
        if level.naming and closed.kind == "query":
            level.known.add(level.given)
            level.naming = self._next(at) == ","

    def _word(self, at: int, said: str) -> None:
        level = self._levels[-1]
        if self._before(at) == ".":
            return
        self.writes |= said in ("update", "share") and level.kind == "query" and self._locks(at)
        if level.naming:
            self._giving(level, said)
        elif level.fresh:
            self._verb(level, said)
        elif said == "table":
            raise RefusedSql("用了TABLE", "says TABLE")
        elif said in _OPENERS:
            self._opener(at, level, said)
        elif said == "in":
            self._expects = level.called != "position" and self._tokens[at + 1 : at + 2] != [] and (
                self._tokens[at + 1].kind in ("word", "name", "text")
            )  # fmt: skip
        elif said in _ENDS:
            level.listing = False

    def _locks(self, at: int) -> bool:
        """Whether FOR, FOR KEY or FOR NO KEY stands before: ``key`` alone is somebody's column."""
        at -= self._before(at) == "key"
        at -= self._before(at) == "no"
        return self._before(at) == "for"

    def _giving(self, level: _Level, said: str) -> None:
        if said == "recursive":
            level.recursive = True
        elif said not in ("as", "not", "materialized"):
            level.given = said

    def _verb(self, level: _Level, said: str) -> None:
        if said not in VERBS:
            raise RefusedSql(
                f"以{said.upper()}开头，只许SELECT、INSERT、UPDATE、DELETE",
                f"begins with {said.upper()}; only SELECT, INSERT, UPDATE and DELETE may",
            )
        if said == "with":
            level.naming = True
            return
        level.fresh = False
        self._expects = said == "update"
        level.writes, level.deletes = said in _CHANGES, said == "delete"
        self.writes |= level.writes

    def _opener(self, at: int, level: _Level, said: str) -> None:
        if said == "update":  # FOR UPDATE, DO UPDATE: as a verb it comes first
            return
        if said in _LISTS:
            comparing = self._before(at) == "distinct" and (
                self._at(at - 2) == "is" or (self._at(at - 2) == "not" and self._at(at - 3) == "is")
            )
            columns = said == "using" and not level.deletes and self._next(at) == "("
            if level.called in _FROM_INSIDE or comparing or columns:
                return
            level.listing = True
            level.deletes &= said != "using"
        level.writes |= said == "into"
        self._expects = True

    def _name(self, at: int, token: SqlToken) -> None:
        """A table is named here, or a function that answers rows."""
        if token.kind == "word" and token.said in _BETWEEN:
            return
        self._expects = False
        level, following = self._levels[-1], self._next(at)
        written, level.writes = level.writes, False
        if following == ".":
            raise RefusedSql(f"指名了别的库{token.said}", f"names another schema, {token.said}")
        if following == "(" and self._before(at) != "into":
            if token.said.lower() not in _ROWS:
                raise RefusedSql(f"调用了{token.said}", f"calls {token.said}")
        elif written or not any(token.said in one.known for one in self._levels):
            self._named.add(token.said.strip("'"))
            self.places.add(at)
