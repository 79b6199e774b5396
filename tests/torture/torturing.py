"""Runs a script line by line, again and again with one fault each, and compares what is left with the peaceful run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import update

from engine.errors import Busy
from engine.operations.context import Context
from engine.operations.verifying.verify import verify
from engine.store.schema.tables import job
from tests.torture.dumping import Dump, differences, dump
from tests.torture.faults import KINDS, Died, Fault, Kind
from tests.torture.scripts import Line, Press
from tests.torture.world import Place, World, drained

#: How often a client presses again before it gives up.
_TRIES = 6


@dataclass(frozen=True)
class Trial:
    """One line of a script with the world before it, its statements, and what it leads to in peace."""

    line: Line
    before: World
    statements: tuple[str, ...]
    after: Dump

    def faults(self) -> Iterator[tuple[int, Kind]]:
        """Every statement, each way."""
        for at in range(len(self.statements)):
            for kind in KINDS:
                yield at, kind


def run(place: Place, line: Line, fault: Fault) -> list[str]:
    """Carry out *line*, pressing again with the same key until it gets through; what was answered on the way."""
    answered: list[str] = []
    press: Press | None = None
    for again in range(_TRIES):
        with place.open(again=again) as ctx:
            press = press or line(ctx, place.told)
            if _got_through(ctx, press, f"line-{place.line}", fault, answered):
                break
    else:
        raise AssertionError(f"never got through: {answered}")
    place.line += 1
    return answered


def _got_through(ctx: Context, press: Press, key: str, fault: Fault, answered: list[str]) -> bool:
    """Whether a press in this process came to its end; False once the process has died."""
    for _ in range(_TRIES):
        _let_leases_run_out(ctx)
        ctx.system.database.hook = None if fault.dead else fault
        try:
            press(ctx, key)
        except Died:
            answered.append("died")
            return False
        except Busy as refusal:
            answered.append(refusal.text.zh)
        else:
            return True
    return False


def _let_leases_run_out(ctx: Context) -> None:
    """As two minutes do once a worker is gone; but time stands still here, so that clocks ring when they should."""
    ctx.system.database.hook = None
    over = update(job).where(job.c.lease_until > 0).values(lease_until=1)
    ctx.runner.run(lambda tx: tx.connection.execute(over).rowcount)


def left(place: Place) -> tuple[Dump, list[str]]:
    """What is in the database once its jobs are done, and what ``verify`` finds broken."""
    with place.open(again=9) as ctx:
        drained(ctx)
        broken = [f"{b.promise} {b.place} {b.text.en}" for b in verify(ctx).broken]
    return dump(place.ground.raw(), place.standing), broken


def trials(place: Place, peaceful: Sequence[Line], lines: Sequence[Line]) -> Iterator[Trial]:
    """Each line of the script in turn, with the world before it put aside; *peaceful* lines run beforehand."""
    for line in peaceful:
        run(place, line, Fault(place.ground.fault))
    before = place.keep()
    for line in lines:
        for _ in range(2):  # the second time finds every cache warm, as the trials will
            place.restore(before)
            fault = Fault(place.ground.fault)
            assert run(place, line, fault) == []
        next_ = place.keep()
        after, broken = left(place)
        assert broken == []
        yield Trial(line, before, tuple(fault.statements), after)
        before = next_


def faulted(place: Place, trial: Trial, at: int, kind: Kind) -> list[str]:
    """What is wrong after statement *at* of the line failed so and everybody tried again; [] as it must be."""
    place.restore(trial.before)
    fault = Fault(place.ground.fault, at, kind)
    try:
        answered = run(place, trial.line, fault)
        after, broken = left(place)
    except Exception as error:
        return [f"{type(error).__name__}: {error}"]
    if not fault.hit:
        return [f"there was no statement {at}"]
    if kind.startswith("dies") and not answered:
        return ["it died and nobody noticed"]
    return [*broken, *differences(trial.after, after)]
