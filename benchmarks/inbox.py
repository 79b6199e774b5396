"""The inbox among 100,000 open tasks, for a user with five audience keys: a page of 20 and the capped counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from statistics import median
from typing import Any

from sqlalchemy import Table, delete, insert, text

from benchmarks import raw as bare
from benchmarks.figure import Figure, figure, wall_each
from benchmarks.office import Office
from benchmarks.places import Place, pin_backends
from engine.audience import role_key
from engine.clock import DAY, HOUR
from engine.definition.district.model import GrantRow
from engine.operations.context import Caller
from engine.operations.reading.inbox import inbox
from engine.store.inbox import CAP
from engine.store.schema import tables
from engine.store.schema.columns import NEVER
from engine.store.transactions.runner import Tx
from tests.town import MORNING

_OPEN = 100_000
_ROLES = [f"role{i}" for i in range(10)]
_MINE = _ROLES[::2]
_BATCH = 5_000
_SAMPLES = 20

_OPEN_TASKS = "FROM task WHERE district_id = {mark} AND status = 'open' AND audience = {mark} AND assignee IS NULL"
_PART = f"SELECT * FROM (SELECT needed_by, opened_at, case_id, n {_OPEN_TASKS} ORDER BY 1, 2, 3, 4 LIMIT 21) x"
_PAGE = (
    f"SELECT t.*, c.number, c.subject, c.unit_id FROM ({' UNION ALL '.join([_PART] * 5)} ORDER BY 1, 2, 3, 4 LIMIT 21)"
    " p JOIN task t ON t.district_id = {mark} AND t.case_id = p.case_id AND t.n = p.n"
    " JOIN cases c ON c.district_id = t.district_id AND c.id = t.case_id ORDER BY 1, 2, 3, 4"
)
_SPAN = f"SELECT 1 {_OPEN_TASKS} AND needed_by >= {{mark}} AND needed_by < {{mark}}"
_COUNT = f"SELECT count(*) FROM ({' UNION ALL '.join([_SPAN] * 5)} LIMIT {CAP + 1}) x"


def inbox_sqlite(place: Place, runs: int) -> Figure:
    """A page and its counts on SQLite, in milliseconds; raw is hand-written SQL for the same rows and counts."""
    with place.sqlite() as (url, _):
        return _inbox("inbox_sqlite", url, runs, bare.sqlite(url.removeprefix("sqlite:///")), "?")


def inbox_postgresql(place: Place, runs: int) -> Figure:
    """The same on PostgreSQL, caller and backend on one CPU."""
    with place.postgresql() as (url, _):
        return _inbox("inbox_postgresql", url, runs, bare.postgresql(url), "%s")


def _inbox(name: str, url: str, runs: int, connection: Any, mark: str) -> Figure:
    office = Office(url, [GrantRow("bea", role, "a") for role in _MINE])
    _fill(office)
    by_hand = _by_hand(connection.cursor(), mark)

    def ours() -> None:
        inbox(office.ctx, Caller("bea"), "mine")

    for _ in range(_SAMPLES):
        ours(), by_hand()
    if name == "inbox_postgresql":
        pin_backends(url)
    pairs = []
    for _ in range(runs):
        several = [(wall_each(ours), wall_each(by_hand)) for _ in range(_SAMPLES)]
        pairs.append((median(a for a, _ in several), median(b for _, b in several)))
    connection.close()
    office.close()
    return figure(name, "ms", name.removeprefix("inbox_"), pairs)


def _by_hand(cursor: Any, mark: str) -> Callable[[], None]:
    page, count = _PAGE.format(mark=mark), _COUNT.format(mark=mark)
    keys = [role_key(role, "a") for role in _MINE]
    spans = [(-1, MORNING), (MORNING, MORNING + DAY), (MORNING + DAY, NEVER)]

    def work() -> None:
        cursor.execute(page, [part for key in keys for part in ("bench", key)] + ["bench"]).fetchall()
        for since, until in spans:
            cursor.execute(count, [part for key in keys for part in ("bench", key, since, until)]).fetchall()

    return work


def _fill(office: Office) -> None:
    """Open tasks for ten roles: copies of one case that waits, a tenth of them late, a tenth due today."""
    office.start("loop", {"what": "往返"})
    office.system.runner.run(_copy)
    with office.system.database.connect() as connection:
        connection.execute(text("VACUUM ANALYZE" if connection.dialect.name == "postgresql" else "ANALYZE"))


def _copy(tx: Tx) -> None:
    case = dict(tx.connection.execute(tables.cases.select()).mappings().one())
    task = dict(tx.connection.execute(tables.task.select()).mappings().one())
    tx.connection.execute(delete(tables.task))
    _insert(tx, tables.cases, ({**case, "id": f"case-{i}", "number": f"{i}", "search": f"{i}"} for i in range(_OPEN)))
    _insert(tx, tables.task, (
        {**task, "case_id": f"case-{i}", "audience": role_key(_ROLES[i * 7 % 10], "a"), "opened_at": MORNING + i,
         "needed_by": _needed(i)}
        for i in range(_OPEN)
    ))  # fmt: skip


def _needed(i: int) -> int:
    tenth = i // 10 % 10
    return MORNING - HOUR + i if tenth == 0 else MORNING + HOUR + i if tenth == 1 else MORNING + tenth * DAY + i


def _insert(tx: Tx, table: Table, rows: Iterator[dict[str, Any]]) -> None:
    while batch := list(islice(rows, _BATCH)):
        tx.connection.execute(insert(table), batch)
