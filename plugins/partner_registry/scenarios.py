"""The word for scenario files: how many partners of a kind, status, unit or skill there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.extend import Problem, ReadContext, ScenarioVerb, Text, WriteContext, listed
from plugins.partner_registry import rules
from plugins.partner_registry.operations import register

_KEYS = ("name", "unit", "kind", "skill", "status", "count")


def partners(ctx: WriteContext, wanted: Mapping[str, Any]) -> Sequence[Problem]:
    """``{name: 阿强理发, status: active}``: there is one; ``{kind: 商企, unit: 黄海路社区, count: 2}``: that many."""
    count = len(_found(ctx, wanted))
    if count == int(wanted.get("count", 1)):
        return []
    asked = listed(f"{key}={value}" for key, value in wanted.items() if key != "count")
    zh = f"名册里{asked.zh}的合伙人有{count}个，不是{wanted.get('count', 1)}个"
    return [_fault(zh, f"{count} partners with {asked.en}")]


def _found(ctx: ReadContext, wanted: Mapping[str, Any]) -> list[Any]:
    kind = rules.kind_of(str(wanted["kind"])) if "kind" in wanted else ""
    rows = register.search(
        ctx, "", 100_000, kind=kind or "", status=str(wanted.get("status", "")), wanted=str(wanted.get("skill", ""))
    )
    unit = ctx.directory.find_unit(str(wanted["unit"])) if "unit" in wanted else None
    name = rules.plain(str(wanted.get("name", "")))
    return [
        row for row in rows if (not name or row["plain_name"] == name) and ("unit" not in wanted or row["unit"] == unit)
    ]


def _fault(zh: str, en: str) -> Problem:
    return Problem("partner-scenario", Text(zh, en))


VERBS = (ScenarioVerb("partner_registry.partners", "then", partners, _KEYS),)
