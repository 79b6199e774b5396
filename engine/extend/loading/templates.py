"""Checks the templates that a plugin brings as it is read: each compiles, and whatever it names is there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from engine.extend.calls.faults import meant, plugin_error
from engine.extend.calls.places import place

if TYPE_CHECKING:
    from jinja2 import Environment, nodes

#: What the engine's own environment has beside Jinja's, and which templates of the engine's one may extend or import.
FILTERS: Final = frozenset({"both", "excerpt", "folded", "machine", "say", "variants"})
FRAMES: Final = frozenset({
    "layout/base.html", "layout/mobile.html", "layout/parts.html", "layout/plain.html", "layout/print.html",
    "layout/staff.html", "ui.html",
})  # fmt: skip
_TEMPLATE: Final = re.compile(r"[\w./-]{1,200}\.html")


def check_templates(name: str, folder: Path) -> None:
    """Raise PluginError for the first template of the plugin in *folder* that no page could be made of."""
    from jinja2 import Environment  # a plugin without pages need not load it

    reader = Environment(autoescape=True)
    reader.filters.update(dict.fromkeys(FILTERS, str))
    own = folder / "templates"
    for file in sorted(own.rglob("*.html")):
        _check(reader, name, folder, file)
    for source in sorted(folder.glob("*.py")):
        for line, wanted in _named(name, source):
            if not (own / wanted).is_file():
                zh, en = f"没有模板templates/{wanted}", f"there is no template templates/{wanted}"
                raise plugin_error(name, zh, en, place(str(source), line, folder))


def _check(reader: Environment, name: str, folder: Path, file: Path) -> None:
    from jinja2 import TemplateSyntaxError

    try:
        source = file.read_text(encoding="utf-8")
        tree = reader.parse(source)
        for line, zh, en in _misspelt(reader, tree, folder / "templates"):
            raise plugin_error(name, zh, en, place(str(file), line, folder))
        reader.compile(source, raw=True)
    except TemplateSyntaxError as fault:
        zh, en = f"模板写错了：{fault.message}", f"a template cannot be read: {fault.message}"
        raise plugin_error(name, zh, en, place(str(file), fault.lineno, folder)) from fault
    except UnicodeDecodeError as fault:
        raise plugin_error(name, "模板要存成 UTF-8", "a template is not UTF-8", place(str(file), 1, folder)) from fault


def _misspelt(reader: Environment, tree: nodes.Template, own: Path) -> Iterator[tuple[int, str, str]]:
    """The line of each filter, test and template that the template *tree* names and that is not there."""
    from jinja2 import nodes

    for filtered in tree.find_all(nodes.Filter):
        if filtered.name not in reader.filters:
            hint, said = meant(filtered.name, reader.filters), filtered.name
            yield filtered.lineno, f"没有过滤器{said}{hint.zh}", f"there is no filter {said!r}{hint.en}"
    for test in tree.find_all(nodes.Test):
        if test.name not in reader.tests:
            hint = meant(test.name, reader.tests)
            yield test.lineno, f"没有测试{test.name}{hint.zh}", f"there is no test {test.name!r}{hint.en}"
    for frame in tree.find_all((nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)):
        wanted = getattr(getattr(frame, "template", None), "value", None)  # another than a plain name is known by then
        there = not isinstance(wanted, str) or wanted in FRAMES or (own / wanted).is_file()
        if not there and not getattr(frame, "ignore_missing", False):
            hint = meant(str(wanted), FRAMES)
            en = f"there is no template {wanted}{hint.en} of its own or the engine's"
            yield frame.lineno, f"没有模板{wanted}{hint.zh}（能用它自己的和系统的）", en


def _named(name: str, source: Path) -> Iterator[tuple[int, str]]:
    """Where the Python of *source* names one of the plugin's own templates, and which."""
    with suppress(SyntaxError):  # which is told where it is imported
        for part in ast.walk(ast.parse(source.read_bytes())):
            said = part.value if isinstance(part, ast.Constant) else None
            if isinstance(said, str) and _TEMPLATE.fullmatch(said) and said.startswith(f"{name}/"):
                yield part.lineno, said  # type: ignore[attr-defined]
