"""What one row of the key table says, and the kinds of values that may stand behind a key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from engine.definition.language.words import KEY_WORDS
from engine.i18n import Text

Shape = Literal["one", "list", "map", "lists", "one_or_list"]


@dataclass(frozen=True, slots=True)
class Key:
    """One key: its canonical name, the kind of what stands in it (a value kind or a construct), its meaning.

    ``shape``: one of that kind, a list, a mapping from names, ``lists`` by name, or one or a list.
    ``options`` close a ``choice``. ``later``: read and typed, but no engine of this version runs it yet.
    ``words`` replace the common Chinese ones.
    """

    name: str
    kind: str
    says: Text
    shape: Shape = "one"
    options: tuple[str, ...] = ()
    required: bool = False
    later: bool = False
    words: tuple[str, ...] = ()

    @property
    def chinese(self) -> tuple[str, ...]:
        """The Chinese words for it; the formatter writes the first."""
        return self.words or KEY_WORDS[self.name]

    @property
    def title(self) -> Text:
        """Its label in both languages."""
        return Text(self.chinese[0], self.name)


def key_row(
    name: str,
    kind: str,
    zh: str,
    en: str,
    shape: Shape = "one",
    *,
    options: tuple[str, ...] = (),
    required: bool = False,
    later: bool = False,
    words: tuple[str, ...] = (),
) -> Key:
    """A row, written short for the table."""
    return Key(name, kind, Text(zh, en), shape, options, required, later, words)


#: What a value may be, beside the constructs.
VALUE_KINDS: Mapping[str, Text] = {
    "text": Text("文字", "words"),
    "id": Text("新名称：字母或汉字开头，不含连字符", "a new id: starts with a letter or 汉字, no hyphen"),
    "name": Text("已有的名称", "the name of something that exists"),
    "boolean": Text("true/false 或 是/否", "true/false or 是/否"),
    "integer": Text("整数", "a whole number"),
    "choice": Text("几个词里选一个", "one of a few words"),
    "type": Text("字段类型，可由插件提供", "a type of values, perhaps a plugin's"),
    "formula": Text("公式，不写等号", "a formula without the equals sign"),
    "moment": Text("算出时刻的公式", "a formula that gives a moment"),
    "event": Text("算出时刻的公式，或写成一组键", "a formula that gives a moment, or `at` with `late`"),
    "value": Text("常量，或以 = 开头的公式", "a constant, or a formula that starts with ="),
    "duration": Text("时长，如 2 workdays、2个工作日，或公式", "a duration such as 2 workdays, or a =formula"),
    "who": Text("由谁：申请人、角色、人员、轮值等，可列多个或分情况", "WHO: one, a list, or cases"),
    "among": Text("人员写由谁；单位、记录写 row 的条件", "a WHO for persons, else a condition over `row`"),
    "target": Text("去向：下一步、留在本步、不计入、结束、退回", "next, stay, drop, end NAME or back STEP"),
    "by": Text("clock（到期）、由谁、或 message 消息", "clock, a WHO, or message M"),
    "rung": Text("上报给谁，或一个结果，可加“再过”时长", "escalate WHO or an outcome, each with [after D]"),
    "remind": Text("时限的百分比，或期限前多久", "a share of the time such as 50%, or a duration before"),
    "need": Text("全部、任一或个数", "all, any, or a number"),
    "sign": Text("任一人、所有人、依次或表决", "any, all, in_order or {vote: …}"),
    "fill": Text("字段名的列表，或全部", "a list of fields, or all"),
    "loop": Text("名称 in 表格", "x in TABLE"),
    "excluded": Text("环节名、发起，或 person 公式", "a step, start, or person FORMULA"),
    "act": Text("“环节 结果”，或写成一组键", "`STEP OUTCOME`, or a mapping"),
    "path": Text("位置，如 settings.answer_in、lender_ok.due.within", "a path such as lender_ok.due.within"),
    "any": Text("随位置而定", "whatever fits the place"),
}
