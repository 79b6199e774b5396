"""Statements of SQLAlchemy Core, compiled once per dialect into text and run without its machinery."""

from __future__ import annotations

import json
from collections import namedtuple
from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Executable, Table, Text, bindparam, insert, literal_column
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

_DIALECTS: dict[str, Dialect] = {
    "sqlite": sqlite.dialect(paramstyle="qmark"),
    "postgresql": PGDialect_psycopg(paramstyle="numeric_dollar"),  # type: ignore[no-untyped-call]
}
_INSERTS: dict[str, Callable[[Table], Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class Compiled:
    """The text of a statement for one dialect and how its values are put in line."""

    __slots__ = ("_constants", "_in_line", "_lists", "make", "reads", "text")

    def __init__(self, construct: Executable, dialect: str, lists: Sequence[str]) -> None:
        compiled = construct.compile(  # type: ignore[attr-defined]
            dialect=_DIALECTS[dialect], compile_kwargs={"render_postcompile": True}
        )
        self.text = str(compiled)
        self.reads: bool = getattr(construct, "is_select", False)
        names: list[str] = compiled.positiontup or []
        self._constants = {name: compiled.binds[name].value for name in names if not compiled.binds[name].required}
        self._lists = tuple(lists) if dialect == "sqlite" else ()
        self._in_line = _line(names)
        self.make: Callable[[Sequence[Any]], Any] | None = None
        columns = getattr(construct, "exported_columns", ())
        if len(columns):
            names = [str(c.key) for c in columns]
            row: Any = namedtuple("Row", names, rename=True)  # type: ignore[misc]
            self.make = row._make

    def bind(self, params: dict[str, Any]) -> tuple[Any, ...]:
        """The values to send with the text, in its order; *params* is the caller's to give away."""
        if self._constants:
            params.update(self._constants)
        for name in self._lists:
            params[name] = json.dumps(params[name])
        return self._in_line(params)


def _line(names: list[str]) -> Callable[[dict[str, Any]], tuple[Any, ...]]:
    """A function from parameters to the values of *names*, in their order."""
    if len(names) > 1:
        return itemgetter(*names)
    return lambda params: tuple(params[name] for name in names)


class Statement:
    """One statement with named parameters; rows come back as named tuples.

    *construct* is a Core construct, or a function from the dialect's ``insert`` to one. *lists* names the parameters
    that ``among`` reads.
    """

    def __init__(self, construct: Executable | Callable[[Any], Executable], lists: Sequence[str] = ()) -> None:
        self._construct = construct
        self._lists = lists
        self._compiled: dict[str, Compiled] = {}

    def on(self, dialect: str) -> Compiled:
        """The compiled form for *dialect*, made on first use."""
        found = self._compiled.get(dialect)
        if found is None:
            build = self._construct
            construct = build if isinstance(build, Executable) else build(_INSERTS[dialect])
            found = self._compiled[dialect] = Compiled(construct, dialect, self._lists)
        return found


def constant(value: str) -> ColumnElement[str]:
    """A word written into the statement's text, so that a partial index on it is found; never for input."""
    if not value.isidentifier():
        raise ValueError(value)
    return literal_column(f"'{value}'", Text)


class _Among(ColumnElement[bool]):
    """``column IN (the list parameter)`` with one text for lists of every length."""

    inherit_cache = False

    def __init__(self, column: ColumnElement[Any], name: str) -> None:
        self.column = column
        self.name = name


@compiles(_Among, "sqlite")
def _among_sqlite(element: _Among, compiler: SQLCompiler, **kw: Any) -> str:
    value = compiler.process(bindparam(element.name, type_=Text, required=True), **kw)
    column = compiler.process(element.column, **kw)
    return f"{column} IN (SELECT value FROM json_each({value}))"  # noqa: S608 - both parts are compiled, not typed


@compiles(_Among, "postgresql")
def _among_postgresql(element: _Among, compiler: SQLCompiler, **kw: Any) -> str:
    item = BigInteger() if isinstance(element.column.type, BigInteger) else Text()
    value = compiler.process(bindparam(element.name, type_=ARRAY(item), required=True), **kw)
    return f"{compiler.process(element.column, **kw)} = ANY({value})"


def among(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """The condition that *column* is one of the list parameter *name* (also name it in ``lists``)."""
    return _Among(column, name)


class Insert(Statement):
    """An insert of rows; the parameters are the names of *columns*. Many rows go in one statement, too."""

    def __init__(self, table: Table, columns: Sequence[str]) -> None:
        super().__init__(insert(table).values({name: bindparam(name) for name in columns}))
        self._table, self._columns = table, tuple(columns)
        self._texts: dict[str, str] = {}

    def many(self, dialect: str, rows: Sequence[dict[str, Any]]) -> tuple[str, tuple[Any, ...]]:
        """The text for any number of rows, and the values to send with it: a list a column, or all rows as JSON."""
        if dialect not in self._texts:
            self._texts[dialect] = self._many(dialect)
        if dialect == "sqlite":
            values = [[row[name] for name in self._columns] for row in rows]
            return self._texts[dialect], (json.dumps(values, ensure_ascii=False),)
        return self._texts[dialect], tuple([row[name] for row in rows] for name in self._columns)

    def _many(self, dialect: str) -> str:
        into = f"INSERT INTO {self._table.name} ({', '.join(self._columns)})"
        if dialect == "sqlite":
            cells = ", ".join(f"json_extract(value, '$[{at}]')" for at in range(len(self._columns)))
            return f"{into} SELECT {cells} FROM json_each(?)"  # noqa: S608 - names of our own tables
        kinds = (self._table.c[name].type.compile(_DIALECTS[dialect]) for name in self._columns)
        lists = ", ".join(f"${at}::{kind}[]" for at, kind in enumerate(kinds, 1))
        return f"{into} SELECT * FROM unnest({lists})"  # noqa: S608 - names of our own tables


def insert_into(table: Table) -> Insert:
    """An insert of whole rows; the parameters are the column names."""
    return Insert(table, [column.name for column in table.c])
