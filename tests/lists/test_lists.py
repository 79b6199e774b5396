"""The lists in the tree are those that the tree makes."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.architecture.source import Module
from tests.lists import FOLDER, hooks, made, messages, names, tables


@pytest.mark.parametrize("name", names())
def test_a_list_is_as_the_tree_makes_it(name: str) -> None:
    kept = (FOLDER / f"{name}.txt").read_text("utf-8")
    assert kept == made(name), "what is covered has changed: run `make lists` and look at the difference"


def test_every_file_of_a_list_has_who_makes_it() -> None:
    assert sorted(path.stem for path in FOLDER.iterdir()) == names()


def test_every_hook_is_told_tried_and_used_or_a_line_says_why() -> None:
    unexplained = {hook for hook, covered in hooks.found().items() if not all(covered)}
    assert unexplained == hooks.WHY.keys()


def test_every_table_says_what_becomes_of_it() -> None:
    assert tables.RULES.keys() == {table.name for table in tables.all_tables()}


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
