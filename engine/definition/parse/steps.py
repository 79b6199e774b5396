"""Steps of every kind: what they share, and a list of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from engine.definition.kinds.table import step_class
from engine.definition.language.keys import STEP_KINDS, keys_of
from engine.definition.model import Step
from engine.definition.parse import asking, doing, grouping, not_yet
from engine.definition.parse.due import read_due
from engine.definition.parse.exits import read_exits
from engine.definition.parse.reader import Reader
from engine.definition.yaml.source import Mapping, Node, Scalar, Sequence, identifier
from engine.i18n import both, listed

#: What an overlay may be allowed to do to a step.
OPEN: Final = ("replace_who", "remove", "loosen")
#: What makes the step of each kind.
OF_KIND: Final[dict[str, Callable[..., Step]]] = {
    "ask": asking.read_ask,
    "do": doing.read_do,
    "wait": doing.read_wait,
    "choose": grouping.read_choose,
    "parallel": grouping.read_parallel,
    "stage": grouping.read_stage,
    "each": not_yet.read_each,
    "call": not_yet.read_call,
}


def read_steps(reader: Reader, node: Node, path: str) -> tuple[Step, ...]:
    """A list of steps; those that cannot be told apart are left out, with a fault."""
    nodes = reader.items(node, path)
    if isinstance(node, Sequence) and not nodes and not path.endswith(".else"):
        reader.fault("no-steps", node, path)
    steps = (read_step(reader, item, f"{path}.{position}") for position, item in enumerate(nodes))
    return tuple(step for step in steps if step is not None)


def read_step(reader: Reader, node: Node, path: str) -> Step | None:
    """One step, of whichever kind its keys say."""
    if not isinstance(node, Mapping):
        reader.fault("not-a-mapping", node, path)
        return None
    written = node.get("step")
    name = identifier(written.text) if isinstance(written, Scalar) else ""
    kinds = [key for key in STEP_KINDS if node.get(key) is not None]
    if len(kinds) > 1:
        reader.fault("two-kinds", node, f"steps.{name}" if name else path, kinds=listed(kinds))
    construct = kinds[0] if len(kinds) == 1 else "step"
    here = f"steps.{name}" if name else path
    reader.places[here] = node.place
    found = reader.entries(node, here, construct, whole=len(kinds) == 1)
    if not kinds:
        reader.fault("no-kind", node, here, STEP_KINDS, name=_stranger(node))
    if "due" in found and kinds and not step_class(kinds[0]).may_be_late and not _awaits_message(node):
        reader.objection("due-not-here", found["due"], f"{here}.due")
    if not kinds or name not in reader.outline.steps:
        return None
    if reader.outline.steps[name].node is not node:
        return None
    return OF_KIND[kinds[0]](reader, node, found, here, common(reader, found, here, name, node))


def _awaits_message(node: Mapping) -> bool:
    wait = node.get("wait")
    return isinstance(wait, Mapping) and wait.get("message") is not None


def _stranger(node: Mapping) -> str:
    return next((key for key in node.keys if key not in keys_of("step")), "")


def common(reader: Reader, found: dict[str, Node], path: str, name: str, node: Node) -> dict[str, Any]:
    """What every kind of step has, as keyword arguments of its class."""
    title = reader.word(found["title"], f"{path}.title") if "title" in found else name
    condition = reader.formula(found["if"], f"{path}.if", ("boolean",)) if "if" in found else None
    opened = reader.words(found["open"], f"{path}.open") if "open" in found else ()
    for word in opened:
        if word not in OPEN:
            reader.objection("not-an-option", found["open"], f"{path}.open", OPEN, name=word, options=listed(OPEN))
    return {
        "id": name,
        "title": both(title),
        "outcomes": read_exits(reader, found["outcomes"], f"{path}.outcomes") if "outcomes" in found else (),
        "if_": condition,
        "due": read_due(reader, found["due"], f"{path}.due") if "due" in found else None,
        "open": frozenset(opened),
        "place": node.place,
    }
