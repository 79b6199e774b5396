"""Steps that hold lists of steps: ``choose``, ``parallel`` and ``stage``."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final, Literal, cast

from engine.definition.kinds.choose import Choose
from engine.definition.kinds.parallel import Parallel
from engine.definition.kinds.stage import Stage
from engine.definition.model import Branch, Exit, Target
from engine.definition.parse.exits import title_of
from engine.definition.parse.reader import Reader
from engine.definition.values.plain import whole_number
from engine.definition.yaml.source import Mapping, Node

RESTS: Final = ("cancel", "finish")
DONE: Final = Exit("done", Target("next"), title_of("done"))
MET: Final = Exit("met", Target("next"), title_of("met"))

#: More branches than any step has.
MOST_BRANCHES: Final = 1000


def read_choose(reader: Reader, _node: Mapping, found: dict[str, Node], path: str, common: dict[str, Any]) -> Choose:
    """``choose: [{if, steps} …, {else: […]}]``: the first branch whose condition holds."""
    if "outcomes" in found:
        reader.fault("not-on-choose", found["outcomes"], f"{path}.outcomes")
    items = reader.items(found["choose"], f"{path}.choose")
    branches = [
        _alternative(reader, item, f"{path}.choose.{position}", position, position == len(items) - 1)
        for position, item in enumerate(items)
    ]
    if not any(isinstance(item, Mapping) and item.get("else") is not None for item in items):
        reader.objection("no-else", found["choose"], f"{path}.choose")
    common["outcomes"] = ()
    return Choose(**common, branches=tuple(branches))


def _alternative(reader: Reader, node: Node, path: str, position: int, last: bool) -> Branch:
    found = reader.entries(node, path, "branch")
    if "else" in found:
        if not last or len(found) > 1:
            reader.fault("else-is-last", node, path)
        return Branch(reader.steps(found["else"], f"{path}.else"), str(position))
    for key in ("if", "steps"):
        if key not in found:
            reader.fault("missing-key", node, path, name=key)
    condition = reader.formula(found["if"], f"{path}.if", ("boolean",)) if "if" in found else None
    steps = reader.steps(found["steps"], f"{path}.steps") if "steps" in found else ()
    return Branch(steps, str(position), condition)


def read_parallel(reader: Reader, node: Mapping, found: dict[str, Node], path: str, common: dict[str, Any]) -> Parallel:
    """``parallel: {branch: […]}``, all of which run side by side."""
    branches = []
    for key, value, here in reader.named(found["parallel"], f"{path}.parallel"):
        if reader.identifier(key, here):
            branches.append(Branch(reader.steps(value, here), key.text))
    if len(branches) < 2 and isinstance(found["parallel"], Mapping):
        reader.objection("one-branch", found["parallel"], f"{path}.parallel")
    if "outcomes" not in found:
        common["outcomes"] = (replace(MET, place=node.place),)
    rest = reader.choice(found["rest"], f"{path}.rest", RESTS, "cancel") if "rest" in found else "cancel"
    return Parallel(
        **common,
        branches=tuple(branches),
        need=read_need(reader, found["need"], f"{path}.need") if "need" in found else "all",
        rest=cast(Literal["cancel", "finish"], rest),
    )


def read_need(reader: Reader, node: Node, path: str) -> Literal["all", "any"] | int:
    """``need: all``, ``any`` or a number."""
    text = reader.word(node, path)
    if text == "all":
        return "all"
    if text == "any":
        return "any"
    if need := whole_number(text, MOST_BRANCHES):
        return need
    reader.fault("bad-need", node, path, name=text)
    return "all"


def read_stage(reader: Reader, node: Mapping, found: dict[str, Node], path: str, common: dict[str, Any]) -> Stage:
    """``stage: […]``: a list with exits of its own, that stay open beside what is active inside."""
    steps = reader.steps(found["stage"], f"{path}.stage")
    if not any(one.name == DONE.name for one in common["outcomes"]):
        common["outcomes"] = (replace(DONE, place=node.place), *common["outcomes"])
    return Stage(**common, steps=steps)
