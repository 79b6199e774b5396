"""Whom a step asks: WHO rules to audience keys, with exclusion before climbing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from engine.audience import ANYBODY, AudienceKey, RoleAt, User, anyone_key, parse_audience, person_of, user_key
from engine.definition.expression import Formula, evaluate
from engine.definition.model import Exit, Step, Who, WhoRule
from engine.runtime.env import CaseEnv
from engine.runtime.facts import Facts
from engine.runtime.kept import unpassed
from engine.runtime.shapes.tree import Node, State
from engine.runtime.start import START
from engine.runtime.state import is_step, nodes, seats, units_in


def excluded(ask: Step, env: CaseEnv) -> tuple[str, ...]:
    """Everybody whom ``not:`` keeps away: who acted or was acted for there, and persons a formula names."""
    found: set[str] = set()
    waiting = unpassed(env.state) if ask.not_ else set()
    for item in ask.not_:
        if isinstance(item, Formula):
            found.update(_persons(evaluate(item, env)))
        elif item not in waiting:
            found.update(env.state.get("acted", {}).get(item, ()))
    return tuple(sorted(found))


def _persons(value: Any) -> list[str]:
    listed = value if isinstance(value, (list, tuple)) else [value]
    return [person for person in listed if person]


def matching(rule: WhoRule | None, env: CaseEnv) -> tuple[Who, ...]:
    """Those of *rule* whose condition is the first that holds; () when none does."""
    cases = rule.cases if rule else ()
    return next((whos for condition, whos in cases if condition is None or env.truth(condition)), ())


def audiences(rule: WhoRule | None, env: CaseEnv, without: tuple[str, ...] = ()) -> tuple[AudienceKey, ...]:
    """The audience keys of *rule*, each once, in its order; () when nobody is there."""
    barred = {user_key(person) for person in without}
    keys = [key for who in matching(rule, env) for key in _keys(who, env, without) if key not in barred]
    return tuple(dict.fromkeys(keys))


def units(formula: Formula | None, env: CaseEnv) -> list[str]:
    """The units that an ``of U`` means now; without one the unit that the case was started from."""
    if formula is None or formula.bare == "start.unit":
        return [env.state["case"]["unit"]]
    return units_in(evaluate(formula, env))


def _keys(who: Who, env: CaseEnv, without: tuple[str, ...]) -> list[AudienceKey]:
    if who.kind == "role":
        found = [env.facts.seat(who.name, unit, without) for unit in units(who.unit, env)]
        return [key for key in found if key]
    return [key for one in _named(who, env) if one and (key := _staffed(one, env.facts, without))]


def _named(who: Who, env: CaseEnv) -> Sequence[AudienceKey | None]:
    """The keys that a WHO other than a role names, some of which nobody may answer to."""
    facts = env.facts
    match who.kind:
        case "applicant":
            case = env.state["case"]
            return [user_key(case.get('for') or case['by'])]
        case "person":
            return [user_key(person) for person in _persons(evaluate(who.person, env) if who.person else None)]
        case "anyone":
            return [ANYBODY] if who.unit is None else [anyone_key(unit) for unit in units(who.unit, env)]
        case "rota":
            day = evaluate(who.on, env) if who.on else env.name("today")
            return [facts.rota(who.name, unit, day.isoformat()[:10]) for unit in units(who.unit, env)]
    return facts.resolve(who.name, {name: env.live(value) for name, value in who.args})


def named_by(ask: Step, env: CaseEnv) -> str:
    """The one person whom *ask* names, of the district or gone; "" where it asks others too, or ``not:`` bars them."""
    whos = matching(ask.who, env) if ask.id != START else ()
    keys = {key for who in whos for key in ((None,) if who.kind == "role" else _named(who, env))}
    only = next(iter(keys)) if len(keys) == 1 else None
    person = person_of(only) if only else ""
    return "" if person in excluded(ask, env) else person


def _staffed(key: AudienceKey, facts: Facts, without: tuple[str, ...]) -> AudienceKey | None:
    """*key* where somebody answers to it: a person who is of the district, a role at its unit or the nearest above."""
    match parse_audience(key):
        case User(person):
            return key if facts.may(person, key) else None
        case RoleAt(role, unit) if unit:
            return facts.seat(role, unit, without)
    return key


def made_of(ask: Step, env: CaseEnv, without: tuple[str, ...]) -> tuple[AudienceKey, ...]:
    """The audience keys that *ask* names, before a roll is made of them; the start asks who began it or has it."""
    if ask.id == START:
        case = env.state["case"]
        keys = dict.fromkeys(user_key(person) for person in (case["by"], case["for"]) if person)
        return tuple(key for key in keys if _staffed(key, env.facts, without))
    return audiences(ask.who, env, without)


def asked(ask: Step, env: CaseEnv, without: tuple[str, ...]) -> tuple[AudienceKey, ...]:
    """Whom *ask* seats now; where everybody has to sign, one audience per person."""
    keys = made_of(ask, env, without)
    return keys if ask.sign == "any" else _roll(keys, env, without)


def _roll(keys: tuple[AudienceKey, ...], env: CaseEnv, without: tuple[str, ...]) -> tuple[AudienceKey, ...]:
    found: list[AudienceKey] = []
    for key in keys:
        match parse_audience(key):
            case RoleAt(role, unit):
                found.extend(user_key(person) for person in env.facts.holders(role, unit, without))
            case _:
                found.append(key)
    return tuple(dict.fromkeys(found))


def concerned(state: State) -> list[AudienceKey]:
    """Whom a case concerns now: who began it or has it, who acted, and who is asked or has claimed what is open."""
    case = state["case"]
    acted = sorted({person for persons in state.get("acted", {}).values() for person in persons})
    asked = [seat.hands for _, seat in seats(state).values()]
    persons = [user_key(person) for person in (case["by"], case["for"], *acted) if person]
    return list(dict.fromkeys((*persons, *asked)))


def is_named(taken: Exit, env: CaseEnv, person: str) -> bool:
    """Whether *taken* says itself who may take it, and *person* is of them."""
    rule = taken.by.who
    return bool(person) and rule is not None and any(env.facts.may(person, key) for key in audiences(rule, env))


def offered_to(person: str, step: Step, env: CaseEnv) -> list[Exit]:
    """The exits of an open ask that *person*, who is asked there, may look for on its page; the main one first."""
    return [taken for taken in step.outcomes if taken.by.kind == "asked" or is_named(taken, env, person)]


def named_exits(env: CaseEnv) -> Iterator[tuple[Node, Step, Exit, WhoRule]]:
    """The exits of open steps that say themselves who may take them, such as a withdrawal beside what is asked."""
    for node in nodes(env.state["root"]):
        if not is_step(node) or node["s"] not in env.process.index:
            continue
        step = env.process.index[node["s"]][0]
        for taken in step.outcomes:
            if taken.by.kind == "who" and taken.by.who is not None:
                yield node, step, taken, taken.by.who
