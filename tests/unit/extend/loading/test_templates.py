"""What a plugin's templates and its Python may name: its own templates and the engine's, where they really name one."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.extend.calls.faults import PluginError
from engine.extend.loading.templates import check_templates


@pytest.fixture
def tea(tmp_path: Path) -> Path:
    """A plugin's folder with one template."""
    (tmp_path / "tea/templates/tea").mkdir(parents=True)
    (tmp_path / "tea/templates/tea/page.html").write_text("{{ title }}", encoding="utf-8")
    return tmp_path / "tea"


@pytest.mark.parametrize(
    ("file", "written"),
    [
        ("templates/tea/more.html", '{% include "tea/none.html" ignore missing %}'),
        ("templates/tea/more.html", '{% include ["tea/none.html", "tea/page.html"] %}'),
        ("templates/tea/more.html", '{# it was "tea/none.html" #}<a href="tea/none.html">茶</a>'),
        ("templates/tea/more.html", '{% extends "layout/staff.html" %}{% import "ui.html" as ui %}'),
        ("web.py", '# it was "tea/none.html"\nPAGE = "tea/page.html"\n'),
        ("web.py", '"""Shows tea/none.html no more."""\n'),
        ("web.py", "this is no Python ("),
    ],
)
def test_what_names_no_template_needs_none(tea: Path, file: str, written: str) -> None:
    (tea / file).write_text(written, encoding="utf-8")
    check_templates("tea", tea)


@pytest.mark.parametrize(
    ("file", "written", "said"),
    [
        ("web.py", 'PAGE = (\n    "tea/none.html")\n', r"\(tea/web.py:2\).*there is no template templates/tea/none.html"),
        ("templates/tea/more.html", '\n{% include "tea/none.html" %}', r"more.html:2\).*no template tea/none.html"),
        ("templates/tea/more.html", '{% extends "points/page.html" %}', r"points/page.html .* of its own or the engine's"),
    ],
)
def test_a_template_that_is_not_there_is_told_with_its_line(tea: Path, file: str, written: str, said: str) -> None:
    (tea / file).write_text(written, encoding="utf-8")
    with pytest.raises(PluginError, match=said):
        check_templates("tea", tea)
