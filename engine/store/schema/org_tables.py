"""The tables of who is who: units and alliances, persons and their roles, deputies and rotas; all of it dated."""

from __future__ import annotations

from engine.store.schema.columns import district_table, index, moment, refers, words

unit = district_table(
    "unit",
    "id",
    words("id"),
    words("name"),
    words("short"),
    words("kind"),
    words("code", null=True),
    words("parent", null=True),
    words("successor", null=True),
    moment("since"),
    moment("until"),
    refers("parent", "unit"),
    refers("successor", "unit"),
    index("ix_unit_parent", "parent"),
    index("ix_unit_successor", "successor until", where="successor IS NOT NULL"),
)

#: Named alliances: hubs with their neighbours, units that share one office. The alliance is itself a unit.
unit_member = district_table(
    "unit_member",
    "alliance member since",
    words("alliance"),
    words("member"),
    moment("since"),
    moment("until"),
    refers("alliance", "unit"),
    refers("member", "unit"),
    index("ix_unit_member", "member"),
)

person = district_table(
    "person",
    "id",
    words("id"),
    words("name"),
    words("unit_id"),
    words("phone", null=True),
    words("account", null=True),
    moment("since"),
    moment("until"),
    refers("unit_id", "unit"),
    index("ix_person_unit", "unit_id"),
)

role_grant = district_table(
    "role_grant",
    "id since",
    words("id"),
    words("person"),
    words("role"),
    words("unit_id"),
    moment("since"),
    moment("until"),
    refers("person", "person"),
    refers("unit_id", "unit"),
    index("ix_grant_seat", "unit_id role"),
    index("ix_grant_person", "person"),
)

#: While it lasts, *deputy* finds the work of *person*: all of it, or of one role only.
deputy = district_table(
    "deputy",
    "id since",
    words("id"),
    words("person"),
    words("deputy"),
    words("role", null=True),
    moment("since"),
    moment("until"),
    words("reason"),
    refers("person", "person"),
    refers("deputy", "person"),
    index("ix_deputy", "deputy"),
)

#: Who is on duty from a day on, until the next row of the same rota: ``from_day`` is ``2026-06-01``.
rota = district_table(
    "rota",
    "name unit_id from_day",
    words("name"),
    words("unit_id"),
    words("from_day"),
    words("audience"),
    refers("unit_id", "unit"),
)
