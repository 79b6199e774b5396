"""Adopting a district pack: its units, people, settings and plugin data become rows; its processes are published."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import Table, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from engine.clock import Micros
from engine.definition.calendar.working import calendar_from
from engine.definition.district.model import DistrictPack
from engine.definition.district.units import in_order
from engine.definition.model import Process
from engine.definition.values.forms import day_end, midnight, to_micros
from engine.errors import Invalid, Problem
from engine.extend.calls.beside import on_content
from engine.extend.context import SeedContext
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
from engine.operations.plugin_contexts import handed
from engine.operations.writing import Wish, Written, write
from engine.store import verify_reads
from engine.store.schema import hub, tables
from engine.store.schema.columns import NEVER
from engine.store.text import digest
from engine.store.transactions.runner import Tx

Row = dict[str, Any]
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


def put(tx: Tx, table: Table, rows: Iterable[Row]) -> None:
    """Insert *rows*, or bring those that exist up to date."""
    rows = list(rows)
    if not rows:
        return
    build = sqlite.insert if tx.dialect == "sqlite" else postgresql.insert
    statement = build(table)
    keys = [c.name for c in table.primary_key.columns]
    others = {c: statement.excluded[c] for c in rows[0] if c not in keys}
    if others:
        statement = statement.on_conflict_do_update(index_elements=keys, set_=others)
    else:
        statement = statement.on_conflict_do_nothing()
    tx.connection.execute(statement, rows)


def adopt(system: System, given: Pack, caller: Caller, *, demo: bool = False, key: str = "") -> Context:
    """``adoption`` for who only wants the district."""
    return adoption(system, given, caller, demo=demo, key=key)[0]


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
    settings = {}
    for process in given.processes:
        settings[process.name], found = process_settings(process, pack.settings.get(process.name, {}), pack.file)
        problems += tuple(map(pack.placed, found))
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
        put(tx, hub.placement, [{"district_id": pack.id, "title": record["title"], "url": "", "position": 0}])
        wanted[who.KEPT] = _put_people(tx, pack, ctx.now)
        put(tx, tables.district, [{"district_id": pack.id, "key": k, "value": v} for k, v in wanted.items()])
        chosen.keep(tx, ctx.district)
        _seed(tx, ctx, pack)
        if not held:
            require_admin(ctx, tx, caller, or_installation=True)
        published = {process.name: publish_within(ctx, tx, caller, process) for process in given.processes}
        changed = {name: digest(value) for name, value in wanted.items() if held.get(name) != value}
        answer = {"processes": published, "changed": _parts(held, wanted)}
        return Written(answer, {"changed": changed} if changed else None)

    asked = [digest(repr(replace(pack, file=""))), digest(record["calendar"]), [p.hash for p in given.processes], demo]
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
    c = tables.cases.c
    used = select(c.process, c.def_hash, func.count()).where(c.district_id == ctx.id, c.status != "ended")
    problems: list[Problem] = []
    for process, hash_, many in tx.read(used.group_by(c.process, c.def_hash)):
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
        put(tx, tables.district, [{"district_id": ctx.id, "key": k, "value": v} for k, v in wanted.items()])
        chosen.keep(tx, District.from_record(ctx.id, {**held, **wanted}))
        current = publish_within(ctx, tx, caller, process)
        changed = {name: digest(value) for name, value in wanted.items() if held[name] != value}
        return Written(current, {"changed": changed} if changed else None)

    wish = Wish("org", "adopt_process", {"process": process.name, "hash": process.hash}, key)
    return bool(write(ctx, caller, wish, work, long=True))


def _from(day: date | None) -> Micros:
    return 0 if day is None else to_micros(midnight(day))


def _through(day: date | None) -> Micros:
    """The end of the last day, which is the first moment of none."""
    return NEVER if day is None else to_micros(day_end(day))


def _put_people(tx: Tx, pack: DistrictPack, now: Micros) -> str:
    d = pack.id
    units = in_order(pack.units)
    put(tx, tables.unit, (
        {"district_id": d, "id": u.id, "name": u.name, "short": u.short, "kind": u.kind, "code": u.code or None,
         "parent": u.parent or None, "successor": u.successor or None, "since": _from(u.since),
         "until": _through(u.until)} for u in units))  # fmt: skip
    _put_members(tx, pack, now)
    put(tx, tables.person, (
        {"district_id": d, "id": p.id, "name": p.name, "unit_id": p.unit, "phone": p.phone or None,
         "since": 0, "until": NEVER} for p in pack.persons))  # fmt: skip
    wanted = {f"{g.person}:{g.role}:{g.unit}": g for g in pack.grants}
    put(tx, tables.role_grant, (
        {"district_id": d, "id": key, "person": g.person, "role": g.role, "unit_id": g.unit, "since": 0,
         "until": NEVER} for key, g in wanted.items()))  # fmt: skip
    deputies = {f"{x.person}:{x.deputy}:{x.since}": x for x in pack.deputies}
    put(tx, tables.deputy, (
        {"district_id": d, "id": key, "person": x.person, "deputy": x.deputy,
         "role": x.role or None, "since": _from(x.since), "until": _through(x.until),
         "reason": x.reason} for key, x in deputies.items()))  # fmt: skip
    named = {tables.person: {p.id for p in pack.persons}, tables.role_grant: wanted, tables.deputy: deputies}
    for table, keys in named.items():
        _end(tx, table, d, set(keys), now)
    tx.connection.execute(delete(tables.rota).where(tables.rota.c.district_id == d))
    put(tx, tables.rota, (
        {"district_id": d, "name": r.name, "unit_id": r.unit, "from_day": r.from_day.isoformat(),
         "audience": r.audience} for r in pack.rotas))  # fmt: skip
    return who.kept(tx, d)


def _put_members(tx: Tx, pack: DistrictPack, now: Micros) -> None:
    """The alliances; a member that the pack no longer names leaves now."""
    wanted = {(alliance.unit, member) for alliance in pack.alliances for member in alliance.members}
    m = tables.unit_member.c
    held = tx.read(select(m.alliance, m.member).where(m.district_id == pack.id, m.until > now))
    for alliance, member in {(row.alliance, row.member) for row in held} - wanted:
        left = tables.unit_member.update().where(m.district_id == pack.id, m.alliance == alliance, m.member == member)
        tx.connection.execute(left.where(m.until > now).values(until=now))
    put(tx, tables.unit_member, (
        {"district_id": pack.id, "alliance": alliance, "member": member, "since": 0, "until": NEVER}
        for alliance, member in sorted(wanted)))  # fmt: skip


def _end(tx: Tx, table: Table, district: str, wanted: set[str], now: Micros) -> None:
    """A person, grant or deputy that the pack no longer names ends now; its row stays for the record."""
    t = table.c
    held = tx.read(select(t.id).where(t.district_id == district, t.until > now))
    for key in {row.id for row in held} - wanted:
        tx.connection.execute(table.update().where(t.district_id == district, t.id == key).values(until=now))


def _seed(tx: Tx, ctx: Context, pack: DistrictPack) -> None:
    """Let the plugins of the district import the data files that they know."""
    problems: list[Problem] = []
    registry = ctx.registry
    for file in registry.given(DataFile, ctx.enabled):
        if file.name not in pack.data:
            continue
        plugin = registry.owner(file)
        seed = SeedContext(**handed(ctx, tx, plugin, writing=True), new_id=ctx.ids.new, file=file.name)
        found = on_content(registry, plugin, file.name, partial(file.seed, seed, pack.data[file.name]))
        problems += [pack.in_data(file.name, problem) for problem in found]
    if problems:
        raise Invalid(tuple(problems))


