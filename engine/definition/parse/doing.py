"""``do`` runs a plugin's action; ``wait`` rests until a moment."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from engine.definition.catalogue import ActionSpec
from engine.definition.kinds.do import Do
from engine.definition.kinds.wait import Wait
from engine.definition.model import Exit, Target, Value
from engine.definition.parse.due import MOMENTS
from engine.definition.parse.exits import read_match, title_of
from engine.definition.parse.reader import Reader
from engine.definition.yaml.source import Mapping, Node
from engine.i18n import Text, listed

CAME: Final = Exit("came", Target("next"), title_of("came"))
WAIT_MESSAGE: Final = Text("等待消息（wait: {message}）", "waiting for a message (wait: {message})")


def read_do(reader: Reader, node: Mapping, found: dict[str, Node], path: str, common: dict[str, Any]) -> Do:
    """The step that runs an action."""
    name = reader.name(found["do"], f"{path}.do")
    spec = reader.catalogue.actions.get(name)
    if name and spec is None:
        reader.fault("unknown-action", found["do"], f"{path}.do", reader.catalogue.actions, name=name)
    if spec is None:
        return Do(**common, action=name)
    reader.used(name, found["do"], f"{path}.do")
    given = inputs(reader, spec, found["with"], f"{path}.with") if "with" in found else ()
    there = {key for key, _ in given}
    wanted = [one.name for one in spec.inputs if one.required] + [other for one, other in spec.needs if one in there]
    for missing in wanted:
        if missing not in there:
            reader.fault("missing-input", found["do"], path, name=missing, action=name)
    if "title" not in found:
        common["title"] = spec.title
    common["outcomes"] = _outcomes(reader, node, found, path, common, spec)
    return Do(**common, action=name, with_=given)


def inputs(reader: Reader, spec: ActionSpec, node: Node, path: str) -> tuple[tuple[str, Value], ...]:
    """``with:`` the inputs of an action, each by the type that the action declares."""
    by_name = {parameter.name: parameter for parameter in spec.inputs}
    given = []
    for key, value, here in reader.named(node, path):
        if key.text not in by_name:
            reader.fault("unknown-input", key, here, by_name, name=key.text, action=spec.name)
            continue
        read = reader.value(value, here, by_name[key.text].type)
        given.append((key.text, read or Value()))
    return tuple(given)


def _outcomes(
    reader: Reader, node: Mapping, found: dict[str, Node], path: str, common: dict[str, Any], spec: ActionSpec
) -> tuple[Exit, ...]:
    """The outcomes as written, titled by the action; a single result needs none written."""
    if "outcomes" in found:
        return tuple(_titled(one, found["outcomes"], spec) for one in common["outcomes"])
    if len(spec.results) == 1:
        only = spec.results[0]
        return (Exit(only.name, Target("next"), only.title, place=node.place),)
    names = listed(result.name for result in spec.results)
    reader.fault("outcomes-needed", node, path, action=spec.name, outcomes=names)
    return ()


def _titled(one: Exit, outcomes: Node, spec: ActionSpec) -> Exit:
    result = spec.result(one.name)
    written = outcomes.get(one.name) if isinstance(outcomes, Mapping) else None
    if result is None or (isinstance(written, Mapping) and written.get("title") is not None):
        return one
    return replace(one, title=result.title)


def read_wait(reader: Reader, node: Mapping, found: dict[str, Node], path: str, common: dict[str, Any]) -> Wait:
    """The step that waits."""
    inner = reader.entries(found["wait"], f"{path}.wait", "wait_for")
    if isinstance(found["wait"], Mapping) and ("until" in inner) == ("message" in inner):
        reader.fault("wait-needs-one", found["wait"], f"{path}.wait")
    if "match" in inner:
        read_match(reader, inner["match"], f"{path}.wait.match")
    if "message" in inner:
        reader.word(inner["message"], f"{path}.wait.message")
        reader.not_yet(inner["message"], f"{path}.wait.message", WAIT_MESSAGE)
        if "due" not in found:
            reader.fault("message-needs-late", node, path)
    until = inner.get("until")
    if not any(one.name == CAME.name for one in common["outcomes"]):
        common["outcomes"] = (replace(CAME, place=node.place), *common["outcomes"])
    moment = reader.formula(until, f"{path}.wait.until", MOMENTS, sign=True) if until else None
    return Wait(**common, until=moment)
