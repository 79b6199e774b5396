"""A case with a field of every kind, a plugin that repeats whatever it is told, and everybody who might read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from markupsafe import Markup
from sqlalchemy import insert

from engine.clock import DAY, MINUTE, SetClock
from engine.definition.district.model import DistrictPack, GrantRow, PersonRow
from engine.extend import (
    ActionContext,
    CaseShown,
    CheckContext,
    Evidence,
    EvidenceSource,
    FormShown,
    Message,
    Money,
    PageContext,
    Period,
    Problem,
    ReadContext,
    RowShown,
    Sentence,
    TaskShown,
    Text,
    action,
    both,
    hours_words,
    span_words,
)
from engine.extend.loading.discovery import Plugin
from engine.operations import cases
from engine.operations.clockwork import pass_time
from engine.operations.content.adopt import adopt
from engine.operations.content.pack import Pack
from engine.operations.context import Caller
from engine.operations.reading.views import Receipt
from engine.store.databases.database import Database
from engine.store.schema import tables
from tests.town import CALENDAR, GRANTS, PERSONS, UNITS, Town, build
from tests.unit.extend.plugins_for_tests import giving, plugin
from tests.who import change

PROCESS = """
process: aid
title: 补助
uses: [parrot]
subject: [plain, private, gone]
fields:
  plain:   {type: text, title: 事由}
  kind:    {type: choice, of: [甲类, 乙类], title: 类别}
  secret:  {type: text, title: 家庭情况, see: [home]}
  copy:    {type: text, title: 抄件, value: =secret, see: [home]}
  income:  {type: money, title: 收入, see: [home]}
  visit:   {type: period, title: 走访, see: [home], optional: 是}
  private: {type: text, title: 病情, sensitive: 是}
  phone:   {type: phone, title: 电话, sensitive: 是}
  card:    {type: id_number, title: 证号}
  gone:    {type: text, title: 旧账, when: kind = '甲类'}
  kin:     {type: table, title: 家属, columns: {called: {type: text, title: 称呼}, card: {type: id_number, title: 证号}}}
  debts:   {type: table, title: 欠款, sensitive: 是, columns: {to: {type: text, title: 欠谁}}}
  where:   {type: unit, title: 对方}
parties: {home: {unit: start.unit, title: 本站}, other: {unit: where, title: 对方}}
start: {who: role staff, fill: [plain, kind, secret, income, visit, private, phone, card, gone, kin, debts, where]}
steps:
- step: loud
  do: parrot.say
  with: {one: =secret, two: =private, three: =card, four: "=coalesce(gone, '无')", five: =plain, sum: =income, visit: =visit}
  outcomes: {said: {set: {kind: 乙类}, then: next}}
- step: low
  do: parrot.say
  with: {one: =plain, two: =private, three: =card, four: =phone, five: =plain}
- step: whole
  stage:
  - step: ok
    title: 审批
    ask: role head of other
    fill: [private]
    outcomes:
      agree:  {title: 同意, then: next}
      forbid: {title: 不许, then: next}
      revise: {title: 退回修改, opinion: must, then: back start, at_most: 2}
  outcomes:
    done: next
    amend: {title: 更正, by: applicant, fill: [plain, secret, income, phone, card], then: stay}
ends: {done: {title: 办成, tell: role head of other}}
"""
PLANTED = {
    "plain": "修屋顶漏水",
    "secret": "离异独居九年",
    "income": "98765.43",
    "visit": "2027-03-09 14:00/16:00",
    "private": "糖尿病在用药",
    "phone": "13911112222",
    "card": "11010519491231002X",
    "gone": "前年旧账本",
    "kin": "110105194912310038",
    "debts": "欠隔壁老吴",
}  # fmt: skip
#: How a value may be spelled where it should not stand.
SPELLED = {name: (value,) for name, value in PLANTED.items()} | {
    "income": ("98765.43", "9876543"), "visit": ("2027-03-09", "3月9日", "9 Mar", "14:00–16:00"),
}  # fmt: skip
MASKED = {"private": "糖**", "phone": "139*****222", "card": "110************02X", "kin": "110************038"}
FORM: dict[str, Any] = {
    **PLANTED, "kind": "甲类", "kin": [{"called": "母亲", "card": PLANTED["kin"]}], "debts": [{"to": PLANTED["debts"]}],
    "where": "b",
}  # fmt: skip
AMENDED = {
    "plain": "修厨房漏水", "secret": "离异独居十年", "income": "87654.32",
    "phone": "13933334444", "card": "110105194912310046",
}  # fmt: skip

#: Who they are to the case. The uninvolved see nothing of it: two who work elsewhere or nowhere, and a resident of
#: each party, without a role.
APPLICANT, NEIGHBOUR, HOLDER, ASKED, COLLEAGUE, DEPUTY, ADMIN = "ann", "ada", "bo", "bea", "ben", "dan", "cai"
UNINVOLVED = ("dora", "sun", "rui", "rao")
INSIDERS = (APPLICANT, NEIGHBOUR, HOLDER, ASKED, COLLEAGUE, DEPUTY, ADMIN)
_MORE = (PersonRow("ada", "艾达", "a"), PersonRow("ben", "贲明", "b"), PersonRow("dan", "段新", "d"),
         PersonRow("dora", "窦然", "d"), PersonRow("rui", "芮安", "a"), PersonRow("rao", "饶平", "b"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class SayIn:
    """What to repeat."""

    one: str
    two: str
    three: str
    four: str
    five: str
    sum: Money | None = None
    visit: Period | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """All of it, again."""

    title: ClassVar[Text] = both("said")
    words: str


def _all(inputs: Mapping[str, Any]) -> str:
    return "，".join(str(value) for value in inputs.values())


@action("parrot.say", title=both("学舌"))
def say(ctx: ActionContext, i: SayIn) -> Said:
    visit = (span_words(i.visit, ctx.now).zh, hours_words(i.visit)) if i.visit else ()
    words = "，".join(map(str, (i.one, i.two, i.three, i.four, i.five, i.sum or 0, *visit)))
    ctx.emit(Message("role:head@b", Text(f"听说：{words}", f"heard: {words}")))
    return Said(words)


def _checked(ctx: ReadContext, inputs: Mapping[str, Any], receipt: Mapping[str, Any] | None) -> Sequence[Evidence]:
    return [Evidence("ok", Text("核对", "check"), both(f"核对了{_all(inputs)}"), f"/parrot?q={inputs['two']}")]


def _objects(ctx: CheckContext) -> Sequence[Problem]:
    """Objects to one outcome, with the whole form in its mouth."""
    return [Problem("parrot", both(f"不行：{_all(ctx.form)}"))] if ctx.outcome == "forbid" else []


def _shown(ctx: PageContext, about: object) -> Markup:
    return Markup("<p>{}</p>").format(repr(about))


def _of_case(ctx: PageContext, case: CaseShown) -> Markup:
    return _shown(ctx, case)


def _of_task(ctx: PageContext, task: TaskShown) -> Markup:
    return _shown(ctx, task)


def _of_row(ctx: PageContext, row: RowShown) -> Markup:
    return _shown(ctx, row)


def _of_form(ctx: PageContext, form: FormShown) -> Markup:
    return _shown(ctx, form)


def parrot() -> Plugin:
    """The plugin: an action, what it says of it in history and beside a decision, and a word in every slot."""
    return plugin(
        "parrot",
        register_actions=giving(say),
        register_sentences=giving(Sentence("parrot.say", "said", Text("学舌：{words}", "repeated: {words}"))),
        check_act=_objects,
        register_evidence=giving(EvidenceSource("parrot.say", _checked)),
        render_case_facts=_of_case, render_case_aside=_of_case, render_start_done=_of_case, render_print_foot=_of_case,
        render_task_aside=_of_task, render_task_before_form=_of_task, render_inbox_row_note=_of_row,
        render_start_before_form=_of_form,
    )  # fmt: skip


def build_aid(db: Database, clock: SetClock | None = None) -> Town:
    """The town with the parrot, the process, and more people."""
    town = build(db, clock=clock, beside=[parrot()])
    grants = (*GRANTS, GrantRow("ada", "staff", "a"), GrantRow("ben", "staff", "b"), GrantRow("dan", "staff", "d"))
    pack = DistrictPack(
        "town", both("小城"), both("小城"), plugins={"desk": {}, "parrot": {}}, units=UNITS, persons=(*PERSONS, *_MORE),
        grants=grants, file="town.yaml",
    )  # fmt: skip
    town.ctx = adopt(town.system, Pack(pack, (CALENDAR,)), Caller("cai"))
    town.publish(PROCESS)
    row = {"district_id": "town", "id": "bea-dan", "person": ASKED, "deputy": DEPUTY, "role": None,
           "since": town.clock.at, "until": town.clock.at + 30 * DAY, "reason": "出差"}  # fmt: skip
    change(town.ctx, insert(tables.deputy), [row])
    return town


def begin(town: Town) -> Receipt:
    """The case, with whom it is asked of: bo had it and handed it to bea."""
    case = cases.start(town.ctx, Caller(APPLICANT), "aid", FORM, unit="a")
    n = cases.open_serial(town.ctx, case.number, "ok")
    cases.claim(town.ctx, Caller(HOLDER), case.number, n)
    cases.transfer(town.ctx, Caller(HOLDER), case.number, n, ASKED)
    pass_time(town.ctx, town.clock, town.clock.at + 2 * MINUTE)
    return case
