"""Creates the hub: accounts, guesses at passwords, sessions, tokens, memberships, the signing key, placement."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "hub_0001d"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "account",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("login", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("password", sa.Text, nullable=True),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("elder", sa.BigInteger, nullable=False),
        sa.Column("disabled", sa.BigInteger, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_account"),
    )
    op.create_index("uq_account_login", "account", ["login"], unique=True)
    op.create_table(
        "attempt",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("failures", sa.BigInteger, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_attempt"),
    )
    op.create_index("ix_attempt_at", "attempt", ["at"])
    op.create_table(
        "placement",
        sa.Column("district_id", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("district_id", name="pk_placement"),
    )
    op.create_table(
        "signing_key",
        sa.Column("id", sa.BigInteger, nullable=False),
        sa.Column("secret", sa.Text, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_signing_key"),
    )
    op.create_table(
        "membership",
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("district_id", sa.Text, nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name="fk_membership_account"),
        sa.PrimaryKeyConstraint("account", "district_id", name="pk_membership"),
    )
    op.create_table(
        "familiar",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name="fk_familiar_account"),
        sa.PrimaryKeyConstraint("id", name="pk_familiar"),
    )
    op.create_index("ix_familiar_account", "familiar", ["account", "at"])
    op.create_index("ix_familiar_at", "familiar", ["at"])
    op.create_table(
        "session",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name="fk_session_account"),
        sa.PrimaryKeyConstraint("id", name="pk_session"),
    )
    op.create_index("ix_session_account", "session", ["account"])
    op.create_index("ix_session_expires", "session", ["expires_at"])
    op.create_table(
        "token",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("district_id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("used_at", sa.BigInteger, nullable=True),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name="fk_token_account"),
        sa.PrimaryKeyConstraint("id", name="pk_token"),
    )
    op.create_index("uq_token_digest", "token", ["digest"], unique=True)


def downgrade() -> None:
    """Drop the tables."""
    op.drop_index("uq_token_digest", table_name="token")
    op.drop_table("token")
    op.drop_index("ix_session_expires", table_name="session")
    op.drop_index("ix_session_account", table_name="session")
    op.drop_table("session")
    op.drop_index("ix_familiar_at", table_name="familiar")
    op.drop_index("ix_familiar_account", table_name="familiar")
    op.drop_table("familiar")
    op.drop_table("membership")
    op.drop_table("signing_key")
    op.drop_table("placement")
    op.drop_index("ix_attempt_at", table_name="attempt")
    op.drop_table("attempt")
    op.drop_index("uq_account_login", table_name="account")
    op.drop_table("account")
