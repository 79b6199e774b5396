"""``check``, ``show`` and ``plugins``: what process authors ask before anything is published."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click
import yaml

from engine.cli import opening, say
from engine.definition.diff import Difference, differences, in_words
from engine.definition.model import Process
from engine.definition.sentences import sentences
from engine.definition.source import Mapping as Written
from engine.definition.source import read
from engine.errors import Invalid, NotFound, Problem
from engine.i18n import Text, both
from engine.operations.library import Library, faults_in


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]…", type=click.Path(path_type=Path))
@opening.options(opening.workflows_option)
def check(paths: tuple[Path, ...], folder: Path | None, as_json: bool) -> int:
    """检查流程、区县包和场景，并跑流程里的例子。 Check workflows."""
    library = opening.library(folder)
    found = [problem for path in paths for problem in _check_path(library, path)] if paths else library.check()
    once = tuple(dict.fromkeys(found))
    wrong = [problem for problem in once if not problem.warning]
    if as_json:
        say.as_json({"ok": not wrong, "problems": [problem.as_json() for problem in once]})
        return 1 if wrong else 0
    say.problems(once)
    if wrong:
        say.line(f"{len(wrong)} 处要改。", f"{len(wrong)} to mend.")
    else:
        say.line("检查通过。", "All is well.")
    return 1 if wrong else 0


def _check_path(library: Library, path: Path) -> tuple[Problem, ...]:
    """Every problem of one file, of a district's folder, of a whole folder of workflows, or of the files in any."""
    if path.is_dir():
        if (path / "common").is_dir() or (path / "districts").is_dir():
            return Library(path, library.registry).check()
        if (path / "district.yaml").is_file():
            return _pack_problems(library, path)
        return tuple(problem for file in sorted(path.rglob("*.yaml")) for problem in _check_file(library, file))
    if not path.is_file():
        raise say.usage(f"没有{path}这个文件或文件夹。", f"There is no file or folder {path}.")
    return _check_file(library, path)


def _pack_problems(library: Library, home: Path) -> tuple[Problem, ...]:
    return Library(home.resolve().parents[1], library.registry).pack(home.resolve().name)[1]


def _check_file(library: Library, path: Path) -> tuple[Problem, ...]:
    """The problems of a file, by what it says it is: a process, a pack, a scenario."""
    if path.name == "district.yaml":
        return _pack_problems(library, path.parent)
    text = library.read(path)
    node, problems = read(text, library.shown(path))
    if path.parent.name == "calendars" and node is not None:
        return (*problems, *faults_in(node))
    if isinstance(node, Written) and node.get("scenario") is not None:
        from engine.operations.scenario import read_scenario

        return read_scenario(text, library.shown(path))[1]
    if not isinstance(node, Written) or path.parent.name == "data":
        return problems
    return library.check_process(path)[1]


@click.command()
@click.argument("process", metavar="PROCESS")
@click.option(
    "--as", "form", type=click.Choice(["sentences", "yaml", "json"]), default="sentences", show_default=True,
    help="句子、YAML 或 JSON。 The form of the answer.",
)  # fmt: skip
@opening.options(opening.district_option, opening.workflows_option)
def show(process: str, form: str, district: str | None, folder: Path | None, as_json: bool) -> None:
    """看一个流程实际怎么走、和它的通用流程有哪些不同。 Show a process."""
    library = opening.library(folder)
    path = find(library, process, district)
    found, problems = library.check_process(path)
    if found is None:
        raise Invalid(tuple(problem for problem in problems if not problem.warning))
    base, roles = library.base_of(path, found), roles_of(library, district)
    changes = differences(base.document, found.document) if base else ()
    if as_json or form == "json":
        told = [as_plain(change, base, found, roles) for change in changes if base]
        lines = [line.text._asdict() for line in sentences(found)]
        say.as_json({"process": found.name, "hash": found.hash, "file": found.file, "document": found.document,
                     "sentences": lines, "extends": base.name if base else "", "differences": told})  # fmt: skip
    elif form == "yaml":
        say.out(yaml.safe_dump(found.document, allow_unicode=True, sort_keys=False, width=110).rstrip())
    else:
        _tell(library, found, roles)
    if base and changes and form == "sentences" and not as_json:
        say.out()
        say.line(f"与通用流程不同：{len(changes)} 处。", f"{len(changes)} differences from its base.")
        for change in changes:
            say.out(f"- {say.said(in_words(change, base, found, role=called(roles)))}")


def called(roles: Mapping[str, Text]) -> Callable[[str], Text]:
    """What a district calls its roles."""
    return lambda name: roles.get(name, both(name))


def as_plain(change: Difference, before: Process, after: Process, roles: Mapping[str, Text]) -> dict[str, Any]:
    """A difference for JSON."""
    sentence = in_words(change, before, after, role=called(roles))
    return {"kind": change.kind, "path": change.path, "before": change.before, "after": change.after,
            "sentence": sentence._asdict()}  # fmt: skip


def roles_of(library: Library, district: str | None) -> dict[str, Text]:
    """What people of *district* call the roles."""
    pack = library.pack(district)[0] if district else None
    return pack.pack.roles if pack else {}


def _tell(library: Library, process: Process, roles: Mapping[str, Text]) -> None:
    actions = library.registry.catalogue(library.registry.names).actions

    def action(name: str) -> Text:
        return actions[name].title if name in actions else both(name)

    for line in sentences(process, role=called(roles), action=action):
        say.out(f"{'  ' * line.depth}{say.said(line.text)}")


def find(library: Library, words: str, district: str | None) -> Path:
    """The file of a process: a path, ``common/NAME``, or a name as *district* has it."""
    if Path(words).is_file():
        return Path(words)
    places = [library.folder / f"{words}.yaml", library.folder / "common" / f"{words}.yaml"]
    if district:
        if district not in library.districts():
            known = "、".join(library.districts())
            raise NotFound(Text(f"没有区县包“{district}”，有：{known}。", f"No “{district}”; there are: {known}."))
        places.insert(0, library.folder / "districts" / district / "processes" / f"{words}.yaml")
    found = next((place for place in places if place.is_file()), None)
    if found is None:
        known = "、".join(_names(library))
        raise NotFound(Text(f"没有流程“{words}”，有：{known}。", f"No process “{words}”; there are: {known}."))
    return found


def _names(library: Library) -> Iterator[str]:
    return (path.stem for path in sorted(library.folder.glob("common/*.yaml")))


@click.command()
@opening.options()
def plugins(as_json: bool) -> None:
    """列出装了哪些插件、各带来什么。 List the plugins and what each brings."""
    from engine.extend.registry import HOOKS, REGISTERS, Registry

    registry = Registry.discovered()
    told: list[dict[str, Any]] = []
    for plugin in registry.plugins:
        brings = {
            hook.removeprefix("register_"): count
            for hook in REGISTERS
            if (count := sum(registry.owner(hook, one) == plugin.name for one in registry.given(hook, object)))
        }
        calls = [hook for hook in HOOKS if hook not in REGISTERS and registry.implements(plugin.name, hook)]
        manifest = plugin.manifest
        told.append({"name": plugin.name, "version": manifest.version, "title": manifest.title._asdict(),
                     "summary": manifest.summary._asdict(), "brings": brings, "called": calls})  # fmt: skip
    if as_json:
        say.as_json(told)
        return
    for one in told:
        told_of = Text(**one["title"]), Text(**one["summary"])
        say.out(f"{one['name']} {one['version']}  {say.said(told_of[0])}  {say.said(told_of[1])}")
        brought = [f"{name} {count}" for name, count in one["brings"].items()]
        say.out("    " + "、".join([*brought, *one["called"]]))
