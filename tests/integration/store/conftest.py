"""Fixtures of the store's tests: a runner on either database, ids that repeat, and a district with a few units."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import insert

from engine.clock import SetClock
from engine.ids import SeededIds
from engine.store import cases
from engine.store.cases import Case
from engine.store.databases.database import Database
from engine.store.schema import tables
from engine.store.schema.columns import NEVER
from engine.store.transactions.runner import Runner, Tx

NOON = 1_781_582_400_000_000  # 2026-06-16 12:00 in Shanghai
D = "d1"


@pytest.fixture
def clock() -> SetClock:
    """A clock that stands at noon."""
    return SetClock(NOON)


@pytest.fixture
def ids() -> SeededIds:
    """Ids that are the same in every run."""
    return SeededIds()


@pytest.fixture
def pauses() -> list[float]:
    """The seconds that the runner wanted to wait."""
    return []


@pytest.fixture
def runner(db: Database, clock: SetClock, pauses: list[float]) -> Iterator[Runner]:
    """A runner that never sleeps."""
    made = Runner(db, clock=clock, pause=pauses.append)
    yield made
    made.release()


@pytest.fixture
def new_case(ids: SeededIds) -> Callable[..., Case]:
    """Insert a case and answer it."""

    def make(tx: Tx, **more: object) -> Case:
        values = {"process": "borrow", "def_hash": "h", "unit": "u3", "started_by": "p1", "started_at": NOON, **more}
        case = Case(district=D, id=ids.new(), number=cases.draw_number(ids, NOON), **values)  # type: ignore[arg-type]
        case.search = f"{case.number} {case.search}"
        cases.insert(tx, case)
        return case

    return make


@pytest.fixture
def town(runner: Runner) -> Runner:
    """A district ``u1`` with the street ``u2``, its stations ``u3`` and ``u4``, and four persons."""

    def work(tx: Tx) -> None:
        unit = {"district_id": D, "kind": "station", "code": None, "successor": None, "since": 0, "until": NEVER}
        tree = [
            ("u1", "测试区", None),
            ("u2", "茶亭路街道", "u1"),
            ("u3", "南珠东社区", "u2"),
            ("u4", "黄海路社区", "u2"),
        ]
        tx.connection.execute(
            insert(tables.unit), [{**unit, "id": i, "name": f"{n}居委会", "short": n, "parent": p} for i, n, p in tree]
        )
        person = {"district_id": D, "phone": None, "account": None, "since": 0, "until": NEVER}
        people = [("p1", "王芳", "u3"), ("p2", "李强", "u4"), ("p3", "赵敏", "u2"), ("p4", "王芳", "u1")]
        tx.connection.execute(
            insert(tables.person), [{**person, "id": i, "name": n, "unit_id": u} for i, n, u in people]
        )

    runner.run(work)
    return runner
