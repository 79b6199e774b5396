"""What people do about the tasks that wait for them: decide, claim, forget, take back, step in from beside."""

from __future__ import annotations

from collections.abc import Sequence

from engine.audience import ANYBODY, AnyoneOf, AtHome, AudienceKey, RoleAt, User, parse_audience
from engine.clock import SECOND
from engine.definition.fields.exit_form import to_complete
from engine.demo.plan import Aside, Choice, StepPlan, Story, span
from engine.demo.scene import Scene
from engine.errors import RongtongError
from engine.operations import cases as verbs
from engine.operations.content.publish import by_hash
from engine.operations.context import Caller
from engine.operations.reading.views import Receipt
from engine.runtime.draft import Definition
from engine.store import cases, people, tasks
from engine.store.cases import Case
from engine.store.tasks import Task
from engine.store.transactions.runner import Tx

_USUAL = StepPlan(span("20 work minutes, 5 work hours"))
#: In percent: decisions that are taken back within the minute.
_REGRET = 1.5
#: So many persons behind one audience are tried before nobody may.
_TRIES = 3


class Acting:
    """The people of one scene at their tasks."""

    def __init__(self, scene: Scene) -> None:
        self.scene, self.ctx = scene, scene.ctx
        self.stories: dict[str, Story] = {}
        self._plans = {process.process: process for process in scene.plan.processes}
        self._seen: set[tuple[str, int, str]] = set()

    def look(self, case_id: str) -> None:
        """Make up what will be done about the tasks of a case that nobody has thought of yet."""

        def read(tx: Tx) -> tuple[Case | None, tuple[Task, ...]]:
            return cases.load_case(tx, self.ctx.id, id=case_id), tasks.of_case(tx, self.ctx.id, case_id, live=True)

        case, open_tasks = self.scene.read(read)
        if case is None or case.status != "open":
            return
        for task in open_tasks:
            # A task that went to somebody else because it was late is new to them.
            if task.audience is not None and (case_id, task.n, task.audience) not in self._seen:
                self._seen.add((case_id, task.n, task.audience))
                self._intend(case, task)

    def _intend(self, case: Case, task: Task) -> None:
        scene, story = self.scene, self.stories.get(case.id)
        plans = story.steps if story else self._plans[case.process].steps
        plan = plans.get(task.step, _USUAL)
        choices = plan.choices or self._first(case, task)
        choice = scene.chance.choices(choices, [one.weight for one in choices])[0]
        if not choice.outcome:
            return
        moment = scene.after(max(task.opened_at, scene.clock.at), plan.after)
        if scene.happens(plan.claim):
            scene.at(scene.clock.at + (moment - scene.clock.at) // 3, lambda: self._claim(case, task))
        scene.at(moment, lambda: self._act(case.id, task, choice))

    def _first(self, case: Case, task: Task) -> tuple[Choice, ...]:
        """A step without a plan: its first outcome by people."""
        if task.step == "start":
            return (Choice("submit", 1),)
        exits = self._definition(case).process.index[task.step][0].outcomes
        return (Choice(next(exit_.name for exit_ in exits if exit_.by.kind == "asked"), 1),)

    def _definition(self, case: Case) -> Definition:
        return self.scene.read(lambda tx: by_hash(self.ctx, tx, case.def_hash))

    def _claim(self, case: Case, task: Task) -> None:
        person = self.scene.chance.choice(self._asked(task.audience or ANYBODY, case))
        verbs.claim(self.ctx, Caller(self.scene.present(person)), case.number, task.n)

    def _act(self, case_id: str, task: Task, choice: Choice) -> None:
        def read(tx: Tx) -> tuple[Task | None, Case | None]:
            return tasks.get(tx, self.ctx.id, case_id, task.n), cases.load_case(tx, self.ctx.id, id=case_id)

        now, case = self.scene.read(read)
        if now is None or case is None or now.status != "open":
            return
        persons = [now.assignee] if now.assignee else self._asked(now.audience or ANYBODY, case)
        self._take(case, task, choice, [applicant(case)] if choice.by else persons)

    def _take(self, case: Case, task: Task, choice: Choice, persons: Sequence[str]) -> None:
        """The first of *persons* who may takes the outcome."""
        scene = self.scene
        fill = self._filled(case, task.step, choice)
        say = scene.chance.choice(choice.say) if choice.say else ""
        callers = [Caller(scene.present(person)) for person in persons[:_TRIES]]
        for caller in callers:
            try:
                receipt = verbs.act(self.ctx, caller, case.number, task.n, choice.outcome, fill=fill, opinion=say)
            except RongtongError:
                if caller is callers[-1]:
                    raise
                continue
            if case.id not in self.stories and scene.happens(_REGRET):
                scene.at(scene.clock.at + 40 * SECOND, lambda caller=caller: self._regret(caller, case, task))  # type: ignore[misc]
            self.look(receipt.case)
            return

    def _regret(self, caller: Caller, case: Case, task: Task) -> None:
        """Take a decision back within the minute; the task is thought about again."""
        verbs.take_back(self.ctx, caller, case.number, task.n)
        self._seen.discard((case.id, task.n, task.audience or ANYBODY))
        self.look(case.id)

    def beside(self, receipt: Receipt, aside: Aside) -> None:
        """The applicant does something beside, if its step is open."""
        n = verbs.open_serial(self.ctx, receipt.number, aside.step)
        case = self.scene.read(lambda tx: cases.load_case(tx, self.ctx.id, id=receipt.case))
        if case is not None:
            task = Task(case.id, n, case.process, aside.step, self.scene.clock.at, self.scene.clock.at)
            self._take(case, task, aside.choice, [applicant(case)])

    def _filled(self, case: Case, step: str, choice: Choice) -> dict[str, object]:
        definition = self._definition(case)
        names: tuple[str, ...] = tuple(choice.fill)
        if step != "start":
            node = definition.process.index[step][0]
            taken = node.exit(choice.outcome)
            names = (*to_complete(node, taken), *taken.fill, *taken.must) if taken else ()
        return self.scene.maker(definition).fill(names, choice.fill, case.data, case.unit)

    def _asked(self, audience: AudienceKey, case: Case) -> list[str]:
        """The persons behind an audience, in some order."""
        match parse_audience(audience):
            case User(person):
                return [person]
            case RoleAt(role, unit):
                seats = self.scene.read(lambda tx: people.seats(tx, self.ctx.id, role, unit, self.scene.clock.at))
                found = list(next(iter(seats.values()), ()))
            case AnyoneOf(unit) | AtHome(unit):
                home = unit or case.unit
                found = [person for person, one in self.scene.pools.homes.items() if one == home]
        self.scene.chance.shuffle(found)
        return found or [applicant(case)]


def applicant(case: Case) -> str:
    """For whom the case is: somebody else's name, or who started it."""
    return case.for_person or case.started_by
