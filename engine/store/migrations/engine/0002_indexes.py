"""Finds the steps that failed and the anchors of a journal, however many rows there are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "engine_0002"
down_revision = "engine_0001"
branch_labels = None
depends_on = None

_FAILED = sa.text("status = 'incident'")


def upgrade() -> None:
    """Create the indexes."""
    op.create_index("ix_anchor_stream", "anchor", ["district_id", "stream", "seq"])
    op.create_index(
        "ix_task_incident",
        "task",
        ["district_id", "opened_at", "case_id", "n"],
        sqlite_where=_FAILED,
        postgresql_where=_FAILED,
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_task_incident", table_name="task")
    op.drop_index("ix_anchor_stream", table_name="anchor")
