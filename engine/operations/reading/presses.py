"""The presses of a case: what may be pressed, what each asks, and what it will do, said before."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import replace

from engine.definition.fields.exit_form import form_of, in_common, own_of, to_complete
from engine.definition.model import Exit, Step
from engine.i18n import Text
from engine.operations.reading.foretelling import will_do
from engine.operations.reading.form_views import FormField
from engine.operations.reading.history import events_of
from engine.operations.reading.parts import Showing
from engine.operations.reading.views import OutcomeView, TakeBackOffer
from engine.runtime import refusals
from engine.runtime.kinds.table import begin
from engine.runtime.people import is_named, named_exits, offered_to
from engine.runtime.shapes.tree import Node
from engine.runtime.state import copy, place_of, pressed_at
from engine.runtime.takeback import offered
from engine.runtime.titles import step_title


def pressable(show: Showing, node: Node) -> tuple[tuple[FormField, ...], tuple[OutcomeView, ...]]:
    """The form of an open ask: the fields that stand once for several presses, and the presses, the main one first.

    A field that only one press asks stands with it. However many ask for it, a page has one input of a field. How such
    a form is read once it is sent, ``pressed`` says.
    """
    step = show.step(node["s"])
    exits = offered_to(show.caller.person, step, show.env)
    common = in_common(step, exits)
    presses = tuple(outcome(show, step, node, taken, common, main=taken is exits[0]) for taken in exits)
    return tuple(field for name in common for field in _shared(show, step, exits, name)), presses


def _shared(show: Showing, step: Step, exits: list[Exit], name: str) -> tuple[FormField, ...]:
    """A field of several presses, with what it is to each of them; nothing where it is not asked."""
    taking = [taken for taken in exits if name in form_of(step, taken)]
    needing = [taken for taken in taking if name in taken.must]
    must = (name,) if needing and len(needing) == len(exits) else ()
    page = {one for taken in exits for one in form_of(step, taken)}
    return tuple(
        replace(
            found,
            for_presses=tuple(taken.title for taken in taking) if len(taking) < len(exits) else (),
            needed_by=() if found.required else tuple(taken.title for taken in needing),
        )
        for found in show.glance.to_fill(show.forms(step), (name,), must=must, beside=page)
    )


def exits(show: Showing) -> tuple[tuple[int, OutcomeView], ...]:
    """Presses beside what is open inside: exits of stages, and exits of asks that name the reader."""
    return tuple(
        (pressed_at(node), outcome(show, step, node, taken))
        for node, step, taken, _ in named_exits(show.env)
        if is_named(taken, show.env, show.caller.person)
    )


def outcome(
    show: Showing, step: Step, node: Node, taken: Exit, elsewhere: Container[str] = (), *, main: bool = False
) -> OutcomeView:
    """One press: what it asks beside the fields that stand *elsewhere*, what it will do, and why it cannot be taken."""
    asked = form_of(step, taken)
    return OutcomeView(
        name=taken.name,
        title=taken.title,
        opinion=taken.opinion,
        fields=show.glance.to_fill(
            show.forms(step, taken), own_of(step, taken, elsewhere), complete=to_complete(step, taken),
            must=taken.must, beside=asked,
        ),
        asks=asked,
        will_do=will_do(show, step, taken),
        reasons=taken.reasons,
        main=main,
        blocked=_blocked(show, step, node, taken),
    )


def _blocked(show: Showing, step: Step, node: Node, taken: Exit) -> Text | None:
    draft = begin(show.definition, copy(show.state), show.facts, show.caller.person)
    return None if draft.legal(place_of(show.state, node["n"]), step, taken) else refusals.used_up(taken).text


def take_back(show: Showing) -> TakeBackOffer | None:
    """The strip that offers to take one's own last decision back."""
    person = show.caller.person
    draft = begin(show.definition, show.state, show.facts, person)
    found = offered(draft, events_of(show.history), person) if person else None
    if found is None:
        return None
    last = step_title(show.process, found.event["s"])
    if found.event["e"] == "reassigned":
        words = Text(f"你刚把“{last.zh}”转了出去，对方还没有办，可以撤回。",
                     f"You handed “{last.en}” on and they have not acted yet; you can take it back.")  # fmt: skip
    else:
        words = Text(f"你刚在“{last.zh}”作了决定，还没有人接着办，可以撤回。",
                     f"You decided “{last.en}” and nobody has acted since; you can take it back.")  # fmt: skip
    return TakeBackOffer(found.n, words)
