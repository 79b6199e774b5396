"""Turns a checked formula into one Python function of what surrounds it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Final, Protocol

from engine.definition.expression import tree
from engine.definition.expression.operations import OPERATIONS
from engine.definition.values.durations import Duration, add_plain
from engine.definition.values.moments import day_end, midnight
from engine.errors import Invalid, Problem
from engine.i18n import Text

#: How much work one evaluation may do, counting each part of the formula once for every row it looks at.
MOST_OPERATIONS: Final = 10_000


class Env(Protocol):
    """What a formula asks of the world. Values are live; None is empty."""

    def name(self, name: str) -> Any:
        """The value of a name of the scope; of ``hold.id`` the record ``hold`` is asked. Raises KeyError if unknown."""
        ...

    def attribute(self, type_name: str, value: Any, attribute: str) -> Any:
        """An attribute of a person, a unit or a plugin's value."""
        ...

    def call(self, function: str, args: tuple[Any, ...]) -> Any:
        """The answer of a plugin's function or of ``has_role(person, role)``."""
        ...

    def add(self, moment: datetime, duration: Duration) -> datetime:
        """*moment* and a duration in working time (``work_minutes``, ``workdays``)."""
        ...


class Run:
    """One evaluation: its environment, the row in view and the work left."""

    __slots__ = ("env", "left", "row")

    def __init__(self, env: Env) -> None:
        self.env = env
        self.row: dict[str, Any] = {}
        self.left = MOST_OPERATIONS


Closure = Callable[[Run], Any]


def closure(part: tree.Core) -> Closure:
    """A Python function that computes *part*."""
    if isinstance(part, tree.Constant):
        value = part.value
        return lambda _run: value
    if isinstance(part, tree.Read):
        return _read(part.name)
    if isinstance(part, tree.Row):
        return lambda run: run.row
    if isinstance(part, tree.Operation):
        return _operation(part)
    return _OTHERS[type(part)](part)


def _read(name: str) -> Closure:
    record, dot, entry = name.partition(".")
    if not dot:
        return lambda run: run.env.name(name)

    def entry_of(run: Run) -> Any:
        entries = run.env.name(record)
        return None if entries is None else entries.get(entry)

    return entry_of


def _operation(part: tree.Operation) -> Closure:
    operation = OPERATIONS[part.name]
    compute, empty = operation.run, operation.empty
    args = tuple(closure(arg) for arg in part.args)
    if operation.lax:
        return lambda run: compute(*[arg(run) for arg in args])

    def strict(run: Run) -> Any:
        values = [arg(run) for arg in args]
        if None in values:
            return empty
        try:
            return compute(*values)
        except (ArithmeticError, ValueError):
            return empty

    return strict


def _attribute(part: tree.Attribute) -> Closure:
    of, type_name, attribute = closure(part.of), part.type_name, part.attribute

    def read(run: Run) -> Any:
        value = of(run)
        return None if value is None else run.env.attribute(type_name, value, attribute)

    return read


def _lazy(part: tree.Lazy) -> Closure:
    args = tuple(closure(arg) for arg in part.args)
    if part.kind == "and":
        return lambda run: all(arg(run) for arg in args)
    if part.kind == "or":
        return lambda run: any(arg(run) for arg in args)
    if part.kind == "if":
        condition, then, otherwise = args
        return lambda run: then(run) if condition(run) else otherwise(run)
    return lambda run: next((value for arg in args if (value := arg(run)) is not None), None)


def _each(part: tree.Each) -> Closure:
    table, condition, cost, counts = closure(part.table), closure(part.condition), part.size, part.kind == "count"

    def holding(run: Run) -> Any:
        rows = table(run)
        if rows is None:
            return 0 if counts else None
        outer, kept = run.row, []
        for row in rows:
            run.row = row
            run.left -= cost
            if run.left < 0:
                raise _too_much()
            if condition(run):
                kept.append(row)
        run.row = outer
        return len(kept) if counts else tuple(kept)

    return holding


def _ask(part: tree.Ask) -> Closure:
    function, args = part.function, tuple(closure(arg) for arg in part.args)
    return lambda run: run.env.call(function, tuple(arg(run) for arg in args))


def _shift(part: tree.Shift) -> Closure:
    moment_of, duration_of, sign = closure(part.moment), closure(part.duration), part.sign

    def shifted(run: Run) -> Any:
        moment, duration = moment_of(run), duration_of(run)
        if moment is None or duration is None:
            return None
        try:
            return _add(run.env, moment, duration.times(sign))
        except (OverflowError, ValueError):
            return None

    return shifted


def _add(env: Env, moment: date, duration: Duration) -> date:
    if isinstance(moment, datetime):
        return env.add(moment, duration) if duration.needs_calendar else add_plain(moment, duration)
    if not duration.needs_calendar:
        return add_plain(midnight(moment), duration).date()
    # Workdays count forwards from its end and back from its beginning: the day itself is none of them.
    after = duration.unit == "workdays" and duration.amount > 0
    return env.add(day_end(moment) if after else midnight(moment), duration).date()


_OTHERS: Final[dict[type[tree.Core], Callable[[Any], Closure]]] = {
    tree.Attribute: _attribute,
    tree.Lazy: _lazy,
    tree.Each: _each,
    tree.Ask: _ask,
    tree.Shift: _shift,
}


def _too_much() -> Invalid:
    words = Text(
        f"公式要算的行太多，超过{MOST_OPERATIONS}步。减少表格的行数。",
        f"The formula has too many rows to look at, over {MOST_OPERATIONS} steps. Use a shorter table.",
    )
    return Invalid((Problem("formula-too-much", words),))
