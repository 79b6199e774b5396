"""What became of steps, in sentences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.definition.model import Process
from engine.i18n import Text, listed
from engine.i18n import counted as several
from engine.runtime.rights import on_behalf
from engine.runtime.shapes import step_events as shapes
from engine.runtime.shapes.tree import AskNode, WaitNode
from engine.runtime.state import kind_of, units_in
from engine.runtime.telling.names import Names
from engine.runtime.titles import end_title, outcome_title, step_title


def started(event: shapes.Started, process: Process, names: Names) -> Text:
    who = names.person(event["by"])
    unit = names.unit(event["unit"])
    principal = on_behalf([event])
    if principal:
        whom = names.person(principal)
        return Text(f"{who}（{unit}）代{whom}发起{process.title.zh}",
                    f"{who} ({unit}) started {process.title.en} for {whom}")  # fmt: skip
    return Text(f"{who}（{unit}）发起{process.title.zh}", f"{who} ({unit}) started {process.title.en}")


def filled(event: shapes.Filled, process: Process, names: Names) -> Text | None:
    titles = [field.title for field in process.fields if field.name in event.get("names", ()) and not field.value]
    if not titles:
        return None
    named = listed(titles)
    return Text(f"填写了{named.zh}", f"Filled in {named.en}")


def joined(event: shapes.Joined, process: Process, names: Names) -> Text | None:
    party = next((p for p in process.parties if p.name == event["party"]), None)
    if party is None:
        return None
    units = units_in(event["unit"])
    called = listed(names.unit(unit) for unit in units)
    return Text(f"{party.title.zh}是{called.zh}", f"{party.title.en}: {called.en}")


def opened(event: shapes.Opened, process: Process, names: Names) -> Text | None:
    said = _OPENED.get(kind_of(event["node"]))
    return said(event["node"], process, names) if said else None


def _asked(node: AskNode, process: Process, names: Names) -> Text:
    title = step_title(process, node["s"])
    zh, en = listed([names.audience(seat.audience) for seat in node["seats"]])
    if node.get("nobody"):
        return Text(f"“{title.zh}”没有人可办，转{zh}处理", f"Nobody can do “{title.en}”; it went to {en}")
    return Text(f"请{zh}办理“{title.zh}”", f"Asked {en} for “{title.en}”")


def _waiting(node: WaitNode, process: Process, names: Names) -> Text:
    at = names.moment(node["due"]["at"])
    return Text(f"等到{at.zh}再继续", f"Waiting until {at.en}")


#: What is said of a step that opens, by its kind; of the other kinds only what becomes of them is.
_OPENED: dict[str, Callable[[Any, Process, Names], Text]] = {"ask": _asked, "wait": _waiting}


def signed(event: shapes.Signed, process: Process, names: Names) -> Text:
    who = names.person(event["by"])
    step, outcome = step_title(process, event["s"]), outcome_title(process, event["s"], event["x"])
    if event.get("for"):
        whom = names.person(event["for"])
        return Text(f"{who}代{whom}在“{step.zh}”{outcome.zh}", f"{who}, for {whom}, at “{step.en}”: {outcome.en}")
    return Text(f"{who}在“{step.zh}”{outcome.zh}", f"{who} at “{step.en}”: {outcome.en}")


def closed(event: shapes.Closed, process: Process, names: Names) -> Text | None:
    out = event.get("out")
    if out is None or "result" not in out or "s" not in event:
        return None
    step, outcome = step_title(process, event["s"]), outcome_title(process, event["s"], out["result"])
    return Text(f"系统办理“{step.zh}”：{outcome.zh}", f"System, “{step.en}”: {outcome.en}")


def skipped(event: shapes.Skipped, process: Process, names: Names) -> Text:
    step = step_title(process, event["s"])
    return Text(f"“{step.zh}”依据没有变，沿用上次结果", f"“{step.en}” rests on the same grounds; its result stands")


def branch_done(event: shapes.BranchDone, process: Process, names: Names) -> Text:
    if event["counted"]:
        return Text("一个分支已办完", "A branch is done")
    return Text("一个分支不计入", "A branch does not count")


def unwinding(event: shapes.Unwinding, process: Process, names: Names) -> Text:
    count = len(event["node"]["todo"])
    return Text(f"释放已占用的{count}项", f"Releasing {several(count, 'effect')}")


def undone(event: shapes.Undone, process: Process, names: Names) -> Text:
    step = step_title(process, event["s"])
    if event["how"] == "kept":
        return Text(f"“{step.zh}”已经生效，不再撤销", f"“{step.en}” had taken effect and stays")
    if event["how"] == "owed":
        return Text(f"“{step.zh}”要等它的插件能用，到时由系统撤销",
                    f"“{step.en}” waits for its plugin, which undoes it then")  # fmt: skip
    return Text(f"撤销“{step.zh}”", f"Undid “{step.en}”")


def returned(event: shapes.Returned, process: Process, names: Names) -> Text:
    step = step_title(process, event["to"])
    return Text(f"退回到“{step.zh}”", f"Returned to “{step.en}”")


def unkept(event: shapes.Unkept, process: Process, names: Names) -> Text:
    return Text("依据有变，上次结果不再沿用", "The grounds changed; an earlier result no longer stands")


def counted(event: shapes.Counted, process: Process, names: Names) -> Text:
    return Text("记一次退回", "One return counted")


def taken_back(event: shapes.TakenBack, process: Process, names: Names) -> Text:
    return Text("已撤回，回到上一个决定之前", "Taken back to just before the decision")


def ended(event: shapes.Ended, process: Process, names: Names) -> Text:
    title = end_title(process, event["end"])
    return Text(f"办结：{title.zh}", f"Ended: {title.en}")
