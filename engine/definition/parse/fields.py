"""Fields and settings: the typed variables of a case, and the lists of names that say which are shown or filled."""

from __future__ import annotations

import re
from typing import Any, Final

from engine.definition.fields.schema import other_kind, outside
from engine.definition.model import Among, Field
from engine.definition.parse.reader import Reader, accepted
from engine.definition.parse.who import read_who
from engine.definition.values.forms import words
from engine.definition.values.kinds.table import kind_of
from engine.definition.values.plain import repeated
from engine.definition.values.types import INTEGER, ValueType
from engine.definition.yaml.source import Mapping, Node, Scalar, Sequence
from engine.i18n import Text, both

EVERYTHING: Final = "all"
#: What people write between words that are meant as a list.
_APART: Final = re.compile(r"\s*[/／、,，;；|｜\s]\s*")
COLUMN: Final = Text("单独填写或赋值表格的一列（表格.列）", "filling or setting one column of a table (TABLE.COLUMN)")


def read_fields(reader: Reader, node: Node, path: str, types: dict[str, ValueType]) -> tuple[Field, ...]:
    """The fields at *node*; *types* are what the first look found, names that it refused are left out."""
    construct = "setting" if path == "settings" else "field"
    return tuple(
        read_field(reader, key, value, here, types[key.text], construct)
        for key, value, here in reader.named(node, path)
        if key.text in types
    )


def read_field(reader: Reader, key: Scalar, node: Node, path: str, type_: ValueType, construct: str) -> Field:
    """One field, setting or column."""
    found = reader.entries(node, path, construct)
    _fitting(reader, found, path, type_)
    options = _options(reader, found["of"], f"{path}.of") if "of" in found else ()
    columns = _columns(reader, found["columns"], f"{path}.columns", type_) if "columns" in found else ()
    most_many = _most_many(type_, options, _key_column(found, columns))
    least = _limit(reader, found, path, "min", type_, (0, most_many))
    most = _limit(reader, found, path, "max", type_, (1, kind_of(type_).most))
    if least is not None and other_kind(_measure(type_), least, most):
        least_said, most_said = words(type_, least), words(type_, most)
        reader.objection("limits-of-two-kinds", found["max"], f"{path}.max", min=least_said, max=most_said)
    elif least is not None and outside(_measure(type_), least, most=most):
        reader.objection("limits-cross", found["max"], f"{path}.max")
    default = reader.value(found["default"], f"{path}.default", type_) if "default" in found else None
    return Field(
        name=key.text,
        type=type_,
        title=both(reader.word(found["title"], f"{path}.title") if "title" in found else key.text),
        optional=_flag(reader, found, path, "optional"),
        default=default,
        min=least,
        max=most,
        options=options,
        when=reader.formula(found["when"], f"{path}.when", ("boolean",)) if "when" in found else None,
        see=_see(reader, found["see"], f"{path}.see") if "see" in found else (),
        sensitive=_flag(reader, found, path, "sensitive"),
        value=_derived(reader, found["value"], f"{path}.value", type_) if "value" in found else None,
        group=reader.word(found["group"], f"{path}.group") if "group" in found else "",
        key=_key(reader, found["key"], f"{path}.key", type_) if "key" in found else "",
        columns=columns,
        among=_among(reader, found["among"], f"{path}.among", type_) if "among" in found else None,
        place=key.place,
    )


def _options(reader: Reader, node: Node, path: str) -> tuple[str, ...]:
    options = reader.words(node, path)
    if not options:
        reader.fault("no-options", node, path)
    if len(options) == 1:
        apart = ", ".join(_APART.split(options[0]))
        both_of = Text(apart, apart) if "," in apart else Text(f"{apart}, 其他", f"{apart}, other")
        reader.objection("one-option", node, path, option=options[0], apart=both_of)
    for twice in sorted(repeated(options)):
        reader.objection("option-twice", node, path, name=twice)
    return options


def _key_column(found: dict[str, Node], columns: tuple[Field, ...]) -> Field | None:
    key = found.get("key")
    return next((one for one in columns if isinstance(key, Scalar) and one.name == key.text), None)


def _most_many(type_: ValueType, options: tuple[str, ...], key: Field | None) -> int:
    """How many characters, choices or rows a value can come to: no choice twice, no two rows of one key."""
    kinds = 2 if key and key.type.name == "boolean" else len(key.options) if key else 0
    kinds = len(options) or kinds
    most = kind_of(type_).most
    return min(kinds or most, most)


def _measure(type_: ValueType) -> ValueType:
    """The type of the bounds of a field: of the field itself, or how many."""
    return INTEGER if kind_of(type_).bounds == "count" else type_


def _limit(
    reader: Reader, found: dict[str, Node], path: str, name: str, type_: ValueType, among: tuple[int, int]
) -> Any:
    """A bound; one that counts lies *among* two numbers."""
    bounds = kind_of(type_).bounds
    if name not in found or not bounds:
        return None
    limit = reader.constant(found[name], f"{path}.{name}", _measure(type_))
    if bounds != "count" or limit is None or among[0] <= limit <= among[1]:
        return limit
    reader.fault("not-whole", found[name], f"{path}.{name}", name=limit, least=among[0], most=among[1])
    return None


def _flag(reader: Reader, found: dict[str, Node], path: str, name: str) -> bool:
    return name in found and reader.flag(found[name], f"{path}.{name}")


def _derived(reader: Reader, node: Node, path: str, type_: ValueType) -> Any:
    return reader.formula(node, path, accepted(type_), sign=True)


def _fitting(reader: Reader, found: dict[str, Node], path: str, type_: ValueType) -> None:
    """Keys that only some types have, and combinations that say two things at once."""
    kind = kind_of(type_)
    for name in ("min", "max"):
        if name in found and not kind.bounds:
            reader.fault("key-not-for-type", found[name], f"{path}.{name}", name=name, type=type_.name)
    for name in ("key", "columns"):
        if name in found and not kind.rows:
            reader.fault("key-not-for-type", found[name], f"{path}.{name}", name=name, type=type_.name)
    if "among" in found and not kind.points:
        reader.fault("key-not-for-type", found["among"], f"{path}.among", name="among", type=type_.name)
    if "of" in found and not kind.options:
        reader.fault("key-not-for-type", found["of"], f"{path}.of", name="of", type=type_.name)
    if "type" in found and kind.options and "of" not in found:
        reader.fault("missing-key", found["type"], path, name="of")
    if "type" in found and kind.rows and "columns" not in found:
        reader.fault("missing-key", found["type"], path, name="columns")
    if "value" in found and "default" in found:
        reader.objection("derived-with-default", found["default"], f"{path}.default")


def _among(reader: Reader, node: Node, path: str, type_: ValueType) -> Among | None:
    """A WHO for a person; for anything else that is named by an id, a condition over ``row``."""
    if type_.name == "person":
        who = read_who(reader, node, path)
        return Among(who=who) if who else None
    if not kind_of(type_).points:
        return None
    with reader.having("row", type_):
        row = reader.formula(node, path, ("boolean",))
    return Among(row=row) if row else None


def _see(reader: Reader, node: Node, path: str) -> tuple[str, ...]:
    names = reader.names(node, path)
    for name in names:
        if name not in reader.outline.parties:
            reader.fault("unknown-party", node, path, reader.outline.parties, name=name)
    return names


def _key(reader: Reader, node: Node, path: str, type_: ValueType) -> str:
    name = reader.name(node, path)
    if name and type_.columns and type_.column(name) is None:
        reader.fault("unknown-column", node, path, dict(type_.columns), name=name)
    return name


def _columns(reader: Reader, node: Node, path: str, type_: ValueType) -> tuple[Field, ...]:
    types = dict(type_.columns)
    return tuple(
        read_field(reader, key, value, here, types[key.text].surely(), "column")
        for key, value, here in reader.named(node, path)
        if reader.identifier(key, here) and key.text in types
    )


def read_names(reader: Reader, node: Node, path: str) -> tuple[str, ...]:
    """Names of fields to show or fill; ``all`` is every field that is not derived."""
    if isinstance(node, Scalar) and node.text == EVERYTHING:
        return tuple(name for name in reader.outline.fields if name not in reader.outline.derived)
    nodes = node.items if isinstance(node, Sequence) else (node,)
    names = []
    for item in nodes:
        if isinstance(item, Mapping):
            reader.fault("not-text", item, path)
        elif type_of_field(reader, item, path, reader.name(item, path)) is not None:
            names.append(reader.name(item, path))
    return tuple(dict.fromkeys(names))


def fillable(reader: Reader, node: Node, path: str) -> tuple[str, ...]:
    """Names of fields that somebody may fill: no derived ones."""
    names = read_names(reader, node, path)
    for name in names:
        if name in reader.outline.derived:
            reader.objection("derived-filled", node, path, name=name)
    return names


def type_of_field(reader: Reader, node: Node, path: str, name: str) -> ValueType | None:
    """The type of field *name*, of a table's column ``t.c`` or of a column of an item ``x.c``; else a fault."""
    if not name:
        return None
    first, _, column = name.partition(".")
    type_ = reader.outline.fields.get(first) or reader.variables.get(first)
    if type_ is None or (first in reader.variables and not column):
        known = (*reader.outline.fields, *reader.variables)
        reader.fault("unknown-field", node, path, known, name=first)
        return None
    if not column:
        return type_
    if first not in reader.variables:
        reader.not_yet(node, path, COLUMN)
    found = type_.column(column)
    if found is None:
        reader.fault("unknown-column", node, path, dict(type_.columns), name=column)
    return found
