"""Deadlines: ``due {within, by, before, remind, late}``, with the ladder of what happens when it passes."""

from __future__ import annotations

import re
from typing import Final

from engine.definition.expression import Formula
from engine.definition.language.words import RESERVED_OUTCOMES
from engine.definition.model import Due, Reminder, Rung
from engine.definition.parse.reader import IDENTIFIER, Reader
from engine.definition.parse.who import read_who
from engine.definition.values.durations import Duration, parse_duration
from engine.definition.values.types import DURATION
from engine.definition.yaml.source import Mapping, Node, Scalar, Sequence

#: A deadline or a moment to wait for may be a day as well.
MOMENTS: Final = ("datetime", "date")
#: What the ladder of a vote may say: count what was cast by then.
COUNT: Final = "count"
_SHARE: Final = re.compile(r"([0-9]{1,2})\s*[%％]")
_AFTER: Final = re.compile(r"(?<!\s)\s+after\s+")


def read_due(reader: Reader, node: Node, path: str) -> Due:
    """The deadline at *node*."""
    found = reader.entries(node, path, "due")
    if isinstance(node, Mapping) and ("within" in found) == ("by" in found):
        reader.fault("due-needs-one", node, path)
    within = reader.value(found["within"], f"{path}.within", DURATION) if "within" in found else None
    by = reader.formula(found["by"], f"{path}.by", MOMENTS, sign=True) if "by" in found else None
    before, lapse = _event(reader, found["before"], f"{path}.before") if "before" in found else (None, "")
    return Due(
        within=within,
        by=by,
        before=before,
        lapse=lapse,
        remind=_reminders(reader, found["remind"], f"{path}.remind") if "remind" in found else (),
        late=read_late(reader, found["late"], f"{path}.late") if "late" in found else (),
        place=node.place,
    )


def _event(reader: Reader, node: Node, path: str) -> tuple[Formula | None, str]:
    """The moment that makes it urgent, and the outcome that is taken once it has come."""
    if not isinstance(node, Mapping):
        return reader.formula(node, path, MOMENTS, sign=True), ""
    found = reader.entries(node, path, "event")
    at = reader.formula(found["at"], f"{path}.at", MOMENTS, sign=True) if "at" in found else None
    return at, reader.name(found["late"], f"{path}.late") if "late" in found else ""


def _reminders(reader: Reader, node: Node, path: str) -> tuple[Reminder, ...]:
    reminders: list[Reminder] = []
    for text in reader.words(node, path):
        share = _SHARE.fullmatch(text)
        before = parse_duration(text)
        if share and int(share.group(1)):
            reminders.append(Reminder(share=int(share.group(1)) / 100))
        elif before is not None and before.amount > 0:
            reminders.append(Reminder(before=before))
        else:
            reader.fault("bad-reminder", node, path, name=text)
    return tuple(reminders)


def read_late(reader: Reader, node: Node, path: str) -> tuple[Rung, ...]:
    """The ladder: ``escalate WHO`` or an outcome's name, each with ``after DURATION`` if it wants to wait."""
    nodes = node.items if isinstance(node, Sequence) else (node,)
    rungs = [rung for item in nodes if (rung := _rung(reader, item, path)) is not None]
    for position, rung in enumerate(rungs):
        if rung.outcome and position < len(rungs) - 1:
            reader.objection("late-goes-on", node, path, name=rung.outcome)
        if rung.after.amount <= 0 if rung.after else position:
            reader.objection("rung-needs-after", node, path)
    return tuple(rungs)


def _rung(reader: Reader, node: Node, path: str) -> Rung | None:
    text = reader.word(node, path).strip()
    if not text:
        return None
    text, after = _waiting(reader, node, path, text)
    verb, _, rest = text.partition(" ")
    if verb == "escalate" and rest:
        place = node.place
        who = read_who(reader, Scalar(rest.strip(), True, place), path)
        return Rung(escalate=who, after=after) if who else None
    if IDENTIFIER.fullmatch(text) and (text == COUNT or text not in RESERVED_OUTCOMES):
        return Rung(outcome=text, after=after)
    meant = () if verb == "escalate" else ("escalate",)
    reader.fault("bad-rung", node, path, meant, name=verb, rung=text)
    return None


def _waiting(reader: Reader, node: Node, path: str, text: str) -> tuple[str, Duration | None]:
    rung, *rest = _AFTER.split(text, maxsplit=1)
    if not rest:
        return text, None
    after = parse_duration(rest[0].strip())
    if after is None or after.amount < 0:
        reader.fault("bad-duration", node, path, name=rest[0])
    return rung, after
