"""One grammar says who is asked, told or allowed."""

from __future__ import annotations

import pytest

from engine.definition.kinds.ask import Ask
from engine.definition.model import Who, WhoRule
from engine.definition.parse.who import split, split_list
from tests.unit.definition.loading import HEAD, codes, load, loaded, with_steps


def rule(who: str, fields: str = "") -> WhoRule:
    """The rule of a step that asks *who*."""
    head = HEAD.replace("fill: [place, slot]", "fill: [place, slot, helper, stars, firm]").replace(
        "  stars:", "  firm: {type: partner}\n  stars:"
    )
    step = loaded(with_steps(f"- {{step: one, ask: {who}, outcomes: {{agree: next}}}}", head=head)).steps[0]
    assert isinstance(step, Ask)
    return step.who


def only(who: str) -> Who:
    """The single audience of *who*."""
    (case,) = rule(who).cases
    assert case[0] is None
    (audience,) = case[1]
    return audience


@pytest.mark.parametrize(
    ("text", "kind", "name", "unit", "person"),
    [
        ("applicant", "applicant", "", None, None),
        ("anyone", "anyone", "", None, None),
        ("anyone of owner", "anyone", "", "owner", None),
        ("person helper", "person", "", None, "helper"),
        ("person start.who", "person", "", None, "start.who"),
        ("role staff", "role", "staff", None, None),
        ("role 站长 of owner", "role", "站长", "owner", None),
        ("role staff of place.station", "role", "staff", "place.station", None),
        ("rota host of owner", "rota", "host", "owner", None),
    ],
)
def test_an_audience_is_told_by_its_first_word(
    text: str, kind: str, name: str, unit: str | None, person: str | None
) -> None:
    who = only(text)

    assert (who.kind, who.name, who.text) == (kind, name, text)
    assert (who.unit.text if who.unit else None) == unit
    assert (who.person.text if who.person else None) == person


def test_a_rota_may_say_on_which_day() -> None:
    who = only("rota host of owner on slot.start")

    assert who.on is not None and who.on.text == "slot.start"


def test_a_resolver_takes_its_arguments_in_order_or_by_name() -> None:
    in_order = only("\"partner_registry.near(owner, 'first aid, basic')\"")
    by_name = only("\"partner_registry.near(skill: 'first aid, basic', unit: owner, steps: 2)\"")

    assert [(key, value.formula and value.formula.text) for key, value in in_order.args] == [
        ("unit", "owner"), ("skill", "'first aid, basic'"),
    ]  # fmt: skip
    assert {key for key, _ in by_name.args} == {"skill", "unit", "steps"}


def test_a_role_of_a_plugins_value_is_the_plugins_resolver_of_that_name() -> None:
    who = only("role contact of firm")

    assert (who.kind, who.name) == ("resolver", "partner_registry.contact")
    assert [(key, value.formula and value.formula.text) for key, value in who.args] == [("partner", "firm")]


def test_several_audiences_are_a_list() -> None:
    (case,) = rule("[applicant, role staff of owner]").cases

    assert [who.kind for who in case[1]] == ["applicant", "role"]


def test_alternatives_keep_their_conditions_in_order() -> None:
    cases = rule("[{if: stars > 3, who: role a}, {else: true, who: [role b, applicant]}]").cases

    assert [(condition.text if condition else None, len(whos)) for condition, whos in cases] == [
        ("stars > 3", 1), (None, 2),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("role staff of stars", "formula-type"),
        ("person place", "formula-type"),
        ("role staff of onwer", "formula-name"),
        ("role two words", "unknown-who"),
        ("nobody", "unknown-who"),
        ("person", "unknown-who"),
        ("\"partner_registry.near(place.station, 'aid', 1, 2)\"", "unknown-input"),
        ("partner_registry.near(place.station)", "missing-input"),
    ],
)
def test_what_cannot_be_an_audience_is_a_fault(who: str, code: str) -> None:
    assert codes(with_steps(f"- {{step: one, ask: {who}, outcomes: {{agree: next}}}}")) == [code]


def test_a_misspelt_kind_of_audience_names_the_nearest() -> None:
    _, problems = load(with_steps("- {step: one, ask: rolle staff, outcomes: {agree: next}}"))

    assert problems[0].hint is not None and "role" in problems[0].hint.en


def test_keywords_inside_quotes_and_brackets_do_not_split() -> None:
    assert split("role a of f('x of y', z on w) on today", ("of", "on")) == {
        "": "role a", "of": "f('x of y', z on w)", "on": "today",
    }  # fmt: skip
    assert list(split_list("f(a, b), 'c, d', e")) == ["f(a, b)", "'c, d'", "e"]
