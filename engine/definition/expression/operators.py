"""The operators: which types each takes, and which operation that makes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final, Literal

from engine.definition.expression.check import Checker, Part
from engine.definition.expression.coerce import as_type, common, meet, title
from engine.definition.expression.lengths import of_one_kind, sum_of_lengths
from engine.definition.expression.presence import COMPARED, present
from engine.definition.expression.scope import UNKNOWN
from engine.definition.expression.tree import Apply, Constant, Items, Lazy, Node, Operation, Shift
from engine.definition.problem_codes import did_you_mean
from engine.definition.values.durations import Duration
from engine.definition.values.kinds.table import NUMBERS, ORDERED, WORDS
from engine.definition.values.types import BOOLEAN, DECIMAL, DURATION, INTEGER, MONEY, ValueType
from engine.i18n import Text, listed

_SHIFTED: Final = frozenset({"date", "datetime"})
_SIGN_WORDS: Final = {"+": "相加", "-": "相减", "*": "相乘", "/": "相除"}
_COMPARE: Final = Text("比较", "compared")
_PLAIN: Final = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide"}


def unknown(*parts: Part) -> bool:
    """Whether a part was already reported."""
    return any(part.type == UNKNOWN for part in parts)


def result(name: str, kind: ValueType, node: Node, *parts: Part) -> Part:
    """An operation on *parts*, empty where one of them is."""
    optional = any(part.type.optional for part in parts)
    return Part(Operation(name, tuple(part.core for part in parts)), kind.maybe() if optional else kind, node)


def test(name: str, node: Node, *parts: Part) -> Part:
    """A question on *parts*, which is never empty."""
    return Part(Operation(name, tuple(part.core for part in parts)), BOOLEAN, node)


def arithmetic(checker: Checker, node: Apply) -> Part:
    """``+ - * /`` on numbers, money, dates and durations."""
    left, right = checker.check_all(node.args)
    if unknown(left, right):
        return replace(left, type=UNKNOWN)
    if node.function in ("+", "-"):
        (left, right), _ = _meet_for_sum(checker, left, right)
    sign = node.function
    found = _numbers(sign, left, right, node) or _times(sign, left, right, node)
    if found is None:
        return _cannot(checker, node, left, right)
    if found.name == left.name == right.name == "duration":
        return sum_of_lengths(checker, node, found, Text(_SIGN_WORDS[sign], "added up"), left, right)
    duration = right if left.name in _SHIFTED else left
    if isinstance(found.core, Shift) and found.name == "date":
        return _whole_days(checker, duration, found)
    return found


def _meet_for_sum(checker: Checker, left: Part, right: Part) -> tuple[list[Part], ValueType | None]:
    if _SHIFTED & {left.name, right.name} and "text" in (left.name, right.name):
        return meet(checker, [left, right])
    if "money" in (left.name, right.name):
        return meet(checker, [left, right])
    return [left, right], None


def _numbers(sign: str, left: Part, right: Part, node: Node) -> Part | None:
    names = (left.name, right.name)
    if not set(names) <= NUMBERS:
        return None
    if "money" not in names:
        whole = names == ("integer", "integer") and sign != "/"
        return result(_PLAIN[sign], INTEGER if whole else DECIMAL, node, left, right)
    if sign in ("+", "-"):
        return result(_PLAIN[sign], MONEY, node, left, right) if names == ("money", "money") else None
    if sign == "*" and names != ("money", "money"):
        fen, factor = (left, right) if left.name == "money" else (right, left)
        return result("multiply", MONEY, node, fen, factor)
    if sign == "/" and left.name == "money":
        return result("divide", DECIMAL if right.name == "money" else MONEY, node, left, right)
    return None


def _times(sign: str, left: Part, right: Part, node: Node) -> Part | None:
    names = (left.name, right.name)
    if sign == "*" and set(names) == {"duration", "integer"}:
        length, factor = (left, right) if left.name == "duration" else (right, left)
        return result("duration times", DURATION, node, length, factor)
    if sign not in ("+", "-"):
        return None
    if names == ("duration", "duration"):
        word = "add durations" if sign == "+" else "subtract durations"
        return result(word, DURATION, node, left, right)
    if left.name in _SHIFTED and right.name == "duration":
        return _shift(left, right, 1 if sign == "+" else -1, node)
    if sign == "+" and left.name == "duration" and right.name in _SHIFTED:
        return _shift(right, left, 1, node)
    if sign == "-" and names == ("date", "date"):
        return result("days apart", DURATION, node, left, right)
    if sign == "-" and names == ("datetime", "datetime"):
        return result("minutes apart", DURATION, node, left, right)
    return None


def _shift(moment: Part, duration: Part, sign: int, node: Node) -> Part:
    optional = moment.type.optional or duration.type.optional
    kind = ValueType(moment.name, optional=optional)
    return Part(Shift(moment.core, duration.core, sign), kind, node)


def _whole_days(checker: Checker, duration: Part, found: Part) -> Part:
    written = duration.literal
    if getattr(written, "unit", "") in ("minutes", "hours", "work_minutes"):
        hint = Text("用带时间的值，例如 slot.start", "Use a value with a time, such as slot.start")
        zh, en = "日期只能加减整天的时长", "Only whole days can be added to a date"
        return checker.fault("formula-type", duration.node, zh, en, hint)
    return found


def _cannot(checker: Checker, node: Apply, left: Part, right: Part) -> Part:
    a, b = title(left.type), title(right.type)
    hint = None
    if isinstance(right.literal, int) and left.name in (*_SHIFTED, "duration") and node.function in ("+", "-"):
        hint = Text(f"写明单位，例如 {right.literal}天", f"Say of what, such as {right.literal} days")
    zh = f"{a.zh}和{b.zh}不能{_SIGN_WORDS[node.function]}"
    return checker.fault("formula-type", node, zh, f"{a.en} {node.function} {b.en}: this has no meaning", hint)


def compare(checker: Checker, node: Apply) -> Part:
    """``= <> < <= > >=`` between values of one kind; ``= empty`` asks whether there is a value."""
    left, right = checker.check_all(node.args)
    sign = node.function
    for one, other in ((left, right), (right, left)):
        if one.name == "empty" and sign in ("=", "<>"):
            asked = test("empty", node, other)
            return asked if sign == "=" else test("not", node, asked)
    (left, right), kind = meet(checker, [left, right])
    if unknown(left, right):
        return replace(left, type=UNKNOWN)
    if kind is None or kind.name in ("table", "record", "list"):
        return _incomparable(checker, node, left, right)
    if sign not in ("=", "<>") and kind.name not in ORDERED:
        name = title(kind)
        zh, en = f"{name.zh}不分大小，只能用 = 或 <>", f"This is {name.en}, which has no order: use = or <>"
        return checker.fault("formula-type", node, zh, en)
    check_options(checker, left, right)
    check_options(checker, right, left)
    if kind.name == "duration":
        fault = of_one_kind(checker, node, _COMPARE, left, right)
        return fault or test(f"duration {sign}", node, left, right)
    return test(sign, node, left, right)


def _incomparable(checker: Checker, node: Apply, left: Part, right: Part) -> Part:
    a, b = title(left.type), title(right.type)
    hint = None
    if {left.name, right.name} == {"date", "datetime"}:
        hint = Text("日期时间的日期部分写成 名称.date", "The day of a moment is written NAME.date")
    elif length := next((one.literal for one in (left, right) if isinstance(one.literal, Duration)), None):
        hint = Text(f"数量只写数字：{length.amount}", f"Write a number without its unit: {length.amount}")
    elif {left.name, right.name} & {"choices", "list"}:
        hint = Text("写成 '甲' in 名称", "Write 'a' in NAME")
    zh, en = f"{a.zh}不能和{b.zh}比较", f"This compares {a.en} with {b.en}"
    return checker.fault("formula-type", node, zh, en, hint)


def check_options(checker: Checker, chosen: Part, constant: Part) -> None:
    """A constant that a choice can never equal is a fault."""
    word = constant.literal
    if chosen.options is None or not isinstance(word, str) or word in chosen.options:
        return
    first = listed(chosen.options[:8])
    hint = did_you_mean(word, chosen.options) or Text(f"可选：{first.zh}", f"Options: {first.en}")
    zh, en = f"“{chosen.path}”没有“{word}”这个选项", f'"{chosen.path}" has no option "{word}"'
    checker.fault("formula-option", constant.node, zh, en, hint)


def contained(checker: Checker, node: Apply) -> Part:
    """``in``: a value in a list, a moment in a period, a word among the choices."""
    written = node.args[1]
    if isinstance(written, Items):
        return _in_list(checker, node, checker.check(node.args[0]), written)
    item, holder = checker.check_all(node.args)
    if unknown(item, holder):
        return replace(item, type=UNKNOWN)
    if holder.name == "period" and item.name in ("datetime", "period"):
        return test("within", node, item, holder)
    if holder.name == "choices" and item.name in WORDS:
        check_options(checker, holder, item)
        return test("in", node, item, holder)
    if holder.name == "list":
        item = as_type(checker, item, ValueType(holder.type.of))
        if common([item, replace(holder, type=ValueType(holder.type.of))]):
            check_options(checker, holder, item)
            return test(_in(item), node, item, holder)
    if holder.name in WORDS and item.name in WORDS:
        return test("contains", node, holder, item)
    a, b = title(item.type), title(holder.type)
    hint = Text("清单写成 ('甲', '乙')", "A list is written ('a', 'b')")
    return checker.fault("formula-type", node, f"{a.zh}不能在{b.zh}里找", f"This looks for {a.en} in {b.en}", hint)


def _in_list(checker: Checker, node: Apply, item: Part, written: Items) -> Part:
    parts, kind = meet(checker, [item, *checker.check_all(written.items)])
    if kind is None:
        zh, en = "清单里的值和要找的值不是一类", "The list holds values of another kind"
        return checker.fault("formula-type", node, zh, en)
    for constant in parts[1:]:
        check_options(checker, item, constant)
    fault = of_one_kind(checker, node, _COMPARE, *parts) if kind.name == "duration" else None
    return fault or test(_in(parts[0]), node, parts[0], Part(_tuple(parts[1:]), ValueType("list"), written))


def _in(item: Part) -> str:
    return "duration in" if item.name == "duration" else "in"


def _tuple(parts: list[Part]) -> Constant | Operation:
    if all(isinstance(part.core, Constant) for part in parts):
        return Constant(tuple(part.core.value for part in parts if isinstance(part.core, Constant)))
    return Operation("list", tuple(part.core for part in parts))


def written_list(checker: Checker, node: Items) -> Part:
    """``('a', 'b')``: values of one kind."""
    parts, kind = meet(checker, checker.check_all(node.items))
    if kind is None:
        zh, en = "清单里的值要同一类", "The values of a list have to be of one kind"
        return checker.fault("formula-type", node, zh, en)
    return Part(_tuple(parts), ValueType("list", of=kind.name), node)


def need_boolean(checker: Checker, part: Part) -> Part:
    """The part as a condition, or a fault."""
    if part.name in ("boolean", "empty", UNKNOWN.name):
        return part
    name = title(part.type)
    hint = Text("写成比较，例如 人数 > 5", "Write a comparison, such as people > 5")
    zh, en = f"这里要一个条件，不能是{name.zh}", f"A condition is needed here, not {name.en}"
    return checker.fault("formula-type", part.node, zh, en, hint)


def logical(checker: Checker, node: Apply) -> Part:
    """``and`` and ``or``; what one side establishes about emptiness the later ones know."""
    kind: Literal["and", "or"] = "and" if node.function == "and" else "or"
    sure: frozenset[str] = frozenset()
    parts = []
    for arg in node.args:
        parts.append(need_boolean(checker, checker.check_knowing(arg, sure)))
        sure |= present(arg, kind == "and")
    return Part(Lazy(kind, tuple(part.core for part in parts)), BOOLEAN, node)


def negation(checker: Checker, node: Apply) -> Part:
    """``not``: an empty value counts as no."""
    return test("not", node, need_boolean(checker, checker.check(node.args[0])))


def negate(checker: Checker, node: Apply) -> Part:
    """A minus before a number, an amount or a duration."""
    part = checker.check(node.args[0])
    if part.name == "duration":
        return result("negate duration", DURATION, node, part)
    if part.name in NUMBERS or unknown(part):
        return result("negate", part.type, node, part)
    name = title(part.type)
    return checker.fault("formula-type", node, f"{name.zh}前面不能加负号", f"There is no negative of {name.en}")


def emptiness(checker: Checker, node: Apply) -> Part:
    """``x 为空`` and ``x 不为空``."""
    asked = test("empty", node, checker.check(node.args[0]))
    return asked if node.function == "is empty" else test("not", node, asked)


OPERATORS: Final[dict[str, Callable[[Checker, Apply], Part]]] = {
    **dict.fromkeys(("+", "-", "*", "/"), arithmetic),
    **dict.fromkeys(COMPARED, compare),
    **dict.fromkeys(("and", "or"), logical),
    **dict.fromkeys(("is empty", "is not empty"), emptiness),
    "in": contained,
    "not": negation,
    "negate": negate,
}
