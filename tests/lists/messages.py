"""Messages that are not said in Chinese and in English, and why: none but these."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from io import BytesIO
from typing import Final, NamedTuple

from babel.messages.pofile import read_po

from tests.architecture.source import Module, product
from tools.catalogue import FOLDER

_HAN = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"[A-Za-z]{2}")


class Fault(NamedTuple):
    """A message of which one language says nothing, or says it in the other one."""

    place: str
    zh: str
    en: str


_PART: Final = "a part of a sentence, which the other language says at another place in it"
_WORDS_OF_PROCESSES: Final = "tells how to write a word of the process language"
_NAME: Final = "a name of somebody"
#: Why it is so, by where and what.
WHY: dict[Fault, str] = {
    Fault("engine/definition/expression/check.py", "“且”“或”“为空”前后加空格", "Put spaces around 且, 或 and 为空"):
        _WORDS_OF_PROCESSES,
    Fault("engine/definition/fields/variants.py", "", "where "): _PART,
    Fault("engine/definition/fields/variants.py", "时", ""): _PART,
    Fault("engine/definition/language/key_kinds.py", "true/false 或 是/否", "true/false or 是/否"): _WORDS_OF_PROCESSES,
    Fault("engine/definition/language/key_kinds.py", "新名称：字母或汉字开头，不含连字符",
          "a new id: starts with a letter or 汉字, no hyphen"): _WORDS_OF_PROCESSES,
    Fault("engine/definition/telling/phrasing.py", "", "the end of "): _PART,
    Fault("engine/definition/telling/phrasing.py", "之前", ""): _PART,
    Fault("engine/definition/telling/phrasing.py", "处理", ""): _PART,
    Fault("engine/definition/telling/phrasing.py", "当天24:00", ""): _PART,
    Fault("engine/definition/telling/sentences.py", "办理", ""): _PART,
    Fault("engine/definition/telling/sentences.py", "发起", ""): _PART,
    Fault("engine/definition/telling/sentences.py", "的统计", ""): _PART,
    Fault("engine/web/pages/design.py", "林小梅 发起调阅", "林小梅 started the case"): _NAME,
    Fault("engine/web/pages/design.py", "林小梅 留言", "林小梅 commented"): _NAME,
}  # fmt: skip


def found() -> list[Fault]:
    """What is not said in both, wherever the product makes a message of words that stand there."""
    return [fault for module in product() for fault in of(module)]


def of(module: Module) -> Iterator[Fault]:
    """What *module* does not say in both."""
    for node in ast.walk(module.tree):
        if not (isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Text" and len(node.args) == 2):
            continue
        if all(isinstance(word, ast.Constant | ast.JoinedStr) for word in node.args):
            zh, en = map(_words, node.args)
            if _HAN.search(en) or bool(zh) != bool(en) or (_WORD.search(zh) and _WORD.search(en) and not _HAN.search(zh)):
                yield Fault(module.place, zh, en)


def _words(node: ast.expr) -> str:
    """What stands in a text, ``{}`` for what is put in."""
    if isinstance(node, ast.JoinedStr):
        return "".join(_words(part) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return str(node.value) if isinstance(node, ast.Constant) else ""


def without_english() -> list[str]:
    """Messages of the pages that stand in the catalogue without their English."""
    catalogue = read_po(BytesIO((FOLDER / "messages.po").read_bytes()), locale="en")
    return [str(message.id) for message in catalogue if message.id and (not message.string or message.fuzzy)]


def lines() -> list[str]:
    """A line for each."""
    faults = [f"{fault.place} | {fault.zh!r} | {fault.en!r} | {WHY.get(fault, '-')}" for fault in found()]
    return sorted({*faults, *(f"engine/web | {message!r} | - | -" for message in without_english())})
