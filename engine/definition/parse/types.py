"""The ``type:`` of a field, setting or column, read before anything that may use it."""

from __future__ import annotations

from engine.definition.parse.reader import TRUE, Reader
from engine.definition.values.kinds.table import BUILT_IN, kind_of
from engine.definition.values.types import TEXT, ValueType
from engine.definition.yaml.source import Mapping, Node, Scalar


def read_type(reader: Reader, node: Node, path: str) -> ValueType:
    """The type that *node*, a field, declares; text after a fault."""
    if not isinstance(node, Mapping):
        return TEXT
    named = node.get("type")
    if named is None:
        return TEXT
    word = reader.word(named, f"{path}.type")
    name, _, of = word.partition(" of ")
    kind = BUILT_IN.get(name if name == "case" else word)
    if kind is not None and kind.later is not None:
        reader.not_yet(named, f"{path}.type", kind.later)
    if kind is not None and kind.rows:
        return ValueType(word, _columns(reader, node, path))
    if kind is not None:
        return ValueType(kind.name, of=of.strip())
    if word in reader.catalogue.types:
        return reader.catalogue.types[word].type
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
        if kind_of(type_).rows:
            reader.fault("table-in-table", column, here)
            continue
        optional = isinstance(column, Mapping) and _says_yes(column.get("optional"))
        read.append((key.text, type_.maybe() if optional else type_))
    return tuple(read)
