"""What leaves the machine: a sender prepares with the database, sends without it, and may record what came back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Literal

from engine.clock import MINUTE, SECOND, Micros
from engine.extend.context import JobContext, ReadContext
from engine.i18n import Text

#: What a system is for: only one that is ``live`` sends anything.
Mode = Literal["live", "demo", "scenario", "example"]
#: The longest that a sender may take for one message.
LONGEST_SEND: Final[Micros] = 5 * MINUTE


@dataclass(frozen=True, slots=True)
class Out:
    """What ``send`` is handed beside the payload; nothing in it leads to the database.

    ``message_id`` is the same on every try, so that the other side can tell a repetition; ``attempt`` counts tries
    from 1. At ``deadline``, a moment of the machine's clock, the process is ended. ``settings`` are the plugin's own
    in this district, as live values.
    """

    district: str
    message_id: str
    attempt: int
    mode: Mode
    deadline: Micros
    settings: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sender:
    """A way out of the machine. Jobs for it come from ``emit(Job(name, body))``; one with ``notices`` gets each notice.

    ``prepare`` reads what is to be sent and answers a payload that JSON can hold, or None when nothing is to be sent.
    ``send`` is named as ``"module:function"``: a worker calls it with (Out, payload) in a process of its own, which
    is ended after ``limit``, at most ``LONGEST_SEND``. It answers what JSON can hold; whatever it raises is a failed
    try. ``record`` gets that answer, in the transaction that ends the job. Each may be called again for one message.
    The body of a notice is ``{"person", "zh", "en", "href", "number"}``.
    """

    begins: ClassVar[str] = "{plugin}."
    name: str
    title: Text
    prepare: Callable[[ReadContext, Mapping[str, Any]], Any]
    send: str
    record: Callable[[JobContext, Any], None] | None = None
    limit: Micros = 20 * SECOND
    notices: bool = False
