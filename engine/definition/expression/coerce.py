"""Makes parts of different types meet: constants take the type that stands beside them, numbers widen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from engine.definition.expression.check import Checker, Part
from engine.definition.expression.scope import EMPTY, UNKNOWN
from engine.definition.expression.tree import Constant
from engine.definition.inputs import parse_input
from engine.definition.types import DECIMAL, MONEY, TEXT, WORDS, ValueType
from engine.definition.values import decode
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
#: Names of types in words, for faults.
TITLES: Final = {
    "text": "文字", "integer": "整数", "decimal": "数字", "money": "金额", "boolean": "是否", "choice": "选项",
    "choices": "多选", "date": "日期", "time": "时间", "datetime": "日期时间", "period": "时段", "duration": "时长",
    "phone": "电话", "id_number": "证件号", "person": "人员", "unit": "单位", "file": "文件", "table": "表格",
    "case": "办件", "calendar": "日子规则", "list": "清单", "record": "表格行", "empty": "空",
}  # fmt: skip


def title(kind: ValueType) -> Text:
    """What a type is called."""
    return Text(TITLES.get(kind.name, kind.name), kind.name)


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


def _quoted(checker: Checker, part: Part, wanted: str, text: str) -> Part:
    kind = ValueType(wanted)
    read = parse_input(kind, text)
    if isinstance(read, Problem):
        name = title(kind)
        example = _IN_QUOTES[wanted]
        hint = Text(f"例如 {example}", f"For example {example}")
        return checker.fault("formula-type", part.node, f"“{text}”不是{name.zh}", f'"{text}" is not a {name.en}', hint)
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
