"""``check`` and ``show``: what process authors ask before anything is published."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import click

from engine.cli import options, say
from engine.definition.model import Process
from engine.definition.overlay.diff import Difference, differences, in_words
from engine.definition.telling.sentences import sentences
from engine.definition.yaml.source import Mapping as Written
from engine.definition.yaml.source import read
from engine.errors import Invalid, NotFound, Problem
from engine.extend.contributions import ScenarioVerb
from engine.i18n import Text, both, counted, listed
from engine.operations.content.library import Library, faults_in

P = ParamSpec("P")
T = TypeVar("T")


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]…", type=click.Path(path_type=Path))
@options.options(options.other_database_option, options.workflows_option)
def check(paths: tuple[Path, ...], url: str | None, folder: Path | None, as_json: bool) -> int:
    """检查流程、区县包和场景，并跑流程里的例子。 Check workflows.

    加 --db 检查那个库里已发布的。 With --db, check what a database's districts have published.
    """
    once = tuple(dict.fromkeys(_uncollected(_found, paths, url, folder)))
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


def _uncollected(work: Callable[P, T], *args: P.args, **more: P.kwargs) -> T:
    """Do *work* without collecting: what is read stays to the end, and to look for waste in it costs a tenth."""
    gc.disable()
    try:
        return work(*args, **more)
    finally:
        gc.enable()


def _found(paths: tuple[Path, ...], url: str | None, folder: Path | None) -> tuple[Problem, ...]:
    if url is not None:
        from engine.cli.published import check_published

        if paths:
            raise say.usage("文件和 --db 只能写一样。", "Give files or --db, not both.")
        return check_published(url)
    library = options.library(folder)
    if not paths:
        return _check_folder(library) if folder else library.check()
    return tuple(problem for path in paths for problem in _check_path(library.around(path), path))


def _check_folder(library: Library) -> tuple[Problem, ...]:
    """Every problem of a folder of workflows, and of its scenarios; those that are shipped are run by the tests."""
    scenarios = (problem for district in library.districts() for problem in library.scenarios(district))
    return (*library.check(), *scenarios)


def _check_path(library: Library, path: Path) -> tuple[Problem, ...]:
    """Every problem of one file, of a district's folder, of a whole folder of workflows, or of the files in any."""
    if path.is_dir():
        if (path / "common").is_dir() or (path / "districts").is_dir():
            return _check_folder(Library(path, library.registry))
        if (path / "district.yaml").is_file():
            return _pack_problems(library, path)
        return tuple(problem for file in sorted(path.rglob("*.yaml")) for problem in _check_file(library, file))
    if not path.is_file():
        raise say.usage(f"没有{path}这个文件或文件夹。", f"There is no file or folder {path}.")
    return _check_file(library, path)


def _plan_problems(text: str, file: str) -> tuple[Problem, ...]:
    from engine.demo.plan import read_plan

    try:
        read_plan(text, file)
    except Invalid as refused:
        return refused.problems
    return ()


def _pack_problems(library: Library, home: Path) -> tuple[Problem, ...]:
    whole, district = Library(home.resolve().parents[1], library.registry), home.resolve().name
    return (*whole.pack(district)[1], *whole.scenarios(district))


def _check_file(library: Library, path: Path) -> tuple[Problem, ...]:
    """The problems of a file, by what it says it is: a process, a pack, a scenario."""
    if path.name == "district.yaml":
        return _pack_problems(library, path.parent)
    text = library.read(path)
    node, problems = read(text, library.shown(path))
    if path.parent.name == "calendars" and node is not None:
        return (*problems, *faults_in(node))
    if path.name == "demo.yaml" and isinstance(node, Written):
        return _plan_problems(text, library.shown(path))
    if isinstance(node, Written) and node.get("scenario") is not None:
        from engine.operations.content.scenario_text import read_scenario

        return read_scenario(text, library.shown(path), library.registry.given(ScenarioVerb))[1]
    if not isinstance(node, Written) or path.parent.name == "data":
        return problems
    return library.check_process(path)[1]


@click.command()
@click.argument("process", metavar="PROCESS")
@click.option(
    "--as", "form", type=click.Choice(["sentences", "yaml", "json"]), default="sentences", show_default=True,
    help="句子、YAML 或 JSON。 The form of the answer.",
)  # fmt: skip
@options.options(options.other_database_option, options.district_option, options.workflows_option)
def show(
    process: str, form: str, url: str | None, district: str | None, folder: Path | None, as_json: bool
) -> None:  # fmt: skip
    """看一个流程实际怎么走、和它的通用流程有哪些不同。 Show a process.

    加 --db 看那个库里已发布的。 With --db, show the one that is published there.
    """
    library = options.library(folder)
    found, base, roles = _looked_up(library, process, url, district)
    changes = differences(base.document, found.document) if base else ()
    if as_json or form == "json":
        told = [as_plain(change, base, found, roles) for change in changes if base]
        lines = [line.text._asdict() for line in sentences(found)]
        say.as_json({"process": found.name, "hash": found.hash, "file": found.file, "document": found.document,
                     "sentences": lines, "extends": base.name if base else "", "differences": told})  # fmt: skip
    elif form == "yaml":
        from engine.cli.published import as_yaml

        say.out(as_yaml(found))
    else:
        _tell(library, found, roles)
    if base and changes and form == "sentences" and not as_json:
        say.out()
        say.line(f"与通用流程不同：{len(changes)} 处。", f"{counted(len(changes), 'difference')} from its base.")
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


def _looked_up(
    library: Library, name: str, url: str | None, district: str | None
) -> tuple[Process, Process | None, Mapping[str, Text]]:  # fmt: skip
    """The process that is meant, the common one that it is based on, and what people call the roles."""
    if url is not None:
        from engine.cli.published import published

        found, roles = published(url, district, name)
        common = library.folder / "common" / f"{name}.yaml"
        return found, library.process(common, library.registry.catalogue(library.registry.names))[0], roles
    district = only(library, district)
    path = find(library, name, district)
    library = library.around(path)
    found = loaded(library, path, district)
    return found, library.base_of(path, found), roles_of(library, district)


def only(library: Library, district: str | None) -> str | None:
    """The district that is named, or the only one there is."""
    known = library.districts()
    if district and district not in known:
        there = listed(known)
        raise NotFound(Text(f"没有区县包“{district}”，有：{there.zh}。", f"No “{district}”; there are: {there.en}."))
    return district or (known[0] if len(known) == 1 else None)


def loaded(library: Library, path: Path, district: str | None) -> Process:
    """The process in the file at *path*, with the settings that *district* gives it where it runs it."""
    process, problems = library.check_process(path)
    if process is None:
        raise Invalid(tuple(problem for problem in problems if not problem.warning))
    return library.as_set(process, path, district) if district else process


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
        places.insert(0, library.folder / "districts" / district / "processes" / f"{words}.yaml")
    found = next((place for place in places if place.is_file()), None)
    if found is None:
        known = listed(_names(library))
        raise NotFound(Text(f"没有流程“{words}”，有：{known.zh}。", f"No process “{words}”; there are: {known.en}."))
    return found


def _names(library: Library) -> Iterator[str]:
    return (path.stem for path in sorted(library.folder.glob("common/*.yaml")))
