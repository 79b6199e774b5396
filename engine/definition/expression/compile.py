"""From the text of a formula to a Formula, or to every fault that is in it."""

from __future__ import annotations

from collections.abc import Iterable

from engine.definition.expression import functions, operators
from engine.definition.expression.check import Checker, Part
from engine.definition.expression.coerce import as_type, readable, title
from engine.definition.expression.dated import with_days
from engine.definition.expression.faults import ExpressionFault, Stop
from engine.definition.expression.formula import Formula
from engine.definition.expression.parser import parse
from engine.definition.expression.scope import Scope, fits
from engine.definition.expression.tree import Apply, Items, Node
from engine.definition.values.types import ValueType


def compile_formula(
    text: str, scope: Scope, expect: Iterable[str] | None = None, sure: frozenset[str] = frozenset()
) -> Formula | tuple[ExpressionFault, ...]:
    """The formula that *text* says, its value of one of the types named in *expect*; or all its faults.

    *sure* are paths that are not empty where it is read, whatever their type says.
    """
    try:
        node = parse(text)
    except Stop as stopped:
        return tuple(with_days(text, (stopped.fault,)))
    checker = Checker(scope, _apply, node, sure)
    part = checker.check(node)
    if expect is not None:
        part = _expected(checker, part, tuple(expect))
    if checker.faults:
        return tuple(with_days(text, sorted(checker.faults, key=lambda fault: fault.offset)))
    return Formula(text, part.core, part.type, frozenset(checker.names))


def _apply(checker: Checker, node: Node) -> Part:
    if isinstance(node, Items):
        return operators.written_list(checker, node)
    if not isinstance(node, Apply):
        raise TypeError(node)
    check = operators.OPERATORS.get(node.function, functions.call)
    return check(checker, node)


def _expected(checker: Checker, part: Part, expect: tuple[str, ...]) -> Part:
    if any(fits(part.type, name) for name in expect):
        return part
    for name in (*readable(part, expect), *expect):
        read = as_type(checker, part, ValueType(name))
        if read is not part:
            return read
    have, need = title(part.type), title(ValueType(expect[0]))
    zh, en = f"这里要{need.zh}，公式的值是{have.zh}", f"This has to be {need.en}; the formula gives {have.en}"
    return checker.fault("formula-type", part.node, zh, en)
