"""Runs what is pending: a plugin's action or undo, on the command's own connection, until the case rests."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from engine.clock import Micros
from engine.definition.catalogue import ActionSpec
from engine.definition.model import Do
from engine.definition.specs import changed
from engine.errors import Unanswered, Vetoed
from engine.extend.actions import RESERVED, Action, Undo, Undone
from engine.extend.calls.faults import HungError, cause_of, log_of
from engine.extend.calls.places import written_at
from engine.extend.context import ActionContext, CaseRef
from engine.extend.emitted import Job, Message
from engine.i18n import Text
from engine.operations.audiences import must_reach
from engine.operations.commands.runs import HandedJob, Happened, Owed, Runs
from engine.operations.context import Caller, Context, Lost
from engine.operations.plugin_contexts import action_context
from engine.operations.reading.people import People
from engine.runtime import commands as c
from engine.runtime.draft import Definition
from engine.runtime.env import CaseEnv
from engine.runtime.facts import Facts
from engine.runtime.pending import Request
from engine.runtime.refusals import plugin_away, plugin_changed, plugin_owes
from engine.runtime.shapes.tree import State
from engine.runtime.steps.do import inputs
from engine.store import jobs
from engine.store.transactions.failures import Duplicate, Spoilt, is_of_database
from engine.store.transactions.runner import Tx

_LOG = logging.getLogger("rongtong.actions")


class RunAgain(Exception):
    """An action refused or failed after it may have written: the command runs once more, with savepoints.

    ``silent`` is the action's node and whose silence, where it ended well and what follows found no answer.
    """

    def __init__(self, silent: tuple[int, Unanswered] | None = None) -> None:
        super().__init__()
        self.silent = silent


@dataclass(slots=True)
class Tries:
    """What a command has learnt from its tries so far.

    Once it is ``careful``, a savepoint stands round each action. ``silent`` are the nodes that become incidents without
    being run, and whose silence it is: what follows them found no answer, or they did not come back themselves.
    ``under_way`` is the node whose action is being run, 0 while there is none; ``version`` is that of the case.
    ``lost`` is what the same command hung in before, which counts if the case is still as it was.
    """

    careful: bool = False
    silent: dict[int, Unanswered] = field(default_factory=dict)
    under_way: int = 0
    version: int = 0
    lost: Lost | None = None

    def found(self, version: int) -> None:
        """The case is at *version*."""
        self.version = version
        if self.lost is not None and self.lost.version == version:
            self.careful = True
            self.silent |= self.lost.silent

    def again(self, silent: tuple[int, Unanswered] | None) -> None:
        """Be careful from now on, and run the node in *silent* no more."""
        self.careful = True
        self.silent |= dict([silent] if silent else ())


@dataclass(slots=True)
class Bench:
    """Where the actions of one command run, for the *caller*, who may act for somebody (``on_behalf``).

    Where it is ``ending`` the case for good, an undoing that fails is left for later: the case waits for nothing more.
    """

    ctx: Context
    tx: Tx
    people: People
    caller: Caller
    definition: Definition
    facts: Facts
    now: Micros
    case_id: str
    number: str
    on_behalf: str
    runs: Runs
    tries: Tries
    ending: bool = False

    def answer(self, state: State, request: Request) -> c.Command:
        """The command that the result of *request* becomes."""
        if request.n in self.tries.silent:
            return self._rests(state, request, _unanswered(request, self.tries.silent[request.n]))
        self.tries.under_way = request.n
        answer = self._answered(state, request)
        self.tries.under_way = 0
        return answer

    def _answered(self, state: State, request: Request) -> c.Command:
        work = self._undo if request.kind == "undo" else self._do
        if not self.tries.careful:
            try:
                answer: c.Command = work(state, request)
                self.tx.sound()
            except _ENDS_COMMAND:
                raise
            except Exception as reason:
                if is_of_database(reason):
                    raise
                raise RunAgain from reason
            return answer
        return self._carefully(work, state, request)

    def _carefully(
        self, work: Callable[[State, Request], c.Command], state: State, request: Request
    ) -> c.Command:
        """Run in a savepoint: the writes of a refusal or a failure vanish, the decision before it stands."""
        so_far = self.runs.so_far()
        try:
            with self.tx.savepoint():
                answer = work(state, request)
                if isinstance(answer, _Refused):
                    raise _Vanish(answer.command)
        except _Vanish as gone:
            self.runs.take_back(so_far, answered=True)
            return gone.command
        except _ENDS_COMMAND:
            raise
        except Exception as reason:
            if is_of_database(reason):
                raise
            self.runs.take_back(so_far, answered=False)
            return self._rests(state, request, self._failed(request, reason))
        assert not isinstance(answer, _Refused)
        return answer

    def _rests(self, state: State, request: Request, failed: c.Failed) -> c.Command:
        """The step is the incident that *failed* says; what is undone as the case ends for good is left for later."""
        if self.ending and request.kind == "undo":
            return self._later(request, self._wanted(state, request))
        return failed

    def _failed(self, request: Request, reason: Exception) -> c.Failed:
        """A short word for the record; the whole of it is for the log, but where nothing ran at all."""
        if isinstance(reason, Unanswered):
            _LOG.warning("step %s of case %s: %s", request.step, self.number, reason.why.en)
            return _unanswered(request, reason)
        step = self.definition.process.index[request.step][0]
        assert isinstance(step, Do)
        plugin = step.action.partition(".")[0]
        folder = self.ctx.registry.folder(plugin)
        log_of(_LOG, reason, folder, plugin, "step %s of case %s failed", request.step, self.number)
        return c.Failed(request.n, cause_of(reason, folder, plugin))

    def _do(self, state: State, request: Request) -> Any:
        step = self.definition.process.index[request.step][0]
        assert isinstance(step, Do)
        spec = self.definition.catalogue.actions[step.action]
        plugin = step.action.partition(".")[0]
        if plugin not in self.ctx.enabled and self.ctx.away(plugin) is not None:
            raise plugin_away(plugin)
        if spec.run is None:
            raise self._changed(spec)
        if self._owes(state, plugin):
            raise plugin_owes(plugin)
        env = CaseEnv(self.definition.process, state, self.facts, self.definition.catalogue, self.caller.person)
        try:
            outcome = spec.run(self._context(state, request, step.action), inputs(env, step))
        except Exception as reason:
            self.tx.sound(reason)  # a veto, too, says nothing where a statement before it failed
            raise
        self.tx.sound()
        self.runs.record.append(
            {"n": request.n, "do": step.action, "v": spec.version, "result": outcome.name, "out": outcome.outputs}
        )
        done = Happened(f"{step.action}.{outcome.name}", dict(outcome.outputs), request.step, request.of)
        self.runs.ended.append(done)
        command = c.Result(request.n, outcome.name, outcome.outputs, outcome.problems)
        if not outcome.refusing:
            return command
        if not self.tries.careful:
            raise RunAgain
        return _Refused(command)

    def _changed(self, kept: ActionSpec) -> Unanswered:
        """What the process knows and its plugin brings otherwise by now: what is other, and where it stands."""
        plugin, live = kept.name.partition(".")[0], self.ctx.registry.action(kept.name)
        given = next((one for one in self.ctx.registry.given(Action) if one.spec.name == kept.name), None)
        return plugin_changed(plugin, kept.name, changed(kept, live), written_at(given.body) if given else "")

    def _wanted(self, state: State, request: Request) -> Owed:
        """The undoing that *request* asks for."""
        step = self.definition.process.index[request.step][0]
        assert isinstance(step, Do)
        name = self.definition.catalogue.actions[step.action].undo
        receipt = {k: v for k, v in state["out"].get(request.step, {}).items() if k not in RESERVED}
        return Owed(step.action, str(name), request.of, request.step, receipt)

    def _undo(self, state: State, request: Request) -> Any:
        wanted = self._wanted(state, request)
        away = self.ctx.away(wanted.plugin) is not None or self._undoing(wanted) is None
        if away or self._owes(state, wanted.plugin):
            return self._later(request, wanted)
        how = self.release(state, wanted)
        self.runs.record.append({"n": request.of, "undo": wanted.undo, "how": how})
        return c.Undone(request.n, request.of, how)

    def _later(self, request: Request, wanted: Owed) -> c.Undone:
        """Leave an undoing to a job of its own."""
        self.runs.owed.append(wanted)
        self.runs.record.append({"n": request.of, "undo": wanted.undo, "how": "owed"})
        return c.Undone(request.n, request.of, "owed")

    def _owes(self, state: State, plugin: str) -> bool:
        """Whether *plugin* has still to undo something of this case, which comes before all else that it does here."""
        if self.runs.owed and any(owed.plugin == plugin for owed in self.runs.owed):
            return True
        return "later" in state and bool(jobs.oldest(self.tx, self.ctx.id, self.case_id, f"owed:{plugin}"))

    def release(self, state: State, wanted: Owed) -> Undone:
        """Undo an effect now. Raises ``Unanswered`` while its plugin is away or brings no such undoing."""
        if self.ctx.away(wanted.plugin) is not None:
            raise plugin_away(wanted.plugin)
        undo = self._undoing(wanted)
        if undo is None:
            raise plugin_changed(wanted.plugin, wanted.action, Text("它的撤销没有了", "its undo is gone"))
        request = Request(wanted.n, wanted.n, wanted.step, "undo")
        how = undo(self._context(state, request, undo.name, wanted.receipt), wanted.receipt)
        self.tx.sound()
        self.runs.ended.append(Happened(f"{undo.name}.{how}", wanted.receipt, wanted.step, wanted.n))
        return how

    def _undoing(self, wanted: Owed) -> Undo | None:
        """What undoes that effect now: as its action says today or, where that names nothing, as was noted."""
        action = self.ctx.registry.action(wanted.action)
        named = self.ctx.registry.undo(action.undo) if action is not None else None
        return named or self.ctx.registry.undo(wanted.undo)

    def _context(
        self, state: State, request: Request, action: str, receipt: dict[str, Any] | None = None
    ) -> ActionContext:
        plugin = action.partition(".")[0]
        case = state["case"]
        return action_context(
            self.ctx,
            self.tx,
            plugin,
            self.people,
            locks=self.runs.locks,
            unit=case["unit"],
            case=CaseRef(self.case_id, self.number, self.definition.process.name, request.step, request.of),
            key=f"{self.case_id}:{request.of}:{request.kind}",
            calendar=self.facts.calendar(case["unit"]),
            actor=self.caller.person,
            on_behalf=self.on_behalf,
            receipt=receipt or {},
            emit=lambda thing: self._hand_over(plugin, thing, request),
        )

    def _hand_over(self, plugin: str, thing: Message | Job, request: Request) -> None:
        self.ctx.registry.check_handed(plugin, thing)
        if isinstance(thing, Message):
            must_reach(self.ctx, self.people, plugin, thing)
            self.runs.messages.append(thing)
        else:
            self.runs.jobs.append(HandedJob(thing, request.step, request.of))


def _unanswered(request: Request, silence: Unanswered) -> c.Failed:
    return c.Failed(request.n, silence.why, silence.waits_for)


@dataclass(frozen=True)
class _Refused:
    command: c.Result


class _Vanish(Exception):
    def __init__(self, command: c.Command) -> None:
        super().__init__()
        self.command = command


#: A veto refuses the whole command, and what is spoilt is run once more, as is what hung, without it. A fault of the
#: database, too, rolls it back and is never an incident.
_ENDS_COMMAND = (Vetoed, Duplicate, RunAgain, Spoilt, HungError, _Vanish)
