"""The verbs that a page offers beside its decision: their boxes, what is typed in them, and doing what they say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request

from engine.operations import cases
from engine.operations.reading.form_views import Option
from engine.operations.reading.views import CaseView, Receipt, TaskView
from engine.operations.verbs import VERBS, Argument, Beside, Verb
from engine.web.forms import keeping, picking
from engine.web.forms.keeping import box
from engine.web.visit import Visit


@dataclass(frozen=True, slots=True)
class Box:
    """Where one thing that a verb takes is typed, or chosen from ``choices``."""

    id: str
    argument: Argument
    typed: str
    choices: tuple[Option, ...] | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """A verb that the page offers, with its boxes."""

    verb: Verb
    boxes: tuple[Box, ...]

    @property
    def written(self) -> bool:
        """Whether something is typed in them."""
        return any(one.typed for one in self.boxes)


def on_task(view: TaskView, typed: Mapping[str, str]) -> tuple[Offer, ...]:
    """What the page of a task offers, with what was *typed*."""
    offered = (verb for verb in VERBS.values() if verb.task and verb.task(view))
    return tuple(Offer(verb, tuple(_boxes(verb, view, typed))) for verb in offered)


def on_case(view: CaseView, typed: Mapping[str, str]) -> tuple[Offer, ...]:
    """What the page of a case offers, with what was *typed*."""
    offered = (verb for verb in VERBS.values() if verb.case and verb.case(view))
    return tuple(Offer(verb, tuple(_boxes(verb, None, typed))) for verb in offered)


def _boxes(verb: Verb, view: TaskView | None, typed: Mapping[str, str]) -> Iterator[Box]:
    for one in verb.takes:
        choices = one.choices(view) if one.choices and view else None
        yield Box(box(verb, one), one, typed.get(box(verb, one), ""), choices)


def anchors(verb: str) -> dict[str, str]:
    """Where what is wrong with what *verb* takes stands: the box of each argument."""
    return {one.key: box(VERBS[verb], one) for one in VERBS[verb].takes}


def do(here: Visit, verb: Verb, number: str, n: int) -> Any:
    """Do *verb* on the case *number*, at task *n* of it where it is done on one, with what is in its boxes."""
    place = {"n": n} if verb.on in ("task", "decision") else {}
    said = {one.name: request.form.get(box(verb, one), "").strip() for one in verb.takes}
    return verb.run(here.ctx, here.caller, number, **place, **said, key=keeping.beside_key())


def decide(
    here: Visit, number: str, n: int, outcome: str, sections: Sequence[picking.Section], called: str = ""
) -> Receipt:
    """Take *outcome* at *n* with what was typed in *sections*, and as the opinion of what the form has it *called*."""
    form = request.form
    return cases.act(
        here.ctx, here.caller, number, n, outcome, fill=picking.settled(sections, form),
        opinion=form.get(f"opinion.{called or outcome}", "").strip(), key=form.get("key", ""),
        seen_version=keeping.seen_version(),
    )  # fmt: skip


def on_pages(*pages: str) -> str:
    """The verbs that are pressed on *pages*, as a part of an address."""
    return among(verb.name for verb in VERBS.values() if any(getattr(verb, page) for page in pages))


def beside(what: Beside) -> tuple[str, ...]:
    """The verbs that stand with *what*, each with the serial of that in the form."""
    return tuple(verb.name for verb in VERBS.values() if verb.beside == what)


def among(names: Iterable[str]) -> str:
    """One of *names*, as a part of an address."""
    return f"<any({','.join(names)}):verb>"
