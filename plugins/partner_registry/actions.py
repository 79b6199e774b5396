"""What a process may do with partners: tell whether one is new, enrol, suspend, activate, find; and the undoing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, ClassVar

from engine.extend import (
    Action,
    ActionContext,
    Of,
    PersonId,
    ReadContext,
    StepContext,
    Text,
    Undo,
    Undone,
    UnitId,
    action,
    undo,
)
from plugins.partner_registry import rules
from plugins.partner_registry.operations import register
from plugins.partner_registry.rules import Known

PartnerId = Annotated[str, Of("partner")]
Phone = Annotated[str, Of("phone")]
PARTNER = Text("合伙人", "partner")
KIND = Text("类别", "form")
NAME = Text("名称", "name")
UNIT = Text("所属单位", "unit")
CODE = Text("统一社会信用代码", "credit code")
REASON = Text("原因", "reason")


def _party(ctx: ReadContext, kind: str, name: str, unit: str, code: str | None) -> Known:
    """The party that a form describes. Raises Veto when the form cannot be right."""
    form = rules.kind_of(kind)
    if form is None:
        zh, en = f"没有“{kind}”这一类，写个体、社群或商企。", f"there is no form {kind!r}: individual, group or firm"
        raise register.veto("kind", zh, en, "kind")
    if not rules.plain(name):
        raise register.veto("name", "填写合伙人的名称。", "write the partner's name", "name")
    kept, most = rules.credit_code(code or ""), rules.LONGEST_NAME
    if max(len(name), len(kept)) > most:
        zh, en = f"合伙人的名称和代码最多{most}字。", f"a partner's name and code have {most} letters at most"
        raise register.veto("long", zh, en, "name")
    if kept and ctx.settings["check_code"] and not rules.is_credit_code(kept):
        zh = f"统一社会信用代码{kept}对不上校验位，照营业执照核对18位。"
        raise register.veto("code", zh, f"credit code {kept} has a wrong check sign; compare its 18 signs", "code")
    return Known("", form, rules.plain(name), kept, unit)


# -- check -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CheckIn:
    """Who wants to be a partner, in which form."""

    kind: Annotated[str, KIND]
    name: Annotated[str, NAME]
    unit: Annotated[UnitId, UNIT]
    code: Annotated[str | None, CODE] = None


@dataclass(frozen=True, slots=True)
class New:
    """Nobody like it is in the register."""

    title: ClassVar[Text] = Text("未入过库", "new")


@dataclass(frozen=True, slots=True)
class Duplicate:
    """It is in the register already."""

    title: ClassVar[Text] = Text("已在库", "there already")
    existing: Annotated[PartnerId, PARTNER]


@dataclass(frozen=True, slots=True)
class OtherForm:
    """The same party is in the register in another form, such as a shop that is a person's own."""

    title: ClassVar[Text] = Text("已按另一类入库", "there in another form")
    existing: Annotated[PartnerId, PARTNER]


@action("partner_registry.check", title=Text("查重", "look for duplicates"), reads=True)
def check(ctx: StepContext, given: CheckIn) -> New | Duplicate | OtherForm:
    """Compare credit code, or name and unit, with everybody who is enrolled."""
    found = register.alike(ctx, _party(ctx, given.kind, given.name, given.unit, given.code))
    if found is None:
        return New()
    likeness, known = found
    return Duplicate(known.id) if likeness == "duplicate" else OtherForm(known.id)


# -- enrol -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class EnrolIn:
    """A new partner; ``pending`` enrols it without making it available yet."""

    kind: Annotated[str, KIND]
    name: Annotated[str, NAME]
    unit: Annotated[UnitId, UNIT]
    contact: Annotated[PersonId, Text("联系人", "contact")]
    skills: Annotated[tuple[str, ...], Text("能做什么", "skills")] = ()
    code: Annotated[str | None, CODE] = None
    phone: Annotated[Phone | None, Text("联系电话", "phone")] = None
    members: Annotated[int | None, Text("人数", "members")] = None
    valid_until: Annotated[date | None, Text("证照有效期至", "licence until")] = None
    pending: Annotated[bool, Text("暂不生效", "not active yet")] = False


@dataclass(frozen=True, slots=True)
class Enrolled:
    """The partner is in the register."""

    title: ClassVar[Text] = Text("已入库", "enrolled")
    id: Annotated[PartnerId, PARTNER]


@action(
    "partner_registry.enrol",
    title=Text("入库", "enrol"),
    says=Text("记入合伙人名册", "enters the partner in the register"),
    undo="partner_registry.remove",
)
def enrol(ctx: ActionContext, given: EnrolIn) -> Enrolled:
    """Write the partner down once; a party that is enrolled in this form already is vetoed."""
    if before := register.enrolled(ctx, ctx.key):
        return Enrolled(before)
    party = _party(ctx, given.kind, given.name, given.unit, given.code)
    key = ctx.new_id()
    row = {
        "id": key,
        "kind": party.kind,
        "name": given.name.strip(),
        "plain_name": party.name,
        "identity": rules.identity(party),
        "unit": given.unit,
        "contact": given.contact,
        "code": party.code,
        "phone": given.phone or "",
        "members": given.members,
        "valid_until": given.valid_until.isoformat() if given.valid_until else None,
        "status": "pending" if given.pending else "active",
        "effect": ctx.key,
    }
    if not register.enrol(ctx, row, given.skills):
        zh = f"“{given.name}”刚才已按同一类入库，不用再办。"
        raise register.veto("duplicate", zh, f"{given.name!r} was enrolled in this form a moment ago", "name")
    return Enrolled(key)


@undo("partner_registry.remove")
def remove(ctx: ActionContext, receipt: Mapping[str, Any]) -> Undone:
    """The partner leaves the register; its row stays, for what it did before."""
    return "undone" if register.move(ctx, receipt["id"], "quit", "undone") else "nothing_left"


# -- suspend and activate ----------------------------------------------------


@dataclass(frozen=True, slots=True)
class SuspendIn:
    """Which partner takes no orders for now, and why."""

    partner: Annotated[PartnerId, PARTNER]
    reason: Annotated[str | None, REASON] = None


@dataclass(frozen=True, slots=True)
class Suspended:
    """It is found no longer; ``was`` is the status before, "" when it was suspended already."""

    title: ClassVar[Text] = Text("已暂停", "suspended")
    partner: Annotated[PartnerId, PARTNER]
    was: str


@action(
    "partner_registry.suspend",
    title=Text("暂停合伙人", "suspend a partner"),
    says=Text("暂停派单给这个合伙人", "stops orders to this partner"),
    undo="partner_registry.restore",
)
def suspend(ctx: ActionContext, given: SuspendIn) -> Suspended:
    """Take an active partner out of service."""
    return Suspended(given.partner, register.move(ctx, given.partner, "suspended", given.reason or "") or "")


@dataclass(frozen=True, slots=True)
class ActivateIn:
    """Which partner takes orders from now on."""

    partner: Annotated[PartnerId, PARTNER]
    reason: Annotated[str | None, REASON] = None


@dataclass(frozen=True, slots=True)
class Activated:
    """It is found again; ``was`` is the status before, "" when it was active already."""

    title: ClassVar[Text] = Text("已生效", "active")
    partner: Annotated[PartnerId, PARTNER]
    was: str


@action(
    "partner_registry.activate",
    title=Text("启用合伙人", "activate a partner"),
    says=Text("可以派单给这个合伙人", "lets this partner take orders"),
    undo="partner_registry.restore",
)
def activate(ctx: ActionContext, given: ActivateIn) -> Activated:
    """Put a pending or suspended partner in service."""
    return Activated(given.partner, register.move(ctx, given.partner, "active", given.reason or "") or "")


@undo("partner_registry.restore")
def restore(ctx: ActionContext, receipt: Mapping[str, Any]) -> Undone:
    """Give the partner the status it had; one that left meanwhile stays away."""
    was = receipt.get("was")
    if not was:
        return "nothing_left"
    return "undone" if register.move(ctx, receipt["partner"], was, "undone") else "kept"


# -- find --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FindIn:
    """The skill that is needed, and where; not *besides*, no further than *within* steps along the unit tree."""

    skill: Annotated[str, Text("技能", "skill")]
    unit: Annotated[UnitId, UNIT]
    besides: Annotated[PartnerId | None, Text("除了", "besides")] = None
    within: Annotated[int | None, Text("最远几步", "steps at most")] = None


@dataclass(frozen=True, slots=True)
class Found:
    """The nearest partner that can."""

    title: ClassVar[Text] = Text("找到合伙人", "found")
    partner: Annotated[PartnerId, PARTNER]
    contact: Annotated[PersonId, Text("联系人", "contact")]
    unit: Annotated[UnitId, UNIT]
    distance: Annotated[int, Text("距离（步）", "steps")]


@dataclass(frozen=True, slots=True)
class Nobody:
    """No active partner near enough has the skill."""

    outcome: ClassVar[str] = "none"
    title: ClassVar[Text] = Text("没有合适的合伙人", "nobody fits")


@action("partner_registry.find", title=Text("就近找合伙人", "find the nearest partner"), reads=True)
def find(ctx: StepContext, given: FindIn) -> Found | Nobody:
    """The nearest along the unit tree; among equals by name, so that the same question has the same answer."""
    within = ctx.settings["within"] if given.within is None else given.within
    besides = [given.besides] if given.besides else []
    nearest = register.nearest(ctx, given.skill, given.unit, besides, within)
    if nearest is None:
        return Nobody()
    far, row = nearest
    return Found(row["id"], row["contact"], row["unit"], far)


ACTIONS: tuple[Action[Any, Any] | Undo, ...] = (check, enrol, remove, suspend, activate, restore, find)
