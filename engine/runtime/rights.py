"""Who may act at a seat now, and for whom: asked at every act, never remembered from when the task opened."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from engine.definition.model import Ask, Step
from engine.runtime import refusals
from engine.runtime.env import CaseEnv
from engine.runtime.evolve import Event
from engine.runtime.facts import Facts
from engine.runtime.people import excluded
from engine.runtime.state import Node

Seat = list[Any]


def barred(step: Step, env: CaseEnv) -> tuple[str, ...]:
    """Whom ``not:`` keeps away from *step*."""
    return excluded(step, env) if isinstance(step, Ask) else ()


def for_whom(facts: Facts, person: str, keys: Iterable[str]) -> str | None:
    """For whom *person* acts as one of *keys*: "" in their own right, a principal as a deputy, None if not at all."""
    found = [facts.principal(person, key) for key in keys if facts.may(person, key)]
    return min(found, key=bool, default=None)


def belongs(facts: Facts, node: Node, seat: Seat, person: str) -> bool:
    """Whether *person* is asked at *seat* today.

    A seat of its own on a roll (``of``) stands only while its person still answers to what the roll was made of.
    """
    if not facts.may(person, seat[1]):
        return False
    own, of = seat[1].removeprefix("user:"), node.get("of", ())
    return not of or own == seat[1] or any(facts.may(own, key) for key in of)


def holder(step: Step, env: CaseEnv, node: Node, seat: Seat) -> str:
    """Who holds *seat* by a claim that binds; "" where nobody does, or whoever did may no longer act."""
    claimed = str(seat[2]) if len(seat) > 2 else ""
    binds = claimed and belongs(env.facts, node, seat, claimed) and claimed not in barred(step, env)
    return claimed if binds else ""


def acting_for(step: Step, env: CaseEnv, node: Node, seat: Seat, person: str) -> str:
    """For whom *person* acts at *seat*: a colleague who claimed it, the principal of a deputy, or "".

    Refuses one whom ``not:`` keeps away, who finds it in a colleague's hands, or is not asked.
    """
    facts, kept_away = env.facts, barred(step, env)
    if person in kept_away:
        raise refusals.excluded()
    held_by = holder(step, env, node, seat)
    mine = held_by in ("", person)
    if not mine and not _stands_for(facts, person, held_by, seat):
        raise refusals.claimed(held_by)
    if not belongs(facts, node, seat, person):
        raise refusals.not_asked()
    whom = facts.principal(person, seat[1]) if mine else held_by
    if whom in kept_away:
        raise refusals.excluded()
    return whom


def _stands_for(facts: Facts, person: str, held_by: str, seat: Seat) -> bool:
    """Whether *person* is a deputy of who holds *seat*."""
    return facts.principal(person, seat[1]) == held_by or facts.may(person, f"user:{held_by}")


def on_behalf(events: Iterable[Event]) -> str:
    """For whom the human of these events acted; "" in their own right, and where no human did.

    The applicant for whom a start was typed comes before the principal of a deputy who typed it.
    """
    for event in events:
        if event["e"] == "signed":
            return str(event["for"])
        if event["e"] == "started":
            applicant = event["for"] if event["for"] != event["by"] else ""
            return str(applicant or event.get("as", ""))
    return ""
