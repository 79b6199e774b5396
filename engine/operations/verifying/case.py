"""What ``verify`` checks of one case: its rows are what its journal says, and it can go on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from engine.operations.commands.apart import digests, salted
from engine.operations.commands.projection import belonging, open_rows, project
from engine.operations.context import Context
from engine.operations.history import Turn, turns
from engine.operations.verifying.verdict import Broken, broken
from engine.runtime.evolve import apply
from engine.runtime.pending import pending
from engine.runtime.state import State, fresh, nodes, owed
from engine.store import cases, journal, tasks
from engine.store.cases import Case
from engine.store.columns import NEVER
from engine.store.journal import Entry
from engine.store.text import digest, load
from engine.store.transaction import Tx

#: Only tampering makes what the engine wrote unreadable.
_UNREADABLE = (AttributeError, IndexError, KeyError, StopIteration, TypeError, ValueError)


@dataclass
class _Lived:
    """What the journal leads to: the state, the form after each command, every task row, when it ended."""

    state: State = field(default_factory=fresh)
    forms: dict[int, Any] = field(default_factory=dict)
    tasks: dict[int, dict[str, Any]] = field(default_factory=dict)
    ended_at: int | None = None


def check_case(ctx: Context, tx: Tx, case_id: str, erased: bool) -> tuple[int, list[Broken]]:
    """How many journal rows the case has, and what is broken; *erased* where the district's journal says so."""
    entries = journal.read(tx, ctx.id, case_id)
    found: list[Broken] = []
    number = case_id
    try:
        case = cases.load_case(tx, ctx.id, id=case_id)
        if case is None:
            return 0, []
        number = case.number
        found += chain(case_id, number, entries, case.version, case.head)
        found += _content(ctx, tx, case, turns(tx, ctx.id, case_id, entries), erased)
    except _UNREADABLE as fault:
        said = type(fault).__name__
        found.append(broken("replay", number, f"流水不能重放（{said}）", f"the journal cannot be replayed ({said})"))
    return len(entries), found


def chain(stream: str, place: str, entries: tuple[Entry, ...], seq: int, head: str) -> Iterator[Broken]:
    """Faults of a stream's chain, and of the keys and answers that its rows keep."""
    for fault in journal.verify_chain(stream, entries, seq=seq, head=head):
        yield broken("chain", place, f"第{fault.seq}行{fault.what}", f"row {fault.seq}: {fault.what}")
    for entry in entries:
        kept = (entry.request_key, entry.request_hash, entry.answer)
        if any(kept) != all(kept):
            yield broken("key", place, f"第{entry.seq}行的提交编号不全", f"row {entry.seq}: half a request key")


def _content(ctx: Context, tx: Tx, case: Case, history: list[Turn], erased: bool) -> Iterator[Broken]:
    """The row, the form, the tasks and the parties of a case are what its journal says."""
    lived = _live(history, case.process)
    yield from _row(case, history, lived)
    yield from _forms(tx, ctx, case, history, lived, erased)
    yield from _tasks(tx, ctx, case, lived)
    if set(cases.parties(tx, ctx.id, case.id)) != belonging(lived.state):
        yield broken("party", case.number, "所属单位和流水不同", "its parties differ from the journal")
    yield from _effects(case, history, lived.state)
    yield from _alive(case)
    known = {**lived.state, "data": {}} if erased else lived.state
    if known != case.whole:
        yield broken("replay", case.number, "流水重放和现状不同", "the journal replays to another state")


def _live(history: list[Turn], process: str) -> _Lived:
    """Replay *history*. The worker moves ``ping_at`` of what is open, so only what the state wants is told of it."""
    lived = _Lived()
    state = lived.state
    for turn in history:
        before = open_rows(state, process)
        for event in turn.events:
            apply(state, event)
        changes = project(before, turn.events, state, process, turn.entry.at)
        for row in (*changes.opened, *changes.reopened, *changes.changed, *changes.closed):
            lived.tasks.setdefault(row["n"], {}).update(row)
        if "form" in turn.body:
            lived.forms[turn.body["form"]["seq"]] = dict(state["data"])
        lived.ended_at = turn.entry.at if state["st"] == "ended" else None
    return lived


def _row(case: Case, history: list[Turn], lived: _Lived) -> Iterator[Broken]:
    """The columns of the hot row; its subject and search words are made for readers and not held to anything."""
    said, first = lived.state["case"], history[0]
    columns = {
        "status": (case.status, lived.state["st"]),
        "end": (case.end, lived.state.get("end", "")),
        "ended_at": (case.ended_at, lived.ended_at),
        "unit": (case.unit, said["unit"]),
        "started_by": (case.started_by, said["by"]),
        "for_person": (case.for_person or "", said["for"] or ""),
        "started_at": (case.started_at, first.entry.at),
        "number": (case.number, first.body.get("number", case.number)),
        "form": (case.data_seq, max(lived.forms, default=0)),
        "definition": ({case.def_hash}, {turn.body["def"] for turn in history}),
    }
    differs = [name for name, (held, wanted) in columns.items() if held != wanted]
    if differs:
        said = "、".join(differs)
        yield broken("case", case.number, f"办件和流水不同：{said}", f"its row differs from the journal: {said}")
    for turn in history:
        answer = load(turn.entry.answer) if turn.entry.answer else None
        if answer and (answer["case"], answer["version"]) != (case.id, turn.entry.seq):
            seq = turn.entry.seq
            yield broken("key", case.number, f"第{seq}行存的答复不是它的", f"row {seq}: another command's answer")


def _forms(
    tx: Tx, ctx: Context, case: Case, history: list[Turn], lived: _Lived, erased: bool
) -> Iterator[Broken]:
    """What people typed is what the journal holds a digest of; the whole form after it is what replay leads to."""
    typed = {row.seq: row for row in cases.forms(tx, ctx.id, case.id)}
    for turn in history:
        form = turn.body.get("form")
        if form is None:
            continue
        row, seq = typed.pop(form["seq"], None), turn.entry.seq
        if row is not None and erased:
            if any((row.salt, row.fill, row.note, row.data, row.told)):
                yield broken("form", case.number, f"第{seq}行清除得不干净", f"row {seq}: not wholly erased")
        elif row is None or digest(row.salt, row.fill, row.note) != form["digest"]:
            yield broken("form", case.number, f"第{seq}行的表单被改过", f"row {seq}: form changed")
        elif not _told(row, turn):
            yield broken("form", case.number, f"第{seq}行另存的内容被改过", f"row {seq}: what lies beside it changed")
        elif load(row.data) != lived.forms[form["seq"]]:
            yield broken("form", case.number, f"第{seq}行之后的表单和流水不同", f"row {seq}: the whole form differs")
    for seq in typed:
        yield broken("form", case.number, f"第{seq}份表单没有来历", f"form {seq}: nothing wrote it")


def _told(row: Any, turn: Turn) -> bool:
    """Whether the typed words that the journal has digests of are those that are kept for it."""
    told = load(row.told) or {}
    return set(told) == digests(load(turn.entry.body)) and all(
        salted(row.salt, value) == name for name, value in told.items()
    )


def _tasks(tx: Tx, ctx: Context, case: Case, lived: _Lived) -> Iterator[Broken]:
    """The task rows, closed ones too, are exactly what the journal leads to, and every clock will ring."""
    wanted = dict(lived.tasks)
    clocks = {n: row["ping_at"] for n, row in open_rows(lived.state, case.process).items()}
    for row in tasks.of_case(tx, ctx.id, case.id):
        held = wanted.pop(row.n, None)
        place = f"{case.number}.{row.n}"
        if held is None:
            yield broken("task", place, "待办多出来了", "a task row that nothing opened")
            continue
        found = {**asdict(row), "needed_by": NEVER if row.needed_by is None else row.needed_by}
        differs = [k for k, v in held.items() if k != "ping_at" and (found[k] or None) != (v or None)]
        if differs:
            said = ", ".join(differs)
            yield broken("task", place, f"待办和流水不同：{said}", f"a task row differs: {said}")
        clock = clocks.get(row.n)
        if (row.ping_at is None) != (clock is None) or (row.ping_at or 0) < (clock or 0):
            yield broken("clock", place, "到期时钟和流水不同", "its clock differs from the journal")
    for n in wanted:
        yield broken("task", f"{case.number}.{n}", "待办丢了", "a task row is missing")


def _effects(case: Case, history: list[Turn], state: State) -> Iterator[Broken]:
    """Every action ran once, and was undone once at most; nothing is owed twice."""
    runs = Counter(
        (run["n"], "do" if "do" in run else "undo") for turn in history for run in turn.body.get("runs", ())
    )
    twice = [key for key, count in runs.items() if count > 1]
    serials = [entry[1] for entry in owed(state["root"])]
    if twice or len(set(serials)) != len(serials):
        yield broken("effect", case.number, "同一效果记了两次", "an effect is recorded twice")


def _alive(case: Case) -> Iterator[Broken]:
    """An open case can go on, and what runs by itself has run."""
    state = case.whole
    if state["st"] != "open":
        return
    if pending(state) is not None:
        yield broken("rest", case.number, "自动环节没有办完", "an automatic step is pending")
    waits = any(n.get("seats") or n.get("ph") == "incident" or "ping" in n.get("due", {}) for n in nodes(state["root"]))
    if not waits:
        yield broken("alive", case.number, "没有人也没有时钟能推动", "nobody and no clock can move it")
