"""Made-up values: for each field of a form something that a person of this district would have written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time, timedelta
from decimal import Decimal
from typing import Any

from engine.clock import Micros
from engine.definition.model import Field, Process
from engine.definition.values.moments import Period, at_time, decimal_text, to_datetime, write_period
from engine.definition.values.samples import field_sample
from engine.extend.contributions import FieldType, Record
from engine.ids import Chance
from engine.operations.context import Context
from engine.operations.plugin_contexts import read_context
from engine.operations.reading.people import people_of
from engine.store import people as held
from engine.store.transactions.runner import Tx

Holder = tuple[str, str]
#: Weights of the eighteen digits of an identity number.
_WEIGHTS = tuple(2 ** (17 - place) % 11 for place in range(17))
_MOST = 10_000


@dataclass
class Pools:
    """Who and what there is in a district: holders of roles, residents, the records of plugins."""

    holders: dict[str, list[Holder]] = field(default_factory=dict)
    residents: list[Holder] = field(default_factory=list)
    homes: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    records: dict[str, list[Record]] = field(default_factory=dict)

    @classmethod
    def of(cls, ctx: Context) -> Pools:
        """The pools of *ctx*'s district as it is now."""
        return ctx.runner.run(lambda tx: cls._read(ctx, tx), write=False)

    @classmethod
    def _read(cls, ctx: Context, tx: Tx) -> Pools:
        pools = cls()
        people = people_of(ctx, tx)
        for unit in people.units():
            pools.parents[unit.id], pools.units[unit.short] = unit.parent or "", unit.id
        for person in people.persons(_MOST):
            pools.homes[person.id], pools.names[person.id] = person.unit, person.name
        grants = held.grants(tx, ctx.id, ctx.now)
        for row in grants:
            pools.holders.setdefault(row.role, []).append((row.person, row.unit_id))
        staff = {row.person for row in grants}
        pools.residents = [(person, unit) for person, unit in pools.homes.items() if person not in staff]
        for kind in ctx.registry.given(FieldType, ctx.enabled):
            plugin = ctx.registry.owner(kind)
            pools.records[kind.spec.name] = list(kind.find(read_context(ctx, tx, plugin), "", _MOST))
        return pools

    def near(self, found: Sequence[Holder], unit: str) -> Sequence[Holder]:
        """Those of *found* at *unit*, beside it, above or below it; all of them if none is."""
        here = {unit, self.parents.get(unit, "")} - {""}
        close = [one for one in found if one[1] in here or self.parents.get(one[1], "") in here]
        return close or found

    def find(self, type_name: str, words: str) -> Record | None:
        """The record with that label or id."""
        return next((r for r in self.records.get(type_name, ()) if words in (r.label, r.id)), None)


def number(chance: Chance, spec: Mapping[str, Any]) -> str:
    """A number from ``from`` to ``to`` in steps of ``step``."""
    low, high, step = Decimal(spec["from"]), Decimal(spec["to"]), Decimal(spec.get("step", "1"))
    return decimal_text(low + step * chance.randint(0, int((high - low) / step)))


@dataclass(frozen=True)
class Blank:
    """What is to be made up: for which field, as what spec, beside what data, in which unit."""

    field: Field
    spec: Mapping[str, Any]
    data: Mapping[str, Any]
    unit: str


@dataclass
class Maker:
    """Makes fills of one process. A spec that a plan gives says how; without one the field's own type does."""

    process: Process
    pools: Pools
    chance: Chance
    now: Micros

    def fill(
        self, names: Sequence[str], specs: Mapping[str, Any], data: Mapping[str, Any], unit: str
    ) -> dict[str, Any]:
        """A value for every field in *names* that has a spec or has to be filled; *data* is the form so far."""
        made: dict[str, Any] = {}
        for field_ in self.process.fields:
            if field_.name not in names or (field_.name not in specs and field_.optional):
                continue
            spec = specs.get(field_.name)
            made[field_.name] = self.value(field_, spec, {**data, **made}, unit)
        return {name: value for name, value in made.items() if value is not None}

    def value(self, field_: Field, spec: Any, data: Mapping[str, Any], unit: str) -> Any:
        """One value: a spec that is text says it, a list offers it, a mapping describes it."""
        if spec is None:
            return self._unsaid(field_)
        if isinstance(spec, str):
            return spec
        if isinstance(spec, list):
            # A district may offer other options than the process it took over.
            fit = [one for one in spec if not field_.options or one in field_.options]
            return self.chance.choice(fit) if fit else self._unsaid(field_)
        for key, make in _MAKERS.items():
            if key in spec:
                return make(self, Blank(field_, spec, data, unit))
        raise ValueError(f"{field_.name}: {spec}")

    def _unsaid(self, field_: Field) -> Any:
        if field_.options:
            one = self.chance.choice(field_.options)
            return [one] if field_.type.name == "choices" else one
        if field_.type.name == "id_number":
            return self._id_number()
        return field_sample(field_)

    def _number(self, ask: Blank) -> Any:
        made = number(self.chance, ask.spec)
        return int(made) if ask.field.type.name == "integer" else made

    def _share(self, ask: Blank) -> Any:
        """So many percent of another field, or of an attribute of the record it refers to."""
        name, _, attribute = str(ask.spec["share"]).partition(".")
        whole = ask.data.get(name)
        other = self.process.field_named(name)
        if attribute and other is not None:
            record = self.pools.find(other.type.name, str(whole))
            whole = record.attributes.get(attribute) if record else None
        if whole is None:
            return self._unsaid(ask.field)
        return max(1, int(whole) * self.chance.randint(int(ask.spec["from"]), int(ask.spec["to"])) // 100)

    def _period(self, ask: Blank) -> str:
        days = ask.spec["days"]
        ahead = self.chance.randint(int(days["from"]), int(days["to"]))
        day = to_datetime(self.now).date() + timedelta(days=ahead)
        start = at_time(day, time.fromisoformat(self.chance.choice(ask.spec["at"])))
        return write_period(Period(start, start + timedelta(minutes=int(self.chance.choice(ask.spec["lasts"])))))

    def _any(self, ask: Blank) -> str | None:
        """A record of the field's type; ``often`` names favourites, ``foreign`` an attribute that is not one's unit."""
        records = self.pools.records.get(ask.field.type.name, [])
        often = [found for words in ask.spec.get("often", ()) if (found := self.pools.find(ask.field.type.name, words))]
        if often and self.chance.random() * 100 < float(ask.spec.get("share", 50)):
            records = often
        foreign = ask.spec.get("foreign", "")
        fit = [r for r in records if not foreign or r.attributes.get(foreign) != ask.unit]
        return self.chance.choice(fit).id if fit else None

    def _holder(self, ask: Blank) -> str | None:
        return self._someone(self.pools.holders.get(str(ask.spec["holder"]), []), ask.unit, 0)

    def _unit(self, ask: Blank) -> str:
        return self.pools.units[str(ask.spec["unit"])]

    def _unit_of(self, ask: Blank) -> str | None:
        return self._someone(self.pools.holders.get(str(ask.spec["unit_of"]), []), ask.unit, 1)

    def _resident(self, ask: Blank) -> str | None:
        return self._someone(self.pools.residents, ask.unit, 0)

    def _someone(self, found: Sequence[Holder], unit: str, place: int) -> str | None:
        close = self.pools.near(found, unit)
        return self.chance.choice(close)[place] if close else None

    def _join(self, ask: Blank) -> str:
        return "".join(self.chance.choice(part) for part in ask.spec["join"])

    def _pattern(self, ask: Blank) -> str:
        return "".join(str(self.chance.randint(0, 9)) if c == "#" else c for c in str(ask.spec["pattern"]))

    def _some(self, ask: Blank) -> list[str]:
        return self.chance.sample(ask.spec["some"], self.chance.randint(1, int(ask.spec.get("most", "2"))))

    def _id_number(self) -> str:
        birth = f"{self.chance.randint(1950, 2004)}{self.chance.randint(1, 12):02d}{self.chance.randint(1, 28):02d}"
        digits = f"990000{birth}{self.chance.randint(0, 999):03d}"
        check = sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=True)) % 11
        return digits + "10X98765432"[check]


_MAKERS: dict[str, Callable[[Maker, Blank], Any]] = {
    "any": Maker._any,
    "share": Maker._share,
    "days": Maker._period,
    "from": Maker._number,
    "holder": Maker._holder,
    "unit": Maker._unit,
    "unit_of": Maker._unit_of,
    "resident": Maker._resident,
    "join": Maker._join,
    "pattern": Maker._pattern,
    "some": Maker._some,
}
