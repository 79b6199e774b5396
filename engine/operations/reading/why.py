"""Why a task is with the reader: the sentence, and the details that it unfolds to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine.audience import AnyoneOf, RoleAt, User, parse_audience, person_of
from engine.clock import Micros
from engine.definition.model import Step, WhoRule
from engine.definition.telling.phrasing import Phrases
from engine.definition.values.durations import Duration
from engine.definition.values.moments import to_datetime
from engine.definition.values.saying import date_words, end_words
from engine.definition.values.types import DURATION
from engine.errors import REFUSALS
from engine.i18n import Text, listed
from engine.operations.reading.grounds import Why
from engine.operations.reading.parts import Showing
from engine.runtime.people import excluded, matching, units
from engine.runtime.rights import acting_for
from engine.runtime.shapes.parts import Clock, Seat
from engine.runtime.shapes.tree import AskNode
from engine.runtime.titles import outcome_title
from engine.store import people
from engine.store.schema.columns import NEVER
from engine.store.tasks import Task


def why(show: Showing, node: AskNode, seat: Seat) -> Why:
    """Why this task is with the reader, or with whom it is, and the details that it unfolds to."""
    details = [*_rule(show, node, seat), *_holding(show, seat)]
    step = show.step(node["s"])
    if step.due is not None and "due" in node and "at" in node["due"]:
        details.append(_deadline(show, step, node))
    return Why(_reason(show, node, seat), tuple(details))


def _reason(show: Showing, node: AskNode, seat: Seat) -> Text:
    """The one sentence; never one that is true only of somebody else."""
    who, title, me = show.people.audience(seat.audience), show.step(node["s"]).title, show.caller.person
    if not show.facts.may(me, seat.audience):
        return Text(f"这个环节由{who.zh}办理，不在你手里。", f"“{title.en}” is for {who.en}, not with you.")
    if me in excluded(show.step(node["s"]), show.env):
        return Text(f"你办过此件前面的环节，“{title.zh}”要由另一个人办理。",
                    f"You acted on this before, so somebody else has to do “{title.en}”.")  # fmt: skip
    held_by = show.held_by(node, seat)
    whom = _principal(show, node, seat, held_by)
    if held_by not in ("", me, whom):
        name = show.people.person_name(held_by)
        return Text(f"{name}已认领，现在在{name}手里。你也是{who.zh}，需要时请{name}放回。",
                    f"{name} has claimed it. You are {who.en} too: ask {name} to release it if need be.")  # fmt: skip
    if whom:
        name = show.people.person_name(whom)
        as_who = Text("", "") if person_of(seat.audience) == whom else Text(f"：{name}是{who.zh}", f", who is {who.en}")
        return Text(f"到你这里，因为你代{name}{as_who.zh}，本环节由{who.zh}办理。",
                    f"With you, because you stand in for {name}{as_who.en}, who does “{title.en}”.")  # fmt: skip
    return _moved(show, seat) or _asked(seat, who, title, nobody="nobody" in node)


def _asked(seat: Seat, who: Text, title: Text, *, nobody: bool) -> Text:
    """Why somebody is asked by the rule itself."""
    if nobody:
        return Text(f"到你这里，因为“{title.zh}”没有人可办，由{who.zh}处理。",
                    f"With you, because nobody can do “{title.en}”; it falls to {who.en}.")  # fmt: skip
    match parse_audience(seat.audience):
        case User():
            return Text(f"到你这里，因为本环节由{who.zh}本人办理。", f"With you, because “{title.en}” is for {who.en}.")
        case AnyoneOf():
            return Text(f"到你这里，因为本环节{who.zh}都可以办理。", f"With you, because {who.en} may do “{title.en}”.")
    return Text(f"到你这里，因为你是{who.zh}，本环节由{who.zh}办理。",
                f"With you, because you are {who.en}, who does “{title.en}”.")  # fmt: skip


def _principal(show: Showing, node: AskNode, seat: Seat, held_by: str) -> str:
    """For whom the reader would act; "" in their own right or not at all."""
    if held_by == show.caller.person:
        return ""
    try:
        return acting_for(show.step(node["s"]), show.env, node, seat, show.caller.person)
    except REFUSALS:
        return ""


def _moved(show: Showing, seat: Seat) -> Text | None:
    """Who or what brought the task here after it was opened."""
    for event in (event for turn in reversed(show.history) for event in reversed(turn.events)):
        if event["e"] == "reassigned" and event["n"] == seat.n and event["how"] == "transferred":
            name = show.people.person_name(event["by"])
            return Text(f"到你这里，因为{name}把这个环节转给了你。", f"With you, because {name} transferred it to you.")
        if event["e"] == "escalated" and any(moved.n == seat.n for moved in event.get("seats", ())):
            return Text("到你这里，因为原来的办理人到期没有办，系统按规定转来。这不等于同意。",
                        "With you by rule, because it was not done in time. This is not a yes.")  # fmt: skip
    return None


def _rule(show: Showing, node: AskNode, seat: Seat) -> Iterator[Text]:
    """The rule in words, the values that it found, who was passed over, whom it keeps away and who else may act."""
    step = show.step(node["s"])
    if step.who is None:
        return
    rule = Phrases(show.process, show.people.role).who(step.who)
    yield Text(f"规则：本环节由{rule.zh}办理", f"rule: this step is done by {rule.en}")
    yield from _values(show, step.who)
    yield from _passed_over(show, step.who, seat)
    kept_away = excluded(step, show.env)
    if kept_away:
        names = _listed(show, kept_away)
        yield Text(f"{names.zh}办过前面的环节，不能办这里", f"{names.en} acted before and may not act here")
    elif step.not_:
        yield Text("办过前面环节的人不能办这里", "whoever acted before may not act here")
    others = [person for person in show.holding(seat.audience) if person not in (*kept_away, show.caller.person)]
    if others:
        names = _listed(show, others[:5])
        yield Text(f"还可以由{names.zh}办理", f"{names.en} may do it too")


def _values(show: Showing, rule: WhoRule) -> Iterator[Text]:
    """What the form says of whatever the rule looks at, as far as the reader may see it."""
    formulas = [condition for condition, _ in rule.cases if condition is not None]
    formulas += [f for who in matching(rule, show.env) for f in (who.unit, who.person, who.on) if f is not None]
    named = {name.partition(".")[0] for formula in formulas for name in formula.names}
    for party in show.parties():
        if party.name in named:
            yield Text(f"{party.title.zh}是{party.unit_name}", f"{party.title.en}: {party.unit_name}")
    fields = tuple(field.name for field in show.process.fields if field.name in named)
    for one in show.facts_shown(fields) if fields else ():
        yield Text(f"{one.title.zh}是{one.words.zh or '空'}", f"{one.title.en}: {one.words.en or 'empty'}")


def _passed_over(show: Showing, rule: WhoRule, seat: Seat) -> Iterator[Text]:
    """The units below the one that is asked, in which nobody could act."""
    audience = parse_audience(seat.audience)
    if not isinstance(audience, RoleAt):
        return
    role, at = audience.role, audience.unit
    for who in matching(rule, show.env):
        asked = units(who.unit, show.env)
        if who.kind != "role" or who.name != role or at in asked:
            continue
        called, called_role = show.people.unit_name(at), show.people.role(role)
        for below in asked:
            if at in show.people.path(below):
                name = show.people.unit_name(below)
                yield Text(f"{name}没有能办的{called_role.zh}，由上级{called}办理",
                           f"no {called_role.en} of {name} can act, so it is with {called} above")  # fmt: skip


def _holding(show: Showing, seat: Seat) -> Iterator[Text]:
    """By which grant the reader, or whom they stand in for, has the role, and until when they stand in."""
    me, now = show.caller.person, show.ctx.now
    whom = show.facts.principal(me, seat.audience)
    grant = people.grant(show.tx, show.ctx.id, whom or me, seat.audience, now)
    if grant is not None:
        name, who = show.people.person_name(whom or me), show.people.audience(seat.audience)
        span = _span(*grant, now)
        yield Text(f"{name}{span.zh}是{who.zh}", f"{name} is {who.en}{span.en}")
    until = people.standing_until(show.tx, show.ctx.id, whom, me, now) if whom else None
    if until is not None:
        name = show.people.person_name(whom)
        span = _span(0, until, now)
        yield Text(f"你代{name}{span.zh}", f"you stand in for {name}{span.en}")


def _span(since: Micros, until: Micros, now: Micros) -> Text:
    """``自2025年6月10日起到6月13日00:00``; nothing of what has no such end. A beginning is a matter of years."""
    zh = en = ""
    if since:
        first = date_words(to_datetime(since), None)
        zh, en = f"自{first.zh}起", f" since {first.en}"
    if until < NEVER:
        last = end_words(to_datetime(until), now)
        zh, en = f"{zh}到{last.zh}", f"{en} until {last.en}"
    return Text(zh, en)


def _listed(show: Showing, persons: Iterable[str]) -> Text:
    return listed(show.people.person_name(person) for person in persons)


def closed_why(show: Showing, row: Task) -> Why:
    """Who dealt with a task that is closed."""
    if not row.outcome:
        return Why(Text("这个环节已经关闭。", "This task is closed."))
    outcome = outcome_title(show.process, row.step, row.outcome)
    if not row.actor:
        return Why(Text(f"到期没有人办理，系统按规定：{outcome.zh}。", f"Nobody did it; by rule: {outcome.en}."))
    who = show.people.person_name(row.actor)
    return Why(Text(f"{who}已办理，结果是{outcome.zh}。", f"{who} dealt with it: {outcome.en}."))


def _deadline(show: Showing, step: Step, node: AskNode) -> Text:
    """The sum that gives the deadline where one does, else the deadline alone: another calendar may have moved it."""
    clock, calendar = node["due"], show.ctx.district.calendar
    for base, length in _sums(show, step, clock):
        if calendar.add(base, length) == clock["at"]:
            return calendar.explain(base, length, show.ctx.now)
    at = end_words(to_datetime(clock["at"]), show.ctx.now)
    return Text(f"期限：{at.zh}", f"due {at.en}")


def _sums(show: Showing, step: Step, clock: Clock) -> Iterator[tuple[Micros, Duration]]:
    """What the clock counts, or what it counted before it went on to the next rung."""
    if clock.get("over"):
        within = show.env.live(step.due.within, DURATION) if step.due and step.due.within else None
        if isinstance(within, Duration):
            yield clock["from"], within
    elif len(clock["span"]) == 1:
        yield clock["base"], Duration(*clock["span"][0])
