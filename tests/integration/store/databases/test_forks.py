"""A forked process takes over no connection and nobody's turn: it begins anew, or is told that it cannot."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from engine.store.databases.database import Database, open_database
from engine.store.transactions.runner import Runner, Tx
from tests.forking import FORKS, forked
from tests.integration.store.transactions.test_runner import count, put

pytestmark = FORKS


def _answers(database: Database, runner: Runner) -> list[Any]:
    """What a child is told when it writes, reads, and does both with a database that it opens by itself."""
    another = Runner(open_database(database.url.render_as_string(hide_password=False)))
    works: list[Callable[[], Any]] = [
        lambda: runner.run(put("child")), lambda: count(runner), lambda: another.run(put("own")), lambda: count(another),
    ]  # fmt: skip
    answers = []
    for work in works:
        try:
            answers.append(work())
        except Exception as error:
            answers.append(getattr(error, "code", repr(error)))
    return answers


def test_who_holds_no_connection_may_be_forked(db: Database, runner: Runner) -> None:
    assert runner.run(put("before")) == 1
    runner.release()
    db.close()
    assert forked(lambda: _answers(db, runner)) == [1, 2, 1, 3]
    assert count(runner) == 3


@pytest.mark.parametrize("reads", [False, True])
def test_a_fork_while_somebody_writes_goes_on_as_its_own_or_not_at_all(
    db: Database, runner: Runner, reads: bool
) -> None:
    """Two processes on one connection, or SQLite's locks of the parent in the child, would lose what is saved."""
    told: list[Any] = []
    assert count(runner) == 0, "a connection lies on the shelf"

    def work(tx: Tx) -> None:
        if not reads:
            put("parent")(tx)
        told.extend(forked(lambda: _answers(db, runner)))

    runner.run(work, write=not reads)
    assert told == (["forked"] * 4 if db.dialect == "sqlite" else [1, 1, 1, 2])
    assert runner.run(put("after")) == 1, "and the parent goes on"
    assert count(runner) == 1 + (not reads) + 2 * (db.dialect == "postgresql")
