"""Adopting a district pack: its units, people, settings and plugin data become rows; its processes are published."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from engine.definition.calendar.working import calendar_from
from engine.definition.district.model import DistrictPack
from engine.definition.model import Process
from engine.errors import Invalid, Problem
from engine.extend.calls.beside import on_content
from engine.extend.contributions import DataFile
from engine.i18n import Text, counted
from engine.operations import who
from engine.operations.admins import require_admin
from engine.operations.commands.rechecking import recheck
from engine.operations.commands.recounting import recount
from engine.operations.content import chosen
from engine.operations.content.pack import Pack, process_settings, unfit
from engine.operations.content.publish import by_hash, publish_within
from engine.operations.context import Caller, Context, District, System
from engine.operations.districts import context
from engine.operations.plugin_contexts import seed_context
from engine.operations.writing import Wish, Written, write
from engine.store import counts, districts, pack_rows, verify_reads
from engine.store.text import digest
from engine.store.transactions.runner import Tx

#: What a district's own table says, by key.
Record = dict[str, str]


#: The lists of a pack; of each its district keeps a digest, as of each data file.
LISTS = ("units", "alliances", "persons", "grants", "deputies", "rotas")
#: What the record holds for the engine, or what is told otherwise.
_INSIDE = frozenset({"settings", "processes", "demo", "counted", who.KEPT})


@dataclass(frozen=True, slots=True)
class Adopted:
    """What became otherwise: by process whether another version is current, and the parts of the pack that changed.

    A part is a key of the pack (``persons``), a data file (``data/NAME.yaml``) or ``settings.PROCESS.SETTING``.
    """

    processes: dict[str, bool]
    changed: tuple[str, ...] = ()


def adopt(system: System, given: Pack, caller: Caller, *, demo: bool = False, key: str = "") -> Context:
    """``adoption`` for who only wants the district."""
    return adoption(system, given, caller, demo=demo, key=key)[0]


def _settings(given: Pack) -> tuple[dict[str, dict[str, Any]], tuple[Problem, ...]]:
    """What *given* sets for its processes, by process, and every fault in it at its place."""
    settings: dict[str, dict[str, Any]] = {}
    problems: list[Problem] = []
    for process in given.processes:
        held, found = process_settings(process, given.pack.settings.get(process.name, {}), given.pack.file)
        settings[process.name] = held
        problems += map(given.pack.placed, found)
    return settings, tuple(problems)


def adoption(
    system: System, given: Pack, caller: Caller, *, demo: bool = False, key: str = ""
) -> tuple[Context, Adopted]:
    """Make the district of *given* what its pack says, processes and all, in one transaction.

    Answers the district and what became otherwise. Adopting the same pack again changes nothing. Raises ``Invalid``
    with every fault in settings and data files, ``Forbidden`` to a person who does not administer the district;
    nothing is changed then.
    """
    pack = given.pack
    plugins, problems = system.registry.read_settings(pack.plugins)
    settings, found = _settings(given)
    problems += found
    if faults := tuple(problem for problem in problems if not problem.warning):
        raise Invalid(faults)
    record = _record(given, plugins, demo=demo)

    def work(at: Context, tx: Tx) -> Written:
        held = _held(tx, pack.id)
        if held:
            require_admin(Context(system, District.from_record(pack.id, held)), tx, caller, or_installation=True)
        counted = held.get("counted", "") if held else calendar_from(*given.calendar).hash
        wanted = {**record, "settings": _kept(held, settings), "counted": counted}
        ctx = replace(at, district=District.from_record(pack.id, wanted))
        _still_usable(ctx, tx)
        pack_rows.put_pack(tx, pack, record["title"], ctx.now, first=not held)
        wanted[who.KEPT] = who.kept(tx, pack.id)
        districts.keep(tx, [pack.id], wanted)
        chosen.keep(tx, ctx.district)
        _seed(tx, ctx, pack)
        if not held:
            require_admin(ctx, tx, caller, or_installation=True)
        published = {process.name: publish_within(ctx, tx, caller, process) for process in given.processes}
        changed = {name: digest(value) for name, value in wanted.items() if held.get(name) != value}
        answer = {"processes": published, "changed": _parts(held, wanted)}
        return Written(answer, {"changed": changed} if changed else None)

    processes = [process.hash for process in given.processes]
    asked = [digest(repr(replace(pack, file=""))), digest(record["calendar"]), processes, demo]
    provisional = Context(system, District.from_record(pack.id, {**record, "settings": _kept({}, settings)}))
    answer = write(provisional, caller, Wish("org", "adopt", asked, key), work, long=True)
    ctx = context(system, pack.id)
    recheck(ctx)  # rights may have changed with the pack
    if ctx.district.counted != ctx.district.calendar.hash:
        recount(ctx)
    return ctx, Adopted(answer["processes"], tuple(answer["changed"]))


def _parts(held: Record, wanted: Record) -> list[str]:
    """What the pack changes besides processes: lists, data files, and each setting of a process."""
    parts = [name for name, value in wanted.items() if name not in _INSIDE and held.get(name) != value]
    was, settings = json.loads(held.get("settings", "{}")), json.loads(wanted["settings"])
    for process, values in settings.items():
        before = was.get(process, {})
        parts += [f"settings.{process}.{name}" for name in values if values[name] != before.get(name)]
    return parts


def _record(given: Pack, plugins: dict[str, Any], *, demo: bool) -> Record:
    """What the district's own table says of *given*, without the settings of processes."""
    pack = given.pack
    lists = {name: getattr(pack, name) for name in LISTS} | {f"data/{name}": rows for name, rows in pack.files}
    return {
        "title": json.dumps(list(pack.title), ensure_ascii=False),
        "name": json.dumps(list(pack.name), ensure_ascii=False),
        "plugins": json.dumps(plugins, ensure_ascii=False, sort_keys=True),
        "calendar": json.dumps(given.calendar, ensure_ascii=False),
        "processes": json.dumps([process.name for process in given.processes]),
        "roles": json.dumps({name: list(words) for name, words in pack.roles.items()}, ensure_ascii=False),
        "demo": "yes" if demo else "no",
        "transfer_beyond": pack.transfer_beyond,
        **{name: digest(repr(rows)) for name, rows in lists.items()},
    }


def _held(tx: Tx, district: str) -> Record:
    """What the district's own table says now; nothing where nobody adopted it."""
    held = verify_reads.chosen(tx, district)
    return held if "title" in held else {}


def _kept(held: Record, settings: dict[str, dict[str, Any]]) -> str:
    """The settings to store: running cases keep those that newer versions of their process no longer name."""
    stored = json.loads(held.get("settings", "{}"))
    merged = {**stored, **{name: {**stored.get(name, {}), **values} for name, values in settings.items()}}
    return json.dumps(merged, ensure_ascii=False, sort_keys=True)


def _still_usable(ctx: Context, tx: Tx) -> None:
    """Refuse a choice of plugins under which cases that are still open could not go on."""
    problems: list[Problem] = []
    for process, hash_, many in counts.not_ended_by_version(tx, ctx.id):
        for plugin in by_hash(ctx, tx, hash_).process.uses:
            if plugin in ctx.district.plugins:
                continue
            problems.append(Problem("plugin-in-use", Text(
                f"还有{many}件“{process}”没有办完，不用插件“{plugin}”就办不下去。先办完或取消，再停用插件。",
                f"{counted(many, 'open case')} of “{process}” could not go on without plugin {plugin!r}. "
                "Finish or cancel them first.",
            ), path="plugins"))  # fmt: skip
    if problems:
        raise Invalid(tuple(problems))


def adopt_process(ctx: Context, caller: Caller, process: Process, *, key: str = "") -> bool:
    """Publish *process* in a district; settings that it has not yet get their defaults. False if it was current."""
    stored, problems = process_settings(process, {})
    if faults := tuple(problem for problem in problems if not problem.warning):
        raise Invalid(faults)

    def work(ctx: Context, tx: Tx) -> Written:
        require_admin(ctx, tx, caller, or_installation=True)
        held = _held(tx, ctx.id)
        settings = json.loads(held["settings"])
        settings[process.name] = {**stored, **settings.get(process.name, {})}
        if unfitting := tuple(fault for fault in unfit(process, settings[process.name]) if not fault.warning):
            raise Invalid(unfitting)
        names = json.loads(held["processes"])
        wanted = {
            "settings": json.dumps(settings, ensure_ascii=False, sort_keys=True),
            "processes": json.dumps([*names, *({process.name} - set(names))]),
        }
        districts.keep(tx, [ctx.id], wanted)
        chosen.keep(tx, District.from_record(ctx.id, {**held, **wanted}))
        current = publish_within(ctx, tx, caller, process)
        changed = {name: digest(value) for name, value in wanted.items() if held[name] != value}
        return Written(current, {"changed": changed} if changed else None)

    wish = Wish("org", "adopt_process", {"process": process.name, "hash": process.hash}, key)
    return bool(write(ctx, caller, wish, work, long=True))


def _seed(tx: Tx, ctx: Context, pack: DistrictPack) -> None:
    """Let the plugins of the district import the data files that they know."""
    problems: list[Problem] = []
    registry = ctx.registry
    for file in registry.given(DataFile, ctx.enabled):
        if file.name not in pack.data:
            continue
        plugin = registry.owner(file)
        seed = seed_context(ctx, tx, plugin, file.name)
        found = on_content(registry, plugin, file.name, partial(file.seed, seed, pack.data[file.name]))
        problems += [pack.in_data(file.name, problem) for problem in found]
    if problems:
        raise Invalid(tuple(problems))


