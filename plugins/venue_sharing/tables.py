"""The tables of the plugin: venues, bookings of them, and one row per half hour that a booking occupies.

The key of ``slot`` is what makes two bookings of one half hour impossible, on either database.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, Integer, Text

from engine.extend import plugin_table, ref

venue = plugin_table(
    "venue_sharing",
    "venue",
    Column("id", Text),
    Column("station", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("capacity", Integer, nullable=False),
    Column("opens", Integer, nullable=False),  # minutes after midnight
    Column("closes", Integer, nullable=False),
    Column("rest_days", Text, nullable=False),  # weekdays it stays shut: "1" is Monday, "67" the weekend
    Column("facilities", Text, nullable=False),  # one a line
    Column("status", Text, nullable=False),  # open, closed
    Column("longitude", Float),  # GCJ-02, as the maps of this country draw it
    Column("latitude", Float),
    key=["id"],
    refs={"station": ref.unit},
    unique=[["station", "name"]],
    rank=10,
)

booking = plugin_table(
    "venue_sharing",
    "booking",
    Column("id", Text),
    Column("venue", Text, nullable=False),
    Column("case_id", Text, nullable=False),
    Column("borrower", Text, nullable=False),
    Column("starts_at", BigInteger, nullable=False),
    Column("ends_at", BigInteger, nullable=False),
    Column("people", Integer, nullable=False),
    Column("status", Text, nullable=False),  # held, confirmed, used, released, expired
    Column("until", BigInteger),  # a hold lapses then; empty = it stays until the case lets go
    Column("made_at", BigInteger, nullable=False),
    key=["id"],
    refs={"venue": venue, "case_id": ref.case, "borrower": ref.unit},
    indexes=[["venue", "starts_at"], ["case_id"], ["borrower"]],
    rank=11,
)

slot = plugin_table(
    "venue_sharing",
    "slot",
    Column("venue", Text),
    Column("cell", BigInteger),  # half hours since 1970 UTC
    Column("booking", Text, nullable=False),
    key=["venue", "cell"],
    refs={"venue": venue, "booking": booking},
    indexes=[["booking"]],
    rank=12,
)
