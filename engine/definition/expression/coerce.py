"""Makes parts of different types meet: constants take the type that stands beside them, numbers widen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from engine.definition.expression.check import Checker, Part
from engine.definition.expression.scope import EMPTY, UNKNOWN
from engine.definition.expression.tree import Constant
from engine.definition.values.forms import decode
from engine.definition.values.inputs import parse_input
from engine.definition.values.types import DECIMAL, MONEY, TEXT, WORDS, ValueType
from engine.errors import Problem
from engine.i18n import Text

_IN_QUOTES: Final = {
    "date": "'2026-06-16'",
    "time": "'14:00'",
    "datetime": "'2026-06-16 14:00'",
    "period": "'2026-06-16 14:00/16:00'",
    "duration": "'2 workdays'",
    "calendar": "'first Saturday of month'",
}
#: Types in words, for faults.
_TITLES: Final = {
    "text": Text("文字", "text"), "integer": Text("整数", "a whole number"), "decimal": Text("数字", "a number"),
    "money": Text("金额", "an amount of money"), "boolean": Text("是否", "yes or no"),
    "choice": Text("选项", "an option"), "choices": Text("多选", "options"), "date": Text("日期", "a date"),
    "time": Text("时间", "a time"), "datetime": Text("日期时间", "a date with a time"),
    "period": Text("时段", "a period"), "duration": Text("时长", "a length of time"),
    "phone": Text("电话", "a phone number"), "id_number": Text("证件号", "an id number"),
    "person": Text("人员", "a person"), "unit": Text("单位", "a unit"), "file": Text("文件", "a file"),
    "table": Text("表格", "a table"), "case": Text("办件", "a case"), "calendar": Text("日子规则", "a rule for days"),
    "list": Text("清单", "a list"), "record": Text("表格行", "a row"), "empty": Text("空", "nothing"),
}  # fmt: skip


def title(kind: ValueType) -> Text:
    """What a type is called."""
    return _TITLES.get(kind.name) or Text(kind.name, f"a {kind.name}")


def as_type(checker: Checker, part: Part, wanted: str) -> Part:
    """A constant read as *wanted*: ``100`` beside money is 100 yuan, ``'2026-06-16'`` beside a date is that day."""
    value = part.literal
    if wanted == "money" and isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        fen = Decimal(value) * 100
        if fen != int(fen):
            zh, en = f"金额 {value} 多于两位小数", f"The amount {value} has more than two decimals"
            return checker.fault("formula-type", part.node, zh, en)
        return replace(part, core=Constant(int(fen)), type=MONEY)
    if wanted in _IN_QUOTES and isinstance(value, str):
        return _quoted(checker, part, wanted, value)
    return part


def readable(part: Part, wanted: Iterable[str]) -> tuple[str, ...]:
    """Those of *wanted* that a constant in quotes can be read as."""
    text = part.literal
    if not isinstance(text, str):
        return ()
    return tuple(
        name for name in wanted if name in _IN_QUOTES and not isinstance(parse_input(ValueType(name), text), Problem)
    )


def _quoted(checker: Checker, part: Part, wanted: str, text: str) -> Part:
    kind = ValueType(wanted)
    read = parse_input(kind, text)
    if isinstance(read, Problem):
        name = title(kind)
        example = _IN_QUOTES[wanted]
        hint = Text(f"例如 {example}", f"For example {example}")
        return checker.fault("formula-type", part.node, f"“{text}”不是{name.zh}", f'"{text}" is not {name.en}', hint)
    return replace(part, core=Constant(decode(kind, read)), type=kind)


def meet(checker: Checker, parts: Sequence[Part]) -> tuple[list[Part], ValueType | None]:
    """*parts* as one type, constants converted, and that type; None if they have none in common."""
    names = {part.name for part in parts if part.literal is None} - {EMPTY.name, UNKNOWN.name}
    wanted = next(iter(names)) if len(names) == 1 else ""
    met = [as_type(checker, part, wanted) for part in parts]
    return met, common(met)


def common(parts: Sequence[Part]) -> ValueType | None:
    """The one type that all *parts* fit, optional if any of them is; None if there is none."""
    types = [part.type for part in parts]
    optional = any(kind.optional for kind in types)
    known = [kind for kind in types if kind.name not in (EMPTY.name, UNKNOWN.name)]
    if not known:
        return UNKNOWN if UNKNOWN in types else EMPTY
    names = {kind.name for kind in known}
    if len(names) == 1:
        found = known[0]
    elif names == {"integer", "decimal"}:
        found = DECIMAL
    elif names <= WORDS:
        found = TEXT
    else:
        return None
    return found.maybe() if optional else found.surely()
