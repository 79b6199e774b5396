"""The names a formula sees while a case runs: fields, settings, parties, outputs of steps, the start, today."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from engine.clock import Micros
from engine.definition.catalogue import Catalogue
from engine.definition.expression import Formula, evaluate
from engine.definition.model import Process, Value
from engine.definition.values.durations import Duration
from engine.definition.values.forms import decode, encode, lives_as_stored
from engine.definition.values.moments import day_end, midnight, to_datetime, to_micros
from engine.definition.values.types import ValueType
from engine.errors import RongtongError
from engine.i18n import both
from engine.runtime.facts import Facts
from engine.runtime.refusals import plugin_away, plugin_silent
from engine.runtime.shapes.tree import State
from engine.runtime.spans import DAY_BEGINS, DAY_ENDS, Span, span


def opinion_key(step: str) -> str:
    """Where the form keeps what was written at *step*, for formulas: personal, so it lies with what people typed."""
    return f"#{step}.opinion"


class CaseEnv:
    """An ``Env`` over one case; ``signer`` is the person acting, where there is one."""

    def __init__(
        self, process: Process, state: State, facts: Facts, catalogue: Catalogue, signer: str = ""
    ) -> None:
        self.process = process
        self.state = state
        self.facts = facts
        self.catalogue = catalogue
        self.signer = signer
        #: The sums of working time that the formula at hand made: from, how long, to.
        self._sums: list[tuple[datetime, Duration, datetime]] = []

    def name(self, name: str) -> Any:
        """The live value of *name*; None when it is empty, KeyError when the process has no such name."""
        field = self.process.field_named(name)
        if field is not None:
            return decode(field.type, self.state["data"].get(name))
        if name in self.state["par"]:
            return self.state["par"][name]
        if name in self.process.index or name == "start":
            return self._record(name)
        return self._built_in(name)

    def _built_in(self, name: str) -> Any:
        case = self.state["case"]
        if name == "now":
            return to_datetime(self.facts.now())
        if name == "today":
            return to_datetime(self.facts.now()).date()
        if name == "applicant":
            return case.get("for") or case.get("by")
        if name == "signer":
            return self.signer or None
        if name == "settings":
            stored = self.facts.settings()
            return {s.name: decode(s.type, stored.get(s.name)) for s in self.process.settings}
        if any(party.name == name for party in self.process.parties):
            return None
        raise KeyError(name)

    def _record(self, step: str) -> dict[str, Any]:
        """A step's outputs, live; the start counts as a step."""
        if step == "start":
            case = self.state["case"]
            return {
                "unit": case.get("unit"),
                "who": case.get("by"),
                "for": case.get("for") or case.get("by"),
                "at": to_datetime(case["at"]) if "at" in case else None,
                "round": 1,
            }
        types = self._output_types(step)
        record = {name: self._output(name, value, types) for name, value in self.state["out"].get(step, {}).items()}
        record["opinion"] = self.state["data"].get(opinion_key(step))
        return record

    def _output_types(self, step: str) -> dict[str, ValueType]:
        spec = self.catalogue.actions.get(self.process.index[step][0].action)
        return {name: type_ for result in spec.results for name, type_ in result.outputs} if spec else {}

    def _output(self, name: str, stored: Any, types: dict[str, ValueType]) -> Any:
        if name in types:
            return decode(types[name], stored)
        return to_datetime(stored) if name == "at" else stored

    def attribute(self, type_name: str, value: Any, attribute: str) -> Any:
        """``value.attribute``: a record's own entry, or a fact about what a reference points to."""
        if value is None:
            return None
        if isinstance(value, dict):
            return value.get(attribute)
        stored = self.facts.attr(type_name, value, attribute)
        return decode(self.attribute_type(type_name, attribute), stored)

    def attribute_type(self, type_name: str, attribute: str) -> ValueType:
        """The type of an attribute of a plugin's type; text for the engine's own."""
        spec = self.catalogue.types.get(type_name)
        return dict(spec.attributes).get(attribute, ValueType("text")) if spec else ValueType("text")

    def call(self, function: str, args: tuple[Any, ...]) -> Any:
        """A plugin's pure function, or the engine's own question about people."""
        if function == "has_role":
            person, role = args
            audience = self.facts.seat(role, self.state["case"]["unit"], ())
            return audience is not None and self.facts.may(person, audience)
        if function == "is_workday":
            return self.facts.calendar(self.state["case"]["unit"]).is_workday(args[0])
        return self.facts.answered(lambda: self._of_plugin(function, args))

    def _of_plugin(self, function: str, args: tuple[Any, ...]) -> Any:
        call = self.catalogue.functions[function].call
        plugin = self.catalogue.owner(function)
        if call is None:
            raise plugin_away(plugin)
        try:
            return call(*args)
        except Exception as reason:
            place, why = "", both(type(reason).__name__)
            if isinstance(reason, RongtongError) and "plugin" in reason.details:  # it says whose it is
                place, why = str(reason.details.get("place", "")), reason.text
            raise plugin_silent(plugin, why, place) from reason

    def add(self, moment: datetime, duration: Duration) -> datetime:
        """*moment* plus *duration* by the working calendar of the starting unit."""
        end = self.facts.calendar(self.state["case"].get("unit", "")).add_to(moment, duration)
        self._sums.append((moment, duration, end))
        return end

    # -- what the runtime asks -----------------------------------------------------------------

    def truth(self, formula: Formula) -> bool:
        """Whether a condition holds; empty is no."""
        return evaluate(formula, self) is True

    def live(self, value: Value, type_: ValueType | None = None) -> Any:
        """The live value of a constant or formula."""
        if value.formula is not None:
            return evaluate(value.formula, self)
        return decode(type_, value.constant) if type_ else value.constant

    def stored(self, value: Value, type_: ValueType) -> Any:
        """The stored form of a constant or formula of *type_*."""
        formula = value.formula
        if formula is None:
            return value.constant
        field = self.process.field_named(formula.bare) if lives_as_stored(type_) else None
        if field is not None and lives_as_stored(field.type):
            return self.state["data"].get(field.name)
        return encode(type_, evaluate(formula, self))

    def beginning(self, formula: Formula) -> Micros | None:
        """The moment that a date or datetime formula names; of a day its beginning, None when empty."""
        return _moment(evaluate(formula, self), midnight)

    def end(self, formula: Formula) -> Micros | None:
        """The same, used as an end: of a day its end."""
        return _moment(evaluate(formula, self), day_end)

    def counted(self, formula: Formula) -> tuple[Micros, Span] | None:
        """``beginning`` as what it counts from and the span, which is of working time where the formula's sum is."""
        return self._counted(formula, midnight, DAY_BEGINS)

    def counted_end(self, formula: Formula) -> tuple[Micros, Span] | None:
        """``end`` as what it counts from and the span."""
        return self._counted(formula, day_end, DAY_ENDS)

    def _counted(
        self, formula: Formula, of_day: Callable[[date], datetime], of_sum: list[Any]
    ) -> tuple[Micros, Span] | None:
        self._sums = []
        found = evaluate(formula, self)
        for start, duration, end in self._sums:
            if found == end:
                return to_micros(start), span(duration)
            if found == end.date():
                return to_micros(start), [*span(duration), of_sum]
        moment = _moment(found, of_day)
        return None if moment is None else (moment, [])


def _moment(found: Any, of_day: Callable[[date], datetime]) -> Micros | None:
    if isinstance(found, date) and not isinstance(found, datetime):
        found = of_day(found)
    return to_micros(found) if isinstance(found, datetime) else None
