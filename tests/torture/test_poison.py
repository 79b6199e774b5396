"""A job that kills every worker that begins it costs itself its tries, and the jobs behind it nothing.

``make torture`` puts 1,000 innocent jobs behind it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from engine.operations import incidents
from engine.operations.background.handing import job_body
from engine.operations.context import Caller
from engine.store import jobs
from engine.store.databases.database import Database
from engine.store.schema import tables
from engine.store.transactions.runner import Tx
from tests.integration.operations.looking import broken, rows
from tests.torture.poisoned import poison
from tests.town import build

INNOCENT = int(os.environ.get("RONGTONG_POISON", "20"))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the machine of these workers forks them")
def test_a_job_that_kills_its_workers_is_one_incident_and_all_others_are_done(db_url: str, db: Database) -> None:
    town = build(db, beside=[poison()])
    now = town.clock.at

    def enqueue(tx: Tx, name: str, kind: str, body: dict[str, object], run_at: int) -> None:
        jobs.enqueue(tx, "town", id=name, stream=case.case, n=None, kind=kind, body=body, run_at=run_at)

    def all_of_them(tx: Tx) -> None:
        enqueue(tx, "poison", "plugin:poison.cup", job_body("", 0, {}), now - 1)
        for each in range(INNOCENT):
            told = [{"to": "user:ann", "text": [f"第{each}条", f"number {each}"]}]
            enqueue(tx, f"{each:05d}", "notice", {"told": told}, now)

    case = town.start()
    town.ctx.runner.run(all_of_them)
    town.system.runner.release()
    machine = [sys.executable, "-m", "tests.torture.poisoned", db_url, str(now)]
    answered = json.loads(subprocess.run(machine, check=True, capture_output=True).stdout)
    assert answered["deaths"] == jobs.MOST_ATTEMPTS
    assert sorted(row["zh"] for row in rows(town, tables.notice)) == sorted(f"第{each}条" for each in range(INNOCENT))
    (left,) = incidents.incidents(town.ctx, Caller("cai"))
    assert (left.id, left.tries) == ("poison", jobs.MOST_ATTEMPTS)
    assert [row["id"] for row in rows(town, tables.job)] == ["poison"]
    assert broken(town) == []
    town.system.runner.release()
