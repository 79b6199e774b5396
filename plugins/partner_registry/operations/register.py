"""Reads and writes of the register: likeness, enrolling, changing a status, finding the nearest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, func, insert, or_, select, update

from engine.extend import ActionContext, Problem, ReadContext, Text, Veto, WriteContext, to_datetime
from plugins.partner_registry import rules
from plugins.partner_registry.rules import Candidate, Known, Likeness
from plugins.partner_registry.tables import change, partner, skill


def veto(code: str, zh: str, en: str, path: str = "") -> Veto:
    """Refuse the whole command with one sentence; *path* is the input of the action that it is about."""
    return Veto((Problem(f"partner-{code}", Text(zh, en), path=path),))


def find(ctx: ReadContext, key: str) -> RowMapping | None:
    """The partner with this id, or None."""
    return ctx.db.execute(_mine(ctx).where(partner.c.id == key)).mappings().one_or_none()


def with_ids(ctx: ReadContext, keys: Sequence[str]) -> Sequence[RowMapping]:
    """The partners with these ids, as far as there are such."""
    return list(ctx.db.execute(_mine(ctx).where(partner.c.id.in_(keys))).mappings())


def enrolled_by_kind(ctx: ReadContext) -> dict[str, int]:
    """How many partners of each kind are enrolled."""
    mine = select(partner.c.kind, func.count().label("times")).where(
        partner.c.district_id == ctx.district, partner.c.status != "quit"
    )
    return {row.kind: row.times for row in ctx.db.execute(mine.group_by(partner.c.kind))}


def _mine(ctx: ReadContext) -> Select[Any]:
    return select(partner).where(partner.c.district_id == ctx.district)


def alike(ctx: ReadContext, new: Known) -> tuple[Likeness, Known] | None:
    """Who in the register *new* may be; partners that left do not count."""
    same = (
        or_(partner.c.plain_name == new.name, partner.c.code == new.code)
        if new.code
        else partner.c.plain_name == new.name
    )
    rows = ctx.db.execute(_mine(ctx).where(partner.c.status != "quit", same)).mappings()
    return rules.likeness(new, [_known(row) for row in rows])


def _known(row: RowMapping) -> Known:
    return Known(row["id"], row["kind"], row["plain_name"], row["code"], row["unit"])


def enrolled(ctx: ReadContext, effect: str) -> str | None:
    """The partner that this effect enrolled before, or None."""
    found = ctx.db.execute(_mine(ctx).where(partner.c.effect == effect)).mappings().one_or_none()
    return None if found is None else str(found["id"])


def enrol(ctx: WriteContext, row: Mapping[str, Any], skills: Sequence[str]) -> bool:
    """Write a new partner with its skills; False when another one has its identity."""
    if ctx.insert_free(partner, [{**row, "at": ctx.now}]) == 0:
        return False
    words = sorted({word.strip() for word in skills if word.strip()})
    if words:
        head = {"district_id": ctx.district, "partner": row["id"]}
        ctx.db.execute(insert(skill), [{**head, "skill": word} for word in words])
    return True


def move(ctx: WriteContext, key: str, status: str, reason: str) -> str | None:
    """Give a partner another status and remember the change; what it was, or None when it may not change so.

    Raises Veto when there is no such partner.
    """
    rows = ctx.lock(partner, [key])
    if not rows:
        raise veto("unknown", "名册里没有这个合伙人，先入库。", "there is no such partner; enrol it first")
    was: str = rows[0]["status"]
    if status not in rules.MOVES[was]:
        return None
    ctx.db.execute(
        update(partner)
        .where(partner.c.district_id == ctx.district, partner.c.id == key)
        .values(status=status, identity=None if status == "quit" else partner.c.identity)
    )
    case, actor = (ctx.case.id or None, ctx.actor) if isinstance(ctx, ActionContext) else (None, "")
    row = {"id": ctx.new_id(), "partner": key, "was": was, "status": status, "reason": reason, "at": ctx.now}
    ctx.db.execute(insert(change).values(district_id=ctx.district, **row, actor=actor, case_id=case))
    return was


def nearest(
    ctx: ReadContext, wanted: str, unit: str, besides: Sequence[str], within: int
) -> tuple[int, RowMapping] | None:
    """The nearest active partner with a skill and how far it is along the unit tree, or None."""
    today = to_datetime(ctx.now).date().isoformat()
    able = (
        _mine(ctx)
        .join(skill, (skill.c.district_id == partner.c.district_id) & (skill.c.partner == partner.c.id))
        .where(skill.c.skill == wanted, partner.c.status == "active", partner.c.id.not_in(besides))
        .where(or_(partner.c.valid_until.is_(None), partner.c.valid_until >= today))
    )
    rows = {row["id"]: row for row in ctx.db.execute(able).mappings()}
    paths = {each: ctx.directory.path(each) for each in {row["unit"] for row in rows.values()}}
    candidates = [Candidate(key, row["name"], paths[row["unit"]]) for key, row in rows.items()]
    for far, found in rules.nearest(candidates, ctx.directory.path(unit)):
        return (far, rows[found.id]) if far <= within else None
    return None


def search(
    ctx: ReadContext, words: str, limit: int, *, kind: str = "", status: str = "", wanted: str = ""
) -> list[RowMapping]:
    """Partners by part of the name, unit, skill or credit code; active ones first, then by name."""
    found = _mine(ctx)
    if words:
        found = found.where(_matches(ctx, words))
    if kind:
        found = found.where(partner.c.kind == kind)
    if status:
        found = found.where(partner.c.status == status)
    if wanted:
        able = select(skill.c.partner).where(skill.c.district_id == ctx.district, skill.c.skill == wanted)
        found = found.where(partner.c.id.in_(able))
    rows = ctx.db.execute(found.order_by(partner.c.status, partner.c.plain_name, partner.c.id).limit(limit))
    return list(rows.mappings())


def _matches(ctx: ReadContext, words: str) -> ColumnElement[bool]:
    able = select(skill.c.partner).where(
        skill.c.district_id == ctx.district, skill.c.skill.contains(words, autoescape=True)
    )
    ways = [partner.c.id == words, partner.c.code == rules.credit_code(words), partner.c.id.in_(able)]
    if name := rules.plain(words):
        ways.append(partner.c.plain_name.contains(name, autoescape=True))
    if unit := ctx.directory.find_unit(words):
        ways.append(partner.c.unit == unit)
    return or_(*ways)


def skills_of(ctx: ReadContext, keys: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    """The skills of these partners, in order."""
    mine = select(skill).where(skill.c.district_id == ctx.district, skill.c.partner.in_(keys))
    found: dict[str, tuple[str, ...]] = {}
    for row in ctx.db.execute(mine.order_by(skill.c.partner, skill.c.skill)):
        found[row.partner] = (*found.get(row.partner, ()), row.skill)
    return found
