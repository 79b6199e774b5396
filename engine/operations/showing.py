"""Builds what a case page and a task page show, from the case, its history and its open nodes."""

from __future__ import annotations

from typing import Any

from engine.definition.model import Ask, Do, Exit, Process, Step
from engine.definition.values import to_datetime
from engine.extend.calling import evidence
from engine.i18n import Text
from engine.operations.context import Caller, Context
from engine.operations.facts import facts_for
from engine.operations.forms import Forms, read_context
from engine.operations.history import Turn, turns
from engine.operations.people import people_of
from engine.operations.publish import by_hash
from engine.operations.views import (
    CaseView,
    EvidenceView,
    Holder,
    Line,
    OutcomeView,
    PartyView,
    Shown,
    TakeBackOffer,
    Why,
)
from engine.runtime import refusals
from engine.runtime.draft import Definition
from engine.runtime.env import CaseEnv
from engine.runtime.people import audiences
from engine.runtime.state import Node, State, nodes
from engine.runtime.steps.do import inputs
from engine.runtime.takeback import can_take_back
from engine.runtime.telling import QUIET, end_title, outcome_title, step_title, tell
from engine.runtime.turn import Turn as Draft
from engine.runtime.decide import OPENERS
from engine.store.cases import Case
from engine.store.tasks import Task
from engine.store.transaction import Tx


class Showing:
    """One case as one reader sees it, read in one transaction."""

    def __init__(self, ctx: Context, tx: Tx, caller: Caller, case: Case) -> None:
        self.ctx, self.tx, self.caller, self.case = ctx, tx, caller, case
        self.definition: Definition = by_hash(ctx, tx, case.def_hash)
        self.process: Process = self.definition.process
        self.state: State = {**case.state, "data": case.data}
        self.people = people_of(ctx, tx)
        self.facts = facts_for(ctx, tx, self.definition, ctx.now, case.id)
        self.env = CaseEnv(self.process, self.state, self.facts, self.definition.catalogue, caller.person)
        self.forms = Forms(ctx, tx, self.process, self.people)
        self.history: list[Turn] = turns(tx, ctx.id, case.id)

    # -- what stands in the case -----------------------------------------------------------

    def visible(self) -> tuple[str, ...]:
        """The names of the fields that the reader may see, in the order of the process."""
        mine = set(self.my_units())
        names = []
        for field in self.process.fields:
            units = {u for p in field.see for u in _listed(self.state["par"].get(p))}
            if not field.see or units & mine or self.caller.person in (self.case.started_by, self.case.for_person, ""):
                names.append(field.name)
        return tuple(names)

    def my_units(self) -> tuple[str, ...]:
        """The reader's units."""
        from engine.operations.access import home_units

        return home_units(self.ctx, self.tx, self.caller.person) if self.caller.person else ()

    def facts_shown(self, names: tuple[str, ...] | None = None) -> tuple[Shown, ...]:
        """The form as read; with what stood there before the last change."""
        allowed = self.visible()
        wanted = [name for name in (names or allowed) if name in allowed]
        shown = self.forms.shown(tuple(wanted), self.case.data, self.env)
        before = self._before()
        return tuple(self._with_before(one, before) for one in shown)

    def _before(self) -> dict[str, Any]:
        """The value of each field before its last change by a return."""
        held: dict[str, Any] = {}
        old: dict[str, Any] = {}
        for turn in self.history:
            for event in turn.events:
                if event["e"] == "filled":
                    old.update({k: held[k] for k in event["values"] if k in held})
                    held.update(event["values"])
        return old

    def _with_before(self, one: Shown, before: dict[str, Any]) -> Shown:
        field = self.process.field_named(one.name)
        if field is None or before.get(one.name) in (None, self.case.data.get(one.name)):
            return one
        return Shown(one.name, one.title, one.words, self.forms.words(field, before[one.name]).zh)

    def parties(self) -> tuple[PartyView, ...]:
        """The units the case belongs to now."""
        return tuple(
            PartyView(party.name, party.title, unit, self.people.unit_name(unit))
            for party in self.process.parties
            for unit in _listed(self.state["par"].get(party.name))
        )

    def holders(self) -> tuple[Holder, ...]:
        """The open steps and who has them."""
        found = []
        for node in nodes(self.state["root"]):
            if node["k"] not in ("ask", "wait") and node.get("ph") != "incident":
                continue
            found.append(self._holder(node))
        return tuple(found)

    def _holder(self, node: Node) -> Holder:
        seats = node.get("seats", ())
        who = [self._seat(seat) for seat in seats] or [Text("系统", "the system")]
        if node["k"] == "wait":
            at = to_datetime(node["due"]["at"])
            who = [Text(f"等到{at.month}月{at.day}日{at:%H:%M}", f"waiting until {at:%d %b %H:%M}")]
        if node.get("ph") == "incident":
            who = [Text("区管理员（自动环节异常）", "the administrator (an automatic step failed)")]
        mine = any(self.mine(seat) for seat in seats)
        return Holder(
            n=seats[0][0] if seats else node["n"],
            step=node["s"],
            step_title=step_title(self.process, node["s"]),
            who=Text("、".join(w.zh for w in who), ", ".join(w.en for w in who)),
            since=self._opened_at(node["n"]),
            due_at=node.get("due", {}).get("at"),
            can_open=mine,
            incident=node.get("ph") == "incident",
        )

    def _seat(self, seat: list[Any]) -> Text:
        if len(seat) > 2:
            name = self.people.person_name(seat[2])
            return Text(f"{name}（已认领）", f"{name} (claimed)")
        return self.people.audience(seat[1])

    def mine(self, seat: list[Any]) -> bool:
        """Whether the reader may act at this seat."""
        person = self.caller.person
        return bool(person) and (person in seat[2:] or (len(seat) < 3 and self.facts.may(person, seat[1])))

    def _opened_at(self, n: int) -> int:
        for turn in reversed(self.history):
            for event in turn.events:
                if event["e"] == "opened" and event["node"]["n"] == n:
                    return turn.entry.at
        return self.case.started_at

    # -- what happened ---------------------------------------------------------------------

    def timeline(self) -> tuple[Line, ...]:
        """The history in sentences, oldest first; several events of one moment are several lines."""
        lines: list[Line] = []
        for turn in self.history:
            who = self.people.view(turn.entry.actor)
            quoted = False
            for event in turn.events:
                if event["e"] in QUIET or event["e"] == "filled":
                    continue
                said = tell(event, self.process, self.people_names())
                if said is None:
                    continue
                human = event["e"] in ("started", "signed", "reassigned", "noted") and bool(turn.entry.actor)
                quote = "" if quoted or not human else turn.note
                quoted = quoted or human
                comment = event["e"] == "noted" and "how" not in event
                kind = "comment" if comment else "human" if human else "system"
                lines.append(Line(turn.entry.at, said, who, kind, quote, turn.entry.seq))  # type: ignore[arg-type]
            lines += self._plugin_lines(turn)
        return tuple(lines)

    def _plugin_lines(self, turn: Turn) -> list[Line]:
        """What the actions of plugins did, in the plugins' own words."""
        from engine.extend.contributions import Sentence

        said = {(s.action, s.outcome): s.text for s in self.ctx.registry.given("register_sentences", Sentence)}
        found = []
        for run in turn.body.get("runs", ()):
            text = said.get((run.get("do") or run.get("undo"), run.get("result") or run.get("how")))
            if text is None:
                continue
            out = self._outputs(run)
            words = Text(
                _filled_in(text.zh, {name: said.zh for name, said in out.items()}),
                _filled_in(text.en, {name: said.en for name, said in out.items()}),
            )
            found.append(Line(turn.entry.at, words, None, "system", "", turn.entry.seq))
        return found

    def _outputs(self, run: dict[str, Any]) -> dict[str, Text]:
        """The outputs of an action in words, by their declared types."""
        spec = self.definition.catalogue.actions.get(run.get("do", ""))
        result = spec.result(run.get("result", "")) if spec else None
        out = run.get("out", {})
        declared = result.outputs if result else ()
        return {name: self.forms.typed(of, out[name]) for name, of in declared if name in out}

    def people_names(self) -> _Names:
        """Names for sentences."""
        return _Names(self.people)

    # -- what can be done ------------------------------------------------------------------

    def outcomes(self, node: Node, seat_n: int) -> tuple[OutcomeView, ...]:
        """The presses of an open ask, the main one first."""
        step = self.step(node["s"])
        found = []
        for taken in step.outcomes:
            if taken.by.kind in ("clock", "message") or (taken.by.kind == "who" and not self._named(taken)):
                continue
            found.append(self.outcome(step, node, taken, main=not found))
        return tuple(found)

    def exits(self) -> tuple[tuple[int, OutcomeView], ...]:
        """Presses beside what is open inside: exits of stages, and exits of asks that name the reader."""
        found = []
        for node in nodes(self.state["root"]):
            if node["k"] not in ("stage", "ask"):
                continue
            step = self.step(node["s"])
            for taken in step.outcomes:
                if taken.by.kind == "who" and self._named(taken):
                    n = node["seats"][0][0] if node.get("seats") else node["n"]
                    found.append((n, self.outcome(step, node, taken)))
        return tuple(found)

    def _named(self, taken: Exit) -> bool:
        rule = taken.by.who
        if rule is None or not self.caller.person:
            return False
        return any(self.facts.may(self.caller.person, key) for key in audiences(rule, self.env))

    def step(self, step: str) -> Step:
        """A step by id; the start counts."""
        from engine.runtime.start import START, start_step

        return start_step(self.process) if step == START else self.process.index[step][0]

    def outcome(self, step: Step, node: Node, taken: Exit, *, main: bool = False) -> OutcomeView:
        """One press: what it asks, what it will do, why it cannot be taken."""
        draft = Draft(self.definition, self.state, self.facts, OPENERS, self.caller.person)
        place = _place(self.state, node["n"])
        blocked = None if draft.legal(place, step, taken) else refusals.used_up(taken).text
        return OutcomeView(
            name=taken.name,
            title=taken.title,
            opinion=taken.opinion,
            fields=self.forms.fields(tuple(dict.fromkeys((*taken.fill, *taken.must))), self.case.data, taken.must or None),
            will_do=self.will_do(step, taken),
            reasons=taken.reasons,
            main=main,
            blocked=blocked,
        )

    def will_do(self, step: Step, taken: Exit) -> tuple[Text, ...]:
        """What the press leads to, said before it: the actions that follow at once, who is next, how it ends."""
        if taken.then.kind == "end":
            end = end_title(self.process, taken.then.name)
            undo = self.process.end_named(taken.then.name)
            freed = Text("，已占用的都释放", "; everything held is released") if undo and undo.undo == "all" else Text("", "")
            return (Text(f"以“{end.zh}”办结{freed.zh}", f"ends as “{end.en}”{freed.en}"),)
        if taken.then.kind == "back":
            title = step_title(self.process, taken.then.name)
            return (Text(f"退回到“{title.zh}”", f"returns to “{title.en}”"),)
        if taken.then.kind == "stay":
            return (Text("记下来，环节不变", "is noted; the step stays open"),)
        if taken.then.kind == "drop":
            return (Text("这一路不再计入", "this branch no longer counts"),)
        return self._follows(step)

    def _follows(self, step: Step) -> tuple[Text, ...]:
        """The steps after *step* in its list, up to and with the first that waits for somebody."""
        said: list[Text] = []
        for after in self._after(step):
            if isinstance(after, Do):
                spec = self.definition.catalogue.actions.get(after.action)
                if spec is not None and spec.says is not None:
                    said.append(spec.says)
                continue
            said.append(Text(f"转到“{after.title.zh}”", f"goes on to “{after.title.en}”"))
            return tuple(said)
        if step.id not in self.process.index or not self.process.index[step.id][1].owner:
            said.append(Text("办结", "ends"))
        return tuple(said)

    def _after(self, step: Step) -> tuple[Step, ...]:
        if step.id == "start":
            return self.process.steps
        spot = self.process.index[step.id][1]
        return self.process.steps_of(spot.owner, spot.key)[spot.position + 1 :]

    def take_back(self) -> TakeBackOffer | None:
        """The strip that offers to take one's own last decision back, or says why it is too late."""
        n = can_take_back(self.state, self.caller.person) if self.caller.person else None
        if n is not None:
            last = step_title(self.process, self.state["last"]["s"])
            words = Text(f"你刚在“{last.zh}”作了决定，还没有人接着办，可以撤回。",
                         f"You decided “{last.en}” and nobody has acted since; you can take it back.")  # fmt: skip
            return TakeBackOffer(n, words, True)
        return None

    # -- why, and what the system checked --------------------------------------------------

    def why(self, node: Node, seat: list[Any]) -> Why:
        """Why this task is with the reader, and the details that it unfolds to."""
        step = self.step(node["s"])
        who = self.people.audience(seat[1])
        title = step.title
        if seat[1].startswith("user:"):
            sentence = Text(f"到你这里，因为本环节由{who.zh}本人办理。", f"With you, because “{title.en}” is for {who.en}.")
        else:
            sentence = Text(f"到你这里，因为你是{who.zh}，本环节由{who.zh}办理。",
                            f"With you, because you are {who.en}, who does “{title.en}”.")  # fmt: skip
        details = []
        if isinstance(step, Ask):
            rule = "；".join(w.text for _, whos in step.who.cases for w in whos)
            details.append(Text(f"规则：{rule}（第{step.place.line}行）", f"rule: {rule} (line {step.place.line})"))
            if step.not_:
                details.append(Text("办过前面环节的人不能办这里", "whoever acted before may not act here"))
        names = self._others(seat[1])
        if names:
            listed = "、".join(names)
            details.append(Text(f"还可以由{listed}办理", f"{listed} may do it too"))
        if step.due is not None and "at" in node.get("due", {}):
            details.append(self._deadline(step, node))
        return Why(sentence, tuple(details))

    def closed_why(self, row: Task) -> Why:
        """Who dealt with a task that is closed."""
        if not row.actor:
            return Why(Text("这个环节已经关闭。", "This task is closed."))
        who = self.people.person_name(row.actor)
        outcome = outcome_title(self.process, row.step, row.outcome or "")
        return Why(Text(f"{who}已办理，结果是{outcome.zh}。", f"{who} dealt with it: {outcome.en}."))

    def _others(self, audience: str) -> list[str]:
        if not audience.startswith("role:"):
            return []
        role, _, unit = audience.removeprefix("role:").partition("@")
        held = self.facts.holders(role, unit, (self.caller.person,))
        return [self.people.person_name(p) for p in held][:5]

    def _deadline(self, step: Step, node: Node) -> Text:
        due = step.due
        assert due is not None
        opened = node["due"]["from"]
        if due.within is not None:
            within = self.env.live(due.within)
            from engine.definition.durations import Duration, parse_duration

            length = within if isinstance(within, Duration) else parse_duration(str(within))
            if isinstance(length, Duration):
                return self.ctx.district.calendar.explain(opened, length)
        at = to_datetime(node["due"]["at"])
        return Text(f"期限：{at.month}月{at.day}日{at:%H:%M}", f"due {at:%d %b %H:%M}")

    def evidence(self) -> tuple[EvidenceView, ...]:
        """系统核对: what the plugins of the process's actions can check on the form as it stands."""
        found: list[EvidenceView] = []
        enabled = tuple(self.ctx.district.plugins)
        for step, _ in self.process.index.values():
            if not isinstance(step, Do):
                continue
            try:
                given = inputs(self.env, step)
            except (KeyError, TypeError, ValueError, ArithmeticError):
                continue  # its inputs are not there yet
            receipt = self.state["out"].get(step.id)
            lines = evidence(
                self.ctx.registry, enabled, step.action,
                lambda plugin: read_context(self.ctx, self.tx, plugin), given, receipt,
            )  # fmt: skip
            found += [EvidenceView(e.level, e.label, e.sentence, e.href) for e in lines]
        return tuple(found)


def case_view(show: Showing) -> CaseView:
    """Everything that a case page shows."""
    from engine.operations.access import is_admin

    case, process, people = show.case, show.process, show.people
    opened = [e["node"]["s"] for t in show.history for e in t.events if e["e"] == "opened" and e["node"]["s"]]
    return CaseView(
        id=case.id,
        number=case.number,
        process=case.process,
        process_title=process.title,
        subject=case.subject,
        status=case.status,
        end=case.end,
        end_title=end_title(process, case.end) if case.end else None,
        started_at=case.started_at,
        started_by=people.view(case.started_by),
        for_person=people.view(case.for_person),
        version=case.version,
        parties=show.parties(),
        facts=show.facts_shown(),
        holders=show.holders(),
        timeline=show.timeline(),
        visited=tuple(dict.fromkeys(opened)),
        active=tuple(node["s"] for node in nodes(show.state["root"]) if node["s"]),
        exits=show.exits(),
        take_back=show.take_back(),
        can_cancel=case.status == "open" and is_admin(show.ctx, show.tx, show.caller.person),
        definition_hash=case.def_hash,
    )


def _listed(value: Any) -> list[str]:
    if not value:
        return []
    return list(value) if isinstance(value, list) else [value]


def _place(state: State, n: int) -> tuple[int, str]:
    from engine.runtime.state import place_of

    return place_of(state, n)


def _filled_in(text: str, values: dict[str, str]) -> str:
    """``{name}`` in *text* replaced by values; nothing else of the text is interpreted."""
    for name, value in values.items():
        text = text.replace("{" + name + "}", value)
    return text


class _Names:
    """The names that sentences use."""

    def __init__(self, people: Any) -> None:
        self.person = people.person_name
        self.audience = people.audience
        self.unit = people.unit_name
