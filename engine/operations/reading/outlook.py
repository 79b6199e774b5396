"""What lies ahead of a new case: which people decide, in which order, and how long each of them has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.definition.model import Step, Value, Who, WhoRule
from engine.definition.telling.phrasing import Phrases
from engine.definition.values.durations import Duration, parse_duration
from engine.i18n import Text
from engine.operations.context import Context
from engine.operations.reading.people import People
from engine.operations.reading.start_views import AheadView
from engine.runtime.draft import Definition


@dataclass(frozen=True)
class Outlook:
    """One process as somebody sees it who is about to start it in a district."""

    ctx: Context
    definition: Definition
    people: People

    def starters(self) -> Text:
        """Who may start it."""
        return self.who(self.definition.process.start.who)

    def ahead(self) -> tuple[AheadView, ...]:
        """The steps in which people decide, in the order of the process; what an exit adds is left out."""
        return tuple(
            AheadView(step.title, self.who(step.who), self._within(step), maybe)
            for step, maybe in _asked(self.definition.process.steps, maybe=False)
        )

    def who(self, rule: WhoRule | None) -> Text:
        """The people a rule names, without the conditions that choose among them."""
        cases = rule.cases if rule else ()
        named = [who for _, audiences in cases for who in audiences]
        open_to_all = [who for who in named if who.kind == "anyone" and who.unit is None]
        names = dict.fromkeys(self._audience(who) for who in open_to_all[:1] or named)
        return Text(" / ".join(name.zh for name in names), " / ".join(name.en for name in names))

    def _audience(self, who: Who) -> Text:
        if who.kind == "resolver" and who.name in self.definition.catalogue.resolvers:
            return self.definition.catalogue.resolvers[who.name].title
        return Phrases(self.definition.process, self.people.role).audience(who)

    def _within(self, step: Step) -> Text | None:
        """How long they have, by the district's own settings."""
        length = self._duration(step.due.within) if step.due and step.due.within else None
        return length.words if length else None

    def _duration(self, value: Value) -> Duration | None:
        stored = value.constant
        if value.formula is not None:
            first, _, name = value.formula.text.strip().partition(".")
            stored = self._setting(name) if first == "settings" else None
        return parse_duration(stored) if isinstance(stored, str) else None

    def _setting(self, name: str) -> object:
        process = self.definition.process
        usual = {one.name: one.default.constant for one in process.settings if one.default is not None}
        return {**usual, **self.ctx.district.settings.get(process.name, {})}.get(name)


def _asked(steps: tuple[Step, ...], *, maybe: bool) -> Iterator[tuple[Step, bool]]:
    for step in steps:
        unsure = maybe or step.if_ is not None
        if step.who is not None:
            yield step, unsure
        for branch in step.lists:
            yield from _asked(branch.steps, maybe=unsure or step.inside == "one_of")
