"""Every hook: when it fires, what it may answer, and whose fault a fault is. One test per hook, named after it."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from markupsafe import Markup
from sqlalchemy import Column, Table, text
from sqlalchemy import Text as TextColumn

from engine.definition.values.types import INTEGER, TEXT
from engine.errors import Problem
from engine.extend import (
    Action,
    Card,
    CaseShown,
    CheckContext,
    Committed,
    DataFile,
    Endpoint,
    Evidence,
    EvidenceSource,
    FieldType,
    FormShown,
    FunctionSpec,
    Invariant,
    Page,
    PageContext,
    Reaction,
    ReadContext,
    Resolver,
    ResolverSpec,
    RowShown,
    ScenarioVerb,
    Sender,
    Sentence,
    Setting,
    StoredType,
    TaskShown,
    Text,
    TypeSpec,
    Undo,
    ValueType,
    View,
    both,
    hookspecs,
    plugin_table,
)
from engine.extend.builtin import tell
from engine.extend.calls import beside
from engine.extend.calls.faults import AnswerError, HookFailed, PluginError
from engine.extend.context import log_of
from engine.extend.fence.connection import PluginConnection
from engine.extend.registers import REGISTERS
from engine.extend.registry import Registry
from engine.store.databases.database import open_database
from engine.store.transactions.runner import Runner
from tests.unit.extend.plugins_for_tests import as_given, giving, plugin

WORDS = Text("词", "words")
HOOKS = [name for name, spec in vars(hookspecs).items() if hasattr(spec, "rongtong_spec")]


def nothing(*_: Any) -> tuple[()]:
    return ()


def registered(hook: str, *contributions: object) -> tuple[object, ...]:
    """What the registry keeps of a plugin ``trial`` that answers *contributions*."""
    registry = Registry([plugin("trial", **{hook: giving(*contributions)})])
    return tuple(one for kind in REGISTERS[hook] for one in registry.given(kind, ["trial"]))


def test_every_hook_has_a_test_of_its_name() -> None:
    assert {f"test_{hook}" for hook in HOOKS} <= globals().keys()


def test_what_a_register_hook_brings_is_read_from_its_signature() -> None:
    assert {REGISTERS[hook] for hook in ("register_types", "register_actions", "register_tables")} == {
        (FieldType, StoredType), (Action, Undo), (Table,),
    }  # fmt: skip
    assert [hook for hook in HOOKS if hook.startswith("register_")] == list(REGISTERS)


def test_every_hook_belongs_to_one_of_the_five_families() -> None:
    assert {hook.partition("_")[0] for hook in HOOKS} == {"register", "migrate", "check", "on", "render"}


def test_register_types() -> None:
    kind = FieldType(TypeSpec("thing", WORDS, (("size", INTEGER),)), nothing, nothing)
    registry = Registry([plugin("trial", register_types=giving(kind))])
    assert registry.catalogue(["trial"]).types == {"thing": kind.spec}
    assert as_given(registry.field_type("thing")) == kind
    assert registry.field_type("other") is None


def test_register_functions() -> None:
    function = FunctionSpec("double", (INTEGER,), INTEGER, lambda n: 2 * n)
    registry = Registry([plugin("trial", register_functions=giving(function))])
    (found,) = registry.catalogue(["trial"]).functions.values()
    assert found.call is not None
    assert (found.name, found.call(4)) == ("double", 8)


@pytest.mark.parametrize("answer", ["four", 4.5, [4], True], ids=repr)
def test_a_function_answers_its_own_type(answer: object) -> None:
    function = FunctionSpec("double", (INTEGER,), INTEGER, lambda _: answer)
    (found,) = Registry([plugin("trial", register_functions=giving(function))]).catalogue(["trial"]).functions.values()
    assert found.call is not None
    with pytest.raises(AnswerError, match=r"plugin 'trial' \(extend/test_hooks.py:\d+\): function double answered"):
        found.call(4)


def test_register_actions() -> None:
    registry = Registry([plugin("engine_room", register_actions=giving())])
    assert as_given(registry.catalogue([]).actions) == {"engine.tell": tell.spec}
    assert as_given(registry.action("engine.tell")) == tell.spec
    assert registry.action("engine.shout") is None
    assert registry.undo("engine.tell") is None


def test_register_resolvers() -> None:
    resolver = Resolver(ResolverSpec("trial.who", (), WORDS), nothing)
    registry = Registry([plugin("trial", register_resolvers=giving(resolver))])
    assert registry.catalogue(["trial"]).resolvers == {"trial.who": resolver.spec}
    assert as_given(registry.resolver("trial.who")) == resolver


def test_register_tables() -> None:
    table = plugin_table("trial_a", "thing", Column("id", TextColumn), key=["id"])
    registry = Registry([plugin("trial_a", tables=("trial_a_thing",), register_tables=giving(table))])
    assert registry.tables() == (table,)


def test_register_settings() -> None:
    setting = Setting("limit", INTEGER, WORDS, 5)
    registry = Registry([plugin("trial", register_settings=giving(setting))])
    assert registry.read_settings({"trial": {}}) == ({"trial": {"limit": 5}}, ())


def test_migrate_settings() -> None:
    def migrate(version: int, stored: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"wait": f"{stored['wait']} workdays"} if version == 1 else stored

    setting = Setting("wait", ValueType("duration"), WORDS, "2 workdays", version=2)
    registry = Registry([plugin("trial", register_settings=giving(setting), migrate_settings=migrate)])
    assert str(registry.settings("trial", {"wait": 5}).live["wait"]) == "5 workdays"
    assert str(registry.settings("trial", {"~version": 2, "wait": "3 workdays"}).live["wait"]) == "3 workdays"


def test_register_data() -> None:
    file = DataFile("things.yaml", nothing)
    assert as_given(registered("register_data", file)) == (file,)


def test_register_sentences() -> None:
    sentence = Sentence("engine.tell", "told", WORDS)
    assert as_given(registered("register_sentences", sentence)) == (sentence,)


def test_register_evidence() -> None:
    line = Evidence("ok", WORDS, WORDS)
    source = EvidenceSource("engine.tell", lambda ctx, inputs, receipt: [line])
    registry = Registry([plugin("trial", register_evidence=giving(source))])

    def found(action: str) -> list[Evidence]:
        return beside.evidence(registry, ["trial"], action, read_context, {}, None)

    assert found("engine.tell") == [line]
    assert found("engine.other") == []


def test_register_pages() -> None:
    late = Page("/b", WORDS, lambda ctx: View("b.html", WORDS), order=200)
    early = Page("/a", WORDS, lambda ctx: View("a.html", WORDS), order=10)
    registry = Registry([plugin("trial", register_pages=giving(late, early))])
    assert as_given(registry.pages(["trial"])) == (early, late)
    assert registry.pages([]) == ()


def test_register_endpoints() -> None:
    endpoint = Endpoint("/trial/count", "counts", nothing)
    assert as_given(registered("register_endpoints", endpoint)) == (endpoint,)
    with pytest.raises(PluginError, match=r"'/other/count' has to start with '/trial/'"):
        registered("register_endpoints", Endpoint("/other/count", "counts", nothing))


def test_register_cards() -> None:
    card = Card("trial.today", WORDS, nothing, WORDS)
    assert as_given(registered("register_cards", card)) == (card,)


def test_register_scenario_verbs() -> None:
    verb = ScenarioVerb("trial.count", "then", nothing)
    assert as_given(registered("register_scenario_verbs", verb)) == (verb,)


def test_register_invariants() -> None:
    invariant = Invariant("trial.sound", WORDS, nothing)
    assert as_given(registered("register_invariants", invariant)) == (invariant,)


def test_register_senders() -> None:
    sender = Sender("trial.sms", WORDS, lambda ctx, body: None, "os.path:join")
    assert as_given(registered("register_senders", sender)) == (sender,)


def test_register_reactions() -> None:
    reaction = Reaction("trial.count", "ended", lambda ctx, event: None)
    assert as_given(registered("register_reactions", reaction)) == (reaction,)


def read_context(name: str) -> ReadContext:
    return cast(ReadContext, f"context of {name}")


def check_context(name: str) -> CheckContext:
    return cast(CheckContext, SimpleNamespace(name=f"context of {name}", db=SimpleNamespace(sound=lambda _=None: None)))


def page_context(name: str, db: PluginConnection) -> PageContext:
    context = {"district": "d", "db": db, "now": 0, "directory": None, "person": "", "unit": "", "settings": {}}
    return PageContext(**cast(Any, context), log=log_of(name))


def raising(*_: Any) -> Any:
    raise LookupError("broken")


@pytest.mark.parametrize("hook", ["check_start", "check_act"])
def test_a_problem_of_a_check_is_a_veto_and_all_are_asked(hook: str) -> None:
    def first(ctx: CheckContext) -> list[Problem]:
        return [Problem("first", both(ctx.name))]

    def second(ctx: CheckContext) -> list[Problem]:
        return [Problem("second", WORDS)]

    registry = Registry([plugin("b", **{hook: second}), plugin("a", **{hook: first})])
    problems = beside.check(registry, hook, ["a", "b"], check_context)
    assert [(p.code, p.message.en) for p in problems] == [("first", "context of a"), ("second", "words")]
    assert [p.code for p in beside.check(registry, hook, ["b"], check_context)] == ["second"]


def test_check_start() -> None:
    registry = Registry([plugin("trial", check_start=raising)])
    with pytest.raises(HookFailed, match=r"plugin 'trial' \(extend/test_hooks.py:\d+\): check_start failed") as refused:
        beside.check(registry, "check_start", ["trial"], check_context)
    assert refused.value.details["plugin"] == "trial"
    assert beside.check(registry, "check_act", ["trial"], check_context) == []


def test_check_act() -> None:
    registry = Registry([plugin("trial", check_act=raising)])
    with pytest.raises(HookFailed, match=r"plugin 'trial' \(extend/test_hooks.py:\d+\): check_act failed"):
        beside.check(registry, "check_act", ["trial"], check_context)


def test_on_committed(caplog: pytest.LogCaptureFixture) -> None:
    told: list[Committed] = []

    def note(event: Committed) -> None:
        told.append(event)

    event = Committed("d", "c1", "p", "act", ())
    registry = Registry([plugin("a", on_committed=raising_event), plugin("b", on_committed=note)])
    with caplog.at_level(logging.ERROR, "rongtong.plugins"):
        beside.committed(registry, ["a", "b"], lambda: event)
    assert told == [event]
    assert "plugin a raised in on_committed" in caplog.text


def raising_event(event: Committed) -> None:
    raise LookupError(event)


CASE = CaseShown("1", "260610-1", "borrow", "梯子", "open", "", (("owner", "u1"),))
TASK = TaskShown(CASE, 2, "ok", True, None, True)
ROW = RowShown("1", "260610-1", "borrow", "ok", 2, "梯子")
FORM = FormShown("borrow", ("u1",))


Filled = Callable[..., list[Markup]]


@pytest.fixture
def filled(tmp_path: Path) -> Iterator[Filled]:
    """What plugins ``a``, ``b``, … with the implementations given show in the slot of a hook."""
    database = open_database(f"sqlite:///{tmp_path}/slots.db")
    runner = Runner(database)

    def fill(hook: str, *implementations: Any, **shown: object) -> list[Markup]:
        names = "abcdef"[: len(implementations)]
        registry = Registry([plugin(name, **{hook: each}) for name, each in zip(names, implementations, strict=True)])

        def reading(name: str, work: Callable[[PageContext], Any]) -> Any:
            return runner.run(lambda tx: work(page_context(name, registry.connection(name, tx, district="d", writing=False))), write=False)

        return beside.slot(registry, names, hook, shown, reading, "zh")

    yield fill
    runner.release()
    database.close()


def case_number(ctx: PageContext, case: CaseShown) -> str:
    return f"{ctx.district} {case.number}"


def task_number(ctx: PageContext, task: TaskShown) -> str:
    return f"{ctx.district} {task.case.number}.{task.n}"


def here(ctx: PageContext) -> str:
    return ctx.district


def test_render_page_notice(filled: Filled) -> None:
    assert filled("render_page_notice", here) == ["d"]


def test_render_inbox_row_note(filled: Filled) -> None:
    assert filled("render_inbox_row_note", lambda ctx, row: row.subject, row=ROW) == ["梯子"]


def test_render_task_before_form(filled: Filled) -> None:
    assert filled("render_task_before_form", task_number, task=TASK) == ["d 260610-1.2"]


def test_render_task_aside(filled: Filled) -> None:
    assert filled("render_task_aside", task_number, task=TASK) == ["d 260610-1.2"]


def test_render_case_facts(filled: Filled) -> None:
    assert filled("render_case_facts", case_number, case=CASE) == ["d 260610-1"]


def test_render_case_aside(filled: Filled) -> None:
    assert filled("render_case_aside", case_number, case=CASE) == ["d 260610-1"]


def test_render_start_before_form(filled: Filled) -> None:
    assert filled("render_start_before_form", lambda ctx, form: form.process, form=FORM) == ["borrow"]


def test_render_start_done(filled: Filled) -> None:
    assert filled("render_start_done", case_number, case=CASE) == ["d 260610-1"]


def test_render_print_foot(filled: Filled) -> None:
    assert filled("render_print_foot", case_number, case=CASE) == ["d 260610-1"]


def test_render_me_section(filled: Filled) -> None:
    assert filled("render_me_section", here) == ["d"]


def test_a_slot_escapes_text_keeps_markup_and_may_stay_empty(filled: Filled) -> None:
    shows = [lambda ctx: "<b>", lambda ctx: Markup("<b>"), lambda ctx: None]
    assert filled("render_page_notice", *shows) == ["&lt;b&gt;", "<b>"]


def many_statements(ctx: PageContext) -> str:
    for _ in range(beside.SLOT_STATEMENTS + 1):
        ctx.db.execute(text("SELECT 1"))
    return "seen"


def as_many_as_allowed(ctx: PageContext) -> str:
    for _ in range(beside.SLOT_STATEMENTS):
        ctx.db.execute(text("SELECT 1"))
    return "seen"


@pytest.mark.parametrize("faulty", [raising, many_statements, lambda ctx: 5], ids=["raises", "asks much", "answers 5"])
def test_in_place_of_a_faulty_part_stands_a_notice_and_the_others_are_shown(
    faulty: Any, filled: Filled, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, "rongtong.plugins"):
        parts = filled("render_page_notice", lambda ctx: faulty(ctx), as_many_as_allowed)
    assert parts == ['<p class="notice">插件“a”的这一块暂时显示不了。</p>', "seen"]
    assert "plugin a raised in render_page_notice" in caplog.text


def test_a_source_of_evidence_that_raises_becomes_a_line_that_says_so() -> None:
    source = EvidenceSource("engine.tell", raising)
    registry = Registry([plugin("trial", register_evidence=giving(source))])
    (line,) = beside.evidence(registry, ["trial"], "engine.tell", read_context, {}, None)
    assert (line.level, line.sentence.zh) == ("warn", "插件“trial”这次没能核对，请自行查看。")


@pytest.mark.parametrize("hook", REGISTERS)
def test_a_register_hook_that_raises_closes_its_plugin(hook: str) -> None:
    place = r"plugin 'trial' \(extend/test_hooks.py:\d+\) cannot be used"
    with pytest.raises(PluginError, match=f"{place}: {hook} failed: LookupError"):
        Registry([plugin("trial", **{hook: lambda: raising()})])


@pytest.mark.parametrize("answer", [None, "words", 7, ["words"], [None], {"a": 1}], ids=repr)
@pytest.mark.parametrize("hook", REGISTERS)
def test_a_register_hook_answers_its_own_kind(hook: str, answer: object) -> None:
    name = REGISTERS[hook][0].__name__
    place = r"plugin 'trial' \(extend/test_hooks.py:\d+\) cannot be used"
    with pytest.raises(PluginError, match=f"{place}: {hook} answered .*, not .*{name}"):
        Registry([plugin("trial", **{hook: lambda: answer})])


def test_a_misspelt_hook_is_an_error_that_names_the_plugin() -> None:
    with pytest.raises(PluginError, match=r"plugin 'trial' .*there is no hook 'register_action' \(did you mean register_actions\?\)"):
        Registry([plugin("trial", register_action=giving())])


def test_a_hook_that_asks_for_more_than_it_gets_is_an_error() -> None:
    with pytest.raises(PluginError, match=r"plugin 'trial' .*caller"):
        Registry([plugin("trial", check_start=lambda ctx, caller: [])])


def test_hooks_fire_plugin_by_plugin_in_order_of_their_names_the_engine_first() -> None:
    fired: list[str] = []

    def firing(name: str) -> Any:
        def register() -> list[Action[Any, Any]]:
            fired.append(name)
            return []

        return register

    names = ("c", "a", "b")
    registry = Registry([plugin(name, register_actions=firing(name)) for name in names])
    assert fired == ["a", "b", "c"]
    assert [p.name for p in registry.plugins] == ["engine", "a", "b", "c"]


def test_register_hooks_fire_in_the_order_of_the_hook_page() -> None:
    fired: list[str] = []

    def firing(hook: str) -> Any:
        def register() -> list[object]:
            fired.append(hook)
            return []

        return register

    Registry([plugin("trial", **{hook: firing(hook) for hook in REGISTERS})])
    assert fired == list(REGISTERS)


def test_hook_signatures_are_typed() -> None:
    for hook in HOOKS:
        signature = inspect.signature(getattr(hookspecs, hook))
        assert signature.return_annotation is not inspect.Signature.empty
        assert all(p.annotation is not inspect.Parameter.empty for p in signature.parameters.values())


def test_two_registries_share_nothing() -> None:
    kind = FieldType(TypeSpec("thing", WORDS, (("size", TEXT),)), nothing, nothing)
    one = Registry([plugin("trial", register_types=giving(kind))])
    two = Registry([plugin("trial")])
    assert one.catalogue(["trial"]).types.keys() == {"thing"}
    assert two.catalogue(["trial"]).types.keys() == set()


@pytest.mark.parametrize("hook", ["register_action", "check_start"])
def test_a_hook_that_does_not_fit_is_told_with_its_line(hook: str) -> None:
    def odd(something: Any) -> list[object]:
        return []

    with pytest.raises(PluginError) as refused:
        Registry([plugin("trial", **{hook: odd})])
    assert refused.value.details["place"] == f"extend/test_hooks.py:{odd.__code__.co_firstlineno}"
