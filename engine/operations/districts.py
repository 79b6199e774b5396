"""The districts of a database: which there are, and each one's context."""

from __future__ import annotations

from engine.clock import Micros
from engine.operations.context import Context, District, System
from engine.store import districts, verify_reads


def context(system: System, district: str) -> Context:
    """The context of *district*; ``NotFound`` when nobody adopted it. What it chose is read afresh, cheaply."""
    record = system.runner.run(lambda tx: verify_reads.chosen(tx, district), write=False)
    known = system.districts.get(district)
    if known is None or known[0] != record:
        known = (record, District.from_record(district, record))
        system.districts[district] = known
    return Context(system, known[1])


def all_districts(system: System) -> list[str]:
    """The ids of the districts that live in this database, in the order they are shown."""
    return system.runner.run(districts.placed, write=False)


def all_contexts(system: System) -> tuple[Context, ...]:
    """Every district that lives in this database, in the order they are shown."""
    return tuple(context(system, district) for district in all_districts(system))


#: The key under which every district of a demo keeps how far its business time is from the machine's.
OFFSET = "clock_offset"


def business_offset(system: System) -> Micros:
    """How far business time is from the machine's clock: 0 but in a demo that did not end now."""
    return int(_offset(system) or 0)


def is_whole_demo(system: System) -> bool:
    """Whether this database holds a demo that was lived through to its end, and no other district."""
    contexts = all_contexts(system)
    return bool(contexts) and all(ctx.district.demo for ctx in contexts) and _offset(system) is not None


def _offset(system: System) -> str | None:
    return system.runner.run(lambda tx: districts.any_value(tx, OFFSET), write=False)


def keep_offset(system: System, offset: Micros) -> None:
    """Let business time run *offset* from the machine's clock, whoever opens this database from now on."""
    here, said = all_districts(system), {OFFSET: str(offset)}
    system.runner.run(lambda tx: districts.keep(tx, here, said))
