"""Torture: every statement of every process fails once before and once after it ran, commits among them.

A statement that fails after it ran is, at COMMIT, a commit whose reply is lost. At every second statement the whole
process dies as well, before and after; at every fourth the fault sticks for three tries. Recovery is what happens in
life: people press again with the same key, another worker comes by. Then the database equals that of a run in peace,
ids and secrets aside, and ``verify`` finds nothing.

The four scripts have some 1,200 statements, so there are about 3,900 faults on SQLite. They are dealt out to three parts,
of which the test command injects the first; ``make torture`` injects all. Each test prints its own count. On
PostgreSQL the first case of one of them goes through the same.
"""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.torture.faults import Kind
from tests.torture.grounds import File, Server
from tests.torture.scripts import SCRIPTS, Line
from tests.torture.torturing import faulted, trials
from tests.torture.world import Place

#: The faults of each process are dealt out to so many parts, of which a short run takes the first.
PARTS = 3
TAKEN = range(PARTS) if os.environ.get("RONGTONG_TORTURE") == "all" else range(1)
#: Fewer statements than these would mean that a script has stopped doing what it is there for.
LEAST = {"borrow_venue": 440, "dispatch_order": 290, "partner_enrollment": 200, "redemption": 190}
LEAST_ON_SERVER = 80
_FAST = Path("/dev/shm")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """A settled district, in memory where the machine offers it."""
    folder = _FAST / f"rongtong-torture-{os.getpid()}-{tmp_path.name}" if _FAST.is_dir() else tmp_path
    folder.mkdir(exist_ok=True)
    made = Place(File(folder))
    yield made
    made.database.close()
    if folder != tmp_path:
        shutil.rmtree(folder)


def _chosen(at: int, kind: Kind) -> bool:
    every = {"dies": 2, "sticks": 4}.get(kind.split()[0], 1)
    return at % every == 0


@pytest.fixture
def server(bare_postgresql_url: str) -> Iterator[Place]:
    """A settled district on a PostgreSQL server."""
    made = Place(Server(bare_postgresql_url))
    yield made
    made.database.close()


@pytest.mark.parametrize("part", TAKEN)
@pytest.mark.parametrize("process", SCRIPTS)
def test_whatever_fails_the_outcome_is_that_of_peace(
    process: str, part: int, place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    statements, injected = _torture(place, *SCRIPTS[process], part, PARTS)
    assert statements >= LEAST[process]
    assert injected >= statements * 3 // PARTS - len(SCRIPTS[process][1]) * 2


@pytest.mark.parametrize("part", TAKEN)
def test_on_a_server_the_outcome_is_that_of_peace_too(
    part: int, server: Place, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    statements, injected = _torture(server, (), SCRIPTS["partner_enrollment"][1][:7], part, PARTS)
    assert statements >= LEAST_ON_SERVER
    assert injected >= statements * 2 // PARTS


def _torture(
    place: Place, beforehand: Sequence[Line], lines: Sequence[Line], part: int, parts: int
) -> tuple[int, int]:
    """Every *parts*-th fault from *part* on; how many statements there are and how many faults were injected."""
    statements, injected, wrong = 0, 0, []
    for number, trial in enumerate(list(trials(place, beforehand, lines))):
        statements += len(trial.statements)
        for at, kind in [fault for fault in trial.faults() if _chosen(*fault)][part::parts]:
            injected += 1
            found = faulted(place, trial, at, kind)
            if found:
                said = " ".join(trial.statements[at].split())[:80]
                wrong.append(f"line {number}, statement {at} ({said}) {kind}:\n  " + "\n  ".join(found[:4]))
    print(f"{injected} faults over {statements} statements, {len(wrong)} with another outcome")
    assert wrong == [], "\n".join(wrong[:3])
    return statements, injected
