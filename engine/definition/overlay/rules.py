"""What an overlay may change without being asked, and what counts as stricter."""

from __future__ import annotations

import re
from collections.abc import Callable

from engine.definition.expression.lexer import QUOTED
from engine.definition.language.slots import Slot
from engine.definition.values.durations import Duration, parse_duration
from engine.definition.yaml.source import Mapping, Node, Scalar, Sequence

#: Keys that any district may set: words for people, and what a form offers.
FREE_KEYS = frozenset({"title", "group", "default", "of", "reasons"})
#: How strict an opinion is asked for, and how many have to sign.
_RANKS = {"none": 0, "may": 1, "must": 2, "any": 0, "all": 1}
#: A name outside quotes, without what follows its dots; the second group is there where a dot follows.
_NAMED = re.compile(QUOTED + r"|(?<![\w.])(\w+)(\s*\.)?")
_DECIMAL = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")


def stricter(key: str, before: Node | None, after: Node) -> bool | None:
    """Whether *after* is stricter than *before* for *key*; None when nobody can say, or the key has no order."""
    rule = _RULES.get(key)
    return rule(before, after) if rule else None


def open_to(step: Mapping) -> frozenset[str]:
    """What the base's *step* allows an overlay to do beyond the free edits."""
    allowed = step.get("open")
    items = allowed.items if isinstance(allowed, Sequence) else (allowed,)
    return frozenset(item.text for item in items if isinstance(item, Scalar))


def names_step(node: Scalar, slot: Slot, step: str) -> bool:
    """Whether the words at *node* name *step*: as a target, as excluded, or by its outputs in a formula."""
    text = node.text
    if slot.kind in ("target", "exit"):
        return text.split() == ["back", step]
    if slot.kind == "excluded" and text == step:
        return True
    if slot.kind in ("formula", "moment", "event", "among") or text.startswith("="):
        return any(one[1] == step for one in _NAMED.finditer(text))
    if slot.kind in ("who", "by", "rung", "loop", "excluded"):
        return any(one[1] == step and one[2] for one in _NAMED.finditer(text))
    return False


def _shorter(before: Node | None, after: Node) -> bool | None:
    old, new = _duration(before), _duration(after)
    if old is None or new is None:
        return None
    return new.against(old) < 0


def _number(*, larger: bool) -> Callable[[Node | None, Node], bool | None]:
    def rule(before: Node | None, after: Node) -> bool | None:
        old, new = _text(before), _text(after)
        if not _DECIMAL.fullmatch(new) or (before is not None and not _DECIMAL.fullmatch(old)):
            return None
        return before is None or (float(new) > float(old) if larger else float(new) < float(old))

    return rule


def _ranked(default: str) -> Callable[[Node | None, Node], bool | None]:
    def rule(before: Node | None, after: Node) -> bool | None:
        old, new = _RANKS.get(_text(before) or default), _RANKS.get(_text(after))
        return None if old is None or new is None else new > old

    return rule


def _more_names(before: Node | None, after: Node) -> bool | None:
    old, new = _names(before), _names(after)
    return new > old


def _no_longer_optional(before: Node | None, after: Node) -> bool | None:
    return _text(before) == "true" and _text(after) == "false"


def _newly_said(before: Node | None, _: Node) -> bool | None:
    return before is None


_RULES: dict[str, Callable[[Node | None, Node], bool | None]] = {
    "within": _shorter,
    "at_most": _number(larger=False),
    "max": _number(larger=False),
    "min": _number(larger=True),
    "opinion": _ranked("may"),
    "sign": _ranked("any"),
    "not": _more_names,
    "must": _more_names,
    "optional": _no_longer_optional,
    "at_form": _newly_said,
}


def _text(node: Node | None) -> str:
    return node.text if isinstance(node, Scalar) else ""


def _names(node: Node | None) -> frozenset[str]:
    items = node.items if isinstance(node, Sequence) else (node,)
    return frozenset(item.text for item in items if isinstance(item, Scalar))


def _duration(node: Node | None) -> Duration | None:
    return parse_duration(_text(node))
