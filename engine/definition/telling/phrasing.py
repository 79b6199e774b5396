"""The small phrases that sentences about a process are made of: who, when, where to, which value."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from engine.definition.expression import Formula
from engine.definition.model import Due, Exit, Field, Process, Reminder, Rung, Target, Value, Who, WhoRule
from engine.definition.telling.spoken import in_chinese
from engine.definition.values.durations import parse_duration
from engine.i18n import Text, both, counted, joined, listed

NEXT = Text("进入下一环节", "goes on to the next step")


def say(*parts: Text | str) -> Text:
    """Parts one after the other; a bare text reads the same in both languages."""
    pairs = [part if isinstance(part, Text) else both(part) for part in parts]
    return Text("".join(p.zh for p in pairs), "".join(p.en for p in pairs))


def quoted(name: Text) -> Text:
    """A name in the quotes of each language."""
    return Text(f"“{name.zh}”", f'"{name.en}"')


@dataclass(frozen=True)
class Phrases:
    """Phrases about one process; *role* says how a role is called."""

    process: Process
    role: Callable[[str], Text] = both

    def step(self, name: str) -> Text:
        """A step by its title."""
        if name == "start":
            return Text("“发起”", "the start")
        found = self.process.index.get(name)
        return quoted(found[0].title if found else both(name))

    def field(self, name: str) -> Text:
        """A field, or a column of a table, by its title."""
        first, _, column = name.partition(".")
        found = self.process.field_named(first)
        if found is None:
            return both(name)
        inner = next((one for one in found.columns if one.name == column), None)
        return say(found.title, Text("的", ": "), inner.title) if inner else found.title

    def fields(self, names: Iterable[str]) -> Text:
        """Several fields."""
        return listed(self.field(name) for name in names)

    def formula(self, formula: Formula) -> Text:
        """A formula with the titles of what it names, otherwise as it is written."""
        name = formula.text.strip()
        if name in formula.names:
            return self.name(name)
        said = {name: self.name(name) for name in formula.names}
        in_english = _replaced(formula.text, {name: text.en for name, text in said.items()})
        return Text(in_chinese(formula.text, {name: text.zh for name, text in said.items()}), in_english)

    def end(self, formula: Formula) -> Text:
        """A moment used as an end; of a day its end."""
        said = self.formula(formula)
        return say(Text("", "the end of "), said, Text("当天24:00", "")) if formula.type.name == "date" else said

    def name(self, name: str) -> Text:
        """What a dotted name stands for."""
        first, _, part = name.partition(".")
        if name in _NAMES:
            return _NAMES[name]
        if first == "settings":
            return self._setting(part)
        if first in self.process.index:
            return say(self.step(first), Text("的", ": "), _PARTS.get(part, both(part)))
        titled = {party.name: party.title for party in self.process.parties}
        title = titled.get(first) or self.field(first)
        return say(title, Text("的", ": "), _PARTS.get(part, both(part))) if part else title

    def _setting(self, name: str) -> Text:
        setting = next((one for one in self.process.settings if one.name == name), None)
        if setting is None:
            return both(f"settings.{name}")
        if setting.default is None or setting.default.formula is not None:
            return quoted(setting.title)
        default = self.constant(setting, setting.default.constant)
        return say(quoted(setting.title), Text("（一般", " (usually "), default, Text("）", ")"))

    def constant(self, field: Field, stored: object) -> Text:
        """A constant of a field's type."""
        duration = parse_duration(str(stored)) if field.type.name == "duration" else None
        return duration.words if duration else both(str(stored))

    def value(self, value: Value) -> Text:
        """A constant or a formula."""
        if value.formula is not None:
            return self.formula(value.formula)
        if isinstance(value.constant, bool):
            return Text("是", "yes") if value.constant else Text("否", "no")
        duration = parse_duration(value.constant) if isinstance(value.constant, str) else None
        return duration.words if duration else both(str(value.constant))

    def who(self, rule: WhoRule | None) -> Text:
        """A WHO with its alternatives."""
        if rule is None or not rule.cases:
            return Text("无人", "nobody")
        said = []
        for condition, audiences in rule.cases:
            group = listed(self.audience(who) for who in audiences)
            if condition is not None:
                group = say(self.formula(condition), Text("时由", ": "), group)
            elif len(rule.cases) > 1:
                group = say(Text("其他情况由", "otherwise: "), group)
            said.append(group)
        return joined(said, "；", "; ")

    def audience(self, who: Who) -> Text:
        """One audience."""
        of = self.formula(who.unit) if who.unit is not None else None
        if who.kind == "applicant":
            return Text("申请人", "the applicant")
        if who.kind == "anyone":
            return say(of, Text("的任何人", ": anyone")) if of else Text("任何人", "anyone")
        if who.kind == "person" and who.person is not None:
            return self.formula(who.person)
        if who.kind == "resolver":
            args = listed(self.value(value) for _, value in who.args)
            return say(who.name, Text("（", "("), args, Text("）", ")"))
        name = self.role(who.name)
        held = say(of, Text("的", ": "), name) if of else name
        if who.kind != "rota":
            return held
        on = say(self.formula(who.on), Text("的", " ")) if who.on is not None else both("")
        return say(on, held, Text("（轮值）", " (by rota)"))

    def target(self, target: Target) -> Text:
        """Where an exit leads."""
        if target.kind == "end":
            end = self.process.end_named(target.name)
            title = quoted(end.title if end else both(target.name))
            return say(Text("办件结束：", "the case ends: "), title)
        if target.kind == "back":
            return say(Text("退回", "goes back to "), self.step(target.name))
        if target.kind == "stay":
            return Text("记录后留在本环节", "is noted, and the step stays open")
        return NEXT if target.kind == "next" else Text("本支退出，不计入", "this branch leaves and is not counted")

    def way(self, taken: Exit) -> Text:
        """Where an exit leads, and how often it may go back."""
        said = self.target(taken.then)
        if taken.at_most is not None:
            said = say(said, Text(f"，最多{taken.at_most}次", f", {counted(taken.at_most, 'time')} at most"))
        if taken.then.kind == "back" and taken.again != "replay":
            said = say(said, _AGAIN[taken.again])
        return said

    def due(self, due: Due, titles: Callable[[str], Text]) -> Text:
        """A deadline with its reminders and its ladder; *titles* says how an outcome is called."""
        parts = []
        if due.within is not None:
            parts.append(say(Text("限时", "within "), self.value(due.within)))
        if due.by is not None:
            parts.append(say(Text("截止于", "by "), self.end(due.by)))
        if due.before is not None:
            parts.append(say(Text("要赶在", "needed before "), self.end(due.before), Text("之前", "")))
        if due.lapse:
            parts.append(say(Text("过时按", "then it becomes "), quoted(titles(due.lapse)), Text("处理", "")))
        parts += [_reminder(one) for one in due.remind]
        parts += [self._rung(rung, titles) for rung in due.late]
        return joined(parts)

    def _rung(self, rung: Rung, titles: Callable[[str], Text]) -> Text:
        after = rung.after.words if rung.after else None
        when = Text(f"再过{after.zh}", f"{after.en} later ") if after else Text("逾期", "when late ")
        if rung.escalate is not None:
            return say(when, Text("转", "it passes to "), self.who(rung.escalate))
        return say(when, Text("按", "it becomes "), quoted(titles(rung.outcome)), Text("处理", ""))


_NAMES = {
    "start.unit": Text("发起单位", "the starting unit"),
    "start.who": Text("发起人", "who started it"),
    "start.for": Text("申请人", "the applicant"),
    "applicant": Text("申请人", "the applicant"),
    "today": Text("今天", "today"),
    "now": Text("现在", "now"),
}
#: Parts of values and of steps that have words of their own.
_PARTS = {
    "start": Text("开始", "start"),
    "end": Text("结束", "end"),
    "who": Text("办理人", "actor"),
    "for": Text("被代办的人", "principal"),
    "at": Text("办理时间", "time"),
    "outcome": Text("结果", "outcome"),
    "opinion": Text("意见", "opinion"),
    "name": Text("名称", "name"),
    "short": Text("简称", "short name"),
    "kind": Text("类型", "kind"),
    "unit": Text("单位", "unit"),
    "parent": Text("上级单位", "unit above"),
    "hub": Text("牵头单位", "hub"),
    "date": Text("日期", "day"),
}
_DOTTED = re.compile(r"'[^']*'|\"[^\"]*\"|[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_AGAIN = {
    "changed": Text("，只请看过的内容有改动的人再办", ", and only those whose seen fields changed are asked again"),
    "resume": Text("，改好后直接回到退回的人", ", and then straight to who returned it"),
}


def _replaced(text: str, said: dict[str, str]) -> str:
    """*text* with the dotted names outside quotes replaced."""
    return _DOTTED.sub(lambda match: said.get(match[0], match[0]), text)


def _reminder(reminder: Reminder) -> Text:
    if reminder.before is not None:
        words = reminder.before.words
        return Text(f"到期前{words.zh}提醒", f"a reminder {words.en} before")
    share = round((reminder.share or 0) * 100)
    return Text(f"时限过{share}%时提醒", f"a reminder at {share}%")
