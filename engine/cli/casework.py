"""``start``, ``inbox``, ``case`` and ``act``: what staff do, at a terminal."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

import click

from engine.cli import opening, say
from engine.definition.moments import to_datetime

if TYPE_CHECKING:
    from engine.operations.context import Context
    from engine.operations.views import CaseView, InboxPage, Receipt

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
@opening.options(opening.database_option, opening.district_option, opening.person_option)
def start(
    process: str, fills: tuple[str, ...], unit: str | None, whom: str | None, key: str,
    url: str, district: str | None, person: str | None, as_json: bool,
) -> None:  # fmt: skip
    """发起一件。 Start a case."""
    from engine.operations import cases
    from engine.operations.naming import fill_from_words, person_named, unit_named

    with opening.opened(url) as system:
        ctx = opening.entered(system, district)
        caller, own = opening.caller(ctx, person)
        fill = fill_from_words(ctx, process, opening.pairs(fills))
        other = person_named(ctx, whom)[0] if whom else ""
        place = unit_named(ctx, unit) if unit else own
        say_receipt(ctx, cases.start(ctx, caller, process, fill, unit=place, key=key, for_person=other), as_json)


@click.command()
@click.option("--box", default="mine", show_default=True, help="哪个箱。 Which box.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 100))
@click.option("--after", default="", help="接着上一页。 The next page's cursor.")
@click.option("-q", "q", default="", help="按编号、事由找。 Search.")
@opening.options(opening.database_option, opening.district_option, opening.person_option)
def inbox(
    box: str, limit: int, after: str, q: str, url: str, district: str | None, person: str | None, as_json: bool
) -> None:
    """看有什么要办。 What waits for a person."""
    from engine.operations import reading

    with opening.opened(url) as system:
        ctx = opening.entered(system, district)
        caller, _ = opening.caller(ctx, person)
        page = reading.inbox(ctx, caller, box, q=q, after=after, limit=limit)
    if as_json:
        say.as_json(plain(page))
        return
    _say_inbox(page)


def _say_inbox(page: InboxPage) -> None:
    load = page.load
    say.out(f"{load.all} 件：逾期 {load.late}，今天 {load.today}，以后 {load.later}。")
    for row in page.rows:
        due = f"{to_datetime(row.needed_by):%m-%d %H:%M}" if row.needed_by else "无期限"
        late = " 逾期" if row.due_class == "late" else ""
        say.out(f"{row.number}.{row.n}  {due}{late}  {row.step_title.zh}  {row.process_title.zh}  {row.subject}")
    if page.after:
        say.out(f"还有，加 --after {page.after}")


@click.command()
@click.argument("number")
@opening.options(opening.database_option, opening.district_option, opening.person_option)
def case(number: str, url: str, district: str | None, person: str | None, as_json: bool) -> None:
    """看一件办件：到了哪里、经过了什么。 Show a case."""
    from engine.operations import reading

    with opening.opened(url) as system:
        ctx = opening.entered(system, district)
        caller = opening.caller(ctx, person)[0] if person else None
        view = reading.case(ctx, caller, number)
    if as_json:
        say.as_json(plain(view))
        return
    _say_case(view)


def _say_case(view: CaseView) -> None:
    state = view.end_title.zh if view.end_title else "在办"
    say.out(f"{view.number}  {view.process_title.zh}  {view.subject}  {state}")
    for party in view.parties:
        say.out(f"  {party.title.zh}：{party.unit_name}")
    for fact in view.facts:
        say.out(f"  {fact.title.zh}：{fact.words.zh}")
    for holder in view.holders:
        due = f"，{to_datetime(holder.due_at):%m-%d %H:%M}前" if holder.due_at else ""
        say.out(f"  现在 {holder.step_title.zh}：{holder.who.zh}{due}（{view.number}.{holder.n}）")
    for line in view.timeline:
        quote = f"：{line.quote}" if line.quote else ""
        say.out(f"  {to_datetime(line.at):%m-%d %H:%M}  {line.sentence.zh}{quote}")


@click.command()
@click.argument("task", metavar="NUMBER[.N]")
@click.argument("outcome")
@fill_option
@click.option("--opinion", default="", help="意见。 The opinion.")
@click.option("--step", default="", help="哪个环节（没写 .N 时）。 Which step.")
@key_option
@opening.options(opening.database_option, opening.district_option, opening.person_option)
def act(
    task: str, outcome: str, fills: tuple[str, ...], opinion: str, step: str, key: str,
    url: str, district: str | None, person: str | None, as_json: bool,
) -> None:  # fmt: skip
    """办一件待办。 Take an outcome at a task."""
    from engine.operations import cases
    from engine.operations.naming import fill_from_words

    number, _, serial = task.partition(".")
    chosen = _serial(serial) if serial else None
    with opening.opened(url) as system:
        ctx = opening.entered(system, district)
        caller, _ = opening.caller(ctx, person)
        fill = fill_from_words(ctx, cases.process_of(ctx, number), opening.pairs(fills))
        n = chosen or cases.open_serial(ctx, number, step or _only_step(ctx, number), caller)
        say_receipt(ctx, cases.act(ctx, caller, number, n, outcome, fill=fill, opinion=opinion, key=key), as_json)


def _serial(words: str) -> int:
    if not words.isdigit():
        raise say.usage(f"“{words}”不是环节号，写成 编号.数字。", f"“{words}” is no serial: write NUMBER.N.")
    return int(words)


def _only_step(ctx: Context, number: str) -> str:
    """The one step of the case that is open with somebody."""
    from engine.operations import reading

    open_steps = {holder.step for holder in reading.case(ctx, None, number).holders}
    if len(open_steps) == 1:
        return open_steps.pop()
    names = "、".join(sorted(open_steps)) or "—"
    raise say.usage(f"写明哪个环节：{names}。", f"Say which step: {names}.")


def say_receipt(ctx: Context, receipt: Receipt, as_json: bool) -> None:
    """Where the case went, or the stored answer as JSON."""
    from engine.operations import reading

    if as_json:
        say.out(json.dumps(json.loads(receipt.body), ensure_ascii=False, indent=2))
        return
    view = reading.case(ctx, None, receipt.number)
    where = "、".join(f"{holder.step_title.zh}（{holder.who.zh}）" for holder in view.holders)
    state = view.end_title.zh if view.end_title else f"到了{where}" if where else "在办"
    say.out(f"{receipt.number} {view.process_title.zh}：{state}")


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
