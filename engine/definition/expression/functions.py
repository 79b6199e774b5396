"""The built-in functions and their types; a plugin's functions are checked against what it declared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from engine.definition.expression.check import Checker, Part
from engine.definition.expression.coerce import as_type, meet, title
from engine.definition.expression.operators import check_options, need_boolean, result, test, unknown
from engine.definition.expression.presence import present
from engine.definition.expression.scope import UNKNOWN, fits
from engine.definition.expression.tree import (
    Apply,
    Ask,
    Constant,
    Core,
    Each,
    Lazy,
    Operation,
    Read,
    Shift,
    Written,
    size,
)
from engine.definition.problem_codes import did_you_mean
from engine.definition.values.durations import Duration
from engine.definition.values.kinds.table import IN_ORDER, NUMBERS, WORDS
from engine.definition.values.types import BOOLEAN, DATE, DATETIME, DECIMAL, INTEGER, TEXT, TIME, ValueType
from engine.i18n import Text

_DAY: Final = ("date", "datetime")


@dataclass(frozen=True, slots=True)
class Simple:
    """A function whose arguments have fixed types."""

    operation: str
    returns: ValueType
    takes: tuple[tuple[str, ...], ...]
    asks: bool = False


SIMPLE: Final[dict[str, Simple]] = {
    "days_between": Simple("days_between", INTEGER, (_DAY, _DAY)),
    "end_of_month": Simple("end_of_month", DATE, (_DAY,)),
    "next_month": Simple("next_month", DATE, (_DAY,)),
    "year_end": Simple("year_end", DATE, (_DAY,)),
    "date": Simple("date", DATE, (_DAY,)),
    "is_on": Simple("is_on", BOOLEAN, (_DAY, ("calendar",))),
    "len": Simple("len", INTEGER, ((*sorted(WORDS), "choices", "table", "list"),)),
}
_HAS_ROLE: Final = Simple("has_role", BOOLEAN, (("person",), ("text",)), asks=True)

#: Chinese names of functions.
ALIASES: Final = {
    "如果": "if", "合计": "sum", "求和": "sum", "计数": "count", "个数": "count", "筛选": "only", "最后": "last",
    "最前": "first", "最小": "min", "最大": "max", "四舍五入": "round", "向下取整": "floor", "向上取整": "ceil",
    "绝对值": "abs", "长度": "len", "为空": "empty", "今天几点": "today_at", "相差天数": "days_between",
    "月末": "end_of_month", "下月": "next_month", "年末": "year_end", "日期": "date", "逢": "is_on",
    "有角色": "has_role", "是工作日": "is_workday", "包含": "contains", "或者默认": "coalesce",
}  # fmt: skip


def call(checker: Checker, node: Apply) -> Part:
    """A function with its arguments, checked."""
    name = ALIASES.get(node.function, node.function)
    if name in SIMPLE:
        return _simple(checker, node, name, SIMPLE[name])
    if name in _SPECIAL:
        fewest, most, check = _SPECIAL[name]
        return check(checker, node) if _counted(checker, node, fewest, most) else _wrong(node)
    if name in checker.scope.functions:
        return _of_plugin(checker, node, name)
    known = [*FUNCTIONS, *checker.scope.functions, *ALIASES]
    zh, en = f"没有叫“{node.function}”的函数", f'There is no function "{node.function}"'
    return checker.fault("formula-function", node, zh, en, did_you_mean(node.function, known))


def _wrong(node: Apply) -> Part:
    return Part(Lazy("or", ()), UNKNOWN, node)


def _counted(checker: Checker, node: Apply, fewest: int, most: int | None) -> bool:
    given = len(node.args)
    if given >= fewest and (most is None or given <= most):
        return True
    wanted = str(fewest) if fewest == most else f"{fewest}–{most}" if most else f"{fewest}+"
    zh, en = f"{node.function} 要{wanted}个参数，这里是{given}个", f"{node.function} takes {wanted} values, not {given}"
    checker.fault("formula-function", node, zh, en)
    return False


def _argument(checker: Checker, node: Apply, part: Part, wanted: tuple[str, ...]) -> Part:
    """*part* as one of the *wanted* types, or a fault."""
    if unknown(part) or any(fits(part.type, name) for name in wanted):
        return as_type(checker, part, ValueType("calendar")) if wanted == ("calendar",) else part
    for name in wanted:
        read = as_type(checker, part, ValueType(name))
        if read is not part:
            return read
    have, need = title(part.type), title(ValueType(wanted[0]))
    zh, en = f"{node.function} 这里要{need.zh}，不能是{have.zh}", f"{node.function} needs {need.en}, not {have.en}"
    return checker.fault("formula-type", part.node, zh, en)


def _simple(checker: Checker, node: Apply, name: str, spec: Simple) -> Part:
    if not _counted(checker, node, len(spec.takes), len(spec.takes)):
        return _wrong(node)
    args = checker.check_all(node.args)
    parts = [_argument(checker, node, part, wanted) for part, wanted in zip(args, spec.takes, strict=True)]
    if unknown(*parts):
        return _wrong(node)
    if spec.asks:
        return Part(Ask(name, tuple(part.core for part in parts)), spec.returns, node)
    if spec.returns == BOOLEAN:
        return test(spec.operation, node, *parts)
    return result(spec.operation, spec.returns, node, *parts)


def _of_plugin(checker: Checker, node: Apply, name: str) -> Part:
    spec = checker.scope.functions[name]
    if not _counted(checker, node, len(spec.parameters), len(spec.parameters)):
        return _wrong(node)
    args = checker.check_all(node.args)
    wanted = [(kind.name,) for kind in spec.parameters]
    parts = [_argument(checker, node, part, kind) for part, kind in zip(args, wanted, strict=True)]
    return Part(Ask(name, tuple(map(_settled, parts))), spec.returns, node)


def _settled(part: Part) -> Core:
    """What a plugin's function is given: numbers leave the formula here, so they are rounded."""
    return Operation(f"settled {part.name}", (part.core,)) if part.name in ("money", "decimal") else part.core


def _if(checker: Checker, node: Apply) -> Part:
    question, yes, no = node.args
    condition = need_boolean(checker, checker.check(question))
    branches = [
        checker.check_knowing(yes, present(question, True)),
        checker.check_knowing(no, present(question, False)),
    ]
    return _joined(checker, node, branches, lambda parts: Lazy("if", (condition.core, *(p.core for p in parts))))


def _joined(checker: Checker, node: Apply, parts: list[Part], build: Callable[[list[Part]], Core]) -> Part:
    """Parts of which one becomes the value: they have to be of one kind."""
    parts, kind = meet(checker, parts)
    if kind is None:
        names = [title(part.type) for part in parts]
        zh, en = "和".join(n.zh for n in names), " and ".join(n.en for n in names)
        return checker.fault("formula-type", node, f"{zh}不是一类，不能择一", f"{en} are not of one kind")
    return Part(build(parts), kind, node)


def _coalesce(checker: Checker, node: Apply) -> Part:
    args = checker.check_all(node.args)
    joined = _joined(checker, node, args, lambda parts: Lazy("coalesce", tuple(p.core for p in parts)))
    return replace(joined, type=joined.type if args[-1].type.optional else joined.type.surely())


def _collection(checker: Checker, node: Apply, kinds: tuple[str, ...]) -> Part:
    part = checker.check(node.args[0])
    if part.name in (*kinds, UNKNOWN.name):
        return part
    have = title(part.type)
    hint = Text("例如 明细.金额", "Such as lines.amount")
    zh, en = f"{node.function} 要表格的一列，不能是{have.zh}", f"{node.function} needs a column, not {have.en}"
    return checker.fault("formula-type", part.node, zh, en, hint)


def _sum(checker: Checker, node: Apply) -> Part:
    column = _collection(checker, node, ("list",))
    of = column.type.of
    if unknown(column):
        return column
    if of not in NUMBERS:
        have = title(ValueType(of))
        return checker.fault("formula-type", node, f"{have.zh}不能合计", f"A column of type {of} has no sum")
    return Part(Operation("sum", (column.core,)), ValueType(of), node)


def _with_rows(checker: Checker, node: Apply) -> Part:
    """``count(t)``, ``count(t, condition)`` and ``only(t, condition)``."""
    counts = ALIASES.get(node.function, node.function) == "count"
    table = _collection(checker, node, ("table", "list") if counts and len(node.args) == 1 else ("table",))
    if unknown(table):
        return table
    if len(node.args) == 1:
        return Part(Operation("count", (table.core,)), INTEGER, node)
    checker.rows.append(replace(table, type=ValueType("record", columns=table.type.columns)))
    condition = need_boolean(checker, checker.check(node.args[1]))
    checker.rows.pop()
    each = Each("count" if counts else "only", table.core, condition.core, size(condition.core))
    return Part(each, INTEGER, node) if counts else Part(each, table.type, node, table.path)


def _end(checker: Checker, node: Apply) -> Part:
    """``last`` and ``first``: a row of a table or a value of a column; empty if there is none."""
    items = _collection(checker, node, ("table", "list"))
    if unknown(items):
        return items
    kind = ValueType("record", items.type.columns) if items.name == "table" else ValueType(items.type.of)
    name = ALIASES.get(node.function, node.function)
    return Part(Operation(name, (items.core,)), kind.maybe(), node, items.path, items.options)


def _extreme(checker: Checker, node: Apply) -> Part:
    """``min`` and ``max`` of several values or of a column; empty ones do not take part."""
    name = ALIASES.get(node.function, node.function)
    parts, kind = meet(checker, checker.check_all(node.args))
    if unknown(*parts):
        return _wrong(node)
    if len(parts) == 1 and parts[0].name == "list" and parts[0].type.of in IN_ORDER:
        word = "least" if name == "min" else "greatest"
        return result(word, ValueType(parts[0].type.of, optional=True), node, parts[0])
    if kind is None or kind.name not in IN_ORDER:
        zh, en = f"{node.function} 要同一类的数字、金额或日期", f"{node.function} needs numbers, amounts or dates"
        return checker.fault("formula-type", node, zh, en)
    some = kind.maybe() if all(part.type.optional for part in parts) else kind.surely()
    return Part(Operation(name, tuple(part.core for part in parts)), some, node)


def _rounding(checker: Checker, node: Apply) -> Part:
    name = ALIASES.get(node.function, node.function)
    parts = checker.check_all(node.args)
    value = _argument(checker, node, parts[0], ("decimal", "money"))
    digits = [_argument(checker, node, part, ("integer",)) for part in parts[1:]]
    if unknown(value, *digits):
        return _wrong(node)
    if value.name == "money":
        return result(f"{name} money", value.type, node, value, *digits)
    return result("round", DECIMAL, node, value, *digits) if digits else result(f"{name} whole", INTEGER, node, value)


def _abs(checker: Checker, node: Apply) -> Part:
    part = _argument(checker, node, checker.check(node.args[0]), ("decimal", "money"))
    return result("abs", part.type, node, part)


def _empty(checker: Checker, node: Apply) -> Part:
    return test("empty", node, checker.check(node.args[0]))


def _today_at(checker: Checker, node: Apply) -> Part:
    clock = as_type(checker, checker.check(node.args[0]), TIME)
    clock = _argument(checker, node, clock, ("time",))
    checker.names.add("today")
    return result("at time", DATETIME, node, Part(Read("today"), DATE, node), clock)


def _is_workday(checker: Checker, node: Apply) -> Part:
    """A day is worked if the first minute of work from its midnight on is its own."""
    day = _argument(checker, node, checker.check(node.args[0]), ("date",))
    first_work = Shift(day.core, Constant(Duration(1, "work_minutes")), 1)
    return test("=", node, Part(first_work, DATE, node), day)


def _has_role(checker: Checker, node: Apply) -> Part:
    """Whether a person has a role, which has to be one of the district's."""
    part, written, roles = _simple(checker, node, "has_role", _HAS_ROLE), node.args[1], checker.scope.roles
    if isinstance(written, Written) and isinstance(written.value, str) and not roles.has(written.value):
        said = roles.fault(written.value)
        return checker.fault(said.code, written, *said.message, said.hint)
    return part


def _contains(checker: Checker, node: Apply) -> Part:
    whole, part = checker.check_all(node.args)
    whole = _argument(checker, node, whole, (*sorted(WORDS), "choices"))
    part = _argument(checker, node, part, (TEXT.name,))
    check_options(checker, whole, part) if whole.name == "choices" else None
    return test("contains", node, whole, part)


#: Name -> (fewest arguments, most, how it is checked).
_SPECIAL: Final[dict[str, tuple[int, int | None, Callable[[Checker, Apply], Part]]]] = {
    "if": (3, 3, _if),
    "coalesce": (2, None, _coalesce),
    "sum": (1, 1, _sum),
    "count": (1, 2, _with_rows),
    "only": (2, 2, _with_rows),
    "last": (1, 1, _end),
    "first": (1, 1, _end),
    "min": (1, None, _extreme),
    "max": (1, None, _extreme),
    "round": (1, 2, _rounding),
    "floor": (1, 1, _rounding),
    "ceil": (1, 1, _rounding),
    "abs": (1, 1, _abs),
    "empty": (1, 1, _empty),
    "today_at": (1, 1, _today_at),
    "is_workday": (1, 1, _is_workday),
    "contains": (2, 2, _contains),
    "has_role": (2, 2, _has_role),
}
#: Every function of the language, for documentation and completion.
FUNCTIONS: Final = (*SIMPLE, *_SPECIAL)
