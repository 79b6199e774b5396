"""What a person may start, and the form of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.clock import DAY
from engine.definition.fields.offering import asks_anybody
from engine.errors import NotFound
from engine.operations.access import home_units
from engine.operations.content.publish import all_current, current
from engine.operations.context import Caller, Context
from engine.operations.facts import OperationFacts
from engine.operations.offering import Offers
from engine.operations.reading.again import taken_over
from engine.operations.reading.forms import Forms
from engine.operations.reading.outlook import Outlook
from engine.operations.reading.parts import Showing
from engine.operations.reading.people import people_of
from engine.operations.reading.start_views import StartForm, StartItem
from engine.runtime.draft import Definition
from engine.runtime.env import CaseEnv
from engine.runtime.people import audiences
from engine.runtime.refusals import may_not_start
from engine.runtime.state import fresh
from engine.store import counts
from engine.store.transactions.runner import Tx

#: How far back "most used" looks.
_LATELY = 90 * DAY


def startable(ctx: Context, caller: Caller) -> tuple[StartItem, ...]:
    """The processes that the caller may start from one of their units, by title."""

    def work(tx: Tx) -> tuple[StartItem, ...]:
        times = counts.started_by(tx, ctx.id, caller.person, ctx.now - _LATELY)
        people = people_of(ctx, tx)
        found = [(d, Outlook(ctx, d, people)) for d in all_current(ctx, tx) if start_units(ctx, tx, caller, d)]
        return tuple(
            StartItem(d.process.name, d.process.title, look.starters(), look.ahead(), times.get(d.process.name, 0))
            for d, look in found
        )

    return ctx.runner.run(work, write=False)


def start_units(ctx: Context, tx: Tx, caller: Caller, definition: Definition) -> tuple[str, ...]:
    """The caller's units from which they may start the process."""
    return tuple(
        unit for unit in home_units(ctx, tx, caller.person) if _may_start(ctx, tx, caller, definition, unit)
    )


def _may_start(ctx: Context, tx: Tx, caller: Caller, definition: Definition, unit: str) -> bool:
    who = definition.process.start.who
    if who is None:
        return True
    state = fresh()
    state["case"] = {"unit": unit, "by": caller.person, "for": ""}
    facts = OperationFacts(ctx, tx, definition, "")
    env = CaseEnv(definition.process, state, facts, definition.catalogue, caller.person)
    return any(facts.may(caller.person, key) for key in audiences(who, env))


def may_start_again(show: Showing) -> bool:
    """Whether the case is over and the reader may start another of its process."""
    if show.case.status != "ended" or not show.caller.person:
        return False
    try:
        definition = current(show.ctx, show.tx, show.case.process)
    except NotFound:
        return False  # the district has it no more
    return bool(start_units(show.ctx, show.tx, show.caller, definition))


def startable_from(ctx: Context, tx: Tx, caller: Caller, definition: Definition) -> tuple[str, ...]:
    """The same, where there has to be one; ``Forbidden`` otherwise."""
    units = start_units(ctx, tx, caller, definition)
    if not units:
        raise may_not_start(definition.process.title)
    return units


def start_offers(
    ctx: Context, tx: Tx, caller: Caller, definition: Definition, unit: str, form: Mapping[str, Any] | None = None
) -> Offers:
    """What the first form offers whoever starts a case of *unit*, with *form* filled so far."""
    state = fresh()
    state["case"] = {"unit": unit, "by": caller.person, "for": ""}
    state["data"] = dict(form or {})
    anybody = asks_anybody(definition.process, None)
    return Offers(ctx, tx, definition, state, caller.person, people_of(ctx, tx), anybody=anybody)


def start_form(ctx: Context, caller: Caller, process: str, again: str = "", unit: str = "") -> StartForm:
    """The form of a new case, of *unit* where there are several, with what stood in the ended case numbered *again*.

    ``NotFound`` for an unknown process or case, ``Forbidden`` where the caller may not start it.
    """

    def work(tx: Tx) -> StartForm:
        definition = current(ctx, tx, process)
        units = startable_from(ctx, tx, caller, definition)
        people = people_of(ctx, tx)
        chosen = unit if unit in units else units[0]
        offers = start_offers(ctx, tx, caller, definition, chosen)
        forms = Forms(definition.process, offers.holds, offers)
        data, left = taken_over(ctx, tx, caller, definition.process, again) if again else ({}, ())
        return StartForm(
            process=process,
            title=definition.process.title,
            fields=forms.fields(definition.process.start.fill, data),
            ahead=Outlook(ctx, definition, people).ahead(),
            for_applicant=definition.process.start.for_applicant,
            units=tuple((unit, people.unit_name(unit)) for unit in units),
            again=again,
            left_out=left,
        )

    return ctx.runner.run(work, write=False)
