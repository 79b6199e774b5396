"""Actions: what the language learns from annotations, and how inputs and results travel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Annotated, Any, ClassVar, cast

import pytest

from engine.definition.values.durations import Duration
from engine.definition.values.moments import DISTRICT_TIME
from engine.definition.values.types import ValueType
from engine.extend import (
    ActionContext,
    Money,
    Of,
    Period,
    PersonId,
    ReadContext,
    StepContext,
    Text,
    Undone,
    UnitId,
    WriteContext,
    action,
    undo,
)
from engine.extend.calls.faults import AnswerError, PluginError

CTX = cast(ActionContext, None)
TITLE = Text("试", "try")


@dataclass(frozen=True)
class Line:
    thing: str
    hours: Decimal | None = None


@dataclass(frozen=True)
class Given:
    words: str
    count: Annotated[int, Text("几个", "how many")]
    yes: bool
    rate: Decimal
    day: date
    clock: time
    at: datetime
    span: Period
    length: Duration
    price: Money
    thing: Annotated[str, Of("thing")]
    who: PersonId
    where: UnitId
    tags: list[str]
    lines: tuple[Line, ...]
    note: str | None
    spare: Annotated[int | None, Text("备用", "spare")] = None
    times: int = 2


@dataclass(frozen=True)
class WellDone:
    title: ClassVar[Text] = Text("成了", "done")
    echo: Annotated[str, Of("thing")]
    until: datetime | None = None
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True)
class Refused:
    outcome: ClassVar[str] = "not_now"
    title: ClassVar[Text] = Text("不行", "refused")
    refusing: ClassVar[bool] = True
    reason: str


@action("trial.try_it", title=TITLE, undo="trial.forget", says=Text("试一下", "tries it"), version=3)
def try_it(ctx: ActionContext, i: Given) -> WellDone | Refused:
    if i.count > 10:
        return Refused("too many")
    return WellDone(i.thing, i.at if i.note is None else None, i.lines)


STORED: dict[str, Any] = {
    "words": "字", "count": 3, "yes": True, "rate": "1.5", "day": "2026-06-16", "clock": "14:00",
    "at": "2026-06-16T14:00", "span": "2026-06-16T14:00/2026-06-16T16:00", "length": "2 workdays", "price": 1250,
    "thing": "t1", "who": "p1", "where": "u1", "tags": ["a", "b"], "lines": [{"thing": "x", "hours": "0.5"}],
}  # fmt: skip


def test_annotations_become_types_of_the_language() -> None:
    types = {p.name: p.type for p in try_it.spec.inputs}
    assert {name: t.name for name, t in types.items()} == {
        "words": "text", "count": "integer", "yes": "boolean", "rate": "decimal", "day": "date", "clock": "time",
        "at": "datetime", "span": "period", "length": "duration", "price": "money", "thing": "thing",
        "who": "person", "where": "unit", "tags": "choices", "lines": "table", "note": "text", "spare": "integer",
        "times": "integer",
    }  # fmt: skip
    assert types["lines"].columns == (("thing", ValueType("text")), ("hours", ValueType("decimal", optional=True)))
    assert [name for name, t in types.items() if t.optional] == ["note", "spare"]


def test_an_input_is_required_unless_it_may_be_empty_or_has_a_default() -> None:
    assert [p.name for p in try_it.spec.inputs if not p.required] == ["note", "spare", "times"]


def test_a_text_in_the_annotation_is_the_title_of_the_input() -> None:
    titles = {p.name: p.title for p in try_it.spec.inputs if p.title}
    assert titles == {"count": Text("几个", "how many"), "spare": Text("备用", "spare")}


def test_the_results_are_a_closed_set_with_outputs_of_their_own() -> None:
    done, refused = try_it.spec.results
    assert (done.name, done.refusing, [n for n, _ in done.outputs]) == ("well_done", False, ["echo", "until", "lines"])
    assert (refused.name, refused.refusing, refused.outputs) == ("not_now", True, (("reason", ValueType("text")),))
    assert (try_it.spec.undo, try_it.spec.version) == ("trial.forget", 3)


def test_inputs_arrive_live_and_outputs_leave_stored() -> None:
    seen: list[Given] = []

    @action("trial.look", title=TITLE)
    def look(ctx: ActionContext, i: Given) -> WellDone:
        seen.append(i)
        return WellDone(i.thing, i.at, i.lines)

    assert look.spec.run is not None
    outcome = look.spec.run(CTX, STORED)
    (given,) = seen
    assert given.rate == Decimal("1.5")
    assert given.at == datetime(2026, 6, 16, 14, tzinfo=DISTRICT_TIME)
    assert given.span.minutes == 120
    assert given.length == Duration(2, "workdays")
    assert given.lines == (Line("x", Decimal("0.5")),)
    assert (given.note, given.spare, given.times) == (None, None, 2)
    assert outcome.outputs == {"echo": "t1", "until": "2026-06-16T14:00", "lines": [{"thing": "x", "hours": "0.5"}]}
    assert (outcome.name, outcome.refusing) == ("well_done", False)


def test_an_empty_output_is_left_out_of_what_is_stored() -> None:
    assert try_it.spec.run is not None
    assert try_it.spec.run(CTX, STORED | {"note": "x"}).outputs.keys() == {"echo", "lines"}


def test_a_refusing_result_says_so() -> None:
    assert try_it.spec.run is not None
    outcome = try_it.spec.run(CTX, STORED | {"count": 11})
    assert (outcome.name, outcome.outputs, outcome.refusing) == ("not_now", {"reason": "too many"}, True)


def test_an_action_can_still_be_called_as_a_function() -> None:
    @action("trial.echo", title=TITLE)
    def echo(ctx: ActionContext, i: Line) -> WellDone:
        return WellDone(i.thing)

    assert echo(CTX, Line("t")) == WellDone("t")


def test_an_answer_that_was_not_declared_is_an_error() -> None:
    @action("trial.odd", title=TITLE)
    def odd(ctx: ActionContext, i: Line) -> WellDone:
        return cast(WellDone, Refused("no"))

    assert odd.spec.run is not None
    line = odd.body.__code__.co_firstlineno
    with pytest.raises(AnswerError, match=f"plugin 'trial' .extend/test_actions.py:{line}.: action trial.odd answered"):
        odd.spec.run(CTX, {"thing": "t"})


@dataclass(frozen=True)
class Everything:
    title: ClassVar[Text] = Text("都有", "all")
    words: str | None = None
    count: int | None = None
    yes: bool | None = None
    rate: Decimal | None = None
    day: date | None = None
    clock: time | None = None
    moment: datetime | None = None
    span: Period | None = None
    length: Duration | None = None
    price: Money | None = None
    thing: Annotated[str, Of("thing")] | None = None
    tags: list[str] | None = None
    lines: tuple[Line, ...] | None = None


NAIVE = datetime(2026, 6, 1, 12)  # noqa: DTZ001


def test_an_output_that_may_not_be_empty_is_refused_where_it_is() -> None:
    @action("trial.hollow", title=TITLE)
    def hollow(ctx: ActionContext, i: Line) -> WellDone:
        return WellDone(cast(str, None))

    assert hollow.spec.run is not None
    with pytest.raises(AnswerError, match="echo has to be thing, not NoneType"):
        hollow.spec.run(CTX, {"thing": "t"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("words", 12345), ("words", b"a"), ("words", Text("a", "b")), ("words", "nul \0"), ("words", "half \ud800"),
        ("count", "5"), ("count", True), ("count", 1.5), ("yes", 1), ("yes", "yes"), ("rate", 0.5), ("rate", True),
        ("day", "2026-06-01"), ("day", NAIVE), ("clock", "14:00"), ("moment", "2026-06-01T12:00"), ("moment", date(2026, 6, 1)),
        ("moment", NAIVE), ("span", Period(NAIVE, NAIVE)), ("span", "2026"), ("length", "2 days"), ("price", "12.50"),
        ("price", Decimal(12)), ("thing", 5), ("tags", "abc"), ("tags", [1]), ("tags", {"a"}), ("lines", "x"),
        ("lines", [{"thing": "a"}]), ("lines", [Line(5)]), ("lines", [Line("a", 1.5)]),
    ],
)  # fmt: skip
def test_an_output_of_another_type_is_refused_and_its_name_is_said(name: str, value: Any) -> None:
    @action("trial.wild", title=TITLE)
    def wild(ctx: ActionContext, i: Line) -> Everything:
        return Everything(**{name: value})

    assert wild.spec.run is not None
    with pytest.raises(AnswerError, match=rf"action trial\.wild answered a wrong Everything: {name}\b"):
        wild.spec.run(CTX, {"thing": "t"})


class NoDataclass:
    pass


@dataclass(frozen=True)
class Strange:
    inner: NoDataclass


@dataclass(frozen=True)
class Untitled:
    id: str


def no_context(i: Line) -> WellDone:
    return WellDone(i.thing)


def no_answer(ctx: ActionContext, i: Line):  # type: ignore[no-untyped-def]
    return WellDone(i.thing)


def strange_input(ctx: ActionContext, i: Strange) -> WellDone:
    return WellDone("")


def untitled_result(ctx: ActionContext, i: Line) -> Untitled:
    return Untitled("")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (no_context, "takes a context and one dataclass"),
        (no_answer, "takes a context and one dataclass"),
        (strange_input, "Strange.inner: no field type"),
        (untitled_result, "result Untitled needs `title"),
    ],
)
def test_a_function_that_the_language_cannot_read_closes_its_plugin(body: Any, reason: str) -> None:
    with pytest.raises(PluginError, match=reason) as refused:
        action("trial.bad", title=TITLE)(body)
    assert refused.value.details == {"plugin": "trial"}


@pytest.mark.parametrize("name", ["hold", "Trial.hold", "trial.hold-it", "trial.hold.it"])
def test_a_name_is_plugin_dot_verb(name: str) -> None:
    with pytest.raises(PluginError, match=r"plugin\.verb"):
        action(name, title=TITLE)
    with pytest.raises(PluginError, match=r"plugin\.verb"):
        undo(name)


def _paid(ctx: ActionContext, given: Given) -> WellDone:
    return WellDone(given.thing)


def test_an_action_says_which_of_its_persons_it_pays() -> None:
    paying = action("trial.pay", title=TITLE, pays="who")(_paid)

    assert paying.spec.pays == "who"


@pytest.mark.parametrize("pays", ["words", "nobody", "where"])
def test_what_an_action_pays_is_a_person_among_its_inputs(pays: str) -> None:
    with pytest.raises(PluginError, match=f"pays '{pays}', which is no input for a person"):
        action("trial.pay", title=TITLE, pays=pays)(_paid)


def test_an_undo_answers_one_of_three_words() -> None:
    @undo("trial.forget")
    def forget(ctx: ActionContext, receipt: Mapping[str, Any]) -> Undone:
        return cast(Undone, receipt["answer"])

    assert forget(CTX, {"answer": "kept"}) == "kept"
    with pytest.raises(PluginError, match="must answer undone, nothing_left or kept"):
        forget(CTX, {"answer": "done"})


@pytest.mark.parametrize("handed", [ActionContext, WriteContext, str])
def test_an_action_that_only_reads_takes_nothing_to_write_with(handed: type[Any]) -> None:
    def look(ctx: Any, given: Line) -> WellDone: ...

    look.__annotations__ = {"ctx": handed, "given": Line, "return": WellDone}
    with pytest.raises(PluginError) as refused:
        action("trial.look", title=TITLE, reads=True)(look)
    assert f"action trial.look says reads: it takes a StepContext, not {handed.__name__}" in refused.value.text.en
    assert "动作trial.look写着 reads，只读不写：第一个参数要写成 StepContext" in refused.value.text.zh


@pytest.mark.parametrize("more", [{"undo": "trial.forget"}, {"undo": "impossible"}, {"pays": "payee"}])
def test_an_action_that_only_reads_leaves_nothing_to_undo_and_pays_nobody(more: dict[str, str]) -> None:
    @dataclass(frozen=True)
    class To:
        payee: PersonId

    def look(ctx: StepContext, given: Any) -> WellDone: ...

    look.__annotations__ = {"ctx": StepContext, "given": To, "return": WellDone}
    with pytest.raises(PluginError) as refused:
        action("trial.look", title=TITLE, reads=True, **more)(look)  # type: ignore[arg-type]
    assert "says reads and leaves nothing behind: leave out undo and pays" in refused.value.text.en
    assert "去掉 undo 和 pays" in refused.value.text.zh


@pytest.mark.parametrize("handed", [StepContext, ReadContext])
def test_an_action_says_that_it_only_reads(handed: type[Any]) -> None:
    def look(ctx: Any, given: Line) -> WellDone: ...

    look.__annotations__ = {"ctx": handed, "given": Line, "return": WellDone}
    assert action("trial.look", title=TITLE, reads=True)(look).spec.reads
    assert not try_it.spec.reads
