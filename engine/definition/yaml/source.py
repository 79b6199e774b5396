"""Reads YAML strictly into nodes that keep their places: strings stay strings, and nothing is guessed."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import yaml

from engine.definition.model import Place
from engine.definition.problem_codes import problem
from engine.definition.values.plain import composed, narrow
from engine.definition.yaml import faults as yaml_faults
from engine.definition.yaml import limits
from engine.definition.yaml.limits import MAX_DEPTH, MAX_FAULTS, MAX_KEY, MAX_PIECES
from engine.errors import Problem


@dataclass(frozen=True, slots=True)
class Scalar:
    """A piece of text; ``quoted`` when it stood in quotes or as a block. Equal when the text is equal."""

    text: str
    quoted: bool = field(default=False, compare=False)
    place: Place = field(default=Place(), compare=False)


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list of nodes."""

    items: tuple[Node, ...] = ()
    place: Place = field(default=Place(), compare=False)


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys and their values in the order written; keys are in plain letters and stand once."""

    entries: tuple[tuple[Scalar, Node], ...] = ()
    place: Place = field(default=Place(), compare=False)

    def get(self, key: str) -> Node | None:
        """The value of *key*, or None."""
        return next((value for k, value in self.entries if k.text == key), None)

    def key(self, key: str) -> Scalar | None:
        """The node of *key* itself, or None: it knows where the key stands."""
        return next((k for k, _ in self.entries if k.text == key), None)

    @property
    def keys(self) -> tuple[str, ...]:
        """The words of the keys."""
        return tuple(k.text for k, _ in self.entries)


Node = Scalar | Sequence | Mapping


def identifier(text: str) -> str:
    """*text* as an id: a full-width letter names the same step as a plain one."""
    return _short(text) if len(text) <= MAX_KEY else narrow(text)


#: The same few words stand in every file, many times over.
_short = lru_cache(maxsize=4096)(narrow)


def read(text: str, file: str = "") -> tuple[Node | None, tuple[Problem, ...]]:
    """The one document of *text*, and everything wrong with it.

    The node is None when YAML could not be read to the end; it is there, as far as it makes sense, beside
    problems that hurt a single place only.
    """
    nodes, problems = read_all(text, file)
    if not nodes:
        return None, problems or (problem("yaml-nothing", Place(file, 1, 1)),)
    extra = [problem("yaml-several-documents", node) for node in nodes[1:MAX_FAULTS]]
    return nodes[0], (*problems, *extra)


def read_all(text: str, file: str = "") -> tuple[tuple[Node, ...], tuple[Problem, ...]]:
    """Every document of *text*, and everything wrong with them; no documents when YAML stopped."""
    text = text.removeprefix("\ufeff")
    builder = _Builder(file, text)
    if fault := limits.refused(text):
        builder.stop(fault)
        return (), tuple(builder.problems)
    whole = builder.read(text)
    return tuple(builder.documents) if whole else (), tuple(sorted(builder.problems, key=lambda p: (p.line, p.column)))


def text_of(data: bytes) -> str:
    """The text of a file; bytes that are not UTF-8 stay in it as lone surrogates, which ``read`` refuses."""
    return data.decode("utf-8-sig", "surrogateescape")


def node_from(data: Any) -> Node:
    """Nodes without places from plain data: mappings, lists, strings; true and false become words."""
    if isinstance(data, dict):
        return Mapping(tuple((Scalar(str(key)), node_from(value)) for key, value in data.items()))
    if isinstance(data, (list, tuple)):
        return Sequence(tuple(node_from(item) for item in data))
    return Scalar(str(data).lower() if isinstance(data, bool) else str(data))


def data_of(node: Node) -> Any:
    """Plain data from nodes: dict, list and str."""
    if isinstance(node, Mapping):
        return {key.text: data_of(value) for key, value in node.entries}
    if isinstance(node, Sequence):
        return [data_of(item) for item in node.items]
    return node.text


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not come yet; ``spoilt`` keys keep their value out of the tree."""

    place: Place
    mapping: bool
    flow: bool
    items: list[Node] = field(default_factory=list)
    entries: dict[str, tuple[Scalar, Node]] = field(default_factory=dict)
    key: Scalar | None = None
    spoilt: bool = False

    @property
    def wants_key(self) -> bool:
        return self.mapping and self.key is None and not self.spoilt

    def node(self) -> Node:
        if self.mapping:
            return Mapping(tuple(self.entries.values()), self.place)
        return Sequence(tuple(self.items), self.place)


def _explained(problem: Problem, by: yaml_faults.Fault) -> bool:
    """Whether a key looks empty only because what is below it could not be read."""
    return problem.code == "yaml-empty" and by.code == "yaml-dash" and problem.line == by.line - 1


class _Builder:
    """Builds nodes from the parser's events without recursion, and writes down what is refused."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self.documents: list[Node] = []
        self.problems: list[Problem] = []
        self._open: list[_Open] = []
        self._pieces = 0

    def say(self, fault: yaml_faults.Fault, place: Place) -> None:
        """Write down *fault* at *place*."""
        self.problems.append(problem(fault.code, place, **dict(fault.args)))

    def stop(self, fault: yaml_faults.Fault) -> None:
        """Write down the fault that ended the reading; it explains whatever looked odd on its line."""
        self.problems = [p for p in self.problems if p.line != fault.line and not _explained(p, fault)]
        self.say(fault, Place(self.file, fault.line, fault.column))

    def read(self, text: str) -> bool:
        """Take what the parser finds in *text*; False when it was not read to the end."""
        try:
            return all(map(self.take, limits.events(text)))
        except yaml.YAMLError as error:
            before = limits.may_be_deep(text, error, len(self._open))
            again = _Builder(self.file, self.text)
            if before is not None and again.exceeds(before):
                self.problems = again.problems
            else:
                self.stop(yaml_faults.of_syntax(error, text))
            return False

    def exceeds(self, text: str) -> bool:
        """Whether *text*, which the parser may not like, goes beyond a limit of our own."""
        with suppress(yaml.YAMLError):
            return not all(map(self.take, limits.events(text)))
        return False

    def take(self, event: Any) -> bool:
        """Take the next event; False when reading must stop."""
        start = event.start_mark
        place = Place(self.file, start.line + 1, start.column + 1)
        if isinstance(event, yaml.ScalarEvent):
            self._begin(event, place, event.tag)
            self._put_scalar(Scalar(composed(event.value), bool(event.style), place), event.style)
            if fault := yaml_faults.of_tail(self.text, event.end_mark):
                self.say(fault, Place(self.file, fault.line, fault.column))
        elif isinstance(event, yaml.CollectionStartEvent):
            self._begin(event, place, event.tag)
            self._open.append(_Open(place, isinstance(event, yaml.MappingStartEvent), bool(event.flow_style)))
        elif isinstance(event, yaml.CollectionEndEvent):
            self._put(self._open.pop().node())
        elif isinstance(event, yaml.AliasEvent):
            self._begin(event, place, None)
            self._put(Scalar(f"*{event.anchor}", True, place))
        elif isinstance(event, yaml.DocumentStartEvent):
            self._pieces += 1
        within = len(self.problems) <= MAX_FAULTS and len(self._open) <= MAX_DEPTH and self._pieces <= MAX_PIECES
        return within or self._beyond(place)

    def _begin(self, event: Any, place: Place, tag: str | None) -> None:
        """Count a node, and refuse what YAML may write before it."""
        self._pieces += 1
        if event.anchor is not None:
            self.problems.append(problem("yaml-alias", place))
        if tag is not None:
            self.problems.append(problem("yaml-tag", place))

    def _beyond(self, place: Place) -> bool:
        """Say at *place* which limit was gone beyond; False, so that reading ends."""
        if len(self.problems) > MAX_FAULTS:
            code = "yaml-many-faults"
        else:
            code = "yaml-too-deep" if len(self._open) > MAX_DEPTH else "yaml-too-many"
        self.problems.append(problem(code, place))
        return False

    def _put_scalar(self, scalar: Scalar, style: str | None) -> None:
        if yaml_faults.harmless(scalar.text):
            self._put(scalar)
            return
        faults = list(yaml_faults.of_any(scalar.text))
        if not scalar.quoted:
            faults += yaml_faults.of_plain(scalar.text, self._role(scalar))
        elif style in ("|", ">") and not scalar.text.strip():
            faults.append(yaml_faults.Fault("yaml-first-character", args=(("char", style),)))
        for fault in faults:
            self.say(fault, scalar.place)
        self._put(scalar, spoilt=bool(faults))

    def _role(self, scalar: Scalar) -> yaml_faults.Role:
        """What an unquoted scalar stands as, which says what its writer may have meant instead."""
        if not self._open:
            return "alone"
        parent = self._open[-1]
        if parent.wants_key:
            return "key"
        if not parent.mapping:
            return "flow item" if parent.flow else "alone"
        below = parent.key is not None and parent.key.place.line < scalar.place.line
        return "alone" if below else "value"

    def _put(self, node: Node, *, spoilt: bool = False) -> None:
        if not self._open:
            self.documents.append(node)
            return
        parent = self._open[-1]
        if not parent.mapping:
            if node == Scalar("") and not node.quoted:
                self.problems.append(problem("yaml-empty-item", node))
            else:
                parent.items.append(node)
        elif parent.wants_key:
            self._put_key(parent, node, spoilt)
        else:
            self._put_value(parent, node)

    def _put_key(self, parent: _Open, node: Node, spoilt: bool) -> None:
        parent.spoilt = spoilt
        if not isinstance(node, Scalar):
            parent.spoilt = True
            self.problems.append(problem("yaml-key-not-text", node))
        elif node.text == "<<" and not node.quoted:
            parent.spoilt = True
            self.problems.append(problem("yaml-merge-key", node))
        elif len(node.text) > MAX_KEY:
            parent.spoilt = True
            self.problems.append(problem("yaml-long-key", node, most=MAX_KEY))
        elif not spoilt:
            text = identifier(node.text)
            parent.key = node if text == node.text else Scalar(text, node.quoted, node.place)

    def _put_value(self, parent: _Open, node: Node) -> None:
        key, spoilt = parent.key, parent.spoilt
        parent.key, parent.spoilt = None, False
        if key is None or spoilt:
            return
        first = parent.entries.get(key.text)
        if first:
            line = first[0].place.line
            self.problems.append(problem("yaml-duplicate-key", key, key=key.text, line=line))
            return
        if isinstance(node, Scalar) and not node.quoted and not node.text:
            self.problems.append(problem("yaml-empty", key, key=key.text))
        parent.entries[key.text] = (key, node)
