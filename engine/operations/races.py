"""Lost races in words: you did it in another window, a colleague did it, or the form changed under your eyes."""

from __future__ import annotations

from engine.definition.values import to_datetime
from engine.errors import Conflict
from engine.i18n import Text
from engine.operations.context import Caller, Context
from engine.operations.people import people_of
from engine.operations.publish import by_hash
from engine.runtime.telling import outcome_title
from engine.store import cases, journal, tasks
from engine.store.cases import Case
from engine.store.text import load
from engine.store.transaction import Tx


def explained(ctx: Context, caller: Caller, number: str, n: int, refusal: Conflict) -> Conflict:
    """*refusal* of a task that was dealt with before, with who did, when and how; as it was where nobody did."""
    if refusal.code not in ("task_closed", "case_ended"):
        return refusal
    return ctx.runner.run(lambda tx: _explained(ctx, tx, caller, number, n, refusal), write=False)


def _explained(ctx: Context, tx: Tx, caller: Caller, number: str, n: int, refusal: Conflict) -> Conflict:
    case = cases.load_case(tx, ctx.id, number=number)
    row = tasks.get(tx, ctx.id, case.id, n) if case else None
    if case is None or row is None or not row.outcome or row.done_at is None:
        return refusal
    outcome = outcome_title(by_hash(ctx, tx, case.def_hash).process, row.step, row.outcome or "")
    at = f"{to_datetime(row.done_at):%H:%M}"
    details = {"actor": row.actor, "outcome": row.outcome, "at": row.done_at}
    if row.actor == caller.person:
        words = Text(f"此件你已在另一窗口办理（{at}，{outcome.zh}）。",
                     f"You dealt with this in another window ({at}, {outcome.en}).")  # fmt: skip
    elif row.actor is None:
        words = Text(f"此件到期没有人办，系统已于{at}按规定办理，结果是{outcome.zh}。不用再办。",
                     f"It was due; at {at} it went by rule: {outcome.en}. Nothing is left to do.")  # fmt: skip
    else:
        who = people_of(ctx, tx).person_name(row.actor)
        words = Text(f"{who}已于{at}办理此件，结果是{outcome.zh}。不用再办。",
                     f"{who} dealt with this at {at}: {outcome.en}. Nothing is left to do.")  # fmt: skip
    return Conflict(words, code=refusal.code, **details)


def check_seen(ctx: Context, tx: Tx, caller: Caller, case: Case, seen: int | None) -> None:
    """Raise ``Conflict`` when somebody else changed the form after version *seen*, which the reader decided on."""
    if seen is None or seen >= case.version:
        return
    changed: set[str] = set()
    for entry in journal.read(tx, ctx.id, case.id, after=max(seen, 0)):
        if entry.actor != caller.person:
            changed.update(*(event["names"] for event in load(entry.body)["ev"] if event["e"] == "filled"))
    fields = [field for field in by_hash(ctx, tx, case.def_hash).process.fields if field.name in changed]
    if not fields:
        return
    titles = [field.title for field in fields]
    raise Conflict(
        Text(f"你打开后，{'、'.join(t.zh for t in titles)}有改动。看过后再决定，你写的意见还在。",
             f"After you opened this, {', '.join(t.en for t in titles)} changed. Look again before you decide."),
        code="form_changed",
        fields=[field.name for field in fields],
    )  # fmt: skip
