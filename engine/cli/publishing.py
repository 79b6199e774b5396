"""``rongtong publish``: a district pack becomes a district, or a process becomes the current one of a district."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from engine.cli import opening, say
from engine.errors import Invalid, NotFound
from engine.i18n import Text

if TYPE_CHECKING:
    from engine.operations.content.library import Library
    from engine.operations.content.pack import Pack
    from engine.operations.context import Caller, System


@click.command()
@click.argument("targets", nargs=-1, required=True, metavar="DISTRICT|FILE…")
@click.option("--key", default="", help="提交编号：同一个编号不会办两次。 Idempotency key.")
@opening.options(
    opening.database_option, opening.district_option, opening.person_option, opening.workflows_option
)  # fmt: skip
def publish(
    targets: tuple[str, ...], key: str, url: str, district: str | None, person: str | None, folder: Path | None,
    as_json: bool,
) -> None:  # fmt: skip
    """发布区县包（写区县代号），或把一个流程文件发布到 --district。 Publish."""
    from engine.operations.context import ENGINE

    library = opening.library(folder)
    packs = {target: _pack(library, Path(target)) for target in targets if not _is_process(Path(target))}
    with opening.opened(url, new=bool(packs)) as system:
        done: dict[str, dict[str, bool]] = {}
        for target in targets:
            own = f"{key}:{target}" if key else ""
            if target in packs:
                done[packs[target].pack.id] = _district(system, packs[target], person, own)
                continue
            ctx = opening.entered(system, district)
            who = opening.admin(ctx, person) if person else ENGINE
            done[target] = {target: _process(system, library, Path(target), ctx.id, who, own)}
    if as_json:
        say.as_json(done)
        return
    for name, processes in done.items():
        new = [process for process, changed in processes.items() if changed]
        many = len(processes)
        say.line(
            f"{name}：{'、'.join(new) or '没有新的'}（共 {many} 个流程）。",
            f"{len(new)} of {many} processes are new.",
        )


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
        known = "、".join(library.districts())
        raise NotFound(Text(f"没有区县包“{path}”，有：{known}。", f"No district pack “{path}”; there are: {known}."))
    pack, problems = library.pack(name)
    if pack is None:
        raise Invalid(tuple(problem for problem in problems if not problem.warning))
    return pack


def _district(system: System, pack: Pack, person: str | None, key: str) -> dict[str, bool]:
    """Adopt *pack*; which of its processes are new or changed."""
    from engine.operations.content.adopt import adoption
    from engine.operations.context import ENGINE
    from engine.operations.districts import all_contexts

    there = next((ctx for ctx in all_contexts(system) if ctx.id == pack.pack.id), None)
    who = opening.admin(there, person) if there and person else ENGINE
    return adoption(system, pack, who, demo=bool(there and there.district.demo), key=key)[1]


def _process(system: System, library: Library, path: Path, district: str, who: Caller, key: str) -> bool:
    """Publish the process in the file *path* to *district*; False when it is the current one already."""
    from engine.operations.content.adopt import adopt_process
    from engine.operations.districts import context

    if not path.is_file():
        raise say.usage(f"没有文件{path}。", f"There is no file {path}.")
    ctx = context(system, district)
    process, problems = library.check_process(path, ctx.catalogue)
    faults = tuple(problem for problem in problems if not problem.warning)
    if process is None or faults:
        raise Invalid(faults)
    return adopt_process(ctx, who, process, key=key)
