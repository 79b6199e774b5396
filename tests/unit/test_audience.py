"""Whoever is meant is said by one text each, and every other text is refused."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.audience import (
    ANYBODY,
    SOME_ROLE,
    AnyoneOf,
    AtHome,
    Audience,
    NoAudience,
    RoleAt,
    User,
    anyone_key,
    at_home_key,
    parse_audience,
    person_of,
    role_key,
    user_key,
)
from engine.errors import Misuse

#: Ids are whatever a district writes, signs of keys among it; the name of a role has no ``@``.
_IDS = st.text("a区 :@\n", min_size=1, max_size=6) | st.text(min_size=1)
_ROLES = _IDS.filter(lambda role: "@" not in role)
AUDIENCES: st.SearchStrategy[Audience] = st.one_of(
    st.builds(User, _IDS),
    st.builds(RoleAt, _ROLES, st.just("") | _IDS),
    st.just(RoleAt()),
    st.builds(AnyoneOf, st.just("") | _IDS),
    st.builds(AtHome, _IDS),
)
#: Texts that are nearly keys.
_TEXTS = st.text("userolanyit:@ ", max_size=12) | st.lists(
    st.sampled_from(["user", "role", "any", "unit", ":", "@", "x", "User", " "]), max_size=6
).map("".join)
_KEY = re.compile(r"user:.+|role:([^@]+@.*|@)|any@.*|unit@.+", re.DOTALL)


@given(AUDIENCES)
def test_what_is_printed_is_read_as_what_it_was(audience: Audience) -> None:
    assert parse_audience(audience.key) == audience


@given(AUDIENCES, AUDIENCES)
def test_no_two_audiences_have_one_key(one: Audience, other: Audience) -> None:
    assert (one.key == other.key) is (one == other)


@given(_TEXTS)
def test_a_text_is_read_as_who_prints_it_or_refused(text: str) -> None:
    if _KEY.fullmatch(text):
        assert parse_audience(text).key == text
    else:
        with pytest.raises(NoAudience):
            parse_audience(text)


@pytest.mark.parametrize(
    ("key", "audience"),
    [
        ("user:zhang", User("zhang")),
        ("role:head@lender", RoleAt("head", "lender")),
        ("role:district_admin@", RoleAt("district_admin")),
        ("role:@", RoleAt()),
        ("any@lender", AnyoneOf("lender")),
        ("any@", AnyoneOf()),
        ("unit@lender", AtHome("lender")),
        ("user:a@b:c", User("a@b:c")),
        ("role:head@a@b:c", RoleAt("head", "a@b:c")),
    ],
)
def test_a_key_names_what_it_says(key: str, audience: Audience) -> None:
    assert parse_audience(key) == audience
    assert audience.key == key


@pytest.mark.parametrize("text", ["", "zhang", "user", "user:", "user@a", "role:head", "role:@a", "any", "any:a", "unit@", "Role:a@b"])
def test_what_no_printer_writes_is_refused_in_both_languages(text: str) -> None:
    with pytest.raises(NoAudience, match="this is no audience") as refused:
        parse_audience(text)
    assert refused.value.text.zh.startswith("这不是受理人")
    assert isinstance(refused.value, Misuse)


def test_the_short_ways_to_a_key_are_those_of_the_values() -> None:
    assert user_key("zhang") == User("zhang").key
    assert role_key("head", "a") == RoleAt("head", "a").key
    assert (anyone_key("a"), at_home_key("a")) == (AnyoneOf("a").key, AtHome("a").key)
    assert (RoleAt().key, AnyoneOf().key) == (SOME_ROLE, ANYBODY)


def test_two_who_are_called_alike_are_not_the_same() -> None:
    assert len({User("a"), AnyoneOf("a"), AtHome("a"), RoleAt("a")}) == 4


@pytest.mark.parametrize(("key", "person"), [("user:zhang", "zhang"), ("role:zhang@a", ""), ("any@zhang", ""), ("unit@a", "")])
def test_only_one_person_is_a_person(key: str, person: str) -> None:
    assert person_of(key) == person
