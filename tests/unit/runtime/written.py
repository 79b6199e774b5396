"""Random processes as somebody might write them, many of them unsound: what the checks refuse is left out."""

from __future__ import annotations

from random import Random
from typing import Any

import yaml

from engine.definition.load import load_process
from engine.definition.model import Process
from tests.unit.definition.catalogue import CATALOGUE

SLOT = "2026-06-17T14:00/2026-06-17T16:00"
#: What the first form needs.
BEGUN = {"place": "v1", "slot": SLOT}
HEAD = {
    "process": "random",
    "title": "随机",
    "uses": ["venue_sharing"],
    "fields": {
        "place": {"type": "venue"},
        "slot": {"type": "period"},
        "f1": {"type": "person"},
        "f2": {"type": "person"},
        "o1": {"type": "person", "optional": "true"},
    },
    "start": {"who": "role staff", "for": "applicant", "fill": ["place", "slot"]},
    "ends": {"done": {}, "refused": {"undo": "all"}},
}
ODDS_OF_AUDIENCES = ("role a",) * 11 + ("person f1",) * 3 + ("person f2",) * 2 + ("person o1",) * 2


def written(seed: int) -> Process | None:
    """The process that *seed* writes, or None if it is not sound."""
    document = {**HEAD, "steps": _Writer(Random(seed)).steps(2, False, 2, 5)}
    text = yaml.safe_dump(document, allow_unicode=True, sort_keys=False)
    return load_process(text, "random.yaml", CATALOGUE, find_base=lambda name: None)[0]


class _Writer:
    """Writes steps; ``ids`` are those written so far, to go back to."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.ids = ["start"]
        self.asks: list[str] = []
        self.holds: list[str] = []

    def chance(self, odds: float) -> bool:
        return self.random.random() < odds

    def name(self) -> str:
        self.ids.append(f"s{len(self.ids)}")
        return self.ids[-1]

    def steps(self, depth: int, branch: bool, least: int, most: int) -> list[dict[str, Any]]:
        return [self.step(depth, branch) for _ in range(self.random.randint(least, most))]

    def step(self, depth: int, branch: bool) -> dict[str, Any]:
        small = (self.ask, self.ask, self.ask, self.do, self.do)
        groups = (self.stage, self.parallel, self.parallel, self.choose, self.wait)
        made = self.random.choice(small if depth <= 0 or self.chance(0.5) else groups)(depth, branch)
        if self.chance(0.1):
            made["if"] = self.random.choice(["today < '2026-01-01'", "not empty(o1)"])
        return made

    def target(self, branch: bool) -> dict[str, Any]:
        kinds = ["next"] * 5 + ["end refused", "stay"] + ["drop"] * branch + ["back"] * 3
        kind = self.random.choice(kinds)
        if kind != "back":
            return {"then": kind}
        again = self.random.choice(["replay", "replay", "changed", "resume"])
        target = self.random.choice(self.ids)
        return {"then": f"back {target}", "at_most": str(self.random.randint(1, 2)), "again": again}

    def alone(self, branch: bool, sibling: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """An exit that nobody presses, and the sibling that stands in for it once it is used up."""
        made = self.target(branch)
        if made["then"] == "stay":
            return {"then": "next"}, {}
        if made["then"].startswith("back"):
            return {**made, "exhausted": sibling}, {sibling: {"by": "clock", "then": "end refused"}}
        return made, {}

    def ask(self, depth: int, branch: bool) -> dict[str, Any]:
        audiences = [*ODDS_OF_AUDIENCES, *(f"person {one}.who" for one in self.asks[-2:])]
        made: dict[str, Any] = {"step": self.name(), "ask": self.random.choice(audiences)}
        if self.chance(0.35):
            made["fill"] = self.random.sample(["f1", "f2", "o1"], self.random.randint(1, 2))
        outcomes: dict[str, Any] = {"agree": self.agree()}
        for number in range(self.random.randint(0, 2)):
            by = {"by": "applicant"} if self.chance(0.2) else {}
            outcomes[f"x{number}"] = {**self.target(branch), **by}
        if self.chance(0.3):
            quiet, more = self.alone(branch, "stop")
            outcomes |= {"quiet": {**quiet, "by": "clock"}, **more}
            made["due"] = {"within": "2 days", "late": "quiet"}
        if depth > 0 and self.chance(0.2):
            outcomes["agree"]["steps"] = self.steps(depth - 1, branch, 1, 2)
        self.asks.append(made["step"])
        return {**made, "outcomes": outcomes, **({"sign": "all"} if self.chance(0.15) else {})}

    def agree(self) -> dict[str, Any]:
        made: dict[str, Any] = {"then": "next"}
        if self.chance(0.15):
            made["must"] = ["o1"]
        if self.chance(0.15):
            formulas = ["=start.who", "=f1", "=o1", *(f"={one}.who" for one in self.asks[-2:])]
            made["set"] = {self.random.choice(["f1", "f2", "o1"]): self.random.choice(formulas)}
        return made

    def do(self, _depth: int, branch: bool) -> dict[str, Any]:
        if self.holds and self.chance(0.5):
            hold = self.random.choice(self.holds)
            return {"step": self.name(), "do": "venue_sharing.confirm", "with": {"hold": f"={hold}.id"}}
        refused, more = self.alone(branch, "gone")
        made = {"step": self.name(), "do": "venue_sharing.hold", "with": {"venue": "=place", "period": "=slot"}}
        self.holds.append(self.ids[-1])
        return {**made, "outcomes": {"held": "next", "refused": refused, **more}}

    def wait(self, _depth: int, _branch: bool) -> dict[str, Any]:
        return {"step": self.name(), "wait": {"until": "slot.end"}}

    def stage(self, depth: int, branch: bool) -> dict[str, Any]:
        made = {"step": self.name(), "stage": self.steps(depth - 1, branch, 1, 3)}
        stop = {"stop": {**self.target(branch), "by": "applicant"}} if self.chance(0.6) else {}
        return {**made, "outcomes": {"done": "next", **stop}}

    def parallel(self, depth: int, _branch: bool) -> dict[str, Any]:
        return {
            "step": self.name(),
            "parallel": {name: self.steps(depth - 1, True, 1, 2) for name in ("x", "y")},
            "need": self.random.choice(["all", "any"]),
            "rest": self.random.choice(["cancel", "finish"]),
            "outcomes": {"met": "next", "short": self.random.choice(["next", "end refused"])},
        }

    def choose(self, depth: int, branch: bool) -> dict[str, Any]:
        condition = self.random.choice(["today > '2026-01-01'", "today < '2026-01-01'", "o1 = start.who"])
        one = {"if": condition, "steps": self.steps(depth - 1, branch, 1, 2)}
        return {"step": self.name(), "choose": [one, {"else": self.steps(depth - 1, branch, 0, 1)}]}
