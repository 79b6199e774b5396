"""What a plugin registers has to make sense by itself: the start fails and names the plugin."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, ClassVar, cast

import pytest
from sqlalchemy import Column, Integer, MetaData, Table

from engine.definition.values.types import BOOLEAN, DECIMAL, DURATION, INTEGER, MONEY, TEXT, ValueType
from engine.extend import (
    ActionContext,
    FieldType,
    Of,
    Page,
    Reaction,
    Sentence,
    Setting,
    Text,
    TypeSpec,
    Undone,
    WriteContext,
    action,
    plugin_table,
    undo,
)
from engine.extend.calls.faults import PluginError
from engine.extend.registry import Registry
from tests.unit.extend.plugins_for_tests import giving, plugin

WORDS = Text("词", "words")


@dataclass(frozen=True)
class Given:
    thing: Annotated[str, Of("tool")]


@dataclass(frozen=True)
class Lent:
    title: ClassVar[Text] = WORDS
    left: int


@action("tools.lend", title=WORDS, undo="tools.unlend")
def lend(ctx: ActionContext, i: Given) -> Lent:
    return Lent(1)


@undo("tools.unlend")
def unlend(ctx: ActionContext, receipt: Mapping[str, Any]) -> Undone:
    return "undone"


def tools(type_name: str = "tool", **hooks: Any) -> Registry:
    kind = FieldType(TypeSpec(type_name, WORDS), cast(Any, None), cast(Any, None))
    given = {"register_actions": giving(lend, unlend), "register_types": giving(kind), **hooks}
    return Registry([plugin("tools", **given)])


def react(ctx: WriteContext, body: Mapping[str, Any]) -> None:
    """Do nothing."""


@pytest.mark.parametrize(
    ("kind", "default"),
    [(MONEY, "12.50"), (MONEY, True), (DURATION, "7 dayz"), (INTEGER, "3"), (BOOLEAN, "yes"), (TEXT, 3), (DECIMAL, "a"),
     (ValueType("choices"), "a"), (ValueType("date"), "2026-02-30")],
)  # fmt: skip
def test_a_default_is_as_its_type_is_stored(kind: ValueType, default: Any) -> None:
    wrong = Setting("buffer", kind, WORDS, default)
    with pytest.raises(PluginError, match=r"setting buffer: its default .* is no stored") as refused:
        tools(register_settings=giving(wrong))
    assert refused.value.details["plugin"] == "tools"
    assert re.fullmatch(r"extend/\w+\.py:\d+", refused.value.details["place"])


@pytest.mark.parametrize(
    ("kind", "default"),
    [(MONEY, 1250), (DURATION, "7 days"), (INTEGER, 3), (BOOLEAN, True), (TEXT, ""), (DECIMAL, "0.5"), (TEXT, None)],
)
def test_a_default_that_is_stored_so_is_taken(kind: ValueType, default: Any) -> None:
    assert tools(register_settings=giving(Setting("buffer", kind, WORDS, default)))


def test_a_sentence_names_outputs_that_its_outcome_has() -> None:
    assert tools(register_sentences=giving(Sentence("tools.lend", "lent", Text("还剩{left}件", "{left} are left"))))
    for wrong in (Text("还剩{lefft}件", "{left} are left"), Text("还剩{left}件", "{lefft} are left")):
        with pytest.raises(PluginError, match=r"tools\.lend lent \{lefft\}") as refused:
            tools(register_sentences=giving(Sentence("tools.lend", "lent", wrong)))
        assert refused.value.details["plugin"] == "tools"
        assert re.fullmatch(r"extend/\w+\.py:\d+", refused.value.details["place"])


@pytest.mark.parametrize("name", ["toool", "nothing_like_it"])
def test_an_action_takes_values_of_types_that_exist(name: str) -> None:
    with pytest.raises(PluginError, match=r"thing of action tools\.lend is of type 'tool', which nobody registers"):
        tools(name)


def test_a_type_of_a_plugin_that_is_not_here_is_named_in_the_manifest() -> None:
    given = plugin("tools", register_actions=giving(lend, unlend))
    with pytest.raises(PluginError, match=r"takes in plugin\.yaml"):
        Registry([given])
    assert Registry([replace(given, manifest=replace(given.manifest, takes=("tool",)))])


@pytest.mark.parametrize("kind", [ValueType("nosuch"), ValueType("table", (("a", ValueType("nosuch")),))])
def test_a_setting_and_an_attribute_are_of_types_that_exist(kind: ValueType) -> None:
    with pytest.raises(PluginError, match="setting buffer is of type 'nosuch'"):
        tools(register_settings=giving(Setting("buffer", kind, WORDS)))
    spec = TypeSpec("tool", WORDS, (("size", kind),))
    with pytest.raises(PluginError, match="size of type tool is of type 'nosuch'"):
        tools(register_types=giving(FieldType(spec, cast(Any, None), cast(Any, None))))


def test_a_setting_is_registered_once() -> None:
    with pytest.raises(PluginError, match="setting buffer is registered twice"):
        tools(register_settings=giving(*(Setting("buffer", INTEGER, WORDS, one) for one in (1, 2))))


@pytest.mark.parametrize("event", ["tools.lend.lennt", "tools.unlend.gone", "tools.nothing", "signd", "lend.lent"])
def test_a_reaction_waits_for_what_may_happen(event: str) -> None:
    if event == "lend.lent":  # of a plugin that is not here, nobody knows
        assert tools(register_reactions=giving(Reaction("tools.then", event, react)))
        return
    with pytest.raises(PluginError, match=f"there is no event '{event}'") as refused:
        tools(register_reactions=giving(Reaction("tools.then", event, react)))
    assert refused.value.details["place"] == f"loading/test_coherence.py:{react.__code__.co_firstlineno}"


@pytest.mark.parametrize("event", ["", "signed", "ended", "started", "tools.lend.lent", "tools.unlend.undone"])
def test_a_reaction_may_wait_for_what_the_engine_or_an_action_tells(event: str) -> None:
    assert tools(register_reactions=giving(Reaction("tools.then", event, react)))


def test_a_page_is_in_a_section_that_menus_have() -> None:
    page = Page("/tools", WORDS, cast(Any, react), section=cast(Any, "tols"))
    with pytest.raises(PluginError, match=r"'tols' as Page.section, not one of work, resources"):
        tools(register_pages=giving(page))


@pytest.mark.parametrize("hook", ["register_pages", "check_start", "on_committed", "render_page_notice"])
def test_a_hook_without_its_mark_is_refused_for_nobody_would_call_it(hook: str) -> None:
    given = plugin("tools")
    vars(given.hooks)[hook] = react
    line = react.__code__.co_firstlineno
    with pytest.raises(PluginError, match=f"loading/test_coherence.py:{line}.*function {hook} lacks @hookimpl"):
        Registry([given])


def test_a_table_is_made_by_plugin_table_and_by_a_migration(tmp_path: Path) -> None:
    wild = Table("rooms_wild", MetaData(), Column("id", Integer, primary_key=True))
    with pytest.raises(PluginError, match="rooms_wild has to be made by plugin_table"):
        Registry([plugin("rooms", tables=("rooms_wild",), register_tables=giving(wild))])
    room = plugin_table("rooms", "room", Column("id", Integer), key=["id"])
    bare = replace(plugin("rooms", tables=("rooms_room",), register_tables=giving(room)), folder=tmp_path)
    with pytest.raises(PluginError, match="no migration"):
        Registry([bare])
    (tmp_path / "migrations").mkdir()
    (tmp_path / "migrations" / "0001_rooms.py").touch()
    assert Registry([bare])
