"""Whether the database answers: all that a probe is told."""

from __future__ import annotations

from engine.errors import Busy
from engine.operations.context import System
from engine.store import probe
from engine.store.transactions.failures import Failure


def database_answers(system: System) -> bool:
    """Whether a statement comes back; where only no connection is free, others are being answered."""
    try:
        system.runner.run(probe.ask, write=False, waits=False)
    except Busy as refusal:
        return refusal.details.get("failure") == Failure.LOCKED.value
    return True
