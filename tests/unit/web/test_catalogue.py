"""The English catalogue: every message of the pages is in it, nothing else is, and the compiled file is of today."""

from __future__ import annotations

import ast
import re
from io import BytesIO

from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from tools.catalogue import FOLDER, WEB, compiled, said, untold, written


def catalogue() -> Catalog:
    return read_po(BytesIO((FOLDER / "messages.po").read_bytes()), locale="en")


def test_every_message_has_its_english() -> None:
    known = {message.id: message.string for message in catalogue() if message.id}
    assert said() - set(known) == set()
    assert not [words for words, english in known.items() if not english]


def test_the_catalogue_holds_nothing_that_no_page_says() -> None:
    assert {str(message.id) for message in catalogue() if message.id} - said() == set()


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


def test_the_catalogue_is_as_the_command_makes_it() -> None:
    assert (FOLDER / "messages.po").read_bytes() == written()


def test_the_compiled_catalogue_is_the_written_one_compiled() -> None:
    def messages(binary: bytes) -> dict[str, str]:
        return {m.id: m.string for m in read_mo(BytesIO(binary)) if m.id}

    assert messages((FOLDER / "messages.mo").read_bytes()) == messages(compiled((FOLDER / "messages.po").read_bytes()))


def test_what_stands_beside_each_other_as_a_title_begins_with_a_capital_alike() -> None:
    known = {str(message.id): str(message.string) for message in catalogue()}
    tree = ast.parse((WEB / "pages" / "inbox.py").read_text(encoding="utf-8"))
    parts = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name in ("boxes", "tabs")]
    names = [
        str(call.args[0].value) for part in parts for call in ast.walk(part)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "_" and isinstance(call.args[0], ast.Constant)
    ]  # fmt: skip
    assert {"已办", "消息"} < set(names)
    assert [known[name] for name in names if not known[name][0].isupper()] == []


def test_a_message_without_english_is_named_by_the_tool() -> None:
    catalogue = 'msgid "办理"\nmsgstr ""\n\nmsgid "撤回"\nmsgstr "Withdraw"\n'
    assert untold(catalogue.encode()) == ["办理"]
