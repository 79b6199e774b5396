"""Rights that change while a task is open: who lost theirs may not act, and does not stand in anybody's way."""

from __future__ import annotations

import json

import pytest

from engine.audience import role_key
from engine.errors import Forbidden
from engine.runtime import commands as c
from engine.runtime.evolve import replay
from engine.runtime.shapes.events import as_event
from tests.unit.runtime.story import Story

ONE = """
- step: ok
  ask: role head of home
  outcomes: {agree: next, refuse: end refused}
"""
EVERYBODY = ONE.replace("ask: role head of home", "ask: role head of home\n  sign: all")
BESIDE = """
- step: pair
  parallel:
    x: [{step: x, ask: role head of home, not: [y], outcomes: {fine: next}}]
    y: [{step: y, ask: role head of home, outcomes: {fine: next}}]
  outcomes: {met: next}
"""
TWO_WHO = ONE.replace("role head of home", "[role head of home, role chief of home]")


def begun(steps: str = ONE, **members: set[str]) -> tuple[Story, dict[str, set[str]]]:
    """A case, and who is behind each role; change it and the facts change."""
    people = {role_key(role, "u"): names for role, names in members.items()}
    return Story(steps, members=people).start(), people


def test_who_lost_the_role_may_not_act_though_the_claim_is_theirs() -> None:
    story, people = begun(head={"bo", "cy"})
    story.give(c.Claim("bo", story.seat("ok")))
    people["role:head@u"].remove("bo")
    with pytest.raises(Forbidden) as refusal:
        story.act("ok", "agree", by="bo")
    assert refusal.value.code == "not_asked"


@pytest.mark.parametrize("verb", ["act", "claim", "transfer"])
def test_a_claim_of_who_lost_the_role_does_not_block_the_others(verb: str) -> None:
    story, people = begun(head={"bo", "cy"})
    n = story.seat("ok")
    story.give(c.Claim("bo", n))
    people["role:head@u"].remove("bo")
    match verb:
        case "act":
            story.act("ok", "agree", by="cy")
            assert story.end == "done"
        case "claim":
            story.give(c.Claim("cy", n))
            assert story.node("ok")["seats"] == [(n, "role:head@u", "cy")]
        case "transfer":
            story.give(c.Transfer("cy", n, "di", "出差", "reason"))
            assert story.audiences("ok") == ["user:di"]


def test_a_claim_of_who_is_kept_away_since_does_not_block_the_others() -> None:
    story, _ = begun(BESIDE, head={"bo", "cy"})
    story.give(c.Claim("bo", story.seat("x")))
    story.act("y", "fine", by="bo")
    story.act("x", "fine", by="cy")
    assert story.end == "done"


def test_who_lost_the_role_may_still_give_the_task_back() -> None:
    story, people = begun(head={"bo", "cy"})
    n = story.seat("ok")
    story.give(c.Claim("bo", n))
    people["role:head@u"].remove("bo")
    story.give(c.Claim("bo", n, release=True))
    assert story.node("ok")["seats"] == [(n, "role:head@u", "")]


def test_looking_again_frees_such_a_claim_and_leaves_others_alone() -> None:
    story, people = begun(head={"bo", "cy"})
    n = story.seat("ok")
    story.give(c.Claim("bo", n))
    assert story.give(c.Recheck()) == []
    people["role:head@u"].remove("bo")
    story.give(c.Recheck())
    assert story.node("ok")["seats"] == [(n, "role:head@u", "")]
    assert story.give(c.Recheck()) == []


def test_a_task_that_nobody_answers_to_goes_to_who_mends_such_things_and_back() -> None:
    story, people = begun(head={"bo"})
    n = story.seat("ok")
    people["role:head@u"].clear()
    story.give(c.Recheck())
    assert story.node("ok")["seats"] == [(n, "role:district_admin@", "")] and story.node("ok")["nobody"]
    assert story.give(c.Recheck()) == []
    people["role:head@u"].add("cy")
    story.give(c.Recheck())
    assert story.node("ok")["seats"] == [(n, "role:head@u", "")] and "nobody" not in story.node("ok")
    story.act("ok", "agree", by="cy")
    assert story.end == "done"


def test_a_seat_that_died_is_left_out_where_another_is_asked_too() -> None:
    story, people = begun(TWO_WHO, head={"bo"}, chief={"di"})
    people["role:head@u"].clear()
    story.give(c.Recheck())
    assert story.audiences("ok") == ["role:chief@u"]
    story.act("ok", "agree", by="di")
    assert story.end == "done"


def test_a_signature_of_who_lost_the_role_is_refused() -> None:
    story, people = begun(EVERYBODY, head={"bo", "cy"})
    people["role:head@u"].remove("bo")
    with pytest.raises(Forbidden):
        story.act("ok", "agree", by="bo", seat="user:bo")
    story.act("ok", "agree", by="cy", seat="user:cy")
    assert story.open == ["ok"], "nobody's signature is left out in silence"


def test_a_signature_that_nobody_can_give_any_more_is_the_successors() -> None:
    story, people = begun(EVERYBODY, head={"bo", "cy"})
    bos = story.seat("ok", "user:bo")
    story.act("ok", "agree", by="cy", seat="user:cy")
    people["role:head@u"] -= {"bo"}
    people["role:head@u"] |= {"di"}
    story.give(c.Recheck())
    assert story.seat("ok", "user:di") == bos
    story.act("ok", "agree", by="di", seat="user:di")
    assert story.end == "done"


def test_a_roll_that_was_looked_at_again_and_then_handed_on_replays() -> None:
    """Shrunk from the properties: what looking again said of a roll was no JSON, and a claim could not follow it."""
    story, people = begun(EVERYBODY, head={"bo", "cy"})
    people["role:head@u"] ^= {"bo", "di"}
    story.give(c.Recheck())
    story.give(c.Claim("di", story.seat("ok", "user:di")))
    assert replay(map(as_event, json.loads(json.dumps(story.events)))) == story.state


def test_a_signature_without_a_successor_is_for_who_mends_such_things() -> None:
    story, people = begun(EVERYBODY, head={"bo", "cy"})
    story.act("ok", "agree", by="cy", seat="user:cy")
    people["role:head@u"] -= {"bo"}
    story.give(c.Recheck())
    assert story.audiences("ok") == ["role:district_admin@", "user:cy"]
    story.act("ok", "agree", by="admin", seat="role:district_admin@")
    assert story.end == "done"


def test_a_signature_without_a_successor_is_not_left_out_while_others_still_sign() -> None:
    story, people = begun(EVERYBODY, head={"bo", "cy"})
    people["role:head@u"] -= {"bo"}
    story.give(c.Recheck())
    assert story.audiences("ok") == ["role:district_admin@", "user:cy"]
    story.act("ok", "agree", by="cy", seat="user:cy")
    assert story.open == ["ok"]


def test_who_was_handed_a_signature_needs_no_role_for_it() -> None:
    story, people = begun(EVERYBODY, head={"bo", "cy"})
    story.give(c.Transfer("bo", story.seat("ok", "user:bo"), "eve", "出差", "reason"))
    people["role:head@u"] -= {"bo"}
    assert story.give(c.Recheck()) == []
    story.act("ok", "agree", by="eve", seat="user:eve")
    story.act("ok", "agree", by="cy", seat="user:cy")
    assert story.end == "done"


def test_a_task_handed_to_who_left_the_district_is_asked_anew() -> None:
    story, _ = begun(head={"bo", "cy"})
    story.give(c.Transfer("bo", story.seat("ok"), "eve", "出差", "reason"))
    story.facts.gone.add("eve")
    with pytest.raises(Forbidden):
        story.act("ok", "agree", by="eve")
    story.give(c.Recheck())
    assert story.audiences("ok") == ["role:head@u"]


def test_what_moved_on_by_itself_is_not_taken_back() -> None:
    story, people = begun(ONE + ONE.replace("step: ok", "step: then"), head={"bo", "cy"})
    story.act("ok", "agree", by="bo")
    story.give(c.Claim("bo", story.seat("then")))
    people["role:head@u"].remove("bo")
    story.give(c.Recheck())
    assert story.last("bo") is None


def test_who_lost_the_role_cannot_take_back_either() -> None:
    story, people = begun(ONE + ONE.replace("step: ok", "step: then"), head={"bo", "cy"})
    n = story.seat("ok")
    story.act("ok", "agree", by="bo")
    people["role:head@u"].remove("bo")
    with pytest.raises(Forbidden):
        story.give(c.TakeBack("bo", n))


def test_an_applicant_takes_back_what_an_exit_offered_them() -> None:
    steps = """
- step: ok
  ask: role head of home
  outcomes: {agree: next, drop_it: {by: applicant, then: next}}
- {step: then, ask: role head of home, outcomes: {fine: next}}
"""
    story, _ = begun(steps, head={"bo"})
    n = story.seat("ok")
    story.act("ok", "drop_it", by="ann")
    story.give(c.TakeBack("ann", n))
    assert story.open == ["ok"]


#: Whoever the form names, who may be nobody.
NAMED = "[{if: not empty(who), who: person who}, {else: true, who: role chief of home}]"


@pytest.mark.parametrize("ask", ["applicant", NAMED, "person start.who"], ids=["applicant", "named", "starter"])
def test_a_step_for_somebody_who_left_is_for_who_mends_such_things_and_they_are_told(ask: str) -> None:
    two = ONE + ONE.replace("step: ok", "step: then").replace("role head of home", ask)
    story = Story(two).start(who="ann")
    story.facts.gone.add("ann")
    story.act("ok", "agree", by="bo")
    assert story.audiences("then") == ["role:district_admin@"] and story.node("then")["nobody"]
    assert {"e": "told", "to": ["role:district_admin@"], "what": "then:nobody"} in story.events
    story.act("then", "agree", by="admin")
    assert story.end == "done"


@pytest.mark.parametrize("ask", ["applicant", NAMED], ids=["applicant", "named"])
def test_a_task_of_somebody_who_left_moves_to_who_mends_such_things_and_back(ask: str) -> None:
    story = Story(ONE.replace("role head of home", ask)).start(who="ann")
    n = story.seat("ok")
    assert story.audiences("ok") == ["user:ann"]
    story.facts.gone.add("ann")
    done = story.give(c.Recheck())
    assert story.node("ok")["seats"] == [(n, "role:district_admin@", "")]
    assert [event["what"] for event in done if event["e"] == "told"] == ["ok:nobody"]
    assert story.give(c.Recheck()) == [], "nobody is told twice"
    story.facts.gone.clear()
    story.give(c.Recheck())
    assert story.node("ok")["seats"] == [(n, "user:ann", "")]


def test_a_form_given_back_to_an_applicant_who_left_is_for_who_mends_such_things() -> None:
    story = Story(ONE.replace("refuse: end refused", "revise: {then: back start, at_most: 2}")).start(a="x")
    story.facts.gone.add("ann")
    story.act("ok", "revise", by="bo")
    assert story.audiences("start") == ["role:district_admin@"]
    story.act("start", "submit", by="admin", a="y")
    assert story.open == ["ok"]


def test_nobody_who_left_is_told_anything() -> None:
    story = Story(ONE.replace("agree: next", "agree: {tell: applicant, then: next}")).start()
    story.facts.gone.add("ann")
    story.act("ok", "agree", by="bo")
    assert not any(event["e"] == "told" for event in story.events)


#: A step for somebody by name, and what it leaves behind: for whom it was done.
DONE = """
- step: ok
  if: not empty(who)
  ask: %s
  outcomes: {agree: {set: {who: =ok.for}, then: next}}
- {step: rest, ask: role head of home, outcomes: {agree: next}}
"""


@pytest.mark.parametrize(
    ("ask", "gone", "by", "whom"),
    [
        ("person who", {"eve"}, "admin", "eve"),
        ("[person who, person start.who]", {"eve", "ann"}, "admin", "admin"),
        ("[person who, role chief of home]", {"eve"}, "admin", "admin"),
        ("person who, not: [start]", set(), "admin", "admin"),
        ("role chief of home", set(), "admin", "admin"),
        ("person who", set(), "eve", "eve"),
        ("person who", set(), "dep", "eve"),
    ],
    ids=["named", "several", "with a role", "kept away", "a role", "there", "deputy"],
)
def test_what_is_done_for_one_who_has_gone_is_theirs_and_not_of_who_mends_it(
    ask: str, gone: set[str], by: str, whom: str
) -> None:
    starter = "eve" if "not:" in ask else "ann"
    story = Story(DONE.replace("%s", ask).replace(", not: ", "\n  not: "), members={"role:chief@u": set()})
    story.start(by=starter, who="eve")
    story.facts.standing_in[by, "user:eve"] = "eve" if by == "dep" else ""
    story.facts.gone |= gone
    story.give(c.Recheck())
    story.act("ok", "agree", by=by)
    assert story.state["data"]["who"] == whom
    assert story.state["acted"]["ok"][0] == by
