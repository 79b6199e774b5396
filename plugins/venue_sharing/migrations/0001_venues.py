"""Creates venues, bookings and the half hours that bookings occupy."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "venue_sharing_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the three tables."""
    op.create_table(
        "venue_sharing_venue",
        sa.Column("district_id", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("station", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("capacity", sa.Integer, nullable=False),
        sa.Column("opens", sa.Integer, nullable=False),
        sa.Column("closes", sa.Integer, nullable=False),
        sa.Column("rest_days", sa.Text, nullable=False),
        sa.Column("facilities", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("longitude", sa.Float),
        sa.Column("latitude", sa.Float),
        sa.PrimaryKeyConstraint("district_id", "id"),
        sa.ForeignKeyConstraint(
            ["district_id", "station"], ["unit.district_id", "unit.id"], name="fk_venue_sharing_venue_station"
        ),
        sa.UniqueConstraint("district_id", "station", "name", name="uq_venue_sharing_venue_station_name"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "venue_sharing_booking",
        sa.Column("district_id", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("venue", sa.Text, nullable=False),
        sa.Column("case_id", sa.Text, nullable=False),
        sa.Column("borrower", sa.Text, nullable=False),
        sa.Column("starts_at", sa.BigInteger, nullable=False),
        sa.Column("ends_at", sa.BigInteger, nullable=False),
        sa.Column("people", sa.Integer, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("until", sa.BigInteger),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("district_id", "id"),
        sa.ForeignKeyConstraint(
            ["district_id", "venue"],
            ["venue_sharing_venue.district_id", "venue_sharing_venue.id"],
            name="fk_venue_sharing_booking_venue",
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "case_id"],
            ["cases.district_id", "cases.id"],
            name="fk_venue_sharing_booking_case_id",
            deferrable=True,
            initially="DEFERRED",
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "borrower"], ["unit.district_id", "unit.id"], name="fk_venue_sharing_booking_borrower"
        ),
        sqlite_with_rowid=False,
    )
    for columns in (["venue", "starts_at"], ["case_id"], ["borrower"]):
        name = f"ix_venue_sharing_booking_{'_'.join(columns)}"
        op.create_index(name, "venue_sharing_booking", ["district_id", *columns])
    op.create_table(
        "venue_sharing_slot",
        sa.Column("district_id", sa.Text, nullable=False),
        sa.Column("venue", sa.Text, nullable=False),
        sa.Column("cell", sa.BigInteger, nullable=False),
        sa.Column("booking", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("district_id", "venue", "cell"),
        sa.ForeignKeyConstraint(
            ["district_id", "venue"],
            ["venue_sharing_venue.district_id", "venue_sharing_venue.id"],
            name="fk_venue_sharing_slot_venue",
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "booking"],
            ["venue_sharing_booking.district_id", "venue_sharing_booking.id"],
            name="fk_venue_sharing_slot_booking",
        ),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_venue_sharing_slot_booking", "venue_sharing_slot", ["district_id", "booking"])


def downgrade() -> None:
    """Drop them again."""
    for name in ("slot", "booking", "venue"):
        op.drop_table(f"venue_sharing_{name}")
