"""What is known at one place of a process: which names surely have a value, which actions may be in effect."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import reduce

from engine.definition.expression.parser import parse
from engine.definition.expression.presence import present
from engine.definition.model import Condition, Field, Process, Value

#: Names that always have a value.
OF_ITSELF = frozenset({"applicant", "today", "now", "settings", "start"})


@dataclass(frozen=True, slots=True)
class Known:
    """``sure`` are the names that have a value, ``ran`` the steps whose action may be in effect."""

    sure: frozenset[str] = frozenset()
    ran: frozenset[str] = frozenset()

    def losing(self, process: Process, names: Iterable[str]) -> Known:
        """Where fields or the outputs of steps may be empty again, and with them what is derived from any."""
        gone = frozenset(names)
        gone |= {field.name for field in process.fields if field.value is not None}
        gone |= {party.name for party in process.parties}
        return replace(self, sure=frozenset(name for name in self.sure if not is_sure(name, gone)))

    def where(self, conditions: Iterable[Condition]) -> Known:
        """Where some conditions are known to hold, or not to hold."""
        told = (present(parse(formula.text), holds) for formula, holds in conditions)
        return replace(self, sure=self.sure.union(*told))

    def running(self, steps: Iterable[str]) -> Known:
        """Where the actions of *steps* may have run as well."""
        return replace(self, ran=self.ran.union(steps))


def join(ways: Iterable[Known | None]) -> Known | None:
    """What is known where several ways come together; None is a way that nobody comes along."""
    open_ways = [way for way in ways if way is not None]
    if not open_ways:
        return None
    return reduce(lambda a, b: Known(a.sure & b.sure, a.ran | b.ran), open_ways)


def at_start(process: Process) -> frozenset[str]:
    """The names that have a value as soon as a case has begun."""
    return after_set(process, process.start.set, frozenset(OF_ITSELF | filled(process, process.start.fill)))


def after_set(process: Process, pairs: Iterable[tuple[str, Value]], sure: frozenset[str]) -> frozenset[str]:
    """What has a value after a ``set`` where *sure* had one before: what is set to something empty has none.

    A field that may not be empty is never set so; a check of its own sees to that.
    """
    for name, value in pairs:
        field = process.field_named(name)
        whole = field is not None and not may_be_empty(field)
        known = Known(sure).losing(process, (name,)).sure
        sure = known | {name} if whole or surely(value, sure) else known
    return sure


def surely(value: Value, sure: frozenset[str] = OF_ITSELF) -> bool:
    """Whether *value* is not empty where *sure* is known."""
    formula = value.formula
    if formula is None:
        return value.constant is not None
    return not formula.type.optional and all(is_sure(name, sure) for name in formula.names)


def is_sure(name: str, sure: frozenset[str]) -> bool:
    """Whether the dotted *name*, or what it is a part of, has a value."""
    while name:
        if name in sure:
            return True
        name = name.rpartition(".")[0]
    return False


def filled(process: Process, names: Iterable[str]) -> set[str]:
    """Of the fields to fill, those that are not empty afterwards: even a default can be cleared where it may be."""
    found = ((name, process.field_named(name.partition(".")[0])) for name in names)
    return {name for name, field in found if field and not may_be_empty(field)}


def may_be_empty(field: Field) -> bool:
    """Whether a case may rest with nothing in *field*, though it was on a form."""
    return field.optional or field.when is not None
