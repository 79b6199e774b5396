"""A district pack that was read and checked, and the settings that it gives its processes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from engine.definition.checks.timing import mistimed
from engine.definition.district.model import DistrictPack
from engine.definition.fields.fill import fault_of
from engine.definition.model import Process, Value
from engine.definition.problem_codes import problem
from engine.definition.values.inputs import parse_input
from engine.errors import Problem
from engine.i18n import Text, listed


@dataclass(frozen=True)
class Pack:
    """A district pack that was read and checked: the pack, its calendar's content, its effective processes."""

    pack: DistrictPack
    calendar: tuple[Any, ...]
    processes: tuple[Process, ...] = ()


def process_settings(
    process: Process, words: Mapping[str, Any], file: str = ""
) -> tuple[dict[str, Any], tuple[Problem, ...]]:
    """The stored settings of *process*, its defaults replaced by a district's *words*, and what is wrong with them."""
    stored: dict[str, Any] = {
        s.name: s.default.constant for s in process.settings if s.default is not None
    }
    problems: list[Problem] = []
    known = {s.name: s for s in process.settings}
    for name, word in words.items():
        if name not in known:
            problems.append(_unknown_setting(process, name, file))
            continue
        written = "\n".join(map(str, word)) if isinstance(word, list) else str(word)
        value = parse_input(known[name].type, written, known[name].title)
        fault = value if isinstance(value, Problem) else fault_of(known[name], value)
        if fault is not None:
            problems.append(fault.at(file, 0, 0, f"settings.{process.name}.{name}"))
        else:
            stored[name] = value
    return stored, (*problems, *_mistimed(process, stored, set(words), file))


def with_settings(process: Process, stored: Mapping[str, Any]) -> Process:
    """*process* as it is read where its settings have these stored values."""
    settings = tuple(
        replace(one, default=Value(constant=stored[one.name])) if one.name in stored else one
        for one in process.settings
    )
    return replace(process, settings=settings)


def unfit(process: Process, stored: Mapping[str, Any]) -> tuple[Problem, ...]:
    """What is wrong with settings that a district has already, under this version of *process*."""
    pairs = ((s.name, fault_of(s, stored[s.name])) for s in process.settings if stored.get(s.name) is not None)
    faults = tuple(fault.at("", 0, 0, f"settings.{process.name}.{name}") for name, fault in pairs if fault)
    return (*faults, *_mistimed(process, stored, set(stored), ""))


def _mistimed(process: Process, stored: Mapping[str, Any], given: set[str], file: str) -> Iterator[Problem]:
    """What the settings that a district gives do to the deadlines that they are the length of."""
    for fault in mistimed(process, stored):
        for name in [name for name in fault.settings if name in given][:1]:
            said = problem(fault.code, warning=fault.doubtful, within=fault.within, before=fault.before)
            yield said.at(file, 0, 0, f"settings.{process.name}.{name}")


def _unknown_setting(process: Process, name: str, file: str) -> Problem:
    names = listed(s.name for s in process.settings)
    return Problem(
        "unknown-setting",
        Text(f"流程{process.name}没有设置“{name}”。可以写的是：{names.zh}。",
             f"Process {process.name} has no setting “{name}”; it has {names.en}."),
        file=file,
        path=f"settings.{process.name}.{name}",
    )  # fmt: skip
