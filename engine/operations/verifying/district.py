"""What ``verify`` checks beside the cases: the district's own journals, definitions, jobs, checkpoints, plugins."""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from engine.clock import Micros
from engine.definition.language.canonical import content_hash
from engine.errors import UnknownVersion
from engine.extend.calls.faults import cause_of, log_of
from engine.extend.contributions import Invariant
from engine.i18n import Text, from_stored, stored
from engine.operations import who
from engine.operations.content.publish import by_hash
from engine.operations.context import Context
from engine.operations.districts import OFFSET
from engine.operations.plugin_contexts import read_context
from engine.operations.uncovering import STREAM
from engine.operations.verifying.case import chain, says
from engine.operations.verifying.contents import check_contents
from engine.operations.verifying.notices import check_read
from engine.operations.verifying.verdict import Broken, broken, reading, unread
from engine.store import checkpoints, districts, journal, upcast, verify_reads
from engine.store.jobs import KINDS, MOST_ATTEMPTS, OUTBOUND
from engine.store.text import digest, load
from engine.store.transactions.failures import is_of_database
from engine.store.transactions.runner import Tx

_LOG: Final = logging.getLogger("rongtong.plugins")


def erasures(ctx: Context, tx: Tx) -> frozenset[str]:
    """The cases that the district's journal says were erased."""
    found = (says(e).get("case") for e in journal.read(tx, ctx.id, "org") if e.command == "erase")
    return frozenset(case for case in found if isinstance(case, str))


def check_district(ctx: Context, tx: Tx, kept: tuple[int, str] | None) -> Iterator[Broken]:
    """Everything that is no single case's. Whatever cannot be read is a fault of its own, and the rest is read."""
    for row in verify_reads.streams(tx, ctx.id):
        found = chain(row.id, row.id, journal.read(tx, ctx.id, row.id), row.seq, row.head)
        yield from reading("chain", row.id, found)
    for promise, found in (
        ("placement", _placement(ctx, tx)),
        ("orphan", _orphans(ctx, tx)),
        ("setting", _settings(ctx, tx)),
        ("content", check_contents(ctx, tx)),
        ("people", _people(ctx, tx)),
        ("definition", _definitions(ctx, tx)),
        ("job", _jobs(ctx, tx)),
        ("read", _read_log(ctx, tx)),
        ("notice", check_read(ctx, tx, bool(erasures(ctx, tx)))),
        ("checkpoint", _checkpoints(ctx, tx, kept)),
    ):
        yield from reading(promise, ctx.id, found)
    for invariant in ctx.registry.given(Invariant, ctx.enabled):
        yield from _invariant(ctx, tx, invariant)


def _invariant(ctx: Context, tx: Tx, invariant: Invariant) -> list[Broken]:
    """What a plugin finds broken of what it promises; that it cannot tell is a fault, but not that of a database."""
    plugin = ctx.registry.owner(invariant)
    try:
        with tx.savepoint():
            context = read_context(ctx, tx, plugin)
            problems = invariant.check(context)
        return [Broken(invariant.name, problem.path, problem.message) for problem in problems]
    except Exception as reason:
        if is_of_database(reason):
            raise
        folder = ctx.registry.folder(plugin)
        log_of(_LOG, reason, folder, plugin, "plugin %s raised in invariant %s", plugin, invariant.name)
        why = cause_of(reason, folder, plugin)
        return [broken(invariant.name, "", f"{why.zh}，没能核对这一条", f"{why.en}; it could not check this")]


def _placement(ctx: Context, tx: Tx) -> Iterator[Broken]:
    """The district is in the list of those that live here, by which it is found."""
    if ctx.id not in districts.placed(tx):
        yield broken("placement", ctx.id, "区县名册上没有它", "it is not in the list of districts")


def _orphans(ctx: Context, tx: Tx) -> Iterator[Broken]:
    """Rows of a case that is not there, and journals of nothing."""
    for table, of in verify_reads.orphans(tx, ctx.id):
        yield broken("orphan", f"{of}", f"{table}表里有行，办件没有了", f"{table} has rows of what is gone")


def _checkpoints(ctx: Context, tx: Tx, kept: tuple[int, str] | None) -> Iterator[Broken]:
    """Checkpoints are chained and whole, and every head they hold is in the journal."""
    for fault in checkpoints.verify(tx, ctx.id, kept):
        yield broken("checkpoint", fault.stream, f"第{fault.seq}行{fault.what}", f"row {fault.seq}: {fault.what}")


def _settings(ctx: Context, tx: Tx) -> Iterator[Broken]:
    """What the district chose is what its journal holds a digest of."""
    held = verify_reads.chosen(tx, ctx.id)
    told: dict[str, str] = {}
    for entry in journal.read(tx, ctx.id, "org"):
        changed = says(entry).get("changed", {})
        if isinstance(changed, dict):
            told.update(changed)
    for key in sorted(told):
        if key not in held or digest(held[key]) != told[key]:
            yield broken("setting", key, "区县的这项设置和流水不同", "what the district chose differs from its journal")
    for key in sorted(held.keys() - told.keys() - {OFFSET}):
        yield broken("setting", key, "区县的这项设置没有来历", "nobody chose this for the district")


def _people(ctx: Context, tx: Tx) -> Iterator[Broken]:
    """Who is who is what the journal holds a digest of, table by table."""
    told = json.loads(verify_reads.chosen(tx, ctx.id)[who.KEPT])
    for table, found in verify_reads.who(tx, ctx.id).items():
        if told[table] != found:
            yield broken("people", table, f"{table}表里的行和流水不同", f"the rows of {table} differ from the journal")


def _definitions(ctx: Context, tx: Tx) -> Iterator[Broken]:
    """Every version is what its hash says, the newest published is current, and whatever is needed can be read."""
    told = _Published.read(ctx, tx)
    used = verify_reads.used_versions(tx, ctx.id)
    versions = verify_reads.versions(tx, ctx.id)
    for row in versions:
        on = [one for one in used if one.def_hash == row.hash]
        yield from reading("definition", f"{row.process} {row.hash[:12]}", _version(ctx, tx, row, told, on))
    for hash_ in sorted({one.def_hash for one in used} - {row.hash for row in versions}):
        yield broken("definition", hash_[:12], "有办件，它的流程版本没有了", "cases are on a version that is gone")


@dataclass
class _Published:
    """What the journal says of versions: by process the hash of the current one, by hash who published it first.

    ``specs`` is the digest of what was kept of its plugins when it was last published.
    """

    newest: dict[str, str] = field(default_factory=dict)
    specs: dict[str, str] = field(default_factory=dict)
    first: dict[str, tuple[str, Micros]] = field(default_factory=dict)

    @classmethod
    def read(cls, ctx: Context, tx: Tx) -> _Published:
        found = cls()
        for entry in journal.read(tx, ctx.id, "definition"):
            body = says(entry)
            if "hash" in body:
                found.newest[f"{body.get('process')}"] = body["hash"]
                found.specs[f"{body['hash']}"] = body.get("specs", "")
                found.first.setdefault(f"{body['hash']}", (entry.actor, entry.at))
        return found


def _version(ctx: Context, tx: Tx, row: Any, told: _Published, on: list[Any]) -> Iterator[Broken]:
    """A version is what its hash and the journal say; *on* are the processes and statuses of its cases."""
    place = f"{row.process} {row.hash[:12]}"
    document = upcast.process_of(row.document, place)
    if content_hash(document) != row.hash or document["process"] != row.process:
        yield broken("definition", place, "发布的版本被改过", "a published version was changed")
    if told.specs.get(row.hash) != digest(row.specs):
        yield broken("definition", place, "和流程一起保存的插件说明被改过", "what it keeps of its plugins was changed")
    if row.current != int(told.newest.get(row.process) == row.hash):
        yield broken("definition", place, "现行版本和流水不同", "which version is current differs from the journal")
    if told.first.get(row.hash) != (row.published_by, row.published_at):
        yield broken("definition", place, "由谁何时发布和流水不同", "its journal says another publisher or moment")
    if any(one.process != row.process for one in on):
        yield broken("definition", place, "有办件写着别的事项", "cases on it say another process")
    if row.current or any(one.status != "ended" for one in on):
        yield from _needed(ctx, tx, row, place)


def _needed(ctx: Context, tx: Tx, row: Any, place: str) -> Iterator[Broken]:
    """A version that is still needed can be worked with, under the title that its row gives it."""
    try:
        process = by_hash(ctx, tx, row.hash).process
    except UnknownVersion as fault:
        yield unread("definition", place, fault)
    else:
        if process.title != Text(*json.loads(row.title)):
            yield broken("definition", place, "标题和流程不同", "its title is not that of the process")


def _read_log(ctx: Context, tx: Tx) -> Iterator[Broken]:
    """The log of what was uncovered is what its journals say."""
    told = Counter(
        (row.id.removeprefix(STREAM), entry.seq, person, entry.actor, says(entry).get("field"), entry.at)
        for row in verify_reads.streams(tx, ctx.id)
        if row.id.startswith(STREAM)
        for entry in journal.read(tx, ctx.id, row.id)
        for person in says(entry).get("whom", ())
    )
    rows = verify_reads.uncovered(tx, ctx.id)
    held = Counter((row.case_id, row.seq, row.person, row.reader, row.field, row.at) for row in rows)
    for case, seq, *_ in (told - held) | (held - told):
        yield broken("read", case, f"第{seq}行的查看记录和流水不同", f"row {seq}: the log of readings differs")


def _jobs(ctx: Context, tx: Tx) -> Iterator[Broken]:
    """No job is tried for ever, each try had a fence of its own, and whoever takes it can read what to do."""
    for row in verify_reads.jobs(tx, ctx.id):
        yield from reading("job", row.id, _job(row))


def _job(row: Any) -> Iterator[Broken]:
    word = row.kind.partition(":")[0]
    known = row.status in ("waiting", "incident") and word in KINDS and row.out == (word in OUTBOUND)
    told = (one for one in (row.n, row.failed_at) if one is not None)
    numbers = (row.run_at, row.lease_until, row.fence, row.attempts, *told)
    body = load(row.body)
    fits = isinstance(body, dict) and all(isinstance(one, int) for one in numbers)
    fits = fits and (row.kind != "notice" or isinstance(body["told"], list))
    fits = fits and (row.error is None) == (row.failed_at is None) and (row.error is None or _said(row.error))
    if not known or not fits or row.attempts > min(row.fence, MOST_ATTEMPTS):
        yield broken("job", row.id, "后台任务的行被改过", "its row says what no worker wrote")


def _said(error: str) -> bool:
    """Whether *error* holds a Text."""
    kept = load(error)
    return bool(stored(from_stored(kept)) == kept)
