"""Notices: what somebody should hear of a case, one row for each person, sent a minute after the decision."""

from __future__ import annotations

from typing import Any

from engine.audience import AudienceKey, RoleAt, User, parse_audience
from engine.clock import Micros
from engine.extend.senders import Sender
from engine.i18n import Text
from engine.operations.access import Sight, require_here
from engine.operations.background.handing import job_body, kind_of
from engine.operations.content.publish import by_hash
from engine.operations.context import Caller, Context
from engine.operations.reading.glance import glances
from engine.operations.reading.people import people_of
from engine.operations.reading.views import NoticeView
from engine.operations.writing import Wish, Written, write
from engine.runtime.titles import end_title, outcome_title, step_title
from engine.store import cases, jobs, people
from engine.store import notices as store
from engine.store.transactions.runner import Tx

#: So many characters of a comment stand in the notice of it.
_QUOTED = 60


def deliver(ctx: Context, tx: Tx, case_id: str, n: int | None, told: list[dict[str, Any]]) -> None:
    """Write a notice for everybody behind the audiences in *told*; nobody hears the same thing twice."""
    case = cases.load_case(tx, ctx.id, id=case_id)
    if case is None:
        return
    # What plugins say is cleaned for each who hears it; what the engine says holds nothing but the subject.
    glance = glances(ctx, tx, case) if any("text" in one for one in told) else None
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for one in told:
        told_all = _text(ctx, tx, case, one)
        for person in _hearing(ctx, tx, case, one):
            text = glance(person).clean(told_all) if glance and "text" in one else told_all
            rows[person, text.zh] = {
                "district_id": ctx.id,
                "id": ctx.ids.new(),
                "person": person,
                "kind": str(one.get("what", "message")),
                "case_id": case_id,
                "n": n,
                "zh": text.zh,
                "en": text.en,
                "at": ctx.now,
                "read_at": None,
            }
    if rows:
        store.add(tx, list(rows.values()))
        _hand_on(ctx, tx, case, n, list(rows.values()))


def _hand_on(ctx: Context, tx: Tx, case: cases.Case, n: int | None, rows: list[dict[str, Any]]) -> None:
    """Queue a job for each notice and each way that plugins bring for it to reach somebody."""
    for sender in ctx.registry.given(Sender, ctx.enabled):
        if not sender.notices:
            continue
        for row in rows:
            body = {"person": row["person"], "zh": row["zh"], "en": row["en"], "href": f"/cases/{case.number}",
                    "number": case.number}  # fmt: skip
            about: dict[str, Any] = {"id": ctx.ids.new(), "stream": case.id, "n": n, "run_at": ctx.now}
            jobs.enqueue(tx, ctx.id, kind=kind_of(ctx, sender.name), body=job_body("", 0, body), **about)


def _hearing(ctx: Context, tx: Tx, case: cases.Case, one: dict[str, Any]) -> tuple[str, ...]:
    """Who hears of it: not who did it, and of a comment nobody who may no longer see the case."""
    persons = tuple(person for person in _persons(ctx, tx, one["to"]) if person != one.get("by"))
    if one.get("what") != "comment":
        return persons
    sights = [Sight(ctx, tx, person) for person in persons]
    return tuple(sight.person for sight in sights if sight.sees(case) or sight.had(case))


def _persons(ctx: Context, tx: Tx, key: AudienceKey) -> tuple[str, ...]:
    """The persons behind an audience key and who stands in for them.

    An open audience is told by pages, never one by one.
    """
    asked: tuple[str, ...]
    match parse_audience(key):
        case User(person):
            role, asked = "", (person,)
        case RoleAt(role, unit):
            asked = _holders(ctx, tx, role, unit)
        case _:
            return ()
    return tuple(dict.fromkeys((*asked, *people.stand_ins(tx, ctx.id, asked, role, ctx.now))))


def _holders(ctx: Context, tx: Tx, role: str, unit: str) -> tuple[str, ...]:
    """The nearest holders of *role* at *unit* or above; where no unit is named, all of the district."""
    if not unit:
        return people.holders(tx, ctx.id, role, ctx.now)
    found = people.seat(tx, ctx.id, role, unit, ctx.now)
    return found[1] if found else ()


def _text(ctx: Context, tx: Tx, case: cases.Case, one: dict[str, Any]) -> Text:
    """The words of a notice: a plugin's own, or what happened at which step."""
    if "text" in one:
        return Text(*one["text"])
    process = by_hash(ctx, tx, case.def_hash).process
    subject = f"{case.number} {case.subject}".strip()
    if one["what"] == "comment":
        who, said = people_of(ctx, tx).person_name(one["by"]), _quoted(tx, ctx.id, case.id, one["seq"])
        return Text(f"{subject}：{who}留言“{said}”", f"{subject}: {who} wrote “{said}”")
    by_clock, _, word = str(one["what"]).partition(":")
    if word:
        title, (zh, en) = step_title(process, by_clock), _BY_ITSELF[word]
        return Text(f"{subject}：“{title.zh}”{zh}", f"{subject}: “{title.en}” {en}")
    step, _, what = str(one["what"]).partition(".")
    if step == "end":
        title = end_title(process, what)
        return Text(f"{subject}：{title.zh}", f"{subject}: {title.en}")
    title, outcome = step_title(process, step), outcome_title(process, step, what)
    return Text(f"{subject}：“{title.zh}”{outcome.zh}", f"{subject}: “{title.en}”, {outcome.en}")


def _quoted(tx: Tx, district: str, case: str, seq: int) -> str:
    """The beginning of what was written beside the form numbered *seq*, in one line."""
    row = next((row for row in cases.forms(tx, district, case) if row.seq == seq), None)
    words = " ".join((row.note or "").split()) if row is not None else ""
    return words if len(words) <= _QUOTED else words[: _QUOTED - 1] + "…"


#: What the engine itself has to say of a step, after its title.
_BY_ITSELF = {
    "late": Text("逾期，转到你这里", "is overdue, now yours"),
    "overdue": Text("逾期，请督促办理", "is overdue; see to it"),
    "remind": Text("还没有办，快到期限", "is not done yet and will soon be due"),
    "nobody": Text("没有人可办，请处理", "can be asked of nobody; see to it"),
    "transferred": Text("转给你办理", "was handed to you"),
    "requested": Text("有人申请转办，请答复", "is to be handed on; answer the request"),
    "declined": Text("转办没有获准，仍由你办理", "stays with you; the request was declined"),
    "incident": Text("系统办理时出现异常，请处理后重试", "failed; mend the cause and let it run again"),
}


def mine(ctx: Context, caller: Caller, limit: int = 50) -> tuple[NoticeView, ...]:
    """What the caller was told lately, newest first."""

    def work(tx: Tx) -> tuple[NoticeView, ...]:
        require_here(ctx, tx, caller)
        found = store.lately(tx, ctx.id, caller.person, limit)
        urging = {row.case_id for row in found if row.read_at is None and _step_of(row.kind)}
        waiting = store.waiting(tx, ctx.id, urging)
        return tuple(_view(row, waiting) for row in found)

    return ctx.runner.run(work, write=False)


def _step_of(kind: str) -> str:
    """The step that a notice of a clock or a failure wants somebody to see to; "" for any other notice."""
    step, _, word = kind.partition(":")
    return step if word in _BY_ITSELF else ""


def _view(row: Any, waiting: set[tuple[str, str]]) -> NoticeView:
    """A notice; one that urges to do what has been done since is settled, whether or not somebody read it."""
    step = _step_of(row.kind)
    settled = row.read_at is None and bool(step) and (row.case_id, step) not in waiting
    unread = row.read_at is None and not settled
    return NoticeView(row.at, Text(row.zh, row.en), row.number or "", unread, row.subject or "", settled)


def mark_read(ctx: Context, caller: Caller, *, upto: Micros | None = None, key: str = "") -> int:
    """The caller has seen their notices, those after *upto* excepted; how many were new."""
    def work(ctx: Context, tx: Tx) -> Written:
        require_here(ctx, tx, caller)
        count = store.mark_read(tx, ctx.id, caller.person, ctx.now, upto)
        return Written(count, {"read": count} if count else None)

    return int(write(ctx, caller, Wish(f"person:{caller.person}", "mark_read", {"upto": upto}, key), work))
