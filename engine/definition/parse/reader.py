"""The reader that every part of the parser shares: nodes become plain values, faults become Problems."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from engine.definition.catalogue import Catalogue
from engine.definition.expression import ExpressionFault, Formula, Scope, compile_formula
from engine.definition.language.keys import keys_of
from engine.definition.language.words import BETTER, RESERVED
from engine.definition.model import Place, Step, Value
from engine.definition.parse.names import Outline
from engine.definition.problem_codes import did_you_mean, problem
from engine.definition.values.inputs import parse_input
from engine.definition.values.kinds.table import NUMBERS, WORDS, kind_of
from engine.definition.values.types import ValueType
from engine.definition.yaml.source import Mapping, Node, Scalar, Sequence, identifier
from engine.errors import Problem
from engine.i18n import Text, listed

TRUE: Final = frozenset({"true", "是"})
FALSE: Final = frozenset({"false", "否"})
_CALL: Final = re.compile(r"(?<!\w)(\w+\.\w+)\s*\(")
_WHOLE: Final = re.compile("[0-9]{1,9}")
IDENTIFIER: Final = re.compile(r"[^\W\d_]\w*")


#: Reads a list of steps. Steps hold exits and exits hold steps: neither imports the other, the reader knows both.
ReadSteps = Callable[["Reader", Node, str], tuple[Step, ...]]


class Reader:
    """What is known while a process is read: the catalogue, the names in scope, and the faults found so far.

    ``problems`` are all that was found. Those that are ``objections`` as well leave nothing out: what was written is
    read, and shall not be written so. A process that was published does not stop for them.

    ``variables`` are the items of the ``each`` steps around. ``places`` remembers where each key path stands, so
    that a check of the finished model can point at it.
    """

    def __init__(self, catalogue: Catalogue, read_steps: ReadSteps) -> None:
        self.catalogue = catalogue
        self._read_steps = read_steps
        self.outline = Outline()
        self.scope: Scope | None = None
        self.variables: dict[str, ValueType] = {}
        self.problems: list[Problem] = []
        self.objections: list[Problem] = []
        self.places: dict[str, Place] = {}
        self.uses: tuple[str, ...] = ()

    def steps(self, node: Node, path: str) -> tuple[Step, ...]:
        """The list of steps at *node*."""
        return self._read_steps(self, node, path)

    def fault(self, code: str, at: Node | Place, path: str = "", known: Iterable[str] = (), **args: Any) -> None:
        """Note one fault; *known* names that ``name`` may have been meant for become its hint."""
        meant = did_you_mean(str(args.get("name", "")), known)
        self.problems.append(problem(code, at, path, hint=meant, **args))

    def objection(self, code: str, at: Node | Place, path: str = "", known: Iterable[str] = (), **args: Any) -> None:
        """Note a fault of what is read all the same: all of it is in the model."""
        self.fault(code, at, path, known, **args)
        self.objections.append(self.problems[-1])

    def not_yet(self, at: Node | Place, path: str, what: Text) -> None:
        """Note a construct of the language that is read but cannot run."""
        self.fault("not-yet", at, path, what=what)

    def entries(self, node: Node, path: str, construct: str, *, whole: bool = True) -> dict[str, Node]:
        """The entries of a mapping by key; keys that *construct* does not have, and missing ones, are faults.

        *whole* False: what is missing is reported otherwise.
        """
        if not isinstance(node, Mapping):
            self.fault("not-a-mapping", node, path)
            return {}
        known = keys_of(construct)
        found: dict[str, Node] = {}
        for key, value in node.entries:
            here = joined(path, key.text)
            self.places[here] = value.place
            if key.text in known:
                found[key.text] = value
            else:
                words = (*known, *(word for one in known.values() for word in one.chinese))
                self.fault("unknown-key", key, here, words, name=key.text)
        for one in known.values():
            if whole and one.required and one.name not in found:
                self.fault("missing-key", node, path, name=one.name)
        return found

    def named(self, node: Node, path: str) -> Iterator[tuple[Scalar, Node, str]]:
        """The entries of a mapping whose keys are names of the author's: key, value and path."""
        if not isinstance(node, Mapping):
            self.fault("not-a-mapping", node, path)
            return
        for key, value in node.entries:
            inner = f"{path}.{key.text}"
            self.places[inner] = value.place
            yield key, value, inner

    def items(self, node: Node, path: str) -> tuple[Node, ...]:
        """The items of a list."""
        if isinstance(node, Sequence):
            return node.items
        self.fault("not-a-list", node, path)
        return ()

    def word(self, node: Node, path: str) -> str:
        """The text of a plain value."""
        if isinstance(node, Scalar):
            return node.text
        self.fault("not-text", node, path)
        return ""

    def words(self, node: Node, path: str) -> tuple[str, ...]:
        """Several words: a list of plain values, or a single one."""
        if isinstance(node, Sequence):
            return tuple(self.word(item, path) for item in node.items)
        text = self.word(node, path)
        return (text,) if text else ()

    def name(self, node: Node, path: str) -> str:
        """A name of the author's, normalised as the keys are."""
        return identifier(self.word(node, path))

    def names(self, node: Node, path: str) -> tuple[str, ...]:
        """Several names, or a single one."""
        return tuple(map(identifier, self.words(node, path)))

    def choice(self, node: Node, path: str, options: Iterable[str], default: str) -> str:
        """One of a few words."""
        text, known = self.word(node, path), tuple(options)
        if text in known:
            return text
        if text:
            self.fault("not-an-option", node, path, known, name=text, options=listed(known))
        return default

    def flag(self, node: Node, path: str) -> bool:
        """true/false/是/否, and nothing else."""
        text = self.word(node, path)
        if text and text not in TRUE | FALSE:
            self.fault("not-a-flag", node, path, name=text)
        return text in TRUE

    def whole(self, node: Node, path: str, least: int = 1, most: int = 999_999_999) -> int | None:
        """A whole number from *least* to *most*."""
        text = self.word(node, path)
        if _WHOLE.fullmatch(text) and least <= int(text) <= most:
            return int(text)
        if text:
            self.fault("not-whole", node, path, name=text, least=least, most=most)
        return None

    def identifier(self, node: Scalar, path: str, reserved: frozenset[str] = RESERVED) -> bool:
        """Whether a name of the author's may be one; a fault if not."""
        if node.text in reserved:
            self.reserved(node, path, node.text)
        elif not IDENTIFIER.fullmatch(node.text):
            self.fault("bad-name", node, path, name=node.text)
        else:
            return True
        return False

    def reserved(self, at: Node, path: str, name: str) -> None:
        """Note that *name* is a word of the language, and what to call it instead."""
        better = BETTER.get(name)
        hint = Text(f"换一个名称，例如 {better}", f"choose another name, such as {better}") if better else None
        self.problems.append(problem("reserved-name", at, path, hint=hint, name=name))

    def formula(
        self, node: Node, path: str, expect: tuple[str, ...] | None = None, *, sign: bool = False
    ) -> Formula | None:
        """A formula where only a formula may stand; *sign* says that ``=`` before it is welcome."""
        text = self.word(node, path)
        if not text:
            return None
        if text.startswith("="):
            if not sign:
                self.objection("needless-sign", node, path, name=text)
            return self.compiled(text[1:], node, path, expect, 1)
        return self.compiled(text, node, path, expect)

    def compiled(
        self, text: str, node: Node, path: str, expect: tuple[str, ...] | None = None, offset: int = 0
    ) -> Formula | None:
        """The formula *text*, which stands *offset* characters into *node*."""
        if self.scope is None:
            return None
        made = compile_formula(text, self.scope, expect)
        for name in _CALL.findall(text):
            if name in self.catalogue.functions:
                self.used(name, node, path)
        if isinstance(made, Formula):
            return made
        for fault in made:
            self.problems.append(self._placed(fault, node, path, offset))
        return None

    def _placed(self, fault: ExpressionFault, node: Node, path: str, offset: int) -> Problem:
        place = node.place
        shift = fault.offset + offset + (1 if isinstance(node, Scalar) and node.quoted else 0)
        column = place.column + shift if place.column else 0
        return Problem(fault.code, fault.message, fault.hint, place.file, place.line, column, path)

    def type_of(self, text: str) -> ValueType | None:
        """The type of the formula *text*, or None if it is none; notes no fault."""
        made = compile_formula(text, self.scope) if self.scope else None
        return made.type if isinstance(made, Formula) else None

    def used(self, name: str, at: Node, path: str) -> None:
        """Something of a plugin (``plugin.name``) is named: the plugin has to stand under ``uses``."""
        plugin = name.partition(".")[0]
        if plugin not in self.uses and plugin != "engine":
            self.fault("plugin-not-used", at, path, name=name, plugin=plugin)

    def value(self, node: Node, path: str, type_: ValueType) -> Value | None:
        """A constant of *type_*, or a formula for one behind ``=``."""
        if isinstance(node, Scalar) and node.text.startswith("="):
            formula = self.compiled(node.text[1:], node, path, accepted(type_), 1)
            return Value(formula=formula) if formula else None
        return Value(constant=self.constant(node, path, type_))

    def constant(self, node: Node, path: str, type_: ValueType) -> Any:
        """The stored form of a constant of *type_*; None after a fault."""
        kind = kind_of(type_)
        if isinstance(node, Sequence) and ((kind.stored is list and not kind.rows) or type_.name == "list"):
            return list(self.words(node, path))
        if isinstance(node, Sequence) and kind.rows:
            rows = [self._row(row, f"{path}.{number}", type_) for number, row in enumerate(node.items)]
            return rows if None not in rows else None
        if not isinstance(node, Scalar):
            self.fault("not-text", node, path)
            return None
        if kind.stored is bool:
            return self.flag(node, path)
        stored = parse_input(type_, node.text)
        if isinstance(stored, Problem):
            place = node.place
            self.problems.append(stored.at(place.file, place.line, place.column, path))
            return None
        return stored

    def _row(self, node: Node, path: str, table: ValueType) -> dict[str, Any] | None:
        """One row of a constant table, each value of the type of its column; None after a fault."""
        row: dict[str, Any] = {}
        for key, value, here in self.named(node, path):
            column = table.column(key.text)
            if column is None:
                self.fault("unknown-column", key, here, dict(table.columns), name=key.text)
            row[key.text] = self.constant(value, here, column) if column else None
        return row if None not in row.values() else None

    @contextmanager
    def having(self, name: str, type_: ValueType) -> Iterator[None]:
        """Read with one more name in scope for a while, such as the item of an ``each``."""
        scope, variables = self.scope, self.variables
        self.scope = scope.having({name: type_}) if scope else None
        self.variables = {**variables, name: type_}
        try:
            yield
        finally:
            self.scope, self.variables = scope, variables


def joined(path: str, key: str) -> str:
    """The path of *key* below *path*."""
    return f"{path}.{key}" if path else key


def accepted(type_: ValueType) -> tuple[str, ...]:
    """The names of the types of formula that may stand where *type_* is wanted."""
    if type_.name in WORDS:
        return (type_.name, *sorted(WORDS - {type_.name}))
    if type_.name in NUMBERS - {"money"}:
        return (type_.name, "integer") if type_.name == "decimal" else (type_.name,)
    return (type_.name,)
