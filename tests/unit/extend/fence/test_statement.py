"""A plugin's SQL may name the plugin's own tables; whatever else it names is found, however it is spelt."""

from __future__ import annotations

import re

import pytest

from engine.extend.fence.statement import reading
from engine.i18n import Text
from engine.store.databases.database import DialectName
from tests.spellings import DISTRICTLESS, FOREIGN, FOREIGN_ON, LEGAL, LEGAL_ON, MOVING, NO_STATEMENTS

OWN = frozenset({"desk_seat", "desk_note"})


def objection(sql: str, own: frozenset[str], dialect: DialectName, writing: bool = True) -> Text | None:
    return reading(sql, own, dialect, writing).objection


BOTH: tuple[DialectName, ...] = ("postgresql", "sqlite")


def said_on(common: tuple[str, ...], only: dict[str, tuple[str, ...]]) -> list[tuple[str, DialectName]]:
    return [(sql, dialect) for dialect in BOTH for sql in (*common, *only.get(dialect, ()))]


@pytest.mark.parametrize(("sql", "dialect"), said_on(LEGAL, LEGAL_ON))
def test_what_names_its_own_tables_passes(sql: str, dialect: DialectName) -> None:
    assert objection(sql, OWN, dialect) is None


@pytest.mark.parametrize(("sql", "dialect"), said_on(FOREIGN, FOREIGN_ON))
def test_what_names_anything_else_is_refused(sql: str, dialect: DialectName) -> None:
    assert objection(sql, OWN, dialect) is not None


@pytest.mark.parametrize(("sql", "dialect"), said_on(NO_STATEMENTS, {}))
def test_what_is_no_statement_over_rows_is_refused(sql: str, dialect: DialectName) -> None:
    assert objection(sql, OWN, dialect) is not None


@pytest.mark.parametrize(("sql", "dialect"), said_on(DISTRICTLESS, {}))
def test_what_says_of_one_of_its_tables_not_which_district_s_rows_is_refused(sql: str, dialect: DialectName) -> None:
    said = objection(sql, OWN, dialect)
    assert said is not None
    assert said.en.startswith("does not say which district's rows it is about")


@pytest.mark.parametrize(("sql", "dialect"), said_on(MOVING, {}))
def test_what_moves_a_row_to_another_district_is_refused(sql: str, dialect: DialectName) -> None:
    said = objection(sql, OWN, dialect)
    assert said is not None
    assert said.en == "sets district_id, and no row changes its district"


@pytest.mark.parametrize("asked", ["?1", ":d", "@d", "$d"])
def test_a_parameter_that_only_the_driver_counts_is_refused(asked: str) -> None:
    said = objection(f"select name from desk_seat where name = {asked} and district_id = ?", OWN, "sqlite")
    assert said is not None and said.en == f"has a parameter '{asked[:2]}' of the driver's"


def test_other_names_for_the_columns_bind_nothing() -> None:
    sql = "select s.name from desk_seat as s(name, district_id, effect) where s.district_id = 't'"
    assert objection(sql, OWN, "postgresql") is not None


def test_a_parameter_is_known_by_its_name_or_by_its_place_in_line() -> None:
    sql = "select name from desk_seat where name <> {} and district_id = {}"
    lined = reading(sql.format("?", "?"), OWN, "sqlite")
    named = reading(sql.format("%(a)s", "%(b)s::VARCHAR"), OWN, "postgresql")
    assert (lined.binds, named.binds) == ((1,), ("b",))
    assert lined.about("t", [("x", "t"), ("y", "t")]) and not lined.about("t", [("x", "t"), ("t", "u")])
    assert named.about("t", [{"a": "x", "b": "t"}]) and not named.about("t", [{"a": "t", "b": "u"}])


@pytest.mark.parametrize(("sql", "dialect"), said_on(LEGAL, {}))
def test_the_same_statement_of_a_plugin_without_tables_is_refused_where_it_names_one(
    sql: str, dialect: DialectName
) -> None:
    assert (objection(sql, frozenset(), dialect) is None) is (not any(table in sql for table in OWN))


@pytest.mark.parametrize(("sql", "dialect"), said_on(LEGAL, LEGAL_ON))
def test_what_changes_or_locks_a_row_is_refused_where_one_only_reads(sql: str, dialect: DialectName) -> None:
    bare = re.sub(r"'[^']*'|\"[^\"]*\"", "", sql.lower())
    said = objection(sql, OWN, dialect, writing=False)
    assert (said is not None) is bool(re.search(r"\b(insert|update|delete|share)\b", bare)), said


@pytest.mark.parametrize("lock", ["for update", "for no key update", "for share", "for key share"])
def test_a_lock_is_a_write(lock: str) -> None:
    said = objection(f"select * from desk_seat where district_id = 't' {lock}", OWN, "postgresql", writing=False)
    assert said is not None and said.en == "writes, where it may only read"


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
@pytest.mark.parametrize(
    "asked", ["key share", "key, share", "key update", "share", "no key share", "substring(name from 1 for share)"]
)
def test_columns_that_are_called_as_the_words_of_a_lock_are_read(asked: str, dialect: DialectName) -> None:
    assert objection(f"select {asked} from desk_seat where district_id = 't'", OWN, dialect, writing=False) is None


def test_a_refusal_says_which_tables() -> None:
    said = objection("select * from task, desk_seat, cases", OWN, "sqlite")
    assert said is not None
    assert said.en == "names tables that are not its own: cases, task"
    assert said.zh == "动了不是它自己的表：cases、task"


def test_parameters_of_the_driver_are_no_words() -> None:
    sql = 'INSERT INTO desk_seat (district_id, "table", name) VALUES (%(d)s, %(table)s::VARCHAR, %(from)s::VARCHAR)'
    assert objection(sql, OWN, "postgresql") is None


def test_each_text_is_read_once() -> None:
    sql = "select name from desk_seat where district_id = 'read once'"
    before = reading.cache_info().misses
    for _ in range(3):
        objection(sql, OWN, "sqlite")
    assert reading.cache_info().misses == before + 1
