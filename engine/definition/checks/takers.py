"""Who may take which exit of a step: people, the clock, or the engine with what an action or a branch came to."""

from __future__ import annotations

from engine.definition.model import Exit, Step


def by_people(step: Step, taken: Exit) -> bool:
    """Whether people may take the exit."""
    return taken.by.kind == "who" or (step.who is not None and taken.by.kind == "asked")


def by_engine(step: Step, taken: Exit) -> bool:
    """Whether the step itself comes to this outcome."""
    return ((step.by_itself or step.comes_to) and taken.by.kind == "asked") or taken.by.kind == "message"


def late_outcomes(step: Step) -> tuple[str, ...]:
    """The outcomes that a passed deadline names, and the one that an event does which has come."""
    if step.due is None:
        return ()
    return tuple(filter(None, (*(rung.outcome for rung in step.due.late), step.due.lapse)))


def by_clock(step: Step) -> frozenset[str]:
    """The outcomes that a passed deadline may take, those instead of used-up ones among them."""
    return _with_substitutes(step, set(late_outcomes(step)))


def unattended(step: Step) -> frozenset[str]:
    """The outcomes that may be taken while nobody looks: by the clock, by the step itself, or instead of these."""
    own = {taken.name for taken in step.outcomes if by_engine(step, taken)}
    return _with_substitutes(step, own | set(late_outcomes(step)))


def _with_substitutes(step: Step, names: set[str]) -> frozenset[str]:
    while True:
        more = {taken.exhausted for taken in step.outcomes if taken.name in names and taken.exhausted} - names
        if not more:
            return frozenset(names)
        names |= more
