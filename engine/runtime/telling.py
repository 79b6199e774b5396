"""Every event in a sentence, in both languages: what the timeline, the export and the audit say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from engine.clock import Micros
from engine.definition.model import Process
from engine.i18n import Text, counted, listed
from engine.runtime.rights import on_behalf
from engine.runtime.shapes import step_events as steps
from engine.runtime.shapes import task_events as tasks
from engine.runtime.shapes.events import Event
from engine.runtime.state import units_in
from engine.runtime.titles import end_title, outcome_title, step_title


class Names(Protocol):
    """How ids are called."""

    def person(self, person: str) -> str:
        """A person's name."""
        ...

    def audience(self, key: str) -> Text:
        """Who is behind an audience key: ``黄海路社区 站长``."""
        ...

    def unit(self, unit: str) -> str:
        """A unit's short name."""
        ...

    def moment(self, at: Micros) -> Text:
        """A moment as who reads it now would say it: ``6月16日14:00``."""
        ...

    def end(self, at: Micros) -> Text:
        """A moment that ends something, where midnight is 24:00 of the day before."""
        ...


#: Told in the audit, too small for a timeline: how the engine keeps its books.
QUIET = frozenset({"branch_done", "unwinding", "unkept", "counted", "clock", "told", "closed", "joined"})

#: What a person does, told with what they wrote.
HUMAN = frozenset({"started", "signed", "reassigned", "requested", "declined", "noted"})


def tell(event: Event, process: Process, names: Names) -> Text | None:
    """The sentence of *event*, or None where another event of the same command says it all."""
    said = _SENTENCES[event["e"]](event, process, names)
    if said is None or "meant" not in event:
        return said
    meant = names.moment(event["meant"])
    return Text(f"{said.zh}（系统没有按时运行，本应在{meant.zh}）",
                f"{said.en} (the system did not run; it was due {meant.en})")  # fmt: skip


def _started(event: steps.Started, process: Process, names: Names) -> Text:
    who = names.person(event["by"])
    unit = names.unit(event["unit"])
    principal = on_behalf([event])
    if principal:
        whom = names.person(principal)
        return Text(f"{who}（{unit}）代{whom}发起{process.title.zh}",
                    f"{who} ({unit}) started {process.title.en} for {whom}")  # fmt: skip
    return Text(f"{who}（{unit}）发起{process.title.zh}", f"{who} ({unit}) started {process.title.en}")


def _filled(event: steps.Filled, process: Process, names: Names) -> Text | None:
    titles = [field.title for field in process.fields if field.name in event.get("names", ()) and not field.value]
    if not titles:
        return None
    named = listed(titles)
    return Text(f"填写了{named.zh}", f"Filled in {named.en}")


def _joined(event: steps.Joined, process: Process, names: Names) -> Text | None:
    party = next((p for p in process.parties if p.name == event["party"]), None)
    if party is None:
        return None
    units = units_in(event["unit"])
    called = listed(names.unit(unit) for unit in units)
    return Text(f"{party.title.zh}是{called.zh}", f"{party.title.en}: {called.en}")


def _opened(event: steps.Opened, process: Process, names: Names) -> Text | None:
    node = event["node"]
    title = step_title(process, node["s"])
    if node["k"] == "ask":
        whom = [names.audience(seat.audience) for seat in node["seats"]]
        zh, en = listed(whom)
        if node.get("nobody"):
            return Text(f"“{title.zh}”没有人可办，转{zh}处理", f"Nobody can do “{title.en}”; it went to {en}")
        return Text(f"请{zh}办理“{title.zh}”", f"Asked {en} for “{title.en}”")
    if node["k"] == "wait":
        at = names.moment(node["due"]["at"])
        return Text(f"等到{at.zh}再继续", f"Waiting until {at.en}")
    return None


def _signed(event: steps.Signed, process: Process, names: Names) -> Text:
    who = names.person(event["by"])
    step, outcome = step_title(process, event["s"]), outcome_title(process, event["s"], event["x"])
    if event.get("for"):
        whom = names.person(event["for"])
        return Text(f"{who}代{whom}在“{step.zh}”{outcome.zh}", f"{who}, for {whom}, at “{step.en}”: {outcome.en}")
    return Text(f"{who}在“{step.zh}”{outcome.zh}", f"{who} at “{step.en}”: {outcome.en}")


def _closed(event: steps.Closed, process: Process, names: Names) -> Text | None:
    out = event.get("out")
    if out is None or "result" not in out or "s" not in event:
        return None
    step, outcome = step_title(process, event["s"]), outcome_title(process, event["s"], out["result"])
    return Text(f"系统办理“{step.zh}”：{outcome.zh}", f"System, “{step.en}”: {outcome.en}")


def _skipped(event: steps.Skipped, process: Process, names: Names) -> Text:
    step = step_title(process, event["s"])
    return Text(f"“{step.zh}”依据没有变，沿用上次结果", f"“{step.en}” rests on the same grounds; its result stands")


def _branch_done(event: steps.BranchDone, process: Process, names: Names) -> Text:
    if event["counted"]:
        return Text("一个分支已办完", "A branch is done")
    return Text("一个分支不计入", "A branch does not count")


def _unwinding(event: steps.Unwinding, process: Process, names: Names) -> Text:
    count = len(event["node"]["todo"])
    return Text(f"释放已占用的{count}项", f"Releasing {counted(count, 'effect')}")


def _undone(event: steps.Undone, process: Process, names: Names) -> Text:
    step = step_title(process, event["s"])
    if event["how"] == "kept":
        return Text(f"“{step.zh}”已经生效，不再撤销", f"“{step.en}” had taken effect and stays")
    if event["how"] == "owed":
        return Text(f"“{step.zh}”要等它的插件能用，到时由系统撤销",
                    f"“{step.en}” waits for its plugin, which undoes it then")  # fmt: skip
    return Text(f"撤销“{step.zh}”", f"Undid “{step.en}”")


def _returned(event: steps.Returned, process: Process, names: Names) -> Text:
    step = step_title(process, event["to"])
    return Text(f"退回到“{step.zh}”", f"Returned to “{step.en}”")


def _unkept(event: steps.Unkept, process: Process, names: Names) -> Text:
    return Text("依据有变，上次结果不再沿用", "The grounds changed; an earlier result no longer stands")


def _counted(event: steps.Counted, process: Process, names: Names) -> Text:
    return Text("记一次退回", "One return counted")


def _reminded(event: tasks.Reminded, process: Process, names: Names) -> Text:
    step = step_title(process, event["s"])
    return Text(f"系统提醒办理“{step.zh}”", f"System reminded about “{step.en}”")


def _escalated(event: tasks.Escalated, process: Process, names: Names) -> Text:
    step = step_title(process, event["s"])
    whom = [names.audience(key) for key in event["to"]]
    if not whom:
        return Text(f"“{step.zh}”逾期，没有上级可转", f"“{step.en}” is overdue and nobody is above")
    zh, en = listed(whom)
    return Text(f"“{step.zh}”到期没有办理，系统已转{zh}。这不等于同意",
                f"“{step.en}” was not done in time; it went to {en}. This is not a yes")  # fmt: skip


def _clock(event: tasks.ClockSet, process: Process, names: Names) -> Text:
    if "left" in event["due"]:
        return Text("期限暂停计时", "The deadline stands still")
    return Text("期限继续计时", "The deadline runs")


def _moved(event: tasks.Moved, process: Process, names: Names) -> Text:
    step, was, at = step_title(process, event["s"]), event["was"], event["due"]["at"]
    if was == at:
        return Text(f"因工作日历调整，“{step.zh}”的提醒和逾期处理往后移",
                    f"By the changed calendar, what follows the deadline of “{step.en}” comes later")  # fmt: skip
    before, after = names.end(was), names.end(at)
    return Text(f"因工作日历调整，“{step.zh}”的限时由{before.zh}改为{after.zh}",
                f"By the changed calendar, “{step.en}” is due {after.en} instead of {before.en}")  # fmt: skip


def _reassigned(event: tasks.Reassigned, process: Process, names: Names) -> Text:
    who, step = names.person(event["by"]), step_title(process, event["s"])
    if event["how"] == "transferred":
        whom = names.person(event["to"])
        if event.get("agreed"):
            admin = names.person(event["agreed"])
            return Text(f"经{admin}同意，{who}把“{step.zh}”转给{whom}",
                        f"{who} transferred “{step.en}” to {whom}, as {admin} agreed")  # fmt: skip
        return Text(f"{who}把“{step.zh}”转给{whom}", f"{who} transferred “{step.en}” to {whom}")
    if event["how"] == "claimed":
        return Text(f"{who}认领“{step.zh}”", f"{who} claimed “{step.en}”")
    return Text(f"{who}放回“{step.zh}”", f"{who} released “{step.en}”")


def _requested(event: tasks.Requested, process: Process, names: Names) -> Text:
    who, step, whom = names.person(event["by"]), step_title(process, event["s"]), names.person(event["to"])
    return Text(f"{who}申请把“{step.zh}”转给{whom}，等管理员答复",
                f"{who} asked to hand “{step.en}” to {whom}; an administrator has to agree")  # fmt: skip


def _declined(event: tasks.Declined, process: Process, names: Names) -> Text:
    who, step, whom = names.person(event["by"]), step_title(process, event["s"]), names.person(event["to"])
    return Text(f"{who}没有同意把“{step.zh}”转给{whom}", f"{who} declined to hand “{step.en}” to {whom}")


def _reseated(event: tasks.Reseated, process: Process, names: Names) -> Text:
    step = step_title(process, event["s"])
    whom = [names.audience(seat.audience) for seat in event["seats"]]
    zh, en = listed(whom)
    return Text(f"“{step.zh}”原来的人不能再办，现由{zh}办理",
                f"Who had “{step.en}” may no longer act; it is with {en} now")  # fmt: skip


def _incident(event: tasks.Incident, process: Process, names: Names) -> Text:
    return Text("系统办理时出现异常，已请管理员处理，前面的决定都有效",
                "An automatic step failed; an administrator was called, and every decision so far stands")  # fmt: skip


def _retried(event: tasks.Retried, process: Process, names: Names) -> Text:
    if not event["by"]:
        return Text("系统重新办理", "The system tried again")
    who = names.person(event["by"])
    return Text(f"{who}让系统重新办理", f"{who} let the system try again")


def _taken_back(event: steps.TakenBack, process: Process, names: Names) -> Text:
    return Text("已撤回，回到上一个决定之前", "Taken back to just before the decision")


def _ended(event: steps.Ended, process: Process, names: Names) -> Text:
    title = end_title(process, event["end"])
    return Text(f"办结：{title.zh}", f"Ended: {title.en}")


def _noted(event: tasks.Noted, process: Process, names: Names) -> Text | None:
    who = names.person(event["by"]) if event.get("by") else ""
    match event.get("how"):
        case "late":
            step = step_title(process, event["s"])
            outcome = outcome_title(process, event["s"], event["x"])
            return Text(f"“{step.zh}”到期没有人办理，系统按规定：{outcome.zh}",
                        f"Nobody did “{step.en}” in time; by rule: {outcome.en}")  # fmt: skip
        case "lapsed":
            step = step_title(process, event["s"])
            outcome = outcome_title(process, event["s"], event["x"])
            return Text(f"时候已到，“{step.zh}”还没有人办理，系统按规定：{outcome.zh}",
                        f"The time for “{step.en}” has come and nobody did it; by rule: {outcome.en}")  # fmt: skip
        case "came":
            return Text("等的时间到了", "The moment came")
        case "cancel":
            return Text(f"{who}取消了整个办件", f"{who} cancelled the whole case")
        case "take_back":
            return Text(f"{who}撤回了自己的决定", f"{who} took back their decision")
    return Text(f"{who}留言", f"{who} commented")


def _told(event: tasks.Told, process: Process, names: Names) -> Text | None:
    whom = [names.audience(key) for key in event["to"]]
    zh, en = listed(whom)
    return Text(f"告知{zh}", f"Told {en}")


_SENTENCES: dict[str, Callable[[Any, Process, Names], Text | None]] = {
    "started": _started,
    "filled": _filled,
    "joined": _joined,
    "opened": _opened,
    "signed": _signed,
    "closed": _closed,
    "skipped": _skipped,
    "branch_done": _branch_done,
    "unwinding": _unwinding,
    "undone": _undone,
    "returned": _returned,
    "unkept": _unkept,
    "counted": _counted,
    "reminded": _reminded,
    "escalated": _escalated,
    "clock": _clock,
    "moved": _moved,
    "reassigned": _reassigned,
    "requested": _requested,
    "declined": _declined,
    "reseated": _reseated,
    "incident": _incident,
    "retried": _retried,
    "taken_back": _taken_back,
    "ended": _ended,
    "noted": _noted,
    "told": _told,
}
