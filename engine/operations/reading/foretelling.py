"""What a press leads to, said before it: the actions that follow at once, who is next, how it ends.

What hangs on something that is not there yet (what the press itself asks for, what an action will answer) is said with
its condition, and what comes otherwise after it.
"""

from __future__ import annotations

from collections.abc import Iterable

from engine.definition.expression import Formula
from engine.definition.fields.exit_form import form_of
from engine.definition.model import Exit, Step
from engine.definition.telling.phrasing import Phrases
from engine.definition.uses import read_by
from engine.i18n import Text
from engine.operations.reading.parts import Showing
from engine.runtime.start import START
from engine.runtime.titles import end_title, step_title

_ENDS = Text("办结", "ends")


def will_do(show: Showing, step: Step, taken: Exit) -> tuple[Text, ...]:
    """Everything that the press leads to, up to and with the first step that surely waits."""
    settles = (*form_of(step, taken), *(name for name, _ in taken.set), step.id)
    ahead = _Ahead(show, settles)
    if not ahead.go(taken.steps):
        ahead.lead(step, taken)
    return tuple(ahead.said)


class _Ahead:
    """The sentences so far; *open_* are the fields and steps of which nobody knows yet what they will say."""

    def __init__(self, show: Showing, open_: Iterable[str]) -> None:
        self.said: list[Text] = []
        self._show, self._process, self._open = show, show.process, set(open_)
        self._otherwise = False

    def _say(self, words: Text, condition: Text | None = None) -> None:
        """One sentence; after one that leads elsewhere under a condition, it is what comes otherwise."""
        if condition is not None:
            words = Text(f"如果{condition.zh}，{words.zh}", f"if {condition.en}, {words.en}")
        if self._otherwise:
            words = Text(f"否则{words.zh}", f"otherwise {words.en}")
        self.said.append(words)
        self._otherwise = False

    def _settled(self, formula: Formula) -> bool:
        return self._open.isdisjoint(read_by(self._process, formula))

    def go(self, steps: Iterable[Step]) -> bool:
        """What happens at once in a list of steps, up to and with the first that waits; whether one surely does."""
        for step in steps:
            if step.if_ is not None and not self._settled(step.if_):
                self._perhaps(step, step.if_)
            elif (step.if_ is None or self._show.env.truth(step.if_)) and self._do(step):
                return True
        return False

    def _perhaps(self, step: Step, condition: Formula) -> None:
        """A step that comes only under a condition which the press itself will settle."""
        within = _Ahead(self._show, self._open)
        waits, words = within._do(step), Phrases(self._process, self._show.people.role).formula(condition)
        for at, line in enumerate(within.said):
            self._say(line, None if at else words)
        self._open |= within._open
        self._otherwise = waits

    def _do(self, step: Step) -> bool:
        """What one step does at once; whether the case waits in it."""
        if step.at_once:
            spec = self._show.definition.catalogue.actions.get(step.action)
            if spec is not None and spec.says is not None:
                self._say(spec.says)
            self._open |= {step.id, *(name for taken in step.outcomes for name, _ in taken.set)}
            return False
        if step.inside == "in_order":
            return self.go(step.lists[0].steps)
        if step.inside == "one_of":
            return self._one_of(step)
        self._say(Text(f"转到“{step.title.zh}”", f"goes on to “{step.title.en}”"))
        return True

    def _one_of(self, step: Step) -> bool:
        """The branch that is taken as the form stands now; which one it is may still be open."""
        for branch in step.lists:
            if branch.if_ is not None and not self._settled(branch.if_):
                self._say(Text("接下来看填写的内容", "goes on as the form will say"))
                return True
            if branch.if_ is None or self._show.env.truth(branch.if_):
                return self.go(branch.steps)
        return False

    def lead(self, step: Step, taken: Exit) -> None:
        """Where the target leads, once the small steps of the exit are done."""
        match taken.then.kind:
            case "end":
                end, title = self._process.end_named(taken.then.name), end_title(self._process, taken.then.name)
                freed = Text("，已占用的都释放", "; everything held is released")
                zh, en = freed if end and end.undo == "all" else ("", "")
                self._say(Text(f"以“{title.zh}”办结{zh}", f"ends as “{title.en}”{en}"))
            case "back":
                title = step_title(self._process, taken.then.name)
                self._say(Text(f"退回到“{title.zh}”", f"returns to “{title.en}”"))
            case "stay":
                self._say(Text("记下来，环节不变", "is noted; the step stays open"))
            case "drop":
                self._say(Text("这一路不再计入", "this branch no longer counts"))
            case _:
                self._follow(step)

    def _follow(self, step: Step) -> None:
        """The steps after *step*, in its list and in those around it, up to and with the first that waits."""
        if step.id == START:
            if not self.go(self._process.steps):
                self._say(_ENDS)
            return
        spot = self._process.index[step.id][1]
        if self.go(self._process.steps_of(spot.owner, spot.key)[spot.position + 1 :]):
            return
        if not spot.owner:
            self._say(_ENDS)
            return
        around = self._process.index[spot.owner][0]
        if around.inside == "side_by_side" and not spot.key.startswith(">"):
            return  # the other branches decide with it
        taken = around.exit(spot.key[1:] if spot.key.startswith(">") else next(iter(around.comes_to), ""))
        if taken is None:
            self._follow(around)
        else:
            self.lead(around, taken)
