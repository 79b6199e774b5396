"""Runs what is pending: a plugin's action or undo, on the command's own connection, until the case rests."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from engine.definition.catalogue import ActionSpec
from engine.definition.model import Step
from engine.definition.specs import changed
from engine.errors import Unanswered, Vetoed
from engine.extend.actions import RESERVED, Action, Undo, Undone
from engine.extend.calls.faults import HungError, cause_of, log_of
from engine.extend.calls.places import written_at
from engine.extend.context import ActionContext, CaseRef, StepContext
from engine.extend.emitted import Job, Message
from engine.i18n import Text
from engine.operations.audiences import must_reach
from engine.operations.commands.runs import HandedJob, Happened, Owed
from engine.operations.commands.work import Work
from engine.operations.context import Lost
from engine.operations.plugin_contexts import OfStep, action_context, step_context
from engine.runtime import commands as c
from engine.runtime.kinds.do import inputs
from engine.runtime.pending import Request
from engine.runtime.refusals import plugin_away, plugin_changed, plugin_owes
from engine.store import jobs
from engine.store.transactions.failures import Duplicate, Spoilt, is_of_database

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
    """Where the actions of one command run.

    Where it is ``ending`` the case for good, an undoing that fails is left for later: the case waits for nothing more.
    """

    work: Work
    tries: Tries
    ending: bool = False

    def answer(self, request: Request) -> c.Command:
        """The command that the result of *request* becomes."""
        if request.n in self.tries.silent:
            return self._rests(request, _unanswered(request, self.tries.silent[request.n]))
        self.tries.under_way = request.n
        answer = self._answered(request)
        self.tries.under_way = 0
        return answer

    def _answered(self, request: Request) -> c.Command:
        run = self._undo if request.kind == "undo" else self._do
        if not self.tries.careful:
            try:
                answer: c.Command = run(request)
                self.work.tx.sound()
            except _ENDS_COMMAND:
                raise
            except Exception as reason:
                if is_of_database(reason):
                    raise
                raise RunAgain from reason
            return answer
        return self._carefully(run, request)

    def _carefully(self, run: Callable[[Request], c.Command], request: Request) -> c.Command:
        """Run in a savepoint: the writes of a refusal or a failure vanish, the decision before it stands."""
        runs = self.work.runs
        so_far = runs.so_far()
        try:
            with self.work.tx.savepoint():
                answer = run(request)
                if isinstance(answer, _Refused):
                    raise _Vanish(answer.command)
        except _Vanish as gone:
            runs.take_back(so_far, answered=True)
            return gone.command
        except _ENDS_COMMAND:
            raise
        except Exception as reason:
            if is_of_database(reason):
                raise
            runs.take_back(so_far, answered=False)
            return self._rests(request, self._failed(request, reason))
        assert not isinstance(answer, _Refused)
        return answer

    def _rests(self, request: Request, failed: c.Failed) -> c.Command:
        """The step is the incident that *failed* says; what is undone as the case ends for good is left for later."""
        if self.ending and request.kind == "undo":
            return self._later(request, self._wanted(request))
        return failed

    def _failed(self, request: Request, reason: Exception) -> c.Failed:
        """A short word for the record; the whole of it is for the log, but where nothing ran at all."""
        if isinstance(reason, Unanswered):
            _LOG.warning("step %s of case %s: %s", request.step, self.work.case.number, reason.why.en)
            return _unanswered(request, reason)
        plugin = self._step(request).action.partition(".")[0]
        folder = self.work.ctx.registry.folder(plugin)
        log_of(_LOG, reason, folder, plugin, "step %s of case %s failed", request.step, self.work.case.number)
        return c.Failed(request.n, cause_of(reason, folder, plugin))

    def _step(self, request: Request) -> Step:
        """The step whose action is to run or to be undone."""
        return self.work.definition.process.index[request.step][0]

    def _do(self, request: Request) -> Any:
        work, step = self.work, self._step(request)
        spec = work.definition.catalogue.actions[step.action]
        plugin = step.action.partition(".")[0]
        if plugin not in work.ctx.enabled and work.ctx.away(plugin) is not None:
            raise plugin_away(plugin)
        if spec.run is None:
            raise self._changed(spec)
        if self._owes(plugin):
            raise plugin_owes(plugin)
        try:
            handed = self._reading(request, plugin) if spec.reads else self._context(request, plugin)
            outcome = spec.run(handed, inputs(work.env(), step))
        except Exception as reason:
            work.tx.sound(reason)  # a veto, too, says nothing where a statement before it failed
            raise
        work.tx.sound()
        work.runs.record.append(
            {"n": request.n, "do": step.action, "v": spec.version, "result": outcome.name, "out": outcome.outputs}
        )
        done = Happened(f"{step.action}.{outcome.name}", dict(outcome.outputs), request.step, request.of)
        work.runs.ended.append(done)
        command = c.Result(request.n, outcome.name, outcome.outputs, outcome.problems)
        if not outcome.refusing or spec.reads:  # what only read has written nothing that would have to vanish
            return command
        if not self.tries.careful:
            raise RunAgain
        return _Refused(command)

    def _changed(self, kept: ActionSpec) -> Unanswered:
        """What the process knows and its plugin brings otherwise by now: what is other, and where it stands."""
        plugin, live = kept.name.partition(".")[0], self.work.ctx.registry.action(kept.name)
        given = next((one for one in self.work.ctx.registry.given(Action) if one.spec.name == kept.name), None)
        return plugin_changed(plugin, kept.name, changed(kept, live), written_at(given.body) if given else "")

    def _wanted(self, request: Request) -> Owed:
        """The undoing that *request* asks for."""
        step = self._step(request)
        name = self.work.definition.catalogue.actions[step.action].undo
        receipt = {k: v for k, v in self.work.turn.state["out"].get(request.step, {}).items() if k not in RESERVED}
        return Owed(step.action, str(name), request.of, request.step, receipt)

    def _undo(self, request: Request) -> Any:
        wanted = self._wanted(request)
        away = self.work.ctx.away(wanted.plugin) is not None or self._undoing(wanted) is None
        if away or self._owes(wanted.plugin):
            return self._later(request, wanted)
        how = self.release(wanted)
        self.work.runs.record.append({"n": request.of, "undo": wanted.undo, "how": how})
        return c.Undone(request.n, request.of, how)

    def _later(self, request: Request, wanted: Owed) -> c.Undone:
        """Leave an undoing to a job of its own."""
        self.work.runs.owed.append(wanted)
        self.work.runs.record.append({"n": request.of, "undo": wanted.undo, "how": "owed"})
        return c.Undone(request.n, request.of, "owed")

    def _owes(self, plugin: str) -> bool:
        """Whether *plugin* has still to undo something of this case, which comes before all else that it does here."""
        work = self.work
        if work.runs.owed and any(owed.plugin == plugin for owed in work.runs.owed):
            return True
        return "later" in work.turn.state and bool(
            jobs.oldest(work.tx, work.ctx.id, work.case.id, f"owed:{plugin}")
        )

    def release(self, wanted: Owed) -> Undone:
        """Undo an effect now. Raises ``Unanswered`` while its plugin is away or brings no such undoing."""
        if self.work.ctx.away(wanted.plugin) is not None:
            raise plugin_away(wanted.plugin)
        undo = self._undoing(wanted)
        if undo is None:
            raise plugin_changed(wanted.plugin, wanted.action, Text("它的撤销没有了", "its undo is gone"))
        request = Request(wanted.n, wanted.n, wanted.step, "undo")
        how = undo(self._context(request, undo.name.partition(".")[0], wanted.receipt), wanted.receipt)
        self.work.tx.sound()
        self.work.runs.ended.append(Happened(f"{undo.name}.{how}", wanted.receipt, wanted.step, wanted.n))
        return how

    def _undoing(self, wanted: Owed) -> Undo | None:
        """What undoes that effect now: as its action says today or, where that names nothing, as was noted."""
        registry = self.work.ctx.registry
        action = registry.action(wanted.action)
        named = registry.undo(action.undo) if action is not None else None
        return named or registry.undo(wanted.undo)

    def _context(self, request: Request, plugin: str, receipt: dict[str, Any] | None = None) -> ActionContext:
        work = self.work
        return action_context(
            work.ctx,
            work.tx,
            plugin,
            work.people,
            **self._of(request),
            locks=work.runs.locks,
            receipt=receipt or {},
            emit=lambda thing: self._hand_over(plugin, thing, request),
        )

    def _reading(self, request: Request, plugin: str) -> StepContext:
        work = self.work
        return step_context(work.ctx, work.tx, plugin, work.people, **self._of(request))

    def _of(self, request: Request) -> OfStep:
        work, case = self.work, self.work.case
        unit = work.turn.state["case"]["unit"]
        return {
            "unit": unit,
            "case": CaseRef(case.id, case.number, case.process, request.step, request.of),
            "key": f"{case.id}:{request.of}:{request.kind}",
            "calendar": work.facts.calendar(unit),
            "actor": work.caller.person,
            "on_behalf": work.on_behalf,
        }

    def _hand_over(self, plugin: str, thing: Message | Job, request: Request) -> None:
        work = self.work
        work.ctx.registry.check_handed(plugin, thing)
        if isinstance(thing, Message):
            must_reach(work.ctx, work.people, plugin, thing)
            work.runs.messages.append(thing)
        else:
            work.runs.jobs.append(HandedJob(thing, request.step, request.of))


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
