"""Whoever types a name means a person or a role by what people call it; what cannot be meant says what to write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from engine.errors import Invalid
from engine.i18n import Text
from engine.operations.context import Context
from engine.operations.naming import person_named
from tests.town import Town

ROLES = {"staff": Text("社工", "Social worker"), "head": Text("站长", "head of station")}


def declaring(town: Town, roles: Mapping[str, Text]) -> Context:
    return replace(town.ctx, district=replace(town.ctx.district, roles=roles))


def refused(ctx: Context, words: str) -> tuple[str, str, str]:
    with pytest.raises(Invalid) as refusal:
        person_named(ctx, words)
    (problem,) = refusal.value.problems
    assert problem.hint is not None
    return problem.code, problem.message.en, problem.hint.en


@pytest.mark.parametrize(
    "words",
    ["cai", "蔡𬭎", "district_admin@c", "区管理员@中心", "district administrator@中心", "District Administrator@c"],
)
def test_a_person_is_meant_by_id_by_name_or_by_a_role_as_either_language_calls_it(town: Town, words: str) -> None:
    assert person_named(town.ctx, words) == ("cai", "c")


@pytest.mark.parametrize("words", ["staff@甲社区", "社工@甲社区", "social worker@a", "ＳＯＣＩＡＬ worker@a"])
def test_a_role_is_meant_by_what_its_district_calls_it(town: Town, words: str) -> None:
    assert person_named(declaring(town, ROLES), words) == ("ann", "a")


@pytest.mark.parametrize("words", ["head@a", "站长@a"])
def test_a_role_that_nobody_has_there_is_said_by_its_title(town: Town, words: str) -> None:
    code, said, _ = refused(declaring(town, ROLES), words)
    assert (code, said) == ("no-holder", "nobody is head of station of 甲社区")


def test_a_role_that_is_none_is_told_with_the_one_that_was_meant(town: Town) -> None:
    code, said, hint = refused(declaring(town, ROLES), "haed@a")
    assert (code, said, hint) == ("undeclared-role", "town declares no role haed", "did you mean head?")


@pytest.mark.parametrize("words", ["社工", "staff", "区管理员", "Social Worker"])
def test_a_role_without_its_unit_is_told_what_is_missing(town: Town, words: str) -> None:
    _, said, hint = refused(declaring(town, ROLES), words)
    assert (said, hint) == (f"“{words}” is a role, not a person", f"write {words}@UNIT")


def test_what_two_roles_are_called_means_neither(town: Town) -> None:
    two = {"staff": Text("社工", "worker"), "head": Text("社工", "head")}
    assert refused(declaring(town, two), "社工@a") == (
        "same-role", "more than one role is called “社工”", "write the name of one: staff, head"
    )  # fmt: skip
    assert person_named(declaring(town, two), "worker@a") == ("ann", "a")
