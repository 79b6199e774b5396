"""What a plugin registers has to make sense by itself: the start fails and names the plugin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, cast

import pytest

from engine.definition.types import BOOLEAN, DECIMAL, DURATION, INTEGER, MONEY, TEXT, ValueType
from engine.extend import ActionContext, FieldType, Of, Sentence, Setting, Text, TypeSpec, Undone, action, undo
from engine.extend.faults import PluginError
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


@pytest.mark.parametrize(
    ("kind", "default"),
    [(MONEY, "12.50"), (MONEY, True), (DURATION, "7 dayz"), (INTEGER, "3"), (BOOLEAN, "yes"), (TEXT, 3), (DECIMAL, "a"),
     (ValueType("choices"), "a"), (ValueType("date"), "2026-02-30")],
)  # fmt: skip
def test_a_default_is_as_its_type_is_stored(kind: ValueType, default: Any) -> None:
    wrong = Setting("buffer", kind, WORDS, default)
    with pytest.raises(PluginError, match=r"setting buffer: its default .* is no stored") as refused:
        tools(register_settings=giving(wrong))
    assert refused.value.details == {"plugin": "tools"}


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
        assert refused.value.details == {"plugin": "tools"}


def test_an_action_takes_values_of_types_that_exist() -> None:
    with pytest.raises(PluginError, match=r"thing of action tools\.lend .*'tool'"):
        tools("toool")
