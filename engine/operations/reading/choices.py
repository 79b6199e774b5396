"""Choosing while a form is filled: what words find in a field, and how what was picked is called.

Whoever may fill a field at its step may ask; whatever is answered the field takes. There is no other directory.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from engine.definition.fields.exit_form import form_of
from engine.definition.fields.fill import readable
from engine.definition.fields.offering import asks_anybody
from engine.definition.fields.words import unknown
from engine.definition.model import Exit, Field, Process, Step
from engine.definition.values.kinds.table import kind_of
from engine.errors import REFUSALS, Invalid
from engine.i18n import Text
from engine.operations.access import require_sight
from engine.operations.content.publish import by_hash, current
from engine.operations.context import Caller, Context, no_case
from engine.operations.facts import OperationFacts
from engine.operations.offering import Offers
from engine.operations.reading.form_views import Option
from engine.operations.reading.people import people_of
from engine.operations.reading.start import start_offers, startable_from
from engine.runtime import refusals
from engine.runtime.env import CaseEnv
from engine.runtime.people import is_named
from engine.runtime.rights import acting_for
from engine.runtime.shapes.parts import Seat
from engine.runtime.shapes.tree import AskNode, Node
from engine.runtime.start import START, start_step
from engine.runtime.state import find, seats
from engine.store.transactions.runner import Tx

#: So many are shown of what words find; whoever sees as many types another word.
MOST_FOUND: Final = 20


@dataclass(frozen=True, slots=True)
class Question:
    """About one field, or a column as ``table.column``: what to find (None = nothing), and what was picked."""

    path: str
    words: str | None = None
    picked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choices:
    """The answer: at most ``MOST_FOUND`` options, and the words of the picked that the field takes."""

    found: tuple[Option, ...] = ()
    said: Mapping[str, Text] = field(default_factory=dict)


Asked = Mapping[str, Question]
Answers = dict[str, Choices]
_OffersOf = Callable[[str], Offers]


def at_start(
    ctx: Context, caller: Caller, process: str, asked: Asked, *, fill: Mapping[str, Any], unit: str = ""
) -> Answers:
    """About the form of a new case of *unit* that is filled with *fill* so far; ``Forbidden`` to who may not start."""

    def work(tx: Tx) -> Answers:
        definition = current(ctx, tx, process)
        units = startable_from(ctx, tx, caller, definition)
        names = definition.process.start.fill
        form = readable(definition.process, names, fill)
        offers = start_offers(ctx, tx, caller, definition, unit if unit in units else units[0], form)
        return _answers(definition.process, asked, dict.fromkeys(names, offers))

    return ctx.runner.run(work, write=False)


def at_task(
    ctx: Context, caller: Caller, number: str, n: int, asked: Asked, *, fill: Mapping[str, Any]
) -> Answers:
    """About the form of an open task, or of an exit beside it; ``Forbidden`` to who may not press there."""

    def work(tx: Tx) -> Answers:
        case = require_sight(ctx, tx, caller, number)
        definition, people = by_hash(ctx, tx, case.def_hash), people_of(ctx, tx)
        state = case.whole
        env = CaseEnv(definition.process, state, OperationFacts(ctx, tx, definition, case.id, people),
                      definition.catalogue, caller.person)  # fmt: skip
        exits = _exits(env, caller.person, n)
        names = dict.fromkeys(name for step, taken in exits for name in form_of(step, taken))
        state["data"] = {**state["data"], **readable(definition.process, tuple(names), fill)}
        made = {
            anybody: Offers(ctx, tx, definition, state, caller.person, people, anybody=anybody)
            for anybody in (True, False)
        }
        return _answers(definition.process, asked, {
            name: made[any(asks_anybody(definition.process, *each) for each in exits if name in form_of(*each))]
            for name in names
        })  # fmt: skip

    return ctx.runner.run(work, write=False)


def _exits(env: CaseEnv, person: str, n: int) -> list[tuple[Step, Exit]]:
    """The exits at seat or node *n* that *person* may take now; refused where there are none."""
    held = seats(env.state).get(n)
    node: Node | None = held[0] if held else find(env.state, n)
    if node is None:
        raise no_case()
    step = start_step(env.process) if node["s"] == START else env.process.index[node["s"]][0]
    named = [taken for taken in step.outcomes if is_named(taken, env, person)]
    try:
        own = _own(env, step, held, person)
    except REFUSALS:
        if not named:
            raise
        own = []
    return [(step, taken) for taken in (*own, *named)]


def _own(env: CaseEnv, step: Step, held: tuple[AskNode, Seat] | None, person: str) -> list[Exit]:
    """The exits of who is asked at the seat; refused to whoever is not."""
    if held is None:
        raise refusals.not_asked()
    acting_for(step, env, *held, person)
    return [taken for taken in step.outcomes if taken.by.kind == "asked"]


def _answers(process: Process, asked: Asked, offers: Mapping[str, Offers]) -> Answers:
    found: Answers = {}
    for name, question in asked.items():
        of = offers.get(question.path.partition(".")[0])
        wanted = _field(process, question.path)
        if of is None or wanted is None:
            raise Invalid((unknown(question.path),))
        options = of.find(wanted, question.words, MOST_FOUND) if question.words is not None else ()
        found[name] = Choices(options, of.say(wanted, question.picked) if question.picked else {})
    return found


def _field(process: Process, path: str) -> Field | None:
    """The field or column that *path* names, where its values are chosen from what the district has."""
    name, _, column = path.partition(".")
    found = process.field_named(name)
    if found is not None and column:
        found = next((one for one in found.columns if one.name == column), None)
    return found if found is not None and kind_of(found.type).points else None


