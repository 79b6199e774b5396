"""Imports a district pack's partners: the same file may come again and changes only what differs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, insert, update

from engine.extend import DataFile, Problem, ReadContext, SeedContext, Text, ValueType, parse_input, whole_number
from plugins.partner_registry import operations as register
from plugins.partner_registry import rules
from plugins.partner_registry.rules import Known
from plugins.partner_registry.tables import partner, skill

_KEYS = frozenset(
    {"id", "name", "kind", "unit", "contact", "skills", "code", "phone", "members", "valid_until", "status"}
)
_NEEDED = ("id", "name", "kind", "unit", "contact")


def seed(ctx: SeedContext, data: Any) -> Sequence[Problem]:
    """Write every partner of the file, or answer what is wrong with each; a faulty row is left out."""
    if not isinstance(data, list):
        return [_fault(0, "这个文件要写成一列合伙人。", "this file has to be a list of partners")]
    problems: list[Problem] = []
    good: dict[str, tuple[int, dict[str, Any], tuple[str, ...]]] = {}
    for number, row in enumerate(data, 1):
        found = _read(ctx, number, row)
        if isinstance(found, Problem):
            problems.append(found)
        elif found["id"] in good:
            zh = f"编号“{found['id']}”写了两次，改掉一个。"
            problems.append(_fault(number, zh, f"id {found['id']!r} is written twice; change one"))
        else:
            good[found["id"]] = (number, found, tuple(row.get("skills", ())))
    for _, (number, found, skills) in sorted(good.items()):  # rows are written, and so locked, in ascending order
        if not _write(ctx, found, skills):
            zh = f"“{found['name']}”与另一个合伙人重复，去掉一个。"
            problems.append(_fault(number, zh, f"{found['name']!r} is there twice; remove one"))
    return problems


def _fault(number: int, zh: str, en: str) -> Problem:
    return Problem("partner-data", Text(zh, en), path=str(number) if number else "")


def _read(ctx: ReadContext, number: int, row: Any) -> dict[str, Any] | Problem:
    """The row's columns, or the first thing wrong with it."""
    if not isinstance(row, Mapping):
        return _fault(number, f"第{number}行要写成“键: 值”。", f"row {number} has to be a mapping")
    if wild := sorted(set(row) - _KEYS):
        return _fault(number, f"第{number}行不认识“{wild[0]}”。", f"row {number}: {wild[0]!r} is not known")
    if missing := [key for key in _NEEDED if not row.get(key)]:
        return _fault(number, f"第{number}行缺少“{missing[0]}”。", f"row {number}: {missing[0]!r} is missing")
    unit, contact = ctx.directory.find_unit(row["unit"]), ctx.directory.find_person(row["contact"])
    if unit is None:
        return _fault(number, f"第{number}行没有单位“{row['unit']}”。", f"row {number}: no unit {row['unit']!r}")
    if contact is None:
        return _fault(
            number, f"第{number}行没有人员“{row['contact']}”。", f"row {number}: no person {row['contact']!r}"
        )
    return _columns(number, row, unit, contact)


def _columns(number: int, row: Mapping[str, Any], unit: str, contact: str) -> dict[str, Any] | Problem:
    form, status = rules.kind_of(row["kind"]), row.get("status", "active")
    if form is None or status not in rules.STATUSES:
        zh = f"第{number}行的类别写个体、社群或商企，状态写{'、'.join(rules.STATUSES)}。"
        return _fault(
            number, zh, f"row {number}: kind is individual, group or firm; status one of {list(rules.STATUSES)}"
        )
    code, most = rules.credit_code(row.get("code", "")), rules.LONGEST_NAME
    if max(len(row["name"]), len(code)) > most:
        zh, en = f"第{number}行的名称和代码最多{most}字。", f"row {number}: name and code have {most} letters at most"
        return _fault(number, zh, en)
    party = Known(row["id"], form, rules.plain(row["name"]), code, unit)
    members = whole_number(row["members"], rules.MOST_MEMBERS) if row.get("members") else None
    until = parse_input(ValueType("date"), row["valid_until"]) if row.get("valid_until") else None
    if isinstance(until, Problem) or (row.get("members") and members is None):
        zh = f"第{number}行的人数写整数，有效期写成2027-12-31。"
        return _fault(number, zh, f"row {number}: members is a number, valid_until a date such as 2027-12-31")
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


DATA = (DataFile("partners.yaml", seed),)
