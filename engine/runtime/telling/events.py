"""Every event in a sentence, in both languages: what the timeline, the export and the audit say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.definition.model import Process
from engine.i18n import Text
from engine.runtime.shapes.events import Event
from engine.runtime.telling import steps, tasks
from engine.runtime.telling.names import Names

#: Told in the audit, too small for a timeline: how the engine keeps its books.
QUIET = frozenset({"branch_done", "unwinding", "unkept", "counted", "clock", "told", "closed", "joined"})

#: What a person does, told with what they wrote.
HUMAN = frozenset({"started", "signed", "reassigned", "requested", "declined", "noted"})


def tell(event: Event, process: Process, names: Names) -> Text | None:
    """The sentence of *event*, or None where another event of the same command says it all."""
    said = _SENTENCES[event["e"]](event, process, names)
    if said is None or "meant" not in event:
        return said
    meant = names.moment(event["meant"])
    return Text(f"{said.zh}（系统没有按时运行，本应在{meant.zh}）",
                f"{said.en} (the system did not run; it was due {meant.en})")  # fmt: skip


_SENTENCES: dict[str, Callable[[Any, Process, Names], Text | None]] = {
    "started": steps.started,
    "filled": steps.filled,
    "joined": steps.joined,
    "opened": steps.opened,
    "signed": steps.signed,
    "closed": steps.closed,
    "skipped": steps.skipped,
    "branch_done": steps.branch_done,
    "unwinding": steps.unwinding,
    "undone": steps.undone,
    "returned": steps.returned,
    "unkept": steps.unkept,
    "counted": steps.counted,
    "reminded": tasks.reminded,
    "escalated": tasks.escalated,
    "clock": tasks.clock,
    "moved": tasks.moved,
    "reassigned": tasks.reassigned,
    "requested": tasks.requested,
    "declined": tasks.declined,
    "reseated": tasks.reseated,
    "incident": tasks.incident,
    "retried": tasks.retried,
    "taken_back": steps.taken_back,
    "ended": steps.ended,
    "noted": tasks.noted,
    "told": tasks.told,
}
