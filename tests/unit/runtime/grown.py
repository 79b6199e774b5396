"""Random processes of every construct of the language, written as an author would and read by the real reader."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

import yaml
from hypothesis import strategies as st

from engine.definition.kinds.ask import Ask
from engine.definition.kinds.choose import Choose
from engine.definition.kinds.do import Do
from engine.definition.kinds.parallel import Parallel
from engine.definition.kinds.stage import Stage
from engine.definition.kinds.wait import Wait
from engine.definition.load import load_process
from engine.definition.model import Exit, Process, Step
from engine.definition.uses import all_steps
from engine.extend.registry import Registry
from tests import desk

CATALOGUE = Registry([desk.plugin()]).catalogue(("desk",))
Said = dict[str, Any]
#: What the first form asks for.
FIRST = ("a", "b", "day")
_HEAD: Said = {
    "process": "grown",
    "title": "长出来的",
    "uses": ["desk"],
    "parties": {"home": {"unit": "start.unit", "title": "本站"}},
    "fields": {
        "a": {"type": "text", "title": "甲", "optional": "是"},
        "b": {"type": "text", "title": "乙", "optional": "是"},
        "c": {"type": "text", "title": "丙", "optional": "是"},
        "day": {"type": "datetime", "title": "时刻"},
    },
    "start": {"who": "role staff", "for": "applicant", "fill": list(FIRST)},
}
_ENDS: Said = {"done": {}, "left": {"tell": "applicant"}, "refused": {"undo": "all"}}


@dataclass(frozen=True)
class Where:
    """Where a step stands: how deep, whither it may return, whether in a branch, what it may fill and read."""

    depth: int = 0
    targets: tuple[str, ...] = ("start",)
    ran: tuple[str, ...] = ()
    branch: bool = False
    fill: tuple[str, ...] = ("a", "b", "c")
    read: tuple[str, ...] = ("a", "b", "c")

    def inside(self, name: str) -> Where:
        """In a list of the step *name*."""
        return replace(self, depth=self.depth + 1, targets=(*self.targets, name))


class Grower:
    """Draws a document that keeps to the rules of the language nearly always; simpler draws come first."""

    def __init__(self, draw: Any) -> None:
        self.draw = draw
        self.made = 0
        self.budget = draw(st.integers(2, 10))

    def document(self) -> Said:
        more: Said = {}
        if self.maybe(4):
            more["due"] = {"within": "20 days", "remind": "50%", "late": ["escalate role district_admin"]}
        return {**_HEAD, **more, "steps": self.steps(Where()), "ends": _ENDS}

    # -- chance ----------------------------------------------------------------------------

    def one(self, *options: Any) -> Any:
        return self.draw(st.sampled_from(options))

    def maybe(self, odds: int) -> bool:
        """Once in *odds* times."""
        return bool(self.draw(st.integers(0, odds - 1)) == odds - 1)

    def name(self, kind: str) -> str:
        self.made += 1
        return f"{kind}{self.made}"

    # -- lists and steps -------------------------------------------------------------------

    def steps(self, at: Where, most: int = 3) -> list[Said]:
        found: list[Said] = []
        for _ in range(self.draw(st.integers(1, most))):
            if self.budget <= 0 and found:
                break
            self.budget -= 1
            step = self.step(at)
            certain = "ask" in step and "if" not in step
            at = replace(at, targets=(*at.targets, step["step"]), ran=(*at.ran, step["step"]) if certain else at.ran)
            found.append(step)
        return found

    def step(self, at: Where) -> Said:
        groups = [self.stage, self.parallel, self.choose] if at.depth < 3 else []
        made: Said = self.one(self.ask, self.ask, self.do, self.note, self.wait, *groups)(at)
        if self.maybe(7):
            made["if"] = self.condition(at)
        return made

    def condition(self, at: Where) -> str:
        name = self.one(*at.read) if at.read else "day"
        if name == "day":
            return "day > start.at"
        rounds = [f"{ask}.round < 2" for ask in at.ran[-1:]]
        return str(self.one(f"{name} = 'x'", f"not empty({name})", "today > '2026-01-01'", *rounds))

    def wait(self, at: Where) -> Said:
        came = self.one("next", "next", self.away(at))
        return {"step": self.name("w"), "wait": {"until": self.one("day", "start.at + 2 days")}, "outcomes": {"came": came}}

    def note(self, at: Where) -> Said:
        return {"step": self.name("n"), "do": "desk.note", "with": {"words": "x"}, "outcomes": {"noted": "next"}}

    def do(self, at: Where) -> Said:
        name = self.name("d")
        given: Said = {"name": name} | ({"mood": f"={self.one(*at.read)}"} if at.read and self.maybe(2) else {})
        refused, more = self.alone(at, name)
        held = {"then": "next", **self.small(at, name), **self.undo("this")} if self.maybe(3) else "next"
        refused |= self.undo("this") if self.maybe(3) else {}
        return {"step": name, "do": "desk.hold", "with": given, "outcomes": {"held": held, "refused": refused, **more}}

    def choose(self, at: Where) -> Said:
        name = self.name("c")
        inside = at.inside(name)
        branches: list[Said] = [{"if": self.condition(at), "steps": self.steps(inside, 2)}]
        if self.maybe(3):
            branches.append({"if": self.condition(at), "steps": self.steps(inside, 1)})
        return {"step": name, "choose": [*branches, {"else": self.steps(inside, 2) if self.maybe(2) else []}]}

    def parallel(self, at: Where) -> Said:
        name = self.name("p")
        count = self.one(2, 3)
        mine, kept = at.fill[:1], at.fill[1:]
        lists = {}
        for i in range(count):
            inside = replace(at.inside(name), branch=True, fill=mine if i == 0 else ())
            read = at.read if i == 0 else tuple(f for f in at.read if f not in mine)
            lists[f"b{i}"] = self.steps(replace(inside, read=read), 2)
        del kept
        short = {"then": self.away(at), **self.undo("this")}
        return {"step": name, "parallel": lists, "need": self.one("all", "any", "2"),
                "rest": self.one("cancel", "finish"), "outcomes": {"met": "next", "short": short}}  # fmt: skip

    def stage(self, at: Where) -> Said:
        name = self.name("s")
        outcomes: Said = {"done": {"then": "next", **self.undo("this")} if self.maybe(5) else "next"}
        if self.maybe(2):
            outcomes["withdraw"] = {"by": "applicant", **self.leaving(at, name), **self.undo("this", "none", "all")}
        if self.maybe(3):
            outcomes["cancel"] = {"by": "role head", **self.leaving(at, name), **self.small(at, name)}
        if self.maybe(5):
            outcomes["word"] = {"by": "applicant", "then": "stay"}
        made: Said = {"step": name, "stage": self.steps(at.inside(name))}
        if self.maybe(4):
            made |= self.deadline(at, name, outcomes)
        return {**made, "outcomes": outcomes}

    # -- asking ----------------------------------------------------------------------------

    def ask(self, at: Where) -> Said:
        name = self.name("a")
        made: Said = {"step": name, "ask": self.who(at)}
        outcomes: Said = {"ok": {"then": "next", **self.filling(at), **self.small(at, name)}}
        if self.maybe(2):
            outcomes["no"] = {"then": self.away(at), "opinion": "must", **self.small(at, name)}
        if self.maybe(2):
            outcomes["ret"] = self.back(at, name) | self.small(at, name)
        if self.maybe(5):
            outcomes["word"] = "stay"
        if self.maybe(6):
            outcomes["mine"] = {"by": "applicant", **self.leaving(at, name)}
        if self.maybe(2):
            made |= self.deadline(at, name, outcomes)
        if self.maybe(4) and "role" in str(made["ask"]) and "else" not in str(made["ask"]):
            made["not"] = [self.one("start", *at.ran)]
        if at.fill and self.maybe(4):
            made["fill"] = [self.one(*at.fill)]
        if at.read and self.maybe(4):
            made["show"] = [self.one(*at.read)]
        formless = "fill" not in made and not {"fill", "must"} & outcomes["ok"].keys()
        made |= {"sign": "all"} if formless and self.maybe(3) else {}
        made |= {"stops_clock": "true"} if self.maybe(6) else {}
        return {**made, "outcomes": outcomes}

    def who(self, at: Where) -> Any:
        simple = ("role head", "role staff", ["role head", "role staff"], "applicant", "person start.who", "anyone of home")
        if self.maybe(6):
            return [{"if": self.condition(at), "who": self.one(*simple[:2])}, {"else": "true", "who": "applicant"}]
        earlier = [f"person {ask}.who" for ask in at.ran[-1:]]
        return self.one("role head", "role head", "role head", *simple, *earlier)

    def filling(self, at: Where) -> Said:
        if not at.fill or not self.maybe(5):
            return {}
        name = self.one(*at.fill)
        return self.one({"must": [name]}, {"fill": [name]}, {"set": {name: "=coalesce(a, 'y')" if "a" in at.read else "y"}})

    # -- exits -----------------------------------------------------------------------------

    def away(self, at: Where) -> str:
        return str(self.one("next", "end refused", "end left", "end done", *(["drop"] * 2 if at.branch else [])))

    def back(self, at: Where, name: str) -> Said:
        mode = {"again": self.one("replay", "changed", "resume")}
        return {"then": f"back {self.one(*at.targets, name)}", "at_most": self.one("1", "2"), **mode}

    def leaving(self, at: Where, name: str) -> Said:
        return self.back(at, name) if self.maybe(3) else {"then": self.away(at)}

    def undo(self, *kinds: str) -> Said:
        return {"undo": self.one(*kinds)} if self.maybe(2) else {}

    def small(self, at: Where, name: str) -> Said:
        """Small steps of an exit."""
        if at.depth >= 2 or not self.maybe(5):
            return {}
        return {"steps": self.steps(replace(at.inside(name), depth=at.depth + 2), 2)}

    def alone(self, at: Where, name: str) -> tuple[Said, Said]:
        """An exit that nobody presses, and the sibling that stands in for it once it is used up."""
        if not self.maybe(3):
            return {"then": self.away(at)}, {}
        return self.back(at, name) | {"exhausted": "gone"}, {"gone": {"by": "clock", "then": "end refused"}}

    def deadline(self, at: Where, name: str, outcomes: Said) -> Said:
        """A deadline with its ladder; an outcome that silence takes is added to *outcomes*."""
        due: Said = self.one({"within": "2 days"}, {"within": "3 workdays"}, {"by": "day"}, {"within": "8 work hours"})
        due = dict(due) | ({"before": "day"} if self.maybe(4) else {})
        if self.maybe(2):
            due["remind"] = self.one("50%", ["25%", "75%"], "1 hour")
        ladder = self.one(["silent"], ["escalate role district_admin"],
                          ["escalate role district_admin", "silent after 1 day"])  # fmt: skip
        if ladder[-1].startswith("silent"):
            silent, more = self.alone(at, name)
            outcomes |= {"silent": {**silent, "by": "clock"}, **more}
            if "before" in due and self.maybe(2):
                due["before"] = {"at": due["before"], "late": "silent"}
        return {"due": due | {"late": ladder}}


@st.composite
def documents(draw: Any) -> Said:
    """A process as written; a few of them are not sound."""
    return Grower(draw).document()


def text_of(document: Said) -> str:
    """The document as a file."""
    return yaml.safe_dump(document, allow_unicode=True, sort_keys=False)


def sound(document: Said) -> Process | None:
    """The process that *document* says, or None where the checks refuse it."""
    return load_process(text_of(document), "grown.yaml", CATALOGUE, find_base=lambda name: None)[0]


# -- what a process is made of, to see that all of it is grown ------------------------------------------------


def constructs(made: Process) -> Counter[str]:
    """The constructs of *made* by name."""
    found: Counter[str] = Counter()
    found["due of the case"] += made.due is not None
    for step in all_steps(made.steps):
        found[type(step).__name__.lower()] += 1
        found["if"] += step.if_ is not None
        found.update(_of_kind(made, step))
        found.update(_of_clock(step))
        for taken in step.outcomes:
            found.update(_of_exit(step, taken))
    return found


def _of_kind(made: Process, step: Step) -> list[str]:
    match step:
        case Ask():
            more = [f"ask {name}" for name in ("not_", "show", "fill", "stops_clock") if getattr(step, name)]
            return [f"sign {step.sign}", f"asks {len(step.who.cases[0][1])}", f"rules {len(step.who.cases)}", *more]
        case Parallel():
            return [f"need {step.need}", f"rest {step.rest}", f"branches {len(step.branches)}",
                    *_nested(made, step, [s for branch in step.branches for s in branch.steps])]  # fmt: skip
        case Stage():
            return _nested(made, step, list(step.steps))
        case Choose():
            return [f"choices {len(step.branches)}", *_nested(made, step, [s for b in step.branches for s in b.steps])]
        case Do():
            return [f"do {step.action}"]
        case Wait():
            return ["wait until"]
    return []


def _nested(made: Process, step: Step, inside: list[Step]) -> list[str]:
    outer = type(step).__name__.lower()
    kinds = {type(one).__name__.lower() for one in inside}
    return [f"{kind} in {outer}" for kind in kinds]


def _of_clock(step: Step) -> list[str]:
    if step.due is None:
        return []
    kind = type(step).__name__.lower()
    rungs = ["escalate" if rung.escalate else "outcome" for rung in step.due.late]
    said = [f"{kind} late " + " then ".join(rungs)]
    said += [f"{kind} remind"] if step.due.remind else []
    said += [f"due {name}" for name in ("within", "by", "before") if getattr(step.due, name) is not None]
    said += ["before late"] if step.due.lapse else []
    return said


def _of_exit(step: Step, taken: Exit) -> list[str]:
    kind = type(step).__name__.lower()
    said = [f"{kind} exit {taken.then.kind}", f"{kind} by {taken.by.kind}"]
    if taken.then.kind == "back":
        said += [f"again {taken.again}", f"back by {taken.by.kind if kind != 'do' else 'action'}"]
        said += ["back start"] if taken.then.name == "start" else []
        said += ["back to itself"] if taken.then.name == step.id else []
        said += ["exhausted"] if taken.exhausted else []
    said += [f"exit undo {taken.undo}", f"{kind} undo {taken.undo}"] if taken.undo else []
    said += [f"exit {name}" for name in ("must", "fill", "set") if getattr(taken, name)]
    said += ["opinion must"] if taken.opinion == "must" else []
    if taken.steps:
        said += [f"small steps on {taken.then.kind}", *(f"small {type(s).__name__.lower()}" for s in taken.steps)]
    return said
