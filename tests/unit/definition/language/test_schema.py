"""The JSON Schema of the language: made from the key table, closed, and in step with the loader."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from engine.definition.language import schema
from engine.definition.language.key_kinds import VALUE_KINDS
from engine.definition.language.keys import CONSTRUCTS, STEP_KINDS, keys_of
from engine.definition.language.keywords import canonical
from engine.definition.yaml.source import data_of, read

WORKFLOWS = Path(__file__).parents[4] / "workflows"
PROCESSES = sorted(WORKFLOWS.glob("**/processes/*.yaml")) + sorted(WORKFLOWS.glob("common/*.yaml"))
VALIDATOR = Draft202012Validator(json.loads(schema.PATH.read_text("utf-8")))
SMALL = """
process: a
title: 例
start: {who: role staff}
steps:
- step: b
  ask: role clerk
  outcomes: {ok: next}
ends: {done: {}}
"""


def faults(text: str) -> list[str]:
    node, _ = read(text)
    assert node is not None
    return [error.message for error in VALIDATOR.iter_errors(data_of(canonical(node)))]


def parts(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from parts(inner)


def test_the_schema_in_the_repository_is_the_one_that_the_key_table_makes() -> None:
    assert schema.PATH.read_text("utf-8") == schema.text()


def test_the_schema_is_a_schema_and_never_says_one_of() -> None:
    Draft202012Validator.check_schema(schema.schema())
    assert not [part for part in parts(schema.schema()) if "oneOf" in part]


def test_every_property_has_a_chinese_title_and_description() -> None:
    for part in parts(schema.schema()):
        for name, one in part.get("properties", {}).items() if isinstance(part.get("properties"), dict) else ():
            if one is not False:
                assert one.get("title"), name
                assert one.get("description"), name


def test_every_object_of_the_language_is_closed() -> None:
    for name, one in schema.schema()["$defs"].items():
        if "properties" in one:
            assert one["additionalProperties"] is False, name


@pytest.mark.parametrize("path", PROCESSES, ids=lambda path: path.stem)
def test_every_process_of_the_project_fits_the_schema(path: Path) -> None:
    assert faults(path.read_text("utf-8")) == []


def test_values_that_an_editor_reads_as_numbers_and_truths_fit_too() -> None:
    document = {
        "process": "a", "title": "例", "start": {"who": "anyone"}, "ends": {"done": {}},
        "fields": {"n": {"type": "integer", "min": 1, "optional": True, "default": 0.5}},
        "steps": [{"step": "b", "ask": "anyone", "outcomes": {"x": {"then": "back start", "at_most": 3}}}],
    }  # fmt: skip
    assert list(VALIDATOR.iter_errors(document)) == []


@pytest.mark.parametrize(
    "change",
    [
        ("title: 例", "titel: 例"),
        ("title: 例", "title: 例\nedits: []"),
        ("ends: {done: {}}", ""),
        ("ok: next", "ok: {title: 好}"),
        ("ok: next", "ok: onward"),
        ("ok: next", "ok: {then: next, opinion: always}"),
        ("ask: role clerk", "ask: role clerk\n  with: {a: b}"),
        ("ask: role clerk", "ask: role clerk\n  do: x.y"),
        ("  ask: role clerk\n", ""),
        ("step: b", "step: b-c"),
        ("start: {who: role staff}", "start: {who: role staff, for: somebody}"),
    ],
)
def test_what_the_language_does_not_know_does_not_fit(change: tuple[str, str]) -> None:
    assert faults(SMALL) == []
    assert faults(SMALL.replace(*change)) != []


def test_every_kind_in_the_key_table_is_explained() -> None:
    for construct, rows in CONSTRUCTS.items():
        names = [row.name for row in rows]
        assert len(names) == len(set(names)), construct
        for row in rows:
            assert row.kind in {*VALUE_KINDS, *CONSTRUCTS, "step"}, row
            assert bool(row.options) == (row.kind == "choice"), row
    assert set(keys_of("step")) >= set(STEP_KINDS)


def test_no_two_keys_of_a_construct_share_a_chinese_word() -> None:
    for construct, rows in CONSTRUCTS.items():
        words = [word for row in rows for word in row.chinese]
        assert len(words) == len(set(words)), construct


