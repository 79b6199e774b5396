"""What the demo plays exists: its people, its processes, every step, outcome and field it names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from engine.content import shipped_workflows
from engine.definition.model import Process
from engine.definition.yaml.source import read
from engine.demo.plan import NOBODY, Choice, Plan, StepPlan, read_plan
from engine.extend.registry import Registry
from engine.operations.content.library import Library
from engine.operations.content.pack import Pack

FILE = shipped_workflows() / "demo.yaml"
DAY_OR_HOUR = re.compile("周[一二三四五六日末天]|星期|[上下中]午|[当今]晚|晚上|早上|[0-9三四五六七八九十]点")


@cache
def plan() -> Plan:
    return read_plan(FILE.read_text("utf-8"), FILE.name)


@cache
def library() -> Library:
    return Library(shipped_workflows(), Registry.discovered())


@cache
def pack(district: str) -> Pack:
    found, problems = library().pack(district)
    assert found, [problem.line_of_text() for problem in problems]
    return found


def process(district: str, name: str) -> Process:
    return next(process for process in pack(district).processes if process.name == name)


def versions(name: str) -> list[Process]:
    """The process as each district of the demo has it."""
    return [process(district, name) for district in plan().districts]


def knows(versions: list[Process], step: str, choice: Choice) -> bool:
    """Whether a district's process has the step with this outcome."""
    if not choice.outcome or step == "start":
        return choice.outcome in ("", "submit")
    return any(step in one.index and one.index[step][0].exit(choice.outcome) for one in versions)


def step_plans() -> Iterator[tuple[str, str, StepPlan]]:
    for one in plan().processes:
        yield from ((one.process, step, how) for step, how in one.steps.items())
    for story in plan().stories:
        yield from ((story.process, step, how) for step, how in story.steps.items())


def stands_for_somebody(district: str, words: str) -> bool:
    people = pack(district).pack
    role, at, named = words.partition("@")
    unit = people.unit(named) if at else None
    if at:
        return unit is not None and any(g.role == role and g.unit == unit.id for g in people.grants)
    return role in {name for person in people.persons for name in (person.id, person.name)}


def test_the_plan_is_written_as_strictly_as_any_other_file() -> None:
    _, problems = read(FILE.read_text("utf-8"), FILE.name)
    assert [problem.line_of_text() for problem in problems] == []


def test_every_district_lives_all_four_processes_in_about_six_hundred_cases() -> None:
    assert set(plan().districts) == set(library().districts())
    for one in plan().processes:
        assert set(one.share) == set(plan().districts), one.process
    assert {one.process for one in plan().processes} == {one.name for one in pack("haicheng").processes}
    assert 550 <= plan().cases <= 700


def test_everybody_who_is_named_is_in_the_pack() -> None:
    named = [(one.district, one.person) for one in plan().personas]
    named += [(leave.district, words) for leave in plan().leaves for words in (leave.person, leave.deputy)]
    named += [(story.district, words) for story in plan().stories for words in (story.by, story.for_other) if words]
    named += [(gift.district, gift.person) for gift in plan().gifts if gift.person]
    assert [pair for pair in named if not stands_for_somebody(*pair)] == []
    assert len(plan().personas) == 8


def test_every_step_and_outcome_that_is_played_exists() -> None:
    for name, step, how in step_plans():
        unknown = [choice.outcome for choice in how.choices if not knows(versions(name), step, choice)]
        assert unknown == [], f"{name} {step}: {unknown} ({NOBODY} is for silence)"
    for one in plan().processes:
        assert all(knows(versions(one.process), aside.step, aside.choice) for aside in one.asides)


def test_every_field_that_is_filled_exists() -> None:
    for one in plan().processes:
        fields = {field.name for version in versions(one.process) for field in version.fields}
        filled = {*one.fill, *(name for pick in one.pick for name in pick)}
        filled |= {name for starter in one.starters for name in starter.fill}
        filled |= {name for how in one.steps.values() for choice in how.choices for name in choice.fill}
        assert filled - fields == set(), one.process


def test_no_reason_names_a_day_or_an_hour_that_a_case_need_not_be_on() -> None:
    """A plan does not know which weekday or what time of day a case asks for."""
    said = [words for _, _, how in step_plans() for choice in how.choices for words in choice.say]
    said += [words for one in plan().processes for aside in one.asides for words in aside.choice.say]
    said += [words for one in plan().processes for words in one.comments]
    assert len(said) > 40
    assert [words for words in said if DAY_OR_HOUR.search(words)] == []


def test_whoever_must_give_a_reason_has_one() -> None:
    for name, step, how in step_plans():
        for choice in how.choices:
            for version in versions(name) if choice.outcome and step != "start" else ():
                taken = version.index[step][0].exit(choice.outcome) if step in version.index else None
                if taken and taken.opinion == "must":
                    assert choice.say and all(choice.say), f"{name} {step}.{choice.outcome}"
