"""Why a command is refused, in words that say what to do."""

from __future__ import annotations

from engine.definition.model import Exit, Process
from engine.errors import Conflict, Forbidden, Problem, RongtongError, Unanswered
from engine.i18n import Text, counted


def plugin_away(plugin: str) -> Unanswered:
    """Nothing of *plugin* can be asked or run for now."""
    return Unanswered(
        Text(f"插件“{plugin}”暂时不能用，这里要由它来答。请管理员恢复它，或稍后再试。",
             f"Plugin “{plugin}” cannot be used for now, and this needs it. Ask an administrator, or try again later."),
        code="plugin_away", plugin=plugin, waits=True,
        why=Text(f"插件“{plugin}”暂时不能用", f"plugin {plugin} is away"),
    )  # fmt: skip


def plugin_changed(plugin: str, name: str, how: Text, place: str = "") -> Unanswered:
    """*plugin* is there, but brings *name* no longer as this process knows it: *how* it is other."""
    at = Text(f"（{place}）", f" ({place})") if place else Text("", "")
    return Unanswered(
        Text(f"插件“{plugin}”换了版本，这里要用的“{name}”{at.zh}不同了：{how.zh}。请管理员换回合适的版本，或取消此件。",
             f"Plugin “{plugin}” has changed: “{name}”{at.en} is not as it was, {how.en}. Ask an administrator."),
        plugin=plugin,
        why=Text(f"“{name}”变了：{how.zh}{at.zh}", f"{name} has changed: {how.en}{at.en}"),
    )  # fmt: skip


def plugin_silent(plugin: str, why: Text, place: str) -> Unanswered:
    """The code of *plugin* failed at *place* where it was to answer; *why* in a word that gives nothing away."""
    at = Text(f"（{place}）", f" ({place})") if place else Text("", "")
    return Unanswered(
        Text(f"插件“{plugin}”{at.zh}出错，没有答出来。请管理员查看日志，或稍后再试。",
             f"Plugin “{plugin}”{at.en} failed to answer. Ask an administrator to look at the log, or try "
             "again later."),
        plugin=plugin, why=why,
    )  # fmt: skip


def plugin_hung(plugin: str, said: Text) -> Unanswered:
    """The code of *plugin* did not come back in time, as *said* tells with its file and line."""
    return Unanswered(said, plugin=plugin, why=said)


def plugin_shows_nothing(plugin: str, title: Text, why: Text) -> Unanswered:
    """A page or an endpoint of *plugin* failed, *why* in a word: whoever only reads has lost nothing."""
    return Unanswered(
        Text(f"插件“{title.zh}”的这一页出错，没有显示出来；已经保存的内容都在。过1分钟再试，还不行请联系管理员。",
             f"“{title.en}” failed to show this; nothing that was saved is lost. Try again later."),
        plugin=plugin, why=why,
    )  # fmt: skip


def plugin_owes(plugin: str) -> Unanswered:
    """*plugin* has still to undo what the case did before, and nothing of it comes first."""
    return Unanswered(
        Text(f"此件先前办过的事还等插件“{plugin}”撤销，撤销以后才接着办。请稍后再试。",
             f"Plugin “{plugin}” has still to undo what this case did before; this comes after it. Try again later."),
        plugin=plugin, waits=True,
        why=Text(f"插件“{plugin}”先要撤销办过的事", f"plugin {plugin} has something to undo first"),
    )  # fmt: skip


def owed_first(plugin: str) -> RongtongError:
    """An administrator may not run now what would be hit by what *plugin* has still to undo."""
    return Conflict(
        Text(f"此件先前办过的事还等插件“{plugin}”撤销，撤销以后才能重新办理。请稍后再试，或在“异常”里先处理它。",
             f"Plugin “{plugin}” has still to undo what this case did before. Retry after that."),
        code="owed_first", plugin=plugin,
    )  # fmt: skip


def over() -> RongtongError:
    """The case has ended."""
    return Conflict(Text("此件已经办结，不用再办。", "This case has ended; nothing is left to do."), code="case_ended")


def closed_task(n: int) -> RongtongError:
    """The task is no longer open."""
    return Conflict(
        Text("这个环节已经办过了，刷新看最新情况。", "This task has already been dealt with; reload to see how."),
        code="task_closed",
        n=n,
    )


def may_not_start(title: Text) -> RongtongError:
    """The actor may not start this process."""
    return Forbidden(
        Text(f"你在这个单位不能发起“{title.zh}”。可请有权限的同事发起。",
             f"You may not start “{title.en}” in this unit; ask a colleague who may."),
    )  # fmt: skip


def not_today(title: Text) -> RongtongError:
    """The start's own condition does not hold."""
    return Conflict(
        Text(f"“{title.zh}”今天不开放，请在开放日再来。", f"“{title.en}” is not open today; come on an open day."),
        code="not_open",
    )


def for_nobody_else(title: Text) -> Problem:
    """The process is started for oneself."""
    words = Text(f"“{title.zh}”不能代别人发起，请本人发起。",
                 f"“{title.en}” is started for oneself; they have to do so.")  # fmt: skip
    return Problem("not-for-others", words, path="for")


def for_others_by_staff() -> Problem:
    """Only who has a role in the district types for somebody else."""
    words = Text("代别人发起要由工作人员办。为自己办，去掉代谁。",
                 "Only staff start for somebody else; for yourself, leave out whom it is for.")  # fmt: skip
    return Problem("for-by-staff", words, path="for")


def must_fill(process: Process, name: str) -> Problem:
    """A field that this outcome needs is empty."""
    field = process.field_named(name)
    title = field.title if field else Text(name, name)
    return Problem("field-missing", Text(f"填写{title.zh}。", f"Fill in {title.en}."), path=name)


def no_such_outcome(name: str) -> RongtongError:
    """The step has no such press."""
    return Conflict(
        Text(f"这个环节没有“{name}”这个结果，刷新后再选。", f"There is no outcome “{name}” here; reload."),
        code="no_such_outcome",
    )


def used_up(taken: Exit) -> RongtongError:
    """The return has been used as often as it may."""
    return Conflict(
        Text(f"“{taken.title.zh}”已用满{taken.at_most}次，请选其他结果。",
             f"“{taken.title.en}” has been used {counted(taken.at_most or 0, 'time')}; choose another outcome."),
        code="used_up",
    )  # fmt: skip


def opinion_missing(taken: Exit) -> Problem:
    """This outcome needs an opinion."""
    return Problem(
        "opinion-missing",
        Text(f"选“{taken.title.zh}”要写意见，对方会看到。", f"“{taken.title.en}” needs a word; others will read it."),
        path="opinion",
    )


def not_asked() -> RongtongError:
    """The task is somebody else's."""
    return Forbidden(
        Text("这个环节不由你办理。需要的话，请办理人转给你。", "This is not yours to do; ask for a transfer."),
        code="not_asked",
    )


def not_named(taken: Exit) -> RongtongError:
    """The outcome is offered to somebody else beside the step."""
    rule = taken.by.who
    kinds = {who.kind for _, several in rule.cases for who in several} if rule else set()
    whom = Text("申请人", "the applicant") if kinds == {"applicant"} else Text("流程指定的人", "whom the process names")
    return Forbidden(
        Text(f"“{taken.title.zh}”只能由{whom.zh}办理。", f"“{taken.title.en}” is for {whom.en} alone."),
        code="not_asked",
    )


def no_such_person(path: str) -> Problem:
    """Nobody of that name is, or still is, in the district."""
    words = Text("没有这个人，核对姓名后重选。", "There is no such person; choose again.")
    return Problem("unknown-person", words, path=path)


def choose_colleague() -> Problem:
    """Nobody was chosen, or who has the task already."""
    words = Text("选一位同事，再转办。", "Choose a colleague to hand this to.")
    return Problem("choose-colleague", words, path="to")


def transfer_reason() -> Problem:
    """To somebody whom the step does not ask, a task goes only with a reason."""
    words = Text("这位同事不在本环节的办理人里，写明为什么转给TA。",
                 "The step does not ask this colleague: say why you hand it to them.")  # fmt: skip
    return Problem("transfer-reason", words, path="note")


def not_for_them() -> RongtongError:
    """The step does not ask them, and the district does not let tasks go further."""
    return Forbidden(
        Text("这个环节只能转给可以办理它的人，另选一位同事。", "Only who may do this can be handed it."),
        code="not_for_them",
    )


def colleague_excluded() -> RongtongError:
    """Four eyes: whoever acted before may not be handed this."""
    return Forbidden(
        Text("这位同事办过此件的前面环节，要转给另一个人。", "They acted on this before: hand it to somebody else."),
        code="excluded",
    )


def no_request() -> RongtongError:
    """The request to hand a task on was answered, or is gone."""
    return Conflict(
        Text("这里没有等着答复的转办申请，可能已经有人处理。", "No request waits here; somebody may have answered it."),
        code="no_request",
    )


def cannot_agree() -> RongtongError:
    """Whoever a task was to be handed to left, acted or signs here by now; who answers can choose nobody else."""
    return Conflict(
        Text("对方现在不能办理这个环节了，不能同意转办。请答复“不同意”，由申请人另选一位同事。",
             "They may not do this any more, so you cannot agree. Decline, and the holder chooses somebody else."),
        code="cannot_agree",
    )  # fmt: skip


def signs_already() -> RongtongError:
    """A colleague who has a seat of their own cannot sign a second one."""
    return Conflict(
        Text("这位同事已经要签这个环节，请转给别人。", "They sign here already; hand it to somebody else."),
        code="signs_already",
    )


def excluded() -> RongtongError:
    """Four eyes: who acted before may not act here."""
    return Forbidden(
        Text("你办过此件的前面环节，这里要由另一个人办理。", "You acted before; somebody else has to act here."),
        code="excluded",
    )


def claimed(holder: str) -> RongtongError:
    """A colleague has claimed the task."""
    return Conflict(
        Text("同事已认领此件。需要的话，请同事放回。", "A colleague has claimed this task; ask them to release it."),
        code="claimed",
        holder=holder,
    )


def not_yours() -> RongtongError:
    """Only who holds a task may hand it on."""
    return Forbidden(Text("此件不在你手里，不能转出或放回。", "You do not hold this task."), code="not_yours")


def no_incident() -> RongtongError:
    """It runs again already, or never failed."""
    return Conflict(
        Text("这里没有等着重试的异常，可能已经有人处理。", "Nothing waits to be tried again here; somebody may have."),
        code="no_incident",
    )


def cannot_take_back() -> RongtongError:
    """Somebody has acted since."""
    return Conflict(
        Text("已经有人接着办了，不能直接撤回。可以留言，或请对方退回。",
             "Somebody has acted since; leave a comment or ask them to return it."),
        code="cannot_take_back",
    )  # fmt: skip


def taken_back_already() -> RongtongError:
    """They took this very decision back before."""
    return Conflict(
        Text("这一步你已经撤回了，请从待办里重新办理。",
             "You have taken this back already; it is in your inbox again."),
        code="taken_back",
    )  # fmt: skip
