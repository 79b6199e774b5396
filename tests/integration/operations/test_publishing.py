"""Publishing and adopting: who may, what the district's own journals keep, and that doing it again changes nothing."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from engine.definition.load import load_text
from engine.errors import Forbidden
from engine.operations.context import Caller
from engine.operations.publish import publish
from engine.operations.verifying.verify import verify
from engine.store import journal
from engine.store.journal import Entry
from engine.store.tables import definition
from engine.store.tables import journal as journal_table
from tests.town import W1, Town


def changed(town: Town) -> str:
    return W1.replace("2 workdays", "3 workdays")


def entries(town: Town, stream: str) -> tuple[Entry, ...]:
    return town.ctx.runner.run(lambda tx: journal.read(tx, town.ctx.id, stream), write=False)


def test_publishing_is_written_down_once_and_again_changes_nothing(town: Town) -> None:
    before = len(entries(town, "definition"))
    process = town.publish(changed(town))
    town.publish(changed(town))
    after = entries(town, "definition")
    assert len(after) == before + 1
    assert process.hash in after[-1].body
    assert after[-1].actor == "cai"
    assert verify(town.ctx).broken == ()


def test_only_an_administrator_publishes(town: Town) -> None:
    process = load_text(changed(town), town.ctx.catalogue)
    with pytest.raises(Forbidden):
        publish(town.ctx, Caller("ann"), process)
    assert publish(town.ctx, Caller("cai"), process)


def test_running_cases_stay_on_their_version(town: Town) -> None:
    old = town.start(key="a")
    town.publish(changed(town))
    assert town.act(old, "ok", "agree", "sun").end == "done"
    d = definition.c
    statement = select(d.current).where(d.district_id == town.ctx.id, d.process == "w1")
    current = town.ctx.runner.run(lambda tx: tx.connection.execute(statement).scalars().all(), write=False)
    assert sorted(current) == [0, 1]


def test_a_changed_line_of_the_districts_own_journal_is_found(town: Town) -> None:
    j = journal_table.c
    statement = update(journal_table).where(j.district_id == town.ctx.id, j.stream == "definition", j.seq == 1)
    town.ctx.runner.run(lambda tx: tx.connection.execute(statement.values(command="adopt")).rowcount)
    assert [broken.promise for broken in verify(town.ctx).broken] == ["chain"]
