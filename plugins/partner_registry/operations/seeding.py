"""Imports a district pack's partners: the same file may come again and changes only what differs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, insert, update

from engine.extend import DataFile, Named, Problem, SeedContext, Text, ValueType, listed, parse_input, whole_number
from plugins.partner_registry import rules
from plugins.partner_registry.operations import register
from plugins.partner_registry.rules import Known
from plugins.partner_registry.tables import partner, skill

_KEYS = frozenset(
    {"id", "name", "kind", "unit", "contact", "skills", "code", "phone", "members", "valid_until", "status"}
)
_NEEDED = ("id", "name", "kind", "unit", "contact")


def check(names: Named, data: Any) -> Sequence[Problem]:
    """What is wrong with the rows of the file, the first fault of each."""
    if not isinstance(data, list):
        return [Problem("partner-data", Text("这个文件要写成一列合伙人。", "this file has to be a list of partners"))]
    problems: list[Problem] = []
    ids: set[str] = set()
    for number, row in enumerate(data):
        found = _read(names, number, row)
        if isinstance(found, Problem):
            problems.append(found)
        elif found["id"] in ids:
            zh = f"编号“{found['id']}”写了两次，改掉一个。"
            problems.append(_fault(number, "id", zh, f"id {found['id']!r} is written twice; change one"))
        else:
            ids.add(found["id"])
    return problems


def seed(ctx: SeedContext, data: Any) -> Sequence[Problem]:
    """Write every partner of the file; one that is another under a second id is left out and told."""
    problems: list[Problem] = []
    order = sorted(range(len(data)), key=lambda number: str(data[number]["id"]))
    for number in order:  # rows are written, and so locked, in ascending order
        found = _read(ctx.directory, number, data[number])
        if isinstance(found, Problem):
            problems.append(found)
        elif not _write(ctx, found, tuple(data[number].get("skills", ()))):
            zh = f"“{found['name']}”与另一个合伙人重复，去掉一个。"
            problems.append(_fault(number, "name", zh, f"{found['name']!r} is there twice; remove one"))
    return problems


def _fault(number: int, key: str, zh: str, en: str) -> Problem:
    return Problem("partner-data", Text(zh, en), path=f"{number}.{key}" if key else str(number))


def _read(names: Named, number: int, row: Any) -> dict[str, Any] | Problem:
    """The row's columns, or the first thing wrong with it."""
    if not isinstance(row, Mapping):
        return _fault(number, "", "要写成“键: 值”。", "this has to be a mapping")
    if wild := sorted(set(row) - _KEYS):
        return _fault(number, wild[0], f"不认识“{wild[0]}”。", f"{wild[0]!r} is not known")
    if missing := [key for key in _NEEDED if not row.get(key)]:
        return _fault(number, missing[0], f"缺少“{missing[0]}”。", f"{missing[0]!r} is missing")
    unit, contact = names.find_unit(row["unit"]), names.find_person(row["contact"])
    if unit is None:
        return _fault(number, "unit", f"没有单位“{row['unit']}”。", f"there is no unit {row['unit']!r}")
    if contact is None:
        return _fault(number, "contact", f"没有人员“{row['contact']}”。", f"there is no person {row['contact']!r}")
    return _columns(number, row, unit, contact)


def _columns(number: int, row: Mapping[str, Any], unit: str, contact: str) -> dict[str, Any] | Problem:
    form, status = rules.kind_of(row["kind"]), row.get("status", "active")
    if form is None:
        return _fault(number, "kind", "类别写个体、社群或商企。", "kind is individual, group or firm")
    if status not in rules.STATUSES:
        known = listed(rules.STATUSES)
        zh, en = f"状态写{known.zh}。", f"status is one of {known.en}"
        return _fault(number, "status", zh, en)
    code, most = rules.credit_code(row.get("code", "")), rules.LONGEST_NAME
    for key, words in (("name", row["name"]), ("code", code)):
        if len(words) > most:
            return _fault(number, key, f"{key}最多{most}字。", f"{key} has {most} letters at most")
    party = Known(row["id"], form, rules.plain(row["name"]), code, unit)
    members = whole_number(row["members"], rules.MOST_MEMBERS) if row.get("members") else None
    if row.get("members") and members is None:
        return _fault(number, "members", "人数写整数，例如20。", "members is a number, such as 20")
    until = parse_input(ValueType("date"), row["valid_until"]) if row.get("valid_until") else None
    if isinstance(until, Problem):
        return _fault(number, "valid_until", "有效期写成2027-12-31。", "valid_until is a date such as 2027-12-31")
    return {
        "id": row["id"],
        "kind": form,
        "name": row["name"],
        "plain_name": party.name,
        "identity": None if status == "quit" else rules.identity(party),
        "unit": unit,
        "contact": contact,
        "code": code,
        "phone": row.get("phone", ""),
        "members": members,
        "valid_until": until,
        "status": status,
        "effect": f"data:{row['id']}",
    }


def _write(ctx: SeedContext, row: dict[str, Any], skills: Sequence[str]) -> bool:
    """Insert the partner or bring it up to date; what people decided about its status since then stays."""
    if register.find(ctx, row["id"]) is None:
        return register.enrol(ctx, row, skills)
    kept = {name: value for name, value in row.items() if name not in ("id", "status", "identity", "effect")}
    mine = (partner.c.district_id == ctx.district) & (partner.c.id == row["id"])
    ctx.db.execute(update(partner).where(mine).values(**kept))
    wanted = tuple(sorted(set(skills)))
    if register.skills_of(ctx, [row["id"]]).get(row["id"], ()) != wanted:
        head = {"district_id": ctx.district, "partner": row["id"]}
        ctx.db.execute(delete(skill).where(skill.c.district_id == ctx.district, skill.c.partner == row["id"]))
        if wanted:
            ctx.db.execute(insert(skill), [{**head, "skill": word} for word in wanted])
    return True


DATA = (DataFile("partners.yaml", seed, check),)
