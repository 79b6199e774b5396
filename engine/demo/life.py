"""A district lives through its days: clocks ring, people act, some are away, and now and then something fails."""

from __future__ import annotations

import heapq
import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

from engine.clock import HOUR, MINUTE, Micros
from engine.definition.catalogue import ActionSpec
from engine.definition.district.roles import ADMIN
from engine.definition.values.moments import day_end, midnight, to_datetime, to_micros
from engine.demo.acting import Acting
from engine.demo.plan import Fault, Gift, Leave, span
from engine.demo.scene import Scene
from engine.demo.starting import Starting
from engine.errors import Invalid, RongtongError
from engine.extend.context import ActionContext, CaseRef
from engine.extend.contributions import ScenarioVerb
from engine.operations import cases as verbs
from engine.operations import who
from engine.operations.background.inner import run_jobs
from engine.operations.background.outbound import send_jobs
from engine.operations.clockwork import ring, seal
from engine.operations.context import ENGINE, Caller
from engine.operations.naming import person_named
from engine.operations.plugin_contexts import write_context
from engine.runtime.state import failed_at, nodes
from engine.store import cases, people, tasks
from engine.store.transactions.runner import Tx

_LOG = logging.getLogger("rongtong.demo")
#: How often the engine's own work is done and new tasks are looked for.
_TICK: Micros = 30 * MINUTE
_OPENED: Micros = 9 * HOUR
_MENDED_IN = span("40 work minutes, 3 work hours")


def live(scene: Scene) -> None:
    """Live from the first day of *scene* to its end."""
    acting = Acting(scene)
    for gift in scene.plan.gifts:
        if gift.district == scene.ctx.id:
            _give(scene, gift)
    _plan_leaves(scene)
    Starting(scene, acting).plan()
    _plan_faults(scene)
    first = min((moment for moment, *_ in scene.coming), default=scene.end)
    scene.clock.at = max(scene.clock.at, first - MINUTE)
    _run(scene, acting)


def live_on(scene: Scene) -> None:
    """Live from where the clock stands to the end of *scene*: whatever is open, and what is new on its days."""
    acting = Acting(scene)
    if scene.days:
        _plan_leaves(scene)
    for case in scene.read(lambda tx: cases.opened(tx, scene.ctx.id)):
        acting.look(case)
    Starting(scene, acting).plan()
    _run(scene, acting)


def _run(scene: Scene, acting: Acting) -> None:
    for moment in range(scene.clock.at + _TICK, scene.end, _TICK):
        if _awake(scene, moment):
            scene.at(moment, lambda: _tick(scene, acting))
    try:
        _go_on(scene)
    finally:
        for close in scene.closing:
            close()
    _tick(scene, acting)


def _go_on(scene: Scene) -> None:
    """Let everything happen that is to come; what people try in vain is no fault of theirs."""
    while scene.coming:
        moment, _, work = heapq.heappop(scene.coming)
        _pass(scene, moment)
        try:
            work()
        except RongtongError as refusal:
            scene.refused[refusal.code] += 1
            _LOG.debug("%s %s", scene.ctx.id, refusal.text.zh)
    _pass(scene, scene.end)


def _pass(scene: Scene, until: Micros) -> None:
    """Let time pass, with every clock that rings on the way."""
    while True:
        coming = scene.read(lambda tx: tasks.next_ring(tx, scene.ctx.id))
        if coming is None or coming > until:
            break
        scene.clock.at = max(scene.clock.at, coming)
        if ring(scene.ctx) == 0:
            break
    scene.clock.at = max(scene.clock.at, until)


def _awake(scene: Scene, moment: Micros) -> bool:
    """Whether anybody would look: from the first opening of the office until after its last closing."""
    office, hour = scene.calendar.office, timedelta(hours=1)
    return office[0][0] // hour <= to_datetime(moment).hour <= office[-1][1] // hour + 1


def _tick(scene: Scene, acting: Acting) -> None:
    """Do the jobs that are due, seal the journal, and let people find what clocks have opened lately."""
    while run_jobs(scene.ctx, 100) + send_jobs(scene.ctx, limit=100):
        pass
    seal(scene.ctx)
    now = scene.clock.at
    for case in scene.read(lambda tx: tasks.moved_lately(tx, scene.ctx.id, now - 2 * _TICK, now)):
        acting.look(case)


# -- what there is at the start -------------------------------------------------------------------


def _give(scene: Scene, gift: Gift) -> None:
    """Let a plugin's own word for scenarios give something to everybody with a role, or to somebody."""
    ctx = scene.ctx
    given = ctx.registry.given(ScenarioVerb, ctx.enabled)
    verb = next(v for v in given if v.name == gift.verb and v.place == "given")
    plugin = ctx.registry.owner(verb)
    given_to = [person_named(ctx, gift.person)] if gift.person else scene.pools.holders.get(gift.role, ())

    def work(tx: Tx) -> None:
        context = write_context(ctx, tx, plugin)
        for person, unit in given_to:
            problems = tuple(verb.run(context, _words(scene, gift.words, person, unit)))
            if problems:
                raise Invalid(problems)

    ctx.runner.run(work, long=True)


def _words(scene: Scene, words: Mapping[str, Any], person: str, unit: str) -> dict[str, Any]:
    known = {"=id": person, "=unit": unit}
    return {
        name: scene.amount(word) if isinstance(word, dict) else known.get(word, word) for name, word in words.items()
    }


def _plan_leaves(scene: Scene) -> None:
    """Who is away: by what is written down already, else by the plan."""
    for row in scene.read(lambda tx: people.deputies(tx, scene.ctx.id, scene.clock.at)):
        scene.away[row.person] = (row.since, row.until, row.deputy)
    for leave in scene.plan.leaves:
        if leave.district == scene.ctx.id:
            _leave(scene, leave)


def _leave(scene: Scene, leave: Leave) -> None:
    """Write down that a deputy has somebody's work for some days, unless they are away at the end anyway."""
    ctx = scene.ctx
    person, deputy = (person_named(ctx, words)[0] for words in (leave.person, leave.deputy))
    if scene.away.get(person, (0, 0, ""))[1] > scene.end:
        return
    since = to_micros(midnight(scene.days[-1 - min(leave.from_days_ago, len(scene.days) - 1)]))
    last = to_datetime(scene.end).date() + timedelta(days=leave.until_in_days)
    until = to_micros(day_end(last))
    of = partial(people.deputise, id=ctx.ids.new(), since=since, until=until, reason=leave.reason)
    said = {"person": person, "deputy": deputy}
    who.change(ctx, ENGINE, "deputise", said, lambda tx: of(tx, ctx.id, person=person, deputy=deputy))
    scene.away[person] = (since, until, deputy)


# -- what fails -----------------------------------------------------------------------------------


def _plan_faults(scene: Scene) -> None:
    for fault in scene.plan.faults:
        if fault.district == scene.ctx.id:
            moment = to_micros(midnight(scene.days[-1 - fault.days_ago])) + _OPENED
            scene.at(max(moment, scene.clock.at + MINUTE), Failure(scene, fault).begin)


class Failure:
    """An action that fails for the first case that needs it, until an administrator lets it run again."""

    def __init__(self, scene: Scene, fault: Fault) -> None:
        self.scene, self.fault = scene, fault
        self.victim: CaseRef | None = None

    def begin(self) -> None:
        """Put the failing action in the place of the sound one until somebody was hit, or the life ends."""
        self._sound = self.scene.ctx.catalogue.actions[self.fault.action]
        self._put(replace(self._sound, run=self._fail))
        self.scene.closing.append(self._restore)
        self._watch()

    def _fail(self, ctx: ActionContext, given: Mapping[str, Any]) -> Any:
        if self.victim is None:
            self.victim = ctx.case
        if self.victim.id == ctx.case.id:
            raise TimeoutError
        return self._sound.run(ctx, given) if self._sound.run else None

    def _put(self, spec: ActionSpec) -> None:
        actions = self.scene.ctx.catalogue.actions
        if isinstance(actions, dict):
            actions[self.fault.action] = spec

    def _restore(self) -> None:
        self._put(self._sound)

    def _watch(self) -> None:
        scene = self.scene
        if self.victim is None:
            scene.at(scene.clock.at + _TICK, self._watch)
            return
        self._restore()
        if self.fault.mended:
            scene.at(scene.after(scene.clock.at, _MENDED_IN), self._mend)

    def _mend(self) -> None:
        """An administrator lets the failed step run again."""
        scene, victim = self.scene, self.victim
        admins = scene.pools.holders.get(ADMIN, [])
        if victim is None or not admins:
            return
        case = scene.read(lambda tx: cases.load_case(tx, scene.ctx.id, id=victim.id))
        failed = [node["n"] for node in nodes(case.state["root"]) if failed_at(node)] if case else []
        for n in failed:
            caller = Caller(admins[0][0])
            verbs.retry(scene.ctx, caller, victim.number, n)
            if self.fault.say:
                verbs.comment(scene.ctx, caller, victim.number, self.fault.say)
