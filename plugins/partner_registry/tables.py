"""The tables of the plugin: partners, their skills, what became of them when, and who is promised for what time."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, Integer, Text

from engine.extend import plugin_table, ref

PLUGIN = "partner_registry"

partner = plugin_table(
    PLUGIN,
    "partner",
    Column("id", Text),
    Column("kind", Text, nullable=False),  # individual, group, firm
    Column("name", Text, nullable=False),
    Column("plain_name", Text, nullable=False),  # as names are compared
    Column("unit", Text, nullable=False),
    Column("contact", Text, nullable=False),
    Column("code", Text, nullable=False),  # unified social credit code, "" without one
    Column("phone", Text, nullable=False),
    Column("members", Integer),
    Column("valid_until", Text),  # the licence's last day
    Column("status", Text, nullable=False),  # pending, active, suspended, quit
    Column("identity", Text),  # what no two enrolled partners share; empty once it left
    Column("effect", Text, nullable=False),  # the step that enrolled it, or the row of a data file
    Column("at", BigInteger, nullable=False),
    key=["id"],
    refs={"unit": ref.unit, "contact": ref.person},
    unique=[["identity"], ["effect"]],
    indexes=[["code"], ["plain_name"], ["unit", "status"]],
    rank=50,
)
partner.append_constraint(
    CheckConstraint("kind IN ('individual', 'group', 'firm')", name="ck_partner_registry_partner_kind")
)
partner.append_constraint(
    CheckConstraint("status IN ('pending', 'active', 'suspended', 'quit')", name="ck_partner_registry_partner_status")
)

skill = plugin_table(
    PLUGIN,
    "skill",
    Column("partner", Text),
    Column("skill", Text),
    key=["partner", "skill"],
    refs={"partner": partner},
    indexes=[["skill"]],
    rank=51,
)

change = plugin_table(
    PLUGIN,
    "change",
    Column("id", Text),
    Column("partner", Text, nullable=False),
    Column("was", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("case_id", Text),
    Column("at", BigInteger, nullable=False),
    key=["id"],
    refs={"partner": partner, "case_id": ref.case},
    indexes=[["partner", "at"]],
    rank=52,
)

engagement = plugin_table(
    PLUGIN,
    "engagement",
    Column("id", Text),
    Column("whom", Text, nullable=False),  # partner:ID, unit:ID or person:ID
    Column("case_id", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("begins", BigInteger, nullable=False),
    Column("ends", BigInteger, nullable=False),
    Column("status", Text, nullable=False),  # held, released
    Column("at", BigInteger, nullable=False),
    key=["id"],
    refs={"case_id": ref.case, "unit": ref.unit},
    indexes=[["whom", "begins"]],
    rank=53,
)
engagement.append_constraint(
    CheckConstraint("status IN ('held', 'released')", name="ck_partner_registry_engagement_status")
)

engaged = plugin_table(
    PLUGIN,
    "engaged",
    Column("whom", Text),
    Column("cell", BigInteger),  # half hours since 1970 UTC
    Column("engagement", Text, nullable=False),
    key=["whom", "cell"],
    refs={"engagement": engagement},
    indexes=[["engagement"]],
    rank=54,
)

TABLES = (partner, skill, change, engagement, engaged)
