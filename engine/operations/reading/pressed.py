"""A form that was sent, as far as the press on it needs: how each field that it takes is read, and nothing of the page.

Whether the press may be taken is for the command to say, which is decided on what is read here.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from engine.definition.fields.exit_form import form_of, in_common, own_of
from engine.definition.model import Exit, Step
from engine.i18n import Text
from engine.operations.access import require_sight
from engine.operations.content.publish import by_hash, current
from engine.operations.context import Caller, Context, no_case
from engine.operations.facts import OperationFacts
from engine.operations.reading.form_views import FormField
from engine.operations.reading.forms import Forms
from engine.operations.reading.start import start_offers, startable_from
from engine.runtime.env import CaseEnv
from engine.runtime.people import named_exits, offered_to
from engine.runtime.shapes.tree import Node
from engine.runtime.start import START, start_step
from engine.runtime.state import pressed_at, seats
from engine.store import tasks
from engine.store.cases import Case
from engine.store.transactions.runner import Tx


class PressForm(NamedTuple):
    """A press: the place in the case that it decides, its name and title, and the fields that stand with it alone."""

    n: int
    name: str
    title: Text
    fields: tuple[FormField, ...]


@dataclass(frozen=True, slots=True)
class SentForm:
    """A form that was sent: ``fields`` stand once for several ``outcomes``; none of it once the task is closed.

    Of a start, ``unit`` is the one that it was sent from.
    """

    open: bool = True
    fields: tuple[FormField, ...] = ()
    outcomes: tuple[PressForm, ...] = ()
    unit: str = ""


def at_task(ctx: Context, caller: Caller, number: str, n: int, outcome: str | None = None) -> SentForm:
    """The form of the page of task *n* as it was sent to press *outcome*, or with None any of those that it offers.

    ``NotFound`` where there is no such task for the caller.
    """

    def work(tx: Tx) -> SentForm:
        here = _Here(ctx, tx, caller, number)
        held = seats(here.env.state).get(n)
        if held is None:
            row = tasks.get(tx, ctx.id, here.case.id, n)
            if row is None or row.audience is None:
                raise no_case()
            return SentForm(open=False)
        step = here.step(held[0])
        exits = offered_to(caller.person, step, here.env)
        page = {name for taken in exits for name in form_of(step, taken)}
        pressed = [taken for taken in exits if outcome in (None, taken.name)]
        asked = {name for taken in pressed for name in form_of(step, taken)}
        common = in_common(step, exits)
        shared = (here.read([name], page) for name in common if name in asked)
        return SentForm(
            fields=tuple(one for several in shared for one in several),
            outcomes=tuple(here.press(n, step, taken, common) for taken in pressed),
        )

    return ctx.runner.run(work, write=False)


def at_exits(ctx: Context, caller: Caller, number: str, pressed: tuple[int, str] | None = None) -> SentForm:
    """The same of the page of a case, where the exit of that place and name is *pressed*, or with None any of them."""

    def work(tx: Tx) -> SentForm:
        here = _Here(ctx, tx, caller, number)
        return SentForm(outcomes=tuple(
            here.press(pressed_at(node), step, taken)
            for node, step, taken, _ in named_exits(here.env)
            if pressed in (None, (pressed_at(node), taken.name))
        ))  # fmt: skip

    return ctx.runner.run(work, write=False)


def at_start(ctx: Context, caller: Caller, process: str, unit: str = "") -> SentForm:
    """The same of the page that starts a case of *unit*; where none is said, of the first that the caller may."""

    def work(tx: Tx) -> SentForm:
        definition = current(ctx, tx, process)
        chosen = unit or startable_from(ctx, tx, caller, definition)[0]
        holds = start_offers(ctx, tx, caller, definition, chosen).holds
        fields = Forms(definition.process, holds, None).fields(definition.process.start.fill, {})
        return SentForm(fields=fields, unit=chosen)

    return ctx.runner.run(work, write=False)


class _Here:
    """A case as whoever presses on it sees it."""

    def __init__(self, ctx: Context, tx: Tx, caller: Caller, number: str) -> None:
        self.case: Case = require_sight(ctx, tx, caller, number)
        definition = by_hash(ctx, tx, self.case.def_hash)
        facts = OperationFacts(ctx, tx, definition, self.case.id)
        self.env = CaseEnv(definition.process, self.case.whole, facts, definition.catalogue, caller.person)
        self._forms = Forms(definition.process, self.env.truth, None)

    def step(self, node: Node) -> Step:
        """The step of *node*; the start counts."""
        process = self.env.process
        return start_step(process) if node["s"] == START else process.index[node["s"]][0]

    def press(self, n: int, step: Step, taken: Exit, elsewhere: Container[str] = ()) -> PressForm:
        """The press *taken*, with the fields that do not stand *elsewhere* on the page."""
        own = own_of(step, taken, elsewhere)
        return PressForm(n, taken.name, taken.title, self.read(own, form_of(step, taken)))

    def read(self, names: Iterable[str], beside: Container[str]) -> tuple[FormField, ...]:
        """Those of the fields *names* that are asked, *beside* being what else is; what stands in a table stays."""
        return self._forms.fields(names, self.case.data, beside=beside)
