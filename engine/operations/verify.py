"""verify: every promise about what is stored, checked by reading all of it; a broken one is named with its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select

from engine.extend.contributions import Invariant
from engine.i18n import Text
from engine.operations.context import Context
from engine.operations.forms import read_context
from engine.operations.history import Turn, replayed, turns
from engine.operations.projection import open_rows, project
from engine.runtime.evolve import apply
from engine.runtime.pending import pending
from engine.runtime.state import State, fresh, nodes, owed
from engine.store import cases, checkpoints, journal, tasks
from engine.store.columns import NEVER
from engine.store.tables import case_data
from engine.store.tables import cases as case_table
from engine.store.tables import stream as stream_table
from engine.store.text import digest
from engine.store.transaction import Tx


@dataclass(frozen=True, slots=True)
class Broken:
    """A promise that does not hold: which, where, and in a sentence how."""

    promise: str
    place: str
    text: Text


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was looked at, and what was found broken."""

    district: str
    cases: int
    rows: int
    broken: tuple[Broken, ...]


_UNREADABLE = (AttributeError, IndexError, KeyError, StopIteration, TypeError, ValueError)
#: Called with the cases checked so far and how many there are.
Progress = Callable[[int, int], None]


def verify(ctx: Context, progress: Progress | None = None) -> Verdict:
    """Check everything that *ctx*'s district stored, each case in a reading transaction of its own."""
    statement = select(case_table.c.id).where(case_table.c.district_id == ctx.id).order_by(case_table.c.id)
    ids = ctx.runner.run(lambda tx: list(tx.connection.execute(statement).scalars()), write=False)
    broken: list[Broken] = []
    rows = 0
    for done, case_id in enumerate(ids, 1):
        count, found = ctx.runner.run(lambda tx, case_id=case_id: _case(ctx, tx, case_id), write=False)  # type: ignore[misc]
        rows += count
        broken += found
        if progress is not None:
            progress(done, len(ids))
    broken += ctx.runner.run(lambda tx: list(_district(ctx, tx)), write=False)
    return Verdict(ctx.id, len(ids), rows, tuple(broken))


def _case(ctx: Context, tx: Tx, case_id: str) -> tuple[int, list[Broken]]:
    entries = journal.read(tx, ctx.id, case_id)
    broken: list[Broken] = []
    number = case_id
    try:
        case = cases.load_case(tx, ctx.id, id=case_id)
        if case is None:
            return 0, []
        number = case.number
        broken += [
            _broken("chain", number, f"第{b.seq}行{b.what}", f"row {b.seq}: {b.what}")
            for b in journal.verify_chain(case_id, entries, seq=case.version, head=case.head)
        ]
        broken += _content(ctx, tx, case)
    except _UNREADABLE as fault:  # only tampering makes what the engine wrote unreadable
        said = type(fault).__name__
        broken.append(_broken("replay", number, f"流水不能重放（{said}）", f"the journal cannot be replayed ({said})"))
    return len(entries), broken


def _content(ctx: Context, tx: Tx, case: cases.Case) -> Iterator[Broken]:
    """The form, the state and the tasks of a case are what its journal says."""
    history = turns(tx, ctx.id, case.id)
    state: State = {**case.state, "data": case.data}
    yield from _digests(tx, ctx, case, history)
    yield from _tasks(tx, ctx, case, history)
    yield from _alive(case, state)
    if not any(turn.erased for turn in history) and replayed(history) != state:
        yield _broken("replay", case.number, "流水重放和现状不同", "the journal replays to another state")


def _broken(promise: str, place: str, zh: str, en: str) -> Broken:
    return Broken(promise, place, Text(zh, en))


def _digests(tx: Tx, ctx: Context, case: cases.Case, history: list[Turn]) -> Iterator[Broken]:
    """What people typed is what the journal holds a digest of, unless it was erased."""
    d = case_data.c
    rows = tx.connection.execute(
        select(d.seq, d.salt, d.fill, d.note).where(d.district_id == ctx.id, d.case_id == case.id)
    )
    typed = {row.seq: row for row in rows}
    for turn in history:
        form = turn.body.get("form")
        row = typed.get(form["seq"]) if form else None
        if form is None or (row is not None and row.fill is None and row.note is None):
            continue
        if row is None or digest(row.salt, row.fill, row.note) != form["digest"]:
            seq = turn.entry.seq
            yield _broken("form", case.number, f"第{seq}行的表单被改过", f"row {seq}: form changed")


def _tasks(tx: Tx, ctx: Context, case: cases.Case, history: list[Turn]) -> Iterator[Broken]:
    """The task rows, closed ones too, are exactly what the journal leads to."""
    wanted = _projected(history, case.process)
    for row in tasks.of_case(tx, ctx.id, case.id):
        held = wanted.pop(row.n, None)
        if held is None:
            yield _broken("task", f"{case.number}.{row.n}", "待办多出来了", "a task row that nothing opened")
            continue
        found = {**asdict(row), "needed_by": NEVER if row.needed_by is None else row.needed_by}
        differs = [name for name, value in held.items() if (found[name] or None) != (value or None)]
        if differs:
            said = ", ".join(differs)
            yield _broken("task", f"{case.number}.{row.n}", f"待办和流水不同：{said}", f"a task row differs: {said}")
    for n in wanted:
        yield _broken("task", f"{case.number}.{n}", "待办丢了", "a task row is missing")


def _projected(history: list[Turn], process: str) -> dict[int, dict[str, Any]]:
    """Every task row that *history* wrote, as it should be now; the worker's own ``ping_at`` is left out."""
    rows: dict[int, dict[str, Any]] = {}
    state = fresh()
    for turn in history:
        before = open_rows(state, process)
        for event in turn.events:
            apply(state, event)
        changes = project(before, turn.events, state, process, turn.entry.at)
        for row in (*changes.opened, *changes.reopened, *changes.changed, *changes.closed):
            rows.setdefault(row["n"], {}).update(row)
            rows[row["n"]].pop("ping_at", None)
    return rows


def _alive(case: cases.Case, state: State) -> Iterator[Broken]:
    """An open case can go on; no effect is owed twice; what runs by itself has run."""
    if case.status != state["st"]:
        yield _broken("status", case.number, "状态不一致", "the row's status differs from the state's")
    if state["st"] != "open":
        return
    serials = [entry[1] for entry in owed(state["root"])]
    if len(set(serials)) != len(serials):
        yield _broken("effect", case.number, "同一效果记了两次", "an effect is owed twice")
    if pending(state) is not None:
        yield _broken("rest", case.number, "自动环节没有办完", "an automatic step is pending")
    waits = any(n.get("seats") or n.get("ph") == "incident" or "ping" in n.get("due", {}) for n in nodes(state["root"]))
    if not waits:
        yield _broken("alive", case.number, "没有人也没有时钟能推动", "nobody and no clock can move it")


def _district(ctx: Context, tx: Tx) -> Iterator[Broken]:
    """The journals that are no case's, the checkpoints, and what the plugins promise."""
    for row in tx.connection.execute(select(stream_table).where(stream_table.c.district_id == ctx.id)).all():
        entries = journal.read(tx, ctx.id, row.id)
        for fault in journal.verify_chain(row.id, entries, seq=row.seq, head=row.head):
            yield _broken("chain", row.id, f"第{fault.seq}行{fault.what}", f"row {fault.seq}: {fault.what}")
    for fault in checkpoints.verify(tx, ctx.id):
        yield _broken("checkpoint", fault.stream, f"第{fault.seq}行{fault.what}", f"row {fault.seq}: {fault.what}")
    for invariant in ctx.registry.given("register_invariants", Invariant, tuple(ctx.district.plugins)):
        plugin = ctx.registry.owner("register_invariants", invariant)
        for problem in invariant.check(read_context(ctx, tx, plugin)):
            yield Broken(invariant.name, problem.path, problem.message)
