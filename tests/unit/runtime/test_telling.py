"""Every event has a sentence in both languages, without a gap, an id or a word of the engine's own."""

from __future__ import annotations

import re

import pytest

from engine.clock import Micros
from engine.definition.calendar.working import calendar_from
from engine.definition.model import Process
from engine.definition.values.moments import to_datetime
from engine.definition.values.saying import moment_words
from engine.i18n import Text, both
from engine.runtime import commands as c
from engine.runtime.evolve import KINDS
from engine.runtime.shapes.events import Event
from engine.runtime.telling.events import QUIET, tell
from tests.unit.runtime.story import Story


class Called:
    """Names that stand out in a sentence."""

    def person(self, person: str) -> str:
        return f"«{person}»"

    def end(self, at: Micros) -> Text:
        return self.moment(at)

    def moment(self, at: Micros) -> Text:
        return moment_words(to_datetime(at), 0)

    def audience(self, key: str) -> Text:
        return both(f"«{key.split(':')[-1]}»")

    def unit(self, unit: str) -> str:
        return f"«{unit}»"


STEPS = """
- step: hold
  title: 占座
  do: t.hold
  with: {name: =a}
  outcomes: {held: {title: 占上了, then: next}, refused: end refused}
- step: whole
  title: 整段
  stage:
  - step: ok
    title: 审批
    ask: role head of home
    due: {within: 2 days, remind: 50%, late: escalate role chief of home}
    outcomes:
      agree: {title: 同意, tell: applicant, then: next}
      revise: {title: 退回修改, then: back start, again: changed, at_most: 3}
  - step: both
    title: 两边
    parallel:
      x: [{step: xok, title: 左, ask: role head of home, outcomes: {agree: next, no: drop}}]
      y: [{step: yok, title: 右, ask: role head of home, outcomes: {agree: next}}]
    need: all
    outcomes: {met: next, short: end refused}
  due: {within: 9 days, late: over}
  outcomes: {done: next, over: {by: clock, then: end left}}
- {step: until, title: 等候, if: not empty(day), wait: {until: "coalesce(day, now)"}}
"""


MEMBERS = {"role:head@u": {"bo", "cy", "di"}, "role:district_admin@": {"admin"}}


def _lived() -> tuple[Process, list[Event]]:
    """A few cases that between them meet every kind of event."""
    failing = iter([True])
    story = Story(STEPS, more="due: {within: 300 days, late: escalate role chief of home}", members=MEMBERS)
    story.fails = lambda: next(failing, False)
    story.start("ann", "ill", a="x", b="y", day="2026-12-24T12:00")
    story.give(c.Retry("admin", story.of_kind("do")["n"]))
    story.give(c.Comment("ann"))
    n = story.seat("ok")
    story.give(c.Claim("bo", n))
    story.give(c.Claim("bo", n, release=True))
    story.give(c.Transfer("bo", n, "cy"))
    story.give(c.TakeBack("bo", n))
    n = story.seat("ok")
    for agreed in (False, True):
        story.give(c.Transfer("bo", n, "eve", "出差", "consent"))
        story.give(c.Consent("admin", n, agreed))
    story.act("ok", "revise", by="eve")
    story.act("start", "submit", by="ann", a="x", b="z", day="2026-12-24T12:00")
    story.act("ok", "revise")
    story.act("start", "submit", by="ann", a="other", b="z", day="2026-12-24T12:00")
    n = story.seat("ok")
    story.act("ok", "agree")
    story.give(c.TakeBack("bo", n))
    story.wait(days=4)
    story.act("ok", "agree", by="di")
    story.act("xok", "agree")
    story.facts.standing_in["bo", story.audiences("yok")[0]] = "cy"
    story.act("yok", "agree")
    story.wait(days=365)
    cancelled = Story(STEPS).start(a="x")
    cancelled.give(c.Cancel("admin"))
    dropped = Story(STEPS).start(a="x")
    dropped.act("ok", "agree")
    dropped.act("xok", "no")
    members = {"role:head@u": {"bo"}, "role:chief@u": {"di"}}
    left = Story(STEPS, members=members).start(a="x")
    members["role:head@u"].clear()
    members["role:chief@u"].clear()
    left.give(c.Recheck())
    silent = Story(STEPS).start(a="x").wait(days=30)
    days_off = Story(STEPS.replace("2 days", "2 workdays")).start(a="x")
    days_off.facts.days = (calendar_from({"years": {"2026": {"holidays": {"休": "06-17/06-19"}}}}))
    days_off.give(c.Recount())
    events = [event for each in (story, cancelled, dropped, left, silent, days_off) for event in each.events]
    return story.definition.process, events


PROCESS, EVENTS = _lived()
#: What people wrote in the process: the only Chinese that may stand in an English sentence.
_HEAD = ("试办", "本站", "甲", "乙", "时刻", "办成", "未成", "放下")
_WRITTEN = sorted([*re.findall(r"title: (\w+)", STEPS), *_HEAD], key=len)
TITLES = re.compile("|".join(reversed(_WRITTEN)))


def test_the_cases_meet_every_kind_of_event() -> None:
    assert set(KINDS) == {event["e"] for event in EVENTS}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_event_has_a_sentence_in_both_languages(kind: str) -> None:
    said = [sentence for event in EVENTS if event["e"] == kind and (sentence := tell(event, PROCESS, Called()))]
    if kind == "filled":
        said += [s for e in EVENTS if e["e"] == kind
                 and (s := tell({**e, "names": sorted(e["values"])}, PROCESS, Called()))]  # fmt: skip
    assert said, f"no {kind} says anything"
    for sentence in said:
        assert re.search(r"[\u4e00-\u9fff]", sentence.zh), sentence
        assert not re.search(r"[\u4e00-\u9fff]", TITLES.sub("", sentence.en)), sentence
        for words in sentence:
            assert not re.search(r"None|\{|\}|role:|user:|！|失败|非法|无效", words), words


def test_what_a_reader_has_to_know_is_not_quiet() -> None:
    loud = {"started", "signed", "returned", "reminded", "escalated", "reassigned", "reseated", "incident", "retried",
            "taken_back", "ended", "noted", "moved", "undone", "opened", "skipped", "filled", "requested",
            "declined"}  # fmt: skip
    assert loud | QUIET | {"joined"} == set(KINDS)
    assert not loud & QUIET


def _said(kind: str, **some: object) -> Text | None:
    event = next(e for e in EVENTS if e["e"] == kind and some.items() <= e.items())
    return tell(event, PROCESS, Called())


def test_a_start_for_somebody_names_both() -> None:
    assert _said("started") == Text("«ann»（«u»）代«ill»发起试办", "«ann» («u») started 试办 for «ill»")


def test_a_decision_names_who_where_and_what() -> None:
    assert _said("signed", x="agree", by="di") == Text("«di»在“审批”同意", "«di» at “审批”: 同意")


def test_a_decision_for_another_names_whom() -> None:
    said = _said("signed", x="agree", **{"for": "cy"})
    assert said == Text("«bo»代«cy»在“右”agree", "«bo», for «cy», at “右”: agree")


def test_an_escalation_says_that_silence_is_no_yes() -> None:
    said = _said("escalated")
    assert said is not None
    assert said.zh == "“审批”到期没有办理，系统已转«chief@u»。这不等于同意"
    assert said.en.endswith("This is not a yes")


def test_an_end_says_how() -> None:
    assert _said("ended", end="done") == Text("办结：办成", "Ended: 办成")
    assert _said("ended", end="cancelled") == Text("办结：已取消", "Ended: Cancelled")


def test_what_happened_to_a_hand_is_told_apart() -> None:
    told = [tell(e, PROCESS, Called()) for e in EVENTS if e["e"] == "reassigned"]
    assert [t.zh for t in told if t][:3] == ["«bo»认领“审批”", "«bo»放回“审批”", "«bo»把“审批”转给«cy»"]
    assert told[3] == Text("经«admin»同意，«bo»把“审批”转给«eve»", "«bo» transferred “审批” to «eve», as «admin» agreed")
    assert _said("requested") == Text("«bo»申请把“审批”转给«eve»，等管理员答复",
                                      "«bo» asked to hand “审批” to «eve»; an administrator has to agree")  # fmt: skip
