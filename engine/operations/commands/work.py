"""What one try at a command shares: the attempt makes it, the bench of its actions and its recording take it."""

from __future__ import annotations

from engine.operations.commands.runs import Runs
from engine.operations.context import Caller, Context
from engine.operations.facts import OperationFacts
from engine.operations.reading.people import people_of
from engine.runtime.draft import Definition
from engine.runtime.env import CaseEnv
from engine.runtime.kinds.table import begin
from engine.runtime.rights import on_behalf
from engine.store.cases import Case
from engine.store.transactions.runner import Tx


class Work:
    """What is done on one *case* by its *definition*, inside one transaction and at one moment.

    ``turn`` is the case as it becomes, with the events that make it so; ``case`` stays as it is stored until that is
    recorded. ``people`` and ``facts`` are what was read of the world, and ``runs`` what actions did in it.
    """

    __slots__ = ("caller", "case", "ctx", "definition", "facts", "people", "runs", "turn", "tx")

    def __init__(self, ctx: Context, tx: Tx, caller: Caller, case: Case, definition: Definition) -> None:
        self.ctx, self.tx, self.caller, self.case, self.definition = ctx.still(), tx, caller, case, definition
        self.people = people_of(self.ctx, tx)
        self.facts = OperationFacts(
            self.ctx, tx, definition, case.id, self.people, deciding=True, version=case.directory
        )
        self.turn = begin(definition, case.whole if case.version else None, self.facts)
        self.runs = Runs()

    def env(self) -> CaseEnv:
        """What a formula sees of the case as it becomes, as its caller asks it."""
        return CaseEnv(
            self.definition.process, self.turn.state, self.facts, self.definition.catalogue, self.caller.person
        )

    @property
    def on_behalf(self) -> str:
        """For whom its caller acts; "" in their own right, and where no human does."""
        return on_behalf(self.turn.events)
