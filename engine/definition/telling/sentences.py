"""A process in sentences, in both languages, so that staff can check it without reading YAML."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from engine.definition.kinds.choose import Choose
from engine.definition.kinds.parallel import Parallel
from engine.definition.kinds.stage import Stage
from engine.definition.kinds.wait import Wait
from engine.definition.model import Branch, End, Exit, Party, Process, Step
from engine.definition.telling.phrasing import NEXT, Phrases, quoted, say
from engine.i18n import Text, both, listed


@dataclass(frozen=True, slots=True)
class ProcessSentence:
    """One sentence; ``depth`` says how far in it stands, ``step`` which step it is about ("" = the process)."""

    text: Text
    depth: int = 0
    step: str = ""


def sentences(
    process: Process, *, role: Callable[[str], Text] = both, action: Callable[[str], Text] = both
) -> tuple[ProcessSentence, ...]:
    """*process* from its start to its ends; *role* and *action* say what roles and actions are called."""
    return tuple(_Teller(Phrases(process, role), action).whole())


@dataclass(frozen=True)
class _Teller:
    phrases: Phrases
    action: Callable[[str], Text]

    def whole(self) -> Iterator[ProcessSentence]:
        process = self.phrases.process
        yield ProcessSentence(say(Text("事项：", "Process: "), process.title, Text("。", ".")))
        yield from map(self.party, process.parties)
        yield ProcessSentence(self.start())
        if process.due is not None:
            due = self.phrases.due(process.due, both)
            yield ProcessSentence(say(Text("整件事", "The whole case: "), due, Text("。", ".")))
        yield from self.steps(process.steps, 0, "")
        yield from map(self.end, process.ends)

    def party(self, party: Party) -> ProcessSentence:
        unit = self.phrases.formula(party.unit)
        said = say(Text("参与方", "Party "), quoted(party.title), Text("：", ": "), unit, Text("。", "."))
        return ProcessSentence(said)

    def start(self) -> Text:
        start, phrases = self.phrases.process.start, self.phrases
        said = say(Text("由", "Started by "), phrases.who(start.who), Text("发起", ""))
        if start.for_applicant:
            said = say(said, Text("，可替申请人填写", ", perhaps for an applicant"))
        if start.if_ is not None:
            said = say(said, Text("，仅当", ", only if "), phrases.formula(start.if_))
        if start.fill:
            said = say(said, Text("，填写：", "; to fill in: "), phrases.fields(start.fill))
        return say(said, Text("。", "."))

    def steps(self, steps: tuple[Step, ...], depth: int, number: str) -> Iterator[ProcessSentence]:
        for position, step in enumerate(steps, 1):
            yield from self.step(step, depth, f"{number}{position}")

    def step(self, step: Step, depth: int, number: str) -> Iterator[ProcessSentence]:
        does = say(f"{number} ", step.title, Text("：", ": "), self.does(step))
        if step.if_ is not None:
            does = say(does, Text("（仅当", " (only if "), self.phrases.formula(step.if_), Text("）", ")"))
        if step.due is not None:
            due = self.phrases.due(step.due, lambda name: _title(step, name))
            does = say(does, Text("；", "; "), due)
        yield ProcessSentence(say(does, Text("。", ".")), depth, step.id)
        yield from self.inside(step, depth + 1, number)
        yield from self.exits(step, depth + 1, number)

    def inside(self, step: Step, depth: int, number: str) -> Iterator[ProcessSentence]:
        """The lists in a step; what is one of several, or runs beside others, has a heading."""
        if step.inside == "in_order":
            yield from self.steps(step.lists[0].steps, depth, f"{number}.")
            return
        for position, branch in enumerate(step.lists, 1):
            yield ProcessSentence(say(self.branch(step, branch), Text("：", ":")), depth, step.id)
            yield from self.steps(branch.steps, depth + 1, f"{number}.{position}.")

    def does(self, step: Step) -> Text:
        """What happens in a step."""
        said = _DOES.get(step.kind)
        return said(self, step) if said else both("")

    def runs(self, step: Step) -> Text:
        return say(Text("系统执行", "the system runs "), quoted(self.action(step.action)))

    def waits(self, step: Wait) -> Text:
        until = self.phrases.formula(step.until) if step.until is not None else ""
        return say(Text("等到", "waits until "), until)

    def depends(self, _step: Choose) -> Text:
        return Text("分情况", "depends")

    def together(self, step: Parallel) -> Text:
        some = Text(f"各支同时办，{step.need}支完成即可", f"branches side by side, {step.need} of them needed")
        return say(_NEED.get(str(step.need), some))

    def in_turn(self, _step: Stage) -> Text:
        return Text("其中各环节依次办理", "the steps inside, one after the other")

    def asks(self, step: Step) -> Text:
        phrases = self.phrases
        said = say(Text("由", "decided by "), phrases.who(step.who), Text("办理", ""))
        if step.sign == "all":
            said = say(said, Text("，每人都要办", ", every one of them"))
        if step.not_:
            out = listed(phrases.step(one) if isinstance(one, str) else phrases.formula(one) for one in step.not_)
            said = say(said, Text("，回避：", "; not by who acted in: "), out)
        if step.show:
            said = say(said, Text("，看：", "; shows: "), phrases.fields(step.show))
        if step.fill:
            said = say(said, Text("，填写：", "; to fill in: "), phrases.fields(step.fill))
        return said

    def branch(self, step: Step, branch: Branch) -> Text:
        if step.inside == "side_by_side":
            return say(Text("分支", "Branch "), branch.name)
        if branch.if_ is None:
            return Text("其他情况", "Otherwise")
        return say(Text("当", "If "), self.phrases.formula(branch.if_))

    def exits(self, step: Step, depth: int, number: str) -> Iterator[ProcessSentence]:
        plain = len(step.outcomes) == 1 and step.who is None
        for taken in step.outcomes:
            if plain and self.phrases.way(taken) == NEXT and not taken.steps:
                continue
            yield ProcessSentence(self.exit(step, taken), depth, step.id)
            yield from self.steps(taken.steps, depth + 1, f"{number}.{taken.name}.")

    def exit(self, step: Step, taken: Exit) -> Text:
        phrases, details = self.phrases, []
        if taken.by.kind == "clock":
            details.append(Text("系统到期处理", "by the clock"))
        if taken.by.who is not None:
            details.append(say(Text("由", "by "), phrases.who(taken.by.who)))
        if taken.opinion == "must":
            details.append(Text("须写意见", "an opinion is written"))
        if taken.must:
            details.append(say(Text("须填", "has to fill in "), phrases.fields(taken.must)))
        details += [
            say(phrases.field(name), Text("记为", " becomes "), phrases.value(value)) for name, value in taken.set
        ]
        said = quoted(taken.title)
        if details:
            said = say(said, Text("（", " ("), listed(details), Text("）", ")"))
        said = say(
            said, Text("：", ": "), Text("先办下面的小环节，再", "first the steps below, then ") if taken.steps else ""
        )
        if taken.at_form:
            said = say(said, Text("刚填的表当场改正；不然", "a form just sent is corrected there; otherwise "))
        said = say(said, phrases.way(taken))
        if taken.exhausted:
            sibling = quoted(_title(step, taken.exhausted))
            said = say(said, Text("，用尽后按", ", and when used up becomes "), sibling)
        if taken.tell is not None:
            said = say(said, Text("，告知", ", and tells "), phrases.who(taken.tell))
        return say(said, Text("。", "."))

    def end(self, end: End) -> ProcessSentence:
        said = say(Text("结局", "End "), quoted(end.title))
        details = [Text("撤销已办的动作", "what was done is undone")] if end.undo == "all" else []
        if end.tell is not None:
            details.append(say(Text("告知", "tells "), self.phrases.who(end.tell)))
        titles = [party.title for party in self.phrases.process.parties if party.name in end.counts]
        if titles:
            details.append(say(Text("计入", "counts for "), listed(titles), Text("的统计", "")))
        if details:
            said = say(said, Text("：", ": "), listed(details))
        return ProcessSentence(say(said, Text("。", ".")))


#: What happens in a step of each kind.
_DOES: Final[Mapping[str, Callable[[_Teller, Any], Text]]] = {
    "ask": _Teller.asks,
    "do": _Teller.runs,
    "wait": _Teller.waits,
    "choose": _Teller.depends,
    "parallel": _Teller.together,
    "stage": _Teller.in_turn,
}
_NEED: Final = {
    "all": Text("各支同时办，都要完成", "all branches, side by side"),
    "any": Text("各支同时办，一支完成即可", "branches side by side, one is enough"),
}


def _title(step: Step, outcome: str) -> Text:
    found = step.exit(outcome)
    return found.title if found else both(outcome)
