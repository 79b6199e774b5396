"""Who may see and do what: every operation asks here."""

from __future__ import annotations

from engine.cached import cached_property
from engine.operations.content.publish import by_hash
from engine.operations.context import Caller, Context, no_case, no_district
from engine.operations.facts import OperationFacts
from engine.runtime.env import CaseEnv
from engine.runtime.people import audiences, named_exits
from engine.runtime.state import seats_of
from engine.store import answering, cases, journal, notices, upcast
from engine.store.answering import Answers
from engine.store.cases import Case
from engine.store.transactions.runner import Tx


def require_here(ctx: Context, tx: Tx, caller: Caller) -> None:
    """Raise ``NotFound``, the same as for no such district, for who is not, or no longer, one of its people."""
    if not answering.answers(tx, ctx.id, caller.person, ctx.now, above=False).own:
        raise no_district(ctx.id)


def home_units(ctx: Context, tx: Tx, person: str) -> tuple[str, ...]:
    """The units that a person belongs to or has a role in."""
    return answering.units_of(tx, ctx.id, person, ctx.now)


class Sight:
    """What one person may see today, read in one transaction; "" is the engine itself, which sees all."""

    def __init__(self, ctx: Context, tx: Tx, person: str) -> None:
        self.ctx, self.tx, self.person = ctx, tx, person

    @cached_property
    def answers(self) -> Answers:
        """What the person answers to."""
        return answering.answers(self.tx, self.ctx.id, self.person, self.ctx.now)

    @property
    def units(self) -> frozenset[str]:
        """The units for which the person reads: of who works here their own, and those of the roles they stand in for.

        A resident belongs to a unit and reads nothing for it.
        """
        own = self.answers.units if self.answers.works_here else ()
        return frozenset((*own, *self.answers.lent))

    def sees(self, case: Case) -> bool:
        """Who started a case or has it for, who works for a party, who has or had a task or may leave it, and
        administrators.
        """  # fmt: skip
        if not self.person:
            return True
        if not self.answers.own:
            return False  # no longer one of the district's
        return (
            self.answers.admin
            or self.person in (case.started_by, case.for_person)
            or self._of_a_party(case)
            or self._asked(case)
            or self._may_leave(case)
        )

    def _of_a_party(self, case: Case) -> bool:
        parties = (unit for _, unit in cases.parties(self.tx, self.ctx.id, case.id))
        return not {case.unit, *parties}.isdisjoint(self.units)

    def _asked(self, case: Case) -> bool:
        return answering.was_asked(self.tx, self.ctx.id, case.id, self.person, self.answers.keys)

    def _may_leave(self, case: Case) -> bool:
        """Whether an exit beside what is open names the person: what one may press one may see."""
        definition = by_hash(self.ctx, self.tx, case.def_hash)
        facts = OperationFacts(self.ctx, self.tx, definition, case.id)
        env = CaseEnv(definition.process, case.whole, facts, definition.catalogue, self.person)
        keys = set(self.answers.keys)
        return any(not keys.isdisjoint(audiences(rule, env)) for _, _, _, rule in named_exits(env))

    def had(self, case: Case) -> bool:
        """Whether a task was theirs before it was handed on or moved up, or the process told them: they read on."""
        keys = set(self.answers.keys)
        if not keys:
            return False  # no longer one of the district's
        if notices.told(self.tx, self.ctx.id, case.id, self.person):
            return True
        for entry in journal.read(self.tx, self.ctx.id, case.id):
            events = upcast.body_of(entry.body, f"{case.number}.{entry.seq}")["ev"]
            seats = (seat for event in events if event["e"] == "opened" for seat in seats_of(event["node"]))
            if entry.actor == self.person or any(seat.audience in keys for seat in seats):
                return True
        return False


def require_sight(ctx: Context, tx: Tx, caller: Caller, number: str) -> Case:
    """The case *number*, if the caller may see it; otherwise ``NotFound``, the same as for no such case."""
    return seen(ctx, tx, caller, cases.load_case(tx, ctx.id, number=number))


def seen(ctx: Context, tx: Tx, caller: Caller, found: Case | None) -> Case:
    """The case that was *found*, if the caller may see it; otherwise ``NotFound``."""
    sight = Sight(ctx, tx, caller.person)
    if found is None or not (sight.sees(found) or sight.had(found)):
        raise no_case()
    return found
