"""Kinds that name somebody or something, and the one that is made of rows."""

from __future__ import annotations

from typing import Final

from engine.definition.values.extents import MOST_ROWS
from engine.definition.values.kinds.shared import never_plain
from engine.definition.values.types import TEXT, UNIT, ValueKind
from engine.i18n import Text, counted

_OF_A_PERSON: Final = {"name": TEXT, "unit": UNIT.maybe()}
_OF_A_UNIT: Final = {"name": TEXT, "short": TEXT, "kind": TEXT, "parent": UNIT.maybe(), "hub": UNIT}

KINDS: Final = (
    ValueKind(
        "person", Text("人员", "a person"), ("人员",),
        sample="sample-person", attributes=_OF_A_PERSON, points=True, widget="pointer", chosen=True,
        mask="beginning",
    ),
    ValueKind(
        "unit", Text("单位", "a unit"), ("单位",),
        sample="sample-unit", attributes=_OF_A_UNIT, points=True, widget="pointer", chosen=True,
    ),
    ValueKind(
        "file", Text("文件", "a file"), ("文件", "附件"), sample="sample-file", bounds="count", most=MOST_ROWS,
        later=Text("附件字段（type: file）", "a field for files (type: file)"),
    ),
    ValueKind(
        "table", Text("表格", "a table"), ("表格",), Text("要逐行填写", "has to be filled row by row"),
        say=lambda rows, _now: Text(f"{len(rows)}行", counted(len(rows), "row")),
        stored=list, live=(list, tuple), rows=True, plain=never_plain, sample=[],
        bounds="count", counted=Text("行", "rows"), most=MOST_ROWS, widget="table", telling=False,
    ),
    ValueKind(
        "case", Text("办件", "a case"), ("事项",), sample="sample-case",
        later=Text("指向另一件事项的字段（type: case of X）", "a field that names another case (type: case of X)"),
    ),
)  # fmt: skip

#: What only formulas have.
MADE: Final = (
    ValueKind("list", Text("清单", "a list"), rows=True, typed=True),
    ValueKind("record", Text("表格行", "a row"), rows=True, typed=True),
    ValueKind("empty", Text("空", "nothing")),
)
