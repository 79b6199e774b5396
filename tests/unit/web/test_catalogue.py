"""The English catalogue: every message of the pages is in it, nothing else is, and the compiled file is of today."""

from __future__ import annotations

import ast
import re
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po

import engine.web

WEB = Path(engine.web.__file__).parent
FOLDER = WEB / "translations/en/LC_MESSAGES"
METHODS = [("templates/**.html", "jinja2"), ("**.py", "python")]


def catalogue() -> Catalog:
    return read_po(BytesIO((FOLDER / "messages.po").read_bytes()), locale="en")


def used() -> set[str]:
    found = extract_from_dir(WEB, METHODS, keywords={"_": None, "gettext": None})
    return {message if isinstance(message, str) else message[0] for _, _, message, _, _ in found}


def test_every_message_has_its_english() -> None:
    known = {message.id: message.string for message in catalogue() if message.id}
    assert used() - set(known) == set()
    assert not [words for words, english in known.items() if not english]


def test_the_catalogue_holds_nothing_that_no_page_says() -> None:
    assert {str(message.id) for message in catalogue() if message.id} - used() == set()


def test_placeholders_are_the_same_in_both_languages() -> None:
    holes = re.compile(r"%\(\w+\)s")
    for message in catalogue():
        assert sorted(holes.findall(str(message.id))) == sorted(holes.findall(str(message.string))), message.id


def test_no_english_is_left_in_chinese_nor_chinese_in_english() -> None:
    names = {"王芳"}
    for message in catalogue():
        if message.id:
            left = set(re.findall(r"[一-鿿]+", str(message.string))) - names
            assert not left, message.id


def test_no_english_noun_is_counted_that_would_be_wrong_for_one() -> None:
    """A number stands apart, so that no message needs a form for one and a form for more."""
    for message in catalogue():
        assert not re.search(r"%\((?:n|first|last|all)\)s (?:[a-z]+ )?[a-z]+s\b", str(message.string)), message.id


def test_the_compiled_catalogue_is_the_written_one_compiled() -> None:
    compiled = BytesIO()
    write_mo(compiled, catalogue())
    said = {m.id: m.string for m in read_mo(BytesIO((FOLDER / "messages.mo").read_bytes())) if m.id}
    assert said == {m.id: m.string for m in read_mo(BytesIO(compiled.getvalue())) if m.id}


def test_what_stands_beside_each_other_as_a_title_begins_with_a_capital_alike() -> None:
    known = {str(message.id): str(message.string) for message in catalogue()}
    tree = ast.parse((WEB / "inbox.py").read_text(encoding="utf-8"))
    parts = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name in ("boxes", "tabs")]
    names = [
        str(call.args[0].value) for part in parts for call in ast.walk(part)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "_" and isinstance(call.args[0], ast.Constant)
    ]  # fmt: skip
    assert {"已办", "消息", "异常"} < set(names)
    assert [known[name] for name in names if not known[name][0].isupper()] == []
