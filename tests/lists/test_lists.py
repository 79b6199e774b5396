"""The lists in the tree are those that the tree makes."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from engine.operations.verbs import VERBS, Verb
from engine.rest.bodies import address
from tests.architecture.source import Module
from tests.lists import FOLDER, events, hooks, made, messages, names, settings, tables, verbs, writes
from tests.lists.routes import ROLES


@pytest.mark.parametrize("name", names())
def test_a_list_is_as_the_tree_makes_it(name: str) -> None:
    kept = (FOLDER / f"{name}.txt").read_text("utf-8")
    assert kept == made(name), "what is covered has changed: run `make lists` and look at the difference"


def test_every_file_of_a_list_has_who_makes_it() -> None:
    assert sorted(path.stem for path in FOLDER.iterdir()) == names()


def test_every_hook_is_told_tried_and_used_or_a_line_says_why() -> None:
    unexplained = {hook for hook, covered in hooks.found().items() if not all(covered)}
    assert unexplained == hooks.WHY.keys()


def test_every_setting_and_type_is_read_and_told_or_a_line_says_why() -> None:
    assert {name for name, covered in settings.found().items() if not all(covered)} == settings.WHY.keys()


def test_every_table_says_what_becomes_of_it() -> None:
    assert tables.RULES.keys() == {table.name for table in tables.all_tables()}


def test_whatever_writes_leaves_a_row_of_a_journal_or_a_line_says_why() -> None:
    assert {name for name, leaves in writes.found().items() if not leaves} == writes.WHY.keys()


def test_every_kind_of_event_has_a_shape_a_change_and_a_sentence_or_a_line_says_why() -> None:
    found = events.found()
    assert [kind for kind, c in found.items() if not (c.shape and c.sentence and c.made)] == []
    assert {kind for kind, c in found.items() if not (c.changes and c.read)} == events.WHY.keys()
    assert found.keys() == events.shapes().keys()


def test_every_message_is_said_in_both_languages_or_a_line_says_why() -> None:
    assert set(messages.found()) == messages.WHY.keys()


def test_every_message_of_the_pages_has_its_english() -> None:
    assert messages.without_english() == []


@pytest.mark.parametrize("text", ["Text('办好了', '办好了')", "Text('', 'done')", "Text('done', 'done')"])
def test_a_message_in_one_language_is_found(text: str) -> None:
    module = Module(Path("engine/made_up.py"), "engine.made_up", text, ast.parse(text))
    assert len(list(messages.of(module))) == 1


@pytest.mark.parametrize("text", ["Text('办好了', 'done')", "Text(f'{a}：', f'{a}: ')", "Text(a, b)"])
def test_a_message_in_both_is_not(text: str) -> None:
    module = Module(Path("engine/made_up.py"), "engine.made_up", text, ast.parse(text))
    assert list(messages.of(module)) == []


def test_every_verb_is_at_every_door_or_a_line_says_why() -> None:
    missing = [(verb.name, door) for verb in VERBS.values() for door, has in verbs.doors(verb).items() if not has]
    assert missing == []


def answers() -> dict[str, dict[str, int]]:
    """The kept statuses of each route by role."""
    head, *rows = (FOLDER / "routes.txt").read_text("utf-8").splitlines()[1:]
    return {" ".join(row.split()[:2]): dict(zip(head.split(), map(int, row.split()[2:]), strict=True)) for row in rows}


def test_nobody_and_who_administers_another_district_are_let_in_nowhere() -> None:
    for route, found in answers().items():
        if route.startswith(("GET /api/v1/<", "POST /api/v1/<")):
            assert (found["anonymous"], found["elsewhere"]) == (401, 404), route
        elif "<district>" in route:
            assert found["anonymous"] in (204, 303, 401, 404), route
            assert found["elsewhere"] == 404, route


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)
def test_whom_a_verb_names_is_who_may(verb: Verb) -> None:
    found = answers()[f"POST /api/v1{address(verb)}"]
    refused = {role for role, status in found.items() if status in (401, 403, 404)}
    who = {"named": {"starter"}, "asked": {"concerned"}, "needing": {"starter", "concerned"}, "admin": {"admin"},
           "viewer": {"starter", "concerned", "admin"}, "holder": {"concerned"}}  # fmt: skip
    if verb.who == "decider":
        assert {role for role, status in found.items() if status == 200} == set(), "nobody has decided yet"
    elif verb.name == "unclaim":
        assert refused == set(ROLES), "nobody has claimed it"
    else:
        assert set(ROLES) - refused == who[verb.who]
