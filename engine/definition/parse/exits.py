"""Exits: what ends a step, who may take it, what it asks for, and where it leads."""

from __future__ import annotations

from typing import Final, cast

from engine.definition.language.words import RESERVED_OUTCOMES
from engine.definition.model import Again, AtForm, By, Exit, Opinion, Target, Undo, Value
from engine.definition.parse.fields import fillable, type_of_field
from engine.definition.parse.reader import Reader
from engine.definition.parse.targets import read_target
from engine.definition.parse.who import read_who
from engine.definition.yaml.source import Node, Scalar, Sequence
from engine.i18n import Text, both

#: Outcomes that steps come to by themselves, for people.
STANDARD: Final = {
    "done": Text("完成", "done"),
    "came": Text("时间到", "the time came"),
    "met": Text("达到要求", "met"),
    "short": Text("未达到要求", "short"),
}
#: More than anybody means; a return that needs nobody would keep one command busy for as long.
MOST_RETURNS: Final = 99
#: Keys that mean something only where the exit goes back.
BACK_KEYS: Final = ("again", "at_most", "exhausted")
OPINIONS: Final = ("must", "may", "none")
UNDOS: Final = ("all", "this", "none")
AGAINS: Final = ("replay", "changed", "resume")
AT_FORMS: Final = ("correct",)
MESSAGE: Final = Text("消息出口（by: message）", "exits taken by a message (by: message)")


def read_exits(reader: Reader, node: Node, path: str) -> tuple[Exit, ...]:
    """Every outcome under ``outcomes:``."""
    exits = (read_exit(reader, key, value, here) for key, value, here in reader.named(node, path))
    return tuple(one for one in exits if one is not None)


def read_exit(reader: Reader, key: Scalar, node: Node, path: str) -> Exit | None:
    """One outcome: ``name: TARGET`` or ``name: {… then: TARGET}``."""
    if not reader.identifier(key, path, RESERVED_OUTCOMES):
        return None
    if isinstance(node, Scalar):
        target = read_target(reader, node, path)
        return Exit(key.text, target, title_of(key.text), place=key.place) if target else None
    found = reader.entries(node, path, "exit")
    target = read_target(reader, found["then"], f"{path}.then") if "then" in found else None
    made = _exit(reader, key, found, path, target or Target("next"))
    if target is None:
        return None
    if target.kind != "back":
        for name in BACK_KEYS:
            if name in found:
                reader.objection("only-with-back", found[name], f"{path}.{name}", name=name)
    return made


def title_of(name: str) -> Text:
    """The title of an outcome that has none written."""
    return STANDARD.get(name, both(name))


def _exit(reader: Reader, key: Scalar, found: dict[str, Node], path: str, target: Target) -> Exit:
    def at(name: str) -> str:
        return f"{path}.{name}"

    title = reader.word(found["title"], at("title")) if "title" in found else ""
    return Exit(
        name=key.text,
        then=target,
        title=both(title) if title else title_of(key.text),
        by=_by(reader, found, path),
        fill=fillable(reader, found["fill"], at("fill")) if "fill" in found else (),
        must=fillable(reader, found["must"], at("must")) if "must" in found else (),
        opinion=cast(Opinion, _option(reader, found, path, "opinion", OPINIONS, "may")),
        reasons=reader.words(found["reasons"], at("reasons")) if "reasons" in found else (),
        set=read_set(reader, found["set"], at("set")) if "set" in found else (),
        tell=read_who(reader, found["tell"], at("tell")) if "tell" in found else None,
        undo=cast(Undo, _option(reader, found, path, "undo", UNDOS, "")),
        steps=reader.steps(found["steps"], at("steps")) if "steps" in found else (),
        again=cast(Again, _option(reader, found, path, "again", AGAINS, "replay")),
        at_most=reader.whole(found["at_most"], at("at_most"), most=MOST_RETURNS) if "at_most" in found else None,
        exhausted=reader.word(found["exhausted"], at("exhausted")) if "exhausted" in found else "",
        at_form=cast(AtForm, _option(reader, found, path, "at_form", AT_FORMS, "")),
        place=key.place,
    )


def _option(
    reader: Reader, found: dict[str, Node], path: str, name: str, options: tuple[str, ...], default: str
) -> str:
    return reader.choice(found[name], f"{path}.{name}", options, default) if name in found else default


def _by(reader: Reader, found: dict[str, Node], path: str) -> By:
    node = found.get("by")
    word = node.text if isinstance(node, Scalar) else ""
    if word.startswith("message "):
        reader.not_yet(found["by"], f"{path}.by", MESSAGE)
        matched = read_match(reader, found["match"], f"{path}.match") if "match" in found else ()
        return By("message", message=word.removeprefix("message ").strip(), match=matched)
    if "match" in found:
        reader.objection("match-without-message", found["match"], f"{path}.match")
    if node is None:
        return By()
    if word == "clock":
        return By("clock")
    who = read_who(reader, node, f"{path}.by")
    return By("who", who=who) if who else By()


def read_match(reader: Reader, node: Node, path: str) -> tuple[tuple[str, Value], ...]:
    """``match: {key: =formula}`` of a message; the types of its keys are the message's own."""
    matched = []
    for key, value, here in reader.named(node, path):
        text = reader.word(value, here)
        formula = reader.compiled(text[1:], value, here, None, 1) if text.startswith("=") else None
        matched.append((key.text, Value(formula=formula) if formula else Value(constant=text)))
    return tuple(matched)


def read_set(reader: Reader, node: Node, path: str) -> tuple[tuple[str, Value], ...]:
    """``set: {field: value}``: constants and formulas by the type of the field."""
    made: list[tuple[str, Value]] = []
    for key, value, here in reader.named(node, path):
        type_ = type_of_field(reader, key, here, key.text)
        if type_ is None:
            continue
        if type_.name in ("table", "list", "record") and isinstance(value, Sequence):
            made.append((key.text, Value(constant=reader.constant(value, here, type_))))
            continue
        read = reader.value(value, here, type_)
        if read is not None:
            made.append((key.text, read))
    return tuple(made)
