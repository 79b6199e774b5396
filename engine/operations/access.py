"""Who may see and do what: every operation asks here."""

from __future__ import annotations

from sqlalchemy import or_, select

from engine.operations.context import Caller, Context
from engine.operations.perform import no_case
from engine.store import cases, journal, people
from engine.store.cases import Case
from engine.store.tables import party, role_grant, task
from engine.store.text import load
from engine.store.transaction import Tx

#: Whoever has this role anywhere in a district sees all of its cases and may cancel, retry and unblock.
ADMIN = "district_admin"


def is_admin(ctx: Context, tx: Tx, person: str) -> bool:
    """Whether *person* is an administrator of the district today."""
    g = role_grant.c
    statement = select(g.id).where(
        g.district_id == ctx.id, g.person == person, g.role == ADMIN, g.since <= ctx.now, g.until > ctx.now
    )
    return tx.connection.execute(statement.limit(1)).first() is not None


def home_units(ctx: Context, tx: Tx, person: str) -> tuple[str, ...]:
    """The units that a person belongs to or has a role in."""
    return people.units_of(tx, ctx.id, person, ctx.now)


def may_see(ctx: Context, tx: Tx, person: str, case: Case) -> bool:
    """Who started a case or has it for, whose unit is a party of it, who has or had a task in it, administrators."""
    answers = people.answers(tx, ctx.id, person, ctx.now)
    if not answers.own:
        return False  # no longer one of the district's
    if person in (case.started_by, case.for_person):
        return True
    p, t = party.c, task.c
    parties = select(p.unit_id).where(p.district_id == ctx.id, p.case_id == case.id)
    if not {case.unit, *tx.connection.execute(parties).scalars()}.isdisjoint(answers.units):
        return True
    asked = select(t.n).where(
        t.district_id == ctx.id,
        t.case_id == case.id,
        or_(t.actor == person, t.assignee == person, t.audience.in_(answers.keys)),
    )
    return tx.connection.execute(asked.limit(1)).first() is not None or is_admin(ctx, tx, person)


def _had_it(ctx: Context, tx: Tx, person: str, case: Case) -> bool:
    """Whether a task was theirs before it was handed on or moved up: they keep reading."""
    keys = set(people.audience_keys(tx, ctx.id, person, ctx.now))
    if not keys:
        return False
    for entry in journal.read(tx, ctx.id, case.id):
        events = load(entry.body)["ev"]
        seats = (seat for event in events if event["e"] == "opened" for seat in event["node"].get("seats", ()))
        if entry.actor == person or any(seat[1] in keys for seat in seats):
            return True
    return False


def require_sight(ctx: Context, tx: Tx, caller: Caller, number: str) -> Case:
    """The case *number*, if the caller may see it; otherwise ``NotFound``, the same as for no such case."""
    found, person = cases.load_case(tx, ctx.id, number=number), caller.person
    if found is None or not (person == "" or may_see(ctx, tx, person, found) or _had_it(ctx, tx, person, found)):
        raise no_case()
    return found
