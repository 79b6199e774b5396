"""The last revision is told from plain files as Alembic tells it, and from no others."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from engine.extend.registry import Registry
from engine.store.schema.migrate import own_lines
from engine.store.schema.newest import last_revision

FIRST = 'revision = "a"\ndown_revision = None\n'
SECOND = 'revision: str = "b"\ndown_revision: str | None = "a"\n'


def written(folder: Path, *files: str) -> Path:
    """A line of migrations with *files*."""
    for number, body in enumerate(files):
        (folder / f"{number}.py").write_text(f"from __future__ import annotations\n{body}", encoding="utf-8")
    return folder


def heads(folder: Path) -> tuple[str, ...]:
    """What Alembic says."""
    return tuple(ScriptDirectory(str(folder), version_locations=[str(folder)]).get_heads())


def test_every_line_that_is_here_is_told_without_alembic() -> None:
    lines = [*own_lines(), *Registry.discovered().migrations()]
    assert len(lines) >= 5
    assert {line.version_table: (last_revision(line.folder),) for line in lines} == {
        line.version_table: heads(line.folder) for line in lines
    }


@pytest.mark.parametrize("files", [(FIRST,), (FIRST, SECOND), (SECOND, FIRST)])
def test_plain_files_are_read(tmp_path: Path, files: tuple[str, ...]) -> None:
    folder = written(tmp_path, *files)
    assert (last_revision(folder),) == heads(folder)


@pytest.mark.parametrize(
    "files",
    [
        (),
        ("",),
        ('revision, down_revision = "a", None\n',),
        ('revision = "a"\n',),
        ('revision = "a" + "b"\ndown_revision = None\n',),
        (FIRST, 'revision = "b"\ndown_revision = None\n'),
        (FIRST, SECOND, 'revision = "c"\ndown_revision = "a"\n'),
        (FIRST, 'revision = "b"\ndown_revision = ("a",)\n'),
        (FIRST, f'{SECOND}branch_labels = "side"\n'),
        (FIRST, f'{SECOND}depends_on = ("a",)\n'),
    ],
)
def test_whatever_is_not_plain_is_left_to_alembic(tmp_path: Path, files: tuple[str, ...]) -> None:
    assert last_revision(written(tmp_path, *files)) is None
