"""A published process keeps what it names of its plugins, and reads the same by it when they are gone."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from engine.content import shipped_workflows
from engine.definition.catalogue import Catalogue
from engine.definition.load import load_process, load_text, process_from_document
from engine.definition.model import Process
from engine.definition.specs import kept_catalogue, over, specs_of, under
from engine.definition.values.types import ValueType
from engine.errors import Invalid
from engine.extend.loading.discovery import find
from engine.extend.registry import Registry
from tests.unit.definition.catalogue import CATALOGUE

REGISTRY = Registry(find().plugins)
LIVE = REGISTRY.catalogue(REGISTRY.names)
NOBODY = Registry().catalogue(())
COMMON = sorted(shipped_workflows().glob("common/*.yaml"))


def shipped(path: Path) -> Process:
    process, problems = load_process(path.read_text(encoding="utf-8"), str(path), LIVE, find_base=lambda _: None)
    assert process is not None, problems
    return process


def stored(process: Process) -> Catalogue:
    """What the process keeps, once through the database."""
    return kept_catalogue(json.loads(json.dumps(specs_of(process, LIVE))))


@pytest.mark.parametrize("path", COMMON, ids=lambda path: path.stem)
def test_a_shipped_process_reads_the_same_without_its_plugins(path: Path) -> None:
    process = shipped(path)
    catalogue = under(NOBODY, stored(process))
    assert process_from_document(process.document, catalogue) == process_from_document(process.document, LIVE)


@pytest.mark.parametrize("path", COMMON, ids=lambda path: path.stem)
def test_what_is_kept_is_what_the_plugins_say_and_cannot_be_run(path: Path) -> None:
    kept = stored(shipped(path))
    assert kept.actions, "a shipped process runs something"
    for name, spec in kept.actions.items():
        assert spec == replace(LIVE.actions[name], run=None, reads=False)  # how it behaves is the live plugin's to say
    assert all(spec == LIVE.types[name] for name, spec in kept.types.items())
    assert all(spec == LIVE.resolvers[name] for name, spec in kept.resolvers.items())
    assert all(kept.owner(name) == LIVE.owner(name) for name in (*kept.actions, *kept.types, *kept.resolvers))


@pytest.mark.parametrize("path", COMMON, ids=lambda path: path.stem)
def test_nothing_is_kept_that_the_process_does_not_name(path: Path) -> None:
    process = shipped(path)
    text = path.read_text(encoding="utf-8")
    kept = stored(process)
    assert all(name in text for name in kept.actions)
    assert not kept.types.keys() - LIVE.types.keys()
    assert len(json.dumps(specs_of(process, LIVE))) < 6_000


def test_what_is_installed_stands_over_what_is_kept() -> None:
    process = shipped(COMMON[0])
    assert under(LIVE, stored(process)).actions == LIVE.actions


def test_a_process_that_its_changed_plugin_would_not_read_any_more_reads_by_what_it_keeps() -> None:
    process = next(one for one in map(shipped, COMMON) if "venue_sharing" in one.uses)
    hold = LIVE.actions["venue_sharing.hold"]
    changed = replace(hold, inputs=tuple(replace(one, type=ValueType("boolean")) for one in hold.inputs))
    live = replace(LIVE, actions={**LIVE.actions, hold.name: changed})
    with pytest.raises(Invalid):
        process_from_document(process.document, under(live, stored(process)))
    catalogue = over(live, stored(process))
    assert process_from_document(process.document, catalogue) == process_from_document(process.document, LIVE)
    assert catalogue.actions[hold.name].run is None
    assert catalogue.actions["venue_sharing.confirm"].run is LIVE.actions["venue_sharing.confirm"].run


def test_a_function_is_kept_with_the_types_it_rests_on_and_cannot_be_called() -> None:
    text = """
process: p
title: 事
fields: {room: {type: venue, title: 场地}, slot: {type: period, title: 时段}}
start: {who: anyone, fill: [room, slot]}
steps:
- {step: ok, if: "is_open(room, slot)", ask: role head of start.unit, outcomes: {yes: {title: 行, then: next}}}
ends: {done: {title: 完}}
"""
    live = replace(CATALOGUE, owners={"is_open": "venue_sharing", "venue": "venue_sharing"})
    process = load_text(text, live)
    kept = kept_catalogue(json.loads(json.dumps(specs_of(process, live))))
    assert (kept.functions["is_open"].parameters, kept.functions["is_open"].call) == (
        live.functions["is_open"].parameters, None,
    )  # fmt: skip
    assert (kept.owner("is_open"), kept.types["venue"]) == ("venue_sharing", live.types["venue"])
    assert process_from_document(process.document, under(NOBODY, kept)).fields
