"""What the demo plays exists: its people, its processes, every step, outcome and field it names."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from engine.content import shipped_workflows
from engine.definition.model import Process
from engine.definition.source import data_of, read
from engine.extend.registry import Registry
from engine.operations.adopt import Pack
from engine.operations.library import Library


@cache
def demo() -> dict[str, Any]:
    node, problems = read((shipped_workflows() / "demo.yaml").read_text("utf-8"), "demo.yaml")
    assert node and not problems, [problem.line_of_text() for problem in problems]
    content: dict[str, Any] = data_of(node)
    return content


@cache
def library() -> Library:
    return Library(shipped_workflows(), Registry.discovered())


@cache
def pack(district: str) -> Pack:
    found, _ = library().pack(district)
    assert found
    return found


def process(play: dict[str, Any]) -> Process:
    return next(p for p in pack(play["district"]).processes if p.name == play["process"])


def name_of(play: dict[str, Any]) -> str:
    return f"{play['district']}-{play['process']}"


plays = pytest.mark.parametrize("play", demo()["plays"], ids=name_of)


def test_every_district_lives_all_four_processes_in_about_six_hundred_cases() -> None:
    districts = {play["district"] for play in demo()["plays"]}
    assert {name_of(play) for play in demo()["plays"]} == {
        f"{district}-{process.name}" for district in districts for process in pack(district).processes
    }
    assert 500 <= sum(int(play["cases"]) for play in demo()["plays"]) <= 700
    assert districts == set(library().districts())


def test_the_six_personas_are_people_of_the_packs() -> None:
    personas = demo()["personas"]
    assert len(personas) == 6
    for persona in personas:
        people = pack(persona["district"]).pack
        role, at, unit = persona["person"].partition("@")
        if at:
            found = people.unit(unit)
            assert found and any(g.role == role and g.unit == found.id for g in people.grants), persona
        else:
            assert role in {person.name for person in people.persons}, persona


@plays
def test_a_play_names_steps_outcomes_and_fields_that_exist(play: dict[str, Any]) -> None:
    plan = process(play)
    for step, outcomes in play["acts"].items():
        known = {"submit"} if step == "start" else {taken.name for taken in plan.index[step][0].outcomes}
        assert set(outcomes) - {"wait"} <= known, step
        assert sum(int(weight) for weight in outcomes.values()) == 100, step
    for place in play.get("opinions", {}):
        step, outcome = place.split(".")
        assert outcome in play["acts"][step], place
    fields = {field.name for field in plan.fields}
    named = [*play["fills"], *play.get("with", {}).values()]
    assert set().union(*named) <= fields


@plays
def test_whoever_must_give_reasons_has_some(play: dict[str, Any]) -> None:
    plan = process(play)
    for step, outcomes in play["acts"].items():
        for outcome in set(outcomes) - {"wait"} if step != "start" else ():
            taken = plan.index[step][0].exit(outcome)
            assert taken
            if taken.opinion == "must":
                assert play["opinions"][f"{step}.{outcome}"]
