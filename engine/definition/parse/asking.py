"""``ask``: people decide."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from typing import Any, Final, Literal

from engine.definition.expression import Formula
from engine.definition.kinds.ask import Ask
from engine.definition.model import Rung, WhoRule
from engine.definition.parse.due import COUNT
from engine.definition.parse.fields import fillable, read_names
from engine.definition.parse.reader import Reader
from engine.definition.parse.who import read_who
from engine.definition.values.kinds.table import NUMBERS
from engine.definition.values.types import ValueType
from engine.definition.yaml.source import Mapping, Node, Scalar, Sequence
from engine.i18n import Text

_SHARE: Final = re.compile(r"([0-9]{1,3})(?:/([1-9][0-9]{0,2})|[%％])(?: +of +(?:cast|roll))?")
SIGNS: Final = ("any", "all", "in_order")
VOTE: Final = Text("表决（sign: vote）", "voting (sign: vote)")
IN_ORDER: Final = Text("依次会签（sign: in_order）", "signing in order (sign: in_order)")


def read_ask(reader: Reader, node: Mapping, found: dict[str, Node], path: str, common: dict[str, Any]) -> Ask:
    """The step that asks."""
    if "outcomes" not in found:
        reader.fault("ask-needs-outcomes", node, path, name=common["id"])
    if isinstance(found.get("sign"), Mapping) and common["due"] is not None:
        common["due"] = replace(common["due"], late=_without_count(common["due"].late))
    return Ask(
        **common,
        who=read_who(reader, found["ask"], f"{path}.ask") or WhoRule(()),
        sign=_sign(reader, found["sign"], f"{path}.sign") if "sign" in found else "any",
        not_=_excluded(reader, found["not"], f"{path}.not") if "not" in found else (),
        show=read_names(reader, found["show"], f"{path}.show") if "show" in found else (),
        fill=fillable(reader, found["fill"], f"{path}.fill") if "fill" in found else (),
        stops_clock="stops_clock" in found and reader.flag(found["stops_clock"], f"{path}.stops_clock"),
        bulk=reader.word(found["bulk"], f"{path}.bulk") if "bulk" in found else "",
    )


def _without_count(late: tuple[Rung, ...]) -> tuple[Rung, ...]:
    return tuple(rung for rung in late if rung.outcome != COUNT)


def _sign(reader: Reader, node: Node, path: str) -> Literal["any", "all"]:
    if isinstance(node, Mapping):
        for key, value, here in reader.named(node, path):
            if key.text == "vote":
                _vote(reader, value, here)
                reader.not_yet(node, path, VOTE)
            else:
                reader.fault("unknown-key", key, here, ("vote",), name=key.text)
        return "any"
    word = reader.choice(node, path, SIGNS, "any")
    if word == "in_order":
        reader.not_yet(node, path, IN_ORDER)
    return "all" if word == "all" else "any"


def _vote(reader: Reader, node: Node, path: str) -> None:
    found = reader.entries(node, path, "vote")
    for key in ("pass", "quorum"):
        if key in found:
            _share(reader, found[key], f"{path}.{key}")
    if "weight" in found:
        with reader.having("signer", ValueType("person")):
            reader.formula(found["weight"], f"{path}.weight", tuple(NUMBERS))
    if "veto" in found:
        read_who(reader, found["veto"], f"{path}.veto")


def _share(reader: Reader, node: Node, path: str) -> None:
    """``2/3 of cast``: a part of those asked or of what was cast; no more than all."""
    text = reader.word(node, path)
    found = _SHARE.fullmatch(text)
    if not found or not 0 < Fraction(int(found[1]), int(found[2] or 100)) <= 1:
        reader.fault("bad-share", node, path, name=text)


def _excluded(reader: Reader, node: Node, path: str) -> tuple[str | Formula, ...]:
    """``not:``: step ids or ``start``, whose actors are out; ``person E``; or a column of persons."""
    excluded: list[str | Formula] = []
    for item in node.items if isinstance(node, Sequence) else (node,):
        text = reader.name(item, path)
        if text == "start" or text in reader.outline.steps:
            excluded.append(text)
            continue
        formula = _person(reader, item, path, text)
        if formula is not None:
            excluded.append(formula)
    return tuple(excluded)


def _person(reader: Reader, node: Node, path: str, text: str) -> Formula | None:
    words = text.removeprefix("person ").strip()
    if words == text and "." not in text and isinstance(node, Scalar):
        reader.fault("unknown-step", node, path, ("start", *reader.outline.steps), name=text)
        return None
    return reader.compiled(words, node, path, ("person", "list"), len(text) - len(words))
