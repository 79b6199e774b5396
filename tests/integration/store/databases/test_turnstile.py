"""The turnstile lets the processes of one SQLite file write in turn, and stands in nobody's way where it cannot."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from engine.store.databases import turnstile
from engine.store.databases.database import open_database
from engine.store.databases.turnstile import Turnstile
from engine.store.transactions.runner import Runner
from tests.bounded import until
from tests.forking import forked, forks
from tests.integration.store.transactions.test_runner import count, put

pytestmark = pytest.mark.skipif(turnstile._flock() is None, reason="this system locks no files so")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A database's file."""
    found = tmp_path / "a.db"
    found.touch(mode=0o640)
    return found


@pytest.fixture
def two(file: Path) -> Iterator[tuple[Turnstile, Turnstile]]:
    """Turnstiles as two processes have them."""
    found = Turnstile(file), Turnstile(file)
    yield found
    for one in found:
        one.close()


def test_one_is_inside_at_a_time(two: tuple[Turnstile, Turnstile]) -> None:
    one, other = two
    assert one.enter(0)
    assert one.enter(0), "who is inside is"
    assert not other.enter(0.001)
    one.leave()
    assert other.enter(0)
    assert not one.enter(0)


def test_who_waits_is_next(file: Path, two: tuple[Turnstile, Turnstile]) -> None:
    """Whoever leaves and comes back at once stands behind whoever waits."""
    one, other = two
    inside: list[str] = []
    assert one.enter(0)
    with ThreadPoolExecutor(1) as pool:
        waits = pool.submit(lambda: (other.enter(60), inside.append("other"), other.leave()))
        until(lambda: _is_taken(Path(f"{file}-next")))
        one.leave()
        assert one.enter(60)
        inside.append("one")
        waits.result(60)
    assert inside == ["other", "one"]


def _is_taken(file: Path) -> bool:
    """Whether somebody holds the lock of *file*."""
    looks = os.open(file, os.O_RDWR)
    try:
        turnstile._flock()(looks, turnstile._MINE)
    except BlockingIOError:
        return True
    finally:
        os.close(looks)
    return False


def test_who_gives_up_or_is_interrupted_holds_nothing(
    two: tuple[Turnstile, Turnstile], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = two
    assert one.enter(0)
    assert not other.enter(0)

    class Interrupted(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(turnstile, "Event", Interrupted)
        with pytest.raises(KeyboardInterrupt):
            other.enter(60)
    one.leave()
    assert one.enter(0)
    one.leave()
    assert other.enter(0)


def test_the_files_may_be_used_by_whoever_may_use_the_database(file: Path, two: tuple[Turnstile, Turnstile]) -> None:
    assert two[0].enter(0)
    assert {path.name for path in file.parent.iterdir()} == {"a.db", "a.db-next", "a.db-turn"}
    assert Path(f"{file}-turn").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("without", ["module", "folder", "locks"])
def test_where_files_cannot_be_locked_everybody_passes(
    file: Path, monkeypatch: pytest.MonkeyPatch, without: str
) -> None:
    def no_locks(*_: Any) -> None:
        raise OSError(95, "Operation not supported")

    if without != "folder":
        monkeypatch.setattr(turnstile, "_flock", lambda: None if without == "module" else no_locks)
    where = file.parent / "nowhere" / "a.db" if without == "folder" else file
    one, other = Turnstile(where), Turnstile(where)
    assert one.enter(0) and other.enter(0) and one.enter(0)
    one.leave()
    other.leave()
    assert one.enter(0)


@forks
def test_a_fork_does_not_share_the_turn_of_its_parent(file: Path) -> None:
    one = Turnstile(file)
    assert one.enter(0)
    assert forked(lambda: one.enter(0.001)) is False
    assert one.enter(0), "and the parent is still inside"
    one.leave()
    one.close()


@forks
def test_a_turn_ends_with_the_process_that_had_it_and_not_with_those_it_forked(file: Path) -> None:
    fork = multiprocessing.get_context("fork")
    ours, theirs = fork.Pipe()
    held, holds = fork.Pipe()

    def writer() -> None:
        """Have the turn, and a child that outlives this process until it hears something."""
        one = Turnstile(file)
        assert one.enter(0)
        if os.fork() == 0:
            held.close()  # its own end of it
            theirs.send("child")
            holds.poll(60)
            os._exit(0)
        threading.Event().wait(60)

    process = fork.Process(target=writer)
    process.start()
    assert ours.poll(60)
    assert ours.recv() == "child"
    other = Turnstile(file)
    assert not other.enter(0), "it has the turn"
    process.kill()
    process.join()  # with a time it would wait for an end that the child has, too
    try:
        assert other.enter(0), "and its child lives on"
    finally:
        other.close()
        held.send("go")


def _writes(url: str, name: str, threads: int, often: int) -> None:
    database = open_database(url, busy_timeout=60)
    runner = Runner(database)

    def work(number: int) -> None:
        for turn in range(often):
            runner.run(put(f"{name}-{number}-{turn}"))

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, range(threads)))
    runner.release()
    database.close()


def test_processes_with_many_writers_and_with_one_all_get_through(sqlite_url: str) -> None:
    spawn = multiprocessing.get_context("spawn")
    processes = [spawn.Process(target=_writes, args=(sqlite_url, *one, 20)) for one in (("a", 8), ("b", 1))]
    for process in processes:
        process.start()
    for process in processes:
        process.join(120)
    assert [process.exitcode for process in processes] == [0, 0]
    database = open_database(sqlite_url)
    runner = Runner(database)
    assert count(runner) == 9 * 20
    runner.release()
    database.close()
