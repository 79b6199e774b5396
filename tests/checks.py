"""What 系统核对 says of a case, as the engine reads it itself, for tests that look at all of it."""

from __future__ import annotations

from engine.operations.context import Caller, Context
from engine.operations.reading.evidence import evidence
from engine.operations.reading.parts import Showing
from engine.store import cases
from engine.store.transactions.runner import Tx


def checked(ctx: Context, number: str) -> list[str]:
    """Every line in Chinese."""

    def read(tx: Tx) -> list[str]:
        case = cases.load_case(tx, ctx.id, number=number)
        assert case is not None
        return [line.sentence.zh for line in evidence(Showing(ctx, tx, Caller(""), case))]

    return ctx.runner.run(read, write=False)


def unchecked(ctx: Context, number: str) -> list[str]:
    """The lines that say that something could not be checked."""
    return [line for line in checked(ctx, number) if "没能核对" in line]
