"""What 系统核对 says about partners beside a decision: is it new, may it be asked, is its licence good."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.extend import Evidence, EvidenceSource, ReadContext, Text
from plugins.partner_registry import rules
from plugins.partner_registry.operations import register
from plugins.partner_registry.rules import Known

LABEL = Text("合伙人", "partner")
Receipt = Mapping[str, Any] | None


def for_enrol(ctx: ReadContext, inputs: Mapping[str, Any], receipt: Receipt) -> Sequence[Evidence]:
    """Whether the party is new, and whether its credit code can be right."""
    form = rules.kind_of(inputs.get("kind") or "")
    if receipt is not None or form is None or not inputs.get("name") or not inputs.get("unit"):
        return []
    code = rules.credit_code(inputs.get("code") or "")
    new = Known("", form, rules.plain(inputs["name"]), code, inputs["unit"])
    return [_likeness(ctx, new), *_code(form, code)]


def _likeness(ctx: ReadContext, new: Known) -> Evidence:
    found = register.alike(ctx, new)
    if found is None:
        return Evidence("ok", LABEL, Text("名册里没有重复。", "Nobody like it is in the register."))
    likeness, known = found
    row = register.find(ctx, known.id)
    name = row["name"] if row else known.name
    kind = rules.KINDS[known.kind]
    words = Text(f"名册里已有“{name}”，类别是{kind[0]}。", f"{name!r} is in the register already, as {kind[1]}.")
    return Evidence("bad" if likeness == "duplicate" else "warn", LABEL, words, f"/partners?q={name}")


def _code(form: str, code: str) -> Sequence[Evidence]:
    label = Text("信用代码", "credit code")
    if form != "firm":
        return []
    if rules.is_credit_code(code):
        return [Evidence("ok", label, Text("统一社会信用代码校验位相符。", "The credit code's check sign is right."))]
    return [Evidence("bad", label, Text("统一社会信用代码对不上校验位。", "The credit code's check sign is wrong."))]


EVIDENCE = (EvidenceSource("partner_registry.check", for_enrol), EvidenceSource("partner_registry.enrol", for_enrol))
