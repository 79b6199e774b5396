"""The verbs on a case, in one table: from a row follow the routes, presses, words and commands at every door."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Literal

from engine.i18n import Text
from engine.runtime import commands as c

if TYPE_CHECKING:
    from engine.operations.reading.form_views import Option
    from engine.operations.reading.views import CaseView, TaskView

#: On what a verb is done: the district, where a case begins; a case; an open task, by its serial; the caller's own last
#: decision, which is found where nobody names it; a field of a case.
Place = Literal["district", "case", "task", "decision", "field"]
#: Who may, as the operation asks it: whom the process names; whom the step asks; who has the task in hand; who decided
#: last; who sees the case; who has to do something that needs the field; an administrator of the district.
Who = Literal["named", "asked", "holder", "decider", "viewer", "needing", "admin"]
#: The doors of a verb. Pages that offer one are told in its row.
Door = Literal["web", "rest", "cli", "scenario"]
DOORS: Final[tuple[Door, ...]] = ("web", "rest", "cli", "scenario")
#: With what a verb stands where it is no press of a page itself: a step of a case, or a request to hand a task on.
Beside = Literal["", "step", "request"]
#: Whether a page offers a verb, as what the page shows says it.
OnTask = Callable[["TaskView"], bool]
OnCase = Callable[["CaseView"], bool]

_TEXT: Final[dict[str, Any]] = {"type": "string"}
_WORDS: Final[dict[str, Any]] = {"type": "string", "maxLength": c.LONGEST_NOTE}
#: These shapes are said in names where people type them: ``spoken`` tells them by their identity.
PERSON: Final[dict[str, Any]] = {"type": "string", "description": "the id of a person"}
UNIT: Final[dict[str, Any]] = {"type": "string", "description": "the id of a unit"}
FILL: Final[dict[str, Any]] = {
    "type": "object",
    "description": "field name to value, as a person types it; numbers too: an amount is in yuan, 12 or \"12.00\"",
}
_SEEN: Final[dict[str, Any]] = {
    "type": "integer",
    "description": "the case version that the caller decided on; a form changed since is a 409",
}


@dataclass(frozen=True, slots=True)
class Argument:
    """What a verb takes beside its place: the operation's own ``name`` for it, and its JSON ``shape``.

    ``sent`` is what the doors call it where that is another word. ``choices`` are whom a task page offers for a person;
    where there is nobody the page says ``none``.
    """

    name: str
    title: Text
    shape: Mapping[str, Any]
    must: bool = False
    sent: str = ""
    choices: Callable[[TaskView], tuple[Option, ...] | None] | None = None
    none: Text | None = None

    @property
    def key(self) -> str:
        """What every door calls it."""
        return self.sent or self.name


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb: its ``operation`` asks ``who`` may and gives the runtime its ``command``; ``given`` is fixed for it.

    ``words`` stand on its button, ``does`` is the sentence of its help, ``path`` its address in REST below its place.
    ``task`` and ``case`` say where those pages offer it, ``beside`` what else has it there. ``by_hand`` says why, for
    each door that does not follow the table.
    """

    name: str
    words: Text
    does: Text
    operation: str
    on: Place
    who: Who
    path: str
    command: type[c.Command] | None = None
    takes: tuple[Argument, ...] = ()
    icon: str = ""
    task: OnTask | None = None
    case: OnCase | None = None
    beside: Beside = ""
    given: Mapping[str, Any] = field(default_factory=dict)
    by_hand: Mapping[Door, str] = field(default_factory=dict)

    @property
    def run(self) -> Callable[..., Any]:
        """The operation. It is loaded as it is done: who only checks what is written of verbs has no database."""
        from engine.operations import cases, uncovering

        home = uncovering if self.on == "field" else cases
        return partial(getattr(home, self.operation), **self.given)

    def arguments(self, said: Mapping[str, Any]) -> dict[str, Any]:
        """What was *said* under the doors' words, by the operation's own names."""
        return {one.name: said[one.key] for one in self.takes if one.key in said}

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON object that says what it takes."""
        must = [one.key for one in self.takes if one.must]
        shapes = {one.key: {**one.shape, **_filled(one)} for one in self.takes}
        needs = {"required": must} if must else {}
        return {"type": "object", **needs, "additionalProperties": False, "properties": shapes}


def _filled(one: Argument) -> dict[str, Any]:
    return {"minLength": 1} if one.must and one.shape["type"] == "string" else {}


_ANSWER: Final = Argument("note", Text("说明", "A word with the answer"), _WORDS)
_AT_REQUEST: Final[Mapping[Door, str]] = {"web": "stands with the request, on the page of incidents"}
_FORMS: Final = "the words of its form are read field by field"
_NOBODY: Final = Text(
    "现在没有别人能办这个环节，不能转办。你办不了，就留言说明，或者找区管理员。",
    "Nobody else can do this step now, so it cannot be handed on. If you cannot, leave a comment "
    "or ask an administrator.",
)
_TABLE: Final[tuple[Verb, ...]] = (
    Verb(
        "start", Text("发起", "Start"), Text("发起一件。", "Start a case."),
        "start", on="district", who="named", path="/cases", command=c.Start,
        takes=(
            Argument("process", Text("流程", "the process"), _TEXT, must=True),
            Argument("unit", Text("从哪个单位发起", "the unit to start from"), UNIT, must=True),
            Argument("fill", Text("表单", "the form"), FILL),
            Argument("for_person", Text("替谁办", "for whom"), PERSON, sent="for"),
        ),
        by_hand={"web": f"has a page of its own; {_FORMS}", "cli": _FORMS, "scenario": f"names the case; {_FORMS}"},
    ),
    Verb(
        "act", Text("办理", "Decide"), Text("办一件待办。", "Take an outcome of an open task or stage."),
        "act", on="task", who="asked", path="/outcomes/<outcome>", command=c.Act,
        takes=(
            Argument("fill", Text("表单", "the form"), FILL),
            Argument("opinion", Text("意见", "the opinion"), _WORDS),
            Argument("seen_version", Text("看到的版本", "the version seen"), _SEEN, sent="seen"),
        ),
        by_hand={"web": "is what the page of a task or of a case is for", "cli": _FORMS, "scenario": _FORMS},
    ),
    Verb(
        "claim", Text("认领", "Claim"), Text("认领一件待办。", "Take a task for oneself."),
        "claim", on="task", who="asked", path="/claim", command=c.Claim,
        icon="people", task=lambda task: task.claimable,
    ),
    Verb(
        "unclaim", Text("放回", "Give back"), Text("把认领的待办放回去。", "Give a claimed task back."),
        "unclaim", on="task", who="holder", path="/unclaim", command=c.Claim,
        icon="people", task=lambda task: task.claimed,
    ),
    Verb(
        "comment", Text("留言", "Comment"), Text("在办件上留言。", "Leave a word on a case."),
        "comment", on="case", who="viewer", path="/comments", command=c.Comment,
        takes=(Argument("text", Text("留言", "Comment"), _WORDS, must=True),),
        icon="comment", task=lambda task: task.case.status != "ended", case=lambda case: case.status != "ended",
    ),
    Verb(
        "transfer", Text("转办", "Hand over"), Text("把待办转给别人。", "Hand a task to another person."),
        "transfer", on="task", who="holder", path="/transfer", command=c.Transfer,
        takes=(
            Argument("to", Text("转给谁", "To whom"), PERSON, True, choices=lambda task: task.receivers, none=_NOBODY),
            Argument("note", Text("说明", "A word with it"), _WORDS),
        ),
        icon="hand-over", task=lambda task: task.receivers is not None,
    ),
    Verb(
        "agree_transfer", Text("同意转办", "Agree"),
        Text("同意转办申请。", "Let a task go further than its step asks."),
        "answer_transfer", given={"agreed": True}, on="task", who="admin", path="/transfer/agree",
        command=c.Consent, takes=(_ANSWER,), beside="request", by_hand=_AT_REQUEST,
    ),
    Verb(
        "decline_transfer", Text("不同意", "Decline"),
        Text("不同意转办，仍由原来的人办。", "Leave a task with whoever asked to hand it on."),
        "answer_transfer", given={"agreed": False}, on="task", who="admin", path="/transfer/decline",
        command=c.Consent, takes=(_ANSWER,), beside="request", by_hand=_AT_REQUEST,
    ),
    Verb(
        "take_back", Text("撤回这一步", "Take this step back"),
        Text("撤回自己刚作的决定。", "Take back one's own last decision."),
        "take_back", on="decision", who="decider", path="/take-back", command=c.TakeBack,
        beside="step", by_hand={"web": "stands where it was decided: a strip above the next page, and above the case"},
    ),
    Verb(
        "retry", Text("再试一次", "Try again"),
        Text("让没有办成的环节再办一次。", "Let an automatic step that failed run again."),
        "retry", on="task", who="admin", path="/retry", command=c.Retry,
        beside="step", by_hand={"web": "stands with the step that failed", "cli": "one command for steps and jobs"},
    ),
    Verb(
        "cancel", Text("取消办件", "Cancel the case"),
        Text("取消整个办件，占用的都释放。", "End a whole case and release what it holds."),
        "cancel", on="case", who="admin", path="/cancel", command=c.Cancel,
        takes=(Argument("reason", Text("原因", "Reason"), _WORDS, must=True),),
        icon="cross", case=lambda case: case.can_cancel,
    ),
    Verb(
        "uncover", Text("显示", "Show"),
        Text("显示一项遮住的内容；看过会记下来。", "Show a masked field whole; that it was shown is kept."),
        "uncover", on="field", who="needing", path="/uncover",
        by_hand={"web": "stands beside the masked value, and shows it in its place"},
    ),
)  # fmt: skip
#: By name, in the order in which pages offer them.
VERBS: Final[Mapping[str, Verb]] = {verb.name: verb for verb in _TABLE}
