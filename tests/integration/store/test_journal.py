"""The journal: a chain that shows every tampering, a key that finds its command, checkpoints that see truncation."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update

from engine.clock import DAY, HOUR, MINUTE
from engine.store import checkpoints, journal
from engine.store.journal import START, BrokenLink, Entry
from engine.store.schema.tables import anchor, checkpoint
from engine.store.schema.tables import journal as table
from engine.store.schema.tables import stream as streams
from engine.store.text import digest
from engine.store.transactions.failures import Duplicate
from engine.store.transactions.runner import Runner, Tx
from tests.integration.store.conftest import NOON, D

Tamper = Callable[[Tx], Any]


def write(runner: Runner, stream: str, count: int, at: int = NOON) -> str:
    """Append *count* commands to a stream; the hash of the last."""
    head = START

    def work(tx: Tx) -> None:
        nonlocal head
        for n in range(count):
            made = journal.append_to_stream(
                tx, D, stream, at=at + n, actor="p1", command="grant", body=f'{{"n":{n}}}', request_key=f"{stream}{n}"
            )
            head = made.hash

    runner.run(work)
    return head


def faults(runner: Runner, stream: str) -> list[str]:
    """What the chain of *stream* shows, against the head that its row holds."""

    def read(tx: Tx) -> list[str]:
        row = tx.connection.execute(select(streams).where(streams.c.id == stream)).one()
        return [f.what for f in journal.verify_chain(stream, journal.read(tx, D, stream), seq=row.seq, head=row.head)]

    return runner.run(read, write=False)


def row(seq: int) -> Any:
    """The condition of one row of stream ``org``."""
    return (table.c.stream == "org") & (table.c.seq == seq)


def swap(tx: Tx) -> None:
    """Let the second and the third row change places."""
    for old, new in ((2, 99), (3, 2), (99, 3)):
        tx.connection.execute(update(table).where(row(old)).values(seq=new))


def insert_between(tx: Tx) -> None:
    """Put a well-made row where there was none: the numbers after it move up."""
    for old in (5, 4, 3):
        tx.connection.execute(update(table).where(row(old)).values(seq=old + 1))
    before = journal.read(tx, D, "org")[1]
    forged = Entry(D, "org", 3, NOON, "p9", "grant", "{}")
    values = dataclasses.asdict(forged) | {"district_id": D, "hash": journal.entry_hash(forged, before.hash)}
    del values["district"]
    tx.connection.execute(insert(table).values(values))


TAMPERINGS: dict[str, tuple[Tamper, str]] = {
    "edit a body": (lambda tx: tx.connection.execute(update(table).where(row(2)).values(body="{}")), "hash"),
    "edit an actor": (lambda tx: tx.connection.execute(update(table).where(row(2)).values(actor="p2")), "hash"),
    "edit an answer": (lambda tx: tx.connection.execute(update(table).where(row(2)).values(answer="x")), "hash"),
    "edit a moment": (lambda tx: tx.connection.execute(update(table).where(row(2)).values(at=1)), "hash"),
    "edit a hash": (lambda tx: tx.connection.execute(update(table).where(row(2)).values(hash="0")), "hash"),
    "delete in the middle": (lambda tx: tx.connection.execute(delete(table).where(row(3))), "gap"),
    "delete the first": (lambda tx: tx.connection.execute(delete(table).where(row(1))), "gap"),
    "truncate": (lambda tx: tx.connection.execute(delete(table).where(row(5))), "head"),
    "truncate all": (lambda tx: tx.connection.execute(delete(table).where(table.c.stream == "org")), "head"),
    "insert": (insert_between, "hash"),
    "swap": (swap, "hash"),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_the_chain_shows_who_tampered(runner: Runner, name: str) -> None:
    write(runner, "org", 5)
    assert faults(runner, "org") == []
    tamper, shown = TAMPERINGS[name]
    runner.run(tamper)
    assert shown in faults(runner, "org")


def rehashed_without_last(tx: Tx) -> None:
    """Drop the last row and mend the stream's row too: the chain alone cannot show it."""
    tx.connection.execute(delete(table).where(row(5)))
    last = journal.read(tx, D, "org")[-1]
    tx.connection.execute(update(streams).where(streams.c.id == "org").values(seq=last.seq, head=last.hash))


def rewritten(tx: Tx) -> None:
    """Change a body and hash everything after it anew."""
    previous = START
    for entry in journal.read(tx, D, "org"):
        forged = dataclasses.replace(entry, body='{"n":7}' if entry.seq == 2 else entry.body)
        previous = journal.entry_hash(forged, previous)
        tx.connection.execute(update(table).where(row(entry.seq)).values(body=forged.body, hash=previous))
    tx.connection.execute(update(streams).where(streams.c.id == "org").values(head=previous))


@pytest.mark.parametrize("tamper", [rehashed_without_last, rewritten])
def test_a_checkpoint_shows_what_the_chain_cannot(runner: Runner, tamper: Tamper) -> None:
    write(runner, "org", 5)
    runner.run(lambda tx: checkpoints.take(tx, D, at=NOON, now=NOON))
    runner.run(tamper)
    assert faults(runner, "org") == []
    found = runner.run(lambda tx: list(checkpoints.verify(tx, D)), write=False)
    assert found == [BrokenLink("org", 5, "anchor")]


def test_a_forged_anchor_breaks_the_root(runner: Runner) -> None:
    write(runner, "org", 2)
    runner.run(lambda tx: checkpoints.take(tx, D, at=NOON, now=NOON))
    runner.run(lambda tx: tx.connection.execute(delete(anchor)))
    found = runner.run(lambda tx: list(checkpoints.verify(tx, D)), write=False)
    assert found == [BrokenLink("checkpoint", 1, "root")]


def test_a_cut_chain_of_checkpoints_misses_the_one_that_was_exported(runner: Runner) -> None:
    write(runner, "org", 2)
    runner.run(lambda tx: checkpoints.take(tx, D, at=NOON, now=NOON))
    write(runner, "points", 2)
    exported = runner.run(lambda tx: checkpoints.take(tx, D, at=NOON, now=NOON))
    assert exported is not None
    kept = exported.no, exported.root
    assert runner.run(lambda tx: list(checkpoints.verify(tx, D, kept)), write=False) == []

    def cut(tx: Tx) -> None:
        tx.connection.execute(delete(anchor).where(anchor.c.no == 2))
        tx.connection.execute(delete(checkpoint).where(checkpoint.c.no == 2))

    runner.run(cut)
    assert runner.run(lambda tx: list(checkpoints.verify(tx, D)), write=False) == []
    assert runner.run(lambda tx: list(checkpoints.verify(tx, D, kept)), write=False) != []


def test_a_checkpoint_anchors_only_what_moved(runner: Runner) -> None:
    write(runner, "org", 2)
    first = runner.run(lambda tx: checkpoints.take(tx, D, at=NOON, now=NOON))
    assert runner.run(lambda tx: checkpoints.take(tx, D, at=NOON, now=NOON)) is None
    write(runner, "points", 1, NOON + 10 * MINUTE)
    second = runner.run(lambda tx: checkpoints.take(tx, D, at=NOON + MINUTE, now=NOON + 10 * MINUTE))
    assert first is not None
    assert second is not None
    assert (second.no, second.prev) == (2, first.root)
    anchored = select(anchor.c.stream).where(anchor.c.no == 2)
    assert runner.run(lambda tx: tx.connection.execute(anchored).scalars().all(), write=False) == ["points"]
    assert runner.run(lambda tx: list(checkpoints.verify(tx, D)), write=False) == []


def test_rows_of_a_clock_that_was_moved_back_are_anchored_at_the_next_look(runner: Runner) -> None:
    write(runner, "org", 1, NOON)
    runner.run(lambda tx: checkpoints.take(tx, D, at=NOON, now=NOON))
    write(runner, "points", 1, NOON - 9 * HOUR)
    runner.run(lambda tx: checkpoints.take(tx, D, at=NOON + MINUTE, now=NOON - 9 * HOUR + MINUTE))
    assert anchored(runner) == [(1, "org", 1), (2, "points", 1)]
    write(runner, "rota", 1, NOON - 9 * HOUR + 2 * MINUTE)
    runner.run(lambda tx: checkpoints.take(tx, D, at=NOON + 3 * MINUTE, now=NOON - 9 * HOUR + 3 * MINUTE))
    assert anchored(runner)[2:] == [(3, "rota", 1)]


def test_a_row_of_a_strange_hour_is_anchored_on_the_next_day(runner: Runner) -> None:
    write(runner, "org", 1, NOON)
    runner.run(lambda tx: checkpoints.take(tx, D, at=NOON, now=NOON))
    write(runner, "points", 1, NOON - 9 * HOUR)  # the clock was moved back and forth again since
    assert runner.run(lambda tx: checkpoints.take(tx, D, at=NOON + MINUTE, now=NOON + MINUTE)) is None
    runner.run(lambda tx: checkpoints.take(tx, D, at=NOON + DAY, now=NOON + DAY))
    assert anchored(runner) == [(1, "org", 1), (2, "points", 1)]


def anchored(runner: Runner) -> list[tuple[int, str, int]]:
    """What each checkpoint holds."""
    a = anchor.c
    statement = select(a.no, a.stream, a.seq).order_by(a.no, a.stream)
    return [tuple(row) for row in runner.run(lambda tx: tx.connection.execute(statement).all(), write=False)]


@pytest.mark.parametrize(("leaves", "same"), [(["a", "b"], ["b", "a"]), (["a"], ["a", "a"]), ([], ["a"])])
def test_different_leaves_have_different_roots(leaves: list[str], same: list[str]) -> None:
    assert checkpoints.merkle_root(leaves) != checkpoints.merkle_root(same)


def test_parts_are_hashed_with_their_lengths() -> None:
    assert len({digest("ab", "c"), digest("a", "bc"), digest("abc"), digest("abc", ""), digest("abc", None)}) == 5


def test_a_request_key_finds_its_command(runner: Runner) -> None:
    write(runner, "org", 2)
    found = runner.run(lambda tx: journal.find_request(tx, D, "p1", "org1"), write=False)
    assert found is not None
    assert (found.seq, found.body) == (2, '{"n":1}')
    for actor, key, district in (("p2", "org1", D), ("p1", "org9", D), ("p1", "org1", "d2")):
        assert runner.run(lambda tx, a=actor, k=key, d=district: journal.find_request(tx, d, a, k)) is None


def test_a_request_key_is_used_once(runner: Runner) -> None:
    write(runner, "org", 1)
    with pytest.raises(Duplicate):
        runner.run(
            lambda tx: journal.append_to_stream(
                tx, D, "other", at=NOON, actor="p1", command="x", body="{}", request_key="org0"
            )
        )
    assert faults(runner, "org") == []


def test_commands_without_a_key_do_not_collide(runner: Runner) -> None:
    for _ in range(2):
        runner.run(lambda tx: journal.append_to_stream(tx, D, "s", at=NOON, actor="p1", command="x", body="{}"))
    assert [e.seq for e in runner.run(lambda tx: journal.read(tx, D, "s"), write=False)] == [1, 2]
    assert [e.seq for e in runner.run(lambda tx: journal.read(tx, D, "s", 1), write=False)] == [2]
