"""Finds what waits for an administrator, the anchors of a journal and who took over, however many rows there are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "engine_0002"
down_revision = "engine_0001"
branch_labels = None
depends_on = None

_FAILED = sa.text("status = 'incident'")
_WANTING = sa.text("status = 'open' AND wants <> ''")
_TAKEN_OVER = sa.text("successor IS NOT NULL")


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
    op.create_index(
        "ix_task_wants",
        "task",
        ["district_id", "opened_at", "case_id", "n"],
        sqlite_where=_WANTING,
        postgresql_where=_WANTING,
    )
    op.create_index(
        "ix_unit_successor",
        "unit",
        ["district_id", "successor"],
        sqlite_where=_TAKEN_OVER,
        postgresql_where=_TAKEN_OVER,
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_unit_successor", table_name="unit")
    op.drop_index("ix_task_wants", table_name="task")
    op.drop_index("ix_task_incident", table_name="task")
    op.drop_index("ix_anchor_stream", table_name="anchor")
