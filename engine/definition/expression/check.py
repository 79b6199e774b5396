"""Checks names and types of a formula and resolves every operator to the operation that its types need."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from engine.definition.expression.faults import ExpressionFault
from engine.definition.expression.scope import EMPTY, UNKNOWN, Scope
from engine.definition.expression.tree import (
    Attribute,
    Constant,
    Core,
    Dot,
    Node,
    Operation,
    Path,
    Read,
    Row,
    Written,
)
from engine.definition.problem_codes import did_you_mean
from engine.definition.values.durations import Duration
from engine.definition.values.kinds.table import kind_of
from engine.definition.values.moments import Period
from engine.definition.values.types import BOOLEAN, DECIMAL, DURATION, INTEGER, TEXT, ValueType
from engine.i18n import Text, listed

#: Words that people write without a space before them, so that they become part of a name.
_JOINERS: Final = re.compile("并且|或者|且|或|不为空|为空")


@dataclass(frozen=True, slots=True)
class Part:
    """A checked part: its tree and type, the dotted path it reads, and the constants it may equal."""

    core: Core
    type: ValueType
    node: Node
    path: str = ""
    options: tuple[str, ...] | None = None

    @property
    def name(self) -> str:
        """The name of its type."""
        return self.type.name

    @property
    def literal(self) -> object:
        """The constant as it was written, None if it is not one."""
        return self.node.value if isinstance(self.node, Written) else None


class Checker:
    """Collects the faults and the names of one formula."""

    def __init__(
        self, scope: Scope, apply: Callable[[Checker, Node], Part], whole: Node, sure: frozenset[str] = frozenset()
    ) -> None:
        self.scope = scope
        self._whole = whole
        self._apply = apply
        self.faults: list[ExpressionFault] = []
        self.names: set[str] = set()
        self.rows: list[Part] = []
        #: Paths known not to be empty here, because a condition around it says so.
        self.sure = sure

    def fault(self, code: str, node: Node, zh: str, en: str, hint: Text | None = None) -> Part:
        """Note a fault; the part that stands in for what was wrong raises no further ones."""
        self.faults.append(ExpressionFault(code, node.offset, Text(zh, en), hint))
        return Part(Constant(None), UNKNOWN, node)

    def check(self, node: Node) -> Part:
        """The checked part of *node*."""
        if isinstance(node, Written):
            return Part(Constant(node.value), literal_type(node.value), node)
        if isinstance(node, Path):
            return self._path(node)
        if isinstance(node, Dot):
            return self._read(self.attribute(self.check(node.of), node.attribute, node))
        return self._apply(self, node)

    def check_all(self, nodes: Sequence[Node]) -> list[Part]:
        """Every one of *nodes*, checked."""
        return [self.check(node) for node in nodes]

    def check_knowing(self, node: Node, sure: frozenset[str]) -> Part:
        """Checks *node* where the paths *sure* are known not to be empty."""
        before, self.sure = self.sure, self.sure | sure
        try:
            return self.check(node)
        finally:
            self.sure = before

    def _path(self, node: Path) -> Part:
        parts = node.parts
        if parts[0] == "row" and self.rows:
            start, used = replace(self.rows[-1], core=Row(), node=node), 1
        else:
            used = next((n for n in range(len(parts), 0, -1) if ".".join(parts[:n]) in self.scope.names), 0)
            if not used:
                return self._unknown_name(node)
            name = ".".join(parts[:used])
            start = self._sized(Part(Read(name), self.scope.names[name], node, name, self.scope.options.get(name)))
        for attribute in parts[used:]:
            start = self.attribute(start, attribute, node)
        return self._read(start)

    def _read(self, part: Part) -> Part:
        if part.path:
            self.names.add(part.path)
        return part

    def _sized(self, part: Part) -> Part:
        return replace(part, type=part.type.surely()) if part.path in self.sure else part

    def attribute(self, of: Part, name: str, node: Node) -> Part:
        """The attribute *name* of a part: a column, a part of a date, or what the environment knows."""
        if of.name == UNKNOWN.name:
            return of
        path = f"{of.path}.{name}" if of.path else ""
        options = self.scope.options.get(path)
        if of.name in ("table", "record"):
            return self._column(of, name, node, path, options)
        found = self.scope.attributes(of.name).get(name)
        if found is None:
            known = self.scope.attributes(of.name)
            said = of.path or of.name
            zh, en = f"“{said}”没有“{name}”这一项", f'"{said}" has no "{name}"'
            return self.fault("formula-name", node, zh, en, did_you_mean(name, known) or _listed(known))
        kind = found.maybe() if of.type.optional else found
        own = not kind_of(of.type).points
        core: Core = Operation("part", (of.core, Constant(name))) if own else Attribute(of.name, of.core, name)
        return self._sized(Part(core, kind, node, path, options))

    def _column(self, of: Part, name: str, node: Node, path: str, options: tuple[str, ...] | None) -> Part:
        column = of.type.column(name)
        if column is None:
            known = [one for one, _ in of.type.columns]
            zh, en = f"表“{of.path}”没有“{name}”这一列", f'The table "{of.path}" has no column "{name}"'
            if of.name == "record":
                zh, en = f"“{of.path}”没有“{name}”这一项", f'"{of.path}" has no "{name}"'
            return self.fault("formula-name", node, zh, en, did_you_mean(name, known) or _listed(known))
        if of.name == "record":
            kind = column.maybe() if of.type.optional else column
            return self._sized(Part(Operation("field", (of.core, Constant(name))), kind, node, path, options))
        of_all = ValueType("list", of=column.name, optional=of.type.optional)
        return Part(Operation("column", (of.core, Constant(name))), of_all, node, path, options)

    def _unknown_name(self, node: Path) -> Part:
        written = ".".join(node.parts)
        if node.parts[0] == "row":
            zh, en = "row 只能用在 count、only 里", "row only means something inside count and only"
            return self.fault("formula-name", node, zh, en)
        hint = did_you_mean(written, self.scope.names) or did_you_mean(node.parts[0], self.scope.names)
        if any(written in options for options in self.scope.options.values()):
            hint = Text(f"文字要加引号：'{written}'", f"Put words in quotes: '{written}'")
        elif any(part in self.scope.names for part in _JOINERS.split(written)):
            hint = Text("“且”“或”“为空”前后加空格", "Put spaces around 且, 或 and 为空")
        if hint is None and node is not self._whole and len(node.parts) == 1:
            hint = Text(f"如果是文字，加引号：'{written}'", f"Put it in quotes if it is text: '{written}'")
        return self.fault("formula-name", node, f"没有叫“{written}”的值", f'There is no value "{written}"', hint)


def literal_type(value: object) -> ValueType:
    """The type of a constant."""
    if value is None:
        return EMPTY
    if isinstance(value, bool):
        return BOOLEAN
    if isinstance(value, int):
        return INTEGER
    if isinstance(value, str):
        return TEXT
    if isinstance(value, Duration):
        return DURATION
    if isinstance(value, Period):
        return ValueType("period")
    return DECIMAL


def _listed(names: Iterable[str]) -> Text | None:
    known = listed(sorted(names)[:8])
    return Text(f"有：{known.zh}", f"It has: {known.en}") if known.zh else None
