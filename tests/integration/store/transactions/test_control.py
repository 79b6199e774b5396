"""What begins or ends a transaction is known by its words, wherever they stand, and refused before it is sent."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, select, text

from engine.store.schema import tables
from engine.store.transactions.control import transaction_control
from engine.store.transactions.runner import Runner, Tx

WORDS = ["BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT a", "RELEASE a", "END", "START TRANSACTION", "ABORT",
         "PREPARE TRANSACTION 'a'"]  # fmt: skip
WRAPPED = ["{}", "  {};", "/* why */ {}", "-- why\n{}", "SELECT 1; {}", "SELECT ';' ; {}", "SELECT E'\\'' ; {}",
           "SELECT $a$ ; $a$; {}", "/* ; */; {} -- done", "CREATE TABLE a (b int); COMMIT; {}"]  # fmt: skip
HARMLESS = [
    "SELECT 'COMMIT'", "SELECT 1 -- ; COMMIT", "SELECT 1 /* ; COMMIT */", 'SELECT "COMMIT" FROM a', "SELECT $$; COMMIT $$",
    "SELECT CASE WHEN a THEN 'begin' END FROM b", "UPDATE a SET begin = 1", "PREPARE a AS SELECT 1",
    "CREATE TRIGGER a AFTER INSERT ON b BEGIN DELETE FROM c; END", "INSERT INTO commits VALUES ('x; ROLLBACK')",
    "SELECT E'\\'; COMMIT'", "SELECT 'it''s; COMMIT'", "", ";", "SELECT `commit` FROM a",
]  # fmt: skip


@pytest.mark.parametrize("wrapped", WRAPPED)
@pytest.mark.parametrize("word", WORDS)
def test_the_word_is_found_in_capitals_or_not(word: str, wrapped: str) -> None:
    for sql in (wrapped.format(word), wrapped.format(word.lower())):
        assert transaction_control(sql) in (word.split()[0], "COMMIT")


@pytest.mark.parametrize("sql", HARMLESS)
def test_the_same_word_elsewhere_is_none(sql: str) -> None:
    assert transaction_control(sql) == ""


@pytest.mark.parametrize("opened", ["'", '"', "/*", "$a$", "E'\\", "--", "$a"])
def test_what_never_closes_takes_no_longer_than_it_is_long(opened: str) -> None:
    assert transaction_control("SELECT begin " + opened * 100_000) == ""


@pytest.mark.parametrize("sql", ["COMMIT", "ROLLBACK", "SAVEPOINT mine", " /* x */ begin", "RELEASE member"])
def test_an_action_cannot_send_it_and_nothing_of_the_action_stays(runner: Runner, sql: str) -> None:
    def work(tx: Tx) -> None:
        tx.connection.execute(insert(tables.district).values(district_id="d", key="a", value="v"))
        tx.connection.execute(text(sql))

    with pytest.raises(RuntimeError, match=f"must not send {sql.split()[-1 if 'x' in sql else 0].upper()}"):
        runner.run(work)
    assert runner.run(lambda tx: tx.connection.execute(select(tables.district)).all(), write=False) == []


def test_a_savepoint_of_sqlalchemy_is_refused_too(runner: Runner) -> None:
    with pytest.raises(RuntimeError, match="must not send SAVEPOINT"):
        runner.run(lambda tx: tx.connection.begin_nested())
