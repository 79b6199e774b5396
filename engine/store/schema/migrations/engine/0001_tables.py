"""Creates the engine's tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "engine_0001j"
down_revision = None
branch_labels = None
depends_on = None

_FAILED = sa.text("status = 'incident'")
_WANTING = sa.text("status = 'open' AND wants <> ''")
_TAKEN_OVER = sa.text("successor IS NOT NULL")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "cases",
        sa.Column("district_id", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("search", sa.Text, nullable=False),
        sa.Column("process", sa.Text, nullable=False),
        sa.Column("def_hash", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("end_name", sa.Text, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("head", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("data_seq", sa.BigInteger, nullable=False),
        sa.Column("unit_id", sa.Text, nullable=False),
        sa.Column("started_by", sa.Text, nullable=False),
        sa.Column("for_person", sa.Text, nullable=False),
        sa.Column("started_at", sa.BigInteger, nullable=False),
        sa.Column("ended_at", sa.BigInteger, nullable=True),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_cases"),
        sa.UniqueConstraint("district_id", "number", name="uq_cases_district_id_number"),
        sqlite_with_rowid=True,
    )
    op.create_index("ix_cases_starter", "cases", ["district_id", "started_by", "started_at"])
    op.create_table(
        "checkpoint",
        sa.Column("district_id", sa.Text, nullable=False),
        sa.Column("no", sa.BigInteger, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("mark", sa.BigInteger, nullable=False),
        sa.Column("root", sa.Text, nullable=False),
        sa.Column("prev", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("district_id", "no", name="pk_checkpoint"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "content",
        sa.Column("district_id", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("district_id", "hash", name="pk_content"),
        sqlite_with_rowid=True,
    )
    op.create_table(
        "definition",
        sa.Column("district_id", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.Column("process", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("specs", sa.Text, nullable=False),
        sa.Column("published_by", sa.Text, nullable=False),
        sa.Column("published_at", sa.BigInteger, nullable=False),
        sa.Column("current", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("district_id", "hash", name="pk_definition"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "uq_definition_current",
        "definition",
        ["district_id", "process"],
        unique=True,
        sqlite_where=sa.text("current = 1"),
        postgresql_where=sa.text("current = 1"),
    )
    op.create_table(
        "district",
        sa.Column("district_id", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("district_id", "key", name="pk_district"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "job",
        sa.Column("district_id", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("stream", sa.Text, nullable=False),
        sa.Column("n", sa.BigInteger, nullable=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("out", sa.BigInteger, nullable=False),
        sa.Column("run_at", sa.BigInteger, nullable=False),
        sa.Column("lease_until", sa.BigInteger, nullable=False),
        sa.Column("fence", sa.BigInteger, nullable=False),
        sa.Column("attempts", sa.BigInteger, nullable=False),
        sa.Column("error", sa.Text, nullable=True),
        sa.Column("failed_at", sa.BigInteger, nullable=True),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_job"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_job_run",
        "job",
        ["district_id", "out", "run_at", "id"],
        sqlite_where=sa.text("status = 'waiting'"),
        postgresql_where=sa.text("status = 'waiting'"),
    )
    op.create_index(
        "ix_job_failed",
        "job",
        ["district_id", "failed_at", "id"],
        sqlite_where=sa.text("error IS NOT NULL"),
        postgresql_where=sa.text("error IS NOT NULL"),
    )
    op.create_index("ix_job_stream", "job", ["district_id", "stream", "n"])
    op.create_table(
        "journal",
        sa.Column("district_id", sa.Text, nullable=False),
        sa.Column("stream", sa.Text, nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("on_behalf", sa.Text, nullable=True),
        sa.Column("command", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("request_key", sa.Text, nullable=True),
        sa.Column("request_hash", sa.Text, nullable=True),
        sa.Column("answer", sa.Text, nullable=True),
        sa.Column("hash", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("district_id", "stream", "seq", name="pk_journal"),
        sqlite_with_rowid=True,
    )
    op.create_index("ix_journal_at", "journal", ["district_id", "at"])
    op.create_index(
        "uq_journal_request",
        "journal",
        ["district_id", "actor", "request_key"],
        unique=True,
        sqlite_where=sa.text("request_key IS NOT NULL"),
        postgresql_where=sa.text("request_key IS NOT NULL"),
    )
    op.create_table(
        "notice",
        sa.Column("district_id", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("case_id", sa.Text, nullable=True),
        sa.Column("n", sa.BigInteger, nullable=True),
        sa.Column("zh", sa.Text, nullable=False),
        sa.Column("en", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("read_at", sa.BigInteger, nullable=True),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_notice"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_notice_case", "notice", ["district_id", "case_id", "n"])
    op.create_index("ix_notice_person", "notice", ["district_id", "person", "at"])
    op.create_table(
        "stream",
        sa.Column("district_id", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("head", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_stream"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "unit",
        sa.Column("district_id", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("short", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("code", sa.Text, nullable=True),
        sa.Column("parent", sa.Text, nullable=True),
        sa.Column("successor", sa.Text, nullable=True),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id", "parent"], ["unit.district_id", "unit.id"], name="fk_unit_district_id_parent"
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "successor"], ["unit.district_id", "unit.id"], name="fk_unit_district_id_successor"
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_unit"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_unit_parent", "unit", ["district_id", "parent"])
    op.create_table(
        "anchor",
        sa.Column("district_id", sa.Text, nullable=False),
        sa.Column("no", sa.BigInteger, nullable=False),
        sa.Column("stream", sa.Text, nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id", "no"], ["checkpoint.district_id", "checkpoint.no"], name="fk_anchor_district_id_no"
        ),
        sa.PrimaryKeyConstraint("district_id", "no", "stream", name="pk_anchor"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "case_data",
        sa.Column("district_id", sa.Text, nullable=False),
        sa.Column("case_id", sa.Text, nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("salt", sa.Text, nullable=False),
        sa.Column("fill", sa.Text, nullable=True),
        sa.Column("note", sa.Text, nullable=True),
        sa.Column("data", sa.Text, nullable=True),
        sa.Column("told", sa.Text, nullable=True),
        sa.ForeignKeyConstraint(
            ["district_id", "case_id"], ["cases.district_id", "cases.id"], name="fk_case_data_district_id_case_id"
        ),
        sa.PrimaryKeyConstraint("district_id", "case_id", "seq", name="pk_case_data"),
        sqlite_with_rowid=True,
    )
    op.create_table(
        "uncovered",
        sa.Column("district_id", sa.Text, nullable=False),
        sa.Column("case_id", sa.Text, nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("reader", sa.Text, nullable=False),
        sa.Column("field", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id", "case_id"], ["cases.district_id", "cases.id"], name="fk_uncovered_district_id_case_id"
        ),
        sa.PrimaryKeyConstraint("district_id", "case_id", "seq", "person", name="pk_uncovered"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_uncovered_person", "uncovered", ["district_id", "person", "at"])
    op.create_table(
        "party",
        sa.Column("district_id", sa.Text, nullable=False),
        sa.Column("case_id", sa.Text, nullable=False),
        sa.Column("party", sa.Text, nullable=False),
        sa.Column("unit_id", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id", "case_id"], ["cases.district_id", "cases.id"], name="fk_party_district_id_case_id"
        ),
        sa.PrimaryKeyConstraint("district_id", "case_id", "party", "unit_id", name="pk_party"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_party_unit", "party", ["district_id", "unit_id", "case_id"])
    op.create_table(
        "person",
        sa.Column("district_id", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("unit_id", sa.Text, nullable=False),
        sa.Column("phone", sa.Text, nullable=True),
        sa.Column("account", sa.Text, nullable=True),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id", "unit_id"], ["unit.district_id", "unit.id"], name="fk_person_district_id_unit_id"
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_person"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_person_unit", "person", ["district_id", "unit_id"])
    op.create_table(
        "rota",
        sa.Column("district_id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("unit_id", sa.Text, nullable=False),
        sa.Column("from_day", sa.Text, nullable=False),
        sa.Column("audience", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id", "unit_id"], ["unit.district_id", "unit.id"], name="fk_rota_district_id_unit_id"
        ),
        sa.PrimaryKeyConstraint("district_id", "name", "unit_id", "from_day", name="pk_rota"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "task",
        sa.Column("district_id", sa.Text, nullable=False),
        sa.Column("case_id", sa.Text, nullable=False),
        sa.Column("n", sa.BigInteger, nullable=False),
        sa.Column("process", sa.Text, nullable=False),
        sa.Column("step", sa.Text, nullable=False),
        sa.Column("item", sa.Text, nullable=False),
        sa.Column("audience", sa.Text, nullable=True),
        sa.Column("assignee", sa.Text, nullable=True),
        sa.Column("wants", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=True),
        sa.Column("actor", sa.Text, nullable=True),
        sa.Column("on_behalf", sa.Text, nullable=True),
        sa.Column("opened_at", sa.BigInteger, nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("due_at", sa.BigInteger, nullable=True),
        sa.Column("ping_at", sa.BigInteger, nullable=True),
        sa.Column("needed_by", sa.BigInteger, nullable=False),
        sa.Column("needed_why", sa.Text, nullable=False),
        sa.Column("done_at", sa.BigInteger, nullable=True),
        sa.Column("seen", sa.Text, nullable=True),
        sa.ForeignKeyConstraint(
            ["district_id", "case_id"], ["cases.district_id", "cases.id"], name="fk_task_district_id_case_id"
        ),
        sa.PrimaryKeyConstraint("district_id", "case_id", "n", name="pk_task"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_task_clock",
        "task",
        ["district_id", "ping_at"],
        sqlite_where=sa.text("ping_at IS NOT NULL"),
        postgresql_where=sa.text("ping_at IS NOT NULL"),
    )
    op.create_index(
        "ix_task_done",
        "task",
        ["district_id", "actor", "done_at", "case_id", "n"],
        sqlite_where=sa.text("actor IS NOT NULL"),
        postgresql_where=sa.text("actor IS NOT NULL"),
    )
    op.create_index(
        "ix_task_inbox",
        "task",
        ["district_id", "audience", "needed_by", "opened_at", "case_id", "n", "assignee"],
        sqlite_where=sa.text("status = 'open'"),
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_index(
        "ix_task_mine",
        "task",
        ["district_id", "assignee", "needed_by", "opened_at", "case_id", "n"],
        sqlite_where=sa.text("status = 'open' AND assignee IS NOT NULL"),
        postgresql_where=sa.text("status = 'open' AND assignee IS NOT NULL"),
    )
    op.create_table(
        "unit_member",
        sa.Column("district_id", sa.Text, nullable=False),
        sa.Column("alliance", sa.Text, nullable=False),
        sa.Column("member", sa.Text, nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id", "alliance"], ["unit.district_id", "unit.id"], name="fk_unit_member_district_id_alliance"
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "member"], ["unit.district_id", "unit.id"], name="fk_unit_member_district_id_member"
        ),
        sa.PrimaryKeyConstraint("district_id", "alliance", "member", "since", name="pk_unit_member"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_unit_member", "unit_member", ["district_id", "member"])
    op.create_table(
        "deputy",
        sa.Column("district_id", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("deputy", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=True),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id", "deputy"], ["person.district_id", "person.id"], name="fk_deputy_district_id_deputy"
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "person"], ["person.district_id", "person.id"], name="fk_deputy_district_id_person"
        ),
        sa.PrimaryKeyConstraint("district_id", "id", "since", name="pk_deputy"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_deputy", "deputy", ["district_id", "deputy"])
    op.create_table(
        "role_grant",
        sa.Column("district_id", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("unit_id", sa.Text, nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id", "person"], ["person.district_id", "person.id"], name="fk_role_grant_district_id_person"
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "unit_id"], ["unit.district_id", "unit.id"], name="fk_role_grant_district_id_unit_id"
        ),
        sa.PrimaryKeyConstraint("district_id", "id", "since", name="pk_role_grant"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_grant_person", "role_grant", ["district_id", "person"])
    op.create_index("ix_grant_seat", "role_grant", ["district_id", "unit_id", "role"])
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
        ["district_id", "successor", "until"],
        sqlite_where=_TAKEN_OVER,
        postgresql_where=_TAKEN_OVER,
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_index("ix_grant_seat", table_name="role_grant")
    op.drop_index("ix_grant_person", table_name="role_grant")
    op.drop_table("role_grant")
    op.drop_index("ix_deputy", table_name="deputy")
    op.drop_table("deputy")
    op.drop_index("ix_unit_member", table_name="unit_member")
    op.drop_table("unit_member")
    op.drop_index(
        "ix_task_mine",
        table_name="task",
        sqlite_where=sa.text("status = 'open' AND assignee IS NOT NULL"),
        postgresql_where=sa.text("status = 'open' AND assignee IS NOT NULL"),
    )
    op.drop_index(
        "ix_task_inbox",
        table_name="task",
        sqlite_where=sa.text("status = 'open'"),
        postgresql_where=sa.text("status = 'open'"),
    )
    op.drop_index(
        "ix_task_done",
        table_name="task",
        sqlite_where=sa.text("actor IS NOT NULL"),
        postgresql_where=sa.text("actor IS NOT NULL"),
    )
    op.drop_index(
        "ix_task_clock",
        table_name="task",
        sqlite_where=sa.text("ping_at IS NOT NULL"),
        postgresql_where=sa.text("ping_at IS NOT NULL"),
    )
    op.drop_table("task")
    op.drop_table("rota")
    op.drop_index("ix_person_unit", table_name="person")
    op.drop_table("person")
    op.drop_index("ix_party_unit", table_name="party")
    op.drop_table("party")
    op.drop_index("ix_uncovered_person", table_name="uncovered")
    op.drop_table("uncovered")
    op.drop_table("case_data")
    op.drop_table("anchor")
    op.drop_index("ix_unit_parent", table_name="unit")
    op.drop_table("unit")
    op.drop_table("stream")
    op.drop_index("ix_notice_person", table_name="notice")
    op.drop_index("ix_notice_case", table_name="notice")
    op.drop_table("notice")
    op.drop_index(
        "uq_journal_request",
        table_name="journal",
        sqlite_where=sa.text("request_key IS NOT NULL"),
        postgresql_where=sa.text("request_key IS NOT NULL"),
    )
    op.drop_index("ix_journal_at", table_name="journal")
    op.drop_table("journal")
    op.drop_index("ix_job_stream", table_name="job")
    op.drop_index(
        "ix_job_failed",
        table_name="job",
        sqlite_where=sa.text("error IS NOT NULL"),
        postgresql_where=sa.text("error IS NOT NULL"),
    )
    op.drop_index(
        "ix_job_run",
        table_name="job",
        sqlite_where=sa.text("status = 'waiting'"),
        postgresql_where=sa.text("status = 'waiting'"),
    )
    op.drop_table("job")
    op.drop_table("district")
    op.drop_index(
        "uq_definition_current",
        table_name="definition",
        sqlite_where=sa.text("current = 1"),
        postgresql_where=sa.text("current = 1"),
    )
    op.drop_table("definition")
    op.drop_table("content")
    op.drop_table("checkpoint")
    op.drop_index("ix_cases_starter", table_name="cases")
    op.drop_table("cases")
