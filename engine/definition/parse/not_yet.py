"""Constructs of the language that are read and typed, and that cases cannot run yet."""

from __future__ import annotations

import re
from typing import Any, Final

from engine.definition.language.words import RESERVED_NAMES
from engine.definition.model import Step
from engine.definition.parse.reader import IDENTIFIER, Reader
from engine.definition.parse.targets import read_target
from engine.definition.parse.who import read_who
from engine.definition.values.types import DURATION, ValueType
from engine.definition.yaml.source import Mapping, Node
from engine.i18n import Text

ORDERS: Final = ("together", "one_by_one")
NEED_WORDS: Final = ("all", "any")
EACH: Final = Text("逐项办理（each）", "a step for each row (each)")
CALL: Final = Text("调用另一个事项（call）", "calling another process (call)")
MESSAGES: Final = Text("消息（messages）", "messages")
REOPEN: Final = Text("重新打开办件（reopen）", "reopening a case (reopen)")
_ITEM: Final = re.compile(r"(\w+)\s+in\s+(.+)", re.DOTALL)


def read_each(reader: Reader, _node: Mapping, found: dict[str, Node], path: str, common: dict[str, Any]) -> Step:
    """``each: x in TABLE``: what is inside is read with ``x`` in scope."""
    reader.not_yet(found["each"], f"{path}.each", EACH)
    for key, options in (("order", ORDERS), ("rest", ("cancel", "finish"))):
        if key in found:
            reader.choice(found[key], f"{path}.{key}", options, options[0])
    if "need" in found:
        _need(reader, found["need"], f"{path}.need")
    if "may_add" in found:
        read_who(reader, found["may_add"], f"{path}.may_add")
    match = read_loop(reader, found["each"], f"{path}.each")
    if match is None:
        return Step(**common)
    table = reader.compiled(match.group(2), found["each"], f"{path}.each", ("table",), match.start(2))
    if "steps" in found and table is not None:
        _inside(reader, found["steps"], path, match.group(1), ValueType("record", table.type.columns))
    return Step(**common)


def read_loop(reader: Reader, node: Node, path: str) -> re.Match[str] | None:
    """``x in TABLE``: the name and the formula."""
    text = reader.word(node, path)
    match = _ITEM.fullmatch(text)
    if match and match[1] in RESERVED_NAMES:
        reader.reserved(node, path, match[1])
    elif match and IDENTIFIER.fullmatch(match[1]):
        return match
    else:
        reader.fault("bad-each", node, path, name=text)
    return None


def _need(reader: Reader, node: Node, path: str) -> None:
    if reader.word(node, path) not in NEED_WORDS:
        reader.value(node, path, ValueType("integer"))


def _inside(reader: Reader, node: Node, path: str, name: str, item: ValueType) -> None:
    with reader.having(name, item):
        reader.steps(node, f"{path}.steps")


def read_call(reader: Reader, _node: Mapping, found: dict[str, Node], path: str, common: dict[str, Any]) -> Step:
    """``call: PROCESS``: what is passed is typed by that process, which is known when it is called."""
    reader.not_yet(found["call"], f"{path}.call", CALL)
    reader.name(found["call"], f"{path}.call")
    if "detach" in found:
        reader.flag(found["detach"], f"{path}.detach")
    if "with" in found:
        for _, value, here in reader.named(found["with"], f"{path}.with"):
            text = reader.word(value, here)
            if text.startswith("="):
                reader.compiled(text[1:], value, here, None, 1)
    return Step(**common)


def read_messages(reader: Reader, node: Node, path: str) -> None:
    """``messages:`` that cases of this process may be sent."""
    reader.not_yet(node, path, MESSAGES)
    for key, value, here in reader.named(node, path):
        reader.identifier(key, here)
        found = reader.entries(value, here, "message")
        if "to" in found:
            reader.choice(found["to"], f"{here}.to", ("case",), "case")
        for name in reader.names(found["key"], f"{here}.key") if "key" in found else ():
            if name not in reader.outline.fields:
                reader.fault("unknown-field", found["key"], f"{here}.key", reader.outline.fields, name=name)
        if "title" in found:
            reader.word(found["title"], f"{here}.title")


def read_reopen(reader: Reader, node: Node, path: str) -> None:
    """``reopen: {by, within, then, at_most}`` of an end."""
    reader.not_yet(node, path, REOPEN)
    found = reader.entries(node, path, "reopen")
    if "by" in found:
        read_who(reader, found["by"], f"{path}.by")
    if "within" in found:
        reader.value(found["within"], f"{path}.within", DURATION)
    target = read_target(reader, found["then"], f"{path}.then") if "then" in found else None
    if target and target.kind != "back":
        reader.fault("reopen-needs-back", found["then"], f"{path}.then", name=target.kind)
    elif target and target.name != "start" and target.name not in reader.outline.steps:
        steps = ("start", *reader.outline.steps)
        reader.fault("unknown-step", found["then"], f"{path}.then", steps, name=target.name)
    if "at_most" in found:
        reader.whole(found["at_most"], f"{path}.at_most")
