"""The registry: one owner per name, what a district chose, settings, tables."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, cast

import pytest
from sqlalchemy import Column
from sqlalchemy import Text as TextColumn

from engine.definition.values.types import BOOLEAN, DECIMAL, DURATION, INTEGER, MONEY, TEXT, ValueType
from engine.extend import (
    ActionContext,
    EvidenceSource,
    FieldType,
    Page,
    Sentence,
    Setting,
    Text,
    TypeSpec,
    Undone,
    View,
    action,
    plugin_table,
    undo,
)
from engine.extend.calls.faults import PluginError, told
from engine.extend.registry import Registry
from engine.extend.stored_settings import Live, SettingUnknown
from tests.unit.extend.plugins_for_tests import as_given, giving, plugin

WORDS = Text("词", "words")


@dataclass(frozen=True)
class Given:
    id: str


@dataclass(frozen=True)
class Done:
    title: ClassVar[Text] = WORDS


@action("trial.work", title=WORDS, undo="trial.rest")
def work(ctx: ActionContext, i: Given) -> Done:
    return Done()


@undo("trial.rest")
def rest(ctx: ActionContext, receipt: Mapping[str, Any]) -> Undone:
    return "undone"


def page(path: str) -> Page:
    return Page(path, WORDS, lambda ctx: View("x.html", WORDS))


def kind(name: str) -> FieldType:
    return FieldType(TypeSpec(name, WORDS), cast(Any, None), cast(Any, None))


def test_a_district_sees_only_the_plugins_it_uses() -> None:
    registry = Registry([plugin("trial", register_actions=giving(work, rest)), plugin("other")])
    catalogue = registry.catalogue(["trial"])
    assert catalogue.actions.keys() == {"engine.tell", "trial.work"}
    assert catalogue.plugins == {"trial"}
    assert registry.catalogue(["other"]).actions.keys() == {"engine.tell"}
    assert registry.catalogue(["absent"]).plugins == frozenset()
    assert registry.names == {"trial", "other"}
    undoing = registry.undo("trial.rest")
    assert as_given(undoing) == rest
    assert registry.owner(undoing) == "trial"
    assert registry.brings("trial") == {"actions": 2}


@pytest.mark.parametrize(
    ("hooks", "reason"),
    [
        ({"register_actions": giving(work)}, "undo trial.rest of action trial.work is not registered"),
        ({"register_types": giving(kind("period"))}, "type 'period' belongs to the language"),
        ({"register_types": giving(kind("thing"), kind("thing"))}, "'thing' is already registered"),
        ({"register_pages": giving(page("/a"), page("/a"))}, "'/a' is already registered"),
        ({"register_sentences": giving(Sentence("trial.work", "done", WORDS))}, "'trial.work done', which does not"),
        ({"register_evidence": giving(EvidenceSource("trial.x", cast(Any, None)))}, "'trial.x', which does not"),
    ],
)
def test_contributions_that_do_not_fit_together_stop_the_start(hooks: Any, reason: str) -> None:
    with pytest.raises(PluginError, match=reason) as refused:
        Registry([plugin("trial", **hooks)])
    assert refused.value.details["plugin"] == "trial"
    assert re.fullmatch(r"extend/\w+\.py:\d+", refused.value.details["place"])


def test_two_plugins_cannot_bring_one_name() -> None:
    a, b = (plugin(name, register_types=giving(kind("thing"))) for name in ("a", "b"))
    with pytest.raises(PluginError, match=r"plugin 'b' .*already registered by plugin 'a'"):
        Registry([b, a])


def test_an_action_carries_its_plugins_name() -> None:
    with pytest.raises(PluginError, match=r"'trial\.work' has to start with 'other\.'"):
        Registry([plugin("other", register_actions=giving(work, rest))])


def test_tables_carry_the_prefix_and_stand_in_the_manifest() -> None:
    table = plugin_table("trial_b", "thing", Column("id", TextColumn), key=["id"])
    with pytest.raises(PluginError, match=r"plugin 'other' .*table trial_b_thing has to start with other_"):
        Registry([plugin("other", tables=("trial_b_thing",), register_tables=giving(table))])
    with pytest.raises(PluginError, match=r"tables in plugin\.yaml differ from those registered: trial_b_thing"):
        Registry([plugin("trial_b", register_tables=giving(table))])


COLUMNS = ValueType("table", columns=(("kind", TEXT), ("rate", DECIMAL), ("cap", ValueType("money", optional=True))))


def _no_z(tags: tuple[str, ...]) -> Text | None:
    return Text("不用z。删去。", "Drop z.") if "z" in tags else None


SETTINGS = (
    Setting("limit", INTEGER, Text("上限", "limit"), 5, min=1, max=10),
    Setting("lapse", DURATION, Text("多久", "lapse"), min="1 workday", max="10 workdays"),
    Setting("mode", ValueType("choice"), Text("方式", "mode"), "a", options=("a", "b")),
    Setting("open", BOOLEAN, Text("开放", "open"), True),
    Setting("price", MONEY, Text("价格", "price"), 100, min=50),
    Setting("rates", COLUMNS, Text("各类", "rates"), []),
    Setting("tags", ValueType("choices"), Text("标签", "tags"), [], check=_no_z),
)


def settings(words: Mapping[str, Any]) -> tuple[Mapping[str, Any], list[tuple[str, str]]]:
    registry = Registry([plugin("trial", register_settings=giving(*SETTINGS))])
    stored, problems = registry.read_settings({"trial": words})
    return registry.settings("trial", stored["trial"]).live, [(p.code, p.path) for p in problems]


def test_settings_are_read_from_words_and_filled_with_defaults() -> None:
    words = {
        "limit": "7", "lapse": "2个工作日", "mode": "b", "open": "否", "price": "12.50", "tags": ["x", "y"],
        "rates": [{"kind": "舞蹈", "rate": "1.5"}, {"kind": "书画", "rate": "2", "cap": "3"}],
    }  # fmt: skip
    live, problems = settings(words)
    assert problems == []
    assert (live["limit"], str(live["lapse"]), live["mode"], live["open"]) == (7, "2 workdays", "b", False)
    assert (live["price"], live["tags"]) == (1250, ("x", "y"))
    assert [(row["kind"], str(row["rate"]), row["cap"]) for row in live["rates"]] == [
        ("舞蹈", "1.5", None),
        ("书画", "2", 300),
    ]
    assert settings({})[0]["limit"] == 5


@pytest.mark.parametrize(
    ("words", "code", "below"),
    [
        ({"limits": "7"}, "setting-unknown", ""),
        ({"limit": "many"}, "field-type", ""),
        ({"limit": "11"}, "setting-range", ""),
        ({"limit": "0"}, "setting-range", ""),
        ({"price": "0.30"}, "setting-range", ""),
        ({"lapse": "0个工作日"}, "setting-range", ""),
        ({"lapse": "11个工作日"}, "setting-range", ""),
        ({"lapse": "3天"}, "setting-range", ""),
        ({"mode": "c"}, "setting-option", ""),
        ({"tags": ["x", "z"]}, "setting-check", ""),
        ({"rates": "舞蹈"}, "setting-type", ""),
        ({"rates": [{"kind": "舞蹈"}]}, "setting-column", ".0"),
        ({"rates": [{"kind": "舞蹈", "rate": "1", "tare": "2"}]}, "setting-column", ".0.tare"),
        ({"rates": [{"kind": "舞蹈", "rate": "1"}, {"kind": "书画", "rate": "x"}]}, "field-type", ".1.rate"),
    ],
)
def test_a_wrong_setting_is_a_problem_at_its_path(words: dict[str, Any], code: str, below: str) -> None:
    (name,) = words
    assert settings(words)[1] == [(code, f"plugins.trial.{name}{below}")]


@pytest.mark.parametrize(
    "setting",
    [
        Setting("limit", INTEGER, Text("上限", "limit"), 11, min=1, max=10),
        Setting("lapse", DURATION, Text("多久", "lapse"), "2 days", min="1 workday"),
        Setting("mode", ValueType("choice"), Text("方式", "mode"), "c", options=("a", "b")),
        Setting("tags", ValueType("choices"), Text("标签", "tags"), ["z"], check=_no_z),
        Setting("odd", ValueType("integer"), Text("怪", "odd"), 5, check=lambda _: 1 // 0),
        Setting("quits", ValueType("integer"), Text("退", "quits"), 5, check=lambda _: sys.exit()),
    ],
    ids=lambda setting: setting.name,
)
def test_a_setting_whose_own_default_does_not_fit_closes_its_plugin(setting: Setting) -> None:
    with pytest.raises(PluginError, match=f"setting {setting.name}: its own default does not fit"):
        Registry([plugin("trial", register_settings=giving(setting))])


def test_a_limit_is_told_as_it_is_written() -> None:
    registry = Registry([plugin("trial", register_settings=giving(*SETTINGS))])
    (money, number) = registry.read_settings({"trial": {"price": "0.30", "limit": "11"}})[1]
    assert money.hint == Text("最小0.50", "at least 0.50")
    assert number.hint == Text("最小1，最大10", "at least 1, at most 10")


def test_an_unknown_setting_suggests_the_one_that_was_meant() -> None:
    registry = Registry([plugin("trial", register_settings=giving(*SETTINGS))])
    (problem,) = registry.read_settings({"trial": {"limits": "7"}})[1]
    assert problem.hint == Text("可用：limit", "use: limit")


def test_an_unknown_plugin_in_a_district_is_a_problem() -> None:
    stored, (problem,) = Registry([plugin("trial")]).read_settings({"trail": {}})
    assert stored == {}
    assert problem.message == Text("没有装“trail”这个插件", "plugin 'trail' is not installed")
    assert problem.hint == Text("可用：trial", "use: trial")


def test_a_plugin_that_ends_the_program_as_it_registers_is_left_out_and_the_rest_stand() -> None:
    found = Registry.of_sound([plugin("quits", register_actions=lambda: sys.exit(3)), plugin("stays")])
    assert found.names == {"stays"}


def test_a_setting_that_nobody_registers_is_told_by_its_name_and_by_what_was_meant() -> None:
    live = Live("odd", {"keeper": "x"}, frozenset())
    assert (live.get("keper", "none"), "keper" in live, live["keeper"]) == ("none", False, "x")
    with pytest.raises(SettingUnknown) as refused:
        live["keper"]
    said, _ = told(refused.value, None)
    assert said == Text("没有登记设置keper（是不是 keeper？）", "no setting 'keper' is registered (did you mean keeper?)")
