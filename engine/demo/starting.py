"""Who starts cases, and when: the usual ones spread over the days, and those that are told beforehand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from engine.clock import MINUTE
from engine.definition.values.moments import at_time, to_micros
from engine.demo.acting import Acting
from engine.demo.days import moment_of, ruled_days
from engine.demo.making import Holder
from engine.demo.plan import ProcessPlan, Starter, Story, span
from engine.demo.scene import Scene
from engine.errors import Invalid
from engine.operations import cases as verbs
from engine.operations.content.publish import current
from engine.operations.context import Caller
from engine.operations.naming import person_named
from engine.operations.reading.views import Receipt
from engine.operations.spoken import spoken
from engine.operations.verbs import VERBS
from engine.runtime.draft import Definition

_A_WHILE = span("20 work minutes, 5 work hours")
#: So often somebody corrects a form before they give up.
_TRIES = 4
#: What is told happens before the end, however early in the day that is.
_BEFORE_END = 30 * MINUTE


class Starting:
    """The beginnings of a scene's cases."""

    def __init__(self, scene: Scene, acting: Acting) -> None:
        self.scene, self.ctx, self.acting = scene, scene.ctx, acting
        self._turns: dict[str, Iterator[Holder]] = {}

    def plan(self) -> None:
        """Spread all of them over the days."""
        scene = self.scene
        for process in scene.plan.processes:
            self._spread(process)
        for story in scene.plan.stories:
            if story.district == self.ctx.id and story.days_ago < len(scene.days):
                moment = to_micros(at_time(scene.days[-1 - story.days_ago], story.at))
                scene.at(min(moment, scene.end - _BEFORE_END), lambda story=story: self._tell(story))  # type: ignore[misc]

    def _spread(self, process: ProcessPlan) -> None:
        scene = self.scene
        days = self._days(process)
        if not days:
            return
        many = round(process.share.get(self.ctx.id, 0) * len(scene.days) / scene.plan.days)
        weights = [scene.plan.last_day if day == scene.days[-1] else 1.0 for day in days]
        for day in scene.chance.choices(days, weights, k=many):
            scene.at(moment_of(scene.calendar, day, scene.chance, scene.end), lambda: self._start(process))

    def _days(self, process: ProcessPlan) -> Sequence[date]:
        """The days on which cases of *process* are started here."""
        scene = self.scene
        rule = process.on.get(self.ctx.id)
        if not rule or not scene.days:
            return scene.days
        return [day for day in ruled_days(rule, scene.days) if scene.fresh or day >= scene.days[0]]

    def _start(self, process: ProcessPlan) -> None:
        scene = self.scene
        starter = scene.chance.choices(process.starters, [one.weight for one in process.starters])[0]
        person, unit = next(self._turn(starter))
        whom = scene.chance.choice(scene.pools.near(scene.pools.residents, unit))[0] if starter.for_other else ""
        definition = self._definition(process.process)
        picked = scene.chance.choice(process.pick) if process.pick else {}
        specs = {**process.fill, **picked, **starter.fill}
        scene.told()
        caller, tries = Caller(scene.present(person)), _TRIES
        while True:
            fill = scene.maker(definition).fill(definition.process.start.fill, specs, {}, unit)
            try:
                receipt = verbs.start(self.ctx, caller, process.process, fill, unit=unit, for_person=whom)
            except Invalid:
                tries -= 1
                if not tries:
                    raise
                continue  # they read what is wrong and fill in something else
            self._started(process, receipt, caller)
            return

    def _turn(self, starter: Starter) -> Iterator[Holder]:
        """Everybody who may start, one after the other, so that every unit has its turn."""
        if starter.role not in self._turns:
            pools = self.scene.pools
            found = list(pools.holders.get(starter.role, ()) if starter.role else pools.residents)
            self.scene.chance.shuffle(found)
            self._turns[starter.role] = _round(found)
        return self._turns[starter.role]

    def _definition(self, process: str) -> Definition:
        return self.scene.read(lambda tx: current(self.ctx, tx, process))

    def _tell(self, story: Story) -> None:
        person, unit = person_named(self.ctx, story.by)
        said = {name: words for name, words in story.fill.items() if isinstance(words, str)}
        made = {name: spec for name, spec in story.fill.items() if name not in said}
        maker = self.scene.maker(self._definition(story.process))
        words = {"process": story.process, "fill": said, "for": story.for_other}
        heard = spoken(self.ctx, VERBS["start"], words)
        heard["fill"] = maker.fill(tuple(made), made, {}, unit) | heard.get("fill", {})
        self.scene.told()
        receipt = verbs.start(self.ctx, Caller(person), unit=unit, **heard)
        self.acting.stories[receipt.case] = story
        self.acting.look(receipt.case)

    def _started(self, process: ProcessPlan, receipt: Receipt, caller: Caller) -> None:
        scene = self.scene
        self.acting.look(receipt.case)
        for aside in process.asides:
            if scene.happens(aside.choice.weight):
                moment = scene.after(scene.clock.at, aside.after)
                scene.at(moment, lambda aside=aside: self.acting.beside(receipt, aside))  # type: ignore[misc]
        if process.comments and scene.happens(process.talk):
            words = scene.chance.choice(process.comments)
            scene.at(scene.after(scene.clock.at, _A_WHILE), lambda: self._say(receipt, caller, words))

    def _say(self, receipt: Receipt, caller: Caller, words: str) -> None:
        verbs.comment(self.ctx, caller, receipt.number, words)


def _round(found: list[Holder]) -> Iterator[Holder]:
    while True:
        yield from found
