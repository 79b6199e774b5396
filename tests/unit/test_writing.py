"""A tool that makes a file says what became of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.writing import write


@pytest.mark.parametrize(
    ("before", "said"), [(None, "new"), (b"rows\n", "as it was"), (b"other\n", "changed"), (b"rows\r\n", "changed")]
)
def test_what_is_written_is_told_with_what_became_of_it(
    before: bytes | None, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    place = tmp_path / "list.txt"
    if before is not None:
        place.write_bytes(before)
    write(place, "rows\n")
    assert capsys.readouterr().out == f"list.txt: {said}\n"
    assert place.read_bytes() == b"rows\n"
