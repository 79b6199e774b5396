"""WHO: one audience, several, or alternatives by condition; the same grammar everywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from engine.definition.catalogue import Parameter, ResolverSpec
from engine.definition.expression import Formula
from engine.definition.language.words import PHRASE_WORDS
from engine.definition.model import Value, Who, WhoRule
from engine.definition.parse.reader import IDENTIFIER, Reader, accepted
from engine.definition.yaml.source import Mapping, Node, Scalar, Sequence
from engine.i18n import Text

#: A unit, or a column of units.
UNITS: Final = ("unit", "list")
KINDS: Final = ("applicant", "anyone", "person", "role", "post", "rota")
POST: Final = Text("岗位（post P of U）", "posts (post P of U)")
_WORD_OR_SIGN: Final = re.compile(r"""[\w.]+|['"()“”]""")
_BY_NAME: Final = re.compile(r"\s*(\w+)\s*[:：](.*)", re.DOTALL)
_RESOLVER: Final = re.compile(r"(\w+\.\w+)\s*\((.*)\)\s*", re.DOTALL)


def read_who(reader: Reader, node: Node, path: str) -> WhoRule | None:
    """The rule at *node*: a WHO, a list of them, or a list of ``{if, who}`` that ends with ``{else, who}``."""
    if isinstance(node, Sequence) and any(isinstance(item, Mapping) for item in node.items):
        return _alternatives(reader, node, path)
    audiences = _audiences(reader, node, path)
    return WhoRule(((None, audiences),)) if audiences else None


def _alternatives(reader: Reader, node: Sequence, path: str) -> WhoRule | None:
    cases: list[tuple[Formula | None, tuple[Who, ...]]] = []
    for position, item in enumerate(node.items):
        here, last = f"{path}.{position}", position == len(node.items) - 1
        found = reader.entries(item, here, "who_case")
        if ("else" in found) != last or ("if" in found) == last:
            reader.fault("who-needs-else", item, here)
        if "else" in found and not reader.flag(found["else"], f"{here}.else"):
            reader.fault("who-needs-else", found["else"], f"{here}.else")
        condition = reader.formula(found["if"], f"{here}.if", ("boolean",)) if "if" in found else None
        if "who" in found:
            cases.append((condition, _audiences(reader, found["who"], f"{here}.who")))
    return WhoRule(tuple(cases)) if cases else None


def _audiences(reader: Reader, node: Node, path: str) -> tuple[Who, ...]:
    nodes = node.items if isinstance(node, Sequence) else (node,)
    if not nodes:
        reader.fault("who-empty", node, path)
    read = (audience(reader, item, path, reader.word(item, path)) for item in nodes)
    return tuple(who for who in read if who is not None)


def audience(reader: Reader, node: Node, path: str, text: str) -> Who | None:
    """One audience from *text*, which stands in *node*."""
    words = text.strip()
    kind, _, rest = words.partition(" ")
    if kind == "applicant" and not rest:
        return Who("applicant", text=words)
    if kind == "anyone":
        return _anyone(reader, node, path, words)
    if kind == "person" and rest:
        person = reader.compiled(rest, node, path, ("person", "list"), text.find(rest))
        return Who("person", person=person, text=words)
    if kind in ("role", "post", "rota") and rest:
        return _seat(reader, node, path, words)
    match = _RESOLVER.fullmatch(words)
    if match:
        return _resolver(reader, node, path, words, match.group(1), match.group(2))
    if words:
        reader.fault("unknown-who", node, path, KINDS, name=kind, who=words)
    return None


def _anyone(reader: Reader, node: Node, path: str, words: str) -> Who | None:
    parts = split(words, ("of",))
    if parts[""] != "anyone":
        reader.fault("unknown-who", node, path, ("anyone of",), name=words, who=words)
        return None
    unit = _part(reader, node, path, words, parts.get("of"), UNITS)
    return Who("anyone", unit=unit, text=words)


def _seat(reader: Reader, node: Node, path: str, words: str) -> Who | None:
    parts = split(words, ("of", "on"))
    kind, _, name = parts[""].partition(" ")
    name = name.strip()
    if not name or " " in name:
        reader.fault("unknown-who", node, path, name="", who=words)
        return None
    if not IDENTIFIER.fullmatch(name):
        reader.fault("bad-name", node, path, name=name)
        return None
    if name in PHRASE_WORDS:
        reader.reserved(node, path, name)
        return None
    if {parts.get("of"), parts.get("on")} & {"of", "on"}:
        reader.fault("unknown-who", node, path, name="", who=words)
        return None
    if "on" in parts and kind != "rota":
        reader.fault("on-without-rota", node, path)
    by_plugin = _of_reference(reader, node, path, words, name, parts.get("of"))
    if by_plugin is not None:
        return by_plugin
    unit = _part(reader, node, path, words, parts.get("of"), UNITS)
    if kind == "post":  # Stands in as a role, so that what is around it is judged all the same.
        reader.not_yet(node, path, POST)
    if kind == "role" and not reader.catalogue.roles.has(name):
        reader.problems.append(reader.catalogue.roles.fault(name, node, path))
    on = _part(reader, node, path, words, parts.get("on"), ("date", "datetime"))
    if kind == "rota":
        return Who("rota", name, unit=unit, on=on, text=words)
    return Who("role", name, unit=unit, text=words)


def _of_reference(reader: Reader, node: Node, path: str, words: str, name: str, of: str | None) -> Who | None:
    """``role R of X`` where X is of a plugin's type: the resolver called R that takes one such value answers it."""
    if of is None or reader.scope is None or not words.startswith("role "):
        return None
    type_ = reader.type_of(of)
    if type_ is None or type_.name not in reader.catalogue.types:
        return None
    for spec in reader.catalogue.resolvers.values():
        wanted = [parameter.type.name for parameter in spec.parameters]
        if spec.name.rpartition(".")[2] == name and wanted == [type_.name]:
            reader.used(spec.name, node, path)
            formula = reader.compiled(of, node, path, (type_.name,), words.find(of))
            return Who("resolver", spec.name, args=((spec.parameters[0].name, Value(formula=formula)),), text=words)
    return None


def _part(
    reader: Reader, node: Node, path: str, words: str, text: str | None, expect: tuple[str, ...]
) -> Formula | None:
    if text is None:
        return None
    return reader.compiled(text, node, path, expect, words.rfind(text))


def _resolver(reader: Reader, node: Node, path: str, words: str, name: str, inside: str) -> Who | None:
    spec = reader.catalogue.resolvers.get(name)
    if spec is None:
        reader.fault("unknown-resolver", node, path, reader.catalogue.resolvers, name=name)
        return None
    reader.used(name, node, path)
    given = _arguments(reader, node, path, spec, list(split_list(inside)))
    for parameter in spec.parameters:
        if parameter.required and parameter.name not in given:
            reader.fault("missing-input", node, path, name=parameter.name, action=name)
    args = ((key, _argument(reader, node, path, words, *pair)) for key, pair in given.items())
    return Who("resolver", name, args=tuple(args), text=words)


def _arguments(
    reader: Reader, node: Node, path: str, spec: ResolverSpec, parts: list[str]
) -> dict[str, tuple[Parameter, str]]:
    by_name = {parameter.name: parameter for parameter in spec.parameters}
    given: dict[str, tuple[Parameter, str]] = {}
    for position, part in enumerate(parts):
        named = _BY_NAME.fullmatch(part)
        if named and named.group(1) in by_name:
            given[named.group(1)] = (by_name[named.group(1)], named.group(2).strip())
        elif named or position >= len(spec.parameters):
            name = named.group(1) if named else part
            reader.fault("unknown-input", node, path, by_name, name=name, action=spec.name)
        else:
            given[spec.parameters[position].name] = (spec.parameters[position], part)
    return given


def _argument(reader: Reader, node: Node, path: str, words: str, parameter: Parameter, text: str) -> Value:
    return Value(formula=reader.compiled(text, node, path, accepted(parameter.type), words.find(text)))


def split(text: str, keywords: tuple[str, ...]) -> dict[str, str]:
    """*text* cut at its top-level *keywords*: what stands before the first under ``""``, the rest by keyword."""
    parts, current, start = {}, "", 0
    for begin, word in top_level_words(text):
        if word in keywords and word not in parts and word != current and begin:
            parts[current] = text[start:begin].strip()
            current, start = word, begin + len(word)
    parts[current] = text[start:].strip()
    return parts


def top_level_words(text: str) -> Iterator[tuple[int, str]]:
    """Every word outside quotes and brackets, with its place."""
    depth, quote = 0, ""
    for match in _WORD_OR_SIGN.finditer(text):
        part = match.group()
        if quote:
            quote = "" if part in (quote, "”") else quote
        elif part in "'\"“":
            quote = "”" if part == "“" else part
        elif part in "()":
            depth += 1 if part == "(" else -1
        elif not depth:
            yield match.start(), part


def split_list(text: str) -> Iterator[str]:
    """The parts of *text* between commas that stand outside quotes and brackets."""
    depth, quote, start = 0, "", 0
    for position, sign in enumerate(text):
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"":
            quote = sign
        elif sign in "()":
            depth += 1 if sign == "(" else -1
        elif sign in ",，" and not depth:
            yield text[start:position].strip()
            start = position + 1
    if text[start:].strip():
        yield text[start:].strip()


def plain(node: Node) -> str:
    """The text of a scalar, or nothing."""
    return node.text if isinstance(node, Scalar) else ""
