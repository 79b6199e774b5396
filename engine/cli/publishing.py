"""``rongtong publish``: a district pack becomes a district, or a process becomes the current one of a district."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from engine.cli import options, say
from engine.cli.casework import plain
from engine.clock import Micros
from engine.definition.values.moments import to_datetime
from engine.definition.values.saying import end_words
from engine.errors import Invalid, NotFound
from engine.i18n import Text, both, counted, listed

if TYPE_CHECKING:
    from engine.operations.commands.recounting import Moving
    from engine.operations.content.library import Library
    from engine.operations.content.pack import Pack
    from engine.operations.context import Caller, System


_PARTS = {
    "title": Text("系统名称", "its title"),
    "name": Text("区县名称", "its name"),
    "plugins": Text("插件和插件设置", "plugins and their settings"),
    "calendar": Text("工作日历", "the calendar"),
    "roles": Text("角色", "roles"),
    "transfer_beyond": Text("转办规定", "the rule for handing on"),
    "units": Text("单位", "units"),
    "alliances": Text("片区", "alliances"),
    "persons": Text("人员", "persons"),
    "grants": Text("谁有什么角色", "who has which role"),
    "deputies": Text("代理", "deputies"),
    "rotas": Text("轮值", "rotas"),
}
_ONLY_WHAT_FOLLOWS = Text("提醒和逾期处理", "what reminds of it and follows it")
#: So many deadlines that move are told one by one.
MOST_SAID = 200
#: So many processes or settings are named one by one without ``--verbose``.
MOST_NAMED = 8


@dataclass(frozen=True, slots=True)
class Done:
    """What publishing one target did: by process whether it is new or changed, what else of a pack was taken over,
    and which deadlines moved.
    """

    processes: dict[str, bool]
    changed: tuple[str, ...] = ()
    moved: list[Moving] = field(default_factory=list)


@click.command()
@click.argument("targets", nargs=-1, required=True, metavar="DISTRICT|FILE…")
@click.option("--key", default="", help="提交编号：同一个编号不会办两次。 Idempotency key.")
@click.option("--verbose", is_flag=True, help="逐项列出改了什么。 Name all that was taken over.")
@options.options(
    options.database_option, options.district_option, options.person_option, options.workflows_option
)  # fmt: skip
def publish(
    targets: tuple[str, ...], key: str, verbose: bool, url: str, district: str | None, person: str | None,
    folder: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """发布区县包（写区县代号），或把一个流程文件发布到 --district。 Publish."""
    from engine.operations.context import ENGINE

    library = options.library(folder)
    packs = {target: _pack(library, Path(target)) for target in targets if not _is_process(Path(target))}
    with options.opened(url, new=bool(packs), registry=library.registry) as system:
        done: dict[str, Done] = {}
        for target in targets:
            own = f"{key}:{target}" if key else ""
            if target in packs:
                done[packs[target].pack.id] = _district(system, packs[target], person, own, quiet=as_json)
                continue
            ctx = options.entered(system, district)
            who = options.caller(ctx, person)[0] if person else ENGINE
            done[target] = Done({target: _process(system, library, Path(target), ctx.id, who, own)})
    if as_json:
        say.as_json(plain(done))
        return
    for name, found in done.items():
        _say_done(name, found, verbose=verbose)


def _say_done(name: str, found: Done, *, verbose: bool) -> None:
    """A line about the processes, and one about each kind of thing beside them; each thing by name where *verbose*."""
    new, many = [process for process, changed in found.processes.items() if changed], len(found.processes)
    named = listed(new) if verbose or len(new) <= MOST_NAMED else Text(f"{len(new)} 个", str(len(new)))
    zh, en = f"新的或改过的流程 {named.zh}，共 {many} 个", f"processes new or changed: {named.en}; {many} in all"
    if not new:
        zh, en = f"流程没有新的，共 {many} 个", f"no new process, {many} in all"
    say.line(f"{name}：{zh}。", f"{name}: {en}.")
    settings = [part.partition(".")[2] for part in found.changed if part.startswith("settings.")]
    if parts := [_PARTS.get(part) or both(part) for part in found.changed if not part.startswith("settings.")]:
        also = listed(parts)
        say.line(f"  还改了：{also.zh}。", f"also taken over: {also.en}.")
    by_process = Counter(setting.partition(".")[0] for setting in settings)
    if settings and not verbose and len(settings) > MOST_NAMED:
        counts, many = listed(f"{process} {count}" for process, count in by_process.items()), len(settings)
        say.line(f"  还改了 {many} 项流程设置：{counts.zh}（--verbose 逐项列出）。",
                 f"also {counted(many, 'setting')} of processes: {counts.en} (--verbose names them).")  # fmt: skip
        return
    for process in by_process:
        names = listed(setting.partition(".")[2] for setting in settings if setting.startswith(f"{process}."))
        say.line(f"  {process} 的设置：{names.zh}。", f"settings of {process}: {names.en}.")


def _say_moves(moved: list[Moving], now: Micros) -> None:
    if not moved:
        return
    many = len(moved)
    say.line(f"工作日历变了，{many} 处期限往后移：", f"By the changed calendar deadlines come later, {many} in all:")
    for one in moved[:MOST_SAID]:
        was, at = (say.said(end_words(to_datetime(end), now)) for end in (one.was, one.at))
        when = f"{was} → {at}" if one.was != one.at else say.said(_ONLY_WHAT_FOLLOWS)
        say.out(f"  {one.number}  {say.said(one.process_title)} {say.said(one.step_title)}  {when}")
    if many > MOST_SAID:
        say.line(f"  还有 {many - MOST_SAID} 处。", f"  and {many - MOST_SAID} more.")


def _is_process(path: Path) -> bool:
    return path.suffix == ".yaml" and path.name != "district.yaml"


def _pack(library: Library, path: Path) -> Pack:
    """The pack that *path* names: a district of the library, or any folder or file of a pack."""
    from engine.operations.content.library import Library

    home = path.parent if path.name == "district.yaml" else path
    name = home.resolve().name
    if (home / "district.yaml").is_file():
        library = Library(home.resolve().parents[1], library.registry)
    elif str(path) not in library.districts():
        known = listed(library.districts())
        said = Text(f"没有区县包“{path}”，有：{known.zh}。", f"No district pack “{path}”; there are: {known.en}.")
        raise NotFound(said)
    pack, problems = library.pack(name)
    if pack is None:
        raise Invalid(tuple(problem for problem in problems if not problem.warning))
    return pack


def _district(system: System, pack: Pack, person: str | None, key: str, *, quiet: bool) -> Done:
    """Adopt *pack*, once it was said which deadlines of open cases its calendar moves."""
    from engine.definition.calendar.working import calendar_from
    from engine.operations.commands.recounting import moving
    from engine.operations.content.adopt import adoption
    from engine.operations.context import ENGINE
    from engine.operations.districts import all_contexts

    there = next((ctx for ctx in all_contexts(system) if ctx.id == pack.pack.id), None)
    who = options.caller(there, person)[0] if there and person else ENGINE
    moved = list(moving(there, calendar_from(*pack.calendar))) if there else []
    if not quiet:
        _say_moves(moved, system.clock.now())
    demo = bool(there and there.district.demo)
    adopted = adoption(system, pack, who, demo=demo, key=key)[1]
    return Done(adopted.processes, adopted.changed, moved)


def _process(system: System, library: Library, path: Path, district: str, who: Caller, key: str) -> bool:
    """Publish the process in the file *path* to *district*; False when it is the current one already."""
    from engine.operations.content.adopt import adopt_process
    from engine.operations.districts import context

    if not path.is_file():
        raise say.usage(f"没有文件{path}。", f"There is no file {path}.")
    ctx = context(system, district)
    process, problems = library.check_process(path, ctx.authoring)
    faults = tuple(problem for problem in problems if not problem.warning)
    if process is None or faults:
        raise Invalid(faults)
    return adopt_process(ctx, who, process, key=key)
