"""Scenarios: a district at work in YAML, in the words that staff use, run on a database of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from engine.clock import Micros, SetClock
from engine.definition.values.durations import Duration, parse_duration
from engine.definition.values.forms import decode
from engine.definition.values.inputs import parse_input
from engine.definition.values.moments import to_micros
from engine.definition.values.types import DATETIME
from engine.errors import Invalid, Problem, RongtongError
from engine.extend.calls.beside import on_content
from engine.extend.contributions import ScenarioVerb
from engine.extend.senders import Sender
from engine.i18n import Text, both, joined
from engine.operations import cases as verbs
from engine.operations.clockwork import pass_time
from engine.operations.content.scenario_text import Scenario, ScenarioLine
from engine.operations.context import Caller, Context
from engine.operations.naming import person_named
from engine.operations.plugin_contexts import write_context
from engine.operations.reading.pages import case as read_case
from engine.operations.spoken import spoken
from engine.operations.verbs import VERBS, Verb
from engine.store import incidents
from engine.store.text import dump
from engine.store.transactions.runner import Tx

#: When a scenario begins that sets no clock, and before which none can stand: 2025-01-06 09:00, a Monday.
BEGINNING: Micros = 1_736_125_200_000_000

#: So many messages that came to nothing are looked through for why.
_MOST = 200


@dataclass
class ScenarioRun:
    """A scenario under way: its cases by the names it gives them."""

    ctx: Context
    clock: SetClock
    cases: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def play(self, scenario: Scenario) -> tuple[Problem, ...]:
        """Do what it says and report everything that is not as it says."""
        for line in (*scenario.given, *scenario.when):
            if not self._do(line):
                return tuple(self.problems)
        for line in scenario.then:
            self._expect(line)
        return tuple(self.problems)

    def _say(self, line: ScenarioLine, text: Text) -> None:
        self.problems.append(Problem("scenario", text, file=line.file, line=line.line, column=line.column))

    def _do(self, line: ScenarioLine) -> bool:
        """Carry out one line; False, with a problem, when it was refused although it did not say so."""
        words = dict(line.words)
        refused = words.pop("refused", None)
        try:
            self._carry_out(words, line)
        except RongtongError as refusal:
            if refused is not None and (refused in ("true", "是", refusal.code) or str(refused) in refusal.text.zh):
                return True
            self._say(line, _refused(refusal))
            return False
        if refused is not None:
            self._say(line, Text("应该办不成，却办成了", "should have been refused, but was done"))
            return False
        return len(self.problems) == 0

    def _carry_out(self, words: dict[str, Any], line: ScenarioLine) -> None:
        verb = next(iter(words), "")
        action = _VERBS.get(verb)
        if action is not None:
            action(self, words)
        elif not self._plugin_verb("given", words, line):
            self._say(line, Text(f"本区没有装“{verb}”这个词的插件", f"no plugin here has the word “{verb}”"))

    def _plugin_verb(self, place: str, words: dict[str, Any], line: ScenarioLine) -> bool:
        name = next(iter(words), "")
        registry = self.ctx.registry
        for verb in registry.given(ScenarioVerb, self.ctx.enabled):
            if verb.name == name and verb.place == place:
                plugin = registry.owner(verb)
                found = self._run_verb(verb, plugin, words[name])
                self.problems += [problem.at(line.file, line.line, line.column) for problem in found]
                return True
        return False

    def _run_verb(self, verb: ScenarioVerb, plugin: str, words: Any) -> tuple[Problem, ...]:
        ctx = self.ctx

        def work(tx: Tx) -> tuple[Problem, ...]:
            context = write_context(ctx, tx, plugin)
            return on_content(ctx.registry, plugin, verb.name, partial(verb.run, context, words))

        return ctx.runner.run(work)

    # -- the words of when -----------------------------------------------------------------

    def caller(self, by: str) -> tuple[Caller, str]:
        """The person that ``staff@南珠东社区`` or a name means, and the unit they act from."""
        person, unit = person_named(self.ctx, by)
        return Caller(person, door="scenario"), unit

    def number(self, words: dict[str, Any]) -> str:
        """The number of the case that ``on:`` names."""
        name = str(words["on"])
        if name not in self.cases:
            raise Invalid((Problem("scenario", Text(f"没有叫“{name}”的办件", f"there is no case “{name}”")),))
        return self.cases[name]

    def task(self, words: dict[str, Any], number: str, step: str, caller: Caller) -> int:
        """The serial of the open task, or of the stage, called *step*; the caller's own where several are asked."""
        return verbs.open_serial(self.ctx, number, step, caller, str(words.get("seat", "")))

    def start(self, words: dict[str, Any]) -> None:
        """``{start: PROCESS, as: c1, by: staff@…, fill: {…}}``."""
        caller, unit = self.caller(str(words["by"]))
        verb, process = VERBS["start"], str(words["start"])
        heard = spoken(self.ctx, verb, {**words, "process": process})
        receipt = verb.run(self.ctx, caller, **{"unit": unit, **heard})
        self.cases[str(words.get("as", process))] = receipt.number

    def act(self, words: dict[str, Any]) -> None:
        """``{act: lender_ok, on: c1, by: …, outcome: agree}``."""
        caller, _ = self.caller(str(words["by"]))
        number = self.number(words)
        n = self.task(words, number, str(words["act"]), caller)
        verb = VERBS["act"]
        verb.run(self.ctx, caller, number, n, str(words["outcome"]), **spoken(self.ctx, verb, words, number))

    def press(self, verb: Verb, words: dict[str, Any]) -> None:
        """``{claim: STEP, on: c1, by: …}`` of a task, ``{cancel: c1, by: …, reason: …}`` of a case."""
        caller, _ = self.caller(str(words["by"]))
        first = str(words[verb.name])
        place: dict[str, Any] = {}
        number = self.number(words if verb.on == "task" else {"on": first})
        if verb.on == "task":
            place = {"n": self.task(words, number, first, caller)}
        elif verb.on == "decision":
            place = {"n": verbs.last_decision(self.ctx, caller, number)}
        elif verb.on == "field":
            place = {"field": str(words["field"])}
        verb.run(self.ctx, caller, number, **place, **spoken(self.ctx, verb, words))

    def set_clock(self, words: dict[str, Any]) -> None:
        """``{clock: 2026-06-10 09:00}``: stand at that moment; everything due until then happens first."""
        stored = parse_input(DATETIME, str(words["clock"]))
        if isinstance(stored, Problem):
            raise Invalid((stored,))
        until = to_micros(decode(DATETIME, stored))
        if until < self.clock.now():
            text = Text(f"时间不能倒回{words['clock']}", f"time cannot go back to {words['clock']}")
            raise Invalid((Problem("scenario", text),))
        pass_time(self.ctx, self.clock, until)

    def advance(self, words: dict[str, Any]) -> None:
        """``{advance: 3 workdays}``: let time pass, with everything that falls due on the way."""
        duration = parse_duration(str(words["advance"]))
        if not isinstance(duration, Duration):
            text = Text(f"“{words['advance']}”不是时长", f"“{words['advance']}” is no duration")
            raise Invalid((Problem("scenario", text),))
        pass_time(self.ctx, self.clock, self.ctx.district.calendar.add(self.clock.now(), duration))

    # -- then --------------------------------------------------------------------------------

    def _expect(self, line: ScenarioLine) -> None:
        if "case" in line.words:
            self._expect_case(line)
        elif "sent" in line.words:
            self._expect_sent(line)
        elif not self._plugin_verb("then", line.words, line):
            name = next(iter(line.words), "")
            self._say(line, Text(f"本区没有装“{name}”这个词的插件", f"no plugin here has the word “{name}”"))

    def _expect_case(self, line: ScenarioLine) -> None:
        words = line.words
        name = str(words["case"])
        if name not in self.cases:
            self._say(line, Text(f"没有叫“{name}”的办件", f"there is no case “{name}”"))
            return
        view = read_case(self.ctx, None, self.cases[name])
        found = {"end": view.end, "status": view.status, "open": list(view.active), "subject": view.subject}
        for key in ("end", "status", "subject"):
            if key in words and str(words[key]) != found[key]:
                self._differs(line, key, words[key], found[key])
        if "open" in words and sorted(words["open"]) != sorted(view.active):
            self._differs(line, "open", words["open"], list(view.active))
        missed = [step for step in words.get("visited", ()) if step not in view.visited]
        if missed:
            self._differs(line, "visited", words["visited"], list(view.visited))
        shown = {fact.name: fact.words.zh for fact in view.facts}
        for key, wanted in words.get("fields", {}).items():
            if shown.get(key) != str(wanted):
                self._differs(line, key, wanted, shown.get(key, "—"))

    def _expect_sent(self, line: ScenarioLine) -> None:
        """``{sent: post.sms, on: c1, times: 2, has: words}``: so often would a sender have sent that, or at all."""
        words, name = line.words, str(line.words["sent"])
        if not isinstance(self.ctx.registry.job(name), Sender):
            self._say(line, Text(f"没有叫“{name}”的发送方式", f"there is no sender “{name}”"))
            return
        if "on" in words and words["on"] not in self.cases:
            self._say(line, Text(f"没有叫“{words['on']}”的办件", f"there is no case “{words['on']}”"))
            return
        mine = [one for one in self.ctx.system.unsent if one.sender == name]
        mine = [one for one in mine if "on" not in words or one.number == self.cases[words["on"]]]
        found = [one for one in mine if str(words.get("has", "")) in dump(one.payload)]
        if str(len(found)) != str(words["times"]) if "times" in words else not found:
            self._differs(line, f"sent {name}", words.get("times", "1+"), str(len(found)), self._failed(name))

    def _failed(self, sender: str) -> Text:
        """Why the last message of *sender* that came to nothing did; no words where none did."""
        failed = self.ctx.runner.run(lambda tx: incidents.failed_jobs(tx, self.ctx.id, _MOST), write=False)
        return next((one.error for one in reversed(failed) if one.kind == f"send:{sender}"), both(""))

    def _differs(self, line: ScenarioLine, what: str, wanted: Any, found: Any, why: Text | None = None) -> None:
        found, because = found or "—", Text(f"（{why.zh}）", f" ({why.en})") if why and why.en else both("")
        zh, en = f"{what}应该是{wanted}，实际是{found}", f"{what}: expected {wanted}, found {found}"
        self._say(line, Text(zh + because.zh, en + because.en))


def _refused(refusal: RongtongError) -> Text:
    """Every fault of what was refused, with what to do."""
    problems = getattr(refusal, "problems", ())
    said = [joined([p.message, *([p.hint] if p.hint else [])]) for p in problems] or [refusal.text]
    whole = joined(said, "；", "; ")
    return Text(f"没有办成：{whole.zh}", f"refused: {whole.en}")


def _pressing(verb: Verb) -> Callable[[ScenarioRun, dict[str, Any]], None]:
    return lambda run, words: run.press(verb, words)


_VERBS: dict[str, Callable[[ScenarioRun, dict[str, Any]], None]] = {
    "start": ScenarioRun.start,
    "act": ScenarioRun.act,
    **{verb.name: _pressing(verb) for verb in VERBS.values() if "scenario" not in verb.by_hand},
    "clock": ScenarioRun.set_clock,
    "advance": ScenarioRun.advance,
}
