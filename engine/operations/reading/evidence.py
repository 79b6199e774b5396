"""系统核对: what the plugins of a process's actions can check on the form as it stands, and the sums it comes to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from urllib.parse import unquote

from engine.definition.model import Step
from engine.extend.actions import RESERVED
from engine.extend.calls.beside import evidence as gather
from engine.extend.calls.beside import receipt_of
from engine.extend.showing import Evidence
from engine.i18n import Text, both
from engine.operations.plugin_answers import heeding
from engine.operations.plugin_contexts import read_context
from engine.operations.reading.grounds import AmountView, EvidenceView
from engine.operations.reading.parts import Showing
from engine.runtime.kinds.do import inputs


def evidence(show: Showing) -> tuple[EvidenceView, ...]:
    """Every line, in the order of the steps."""
    found: list[EvidenceView] = []
    enabled = show.ctx.enabled
    for step, _ in show.process.index.values():
        if not step.action or not show.glance.reads(v.formula for _, v in step.with_ if v.formula):
            continue  # what is reckoned from a field is for whoever may have the field
        try:
            given = inputs(show.env, step)
        except (KeyError, TypeError, ValueError, ArithmeticError):
            continue  # its inputs are not there yet
        lines = gather(
            show.ctx.registry, enabled, step.action,
            lambda plugin: read_context(show.ctx, show.tx, plugin), given, _receipt(show, step),
            partial(_apart, show, step.action),
        )  # fmt: skip
        found += [_line(show, line) for line in lines]
    return tuple(_standing(found))


@contextmanager
def _apart(show: Showing, action: str, plugin: str) -> Iterator[None]:
    """What *plugin* finds is none of the page's transaction, and where it fails administrators are told."""
    with heeding(show.ctx, plugin, Text(f"{action}的核对", f"evidence for {action}")), show.tx.savepoint():
        yield


def _standing(found: list[EvidenceView]) -> Iterator[EvidenceView]:
    """The lines less each sum that a later one has the place of, and less what was said before in the same words."""
    last = {line.label: line for line in found if line.sum}
    return (line for line in dict.fromkeys(found) if not line.sum or line == last[line.label])


def _line(show: Showing, line: Evidence) -> EvidenceView:
    """One line for the reader; a plugin names its pages as they lie within a district."""
    clean = show.glance.clean
    href = line.href if clean(both(unquote(line.href))).zh == unquote(line.href) else ""
    total = tuple(AmountView(amount.label, clean(amount.words)) for amount in line.sum)
    return EvidenceView(line.level, line.label, clean(line.sentence), href and f"/{show.ctx.id}{href}", total)


def sums(show: Showing) -> tuple[EvidenceView, ...]:
    """The lines that come to a sum, for the sheet on paper; none where the end undid everything."""
    end = show.process.end_named(show.case.end)
    if end is not None and end.undo == "all":
        return ()
    return tuple(line for line in evidence(show) if line.sum)


def _receipt(show: Showing, step: Step) -> dict[str, Any] | None:
    """What the run whose result stands answered, whole: the state keeps only what some formula reads."""
    kept = show.state["out"].get(step.id)
    if kept is None:
        return None
    runs = {run["n"]: run for turn in show.history for run in turn.body.get("runs", ()) if "do" in run}
    closed = [e["n"] for turn in show.history for e in turn.events if e["e"] == "closed" and e.get("s") == step.id]
    outputs = {name: value for name, value in kept.items() if name not in RESERVED}
    for run in (runs[n] for n in reversed(closed) if n in runs):
        if run["result"] == kept["result"] and outputs.items() <= run["out"].items():
            spec = show.definition.catalogue.actions[step.action].result(run["result"])
            return receipt_of(run["result"], run["out"], refusing=spec is not None and spec.refusing)
    return None
