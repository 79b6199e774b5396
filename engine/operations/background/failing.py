"""What administrators read of a job that failed: whose it was, what it said, and when it is tried again."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from engine.clock import Micros
from engine.definition.values.moments import to_datetime
from engine.definition.values.saying import moment_words
from engine.extend.calls.beside import title_of
from engine.extend.senders import Sender
from engine.i18n import Text, both, counted
from engine.operations.content.publish import by_hash
from engine.operations.context import Context, System
from engine.operations.districts import all_contexts
from engine.operations.reading.views import Incident
from engine.store import cases, jobs
from engine.store import incidents as store
from engine.store.schema.columns import NEVER
from engine.store.transactions.runner import Tx


@dataclass(frozen=True, slots=True)
class Batch:
    """So many jobs of one kind failed; ``title`` says what they are for."""

    job: str
    title: Text
    count: int


_LOST = Text("办这件事的后台进程中途没了", "the process that ran it ended in the middle")


def of_job(ctx: Context, tx: Tx, failed: store.FailedJob) -> Incident:
    """The incident that a failed job is, from its first failure on."""
    case = cases.load_case(tx, ctx.id, number=failed.number) if failed.number else None
    what, word = job_title(ctx, failed.kind), failed.kind.partition(":")[0]
    begun = Text(f"“{what.zh}”没有送出" if word == "send" else f"{what.zh}没有办成", f"{what.en} failed")
    if lost := failed.error == jobs.LOST:
        begun = Text(f"{begun.zh}，{_LOST.zh}", f"{begun.en}: {_LOST.en}")
    return Incident(
        id=failed.id,
        kind="job",
        number=failed.number,
        n=0,
        subject=case.subject if case else "",
        process_title=by_hash(ctx, tx, case.def_hash).process.title if case else both(""),
        step_title=what,
        action=what,
        sentence=_sentence(ctx, begun, failed),
        cause=both("") if lost else failed.error,
        tries=failed.attempts,
        since=failed.since,
        again=None if failed.again == NEVER else failed.again,
        job=failed.kind,
    )


def _sentence(ctx: Context, begun: Text, failed: store.FailedJob) -> Text:
    tried = Text(f"{begun.zh}，已试{failed.attempts}次，", f"{begun.en}, tried {counted(failed.attempts, 'time')}; ")
    if failed.again == NEVER:
        plugin = _plugin_of(failed.kind)
        zh, en = f"插件“{plugin}”恢复后系统再试。", f"the system tries again once plugin {plugin} is back."
        return Text(tried.zh + zh, tried.en + en)
    if failed.again is None:
        return Text(f"{tried.zh}系统不再自己重试。", f"{tried.en}the system has given up by itself.")
    if failed.again <= ctx.now:
        return Text(f"{tried.zh}系统正在再试。", f"{tried.en}the system is trying again.")
    again = moment_words(to_datetime(failed.again), ctx.now)
    return Text(f"{tried.zh}系统{again.zh}再试。", f"{tried.en}the system tries again {again.en}.")


def _plugin_of(kind: str) -> str:
    """The plugin whose jobs are of *kind*."""
    return kind.partition(":")[2].partition(".")[0]


def queued_words(ctx: Context, kind: str, count: int) -> Text:
    """That *count* jobs of *kind* were let run again, and when that will be: at once, or once their plugin is back."""
    begun, plugin = Text(f"{count}项已重新排队，", f"{counted(count, 'job')} queued again: "), _plugin_of(kind)
    if plugin and ctx.away(plugin) is not None:
        return Text(f"{begun.zh}插件“{plugin}”恢复后系统再试。", f"{begun.en}once plugin {plugin} is back.")
    return Text(f"{begun.zh}系统马上再试。", f"{begun.en}the system tries at once.")


def waiting_words(system: System) -> list[Text]:
    """For each district, how many jobs were put by until their plugin is back, by plugin; nothing where none was."""
    return [
        Text(f"{ctx.id}：{count} 项等插件“{plugin}”恢复。", f"{ctx.id}: {count} waiting for plugin {plugin}.")
        for ctx in all_contexts(system)
        for plugin, count in sorted(_put_by(ctx).items())
    ]


def _put_by(ctx: Context) -> Counter[str]:
    parked = ctx.runner.run(lambda tx: jobs.parked(tx, ctx.id), write=False)
    return Counter(_plugin_of(row.kind) for row in parked)


def since_words(incident: Incident, now: Micros) -> Text:
    """Since when it fails or waits, in the words in which its sentence says when it is tried again."""
    since = moment_words(to_datetime(incident.since), now)
    return Text(f"{since.zh}起", f"since {since.en}")


def job_title(ctx: Context, kind: str) -> Text:
    """What jobs of *kind* are for; a plugin may have been taken out since."""
    if kind == "notice":
        return Text("给有关人员发消息", "Telling those concerned")
    word, _, name = kind.partition(":")
    found = ctx.registry.job(name)
    if isinstance(found, Sender):
        return found.title
    plugin, own = _plugin_of(kind), name.partition(".")[2]
    title = title_of(ctx.registry, plugin)
    if word == "owed":
        return Text(f"撤销{title.zh}办过的事", f"Undoing what {title.en} had done")
    return Text(f"{title.zh}的后续处理{own}", f"{own} of {title.en}")
