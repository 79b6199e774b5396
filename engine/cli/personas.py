"""The personas of a demo: who the visitor may become, what waits for each, and a session for one press."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from engine.clock import MINUTE
from engine.definition.values.moments import to_datetime
from engine.definition.values.saying import moment_words, weekday_words
from engine.demo.plan import Plan, Somebody
from engine.i18n import Text
from engine.operations.accounts.accounts import account_of, create_account, open_session
from engine.operations.context import Caller, System
from engine.operations.districts import all_contexts, context
from engine.operations.naming import person_named
from engine.operations.reading.pages import inbox
from engine.operations.reading.people import people_of
from engine.web.site import Demo, Persona

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
#: Less than this apart from the machine's clock, business time needs no banner.
_APART = 10 * MINUTE


def stage(system: System, plan: Callable[[], Plan], host: str, public_url: str) -> Demo | None:
    """The personas of *plan*, on data that was made up and for nobody but this machine; else None, and no plan."""
    districts = all_contexts(system)
    if host not in LOOPBACK or public_url or not districts or not all(ctx.district.demo for ctx in districts):
        return None
    cast = _Cast(system, plan())
    return Demo(cast.personas, cast.enter, lambda: banner(system))


@dataclass(frozen=True)
class _Cast:
    system: System
    plan: Plan

    def personas(self) -> tuple[Persona, ...]:
        """The cards, each with what waits for its person now."""
        return tuple(self._persona(one) for one in self.plan.personas)

    def _persona(self, one: Somebody) -> Persona:
        ctx = context(self.system, one.district)
        person, _ = person_named(ctx, one.person)
        found = ctx.runner.run(lambda tx: people_of(ctx, tx).view(person), write=False)
        load = inbox(ctx, Caller(person), limit=1).load
        name, unit = (found.name, found.unit) if found else (person, "")
        return Persona(one.key, name, one.title, unit, one.district, _todo(load.all, load.late))

    def enter(self, key: str) -> str:
        """A session of the persona *key*; its account is made when it is first entered, and no password opens it."""
        one = next(one for one in self.plan.personas if one.key == key)
        ctx = context(self.system, one.district)
        person, _ = person_named(ctx, one.person)
        account = account_of(self.system, one.district, person)
        if account is None:
            account = create_account(self.system, f"demo.{key}", one.title.zh, None, {one.district: person})
        return open_session(self.system, account)


def _todo(waiting: int, late: int) -> Text:
    if not waiting:
        return Text("没有待办", "nothing to do")
    if not late:
        return Text(f"{waiting}件待办", f"{waiting} to do")
    return Text(f"{waiting}件待办，逾期{late}件", f"{waiting} to do, {late} overdue")


def banner(system: System) -> Text | None:
    """Where business time stands when it is not the machine's: on a Sunday the demo stands on Friday."""
    now, wall = system.clock.now(), system.clock.wall()
    if abs(now - wall) < _APART:
        return None
    today, at = weekday_words(to_datetime(wall)), moment_words(to_datetime(now), wall, weekday=True)
    return Text(f"今天{today.zh}，演示停在{at.zh}，从那时接着走", f"Today is {today.en}; the demo goes on from {at.en}")
