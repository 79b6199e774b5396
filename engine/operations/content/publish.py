"""Publishing processes: an effective definition is stored by its hash, once, and becomes the current one."""

from __future__ import annotations

from typing import Any

from engine.definition.catalogue import Catalogue
from engine.definition.load import process_from_document
from engine.definition.model import Process
from engine.definition.specs import kept_catalogue, over, specs_of, under
from engine.errors import Invalid, NotFound
from engine.i18n import Text
from engine.operations.admins import require_admin
from engine.operations.context import Caller, Context
from engine.operations.writing import Wish, Written, write
from engine.runtime.draft import Definition
from engine.store import definitions, journal, upcast
from engine.store.text import digest, dump
from engine.store.transactions.runner import Tx


def publish(ctx: Context, caller: Caller, process: Process, *, key: str = "") -> bool:
    """Make *process* the district's current version; running cases stay on theirs. False when it already was.

    What is kept of its plugins follows them: where they bring something else by now, it is published again.

    Only an administrator of the district may, or whoever runs the installation (a caller without a person).
    """

    def work(ctx: Context, tx: Tx) -> Written:
        require_admin(ctx, tx, caller, or_installation=True)
        changed = _make_current(ctx, tx, caller, process)
        return Written(changed, _kept(ctx, process) if changed else None)

    wish = Wish("definition", "publish", _said(process), key)
    return bool(write(ctx, caller, wish, work, long=True))


def publish_within(ctx: Context, tx: Tx, caller: Caller, process: Process) -> bool:
    """``publish`` as part of a larger command, whose caller asked the permission."""
    journal.lock_stream(tx, ctx.id, "definition")
    changed = _make_current(ctx, tx, caller, process)
    if changed:
        journal.append_to_stream(
            tx, ctx.id, "definition", at=ctx.now, actor=caller.person, command="publish",
            body=dump(_kept(ctx, process)),
        )  # fmt: skip
    return changed


def _said(process: Process) -> dict[str, str]:
    """What is asked for by publishing a process."""
    return {"process": process.name, "hash": process.hash}


def _kept(ctx: Context, process: Process) -> dict[str, str]:
    """What the journal says of a published process: also what stood beside it of its plugins."""
    return {**_said(process), "specs": digest(_specs(ctx, process))}


def _make_current(ctx: Context, tx: Tx, caller: Caller, process: Process) -> bool:
    """Make *process* the current one of its name; False when nothing changes."""
    specs = _specs(ctx, process)
    return definitions.make_current(tx, ctx.id, process, specs, by=caller.person, now=ctx.now)


def _specs(ctx: Context, process: Process) -> str:
    """What *process* keeps of its plugins as they are now, as stored."""
    return dump(specs_of(process, ctx.catalogue))


def current(ctx: Context, tx: Tx, name: str) -> Definition:
    """The current definition of process *name*; ``NotFound`` when the district does not publish it."""
    return current_here(ctx, tx, name)[0]


def current_here(ctx: Context, tx: Tx, name: str) -> tuple[Definition, str]:
    """The same with the version of who is who, read together."""
    found = definitions.current(tx, ctx.id, name)
    if found is None:
        raise NotFound(
            Text(f"本区没有发布事项“{name}”。", f"This district has not published “{name}”."), code="no_process"
        )
    hash_, directory = found
    return by_hash(ctx, tx, hash_), directory


def by_hash(ctx: Context, tx: Tx, hash_: str) -> Definition:
    """The definition with that content hash, parsed once per engine and choice of plugins.

    What its plugins bring no longer, it knows as it was when it was published. Raises LookupError where it is gone.
    """
    cache = ctx.system.definitions
    key = (ctx.id, hash_, ctx.enabled)
    definition = cache.get(key)
    if definition is None:
        found = definitions.by_hash(tx, ctx.id, hash_)
        if found is None:
            raise LookupError(f"the process {hash_} of {ctx.id} is not in the database")
        document, specs = found
        definition = cache[key] = _read(document, ctx.catalogue, kept_catalogue(specs), hash_)
    return definition


def _read(document: dict[str, Any], live: Catalogue, kept: Catalogue, hash_: str) -> Definition:
    """The definition by what plugins are now, or where that cannot be, by what they were when it was published."""
    catalogue = under(live, kept)
    try:
        return Definition(process_from_document(document, catalogue), catalogue)
    except Invalid:
        catalogue = over(live, kept)
    try:
        return Definition(process_from_document(document, catalogue), catalogue)
    except Invalid as fault:
        place = f"{document.get('process')} {hash_[:12]}"
        why = Text(f"读不出来：{fault.text.zh}", f"cannot be read: {fault.text.en}")
        raise upcast.unreadable(Text("已发布的流程", "the published process"), why, place) from fault


def all_current(ctx: Context, tx: Tx) -> list[Definition]:
    """Every current definition of the district, by name."""
    return [by_hash(ctx, tx, hash_) for hash_ in definitions.all_current(tx, ctx.id)]
