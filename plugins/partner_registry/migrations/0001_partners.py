"""Creates partners, their skills, the changes of their status, and the times that are promised."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "partner_registry_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "partner_registry_partner",
        sa.Column("district_id", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("plain_name", sa.Text, nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("contact", sa.Text, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("phone", sa.Text, nullable=False),
        sa.Column("members", sa.Integer),
        sa.Column("valid_until", sa.Text),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("identity", sa.Text),
        sa.Column("effect", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.CheckConstraint("kind IN ('individual', 'group', 'firm')", name="ck_partner_registry_partner_kind"),
        sa.CheckConstraint(
            "status IN ('pending', 'active', 'suspended', 'quit')", name="ck_partner_registry_partner_status"
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "contact"], ["person.district_id", "person.id"], name="fk_partner_registry_partner_contact"
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "unit"], ["unit.district_id", "unit.id"], name="fk_partner_registry_partner_unit"
        ),
        sa.PrimaryKeyConstraint("district_id", "id"),
        sa.UniqueConstraint("district_id", "effect", name="uq_partner_registry_partner_effect"),
        sa.UniqueConstraint("district_id", "identity", name="uq_partner_registry_partner_identity"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_partner_registry_partner_code", "partner_registry_partner", ["district_id", "code"])
    op.create_index("ix_partner_registry_partner_plain_name", "partner_registry_partner", ["district_id", "plain_name"])
    op.create_index(
        "ix_partner_registry_partner_unit_status", "partner_registry_partner", ["district_id", "unit", "status"]
    )
    op.create_table(
        "partner_registry_skill",
        sa.Column("district_id", sa.Text, nullable=False),
        sa.Column("partner", sa.Text, nullable=False),
        sa.Column("skill", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id", "partner"],
            ["partner_registry_partner.district_id", "partner_registry_partner.id"],
            name="fk_partner_registry_skill_partner",
        ),
        sa.PrimaryKeyConstraint("district_id", "partner", "skill"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_partner_registry_skill_skill", "partner_registry_skill", ["district_id", "skill"])
    op.create_table(
        "partner_registry_change",
        sa.Column("district_id", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("partner", sa.Text, nullable=False),
        sa.Column("was", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("case_id", sa.Text),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id", "case_id"],
            ["cases.district_id", "cases.id"],
            name="fk_partner_registry_change_case_id",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "partner"],
            ["partner_registry_partner.district_id", "partner_registry_partner.id"],
            name="fk_partner_registry_change_partner",
        ),
        sa.PrimaryKeyConstraint("district_id", "id"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_partner_registry_change_partner_at", "partner_registry_change", ["district_id", "partner", "at"]
    )
    _engagements()


def _engagements() -> None:
    op.create_table(
        "partner_registry_engagement",
        sa.Column("district_id", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("whom", sa.Text, nullable=False),
        sa.Column("case_id", sa.Text, nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("begins", sa.BigInteger, nullable=False),
        sa.Column("ends", sa.BigInteger, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.CheckConstraint("status IN ('held', 'released')", name="ck_partner_registry_engagement_status"),
        sa.ForeignKeyConstraint(
            ["district_id", "case_id"],
            ["cases.district_id", "cases.id"],
            name="fk_partner_registry_engagement_case_id",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "unit"], ["unit.district_id", "unit.id"], name="fk_partner_registry_engagement_unit"
        ),
        sa.PrimaryKeyConstraint("district_id", "id"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_partner_registry_engagement_whom_begins", "partner_registry_engagement", ["district_id", "whom", "begins"]
    )
    op.create_table(
        "partner_registry_engaged",
        sa.Column("district_id", sa.Text, nullable=False),
        sa.Column("whom", sa.Text, nullable=False),
        sa.Column("cell", sa.BigInteger, nullable=False),
        sa.Column("engagement", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id", "engagement"],
            ["partner_registry_engagement.district_id", "partner_registry_engagement.id"],
            name="fk_partner_registry_engaged_engagement",
        ),
        sa.PrimaryKeyConstraint("district_id", "whom", "cell"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_partner_registry_engaged_engagement", "partner_registry_engaged", ["district_id", "engagement"])


def downgrade() -> None:
    """Drop them again."""
    for name in ("engaged", "engagement", "change", "skill", "partner"):
        op.drop_table(f"partner_registry_{name}")
