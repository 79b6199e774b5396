"""What ``verify`` checks beside the cases: the district's own journals, definitions, jobs, checkpoints, plugins."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Final

from engine.definition.canonical import content_hash
from engine.errors import Invalid
from engine.extend.contributions import Invariant
from engine.operations.context import Context
from engine.operations.plugin_reading import read_context
from engine.operations.publish import by_hash
from engine.operations.uncovering import STREAM
from engine.operations.verifying.case import chain
from engine.operations.verifying.verdict import Broken, broken
from engine.store import checkpoints, journal, whole
from engine.store.jobs import KINDS, MOST_ATTEMPTS
from engine.store.text import digest, load
from engine.store.transaction import Tx

_LOG: Final = logging.getLogger("rongtong.plugins")


def erasures(ctx: Context, tx: Tx) -> frozenset[str]:
    """The cases that the district's journal says were erased."""
    return frozenset(load(e.body)["case"] for e in journal.read(tx, ctx.id, "org") if e.command == "erase")


def check_district(ctx: Context, tx: Tx, kept: tuple[int, str] | None) -> Iterator[Broken]:
    """Everything that is no single case's."""
    for row in whole.streams(tx, ctx.id):
        yield from chain(row.id, row.id, journal.read(tx, ctx.id, row.id), row.seq, row.head)
    yield from _orphans(ctx, tx)
    yield from _settings(ctx, tx)
    yield from _definitions(ctx, tx)
    yield from _jobs(ctx, tx)
    yield from _read_log(ctx, tx)
    for fault in checkpoints.verify(tx, ctx.id, kept):
        yield broken("checkpoint", fault.stream, f"第{fault.seq}行{fault.what}", f"row {fault.seq}: {fault.what}")
    for invariant in ctx.registry.given(Invariant, tuple(ctx.district.plugins)):
        plugin = ctx.registry.owner(invariant)
        try:
            with tx.savepoint():
                found = list(invariant.check(read_context(ctx, tx, plugin)))
        except Exception:
            _LOG.exception("plugin %s raised in invariant %s", plugin, invariant.name)
            yield broken(invariant.name, "", f"插件“{plugin}”没能核对这一条", f"plugin {plugin!r} could not check this")
            continue
        for problem in found:
            yield Broken(invariant.name, problem.path, problem.message)


def _orphans(ctx: Context, tx: Tx) -> Iterator[Broken]:
    """Rows of a case that is not there, and journals of nothing."""
    for table, of in whole.orphans(tx, ctx.id):
        yield broken("orphan", of, f"{table}表里有行，办件没有了", f"{table} has rows of what is gone")


def _settings(ctx: Context, tx: Tx) -> Iterator[Broken]:
    """What the district chose is what its journal holds a digest of."""
    said: dict[str, str] = {}
    for entry in journal.read(tx, ctx.id, "org"):
        said.update(load(entry.body).get("changed", {}))
    held = whole.chosen(tx, ctx.id)
    for key in sorted(said):
        if key not in held or digest(held[key]) != said[key]:
            yield broken("setting", key, "区县的这项设置和流水不同", "what the district chose differs from its journal")


def _definitions(ctx: Context, tx: Tx) -> Iterator[Broken]:
    """Every version is what its hash says, the newest published is current, and whatever is needed can be read."""
    newest: dict[str, str] = {}
    for entry in journal.read(tx, ctx.id, "definition"):
        body = load(entry.body)
        if "hash" in body:
            newest[body["process"]] = body["hash"]
    used = whole.used_versions(tx, ctx.id)
    lost = set(used)
    for row in whole.versions(tx, ctx.id):
        lost.discard(row.hash)
        place = f"{row.process} {row.hash[:12]}"
        if content_hash(json.loads(row.document)) != row.hash:
            yield broken("definition", place, "发布的版本被改过", "a published version was changed")
        if bool(row.current) != (newest.get(row.process) == row.hash):
            yield broken("definition", place, "现行版本和流水不同", "which version is current differs from the journal")
        needed = row.current or used.get(row.hash, set()) - {"ended"}
        if needed and not _readable(ctx, tx, row.hash):
            yield broken("definition", place, "这个版本还要用，却读不了", "it is needed and cannot be read")
    for hash_ in sorted(lost):
        yield broken("definition", hash_[:12], "有办件，它的流程版本没有了", "cases are on a version that is gone")


def _readable(ctx: Context, tx: Tx, hash_: str) -> bool:
    try:
        by_hash(ctx, tx, hash_)
    except Invalid:
        return False
    return True


def _read_log(ctx: Context, tx: Tx) -> Iterator[Broken]:
    """The log of what was uncovered is what its journals say."""
    said = {
        (row.id.removeprefix(STREAM), entry.seq, person, entry.actor, load(entry.body).get("field"), entry.at)
        for row in whole.streams(tx, ctx.id)
        if row.id.startswith(STREAM)
        for entry in journal.read(tx, ctx.id, row.id)
        for person in load(entry.body).get("whom", ())
    }
    held = {(row.case_id, row.seq, row.person, row.reader, row.field, row.at) for row in whole.uncovered(tx, ctx.id)}
    for case, seq, *_ in sorted(said ^ held):
        yield broken("read", case, f"第{seq}行的查看记录和流水不同", f"row {seq}: the log of readings differs")


def _jobs(ctx: Context, tx: Tx) -> Iterator[Broken]:
    """No job is tried for ever, and each try had a fence of its own."""
    for row in whole.jobs(tx, ctx.id):
        known = row.status in ("waiting", "incident") and row.kind.partition(":")[0] in KINDS
        if not known or row.attempts > min(row.fence, MOST_ATTEMPTS + 1):
            yield broken("job", row.id, "后台任务的行被改过", "its row says what no worker wrote")
