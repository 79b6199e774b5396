"""Declares a plugin's actions and their undoing from typed Python functions."""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, Literal, NamedTuple, TypeVar

from engine.definition.catalogue import ActionSpec, ResultSpec, UndoRule
from engine.errors import Problem
from engine.extend.calls.faults import AnswerError, plugin_error, plugin_fault
from engine.extend.calls.places import written_at
from engine.extend.context import ActionContext, StepContext
from engine.extend.shapes import Misfit, Shape, shape_of
from engine.i18n import Text

Undone = Literal["undone", "nothing_left", "kept"]
#: What every step records of itself; no output of an action may be called so.
RESERVED = frozenset({"outcome", "result", "d", "who", "for", "at", "round", "opinion"})
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NAME = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")
I = TypeVar("I")  # noqa: E741
R = TypeVar("R")


class Outcome(NamedTuple):
    """How an action ended: the result's name, its outputs in stored form, whether its writes must vanish.

    ``problems`` say what a refusing one finds wrong, each at an input (``path``).
    """

    name: str
    outputs: dict[str, Any]
    refusing: bool = False
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Action(Generic[I, R]):
    """An action: ``spec`` for the language, and still callable with its own dataclasses."""

    called: ClassVar[str] = "spec.name"
    begins: ClassVar[str] = "{plugin}."
    spec: ActionSpec
    body: Callable[[ActionContext, I], R]

    def __call__(self, ctx: ActionContext, given: I) -> R:
        return self.body(ctx, given)


@dataclass(frozen=True)
class Undo:
    """The undoing of an action: total, idempotent, from the recorded receipt (the outputs, as stored)."""

    begins: ClassVar[str] = "{plugin}."
    name: str
    body: Callable[[ActionContext, Mapping[str, Any]], Undone]

    def __call__(self, ctx: ActionContext, receipt: Mapping[str, Any]) -> Undone:
        answer = self.body(ctx, receipt)
        if answer not in typing.get_args(Undone):
            raise plugin_error(
                self.name.partition(".")[0],
                f"撤销动作{self.name}要回答 undone、nothing_left 或 kept，却回答了{answer!r}",
                f"undo {self.name} must answer undone, nothing_left or kept, not {answer!r}",
            )
        return answer


def action(
    name: str,
    *,
    title: Text,
    says: Text | None = None,
    pays: str = "",
    needs: Mapping[str, str] | None = None,
    undo: str | UndoRule = "nothing",
    version: int = 1,
    reads: bool = False,
) -> Callable[[Callable[[ActionContext, I], R]], Action[I, R]]:
    """Declare ``plugin.verb``: a function of (ctx, dataclass of inputs) that answers one of its result dataclasses.

    ``undo`` names an ``@undo``, or is ``"nothing"`` (a notice) or ``"impossible"``. ``pays`` names the input that is
    the person who gets money, points or the like, so that ``check`` can warn where nobody else acted before. ``needs``
    maps an optional input to another that ``check`` wants beside it. One that ``reads`` writes nothing and takes a
    ``StepContext``, on which a write is refused. A result
    dataclass may carry ClassVars ``outcome`` (default: the class name in snake_case), ``title`` (required) and
    ``refusing``. A refusing one may have a method ``problems(given)``: what is wrong with these inputs, each
    ``Problem`` with the input that it is about as its ``path``.
    """

    plugin = _plugin_of(name)

    def declare(body: Callable[[ActionContext, I], R]) -> Action[I, R]:
        try:
            inputs, results = _signature(body)
        except (TypeError, NameError) as reason:
            raise plugin_error(plugin, f"动作{name}的注解有误：{reason}", f"action {name}: {reason}") from reason
        if pays and all((one.name, one.type.name) != (pays, "person") for one in inputs.parameters()):
            zh = f"动作{name}付给的“{pays}”不是人员输入"
            raise plugin_error(plugin, zh, f"action {name} pays {pays!r}, which is no input for a person")
        if reads:
            _must_read(name, body, undo, pays)
        spec = ActionSpec(
            name=name,
            title=title,
            inputs=inputs.parameters(),
            results=tuple(_result(shape) for shape in results.values()),
            undo=undo,
            says=says,
            pays=pays,
            needs=tuple((needs or {}).items()),
            version=version,
            reads=reads,
            run=_runner(name, body, inputs, results),
        )
        return Action(spec, body)

    return declare


def undo(name: str) -> Callable[[Callable[[ActionContext, Mapping[str, Any]], Undone]], Undo]:
    """Declare how actions that say ``undo=name`` are undone."""
    _plugin_of(name)

    def declare(body: Callable[[ActionContext, Mapping[str, Any]], Undone]) -> Undo:
        return Undo(name, body)

    return declare


def _plugin_of(name: str) -> str:
    plugin = name.partition(".")[0]
    if not _NAME.fullmatch(name):
        zh, en = f"动作名“{name}”要写成 插件.动词，小写英文", f"write the name {name!r} as plugin.verb in lower case"
        raise plugin_error(plugin, zh, en)
    return plugin


def _must_read(name: str, body: Callable[..., Any], undo: str | UndoRule, pays: str) -> None:
    """Refuse what an action that only reads says or takes beside that as if it wrote."""
    first = next(iter(typing.get_type_hints(body).values()))
    plugin = _plugin_of(name)
    if not issubclass(StepContext, first):
        zh = f"动作{name}写着 reads，只读不写：第一个参数要写成 StepContext，不是{first.__name__}"
        raise plugin_error(plugin, zh, f"action {name} says reads: it takes a StepContext, not {first.__name__}")
    if undo != "nothing" or pays:
        zh = f"动作{name}写着 reads，什么也没写下：去掉 undo 和 pays"
        raise plugin_error(plugin, zh, f"action {name} says reads and leaves nothing behind: leave out undo and pays")


def _signature(body: Callable[..., Any]) -> tuple[Shape, dict[str, Shape]]:
    """The shape of the inputs and of each result, by outcome."""
    hints = typing.get_type_hints(body, include_extras=True)
    answer = hints.pop("return", None)
    if len(hints) != 2 or answer is None:
        raise TypeError("it takes a context and one dataclass of inputs, all annotated, and answers dataclasses")
    union = typing.get_origin(answer) in (typing.Union, types.UnionType)
    classes = typing.get_args(answer) if union else (answer,)
    results: dict[str, Shape] = {}
    for cls in classes:
        if _outcome(cls) in results:
            raise TypeError(f"two results are called {_outcome(cls)}")
        taken = RESERVED & {name for name, _ in shape_of(cls).columns()}
        if taken:
            raise TypeError(f"{cls.__name__} may not call an output {min(taken)}: every step has that itself")
        if not isinstance(getattr(cls, "title", None), Text):
            raise TypeError(f"result {cls.__name__} needs `title: ClassVar[Text]`")
        results[_outcome(cls)] = shape_of(cls)
    return shape_of(list(hints.values())[1]), results


def _outcome(cls: type[Any]) -> str:
    default = _HUMP.sub("_", cls.__name__).lower()
    return str(getattr(cls, "outcome", default))


def _refusing(cls: type[Any]) -> bool:
    return bool(getattr(cls, "refusing", False))


def _result(shape: Shape) -> ResultSpec:
    cls = shape.cls
    told = hasattr(cls, "problems")
    if told and not _refusing(cls):
        raise TypeError(f"{cls.__name__} has problems() and is not refusing")
    return ResultSpec(_outcome(cls), cls.title, shape.columns(), _refusing(cls), told)


def _misanswered(name: str, body: Callable[..., Any], zh: str, en: str) -> AnswerError:
    """The fault of an action whose answer is not what it declared; the place is where it is written."""
    plugin = name.partition(".")[0]
    return plugin_fault(AnswerError, plugin, f"动作{name}{zh}", f"action {name} {en}", written_at(body))


def _runner(
    name: str, body: Callable[..., Any], inputs: Shape, results: dict[str, Shape]
) -> Callable[[ActionContext, Mapping[str, Any]], Outcome]:
    known = {parameter.name for parameter in inputs.parameters()}
    declared = {shape.cls: (outcome, shape, _refusing(shape.cls)) for outcome, shape in results.items()}

    def run(ctx: ActionContext, stored: Mapping[str, Any]) -> Outcome:
        """Decode the stored inputs, run the body, encode its result."""
        given = inputs.decode(stored)
        answer = body(ctx, given)
        kind = type(answer)
        if kind not in declared:
            raise _misanswered(name, body, f"给了没有声明的{kind.__name__}", f"answered undeclared {kind.__name__}")
        outcome, shape, refusing = declared[kind]
        problems = tuple(answer.problems(given)) if hasattr(answer, "problems") else ()
        if wild := next((p.path for p in problems if p.path and p.path not in known), ""):
            raise _misanswered(name, body, f"没有叫{wild}的输入", f"finds fault with {wild!r}, which is no input")
        try:
            return Outcome(outcome, shape.encode(answer), refusing, problems)
        except Misfit as reason:
            said, result = reason.text, kind.__name__
            raise _misanswered(
                name, body, f"的结果{result}不对：{said.zh}", f"answered a wrong {result}: {said.en}"
            ) from reason

    return run
