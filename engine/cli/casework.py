"""``start``, ``inbox``, ``case`` and ``act``: what staff do, at a terminal."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

import click

from engine.cli import options, say
from engine.definition.values.extents import MOST_NUMBER
from engine.definition.values.moments import to_datetime
from engine.definition.values.plain import whole_number
from engine.definition.values.saying import end_words, moment_words
from engine.i18n import Text, both, listed

if TYPE_CHECKING:
    from engine.clock import Micros
    from engine.operations.context import Context
    from engine.operations.reading.views import CaseView, InboxPage, Receipt

_OPEN, _LATE, _NEVER = Text("在办", "open"), Text("逾期", "overdue"), Text("无期限", "no deadline")
fill_option = click.option(
    "--fill", "fills", multiple=True, metavar="FIELD=VALUE",
    help="填一项，可写多次；单位、人员等写名称。 A field to fill, references by name.",
)  # fmt: skip
key_option = click.option("--key", default="", help="提交编号：同一个编号不会办两次。 Idempotency key.")


@click.command()
@click.argument("process")
@fill_option
@click.option("--unit", metavar="UNIT", help="从哪个单位发起。 The unit to start from.")
@click.option("--for", "whom", metavar="PERSON", help="替谁办。 For whom.")
@key_option
@options.options(options.database_option, options.district_option, options.person_option)
def start(
    process: str, fills: tuple[str, ...], unit: str | None, whom: str | None, key: str,
    url: str, district: str | None, person: str | None, as_json: bool,
) -> None:  # fmt: skip
    """发起一件。 Start a case."""
    from engine.operations.spoken import spoken
    from engine.operations.verbs import VERBS

    verb = VERBS["start"]
    said = {"process": process, "fill": options.pairs(fills), "unit": unit, "for": whom}
    with options.opened(url) as system:
        ctx = options.entered(system, district)
        caller, own = options.caller(ctx, person)
        say_receipt(ctx, verb.run(ctx, caller, **{"unit": own, **spoken(ctx, verb, said)}, key=key), as_json)


@click.command()
@click.option("--box", default="mine", show_default=True, help="哪个箱。 Which box.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 100), help="一页几件。 Rows of a page.")
@click.option("--after", default="", help="接着上一页。 The next page's cursor.")
@click.option("-q", "q", default="", help="按编号、事由找。 Search.")
@options.options(options.database_option, options.district_option, options.person_option)
def inbox(
    box: str, limit: int, after: str, q: str, url: str, district: str | None, person: str | None, as_json: bool
) -> None:
    """看有什么要办。 What waits for a person."""
    from engine.operations.reading import pages

    with options.opened(url) as system:
        ctx = options.entered(system, district)
        caller, _ = options.caller(ctx, person)
        now, page = ctx.now, pages.inbox(ctx, caller, box, q=q, after=after, limit=limit)
    if as_json:
        say.as_json(plain(page))
        return
    _say_inbox(page, now)


def _say_inbox(page: InboxPage, now: Micros) -> None:
    load = page.load
    zh = f"{load.all} 件：逾期 {load.late}，今天 {load.today}，以后 {load.later}。"
    say.out(say.said(Text(zh, f"{load.all}: {load.late} overdue, {load.today} today, {load.later} later.")))
    for row in page.rows:
        due = say.said(end_words(to_datetime(row.needed_by), now) if row.needed_by else _NEVER)
        late = f" {say.said(_LATE)}" if row.due_class == "late" else ""
        step, process = say.said(row.step_title), say.said(row.process_title)
        say.out(f"{row.number}.{row.n}  {due}{late}  {step}  {process}  {row.subject}")
    if page.after:
        say.out(say.said(Text("还有，加 --after ", "More: add --after ")) + page.after)


@click.command()
@click.argument("number")
@options.options(options.database_option, options.district_option, options.person_option)
def case(number: str, url: str, district: str | None, person: str | None, as_json: bool) -> None:
    """看一件办件：到了哪里、经过了什么。 Show a case."""
    from engine.operations.reading import pages

    with options.opened(url) as system:
        ctx = options.entered(system, district)
        caller = options.caller(ctx, person)[0] if person else None
        now, view = ctx.now, pages.case(ctx, caller, number)
    if as_json:
        say.as_json(plain(view))
        return
    say_case(view, now)


def say_case(view: CaseView, now: Micros) -> None:
    """The case as text, its days as of *now*."""
    said = say.said
    say.out(f"{view.number}  {said(view.process_title)}  {view.subject}  {said(view.end_title or _OPEN)}")
    for party in view.parties:
        say.out(said(Text(f"  {party.title.zh}：{party.unit_name}", f"  {party.title.en}: {party.unit_name}")))
    for fact in view.facts:
        say.out(said(Text(f"  {fact.title.zh}：{fact.words.zh}", f"  {fact.title.en}: {fact.words.en}")))
    for holder in view.holders:
        at = end_words(to_datetime(holder.due_at), now) if holder.due_at else None
        due = Text(f"，{at.zh}前", f", by {at.en}") if at else both("")
        place, step, who = f"{view.number}.{holder.n}", holder.step_title, holder.who
        zh = f"  现在 {step.zh}：{who.zh}{due.zh}（{place}）"
        say.out(said(Text(zh, f"  now {step.en}: {who.en}{due.en} ({place})")))
    for line in view.timeline:
        quote = said(Text(f"：{line.quote}", f": {line.quote}")) if line.quote else ""
        say.out(f"  {said(moment_words(to_datetime(line.at), now))}  {said(line.sentence)}{quote}")


@click.command()
@click.argument("task", metavar="NUMBER[.N]")
@click.argument("outcome")
@fill_option
@click.option("--opinion", default="", help="意见。 The opinion.")
@click.option("--step", default="", help="哪个环节（没写 .N 时）。 Which step.")
@key_option
@options.options(options.database_option, options.district_option, options.person_option)
def act(
    task: str, outcome: str, fills: tuple[str, ...], opinion: str, step: str, key: str,
    url: str, district: str | None, person: str | None, as_json: bool,
) -> None:  # fmt: skip
    """办一件待办。 Take an outcome at a task."""
    from engine.operations import cases
    from engine.operations.spoken import spoken
    from engine.operations.verbs import VERBS

    number, _, serial = task.partition(".")
    verb, said = VERBS["act"], {"fill": options.pairs(fills), "opinion": opinion}
    chosen = _serial(serial) if serial else None
    with options.opened(url) as system:
        ctx = options.entered(system, district)
        caller, _ = options.caller(ctx, person)
        heard = spoken(ctx, verb, said, number)
        n = chosen or cases.open_serial(ctx, number, step or _only_step(ctx, number), caller)
        say_receipt(ctx, verb.run(ctx, caller, number, n, outcome, **heard, key=key), as_json)


def _serial(words: str) -> int:
    n = whole_number(words, MOST_NUMBER)
    if n is None:
        raise say.usage(f"“{words}”不是环节号，写成 编号.数字。", f"“{words}” is no serial: write NUMBER.N.")
    return n


def _only_step(ctx: Context, number: str) -> str:
    """The one step of the case that is open with somebody."""
    from engine.operations.reading import pages

    open_steps = {holder.step for holder in pages.case(ctx, None, number).holders}
    if len(open_steps) == 1:
        return open_steps.pop()
    names = listed(sorted(open_steps), "—")
    raise say.usage(f"写明哪个环节：{names.zh}。", f"Say which step: {names.en}.")


def say_receipt(ctx: Context, receipt: Receipt, as_json: bool) -> None:
    """Where the case went, or the stored answer as JSON."""
    from engine.operations.reading import pages

    if as_json:
        say.as_json(json.loads(receipt.body))
        return
    view = pages.case(ctx, None, receipt.number)
    now = listed(
        Text(f"{holder.step_title.zh}（{holder.who.zh}）", f"{holder.step_title.en} ({holder.who.en})")
        for holder in view.holders
    )
    state = view.end_title or (Text(f"到了{now.zh}", f"now {now.en}") if now.zh else _OPEN)
    title = view.process_title
    say.out(say.said(Text(f"{receipt.number} {title.zh}：{state.zh}", f"{receipt.number} {title.en}: {state.en}")))


def plain(value: Any) -> Any:
    """A view as plain JSON values."""
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return value._asdict()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    return value
