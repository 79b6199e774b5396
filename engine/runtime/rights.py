"""Who may act at a seat now, and for whom: asked at every act, never remembered from when the task opened."""

from __future__ import annotations

from collections.abc import Iterable

from engine.audience import AudienceKey, person_of, user_key
from engine.definition.model import Step
from engine.runtime import refusals
from engine.runtime.env import CaseEnv
from engine.runtime.facts import Facts
from engine.runtime.people import excluded
from engine.runtime.shapes.events import Event
from engine.runtime.shapes.parts import Seat
from engine.runtime.shapes.tree import AskNode


def for_whom(facts: Facts, person: str, keys: Iterable[AudienceKey]) -> str | None:
    """For whom *person* acts as one of *keys*: "" in their own right, a principal as a deputy, None if not at all."""
    found = [facts.principal(person, key) for key in keys if facts.may(person, key)]
    return min(found, key=bool, default=None)


def belongs(facts: Facts, node: AskNode, seat: Seat, person: str) -> bool:
    """Whether *person* is asked at *seat* today.

    A seat of its own on a roll (``of``) stands only while its person still answers to what the roll was made of.
    """
    if not facts.may(person, seat.audience):
        return False
    of = node.get("of", ())
    own = person_of(seat.audience) if of else ""
    return not own or any(facts.may(own, key) for key in of)


def holder(step: Step, env: CaseEnv, node: AskNode, seat: Seat) -> str:
    """Who holds *seat* by a claim that binds; "" where nobody does, or whoever did may no longer act."""
    claimed = seat.holder
    binds = claimed and belongs(env.facts, node, seat, claimed) and claimed not in excluded(step, env)
    return claimed if binds else ""


def acting_for(step: Step, env: CaseEnv, node: AskNode, seat: Seat, person: str) -> str:
    """For whom *person* acts at *seat*: a colleague who claimed it, the principal of a deputy, or "".

    Refuses one whom ``not:`` keeps away, who finds it in a colleague's hands, or is not asked.
    """
    facts, kept_away = env.facts, excluded(step, env)
    if person in kept_away:
        raise refusals.excluded()
    held_by = holder(step, env, node, seat)
    mine = held_by in ("", person)
    if not mine and not _stands_for(facts, person, held_by, seat):
        raise refusals.claimed(held_by)
    if not belongs(facts, node, seat, person):
        raise refusals.not_asked()
    whom = facts.principal(person, seat.audience) if mine else held_by
    if whom in kept_away:
        raise refusals.excluded()
    return whom


def _stands_for(facts: Facts, person: str, held_by: str, seat: Seat) -> bool:
    """Whether *person* is a deputy of who holds *seat*."""
    return facts.principal(person, seat.audience) == held_by or facts.may(person, user_key(held_by))


def on_behalf(events: Iterable[Event]) -> str:
    """For whom the human of these events acted; "" in their own right, and where no human did.

    The applicant for whom a start was typed comes before the principal of a deputy who typed it.
    """
    for event in events:
        if event["e"] == "signed":
            return event["for"]
        if event["e"] == "started":
            applicant = event["for"] if event["for"] != event["by"] else ""
            return applicant or event.get("as", "")
    return ""
