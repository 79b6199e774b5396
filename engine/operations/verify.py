"""verify: every promise about what is stored, checked by reading all of it; a broken one is named with its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import select

from engine.extend.contributions import Invariant
from engine.i18n import Text
from engine.operations.context import Context
from engine.operations.forms import read_context
from engine.operations.history import replayed, turns
from engine.operations.projection import project
from engine.runtime.pending import pending
from engine.runtime.state import State, fresh, nodes, owed
from engine.store import cases, checkpoints, journal, tasks
from engine.store.columns import NEVER
from engine.store.tables import cases as case_table
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
    case = cases.load_case(tx, ctx.id, id=case_id)
    if case is None:
        return 0, []
    history = turns(tx, ctx.id, case_id)
    broken = [
        _broken("chain", case.number, f"第{b.seq}行{b.what}", f"row {b.seq}: {b.what}")
        for b in journal.verify_chain(case_id, tuple(t.entry for t in history), seq=case.version, head=case.head)
    ]
    broken += _digests(tx, ctx, case, history)
    state: State = {**case.state, "data": case.data}
    if not any(turn.erased for turn in history) and replayed(history) != state:
        broken.append(_broken("replay", case.number, "流水重放和现状不同", "the journal replays to another state"))
    broken += _tasks(tx, ctx, case, state)
    broken += _alive(case, state)
    return len(history), broken


def _broken(promise: str, place: str, zh: str, en: str) -> Broken:
    return Broken(promise, place, Text(zh, en))


def _digests(tx: Tx, ctx: Context, case: cases.Case, history: list) -> Iterator[Broken]:  # type: ignore[type-arg]
    """What people typed is what the journal holds a digest of, unless it was erased."""
    from engine.store.tables import case_data

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


def _tasks(tx: Tx, ctx: Context, case: cases.Case, state: State) -> Iterator[Broken]:
    """The open rows of the inbox are exactly the open seats and clocks of the state."""
    wanted = {row["n"]: row for row in project(fresh(), [], state, case.process, 0).opened}
    for row in tasks.of_case(tx, ctx.id, case.id, live=True):
        held = wanted.pop(row.n, None)
        if held is None:
            yield _broken("task", f"{case.number}.{row.n}", "待办多出来了", "a task row without an open seat")
            continue
        needed = NEVER if row.needed_by is None else row.needed_by
        same = (row.audience, row.assignee, row.due_at, needed) == (
            held["audience"], held["assignee"], held["due_at"], held["needed_by"],
        )  # fmt: skip
        if not same:
            yield _broken("task", f"{case.number}.{row.n}", "待办和现状不同", "a task row differs from the state")
    for n in wanted:
        yield _broken("task", f"{case.number}.{n}", "待办丢了", "an open seat without a task row")


def _alive(case: cases.Case, state: State) -> Iterator[Broken]:
    """An open case can go on; no effect is owed twice; what runs by itself has run."""
    if case.status != state["st"]:
        yield _broken("status", case.number, "状态不一致", "the row's status differs from the state's")
    if state["st"] != "open":
        return
    every = [*owed(state["root"]), *(e for n in nodes(state["root"]) for e in n.get("todo", ()))]
    serials = [entry[1] for entry in every]
    if len(set(serials)) != len(serials):
        yield _broken("effect", case.number, "同一效果记了两次", "an effect is owed twice")
    if pending(state) is not None:
        yield _broken("rest", case.number, "自动环节没有办完", "an automatic step is pending")
    waits = any(n.get("seats") or n.get("ph") == "incident" or "ping" in n.get("due", {}) for n in nodes(state["root"]))
    if not waits:
        yield _broken("alive", case.number, "没有人也没有时钟能推动", "nobody and no clock can move it")


def _district(ctx: Context, tx: Tx) -> Iterator[Broken]:
    """The checkpoints, and what the plugins promise."""
    for fault in checkpoints.verify(tx, ctx.id):
        yield _broken("checkpoint", fault.stream, f"第{fault.seq}行{fault.what}", f"row {fault.seq}: {fault.what}")
    for invariant in ctx.registry.given("register_invariants", Invariant, tuple(ctx.district.plugins)):
        plugin = ctx.registry.owner("register_invariants", invariant)
        for problem in invariant.check(read_context(ctx, tx, plugin)):
            yield Broken(invariant.name, problem.path, problem.message)
