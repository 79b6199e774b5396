"""The single table of the language's keys: which keys each construct has, what stands in them, what they are for.

The parser refuses what is not here, ``process.schema.json`` is made from it, and ``docs/language.md`` prints it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from engine.definition.language.key_kinds import Key
from engine.definition.language.key_kinds import key_row as _key

PROCESS = (
    _key("process", "id", "流程的名称，全区唯一", "the id of the process", required=True),
    _key("extends", "text", "沿用哪个流程", "the process that this one changes, such as common/NAME"),
    _key("title", "text", "给人看的标题", "what people read", required=True),
    _key("uses", "name", "用到的插件", "the plugins it uses", "list"),
    _key("subject", "name", "列表里用来区分事项的字段", "fields that tell one case from the next", "list"),
    _key("settings", "setting", "各区可调的设置", "numbers and rules that a district sets", "map"),
    _key("parties", "party", "参与的单位", "the units that a case belongs to", "map"),
    _key("fields", "field", "表单的字段", "the typed variables of a case", "map"),
    _key("messages", "message", "可收到的消息", "messages that it can receive", "map", later=True),
    _key("start", "start", "如何发起", "how a case begins"),
    _key("due", "due", "整件事的期限", "the deadline of the whole case"),
    _key("steps", "step", "依次进行的环节", "what happens, in order", "list"),
    _key("ends", "end", "有哪些结局", "the ways for a case to end", "map"),
    _key("examples", "example", "应当成立的例子", "cases that must hold", "list"),
    _key("edits", "edit", "对所沿用流程的改动", "changes to the process that it extends", "list"),
)
SETTING = (
    _key("type", "type", "值的类型", "the type of the value", required=True),
    _key("title", "text", "给人看的名称", "what people read"),
    _key("default", "value", "不设时的值", "the value when the district sets none"),
    _key("min", "value", "不小于", "the least value"),
    _key("max", "value", "不大于", "the greatest value"),
    _key("of", "text", "可取的值", "the options of a choice", "list"),
    _key("group", "text", "设置页上的分组", "a heading on the settings page"),
)
COLUMN = (
    _key("type", "type", "值的类型", "the type of the value", required=True),
    _key("title", "text", "给人看的名称", "what people read"),
    _key("optional", "boolean", "可以不填", "may stay empty"),
    _key("default", "value", "预先填好的值", "what is filled in at first"),
    _key("min", "value", "不小于", "the least value"),
    _key("max", "value", "不大于", "the greatest value"),
    _key("of", "text", "可取的值", "the options of a choice", "list"),
    _key("among", "among", "可选哪些人、单位或记录", "the persons, units or records that are offered"),
)
FIELD = (
    *COLUMN,
    _key("when", "formula", "什么情况下才有此项", "the field is there only when this holds"),
    _key("see", "name", "哪些参与方看得到", "the parties that may read it", "list"),
    _key("sensitive", "boolean", "敏感信息，显示时遮盖", "personal: masked where it is shown"),
    _key("value", "value", "由公式得出，不用填", "derived by a =formula, never filled"),
    _key("group", "text", "表单上的分组", "a heading in the form"),
    _key("key", "name", "表格按哪一列区分各行", "the column that tells the rows of a table apart"),
    _key("columns", "column", "表格的各列", "the columns of a table", "map"),
)
PARTY = (
    _key("unit", "formula", "哪个单位", "a formula that gives the unit"),
    _key("units", "formula", "哪些单位", "a formula that gives several units"),
    _key("title", "text", "给人看的名称", "what people read"),
)
MESSAGE = (
    _key("to", "choice", "送到哪里", "where it goes", options=("case",)),
    _key("key", "name", "按什么认领", "what it is matched by"),
    _key("title", "text", "给人看的名称", "what people read"),
)
START = (
    _key("who", "who", "谁可以发起", "who may begin"),
    _key("for", "choice", "替申请人填写", "somebody types it for the applicant", options=("applicant",)),
    _key("fill", "fill", "发起时填哪些字段", "the fields of the first form"),
    _key("set", "value", "发起时自动赋的值", "fields set at the start", "map"),
    _key("if", "formula", "什么时候才能发起", "a condition on the day"),
    _key("every", "text", "定期自动发起", "begins by itself at these times", later=True),
    _key("each", "loop", "为每一项各发起一件", "one case for each of these", later=True),
    _key("holiday", "choice", "逢节假日怎么办", "when the day is a holiday",
         options=("before", "after", "skip", "keep"), later=True),
    _key("missed", "choice", "错过时怎么办", "when the time was missed", options=("once", "all", "skip"),
         later=True),
    _key("message", "name", "由消息发起", "begins when this message comes", later=True),
    _key("match", "value", "消息的对应关系", "what the message must carry", "map", later=True),
)  # fmt: skip
STEP = (
    _key("step", "id", "环节的名称，流程内唯一", "the id of the step, unique in the process", required=True),
    _key("title", "text", "给人看的标题", "what people read"),
    _key("if", "formula", "满足条件才办，否则跳过", "skipped unless this holds"),
    _key("due", "due", "办理期限", "its deadline"),
    _key("outcomes", "exit", "有哪些结果，各去向哪里", "its outcomes and where they lead", "map"),
    _key("open", "choice", "各区可以怎样改它", "what an overlay may do here", "list",
         options=("replace_who", "remove", "loosen")),
)  # fmt: skip
_STEPS = _key("steps", "step", "其中的环节", "the steps inside", "list", required=True)
_NEED = _key("need", "need", "需要几个成功", "how many have to succeed")
_REST = _key("rest", "choice", "够数后其余怎么办", "what becomes of the others once enough have succeeded",
             options=("cancel", "finish"))  # fmt: skip
_WITH = _key("with", "value", "传入的值", "its inputs", "map")
ASK = (
    _key("ask", "who", "由谁办理", "who decides", required=True),
    _key("sign", "sign", "多人怎么签办", "how several people decide"),
    _key("not", "excluded", "谁要回避", "who is excluded", "list"),
    _key("show", "name", "显示哪些字段", "the fields to look at", "list"),
    _key("fill", "fill", "填写哪些字段", "the fields to fill"),
    _key("stops_clock", "boolean", "办理期间外层期限停表", "outer deadlines stand still while it is open"),
    _key("bulk", "text", "可以批量办理的结果", "the outcome that may be given to many at once"),
)
DO = (_key("do", "text", "执行插件的动作", "a plugin's action", required=True), _WITH)
WAIT = (_key("wait", "wait_for", "等到某时刻或某消息", "rests until a moment or a message", required=True),)
CALL = (
    _key("call", "name", "调用另一个流程", "starts another process and waits", required=True, later=True),
    _WITH,
    _key("detach", "boolean", "不等它结束", "does not wait for it", later=True),
)
CHOOSE = (_key("choose", "branch", "分情况", "the first branch whose condition holds", "list", required=True),)
PARALLEL = (
    _key("parallel", "step", "并行的各支", "branches side by side", "lists", required=True),
    _NEED,
    _REST,
)
EACH = (
    _key("each", "loop", "逐项进行", "the steps for each row of a table", required=True, later=True),
    _STEPS,
    _NEED,
    _REST,
    _key("order", "choice", "同时还是逐个", "all at once or one after the other",
         options=("together", "one_by_one"), later=True),
    _key("may_add", "who", "谁可以追加", "who may add rows later", later=True),
)  # fmt: skip
STAGE = (_key("stage", "step", "一段环节，整段有共同的结果", "a list of steps with exits of its own", "list",
              required=True),)  # fmt: skip
BRANCH = (
    _key("if", "formula", "什么情况", "when this holds"),
    _key("steps", "step", "做什么", "these steps run", "list"),
    _key("else", "step", "其他情况做什么", "the steps when nothing above held", "list"),
)
WHO_CASE = (
    _key("if", "formula", "什么情况", "when this holds"),
    _key("else", "boolean", "其他情况", "when nothing above held"),
    _key("who", "who", "由谁", "who it is", required=True),
)
WAIT_FOR = (
    _key("until", "moment", "等到什么时刻", "the moment"),
    _key("message", "name", "等哪个消息", "the message", later=True),
    _key("match", "value", "消息的对应关系", "what the message must carry", "map", later=True),
)
EXIT = (
    _key("title", "text", "按钮上的字", "the words on the button"),
    _key("by", "by", "由谁选它，不写就是办理人", "who takes it, if not those asked"),
    _key("match", "value", "消息的对应关系", "what the message must carry", "map", later=True),
    _key("fill", "fill", "选它时可填的字段", "fields that may be filled with it"),
    _key("must", "name", "选它时必须填的字段", "fields that have to be filled with it", "list"),
    _key("opinion", "choice", "要不要写意见", "whether an opinion is written", options=("must", "may", "none")),
    _key("reasons", "text", "常用意见，供点选", "opinions to pick from", "list"),
    _key("set", "value", "顺带给字段赋值", "fields that it sets", "map"),
    _key("tell", "who", "告知谁", "who is told"),
    _key("undo", "choice", "撤销已办的动作", "which actions it undoes", options=("all", "this", "none")),
    _key("steps", "step", "转走之前的小环节", "small steps before it leads on", "list"),
    _key("then", "target", "去向", "where it leads", required=True),
    _key("at_form", "choice", "动作拒绝刚填的表时当场改正", "people correct the form that an action refuses",
         options=("correct",)),
    _key("again", "choice", "退回后怎样再办", "after back: who is asked again",
         options=("replay", "changed", "resume")),
    _key("at_most", "integer", "最多几次", "after back: how many times"),
    _key("exhausted", "name", "次数用尽后改走的结果", "the outcome to take when the times are used up"),
)  # fmt: skip
DUE = (
    _key("within", "duration", "限时多久", "the time allowed"),
    _key("by", "moment", "截止时刻", "the moment it ends", words=("截止",)),
    _key("before", "event", "早于此刻才有意义，过时怎么办", "the moment it is needed by, and what then"),
    _key("remind", "remind", "何时提醒", "when to remind", "one_or_list"),
    _key("late", "rung", "逾期怎么办", "what happens when it is late", "one_or_list"),
)
EVENT = (
    _key("at", "moment", "此刻", "the moment", required=True, words=("时刻",)),
    _key("late", "name", "到此刻还没有办时改走的结果", "the outcome to take when it has come", required=True),
)
VOTE = (
    _key("pass", "text", "通过线", "the share that carries it, such as 2/3 of cast", required=True),
    _key("quorum", "text", "法定人数", "the share that must vote"),
    _key("weight", "formula", "各人的票数", "how many votes one has"),
    _key("veto", "who", "谁可一票否决", "whose no decides"),
)
END = (
    _key("title", "text", "给人看的结局", "what people read"),
    _key("undo", "choice", "结束时撤销已办的动作", "which actions it undoes", options=("all", "none")),
    _key("tell", "who", "告知谁", "who is told"),
    _key("counts", "name", "计入哪些参与方的统计", "the parties that count it", "list"),
    _key("reopen", "reopen", "可否重开", "how it may be opened again", later=True),
)
REOPEN = (
    _key("by", "who", "谁可重开", "who may", required=True),
    _key("within", "duration", "多久之内", "how long"),
    _key("then", "target", "从哪里重开", "where it goes back to", required=True),
    _key("at_most", "integer", "最多几次", "how many times"),
)
EXAMPLE = (
    _key("title", "text", "例子的名称", "what it shows"),
    _key("given", "any", "发起时的字段", "fields at the start", "map"),
    _key("returns", "any", "各动作的结果", "what the actions answer", "map"),
    _key("acts", "act", "各人依次怎么办", "what people do, in order", "list"),
    _key("expect", "expect", "应当怎样", "what must come of it"),
)
ACT = (
    _key("at", "name", "在哪个环节", "the step", required=True),
    _key("of", "any", "哪一项", "the row, inside each", words=("哪一项",)),
    _key("outcome", "name", "选哪个结果", "the outcome taken", required=True),
    _key("by", "text", "由谁", "who acts"),
    _key("fill", "any", "填了什么", "what is filled", "map"),
    _key("opinion", "text", "写了什么意见", "the opinion"),
)
EXPECT = (
    _key("end", "name", "结束于哪个结局", "the end reached"),
    _key("visited", "name", "经过了哪些环节", "steps that ran", "list"),
)
EDIT = (
    _key("set", "path", "改一个值", "gives a value another content"),
    _key("tighten", "path", "改得更严", "makes a limit stricter"),
    _key("replace_who", "path", "换办理人", "asks somebody else"),
    _key("insert_before", "path", "在它前面加环节", "adds steps before one"),
    _key("insert_after", "path", "在它后面加环节", "adds steps after one"),
    _key("remove", "path", "删掉一个环节", "takes a step away"),
    _key("add_outcome", "path", "给它加一个结果", "gives a step one more outcome"),
    _key("to", "any", "改成什么", "what it becomes"),
    _key("steps", "step", "加上的环节", "the steps added", "list"),
)

#: The keys that name a kind of step; exactly one of them stands in every step.
STEP_KINDS: Mapping[str, tuple[Key, ...]] = {
    "ask": ASK, "do": DO, "wait": WAIT, "call": CALL, "choose": CHOOSE, "parallel": PARALLEL, "each": EACH,
    "stage": STAGE,
}  # fmt: skip
CONSTRUCTS: Mapping[str, tuple[Key, ...]] = {
    "process": PROCESS, "setting": SETTING, "party": PARTY, "field": FIELD, "column": COLUMN, "message": MESSAGE,
    "start": START, **{kind: (*STEP, *own) for kind, own in STEP_KINDS.items()}, "branch": BRANCH,
    "who_case": WHO_CASE, "wait_for": WAIT_FOR, "exit": EXIT, "due": DUE, "event": EVENT, "vote": VOTE, "end": END,
    "reopen": REOPEN, "example": EXAMPLE, "act": ACT, "expect": EXPECT, "edit": EDIT,
}  # fmt: skip


@cache
def keys_of(construct: str) -> dict[str, Key]:
    """The keys of *construct* by name; ``step`` has those of every kind of step together."""
    if construct == "step":
        rows = (*STEP, *(key for own in STEP_KINDS.values() for key in own))
    else:
        rows = CONSTRUCTS[construct]
    return {key.name: key for key in rows}
