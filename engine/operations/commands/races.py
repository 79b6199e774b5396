"""Lost races in words: you did it in another window, a colleague did it, the case moved, or its form changed."""

from __future__ import annotations

from engine.clock import Micros
from engine.definition.model import Process
from engine.definition.values.moments import to_datetime
from engine.definition.values.saying import clock_words, moment_words
from engine.errors import Conflict
from engine.i18n import Text, both, joined
from engine.operations.commands.order import Order
from engine.operations.content.publish import by_hash
from engine.operations.context import Caller, Context
from engine.operations.reading.glance import Glance, glance_at
from engine.operations.reading.history import Change, Turn, changed_since, turns
from engine.operations.reading.people import People, SpokenNames, people_of
from engine.runtime import commands as c
from engine.runtime.shapes.tree import State
from engine.runtime.state import find, seats, seats_of
from engine.runtime.telling.events import tell
from engine.runtime.titles import outcome_title
from engine.store import cases, tasks
from engine.store.cases import Case
from engine.store.tasks import Task
from engine.store.transactions.runner import Tx

#: The refusals that tell somebody they came too late.
_LATE = ("task_closed", "case_ended", "claimed")


def explained(ctx: Context, caller: Caller, number: str, n: int, refusal: Conflict) -> Conflict:
    """*refusal* of a task that somebody else has dealt with or claimed, with who did, when and how.

    As it was where nobody did, or where there is nothing that the caller may know of.
    """
    if refusal.code not in _LATE:
        return refusal
    return ctx.runner.run(lambda tx: _explained(ctx, tx, caller, number, n, refusal), write=False)


def _explained(ctx: Context, tx: Tx, caller: Caller, number: str, n: int, refusal: Conflict) -> Conflict:
    case = cases.load_case(tx, ctx.id, number=number)
    row = tasks.get(tx, ctx.id, case.id, n) if case else None
    if case is None or row is None:
        return refusal
    process, people = by_hash(ctx, tx, case.def_hash).process, people_of(ctx, tx)
    if refusal.code == "claimed":
        return _claimed(ctx, people, turns(tx, ctx.id, case.id), n, refusal)
    if row.done_at is None:
        return refusal
    if row.outcome and (back := _taken_back(ctx, people, caller, turns(tx, ctx.id, case.id), n, refusal)):
        return back
    if row.outcome:
        return _decided(ctx, people, caller, process, row, refusal)
    return _moved(ctx, people, process, row, turns(tx, ctx.id, case.id), refusal)


def _decided(
    ctx: Context, people: People, caller: Caller, process: Process, row: Task, refusal: Conflict
) -> Conflict:
    """The task was decided: by the caller elsewhere, by the clock, or by somebody else."""
    outcome, at = outcome_title(process, row.step, row.outcome or ""), _at(row.done_at or 0, ctx.now)
    if row.actor == caller.person:
        words = Text(f"此件你已在另一窗口办理（{at.zh}，{outcome.zh}）。",
                     f"You dealt with this in another window ({at.en}, {outcome.en}).")  # fmt: skip
    elif row.actor is None:
        words = Text(f"此件到期没有人办，系统已于{at.zh}按规定办理，结果是{outcome.zh}。不用再办。",
                     f"It was due; at {at.en} it went by rule: {outcome.en}. Nothing is left to do.")  # fmt: skip
    else:
        who = people.person_name(row.actor)
        words = Text(f"{who}已于{at.zh}办理此件，结果是{outcome.zh}。不用再办。",
                     f"{who} dealt with this at {at.en}: {outcome.en}. Nothing is left to do.")  # fmt: skip
    return Conflict(words, code=refusal.code, actor=row.actor, outcome=row.outcome, at=row.done_at)


def _taken_back(
    ctx: Context, people: People, caller: Caller, history: list[Turn], n: int, refusal: Conflict
) -> Conflict | None:
    """The decision at *n* was taken back, and the step is open anew under another number; None where it was not."""
    turn = next((t for t in history if any(e["e"] == "taken_back" and e["n"] == n for e in t.events)), None)
    if turn is None:
        return None
    at, actor = _at(turn.entry.at, ctx.now), turn.entry.actor
    who = Text("你", "You") if actor == caller.person else both(people.person_name(actor or ""))
    words = Text(f"{who.zh}已于{at.zh}撤回这一步。它重新等人办，从待办里打开新的那一件。",
                 f"{who.en} took this back at {at.en}. The step is open again: find it anew in the inbox.")  # fmt: skip
    return Conflict(words, code=refusal.code, actor=actor, at=turn.entry.at)


def _moved(
    ctx: Context, people: People, process: Process, row: Task, history: list[Turn], refusal: Conflict
) -> Conflict:
    """Nobody decided the task: what somebody did elsewhere on the case closed it."""
    turn = next((t for t in reversed(history) if t.entry.at == row.done_at and t.entry.actor), None)
    said = [tell(event, process, SpokenNames(people, ctx.now)) for event in turn.events] if turn else []
    happened = next((words for words in said if words is not None), None)
    if turn is None or happened is None:
        return refusal
    at = _at(turn.entry.at, ctx.now)
    words = Text(f"此件已有变动：{at.zh} {happened.zh}，这个环节不用再办。",
                 f"The case has moved: {at.en}, {happened.en}; nothing is left to do here.")  # fmt: skip
    return Conflict(words, code=refusal.code, actor=turn.entry.actor, at=turn.entry.at)


def _claimed(ctx: Context, people: People, history: list[Turn], n: int, refusal: Conflict) -> Conflict:
    """A colleague has the task in hand: who, and since when."""
    claims = (
        turn.entry.at
        for turn in reversed(history)
        for event in turn.events
        if event["e"] == "reassigned" and event["n"] == n and event["how"] == "claimed"
    )
    holder, since = str(refusal.details.get("holder", "")), next(claims, None)
    if since is None or not holder:
        return refusal
    who, at = people.person_name(holder), _at(since, ctx.now)
    words = Text(f"{who}已于{at.zh}认领此件。需要的话，请{who}放回。",
                 f"{who} claimed this at {at.en}; ask them to release it if need be.")  # fmt: skip
    return Conflict(words, code=refusal.code, holder=holder, at=since)


def _at(at: Micros, now: Micros) -> Text:
    """The hour, with its day where that is not today: ``10:42``, ``6月9日10:42``."""
    then = to_datetime(at)
    today = then.date() == to_datetime(now).date()
    return both(clock_words(then)) if today else moment_words(then, now)


# -- a form that changed under one's eyes -----------------------------------------------------------


def check_seen(ctx: Context, tx: Tx, caller: Caller, case: Case, order: Order) -> None:
    """Raise ``Conflict`` when somebody else changed the form after the version that the reader saw who decides now.

    It says who changed what, from and to, of the fields that the reader may see. Where what was to be decided is closed
    the command is refused for that, and the form is no matter any more.
    """
    command, seen = order.command, order.seen
    if seen is None or seen >= case.version or not (isinstance(command, c.Act) and _is_open(case.state, command.n)):
        return
    changes = changed_since(turns(tx, ctx.id, case.id), seen, caller.person)
    glance, people = glance_at(ctx, tx, caller.person, case), people_of(ctx, tx)
    told = {name: found for name, found in changes.items() if name in glance.fields}
    if not told:
        return
    said = joined(_change(glance, people, name, found) for name, found in told.items())
    raise Conflict(
        Text(f"你打开后，{said.zh}。看过后再决定，你写的意见还在。",
             f"After you opened this, {said.en}. Look again before you decide."),
        code="form_changed",
        fields=list(told),
        told=case.version,
    )  # fmt: skip


def _is_open(state: State, n: int) -> bool:
    node = find(state, n)
    return n in seats(state) or (node is not None and not seats_of(node))


def _change(glance: Glance, people: People, name: str, change: Change) -> Text:
    """One change in words: ``南珠东把人数从50改为80``; that there was one, where its mask hides which."""
    person = people.person(change.actor)
    who = people.unit_name(person.unit) if person else people.person_name(change.actor)
    title, before, after = glance.change(name, change.was, change.now)
    if before == after:
        return Text(f"{who}改了{title.zh}", f"{who} changed {title.en}")
    return Text(f"{who}把{title.zh}从{before.zh}改为{after.zh}",
                f"{who} changed {title.en} from {before.en} to {after.en}")  # fmt: skip
