"""A process that was published is read on, whatever is demanded of new ones since."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from engine.definition.language.canonical import document
from engine.definition.load import effective, process_from_document
from engine.definition.model import Process
from engine.definition.parse.process import read_process
from engine.definition.parse.reader import Reader
from engine.errors import Invalid
from tests.unit.definition.broken import SAMPLES
from tests.unit.definition.catalogue import CATALOGUE


def was_read(sample: Path) -> tuple[Any, Process | None, Reader | None]:
    """The document of a broken process as it would have been published, and what the reader makes of it."""
    node, _ = effective(sample.read_text("utf-8"), sample.name, lambda _: None)
    return (None, None, None) if node is None else (document(node), *read_process(node, CATALOGUE))


def stops(reader: Reader) -> bool:
    """Whether something that was written could not be read."""
    return bool(set(reader.problems) - set(reader.objections))


def said(process: Process) -> str:
    """Everything that a process says, without where it was written."""
    parts = {name: getattr(process, name) for name in process.__dataclass_fields__ if name not in ("document", "hash", "file")}
    return re.sub(r"Place\([^)]*\)", "", repr(parts))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_a_published_process_stops_only_where_something_of_it_cannot_be_read(sample: Path) -> None:
    published, process, reader = was_read(sample)
    if process is None:
        return
    if stops(reader):
        with pytest.raises(Invalid):
            process_from_document(published, CATALOGUE)
    else:
        assert said(process_from_document(published, CATALOGUE)) == said(process)


def test_what_the_checks_and_the_reader_only_object_to_stops_no_case() -> None:
    readers = {sample.stem: reader for sample in SAMPLES for _, _, reader in [was_read(sample)] if reader is not None}
    kept = {name for name, reader in readers.items() if not stops(reader)}
    assert {"unreachable", "unused-field", "payee-alone", "no-way-out"} <= kept, "the checks"
    assert {"needless-sign", "limits-cross", "one-option", "late-goes-on", "due-not-here"} <= kept, "the reader"
    assert not kept & {"unknown-field", "unknown-action", "no-kind", "unknown-target", "not-a-list"}
