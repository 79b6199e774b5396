"""异常: what waits for an administrator, a sentence for each, and the verbs that go on or give up."""

from __future__ import annotations

from engine.errors import NotFound
from engine.i18n import Text, both, from_stored
from engine.operations.admins import is_admin, require_admin
from engine.operations.background.failing import Batch, job_title, of_job
from engine.operations.commands.owing import given_up
from engine.operations.content.publish import by_hash
from engine.operations.context import Caller, Context
from engine.operations.reading.people import people_of
from engine.operations.reading.views import Incident
from engine.operations.writing import Wish, Written, write
from engine.runtime import state as tree
from engine.runtime.hands import requests
from engine.runtime.refusals import plugin_away, plugin_owes
from engine.runtime.shapes.parts import Bad
from engine.runtime.titles import step_title
from engine.store import cases, jobs, upcast
from engine.store import incidents as store
from engine.store.transactions.runner import Tx

_MOST = 200
#: The journal of what administrators did about jobs.
STREAM = "jobs"


def incidents(ctx: Context, caller: Caller) -> tuple[Incident, ...]:
    """Every open incident of the district, the longest waiting first. Only an administrator reads them."""

    def work(tx: Tx) -> tuple[Incident, ...]:
        require_admin(ctx, tx, caller)
        steps = [_of_step(ctx, tx, failed) for failed in store.failed_steps(tx, ctx.id, _MOST)]
        undone = [of_job(ctx, tx, failed) for failed in store.failed_jobs(tx, ctx.id, _MOST)]
        wanting = store.wanting_tasks(tx, ctx.id, _MOST)
        reasons = _reasons(tx, ctx.id, {one.case for one in wanting if one.wants == "consent"})
        tasks = [_of_task(ctx, tx, one, reasons.get((one.case, one.n), "")) for one in wanting]
        return tuple(sorted((*steps, *tasks, *undone), key=lambda incident: (incident.since, incident.id)))

    return ctx.runner.run(work, write=False)


def waiting(ctx: Context, caller: Caller) -> int | None:
    """How many incidents wait for the caller; None for who is no administrator."""

    def work(tx: Tx) -> int | None:
        return store.count(tx, ctx.id) if is_admin(ctx, tx, caller.person) else None

    return ctx.runner.run(work, write=False)


def _of_step(ctx: Context, tx: Tx, failed: store.FailedStep) -> Incident:
    case = cases.load_case(tx, ctx.id, id=failed.case)
    assert case is not None, "a task row has a case"
    definition = by_hash(ctx, tx, case.def_hash)
    node = tree.incidents(case.state)[failed.n]
    step_id = tree.failing(node)
    step, title = definition.process.index[step_id][0], step_title(definition.process, step_id)
    spec = definition.catalogue.actions.get(step.action)
    action = spec.title if spec else title
    bad = node["bad"]
    if bad["waits"]:
        sentence, cause = _waiting(ctx, tx, case.id, action, bad["waits"])
    else:
        sentence, cause = _failed(action, bad, "todo" in node), from_stored(bad["why"])
    return Incident(
        id=f"{case.number}.{failed.n}",
        kind="step",
        number=case.number,
        n=failed.n,
        subject=case.subject,
        process_title=definition.process.title,
        step_title=title,
        action=action,
        sentence=sentence,
        cause=cause,
        tries=bad["times"],
        since=bad["at"],
    )


def _waiting(ctx: Context, tx: Tx, case: str, action: Text, plugin: str) -> tuple[Text, Text]:
    """That a step waits for *plugin*, and why as of now: it is away, undoes something first, or is just back."""
    if ctx.away(plugin) is not None:
        why, zh = plugin_away(plugin), f"插件“{plugin}”暂时不能用，“{action.zh}”等它恢复后由系统接着办。"
        en = f"Plugin “{plugin}” is away; “{action.en}” goes on when it is back."
    elif jobs.oldest(tx, ctx.id, case, f"owed:{plugin}"):
        why, zh = plugin_owes(plugin), f"插件“{plugin}”先撤销此件先前办过的事，“{action.zh}”随后由系统接着办。"
        en = f"Plugin “{plugin}” first undoes what the case did before; “{action.en}” then goes on."
    else:
        why, zh = None, f"插件“{plugin}”已经恢复，“{action.zh}”随后由系统接着办。"
        en = f"Plugin “{plugin}” is back; “{action.en}” goes on in a moment."
    said = Text(f"{zh}前面的决定都有效。", f"{en} Every decision before it stands.")
    return said, why.why if why else Text(f"插件“{plugin}”已经恢复", f"plugin {plugin} is back")


def _failed(action: Text, bad: Bad, releasing: bool) -> Text:
    """That a step failed, how often, and that nobody decides anew."""
    verb = Text("释放", "Releasing") if releasing else Text("办理", "Running")
    return Text(
        f"系统{verb.zh}“{action.zh}”时出错，已试{bad['times']}次。前面的决定都有效。",
        f"{verb.en} “{action.en}” failed, {bad['times']} tried. Every decision before it stands.",
    )


def _reasons(tx: Tx, district: str, asked: set[str]) -> dict[tuple[str, int], str]:
    """Why each task of the cases *asked* was to be handed on when that was asked last, by case and task."""
    forms: dict[tuple[str, int], tuple[str, int]] = {}
    for case, body in store.transfers(tx, district, asked) if asked else ():
        said = upcast.body_of(body, case)
        found = ((case, event["n"]) for event in said["ev"] if event["e"] == "requested")
        forms |= dict.fromkeys(found, (case, said["form"]["seq"] if "form" in said else 0))
    notes = store.notes(tx, district, set(forms.values())) if forms else {}
    return {task: notes.get(form, "") for task, form in forms.items()}


def _of_task(ctx: Context, tx: Tx, wanting: store.Wanting, reason: str) -> Incident:
    """A task that nobody else can be asked for, or that its holder would hand further than its step asks."""
    case = cases.load_case(tx, ctx.id, id=wanting.case)
    assert case is not None, "a task row has a case"
    process = by_hash(ctx, tx, case.def_hash).process
    title = step_title(process, tree.seats(case.state)[wanting.n][0]["s"])
    if wanting.wants == "consent":
        sentence = _asked_for(ctx, tx, case, wanting.n, title, reason)
    else:
        sentence = Text(f"“{title.zh}”没有人可办，请办理，或转给能办的人。",
                        f"Nobody can be asked for “{title.en}”: do it, or hand it to somebody who can.")  # fmt: skip
    return Incident(
        id=f"{case.number}.{wanting.n}",
        kind="consent" if wanting.wants == "consent" else "nobody",
        number=case.number,
        n=wanting.n,
        subject=case.subject,
        process_title=process.title,
        step_title=title,
        action=title,
        sentence=sentence,
        cause=both(""),
        tries=0,
        since=wanting.since,
    )


def _asked_for(ctx: Context, tx: Tx, case: cases.Case, n: int, title: Text, reason: str) -> Text:
    """Who would hand the task on to whom, and why."""
    asked, people = requests(case.state)[n], people_of(ctx, tx)
    by, to = people.person_name(asked["by"]), people.view(asked["to"])
    unit = to.unit if to else ""
    return Text(f"{by}申请把“{title.zh}”转给{unit}{people.person_name(asked['to'])}：{reason}",
                f"{by} asks to hand “{title.en}” to {people.person_name(asked['to'])} of {unit}: {reason}")  # fmt: skip


def batches(ctx: Context, caller: Caller) -> tuple[Batch, ...]:
    """Of which jobs several failed, and how many. Only an administrator reads it."""

    def work(tx: Tx) -> tuple[Batch, ...]:
        require_admin(ctx, tx, caller)
        kinds = store.failed_kinds(tx, ctx.id)
        return tuple(Batch(kind, job_title(ctx, kind), count) for kind, count in kinds if count > 1)

    return ctx.runner.run(work, write=False)


def retry_jobs(ctx: Context, caller: Caller, kind: str, *, key: str = "") -> int:
    """Let every job of *kind* that failed run at once, from the first try; how many. Only an administrator may."""

    def work(ctx: Context, tx: Tx) -> Written:
        require_admin(ctx, tx, caller)
        count = store.retry_jobs(tx, ctx.id, kind, now=ctx.now)
        if not count:
            raise _none()
        return Written(count, {"kind": kind, "count": count})

    return int(write(ctx, caller, Wish(STREAM, "retry_jobs", {"kind": kind}, key), work))


def retry_job(ctx: Context, caller: Caller, job: str, *, key: str = "") -> str:
    """Let a job that failed run at once, from the first try; its kind. Only an administrator may."""
    return _on_job(ctx, caller, "retry_job", job, key)


def drop_job(ctx: Context, caller: Caller, job: str, *, key: str = "") -> None:
    """Let a job that failed never run. Only an administrator may."""
    _on_job(ctx, caller, "drop_job", job, key)


def _on_job(ctx: Context, caller: Caller, command: str, job: str, key: str) -> str:
    """Do *command* once; the kind of the job. ``NotFound`` when nothing of that name failed."""

    def work(ctx: Context, tx: Tx) -> Written:
        require_admin(ctx, tx, caller)
        kind = (_retried if command == "retry_job" else _dropped)(ctx, tx, caller, job)
        if not kind:
            raise _none()
        return Written(kind, {"job": job})

    return str(write(ctx, caller, Wish(STREAM, command, {"job": job}, key), work))


def _retried(ctx: Context, tx: Tx, _caller: Caller, job: str) -> str:
    return store.retry_job(tx, ctx.id, job, now=ctx.now)


def _dropped(ctx: Context, tx: Tx, caller: Caller, job: str) -> str:
    """Let it never run; where it would have undone something, the history of its case says who decided that."""
    dropped = store.drop_job(tx, ctx.id, job)
    if dropped is not None and dropped.kind.startswith("owed:"):
        body = jobs.body_of(dropped.body)
        given_up(ctx, tx, dropped.stream, {"owed": []} if body is jobs.SPOILT else body, caller.person)
    return "" if dropped is None else str(dropped.kind)


def _none() -> NotFound:
    return NotFound(
        Text("没有这个异常，可能已经有人处理。", "There is no such incident; somebody may have dealt with it."),
        code="no_incident",
    )
