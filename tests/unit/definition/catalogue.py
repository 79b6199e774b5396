"""Plugins as tests of the language know them: things to lend, points, partners; nothing runs."""

from __future__ import annotations

from engine.definition.catalogue import (
    ActionSpec,
    Catalogue,
    FunctionSpec,
    Parameter,
    ResolverSpec,
    ResultSpec,
    TypeSpec,
)
from engine.definition.values.types import (
    BOOLEAN,
    DECIMAL,
    INTEGER,
    MONEY,
    PERIOD,
    PERSON,
    TEXT,
    UNIT,
    ValueType,
)
from engine.i18n import Text, both

VENUE = ValueType("venue")
PARTNER = ValueType("partner")


def action(
    name: str,
    inputs: dict[str, ValueType],
    results: dict[str, dict[str, ValueType]],
    undo: str = "nothing",
    refusing: tuple[str, ...] = ("refused",),
    pays: str = "",
) -> ActionSpec:
    """An action; inputs whose type is optional may be left out."""
    return ActionSpec(
        name,
        both(name.partition(".")[2]),
        tuple(Parameter(key, type_.surely(), not type_.optional) for key, type_ in inputs.items()),
        tuple(
            ResultSpec(key, Text(f"结果{key}", key), tuple(outputs.items()), key in refusing, key in refusing)
            for key, outputs in results.items()
        ),
        undo,
        pays=pays,
    )


_SLOT = {"venue": VENUE, "period": PERIOD, "people": INTEGER.maybe()}
_ACTIONS = (
    action("venue_sharing.hold", _SLOT, {"held": {"id": TEXT}, "refused": {"reason": TEXT}}, "venue_sharing.release"),
    action("venue_sharing.confirm", {"hold": TEXT}, {"confirmed": {"booking": TEXT}}, "venue_sharing.release"),
    action("venue_sharing.release", {"hold": TEXT}, {"released": {}}),
    action("venue_sharing.open_door", {"venue": VENUE}, {"opened": {}}, "impossible"),
    action(
        "points_exchange.earn",
        {"who": PERSON, "rule": TEXT, "hours": DECIMAL},
        {"earned": {"points": DECIMAL}},
        pays="who",
    ),
    action(
        "points_exchange.quote",
        {"member": PERSON, "bill": MONEY, "cap": MONEY.maybe()},
        {"some": {"points": DECIMAL}, "none": {}},
    ),
    action(
        "points_exchange.hold",
        {"member": PERSON, "points": DECIMAL},
        {"held": {"id": TEXT}, "refused": {"short": DECIMAL}},
        "points_exchange.release",
    ),
    action("points_exchange.post", {"hold": TEXT, "points": DECIMAL}, {"posted": {}}, "impossible"),
    action("points_exchange.release", {"hold": TEXT}, {"released": {}}),
    action("partner_registry.lock", {"partner": PARTNER, "period": PERIOD}, {"locked": {"id": TEXT}, "refused": {}}),
    action("partner_registry.activate", {"name": TEXT, "credit": TEXT.maybe()}, {"active": {"partner": PARTNER}}),
)

CATALOGUE = Catalogue(
    actions={spec.name: spec for spec in _ACTIONS},
    types={
        "venue": TypeSpec("venue", Text("场地", "venue"), (("station", UNIT), ("name", TEXT), ("capacity", INTEGER))),
        "partner": TypeSpec(
            "partner", Text("合伙人", "partner"), (("contact", PERSON.maybe()), ("unit", UNIT), ("name", TEXT))
        ),
    },
    functions={"is_open": FunctionSpec("is_open", (VENUE, PERIOD), BOOLEAN, lambda venue, period: True)},
    resolvers={
        "partner_registry.contact": ResolverSpec(
            "partner_registry.contact", (Parameter("partner", PARTNER),), Text("联系人", "contact")
        ),
        "partner_registry.near": ResolverSpec(
            "partner_registry.near",
            (Parameter("unit", UNIT), Parameter("skill", TEXT), Parameter("steps", INTEGER, False)),
            Text("附近的人", "near"),
        ),
    },
    plugins=frozenset({"venue_sharing", "points_exchange", "partner_registry"}),
    away={"broken": Text("它坏了", "it is broken")},
)
