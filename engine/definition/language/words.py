"""The Chinese words of the process language beside the English ones, which are the canonical form."""

from __future__ import annotations

from collections.abc import Mapping

from engine.definition.values.kinds.table import BUILT_IN

#: Key -> Chinese words; the formatter writes the first, the loader reads all.
KEY_WORDS: Mapping[str, tuple[str, ...]] = {
    "process": ("流程",), "extends": ("沿用", "基于"), "title": ("标题", "名称"), "uses": ("使用", "插件"),
    "subject": ("摘要",), "settings": ("设置", "参数"), "parties": ("参与方", "各方"),
    "fields": ("字段", "表单项"), "messages": ("消息表",), "start": ("发起", "开始"),
    "due": ("期限",), "steps": ("步骤",), "step": ("环节",), "ends": ("结局", "结束方式"),
    "examples": ("示例", "例子"), "edits": ("改动", "修改"), "if": ("条件", "如果"), "else": ("否则",),
    "ask": ("办理",), "do": ("执行",), "wait": ("等待",), "call": ("调用",), "choose": ("分情况",),
    "parallel": ("并行",), "each": ("逐项",), "stage": ("阶段",), "outcomes": ("结果",),
    "open": ("放开", "允许改动"), "sign": ("签办", "会签"), "not": ("回避", "排除"), "show": ("显示", "展示"),
    "fill": ("填写",), "stops_clock": ("停表", "停止计时"), "bulk": ("批办", "批量"), "vote": ("表决",),
    "pass": ("通过线",), "quorum": ("法定人数",), "weight": ("权重",), "veto": ("一票否决",),
    "with": ("传入",), "until": ("等到", "直到"), "message": ("消息",), "match": ("对应", "匹配"),
    "detach": ("脱离",), "need": ("需要",), "rest": ("其余",), "order": ("顺序",), "may_add": ("可追加",),
    "by": ("由",), "must": ("必填",), "opinion": ("意见",), "reasons": ("常用意见",),
    "set": ("赋值", "设为"), "tell": ("告知", "通知"), "undo": ("撤销",), "then": ("去向",), "at_form": ("当场",),
    "again": ("再办", "重办"), "at_most": ("最多",), "exhausted": ("用尽", "次数用尽"),
    "within": ("限时", "时限"), "before": ("早于",), "remind": ("提醒",), "late": ("逾期", "超期"),
    "unit": ("单位",), "units": ("各单位",), "type": ("类型",), "optional": ("选填", "可不填"),
    "default": ("默认", "缺省"), "min": ("最小", "不小于"), "max": ("最大", "不大于"), "of": ("取值", "选项"),
    "when": ("仅当",), "see": ("可见", "谁可见"), "sensitive": ("敏感",), "value": ("公式", "计算"),
    "among": ("范围",), "group": ("分组",), "key": ("主键",), "columns": ("列",), "who": ("由谁", "谁"),
    "for": ("为谁", "代谁"),
    "every": ("每逢", "定期"), "holiday": ("逢节假日",), "missed": ("错过",), "counts": ("计入", "统计"),
    "reopen": ("重开",), "given": ("已知", "给定"), "returns": ("返回",), "acts": ("动作", "操作"),
    "expect": ("预期", "应得"), "at": ("在",), "outcome": ("选定",), "end": ("结束于",),
    "visited": ("经过",), "to": ("改为",), "tighten": ("收紧",), "replace_who": ("换人", "换办理人"),
    "insert_before": ("前插", "在前插入"), "insert_after": ("后插", "在后插入"), "remove": ("删除", "去掉"),
    "add_outcome": ("加结果", "增加结果"),
}  # fmt: skip

#: Words that stand inside a target, a WHO, a ``by`` or a rung of ``late``.
PHRASE_WORDS: Mapping[str, tuple[str, ...]] = {
    "next": ("下一步",), "stay": ("留在本步", "保持"), "drop": ("不计入", "退出"), "end": ("结束",),
    "back": ("退回",), "applicant": ("申请人",), "anyone": ("任何人",), "person": ("人员", "本人"),
    "role": ("角色",), "post": ("岗位",), "rota": ("轮值",), "of": ("于",), "on": ("在",),
    "clock": ("到期",), "message": ("消息",), "escalate": ("上报", "升级"), "after": ("再过",),
    "in": ("取自",),
}  # fmt: skip

#: Ids that the language itself gives; nobody may name a step or a field so, in either language.
RESERVED_WORDS: Mapping[str, tuple[str, ...]] = {
    "start": ("发起",), "next": ("下一步",), "end": ("结束",), "row": ("本行",), "case": ("本件",),
    "today": ("今天",), "now": ("现在",), "signer": ("签办人",), "applicant": ("申请人",),
    "settings": ("设置",),
}  # fmt: skip

#: Words of a closed choice, such as ``undo: all`` or ``again: changed``, and of types.
CHOICE_WORDS: Mapping[str, tuple[str, ...]] = {
    "all": ("全部", "所有人"), "any": ("任一", "任一人"), "in_order": ("依次",), "this": ("本步",),
    "none": ("不",), "must": ("必须",), "may": ("可写",), "replay": ("重走",), "changed": ("只看改动",),
    "resume": ("直送",), "cancel": ("取消",), "finish": ("办完",), "together": ("同时",),
    "one_by_one": ("逐个",), "before": ("提前",), "after": ("顺延",), "skip": ("跳过",), "keep": ("照常",),
    "once": ("补一次",), "correct": ("改正",), "replace_who": ("换人",), "remove": ("删除",), "loosen": ("放宽",),
    "applicant": ("申请人",), "case": ("事项",),
}  # fmt: skip
TYPE_WORDS: Mapping[str, tuple[str, ...]] = {name: kind.words for name, kind in BUILT_IN.items()}
BOOLEAN_WORDS: Mapping[str, tuple[str, ...]] = {"true": ("是",), "false": ("否",)}


def english_of(words: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """The table the other way round: each Chinese word to its English one."""
    return {chinese: english for english, chineses in words.items() for chinese in chineses}


def _both(words: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    """The words of a table in both languages."""
    return frozenset(words) | frozenset(english_of(words))


#: Words of targets, ladders and formulas: in a name they would read as a slip (``back back``), or hide what they mean.
TAKEN_WORDS = (
    "back", "stay", "drop", "clock", "escalate", "silent", "units", "and", "or", "not", "true", "false", "empty",
)  # fmt: skip
#: Nobody may name a setting, a column, an end or a branch so.
RESERVED: frozenset[str] = _both(RESERVED_WORDS)
#: Nobody may name a step, a field or a party so.
RESERVED_NAMES: frozenset[str] = (
    RESERVED
    | {*TAKEN_WORDS, "且", "或", "非", "是", "否", "空"}
    | _both({word: PHRASE_WORDS[word] for word in TAKEN_WORDS if word in PHRASE_WORDS})
)
#: Nobody may name an outcome so: a ladder would take these for words of its own.
RESERVED_OUTCOMES: frozenset[str] = (
    RESERVED | {"go", "count"} | _both({word: PHRASE_WORDS[word] for word in ("escalate", "after")})
)
#: What to call it instead.
BETTER: Mapping[str, str] = {
    "back": "sent_back", "stay": "remain", "drop": "withdraw", "clock": "time_up", "escalate": "pass_up",
    "after": "later", "go": "go_ahead", "count": "number", "silent": "no_answer", "units": "all_units",
    "start": "opening", "next": "go_ahead", "end": "finish", "row": "line", "case": "matter", "today": "day",
    "now": "moment", "signer": "signed_by", "applicant": "asked_by", "settings": "terms",
    "退回": "退件", "留在本步": "不动", "保持": "不变", "不计入": "除外", "退出": "离开", "到期": "到期日",
    "上报": "报上级", "升级": "报上级", "再过": "之后", "发起": "申请", "下一步": "继续", "结束": "办结",
    "本行": "此行", "本件": "此件", "今天": "当天", "现在": "此刻", "签办人": "经办人", "申请人": "申请者",
    "设置": "约定",
}  # fmt: skip
_CHINESE_KEYS = english_of(KEY_WORDS)


def is_keyword(word: str) -> bool:
    """Whether *word* is a key of the language, in either language."""
    return word in KEY_WORDS or word in _CHINESE_KEYS
