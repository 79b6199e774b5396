"""``rongtong scenario``: runs what scenario files tell, each on a database of its own that is gone afterwards."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from engine import logs, settings
from engine.app import open_system
from engine.cli import options, say
from engine.clock import SetClock
from engine.errors import Invalid, Problem
from engine.extend.contributions import ScenarioVerb
from engine.i18n import Text, counted, listed
from engine.ids import SeededIds
from engine.operations.content.adopt import adopt
from engine.operations.content.library import Library
from engine.operations.content.pack import Pack
from engine.operations.content.scenario_text import Scenario, read_scenario
from engine.operations.context import ENGINE
from engine.operations.districts import context
from engine.scenarios import BEGINNING, ScenarioRun
from engine.store.databases.ownership import scratch_schema


@dataclass
class Theatre:
    """Districts that were adopted once, to be copied for each scenario; on PostgreSQL adopted for each anew.

    *url* names an empty database to play in, in place of a file in *folder*. It is empty again afterwards.
    """

    library: Library
    folder: Path
    url: str = ""
    seed: int = 1
    _packs: dict[str, Pack] = field(default_factory=dict)

    def play(self, text: str, file: str) -> tuple[Problem, ...]:
        """All that is wrong with the scenario *text*, or that goes otherwise than it says; () when it holds."""
        scenario, problems = read_scenario(text, file, self.library.registry.given(ScenarioVerb))
        if scenario is None:
            return problems
        try:
            pack = self._pack(scenario)
        except Invalid as refused:
            return (*problems, *refused.problems)
        with self._stage(pack, scenario.district) as url:
            clock = SetClock(BEGINNING)
            ids, registry = SeededIds(self.seed + 1), self.library.registry
            system = open_system(url, clock=clock, ids=ids, registry=registry, migrate=False, mode="scenario")
            try:
                return (*problems, *ScenarioRun(context(system, scenario.district), clock).play(scenario))
            finally:
                system.runner.release()
                system.database.close()

    def _pack(self, scenario: Scenario) -> Pack:
        district = scenario.district
        if district in self._packs:
            return self._packs[district]
        if district not in self.library.districts():
            known = listed(self.library.districts())
            said = Text(f"没有区县包“{district}”，有：{known.zh}", f"no district “{district}”; there are: {known.en}")
            raise Invalid((Problem("scenario", said, file=scenario.file, line=1, column=1),))
        pack, problems = self.library.pack(district)
        if pack is None:
            raise Invalid(problems)
        return self._packs.setdefault(district, pack)

    @contextmanager
    def _stage(self, pack: Pack, district: str) -> Iterator[str]:
        """The address of a database in which *pack* was just adopted; gone afterwards."""
        if self.url and settings.sqlite_file(self.url) is None:
            with scratch_schema(self.url) as url:
                self._adopt(url, pack)
                yield url
            return
        made = self.folder / f"{district}.db"
        if not made.is_file():
            self._adopt(f"sqlite:///{made.as_posix()}", pack)
        copy = settings.sqlite_file(self.url) or self.folder / "scenario.db"
        shutil.copy(made, copy)
        try:
            yield f"sqlite:///{copy.as_posix()}"
        finally:
            copy.unlink()

    def _adopt(self, url: str, pack: Pack) -> None:
        ids = SeededIds(self.seed)
        system = open_system(url, clock=SetClock(BEGINNING), ids=ids, registry=self.library.registry, mode="scenario")
        adopt(system, pack, ENGINE)
        system.runner.release()
        system.database.close()


def scenario_files(library: Library, paths: tuple[Path, ...]) -> Iterator[Path]:
    """The scenario files that *paths* name, a folder meaning all below it; no path means every district's."""
    for path in paths or (library.folder,):
        if path.is_dir():
            yield from sorted(path.rglob("scenarios/*.yaml") if path.name != "scenarios" else path.glob("*.yaml"))
        elif path.is_file():
            yield path
        else:
            raise say.usage(f"没有{path}这个文件或文件夹。", f"There is no file or folder {path}.")


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]…", type=click.Path(path_type=Path))
@click.option("--db", "url", metavar="URL", help="在这个空库里演，演完还是空的。 An empty database to play in.")
@options.options(options.workflows_option)
def scenario(paths: tuple[Path, ...], url: str | None, folder: Path | None, as_json: bool) -> int:
    """演一遍场景文件（文件、文件夹，不写就是全部）。 Run scenario files."""
    logs.quiet(logging.CRITICAL)
    if url is not None:
        options.must_be_empty(url)
    library = options.library(folder)
    problems: list[Problem] = []
    count = 0
    with TemporaryDirectory(prefix="rongtong-") as place:
        theatre = Theatre(library, Path(place), url or "")
        for path in scenario_files(library, paths):
            count += 1
            found = theatre.play(path.read_text(encoding="utf-8"), library.shown(path))
            problems += found
            if not as_json:
                mark = "✗" if any(not one.warning for one in found) else "✓"
                say.out(f"{mark} {library.shown(path)}")
                say.problems(found)
    if as_json:
        say.as_json({"scenarios": count, "problems": [problem.as_json() for problem in problems]})
    else:
        tried, unlike = counted(count, "scenario"), counted(len(problems), "difference")
        say.line(f"{count} 个场景，{len(problems)} 处不符。", f"{tried}, {unlike}.")
    return 1 if any(not problem.warning for problem in problems) else 0
