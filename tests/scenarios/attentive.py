"""A scenario whose people read before they press: what the page said would happen is held against what did."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from engine.definition.kinds.do import Do
from engine.operations.content.scenario_text import ScenarioLine
from engine.operations.context import Caller
from engine.operations.reading import pages
from engine.operations.reading.views import CaseView
from engine.runtime.titles import step_title
from engine.scenarios import ScenarioRun
from tests.checks import unchecked


@dataclass
class Attentive(ScenarioRun):
    """A run that notes where a press said something else than what came, and what no plugin could check."""

    unlike: list[str] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)

    def _carry_out(self, words: dict[str, Any], line: ScenarioLine) -> None:
        """Before and after a decision, look."""
        if next(iter(words), "") == "act":
            self._attend(words, line)
        else:
            super()._carry_out(words, line)

    def _attend(self, words: dict[str, Any], line: ScenarioLine) -> None:
        """Read the task, take the outcome, look at what came."""
        caller, _ = self.caller(str(words["by"]))
        number = self.number(words)
        said = self._said(words, number, caller)
        before = pages.case(self.ctx, None, number)
        super()._carry_out(words, line)
        after = pages.case(self.ctx, None, number)
        if said and not self._as_said(said, before, after):
            self.unlike.append(f"{words['act']} {words['outcome']}: {said}")
        self.unchecked += unchecked(self.ctx, number)

    def _said(self, words: dict[str, Any], number: str, caller: Caller) -> str:
        """Where the press says it leads, each way that it may go; "" where this person has no such press."""
        n = self.task(words, number, str(words["act"]), caller)
        if n not in {holder.n for holder in pages.case(self.ctx, caller, number).holders}:
            return ""
        press = next(
            (o for o in pages.task(self.ctx, caller, number, n).outcomes if o.name == words["outcome"]), None
        )
        return "；".join(line.zh for line in press.will_do) if press else ""

    def _as_said(self, said: str, before: CaseView, after: CaseView) -> bool:
        process = pages.process_of(self.ctx, after)
        ran = [process.index[step][0] for step in after.visited if step not in before.visited and step in process.index]
        if any(isinstance(step, Do) and len(step.outcomes) > 1 for step in ran):
            return True  # what an action answers is not known before
        if after.end_title is not None:
            return said.endswith("办结") or f"以“{after.end_title.zh}”办结" in said
        if "环节不变" in said:
            return after.active == before.active
        opened = [step for step in after.active if step not in before.active or step == "start"] or list(after.active)
        return any(f"“{step_title(process, step).zh}”" in said for step in opened)
