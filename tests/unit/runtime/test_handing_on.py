"""To whom a task may be handed: whoever the step asks; beyond that as the district says; nobody else, and never nobody."""

from __future__ import annotations

import pytest

from engine.audience import role_key
from engine.definition.district.model import Beyond
from engine.errors import Conflict, Forbidden, Invalid, RongtongError
from engine.runtime import commands as c
from engine.runtime.hands import requests
from tests.unit.runtime.story import Story

OK = """
- step: ok
  ask: role head of home
  not: [start]
  outcomes: {agree: next, refuse: end refused}
"""
#: ann applies and is a head too; eve has a role elsewhere; vic lives here and has none.
MEMBERS = {"role:head@u": {"bo", "cy", "ann"}, "role:@": {"ann", "bo", "cy", "di", "eve", "admin"},
           "role:district_admin@": {"admin"}, "role:chief@u": {"di"}}  # fmt: skip


def begun(steps: str = OK, **members: set[str]) -> Story:
    people = {role_key(role, "u"): names for role, names in members.items()}
    return Story(steps, members={**MEMBERS, **people}).start()


def handed(story: Story, to: str, beyond: Beyond = "refuse", reason: str = "", by: str = "bo") -> str:
    """What came of handing the task on: its audience, or the code of the refusal."""
    try:
        story.give(c.Transfer(by, story.seat("ok"), to, reason, beyond))
    except Invalid as refusal:
        return refusal.problems[0].code
    except RongtongError as refusal:
        return refusal.code
    return story.audiences("ok")[0]


@pytest.mark.parametrize(
    ("to", "beyond", "reason", "came"),
    [
        ("cy", "refuse", "", "user:cy"),
        ("", "refuse", "", "choose-colleague"),
        ("", "reason", "出差", "choose-colleague"),
        ("bo", "reason", "出差", "choose-colleague"),
        ("eve", "refuse", "出差", "not_for_them"),
        ("eve", "reason", "", "transfer-reason"),
        ("eve", "reason", "出差", "user:eve"),
        ("eve", "consent", "", "transfer-reason"),
        ("vic", "refuse", "", "not_for_them"),
        ("vic", "reason", "出差", "not_for_them"),
        ("vic", "consent", "出差", "not_for_them"),
        ("ann", "reason", "出差", "excluded"),
        ("gone", "reason", "出差", "unknown-person"),
    ],
)
def test_a_task_goes_only_to_who_may_have_it(to: str, beyond: Beyond, reason: str, came: str) -> None:
    story = begun()
    story.facts.gone.add("gone")
    assert handed(story, to, beyond, reason) == came


def test_who_applied_is_not_handed_the_decision_even_where_nothing_keeps_them_away() -> None:
    story = begun(OK.replace("  not: [start]\n", ""), head={"bo"})
    assert handed(story, "ann", "reason", "出差") == "not_for_them"


def test_of_a_task_that_anybody_may_take_only_who_holds_a_role_is_handed_it() -> None:
    story = begun(OK.replace("role head of home", "anyone of home"))
    assert handed(story, "vic") == "not_for_them"
    assert handed(story, "eve") == "user:eve"


def test_whoever_mends_a_task_that_nobody_can_do_names_anybody_with_a_role() -> None:
    story = begun(head=set())
    assert story.node("ok")["nobody"]
    assert handed(story, "vic", by="admin", reason="代办") == "not_for_them"
    assert handed(story, "eve", by="admin") == "transfer-reason"
    assert handed(story, "eve", by="admin", reason="代办") == "user:eve"
    assert story.give(c.Recheck()) == [], "what was mended stays mended"
    story.act("ok", "agree", by="eve")
    assert story.end == "done"


def test_a_request_waits_for_an_administrator_and_the_task_with_who_has_it() -> None:
    story = begun()
    n = story.seat("ok")
    assert handed(story, "eve", "consent", "出差") == "role:head@u"
    assert requests(story.state or {}) == {n: {"by": "bo", "to": "eve"}}
    with pytest.raises(Forbidden):
        story.act("ok", "agree", by="eve")
    story.give(c.Consent("admin", n, True))
    assert story.audiences("ok") == ["user:eve"] and requests(story.state or {}) == {}
    with pytest.raises(Conflict):
        story.give(c.Consent("admin", n, True))
    story.act("ok", "agree", by="eve")
    assert story.end == "done"


def test_a_request_that_is_declined_leaves_the_task_where_it_was() -> None:
    story = begun()
    n = story.seat("ok")
    handed(story, "eve", "consent", "出差")
    story.give(c.Consent("admin", n, False))
    assert story.audiences("ok") == ["role:head@u"] and "handing" not in story.node("ok")
    story.act("ok", "agree", by="bo")
    assert story.end == "done"


def test_an_administrator_who_has_the_task_needs_nobody_s_consent() -> None:
    story = begun(head={"admin"})
    assert handed(story, "eve", "consent", "出差", by="admin") == "user:eve"


def test_a_request_for_somebody_who_left_meanwhile_is_not_agreed_to() -> None:
    story = begun()
    handed(story, "eve", "consent", "出差")
    story.facts.gone.add("eve")
    with pytest.raises(Conflict) as refusal:
        story.give(c.Consent("admin", story.seat("ok"), True))
    assert refusal.value.code == "cannot_agree"
    assert story.audiences("ok") == ["role:head@u"]


def test_the_request_goes_with_a_signature_and_with_a_new_holder() -> None:
    story = begun(OK.replace("  not: [start]\n", "  sign: all\n"), head={"bo", "cy"})
    n = story.seat("ok", "user:bo")
    story.give(c.Transfer("bo", n, "eve", "出差", "consent"))
    story.act("ok", "agree", by="bo", seat="user:bo")
    with pytest.raises(Conflict):
        story.give(c.Consent("admin", n, True))
    story = begun()
    handed(story, "eve", "consent", "出差")
    handed(story, "cy")
    assert requests(story.state or {}) == {}


def test_the_request_goes_with_whoever_claims_the_task_and_not_with_who_gives_it_back() -> None:
    story = begun()
    n = story.seat("ok")
    story.give(c.Claim("bo", n))
    handed(story, "eve", "consent", "出差")
    story.give(c.Claim("bo", n, release=True))
    assert requests(story.state or {}) == {n: {"by": "bo", "to": "eve"}}
    story.give(c.Claim("cy", n))
    assert requests(story.state or {}) == {}
    with pytest.raises(Conflict):
        story.give(c.Consent("admin", n, True))
    assert [(seat.audience, seat.holder) for seat in story.node("ok")["seats"]] == [("role:head@u", "cy")]


def test_handing_on_is_taken_back_until_somebody_acted() -> None:
    story = begun()
    n = story.seat("ok")
    story.give(c.Claim("bo", n))
    handed(story, "cy")
    assert story.last("cy") is None and story.last("bo") == n
    story.give(c.TakeBack("bo", n))
    assert [(seat.audience, seat.holder) for seat in story.node("ok")["seats"]] == [("role:head@u", "bo")]
    handed(story, "cy")
    story.give(c.Claim("cy", story.seat("ok")))
    assert story.last("bo") is None


def test_what_an_administrator_agreed_to_is_not_taken_back() -> None:
    story = begun()
    handed(story, "eve", "consent", "出差")
    story.give(c.Consent("admin", story.seat("ok"), True))
    assert story.last("bo") is None and story.last("admin") is None
