"""Of which kind a length of time in a formula is, as far as that can be told before the formula runs."""

from __future__ import annotations

from dataclasses import replace

from engine.definition.expression.check import Checker, Part
from engine.definition.expression.scope import Scope
from engine.definition.expression.tree import Constant, Core, Lazy, Node, Operation, Read
from engine.definition.values.durations import KINDS, Duration
from engine.i18n import Text

_HINT = Text("用同一种单位写", "Write them in units of one kind")


def of_one_kind(checker: Checker, node: Node, verb: Text, *parts: Part) -> Part | None:
    """A fault where two of *parts* are known to be of kinds that have no order and no sum; else None."""
    found = {kind: part for part in parts if (kind := kind_of(part.core, checker.scope))}
    if len(found) < 2:
        return None
    a, b = (_said(part, kind) for kind, part in list(found.items())[:2])
    zh = f"{a.zh}和{b.zh}不是同一种时长，不能{verb.zh}"
    en = f"{a.en} and {b.en} are of two kinds and cannot be {verb.en}"
    return checker.fault("formula-length", node, zh, en, _HINT)


def sum_of_lengths(checker: Checker, node: Node, found: Part, verb: Text, left: Part, right: Part) -> Part:
    """*found*, the sum of two lengths; where they may be of two kinds, it may be empty."""
    if fault := of_one_kind(checker, node, verb, left, right):
        return fault
    sure = all(kind_of(part.core, checker.scope) for part in (left, right))
    return found if sure else replace(found, type=found.type.maybe())


def kind_of(core: Core, scope: Scope) -> str:
    """The kind of the length that *core* gives, "" where it is no length or cannot be told."""
    match core:
        case Constant(Duration() as written):
            return written.kind
        case Read(name):
            return scope.lengths.get(name, "")
        case Operation("field", (Read(record), Constant(part))):
            return scope.lengths.get(f"{record}.{part}", "")
        case Operation("days apart" | "minutes apart"):
            return "minutes"
        case Operation("negate duration" | "duration times" | "add durations" | "subtract durations", args):
            return next(filter(None, (kind_of(arg, scope) for arg in args)), "")
        case Lazy("if", (_, *branches)) | Lazy("coalesce", (*branches,)):
            kinds = {kind_of(branch, scope) for branch in branches}
            return kinds.pop() if len(kinds) == 1 else ""
    return ""


def _said(part: Part, kind: str) -> Text:
    if isinstance(part.core, Constant) and isinstance(part.core.value, Duration):
        return part.core.value.words
    named = part.path or "…"
    return Text(f"{named}（{KINDS[kind].zh}）", f"{named} ({KINDS[kind].en})")
