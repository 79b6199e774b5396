"""``migrate`` and ``verify``: the tables brought up to date, and every promise about what is stored checked."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import click

from engine.cli import options, say
from engine.definition.values.extents import MOST_NUMBER
from engine.definition.values.plain import whole_number
from engine.i18n import Text, both, listed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.operations.context import System
    from engine.operations.verifying.verdict import Verdict

#: So many faults are printed; JSON holds all of them.
_MOST = 50


@click.command()
@click.option("--dry-run", is_flag=True, help="只看要做什么。 Only say what would be done.")
@options.options(options.database_option)
def migrate(url: str, dry_run: bool, as_json: bool) -> None:
    """建库，或把旧库升到当前版本。 Make the tables, or bring them up to date."""
    from engine.extend.loading.migrating import complete, migrated
    from engine.store.databases.database import open_database
    from engine.store.databases.ownership import must_be_ours
    from engine.store.schema.absent import absent
    from engine.store.schema.migrate import pending, upgrade

    registry = options.plugins()
    database = open_database(url)
    try:
        must_be_ours(database, new=True)
        found, done = migrated(registry, partial(pending if dry_run else upgrade, database))
        found = found if dry_run else complete(found, lambda line: absent(database, line.metadata))
    finally:
        database.close()
    options.tell_away(found, but=registry)
    if as_json:
        say.as_json({"pending" if dry_run else "applied": list(done)})
    elif not done:
        say.line("已是最新，不用动。", "Up to date.")
    else:
        verb, named = Text("要升级", "To apply") if dry_run else Text("已升级", "Applied"), listed(done)
        say.line(f"{verb.zh}：{named.zh}。", f"{verb.en}: {named.en}.")


@click.command()
@click.option(
    "--kept", multiple=True, metavar="DISTRICT:NO:ROOT",
    help="另存的封存点，可写多次。 A checkpoint that was kept elsewhere.",
)  # fmt: skip
@options.options(options.database_option, options.district_option)
def verify(kept: tuple[str, ...], url: str, district: str | None, as_json: bool) -> int:
    """核对账实是否相符、流水链是否完整。 Check what is stored."""
    roots = dict(_root(words) for words in kept)
    with options.opened(url) as system:
        verdicts = verified(system, district, roots)
    return say_verdicts(verdicts, as_json)


def verified(system: System, district: str | None = None, roots: Mapping[str, tuple[int, str]] = {}) -> list[Verdict]:
    """What ``verify`` finds in *district*, or in each that there is, with a bar for how far it is."""
    from engine.operations.verifying import verify as checking

    found = []
    for one in [district] if district else checking.districts_held(system):
        with say.bar(both(one)) as told:
            found.append(checking.verify_district(system, one, told, roots.get(one)))
    return found


def _root(words: str) -> tuple[str, tuple[int, str]]:
    """``DISTRICT:NO:ROOT`` as the district and what ``verify`` compares."""
    district, _, rest = words.partition(":")
    no, _, root = rest.partition(":")
    count = whole_number(no, MOST_NUMBER)
    if count is None or not root:
        raise say.usage(f"“{words}”要写成 区县:号:根。", f"Write “{words}” as DISTRICT:NO:ROOT.")
    return district, (count, root)


def say_verdicts(verdicts: list[Verdict], as_json: bool, more: Mapping[str, Any] = {}) -> int:
    """Say what was found, in JSON with *more* beside it; the exit code."""
    from engine.operations.verifying.verdict import looked_at

    broken = [fault for verdict in verdicts for fault in verdict.broken]
    unchecked = list(dict.fromkeys(why for verdict in verdicts for why in verdict.unchecked))
    cases, rows, all_of_it = sum(v.cases for v in verdicts), sum(v.rows for v in verdicts), looked_at(verdicts)
    sealed = [f"{v.district}:{v.checkpoint.no}:{v.checkpoint.root}" for v in verdicts if v.checkpoint]
    if as_json:
        told: list[Any] = [{"promise": b.promise, "place": b.place, "text": b.text._asdict()} for b in broken]
        away = [why._asdict() for why in unchecked]
        found = {"broken": told, "unchecked": away, "checkpoints": sealed}
        say.as_json({"ok": not (broken or unchecked), "cases": cases, "journal_rows": rows, **found, **more})
        return 1 if broken or unchecked else 0
    for why in unchecked:
        say.line(f"没有核对这个插件自己的账：{why.zh}。", f"What this plugin promises was not checked: {why.en}.")
    if broken:
        for fault in broken[:_MOST]:
            say.out(f"{fault.promise} {fault.place} {say.picked(fault.text, ' / ')}")
        say.line(f"核对：{all_of_it.zh}，{len(broken)}处不符。", f"{all_of_it.en}: {len(broken)} broken.")
    else:
        all_zh, all_en = ("其余", "the rest") if unchecked else ("", "all")
        say.line(f"核对：{all_of_it.zh}，{all_zh}账实相符，流水链完整。", f"{all_of_it.en}: {all_en} is well.")
        for one in sealed:
            say.line(f"封存点 {one}（另存一份，以后用 --kept 核对）。", f"Checkpoint {one}: keep it, for --kept.")
    return 1 if broken or unchecked else 0
