"""The verbs on a case: start, act, claim, transfer, take back, comment, cancel, retry.

What the process does not decide itself, each asks in the command's own transaction, with the case locked.
"""

from __future__ import annotations

from typing import Any

from engine.definition.values.plain import readable, tidy
from engine.errors import Conflict, Forbidden, Invalid, Problem
from engine.i18n import Text, listed
from engine.operations.access import require_sight, seen
from engine.operations.admins import require_admin
from engine.operations.commands.order import Allowed, Order
from engine.operations.commands.perform import perform
from engine.operations.content.publish import by_hash
from engine.operations.context import ENGINE, Caller, Context, no_case
from engine.operations.naming import must_be_unit
from engine.operations.reading.history import events_of, turns
from engine.operations.reading.views import Receipt
from engine.runtime import commands as c
from engine.runtime import takeback
from engine.runtime.refusals import cannot_take_back, owed_first
from engine.runtime.state import incidents, nodes, seats_of
from engine.store import answering, jobs
from engine.store import cases as store
from engine.store.transactions.runner import Tx


def start(
    ctx: Context, caller: Caller, process: str, fill: dict[str, Any] | None = None, *, unit: str, key: str = "",
    for_person: str = "",
) -> Receipt:  # fmt: skip
    """Start a case of *process* in *unit*, for *for_person* if somebody else types. Who may is the process's word.

    Raises ``NotFound`` for an unknown process, ``Forbidden``, ``Invalid`` with every fault of the form, ``Conflict``
    when the process is not open today.
    """
    fill = fill or {}
    command = c.Start(caller.person, unit, fill, for_person)
    asked = {"fill": fill, "unit": unit, "for": for_person}
    try:
        return perform(ctx, caller, Order("start", command, process=process, key=key, asked=asked))
    except Forbidden:
        if unit:
            must_be_unit(ctx, unit)  # who is told that they may not start there shall not look for the reason in vain
        raise


def act(
    ctx: Context,
    caller: Caller,
    number: str,
    n: int,
    outcome: str,
    *,
    fill: dict[str, Any] | None = None,
    opinion: str = "",
    key: str = "",
    seen_version: int | None = None,
) -> Receipt:
    """Take *outcome* at task or stage *n* of case *number*. Who may is the step's word.

    With *seen_version*, the version that the reader saw, a form that somebody else changed since is a ``Conflict``.

    Raises ``Conflict`` when the task has been dealt with (``details`` say by whom), ``Forbidden``, ``Invalid``.
    """
    opinion = _note(opinion)
    command = c.Act(caller.person, n, outcome, fill or {}, opinion)
    asked = {"n": n, "outcome": outcome, "fill": fill or {}}
    order = Order("act", command, number, key=key, note=opinion, asked=asked, seen=seen_version)
    return _carry_out(ctx, caller, order)


def _carry_out(ctx: Context, caller: Caller, order: Order) -> Receipt:
    """Perform *order*; a refusal says nothing of a case that the caller may not see."""
    try:
        return perform(ctx, caller, order)
    except (Conflict, Forbidden):
        ctx.runner.run(lambda tx: require_sight(ctx, tx, caller, order.number), write=False)
        raise


def _note(text: str, path: str = "opinion") -> str:
    """*text* as it is kept; a fault stands at *path*, the box in which it was written."""
    text = tidy(text)
    if len(text) > c.LONGEST_NOTE:
        most, now = c.LONGEST_NOTE, len(text)
        words = Text(f"最多写{most}字，现有{now}字。", f"{most} characters at most, not {now}.")
        raise Invalid((Problem("note-long", words, path=path),))
    if not readable(text):
        words = Text("去掉不能保存的字符。", "Remove characters that cannot be kept.")
        raise Invalid((Problem("note-letters", words, path=path),))
    return text


def claim(ctx: Context, caller: Caller, number: str, n: int, *, key: str = "") -> Receipt:
    """Take an open task for oneself."""
    return _carry_out(ctx, caller, Order("claim", c.Claim(caller.person, n), number, key=key, asked={"n": n}))


def unclaim(ctx: Context, caller: Caller, number: str, n: int, *, key: str = "") -> Receipt:
    """Give a claimed task back to everybody who may do it."""
    command = c.Claim(caller.person, n, release=True)
    return _carry_out(ctx, caller, Order("unclaim", command, number, key=key, asked={"n": n}))


def transfer(ctx: Context, caller: Caller, number: str, n: int, to: str, *, note: str = "", key: str = "") -> Receipt:
    """Hand a task to the person *to*. Only who has it may.

    To whom the step does not ask it goes as the district says: not at all, with a reason, or once an administrator
    has agreed.
    """
    note = _note(note, "note")
    command = c.Transfer(caller.person, n, to, note, ctx.district.transfer_beyond)
    order = Order("transfer", command, number, key=key, note=note, asked={"n": n, "to": to})
    return _carry_out(ctx, caller, order)


def answer_transfer(
    ctx: Context, caller: Caller, number: str, n: int, agreed: bool, *, note: str = "", key: str = ""
) -> Receipt:
    """Let task *n* go to whom its holder asked for, or not. Only an administrator may."""
    command, note = c.Consent(caller.person, n, agreed), _note(note, "note")
    asked = {"n": n, "agreed": agreed}
    order = Order("answer_transfer", command, number, key=key, note=note, asked=asked, allowed=_admin(ctx, caller))
    return _carry_out(ctx, caller, order)


def take_back(ctx: Context, caller: Caller, number: str, n: int, *, key: str = "") -> Receipt:
    """Take back one's own last decision, as long as nobody has acted on what it opened; its notices are not sent."""
    return _carry_out(ctx, caller, Order("take_back", c.TakeBack(caller.person, n), number, key=key, asked={"n": n}))


def comment(ctx: Context, caller: Caller, number: str, text: str, *, key: str = "") -> Receipt:
    """Leave a word on the case. Who can see the case may."""
    text = _note(text, "text")
    if not text:
        raise Invalid((Problem("note-missing", Text("写几个字再留言。", "Write something first."), path="text"),))

    def allowed(tx: Tx, case: store.Case) -> None:
        seen(ctx, tx, caller, case)

    return perform(ctx, caller, Order("comment", c.Comment(caller.person), number, key=key, note=text, allowed=allowed))


def cancel(ctx: Context, caller: Caller, number: str, reason: str, *, key: str = "") -> Receipt:
    """End the whole case and release all it holds. Only an administrator may, and says why."""
    reason = _note(reason, "reason")
    if not reason:
        words = Text("写明取消整个办件的理由。", "Say why the case is cancelled.")
        raise Invalid((Problem("opinion-missing", words, path="reason"),))
    order = Order("cancel", c.Cancel(caller.person), number, key=key, note=reason, allowed=_admin(ctx, caller))
    return _carry_out(ctx, caller, order)


def retry(ctx: Context, caller: Caller, number: str, n: int, *, key: str = "") -> Receipt:
    """Let an automatic step that failed run again. Only an administrator may, and not before what is owed is undone."""

    def allowed(tx: Tx, case: store.Case) -> None:
        require_admin(ctx, tx, caller)
        node = incidents(case.state).get(n)
        step = by_hash(ctx, tx, case.def_hash).process.index[node["s"]][0] if node else None
        plugin = step.action.partition(".")[0] if step else ""
        if plugin and jobs.oldest(tx, ctx.id, case.id, f"owed:{plugin}"):
            raise owed_first(plugin)

    command = c.Retry(caller.person, n)
    return _carry_out(ctx, caller, Order("retry", command, number, key=key, asked={"n": n}, allowed=allowed))


def _admin(ctx: Context, caller: Caller) -> Allowed:
    """Asks, on the command's own transaction, whether the caller is an administrator."""
    return lambda tx, _case: require_admin(ctx, tx, caller)


def tick(ctx: Context, case_id: str, n: int) -> Receipt:
    """Let the clock of *n* ring: the worker's call."""
    return perform(ctx, ENGINE, Order("tick", c.Tick(n), case_id=case_id, asked={"n": n}))


# -- looking up, for scenarios and the command line -----------------------------------------------


def _case(ctx: Context, tx: Tx, number: str) -> store.Case:
    found = store.load_case(tx, ctx.id, number=number)
    if found is None:
        raise no_case()
    return found


def open_serial(ctx: Context, number: str, step: str, caller: Caller = ENGINE, seat: str = "") -> int:
    """The serial of the open task, or stage, of *step*: the caller's own where several are asked.

    With *seat* it is the one whose audience key is that.
    """

    def work(tx: Tx) -> tuple[store.Case, tuple[str, ...]]:
        return _case(ctx, tx, number), answering.audience_keys(tx, ctx.id, caller.person, ctx.now)

    case, keys = ctx.runner.run(work, write=False)
    found = [node for node in nodes(case.state["root"]) if node["s"] == step]
    if not found:
        names = listed(sorted({node["s"] for node in nodes(case.state["root"]) if node["s"]}), "—")
        raise Conflict(
            Text(f"环节“{step}”没有打开。打开的是：{names.zh}。", f"Step “{step}” is not open; open: {names.en}."),
            code="not_open",
        )
    seats, wanted = seats_of(found[0]), (seat,) if seat else keys
    return next((one.n for one in seats if one.audience in wanted), seats[0].n if seats else found[0]["n"])


def last_decision(ctx: Context, caller: Caller, number: str) -> int:
    """The task that *caller* decided last on this case and might take back; ``Conflict`` when there is none."""

    def work(tx: Tx) -> int:
        case = require_sight(ctx, tx, caller, number)
        found = takeback.last_decision(case.state, events_of(turns(tx, ctx.id, case.id)) or [], caller.person)
        if found is None:
            raise cannot_take_back()
        return found.n

    return ctx.runner.run(work, write=False)
