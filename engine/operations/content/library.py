"""A folder of workflows: common processes, district packs, calendars and scenarios, read and checked as one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from engine.definition.calendar.sheet import faults_of
from engine.definition.calendar.working import Calendar, calendar_from
from engine.definition.catalogue import Catalogue
from engine.definition.district.load import load_district
from engine.definition.district.model import DistrictPack
from engine.definition.language.keywords import canonical
from engine.definition.load import load_process
from engine.definition.model import Process
from engine.definition.problem_codes import did_you_mean, problem
from engine.definition.yaml.places import place_at
from engine.definition.yaml.source import Node, data_of, read, text_of
from engine.errors import Invalid, Problem
from engine.extend.calls.beside import on_content
from engine.extend.contributions import DataFile, ScenarioVerb
from engine.extend.registry import Registry
from engine.i18n import Text
from engine.operations.content.pack import Pack, process_settings, with_settings
from engine.operations.content.scenario_text import read_scenario
from engine.runtime.draft import Definition
from engine.runtime.examples import run_examples


@dataclass(frozen=True)
class Library:
    """The folder ``workflows/``: ``common/``, ``districts/<id>/``, ``calendars/``."""

    folder: Path
    registry: Registry

    def districts(self) -> tuple[str, ...]:
        """The ids of the packs, by name."""
        return tuple(sorted(p.parent.name for p in self.folder.glob("districts/*/district.yaml")))

    def text(self, path: Path) -> tuple[str, str] | None:
        """The text of a file below the folder and the name to show for it; None outside it or where there is none."""
        try:
            inside = path.resolve().is_relative_to(self.folder.resolve())
            if not inside or not path.is_file():
                return None
        except (OSError, ValueError):  # No file can be called so.
            return None
        return self.read(path), self.shown(path)

    def read(self, path: Path) -> str:
        """The text of any file, as ``source.read`` wants it."""
        return text_of(path.read_bytes())

    def shown(self, path: Path) -> str:
        """A file as problems name it: as the reader would type it."""
        path = path.resolve()
        here = Path.cwd()
        return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)

    def find_base(self, name: str) -> tuple[str, str] | None:
        """What ``extends: common/NAME`` names."""
        return self.text(self.folder / f"{name}.yaml")

    def process(self, path: Path, catalogue: Catalogue) -> tuple[Process | None, tuple[Problem, ...]]:
        """The process in the file at *path*, and its problems."""
        found = self.text(path)
        if found is None:
            return None, (_no_file(str(path), f"processes.{path.stem}"),)
        process, problems = load_process(*found, catalogue, find_base=self.find_base)
        if process is not None and process.name != path.stem:
            written = read(*found)[0]
            at = place_at(canonical(written), "process") if written else None
            called = problem("process-of-another-name", at, "process", file=path.name, name=process.name)
            return None, (*problems, called)
        return process, problems

    def check_process(
        self, path: Path, catalogue: Catalogue | None = None
    ) -> tuple[Process | None, tuple[Problem, ...]]:
        """The process in any file, in this folder or not; its examples are run. No *catalogue* means every plugin's."""
        catalogue = catalogue or self.registry.catalogue(self.registry.names)
        process, problems = load_process(
            self.read(path), self.shown(path), catalogue, find_base=lambda name: self._base_beside(path, name)
        )
        if process is not None:
            problems += run_examples(Definition(process, catalogue), self._some_calendar(("cn",))[1])
        return process, problems

    def _base_beside(self, path: Path, name: str) -> tuple[str, str] | None:
        """What an overlay extends: a process of this folder, else a file beside the overlay."""
        beside = path.parent / f"{name}.yaml"
        found = self.find_base(name)
        return found if found or not beside.is_file() else (self.read(beside), self.shown(beside))

    def around(self, path: Path) -> Library:
        """The folder of workflows that *path* lies in; this one where it lies here or in none."""
        if path.resolve().is_relative_to(self.folder.resolve()):
            return self
        homes = (home for home in path.resolve().parents if (home / "common").is_dir() or (home / "districts").is_dir())
        home = next(homes, None)
        return Library(home, self.registry) if home else self

    def scenarios(self, district: str) -> tuple[Problem, ...]:
        """What is wrong with how the scenarios of a district are written."""
        verbs = self.registry.given(ScenarioVerb)
        files = sorted((self.folder / "districts" / district / "scenarios").glob("*.yaml"))
        return tuple(fault for file in files for fault in read_scenario(self.read(file), self.shown(file), verbs)[1])

    def base_of(self, path: Path, process: Process) -> Process | None:
        """The process that *process*, read from the file at *path*, extends, or None."""
        found = self._base_beside(path, process.extends) if process.extends else None
        if found is None:
            return None
        text, file = found
        catalogue = self.registry.catalogue(self.registry.names)
        base = self.folder / f"{process.extends}.yaml"
        beside = base if base.is_file() else path.parent / f"{process.extends}.yaml"
        return load_process(text, file, catalogue, find_base=lambda name: self._base_beside(beside, name))[0]

    def as_set(self, process: Process, path: Path, district: str) -> Process:
        """*process*, read from the file at *path*, with the settings of *district* if it is one that runs there."""
        home = self.folder / "districts" / district
        found = self.text(home / "district.yaml")
        pack = load_district(*found, lambda name: self._open(home, name))[0] if found else None
        if pack is None or path.resolve() not in {file.resolve() for file in self.process_files(home, pack)}:
            return process
        return with_settings(process, process_settings(process, pack.settings.get(process.name, {}))[0])

    def calendar(self, names: tuple[str, ...]) -> tuple[tuple[Any, ...], Calendar]:
        """The contents of the country's calendar and the region's overlay, and the calendar they make.

        Raises Invalid with every fault of these files.
        """
        nodes = [self._calendar_file(name) for name in names[:2]]
        contents = tuple(data_of(node) for node in nodes)
        problems: list[Problem] = []
        for node in nodes:
            problems += faults_in(node)
        if problems:
            raise Invalid(tuple(problems))
        return contents, calendar_from(*contents)

    def _calendar_file(self, name: str) -> Node:
        path = self.folder / "calendars" / f"{name}.yaml"
        found = self.text(path)
        if found is None:
            raise Invalid((_no_file(str(path), "calendar"),))
        node, problems = read(*found)
        if node is None or problems:
            raise Invalid(problems)
        return node

    def _some_calendar(self, names: tuple[str, ...]) -> tuple[tuple[Any, ...], Calendar, tuple[Problem, ...]]:
        """The calendar, or with faults in it one without holidays, so that the rest can be checked as well."""
        try:
            return *self.calendar(names), ()
        except Invalid as refused:
            return (), calendar_from({}), refused.problems

    def pack(self, district: str) -> tuple[Pack | None, tuple[Problem, ...]]:
        """The pack of *district* with its effective processes, every fault of all its files at once."""
        home = self.folder / "districts" / district
        found = self.text(home / "district.yaml")
        if found is None:
            return None, (_no_file(str(home / "district.yaml")),)
        pack, problems = load_district(*found, lambda name: self._open(home, name))
        if pack is None:
            return None, problems
        content, calendar, faults = self._some_calendar(pack.calendars)
        problems += tuple(map(pack.placed, faults))
        plugins, faults = self.registry.read_settings(pack.plugins, pack.role_table)
        problems += tuple(map(pack.placed, faults))
        catalogue = replace(self.registry.catalogue(tuple(plugins)), roles=pack.role_table)
        problems += tuple(self._data_faults(pack, tuple(plugins)))
        processes = []
        for path in self.process_files(home, pack):
            process, faults = self.process(path, catalogue)
            problems += tuple(map(pack.placed, faults))
            if process is not None:
                processes.append(process)
                faults = process_settings(process, pack.settings.get(process.name, {}), pack.file)[1]
                problems += tuple(map(pack.placed, faults))
                problems += run_examples(Definition(process, catalogue), calendar)
        broken = any(not problem.warning for problem in problems)
        return (None if broken else Pack(pack, content, tuple(processes))), problems

    def _data_faults(self, pack: DistrictPack, plugins: tuple[str, ...]) -> Iterator[Problem]:
        """What the plugins of the district find wrong with its data files, and files that none of them reads."""
        known = {file.name: file for file in self.registry.given(DataFile, plugins)}
        owners = {file.name: self.registry.owner(file) for file in self.registry.given(DataFile)}
        for name, content in pack.files:
            file, here = known.get(name), f"data.{name}"
            if file is None and name in owners:
                yield pack.placed(problem("plugin-not-named", None, here, name=owners[name]))
            elif file is None:
                yield pack.placed(problem("data-unread", None, here, hint=did_you_mean(name, known), name=name))
            elif file.check is not None:
                plugin = self.registry.owner(file)
                found = on_content(self.registry, plugin, name, partial(file.check, pack, content))
                yield from (pack.in_data(name, fault) for fault in found)

    def process_files(self, home: Path, pack: DistrictPack) -> Iterator[Path]:
        """The files of the pack's processes: common ones from ``common/``, its own from its folder."""
        for name in pack.processes:
            root = self.folder if name.startswith("common/") else home
            yield root / f"{name}.yaml"

    def _open(self, home: Path, name: str) -> tuple[str, str] | None:
        """A file that a pack names: its own, or a shared calendar."""
        own = self.text(home / name)
        return own if own is not None else self.text(self.folder / name)

    def check(self) -> tuple[Problem, ...]:
        """Every problem of the whole folder: common processes with every plugin, then each district."""
        catalogue = self.registry.catalogue(self.registry.names)
        _, calendar, faults = self._some_calendar(("cn",))
        problems: list[Problem] = list(faults)
        for path in sorted(self.folder.glob("common/*.yaml")):
            process, faults = self.process(path, catalogue)
            problems += faults
            if process is not None:
                problems += run_examples(Definition(process, catalogue), calendar)
        for district in self.districts():
            problems += self.pack(district)[1]
        once = {(p.file, p.line, p.column, p.code, p.path, p.message): p for p in problems}
        return tuple(once.values())


def faults_in(calendar: Node) -> tuple[Problem, ...]:
    """The entries of a calendar file that cannot be read, each at its place."""
    places = ((fault, place_at(calendar, fault.path)) for fault in faults_of(data_of(calendar)))
    return tuple(fault.at(place.file, place.line, place.column) for fault, place in places)


def _no_file(path: str, named: str = "") -> Problem:
    """A file is missing; *named* is the key path of the pack where it is named."""
    hint = Text("核对文件名，或去掉这一项", "check its name, or leave it out")
    return Problem("no-file", Text(f"没有文件{path}", f"there is no file {path}"), hint, file=path, path=named)
