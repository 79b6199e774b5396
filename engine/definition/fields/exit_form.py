"""The form of an exit: what the step asks and what the exit asks of its own are one set of fields."""

from __future__ import annotations

from collections.abc import Container, Sequence
from itertools import combinations

from engine.definition.model import Exit, Step


def form_of(step: Step, taken: Exit) -> tuple[str, ...]:
    """The fields that whoever takes the exit may fill, each once."""
    return tuple(dict.fromkeys((*step.fill, *taken.fill, *taken.must)))


def to_complete(step: Step, taken: Exit) -> tuple[str, ...]:
    """Those that may not stay empty, unless they are optional: where the case goes on, and for those who are asked."""
    if taken.then.kind != "next":
        return ()
    whole = step.fill if taken.by.kind == "asked" else ()
    return tuple(dict.fromkeys((*whole, *taken.fill, *taken.must)))


def own_of(step: Step, taken: Exit, elsewhere: Container[str] = ()) -> tuple[str, ...]:
    """Those that stand with the exit itself, on a page that has *elsewhere* what belongs to no single one."""
    return tuple(name for name in form_of(step, taken) if name not in elsewhere and name in (*taken.fill, *taken.must))


def in_common(step: Step, exits: Sequence[Exit]) -> tuple[str, ...]:
    """The fields of a page that offers *exits* which belong to no single one of them; the others stand with theirs."""
    common = dict.fromkeys(step.fill)
    for one, other in combinations(exits, 2):
        common |= dict.fromkeys(name for name in form_of(step, one) if name in form_of(step, other))
    return tuple(common)
