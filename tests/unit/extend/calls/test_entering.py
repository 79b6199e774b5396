"""Every way into a plugin's code: what would end the program there is a fault that names the plugin."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import re
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, get_type_hints

import pytest
from sqlalchemy import Table

import engine
from engine.clock import HOUR, SECOND
from engine.definition.catalogue import FunctionSpec
from engine.extend import (
    Action,
    Card,
    DataFile,
    Endpoint,
    EvidenceSource,
    FieldType,
    Invariant,
    Page,
    Reaction,
    Resolver,
    ResolverSpec,
    ScenarioVerb,
    Sender,
    Sentence,
    Setting,
    StoredType,
    TypeSpec,
    Undo,
    ValueType,
    action,
    both,
    hookspecs,
)
from engine.extend.calls.entering import Entering, entered, interrupts, sealed
from engine.extend.calls.faults import ExitError, PluginError
from engine.extend.calls.places import below
from engine.extend.registers import HOOK_OF, HOOKS, REGISTERS
from engine.extend.registry import Registry
from engine.hanging import Visit
from tests.unit.extend.plugins_for_tests import giving, plugin

W = both("x")


class Stop(BaseException):
    """An end of somebody's own making."""


ENDINGS: dict[str, Callable[[], object]] = {
    "sys.exit": lambda: sys.exit(3),
    "an end of its own": lambda: (_ for _ in ()).throw(Stop()),
    "GeneratorExit": lambda: (_ for _ in ()).throw(GeneratorExit()),
}


@dataclasses.dataclass(frozen=True)
class In:
    """Nothing."""


@dataclasses.dataclass(frozen=True)
class Did:
    """Done."""

    title: ClassVar[Any] = W


def sample(kind: type[Any], function: Callable[..., Any]) -> Any:
    """A contribution of *kind* whose every function is *function*."""

    def body(ctx: Any, given: In) -> Did:
        return function()

    made: dict[type[Any], Callable[[], Any]] = {
        FieldType: lambda: FieldType(TypeSpec("odd", W), function, function),
        StoredType: lambda: StoredType(TypeSpec("shaped", W, base="text"), function, function),
        FunctionSpec: lambda: FunctionSpec("odd.f", (), ValueType("text"), function),
        Action: lambda: action("odd.act", title=W)(body),
        Undo: lambda: Undo("odd.back", function),
        Resolver: lambda: Resolver(ResolverSpec("odd.who", (), W), function),
        Setting: lambda: Setting("limit", ValueType("integer"), W, check=function),
        DataFile: lambda: DataFile("odd.yaml", function, function),
        Sentence: lambda: Sentence("odd.act", "did", W),
        EvidenceSource: lambda: EvidenceSource("odd.act", function),
        Page: lambda: Page("/odd", W, function),
        Endpoint: lambda: Endpoint("/odd/x", "x", function),
        Card: lambda: Card("odd.card", W, function, W),
        ScenarioVerb: lambda: ScenarioVerb("odd.verb", "then", function),
        Invariant: lambda: Invariant("odd.true", W, function),
        Sender: lambda: Sender("odd.post", W, function, f"{__name__}:sample", function),
        Reaction: lambda: Reaction("odd.later", "", function, HOUR),
    }
    return made[kind]()


KINDS = [kind for kinds in REGISTERS.values() for kind in kinds if kind is not Table]


def functions(thing: Any) -> Iterator[Callable[..., Any]]:
    """Every function that a contribution holds, also inside what it holds."""
    for field in dataclasses.fields(thing):
        held = getattr(thing, field.name)
        if dataclasses.is_dataclass(held):
            yield from functions(held)
        elif callable(held) and not isinstance(held, type):
            yield held


def registered(kind: type[Any], function: Callable[..., Any]) -> Any:
    """The contribution as the engine finds it."""
    contribution = sample(kind, function)
    beside = giving(sample(Action, function)) if HOOK_OF[kind] in ("register_sentences", "register_evidence") else None
    hooks = {HOOK_OF[kind]: giving(contribution), **({"register_actions": beside} if beside else {})}
    return Registry([plugin("odd", **hooks)]).given(kind, ["odd"])[-1]


NAMED = [kind for kind in KINDS if getattr(kind, "called", "name") and kind not in (Sentence, EvidenceSource)]


@pytest.mark.parametrize("kind", NAMED)
def test_two_of_one_hook_have_not_one_name(kind: type[Any]) -> None:
    twice = [sample(kind, lambda value: value) for _ in range(2)]
    with pytest.raises(PluginError, match="is already registered by plugin 'odd'"):
        Registry([plugin("odd", **{HOOK_OF[kind]: giving(*twice)})])


@pytest.mark.parametrize("kind", [kind for kind in NAMED if hasattr(kind, "begins")])
def test_a_name_that_begins_with_its_plugins_is_no_other_plugins(kind: type[Any]) -> None:
    with pytest.raises(PluginError, match=r"has to start with '/?even"):
        Registry([plugin("even", **{HOOK_OF[kind]: giving(sample(kind, lambda value: value))})])


def test_what_has_a_name_of_its_plugins_own_is_known() -> None:
    assert {kind for kind in NAMED if not hasattr(kind, "begins")} == {
        FieldType, StoredType, FunctionSpec, DataFile, Page, Card,
    }  # fmt: skip


def test_the_samples_hold_whatever_can_be_held() -> None:
    for kind in KINDS:
        hints = get_type_hints(kind, vars(sys.modules[kind.__module__]) | {"ActionContext": object})
        wanted = {name for name, hint in hints.items() if "Callable" in str(hint)}
        held = sample(kind, print)
        assert {name for name in wanted if callable(getattr(held, name))} == wanted, kind


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind is not StoredType])
@pytest.mark.parametrize("ending", ENDINGS.values(), ids=ENDINGS)
def test_no_function_of_a_contribution_ends_the_program(kind: type[Any], ending: Callable[[], object]) -> None:
    for function in functions(registered(kind, lambda *_: ending())):
        with pytest.raises(ExitError, match=r"plugin 'odd' .*tried to end the program"):
            function(None, {}) if kind is Action else function()


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in (Action, StoredType)])
def test_nor_does_one_that_is_a_generator(kind: type[Any]) -> None:
    def ends(*_: Any) -> Iterator[int]:
        yield 1
        sys.exit()

    for function in functions(registered(kind, ends)):
        with pytest.raises(ExitError):
            function()


@pytest.mark.parametrize("ending", ENDINGS.values(), ids=ENDINGS)
def test_a_type_whose_settle_ends_the_program_closes_its_plugin_and_one_that_cannot_be_said_is_not_said(
    ending: Callable[[], object],
) -> None:
    with pytest.raises(PluginError, match="tried to end the program"):
        registered(StoredType, lambda *_: ending())
    held = StoredType(TypeSpec("shaped", W, base="text"), lambda value: value, lambda _: ending())  # type: ignore[arg-type, return-value]
    (found,) = Registry([plugin("odd", register_types=giving(held))]).given(StoredType)
    assert found.say is not None
    assert found.say("x") is None


def hook_named(name: str, ends: Callable[[], object], *, late: bool) -> Callable[..., Any]:
    """A function for hook *name* that ends at once, or as it is read."""
    arguments = inspect.signature(getattr(hookspecs, name)).parameters
    space: dict[str, Any] = {"ends": ends}
    body = "    yield 1\n    ends()" if late else "    return ends()"
    exec(f"def {name}({', '.join(arguments)}):\n{body}", space)
    function: Callable[..., Any] = space[name]
    return function


@pytest.mark.parametrize("hook", HOOKS)
@pytest.mark.parametrize("late", [False, True])
def test_no_hook_ends_the_program(hook: str, late: bool) -> None:
    function = hook_named(hook, sys.exit, late=late)
    if hook in REGISTERS:
        registry = Registry.of_sound([plugin("odd", **{hook: function})])
        assert "tried to end the program (SystemExit)" in registry.left["odd"].why.en
        return
    ((name, call),) = Registry([plugin("odd", **{hook: function})]).implementations(hook, ["odd"])
    given = dict.fromkeys(("ctx", "event", "case", "task", "row", "form", "version", "stored"))
    with pytest.raises(ExitError):
        call(given)
    assert name == "odd"


def test_ctrl_c_ends_the_program_and_is_a_fault_in_any_other_thread() -> None:
    (function,) = functions(registered(Invariant, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt())))
    with pytest.raises(KeyboardInterrupt):
        function()
    seen: list[BaseException] = []

    def beside() -> None:
        try:
            function()
        except ExitError as fault:
            seen.append(fault)

    thread = threading.Thread(target=beside)
    thread.start()
    thread.join()
    assert len(seen) == 1


def test_what_the_engine_ends_below_a_plugin_is_not_the_plugin_s() -> None:
    space: dict[str, Any] = {"__name__": "engine.store.somewhere", "Stop": Stop}
    exec("def dies():\n    raise Stop", space)
    with pytest.raises(Stop) as passed, Entering("odd", None):
        through(space["dies"])
    assert below(passed.value)


def through(call: Callable[[], object]) -> object:
    """A plugin that calls the engine."""
    return call()


def called_back(by: str) -> Callable[[Callable[[], object]], object]:
    """A function of the engine or of a library that calls what it is given."""
    space: dict[str, Any] = {"__name__": by}
    exec("def calls(back):\n    return back()", space)
    calls: Callable[[Callable[[], object]], object] = space["calls"]
    return calls


@pytest.mark.parametrize("ending", ENDINGS.values(), ids=ENDINGS)
@pytest.mark.parametrize("way", [["engine.store.transactions.tx"], ["engine.store.transactions.tx", "sqlalchemy.sql"], ["functools"]])
def test_what_the_engine_or_a_library_calls_back_is_the_plugin_s_all_the_same(
    way: list[str], ending: Callable[[], object]
) -> None:
    back = ending
    for by in reversed(way):
        back = partial(called_back(by), back)
    with pytest.raises(ExitError):
        entered("odd", None, lambda: through(back))()


class Server:
    """One that ends by a signal, as gunicorn's workers do."""

    def __init__(self, ending: Callable[[], object]) -> None:
        self._ending = ending

    def handle(self, _number: int, _frame: object) -> None:
        self._ending()


@pytest.fixture
def handled() -> Iterator[Callable[[Callable[..., object]], None]]:
    before = signal.getsignal(signal.SIGTERM)
    yield lambda handler: signal.signal(signal.SIGTERM, handler) and None
    signal.signal(signal.SIGTERM, before)


@pytest.mark.parametrize("ending", [sys.exit, lambda: (_ for _ in ()).throw(Stop())], ids=["sys.exit", "its own"])
@pytest.mark.parametrize("bound", [True, False])
def test_what_a_signal_raises_is_not_the_plugin_s_upon_which_it_comes(
    handled: Callable[..., None], ending: Callable[[], object], bound: bool
) -> None:
    server = Server(ending)
    handled(server.handle if bound else lambda number, frame: server.handle(number, frame))
    with pytest.raises((SystemExit, Stop)) as passed:
        entered("odd", None, lambda: signal.raise_signal(signal.SIGTERM))()
    assert interrupts(passed.value)
    assert not interrupts(SystemExit())


def entrances(path: Path) -> Iterator[str]:
    """Where *path* gets at a plugin's code by itself: a hook or its module, as pluggy or the plugin holds it, a module by
    its name, or the function of a contribution that no registry handed out.
    """  # fmt: skip
    yield from (f"{path.name}: {way}" for way in ways(ast.parse(path.read_text(encoding="utf-8"))))


def _is_ours(name: ast.expr) -> bool:
    """Whether a module's *name* is written down here, or begins with the engine's: then it is no plugin's."""
    return isinstance(name, ast.Constant) or ast.unparse(name).startswith(("f'engine.", 'f"engine.'))


def ways(tree: ast.AST) -> Iterator[str]:
    inside = [node for node in ast.walk(tree) if isinstance(node, ast.With) and "Entering(" in ast.unparse(node.items[0])]
    own = {id(node) for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args and _is_ours(node.args[0])}
    safe = {id(child) for node in inside for child in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and ast.unparse(node) == "impl.function":
            yield "a hook"
        if isinstance(node, ast.Call) and re.search(r"\bhooks\.[a-z_]+$", ast.unparse(node.func)):
            yield "a hook"
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("contribution."):
            yield "a contribution"
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module") and id(node) not in safe | own:
            yield "a module"


@pytest.mark.parametrize(
    "text",
    ["impl.function(x)", "plugin.hooks.register_actions()", "importlib.import_module(name)", "contribution.body()"],
)
def test_another_way_in_is_found(text: str) -> None:
    assert list(ways(ast.parse(text)))


def test_there_is_no_other_way_in() -> None:
    root = Path(engine.__file__).parent
    found = sorted(way for path in root.rglob("*.py") for way in entrances(path))
    assert found == [
        "child.py: a module",  # in a process of its own, which says whatever ends it
        "discovery.py: a module",  # the package that plugins lie in
        "hooked.py: a hook",
        "trial.py: a module",  # the kit, in the tests of who wrote the plugin
    ]


@pytest.mark.parametrize(("given", "field", "seconds"), [
    (Invariant("odd.sound", both("sound"), lambda _: []), "check", 30),
    (ScenarioVerb("odd", "then", lambda *_: []), "run", 30),
    (DataFile("odd.csv", lambda *_: []), "seed", 30),
    (Reaction("odd.late", "odd.done", lambda *_: None), "run", 10),
])  # fmt: skip
def test_what_only_a_terminal_waits_for_may_take_longer(
    monkeypatch: pytest.MonkeyPatch, given: Any, field: str, seconds: int
) -> None:
    seen: list[int] = []
    monkeypatch.setattr(Visit, "__enter__", lambda visit: seen.append(visit.host.patience))
    getattr(sealed("odd", None, given), field)(*[None] * (1 if field == "check" else 2))
    assert seen == [seconds * SECOND]
