"""The ``type:`` of a field, setting or column, read before anything that may use it."""

from __future__ import annotations

from typing import Final

from engine.definition.parse.reader import TRUE, Reader
from engine.definition.values.types import BUILT_IN, TEXT, ValueType
from engine.definition.yaml.source import Mapping, Node, Scalar
from engine.i18n import Text

#: Types that are read, and whose values nothing can take or read yet.
FILE: Final = Text("附件字段（type: file）", "a field for files (type: file)")
CASE: Final = Text("指向另一件事项的字段（type: case of X）", "a field that names another case (type: case of X)")


def read_type(reader: Reader, node: Node, path: str) -> ValueType:
    """The type that *node*, a field, declares; text after a fault."""
    if not isinstance(node, Mapping):
        return TEXT
    named = node.get("type")
    if named is None:
        return TEXT
    word = reader.word(named, f"{path}.type")
    if word == "file":
        reader.not_yet(named, f"{path}.type", FILE)
    if word == "case" or word.startswith("case of "):
        reader.not_yet(named, f"{path}.type", CASE)
        return ValueType("case", of=word.removeprefix("case").strip().removeprefix("of ").strip())
    if word == "table":
        return ValueType("table", _columns(reader, node, path))
    if word in BUILT_IN or word in reader.catalogue.types:
        return ValueType(word)
    if word:
        reader.fault("unknown-type", named, f"{path}.type", (*BUILT_IN, *reader.catalogue.types), name=word)
    return TEXT


def _says_yes(node: Node | None) -> bool:
    return isinstance(node, Scalar) and node.text in TRUE


def _columns(reader: Reader, node: Mapping, path: str) -> tuple[tuple[str, ValueType], ...]:
    columns = node.get("columns")
    if not isinstance(columns, Mapping):
        return ()
    read = []
    for key, column in columns.entries:
        here = f"{path}.columns.{key.text}"
        type_ = read_type(reader, column, here)
        if type_.name == "table":
            reader.fault("table-in-table", column, here)
            continue
        optional = isinstance(column, Mapping) and _says_yes(column.get("optional"))
        read.append((key.text, type_.maybe() if optional else type_))
    return tuple(read)
