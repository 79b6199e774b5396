"""What ``verify`` checks of one case: its rows are what its journal says, and it can go on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from engine.errors import UnknownVersion
from engine.i18n import listed
from engine.operations.commands.projection import belonging, open_rows, project
from engine.operations.commands.redaction import digests, salted
from engine.operations.context import Context
from engine.operations.reading.history import Turn, settlements, turns
from engine.operations.verifying.contents import Choices
from engine.operations.verifying.notices import check_notices
from engine.operations.verifying.verdict import UNREADABLE, Broken, broken, reading, unread
from engine.runtime.evolve import apply
from engine.runtime.pending import pending
from engine.runtime.shapes.tree import State
from engine.runtime.state import failed_at, fresh, nodes, owed, seats_of
from engine.store import cases, journal, upcast, verify_reads
from engine.store.journal import Entry
from engine.store.text import digest, load
from engine.store.transactions.runner import Tx

#: What a task row says that nobody has dealt with.
_UNTOUCHED = {"item": "", "outcome": None, "actor": None, "on_behalf": None, "done_at": None, "seen": None}


@dataclass
class _Lived:
    """What the journal leads to: the state, the form after each command, every task row, when it ended."""

    state: State = field(default_factory=fresh)
    forms: dict[int, Any] = field(default_factory=dict)
    tasks: dict[int, dict[str, Any]] = field(default_factory=dict)
    ended_at: int | None = None


def check_case(
    ctx: Context, tx: Tx, case_id: str, erased: bool, choices: Choices
) -> tuple[int, list[Broken]]:
    """How many journal rows the case has, and what is broken; *erased* where the district's journal says so."""
    case = verify_reads.case(tx, ctx.id, case_id)
    if case is None:
        return 0, []
    entries = journal.read(tx, ctx.id, case_id)
    found = [*chain(case_id, case.number, entries, case.version, case.head)]
    found += reading("content", case.number, _chosen(tx, case, entries, choices))
    return len(entries), [*found, *reading("replay", case.number, _content(ctx, tx, case, entries, erased))]


def chain(stream: str, place: str, entries: tuple[Entry, ...], seq: int, head: str) -> Iterator[Broken]:
    """Faults of a stream's chain, and of what its rows say, their keys and their answers."""
    for fault in journal.verify_chain(stream, entries, seq=seq, head=head):
        yield broken("chain", place, f"第{fault.seq}行{fault.what}", f"row {fault.seq}: {fault.what}")
    for entry in entries:
        kept = (entry.request_key, entry.request_hash, entry.answer)
        if any(kept) != all(kept):
            yield broken("key", place, f"第{entry.seq}行的提交编号不全", f"row {entry.seq}: half a request key")


def _content(ctx: Context, tx: Tx, case: Any, entries: tuple[Entry, ...], erased: bool) -> Iterator[Broken]:
    """The row, the form, the tasks and the parties of a case are what its journal says."""
    typed = {row.seq: row for row in cases.forms(tx, ctx.id, case.id)}
    for entry in entries:
        yield from reading("form", case.number, _typed(case, entry, typed.get(_form_of(entry)), erased))
    try:
        history = turns(tx, ctx.id, case.id, entries)
        lived = _live(history, case.process)
    except UnknownVersion as fault:
        yield unread("replay", case.number, fault)
        return
    except UNREADABLE as fault:
        name = type(fault).__name__
        yield broken("replay", case.number, f"流水不能重放（{name}）", f"the journal cannot be replayed ({name})")
        return
    for promise, found in (
        ("case", _row(case, history, lived)),
        ("key", _answers(case, history)),
        ("form", _forms(case, history, typed, lived, erased)),
        ("task", _tasks(tx, ctx, case, lived)),
        ("party", _parties(tx, ctx, case, lived)),
        ("notice", check_notices(ctx, tx, case, history, erased)),
        ("effect", _effects(case, history, lived.state)),
        ("effect", _later(ctx, tx, case, history, lived.state)),
        ("replay", _state(case, typed.get(case.data_seq), lived, erased)),
    ):
        yield from reading(promise, case.number, found)


def _chosen(tx: Tx, case: Any, entries: tuple[Entry, ...], choices: Choices) -> Iterator[Broken]:
    """What the district had chosen, under which each command fell, is kept."""
    for entry in entries:
        if not choices.is_whole(tx, says(entry).get("chosen")):
            yield broken("content", case.number, f"第{entry.seq}行写明的设置没有存着",
                         f"row {entry.seq}: the settings that it names are not kept")  # fmt: skip


def says(entry: Entry) -> dict[str, Any]:
    """What a row says; nothing where that cannot be read, of which its chain tells."""
    return journal.said(entry) or {}


def _form_of(entry: Entry) -> Any:
    """The number of the form that a command wrote; None where it wrote none."""
    form = says(entry).get("form")
    return form.get("seq") if isinstance(form, dict) else None


def _state(case: Any, form: Any, lived: _Lived, erased: bool) -> Iterator[Broken]:
    """The stored state is the one that the journal leads to, and the case can go on from it."""
    held: State = {**upcast.state_of(case.state, case.number), "data": (load(form.data) if form else None) or {}}
    yield from _alive(case, held)
    known: State = {**lived.state, "data": {}} if erased else lived.state
    if known != held:
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
            lived.tasks.setdefault(row["n"], dict(_UNTOUCHED)).update(row)
        if "form" in turn.body:
            lived.forms[turn.body["form"]["seq"]] = dict(state["data"])
        lived.ended_at = turn.entry.at if state["st"] == "ended" else None
    return lived


def _row(case: Any, history: list[Turn], lived: _Lived) -> Iterator[Broken]:
    """The columns of the hot row; its subject and search words are made for readers and not held to anything."""
    begun, first = lived.state["case"], history[0]
    columns = {
        "status": (case.status, lived.state["st"]),
        "end": (case.end_name, lived.state.get("end", "")),
        "ended_at": (case.ended_at, lived.ended_at),
        "unit": (case.unit_id, begun["unit"]),
        "started_by": (case.started_by, begun["by"]),
        "for_person": (case.for_person, begun["for"] or ""),
        "started_at": (case.started_at, first.entry.at),
        "number": (case.number, first.body.get("number", case.number)),
        "form": (case.data_seq, max(lived.forms, default=0)),
        "definition": ({case.def_hash}, {turn.body["def"] for turn in history}),
    }
    differs = [name for name, (held, wanted) in columns.items() if held != wanted]
    if differs:
        names = listed(differs)
        zh, en = f"办件和流水不同：{names.zh}", f"its row differs from the journal: {names.en}"
        yield broken("case", case.number, zh, en)


def _answers(case: Any, history: list[Turn]) -> Iterator[Broken]:
    """The answer that a command keeps is its own."""
    for turn in history:
        seq = turn.entry.seq
        answer = load(turn.entry.answer) if turn.entry.answer else None
        if answer and (answer["case"], answer["version"]) != (case.id, seq):
            yield broken("key", case.number, f"第{seq}行存的答复不是它的", f"row {seq}: another command's answer")


def _typed(case: Any, entry: Entry, row: Any, erased: bool) -> Iterator[Broken]:
    """What people typed in one command is what the journal holds a digest of."""
    form, seq = says(entry).get("form"), entry.seq
    if form is None:
        return
    if row is not None and erased:
        if any((row.salt, row.fill, row.note, row.data, row.told)):
            yield broken("form", case.number, f"第{seq}行清除得不干净", f"row {seq}: not wholly erased")
    elif row is None or digest(row.salt, row.fill, row.note) != form["digest"]:
        yield broken("form", case.number, f"第{seq}行的表单被改过", f"row {seq}: form changed")
    elif not _told(row, entry):
        yield broken("form", case.number, f"第{seq}行另存的内容被改过", f"row {seq}: what lies beside it changed")


def _told(row: Any, entry: Entry) -> bool:
    """Whether the typed words that the journal has digests of are those that are kept for it."""
    told, wanted = load(row.told) or {}, digests(says(entry))
    fits = set(told) == wanted and (row.told is not None) == bool(wanted)
    return fits and all(salted(row.salt, value) == name for name, value in told.items())


def _forms(
    case: Any, history: list[Turn], typed: dict[int, Any], lived: _Lived, erased: bool
) -> Iterator[Broken]:
    """The whole form after each command is what replay leads to, and none is there that no command wrote."""
    wrote = {turn.body["form"]["seq"]: turn.entry.seq for turn in history if "form" in turn.body}
    for form, row in typed.items():
        if form not in wrote:
            yield broken("form", case.number, f"第{form}份表单没有来历", f"form {form}: nothing wrote it")
        elif not erased:
            yield from reading("form", case.number, _whole(case, wrote[form], row, lived.forms[form]))


def _whole(case: Any, seq: int, row: Any, form: dict[str, Any]) -> Iterator[Broken]:
    if load(row.data) != form:
        yield broken("form", case.number, f"第{seq}行之后的表单和流水不同", f"row {seq}: the whole form differs")


def _tasks(tx: Tx, ctx: Context, case: Any, lived: _Lived) -> Iterator[Broken]:
    """The task rows, closed ones too, are exactly what the journal leads to, and every clock will ring."""
    wanted = dict(lived.tasks)
    clocks = {n: row["ping_at"] for n, row in open_rows(lived.state, case.process).items()}
    for row in verify_reads.tasks(tx, ctx.id, case.id):
        held = wanted.pop(row.n, None)
        place = f"{case.number}.{row.n}"
        if held is None:
            yield broken("task", place, "待办多出来了", "a task row that nothing opened")
        else:
            yield from reading("task", place, _task(place, row, held, clocks.get(row.n)))
    for n in wanted:
        yield broken("task", f"{case.number}.{n}", "待办丢了", "a task row is missing")


def _task(place: str, row: Any, held: dict[str, Any], clock: int | None) -> Iterator[Broken]:
    stands = row._asdict()
    differs = [k for k, v in held.items() if k != "ping_at" and stands[k] != v and (stands[k], v) != ("", None)]
    if differs:
        names = listed(differs)
        yield broken("task", place, f"待办和流水不同：{names.zh}", f"a task row differs: {names.en}")
    if (row.ping_at is None) != (clock is None) or (row.ping_at or 0) < (clock or 0):
        yield broken("clock", place, "到期时钟和流水不同", "its clock differs from the journal")


def _parties(tx: Tx, ctx: Context, case: Any, lived: _Lived) -> Iterator[Broken]:
    """The case belongs to the units that its state names."""
    if set(cases.parties(tx, ctx.id, case.id)) != belonging(lived.state):
        yield broken("party", case.number, "所属单位和流水不同", "its parties differ from the journal")


def _effects(case: Any, history: list[Turn], state: State) -> Iterator[Broken]:
    """Every action ran once, and was undone once at most; nothing is owed twice."""
    runs = Counter(
        (run["n"], "do" if "do" in run else "undo") for turn in history for run in turn.body.get("runs", ())
    )
    twice = [key for key, count in runs.items() if count > 1]
    serials = [effect.n for effect in owed(state["root"])]
    if twice or len(set(serials)) != len(serials):
        yield broken("effect", case.number, "同一效果记了两次", "an effect is recorded twice")


def _later(ctx: Context, tx: Tx, case: Any, history: list[Turn], state: State) -> Iterator[Broken]:
    """What was left for a plugin to undo later was settled once, or still waits to be."""
    if "later" not in state:
        return
    left = Counter(e["of"] for turn in history for e in turn.events if e["e"] == "undone" and e["how"] == "owed")
    ended = Counter(one.n for one in settlements(tx, ctx.id, case.id, state))
    waits = Counter(one["n"] for body in verify_reads.owed(tx, ctx.id, case.id) for one in load(body)["owed"])
    if left != ended + waits:
        yield broken("effect", case.number, "欠着撤销的和办过、等着的对不上",
                     "what was left to be undone was neither settled once nor waits to be")  # fmt: skip


def _alive(case: Any, state: State) -> Iterator[Broken]:
    """An open case can go on, and what runs by itself has run."""
    if state["st"] != "open":
        return
    if pending(state) is not None:
        yield broken("rest", case.number, "自动环节没有办完", "an automatic step is pending")
    waits = any(
        seats_of(node) or failed_at(node) or ("due" in node and "ping" in node["due"]) for node in nodes(state["root"])
    )
    if not waits:
        yield broken("alive", case.number, "没有人也没有时钟能推动", "nobody and no clock can move it")
