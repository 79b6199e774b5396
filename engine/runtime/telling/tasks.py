"""What became of tasks and their clocks, in sentences."""

from __future__ import annotations

from engine.definition.model import Process
from engine.i18n import Text, listed
from engine.runtime.shapes import task_events as shapes
from engine.runtime.telling.names import Names
from engine.runtime.titles import outcome_title, step_title


def reminded(event: shapes.Reminded, process: Process, names: Names) -> Text:
    step = step_title(process, event["s"])
    return Text(f"系统提醒办理“{step.zh}”", f"System reminded about “{step.en}”")


def escalated(event: shapes.Escalated, process: Process, names: Names) -> Text:
    step = step_title(process, event["s"])
    whom = [names.audience(key) for key in event["to"]]
    if not whom:
        return Text(f"“{step.zh}”逾期，没有上级可转", f"“{step.en}” is overdue and nobody is above")
    zh, en = listed(whom)
    return Text(f"“{step.zh}”到期没有办理，系统已转{zh}。这不等于同意",
                f"“{step.en}” was not done in time; it went to {en}. This is not a yes")  # fmt: skip


def clock(event: shapes.ClockSet, process: Process, names: Names) -> Text:
    if "left" in event["due"]:
        return Text("期限暂停计时", "The deadline stands still")
    return Text("期限继续计时", "The deadline runs")


def moved(event: shapes.Moved, process: Process, names: Names) -> Text:
    step, was, at = step_title(process, event["s"]), event["was"], event["due"]["at"]
    if was == at:
        return Text(f"因工作日历调整，“{step.zh}”的提醒和逾期处理往后移",
                    f"By the changed calendar, what follows the deadline of “{step.en}” comes later")  # fmt: skip
    before, after = names.end(was), names.end(at)
    return Text(f"因工作日历调整，“{step.zh}”的限时由{before.zh}改为{after.zh}",
                f"By the changed calendar, “{step.en}” is due {after.en} instead of {before.en}")  # fmt: skip


def reassigned(event: shapes.Reassigned, process: Process, names: Names) -> Text:
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


def requested(event: shapes.Requested, process: Process, names: Names) -> Text:
    who, step, whom = names.person(event["by"]), step_title(process, event["s"]), names.person(event["to"])
    return Text(f"{who}申请把“{step.zh}”转给{whom}，等管理员答复",
                f"{who} asked to hand “{step.en}” to {whom}; an administrator has to agree")  # fmt: skip


def declined(event: shapes.Declined, process: Process, names: Names) -> Text:
    who, step, whom = names.person(event["by"]), step_title(process, event["s"]), names.person(event["to"])
    return Text(f"{who}没有同意把“{step.zh}”转给{whom}", f"{who} declined to hand “{step.en}” to {whom}")


def reseated(event: shapes.Reseated, process: Process, names: Names) -> Text:
    step = step_title(process, event["s"])
    whom = [names.audience(seat.audience) for seat in event["seats"]]
    zh, en = listed(whom)
    return Text(f"“{step.zh}”原来的人不能再办，现由{zh}办理",
                f"Who had “{step.en}” may no longer act; it is with {en} now")  # fmt: skip


def incident(event: shapes.Incident, process: Process, names: Names) -> Text:
    return Text("系统办理时出现异常，已请管理员处理，前面的决定都有效",
                "An automatic step failed; an administrator was called, and every decision so far stands")  # fmt: skip


def retried(event: shapes.Retried, process: Process, names: Names) -> Text:
    if not event["by"]:
        return Text("系统重新办理", "The system tried again")
    who = names.person(event["by"])
    return Text(f"{who}让系统重新办理", f"{who} let the system try again")


def noted(event: shapes.Noted, process: Process, names: Names) -> Text | None:
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


def told(event: shapes.Told, process: Process, names: Names) -> Text | None:
    whom = [names.audience(key) for key in event["to"]]
    zh, en = listed(whom)
    return Text(f"告知{zh}", f"Told {en}")
