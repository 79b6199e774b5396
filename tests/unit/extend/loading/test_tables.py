"""Tables of a plugin: the district first in every key, and references only where they may point."""

from __future__ import annotations

import pytest
from sqlalchemy import BigInteger, Column, Integer, Text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError
from sqlalchemy.schema import CreateTable

from engine.extend import plugin_table, ref

thing = plugin_table(
    "trial_tables",
    "thing",
    Column("size", Integer, nullable=False),
    Column("id", Text),
    Column("home", Text, nullable=False),
    Column("case_id", Text),
    key=["id"],
    refs={"home": ref.unit, "case_id": ref.case},
    unique=[["home", "size"]],
    indexes=[["case_id"]],
    rank=7,
)
part = plugin_table(
    "trial_tables",
    "part",
    Column("thing", Text),
    Column("no", BigInteger),
    key=["thing", "no"],
    refs={"thing": thing},
)


def test_the_name_carries_the_plugin() -> None:
    assert (thing.name, part.name) == ("trial_tables_thing", "trial_tables_part")
    assert thing.metadata is part.metadata


def test_the_district_comes_first_in_every_key_index_and_reference() -> None:
    assert [c.name for c in thing.primary_key] == ["district_id", "id"]
    assert [c.name for c in part.primary_key] == ["district_id", "thing", "no"]
    for table in (thing, part):
        for constraint in table.foreign_key_constraints:
            assert next(iter(constraint.columns)).name == "district_id"
            assert [e.column.name for e in constraint.elements] == ["district_id", "id"]
        for index in table.indexes:
            assert next(iter(index.columns)).name == "district_id"
    assert "UNIQUE (district_id, home, size)" in str(CreateTable(thing).compile(dialect=sqlite.dialect()))


def test_a_key_column_is_never_empty_and_others_are_as_declared() -> None:
    assert {c.name: c.nullable for c in thing.columns} == {
        "district_id": False,
        "id": False,
        "size": False,
        "home": False,
        "case_id": True,
    }


def test_a_reference_to_the_case_waits_for_the_commit() -> None:
    ddl = str(CreateTable(thing).compile(dialect=postgresql.dialect()))
    assert "REFERENCES cases (district_id, id) DEFERRABLE INITIALLY DEFERRED" in ddl
    assert ddl.count("DEFERRED") == 1


def test_sqlite_keeps_the_rows_in_the_key_itself() -> None:
    assert "WITHOUT ROWID" in str(CreateTable(part).compile(dialect=sqlite.dialect()))


def test_locks_go_by_the_declared_rank() -> None:
    assert (thing.info["rank"], part.info["rank"]) == (7, 0)


def test_a_key_or_reference_that_is_no_column_is_refused() -> None:
    with pytest.raises(KeyError, match="nothing"):
        plugin_table("trial_tables", "bad_key", Column("id", Text), key=["nothing"])
    with pytest.raises(ArgumentError, match="nothing"):
        plugin_table("trial_tables", "bad_ref", Column("id", Text), key=["id"], refs={"nothing": thing})
