"""The table of problems: every code speaks both languages, and says what to do."""

from __future__ import annotations

import re

import pytest

from engine.definition.model import Place
from engine.definition.problem_codes import CODES, did_you_mean, problem
from engine.definition.problem_codes.wording import CodeWording
from engine.i18n import Text

#: Words that blame or say nothing, which nobody should read here.
UNWELCOME = re.compile("[！!]|非法|无效|失败|对不起|错误|异常|请重试")


def names(template: str) -> set[str]:
    return set(re.findall(r"\{([a-z_]+)\}", template))


@pytest.mark.parametrize(("code", "words"), CODES.items(), ids=CODES)
def test_a_code_has_words_and_a_way_out_in_both_languages(code: str, words: CodeWording) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code)
    assert all(words), "every problem says in both languages what is wrong and what to do"
    assert names(words.zh) == names(words.en) - {"why"}


@pytest.mark.parametrize(("code", "words"), CODES.items(), ids=CODES)
def test_a_code_speaks_to_staff_as_to_colleagues(code: str, words: CodeWording) -> None:
    quoted = re.sub(r"（!）|如果 ! 是文字", "", words.zh + words.hint_zh)
    assert not UNWELCOME.search(quoted)
    assert not words.zh.endswith("。")


def test_a_problem_takes_its_place_its_words_and_its_arguments() -> None:
    made = problem("unknown-key", Place("a.yaml", 3, 5), "steps.b", name=Text("甲", "A"))
    assert made.line_of_text("zh").startswith("a.yaml:3:5 unknown-key 这里没有“甲”这个键（")
    assert made.line_of_text("en").startswith("a.yaml:3:5 unknown-key there is no key `A` here (")
    assert made.path == "steps.b"


def test_an_argument_that_looks_like_a_name_of_the_template_stays_as_it_is() -> None:
    assert problem("unknown-key", None, name="{name}").message.zh == "这里没有“{name}”这个键"


def test_a_hint_may_be_nearer_than_the_table_s() -> None:
    assert problem("unknown-key", None, name="titel", hint=did_you_mean("titel", ["title", "step"])).hint == Text(
        "是不是 title？", "did you mean title?"
    )
    assert did_you_mean("完全不像", ["title"]) is None


def test_a_code_that_is_in_no_table_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError):
        problem("no-such-code")
