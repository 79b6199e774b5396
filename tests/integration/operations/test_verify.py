"""verify finds every tampering with what is stored, and names the case."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from sqlalchemy import delete, insert, select, update

from engine.extend import Invariant, Problem, both, hookimpl
from engine.extend.loading.discovery import Plugin
from engine.extend.registry import Registry
from engine.operations import cases
from engine.operations.clockwork import seal
from engine.operations.context import Caller
from engine.operations.verifying.verdict import looked_at
from engine.operations.verifying.verify import verify
from engine.store.schema import tables
from engine.store.transactions.runner import Tx
from tests import desk
from tests.integration.operations.looking import broken, rows
from tests.town import Town

j, c, d, t = tables.journal.c, tables.cases.c, tables.case_data.c, tables.task.c
Tamper = Callable[[Tx], object]


@pytest.fixture
def busy(lone_town: Town) -> Town:
    """The town with an ended case, an open one that went back and forth, and an untouched one."""
    return _lived_in(lone_town)


def _lived_in(town: Town) -> Town:
    town.act(town.start("hold", seat="1"), "ok", "refuse", "sun", opinion="没有")
    back = town.start("hold", seat="2")
    town.act(back, "ok", "revise", "sun", opinion="换一个")
    town.act(back, "start", "submit", "ann", fill={"seat": "3"})
    cases.comment(town.ctx, Caller("ann"), back.number, "已经换了")
    town.start("w1")
    return town


def _promises(town: Town, tamper: Tamper) -> set[str]:
    town.ctx.runner.run(lambda tx: tamper(tx) and None)
    return {line.split()[0] for line in broken(town)}


def _journal(tx: Tx, **values: object) -> int:
    """Change the second row of the case that went back and forth."""
    case = tx.connection.execute(select(c.id).where(c.version == 4)).scalar_one()
    return tx.connection.execute(update(tables.journal).where(j.stream == case, j.seq == 2).values(**values)).rowcount


def test_an_honest_district_has_nothing_broken(town: Town) -> None:
    _lived_in(town)
    seal(town.ctx)
    verdict = verify(town.ctx)
    every = rows(town, tables.journal)
    streams = {row["stream"] for row in every} - {row["id"] for row in rows(town, tables.cases)}
    assert (verdict.cases, verdict.streams, verdict.rows, verdict.broken) == (3, len(streams), len(every), ())
    assert looked_at([verdict]).zh == f"3件办件和{len(streams)}本其他流水（机构、流程、账号等），共{len(every)}行"
    assert verdict.checkpoint is not None
    kept = verdict.checkpoint.no, verdict.checkpoint.root
    assert verify(town.ctx, kept=kept).broken == ()
    assert [b.promise for b in verify(town.ctx, kept=(kept[0], "0" * 64)).broken] == ["checkpoint"]


_EDITS: list[dict[str, object]] = [
    {"body": '{"ev":[]}'}, {"body": "no JSON"}, {"actor": "bo"}, {"at": 1}, {"command": "start"}, {"hash": "0" * 64},
]  # fmt: skip


@pytest.mark.parametrize("values", _EDITS, ids=str)
def test_an_edited_journal_row_is_found(busy: Town, values: dict[str, object]) -> None:
    assert "chain" in _promises(busy, lambda tx: _journal(tx, **values))


def test_a_deleted_journal_row_is_found(busy: Town) -> None:
    def tamper(tx: Tx) -> object:
        case = tx.connection.execute(select(c.id).where(c.version == 4)).scalar_one()
        return tx.connection.execute(delete(tables.journal).where(j.stream == case, j.seq == 2)).rowcount

    assert {"chain", "replay"} <= _promises(busy, tamper)


def test_a_journal_cut_at_its_end_is_found(busy: Town) -> None:
    def tamper(tx: Tx) -> object:
        return tx.connection.execute(delete(tables.journal).where(j.seq == 4)).rowcount

    assert "chain" in _promises(busy, tamper)


def test_a_case_that_vanished_whole_is_found_by_the_checkpoint(busy: Town) -> None:
    seal(busy.ctx)

    def tamper(tx: Tx) -> object:
        case = tx.connection.execute(select(c.id).where(c.version == 1)).scalar_one()
        for table in (tables.task, tables.case_data, tables.party):
            tx.connection.execute(delete(table).where(table.c.case_id == case))
        tx.connection.execute(delete(tables.journal).where(j.stream == case))
        return tx.connection.execute(delete(tables.cases).where(c.id == case)).rowcount

    assert "checkpoint" in _promises(busy, tamper)


@pytest.mark.parametrize("stream", ["definition", "org"])
def test_an_edited_row_of_the_districts_own_journal_is_found(busy: Town, stream: str) -> None:
    statement = update(tables.journal).where(j.stream == stream, j.seq == 1).values(command="bo")
    assert _promises(busy, lambda tx: tx.connection.execute(statement).rowcount) == {"chain"}


def test_a_checkpoint_that_was_edited_is_found(busy: Town) -> None:
    seal(busy.ctx)
    statement = update(tables.checkpoint).values(root="0" * 64)
    assert "checkpoint" in _promises(busy, lambda tx: tx.connection.execute(statement).rowcount)


def test_a_state_that_was_edited_is_found(busy: Town) -> None:
    def tamper(tx: Tx) -> object:
        state = tx.connection.execute(select(c.state).where(c.version == 4)).scalar_one()
        changed = update(tables.cases).where(c.version == 4).values(state=state.replace('"by":"ann"', '"by":"bea"', 1))
        return tx.connection.execute(changed).rowcount

    assert "replay" in _promises(busy, tamper)


@pytest.mark.parametrize("column", ["data", "fill", "note"])
def test_a_form_that_was_edited_is_found(busy: Town, column: str) -> None:
    def tamper(tx: Tx) -> object:
        at = {"data": 4, "fill": 3, "note": 4}[column]
        case = tx.connection.execute(select(c.id).where(c.version == 4)).scalar_one()
        mine = (d.case_id == case, d.seq == at)
        text = tx.connection.execute(select(d[column]).where(*mine)).scalar_one()
        return tx.connection.execute(
            update(tables.case_data).where(*mine).values({column: text.replace("3", "9").replace("换", "没")})
        ).rowcount

    assert _promises(busy, tamper) & {"form", "replay"}


def test_a_form_that_was_dropped_is_found(busy: Town) -> None:
    assert "form" in _promises(busy, lambda tx: tx.connection.execute(delete(tables.case_data)).rowcount)


def test_a_dropped_task_is_found(busy: Town) -> None:
    statement = delete(tables.task).where(t.status == "open")
    assert _promises(busy, lambda tx: tx.connection.execute(statement).rowcount) == {"task"}


def test_a_dropped_task_of_long_ago_is_found(busy: Town) -> None:
    statement = delete(tables.task).where(t.status == "done")
    assert _promises(busy, lambda tx: tx.connection.execute(statement).rowcount) == {"task"}


@pytest.mark.parametrize(
    "values", [{"actor": "bo"}, {"outcome": "agree"}, {"done_at": 1}, {"on_behalf": "bo"}], ids=str
)
def test_an_edited_task_of_long_ago_is_found(busy: Town, values: dict[str, object]) -> None:
    statement = update(tables.task).where(t.status == "done", t.outcome == "revise").values(**values)
    assert _promises(busy, lambda tx: tx.connection.execute(statement).rowcount) == {"task"}


@pytest.mark.parametrize(
    "values", [{"audience": "user:ann"}, {"assignee": "bo"}, {"due_at": 1}, {"needed_by": 1}, {"status": "done"}],
    ids=str,
)  # fmt: skip
def test_an_edited_task_is_found(busy: Town, values: dict[str, object]) -> None:
    statement = update(tables.task).where(t.status == "open", t.step == "ok").values(**values)
    assert _promises(busy, lambda tx: tx.connection.execute(statement).rowcount) == {"task"}


def test_an_invented_task_is_found(busy: Town) -> None:
    def tamper(tx: Tx) -> object:
        row = tx.connection.execute(select(tables.task).where(t.status == "open")).mappings().first()
        assert row is not None
        return tx.connection.execute(insert(tables.task).values(**{**row, "n": 77})).rowcount

    assert _promises(busy, tamper) == {"task"}


class _Sour(desk.Hooks):
    @hookimpl
    def register_invariants(self) -> Sequence[Invariant]:
        return [Invariant("desk.sour", both("sour"), lambda ctx: [Problem("sour", both("never right"), path="here")])]


def test_a_promise_of_a_plugin_is_asked_too(busy: Town) -> None:
    assert broken(busy) == []
    registry = Registry([Plugin(desk.plugin().manifest, _Sour())])
    ctx = replace(busy.ctx, system=replace(busy.system, registry=registry))
    assert [(found.promise, found.place) for found in verify(ctx).broken] == [("desk.sour", "here")]
