"""The plan of a demo as its file says it: how many cases, who starts them, what people decide, say and forget."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import time
from typing import Any

from engine.definition.values.durations import Duration, DurationUnit, parse_duration
from engine.definition.yaml.source import data_of, read
from engine.errors import Invalid, Problem
from engine.i18n import Text

#: Between two lengths of time, both in minutes of the clock or both of work.
Span = tuple[Duration, Duration]
#: In a plan, what stands for "nobody acts".
NOBODY = "nobody acts"


@dataclass(frozen=True)
class Choice:
    """One thing that may happen at a step: an outcome with its weight, what is filled, who says what.

    ``by`` "starter" lets the applicant take it, else those who are asked do.
    """

    outcome: str
    weight: float
    fill: Mapping[str, Any] = field(default_factory=dict)
    say: tuple[str, ...] = ()
    by: str = ""


@dataclass(frozen=True)
class StepPlan:
    """How people deal with a step: how soon, how many percent claim it first, and the choices."""

    after: Span
    choices: tuple[Choice, ...] = ()
    claim: float = 0


@dataclass(frozen=True)
class Aside:
    """Something that happens beside: so long after the start, with a chance in percent, if the step is open then."""

    step: str
    choice: Choice
    after: Span


@dataclass(frozen=True)
class Starter:
    """Who starts: a holder of *role*, or with "" somebody without any; *for_other* says for a resident."""

    role: str
    weight: float
    for_other: bool
    fill: Mapping[str, Any]


@dataclass(frozen=True)
class ProcessPlan:
    """How a process is used. ``share`` is the number of cases by district, ``on`` its rule of days by district."""

    process: str
    share: Mapping[str, int]
    on: Mapping[str, str]
    starters: tuple[Starter, ...]
    fill: Mapping[str, Any]
    pick: tuple[Mapping[str, Any], ...]
    steps: Mapping[str, StepPlan]
    asides: tuple[Aside, ...]
    comments: tuple[str, ...]
    talk: float


@dataclass(frozen=True)
class Story:
    """A case that is told beforehand: when (working days before the end), by whom, with what, and how it goes."""

    district: str
    process: str
    days_ago: int
    at: time
    by: str
    for_other: str
    fill: Mapping[str, Any]
    steps: Mapping[str, StepPlan]


@dataclass(frozen=True)
class Leave:
    """Somebody is away, from so many days before the end until so many after; a deputy has the work."""

    district: str
    person: str
    deputy: str
    from_days_ago: int
    until_in_days: int
    reason: str


@dataclass(frozen=True)
class Fault:
    """From so many working days before the end an action fails once; ``mended`` lets an administrator run it again."""

    district: str
    action: str
    days_ago: int
    mended: bool
    say: str = ""


@dataclass(frozen=True)
class Gift:
    """What the holders of *role*, or one *person*, have from the start: a plugin's word for scenarios, with ``=id`` and
    ``=unit``.
    """

    district: str
    role: str
    person: str
    verb: str
    words: Mapping[str, Any]


@dataclass(frozen=True)
class Somebody:
    """A person whom the visitor may become."""

    key: str
    district: str
    person: str
    title: Text


@dataclass(frozen=True)
class Plan:
    """The whole plan."""

    days: int
    seed: int
    last_day: float
    districts: tuple[str, ...]
    processes: tuple[ProcessPlan, ...]
    stories: tuple[Story, ...]
    leaves: tuple[Leave, ...]
    faults: tuple[Fault, ...]
    gifts: tuple[Gift, ...]
    personas: tuple[Somebody, ...]

    @property
    def cases(self) -> int:
        """How many cases there will be."""
        return len(self.stories) + sum(sum(process.share.values()) for process in self.processes)


_MINUTES: dict[str, tuple[DurationUnit, int]] = {
    "minutes": ("minutes", 1), "hours": ("minutes", 60), "days": ("minutes", 24 * 60),
    "work_minutes": ("work_minutes", 1), "workdays": ("work_minutes", 8 * 60),
}  # fmt: skip
_USUAL = "20 work minutes, 5 work hours"


def read_plan(text: str, file: str) -> Plan:
    """The plan that *text* says. Raises ``Invalid`` with what is wrong with it."""
    node, problems = read(text, file)
    if node is None:
        raise Invalid(problems)
    try:
        return _plan(data_of(node))
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        said = f"{type(fault).__name__}: {fault}"
        words = Text(f"演示计划写得不对：{said}", f"the plan of the demo is wrong: {said}")
        raise Invalid((Problem("demo-plan", words, file=file, line=1, column=1),)) from fault


def _plan(data: dict[str, Any]) -> Plan:
    processes = tuple(_process(name, words) for name, words in data["processes"].items())
    known = {process.process: process for process in processes}
    return Plan(
        days=int(data["days"]),
        seed=int(data["seed"]),
        last_day=float(data["last_day"]),
        districts=tuple(data["districts"]),
        processes=processes,
        stories=tuple(_story(words, known) for words in data.get("stories", ())),
        leaves=tuple(_leave(words) for words in data.get("leaves", ())),
        faults=tuple(
            Fault(f["district"], f["action"], int(f["days_ago"]), f.get("mended") == "yes", f.get("say", ""))
            for f in data.get("faults", ())
        ),
        gifts=tuple(
            Gift(g["district"], g.get("role", ""), g.get("person", ""), g["verb"], g["words"])
            for g in data.get("gifts", ())
        ),
        personas=tuple(
            Somebody(p["key"], p["district"], p["person"], Text(p["title"]["zh"], p["title"]["en"]))
            for p in data["personas"]
        ),
    )


def _process(name: str, words: dict[str, Any]) -> ProcessPlan:
    return ProcessPlan(
        process=name,
        share={district: int(share) for district, share in words["share"].items()},
        on=words.get("on", {}),
        starters=tuple(_starter(one) for one in words["starters"]),
        fill=words.get("fill", {}),
        pick=tuple(words.get("pick", ())),
        steps=_steps(words.get("steps", {})),
        asides=tuple(_aside(one) for one in words.get("asides", ())),
        comments=tuple(words.get("comments", ())),
        talk=float(words.get("talk", 0)),
    )


def _starter(words: dict[str, Any]) -> Starter:
    return Starter(
        words.get("role", ""), float(words.get("weight", 1)), words.get("for_other") == "yes", words.get("fill", {})
    )


def _steps(words: Mapping[str, Any]) -> dict[str, StepPlan]:
    return {name: _step(step) for name, step in words.items()}


def _step(words: Mapping[str, Any]) -> StepPlan:
    choices = tuple(_choices(words.get("outcomes", {})))
    return StepPlan(span(words.get("after", _USUAL)), choices, float(words.get("claim", 0)))


def _choices(words: Mapping[str, Any]) -> Iterator[Choice]:
    for outcome, said in words.items():
        yield _choice(outcome, said if isinstance(said, dict) else {"weight": said})


def _choice(outcome: str, words: Mapping[str, Any]) -> Choice:
    name = "" if outcome == NOBODY else outcome
    say = tuple(words.get("say", ()))
    return Choice(name, float(words.get("weight", 1)), words.get("fill", {}), say, words.get("by", ""))


def _aside(words: Mapping[str, Any]) -> Aside:
    return Aside(words["step"], _choice(words["outcome"], words), span(words["after"]))


def span(words: str) -> Span:
    """``10 minutes, 5 hours``: between the one and the other, in minutes of the clock or of work."""
    read = [parse_duration(part) for part in words.split(",")]
    lengths = [_fine(one) for one in read if one is not None and one.unit in _MINUTES]
    if len(read) != 2 or len(lengths) != 2 or lengths[0].unit != lengths[1].unit:
        raise ValueError(words)
    return lengths[0], lengths[1]


def _fine(duration: Duration) -> Duration:
    """The same length in minutes; a working day has eight hours here."""
    unit, size = _MINUTES[duration.unit]
    return Duration(duration.amount * size, unit)


def _story(words: dict[str, Any], known: Mapping[str, ProcessPlan]) -> Story:
    usual = known[words["process"]].steps
    return Story(
        district=words["district"],
        process=words["process"],
        days_ago=int(words["days_ago"]),
        at=time.fromisoformat(words["at"]),
        by=words["by"],
        for_other=words.get("for", ""),
        fill=words["fill"],
        steps={**usual, **_steps(words.get("steps", {}))},
    )


def _leave(words: dict[str, Any]) -> Leave:
    return Leave(
        words["district"], words["person"], words["deputy"], int(words["from_days_ago"]),
        int(words["until_in_days"]), words["reason"],
    )  # fmt: skip
