"""``incidents`` and ``retry``: what an administrator does about what waits for one."""

from __future__ import annotations

import click

from engine.cli import options, say
from engine.cli.casework import key_option, plain, say_receipt
from engine.definition.values.extents import MOST_NUMBER
from engine.definition.values.plain import whole_number
from engine.i18n import Text, both, counted


@click.command()
@options.options(options.database_option, options.district_option, options.person_option)
def incidents(url: str, district: str | None, person: str | None, as_json: bool) -> None:
    """看有什么异常要处理。 What failed and waits for an administrator."""
    from engine.operations import incidents as operations
    from engine.operations.background.failing import since_words
    from engine.operations.closings import closings, doubts

    with options.opened(url) as system:
        ctx = options.entered(system, district)
        caller, _ = options.caller(ctx, person)
        now, found, batches = ctx.now, operations.incidents(ctx, caller), operations.batches(ctx, caller)
        closed = (*closings(ctx), *doubts(ctx))
    if as_json:
        say.as_json(plain(found))
        return
    for said in closed:
        say.out(say.picked(said, "  "))
    say.line(f"{len(found)} 处异常。", f"{counted(len(found), 'incident')}.")
    for incident in found:
        parts = since_words(incident, now), both(incident.subject), incident.sentence, incident.cause
        words = (say.said(each) for each in parts)
        say.out("  ".join((incident.id, *filter(None, words))))
    for batch in batches:
        zh = f"“{batch.title.zh}” {batch.count} 项，全部重试：rongtong retry --all {batch.job}"
        say.line(zh, f"{batch.title.en}: {batch.count}; retry them by: rongtong retry --all {batch.job}")


@click.command()
@click.argument("incident", metavar="NUMBER.N|JOB|KIND")
@click.option("--drop", is_flag=True, help="不再处理这一项后续工作。 Give the job up for good.")
@click.option("--all", "every", is_flag=True, help="这一类（如 send:NAME）全部重试。 Every job of this kind.")
@key_option
@options.options(options.database_option, options.district_option, options.person_option)
def retry(
    incident: str, drop: bool, every: bool, key: str, url: str, district: str | None, person: str | None, as_json: bool
) -> None:
    """让没有办成的再办一次。 Let what failed run again."""
    from engine.operations import cases
    from engine.operations import incidents as operations
    from engine.operations.background.failing import queued_words

    if every:
        if drop:
            raise say.usage("--all 只能重试，不能和 --drop 一起写。", "--all retries; it cannot stand beside --drop.")
        _retry_all(incident, key, url, district, person, as_json)
        return
    number, dot, serial = incident.partition(".")
    n = whole_number(serial, MOST_NUMBER)
    if dot and (drop or n is None):
        raise say.usage(
            "环节写成 编号.数字，只能重试；整件不办了用 rongtong cancel。",
            "Write NUMBER.N to retry a step; to give up its case use rongtong cancel.",
        )
    with options.opened(url) as system:
        ctx = options.entered(system, district)
        caller, _ = options.caller(ctx, person)
        if n is not None:
            say_receipt(ctx, cases.retry(ctx, caller, number, n, key=key), as_json)
            return
        done = Text("不再处理。", "Given up for good.")
        if drop:
            operations.drop_job(ctx, caller, incident, key=key)
        else:
            done = queued_words(ctx, operations.retry_job(ctx, caller, incident, key=key), 1)
    if as_json:
        say.as_json({"job": incident})
    else:
        say.line(*done)


def _retry_all(kind: str, key: str, url: str, district: str | None, person: str | None, as_json: bool) -> None:
    """Let every job of *kind* that failed run at once."""
    from engine.operations import incidents as operations
    from engine.operations.background.failing import queued_words

    with options.opened(url) as system:
        ctx = options.entered(system, district)
        count = operations.retry_jobs(ctx, options.caller(ctx, person)[0], kind, key=key)
        done = queued_words(ctx, kind, count)
    if as_json:
        say.as_json({"job": kind, "count": count})
    else:
        say.line(*done)
