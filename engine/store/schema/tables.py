"""The tables of the engine: cases and what happened to them, tasks, jobs, definitions; who is who is in org_tables."""

from __future__ import annotations

from sqlalchemy import UniqueConstraint

from engine.store.schema.columns import NEVER, district_table, index, metadata, moment, number, refers, words
from engine.store.schema.org_tables import deputy, person, role_grant, rota, unit, unit_member

__all__ = [
    "NEVER",
    "anchor",
    "case_data",
    "cases",
    "checkpoint",
    "content",
    "definition",
    "deputy",
    "district",
    "job",
    "journal",
    "metadata",
    "notice",
    "party",
    "person",
    "role_grant",
    "rota",
    "stream",
    "task",
    "uncovered",
    "unit",
    "unit_member",
]

#: What a district is now, by key: its settings, its title, the offset of business time, the mark of a demo.
district = district_table("district", "key", words("key"), words("value"))

#: Journals that are no case's: definition, org, a plugin's name. The row is what an append locks.
stream = district_table("stream", "id", words("id"), number("seq"), words("head"))

cases = district_table(
    "cases",
    "id",
    words("id"),
    words("number"),
    words("subject"),
    words("search"),
    words("process"),
    words("def_hash"),
    words("status"),  # open, suspended, ended
    words("end_name"),
    number("version"),
    words("head"),  # hash of the case's last journal row
    words("state"),
    number("data_seq"),
    words("unit_id"),
    words("started_by"),
    words("for_person"),
    moment("started_at"),
    moment("ended_at", null=True),
    UniqueConstraint("district_id", "number"),
    # Only columns that a command does not change are indexed: PostgreSQL then updates the row in place. Ids are
    # ordered by time, so the newest cases need no index of their own.
    index("ix_cases_starter", "started_by started_at"),
    rowid=True,
)

#: What people typed, insert-only, apart from the journal, which holds salted digests of it; erasing empties a row.
case_data = district_table(
    "case_data",
    "case_id seq",
    words("case_id"),
    number("seq"),
    words("salt"),
    words("fill", null=True),
    words("note", null=True),
    words("data", null=True),
    words("told", null=True),
    refers("case_id", "cases"),
    rowid=True,
)

party = district_table(
    "party",
    "case_id party unit_id",
    words("case_id"),
    words("party"),
    words("unit_id"),
    refers("case_id", "cases"),
    index("ix_party_unit", "unit_id case_id"),
)

_OPEN = "status = 'open'"
_CLOCKED = "ping_at IS NOT NULL"
_ASSIGNED = "status = 'open' AND assignee IS NOT NULL"
_FAILED = "status = 'incident'"
_WANTING = "status = 'open' AND wants <> ''"
_CLOSED = "actor IS NOT NULL"
#: One row per seat that is asked, and without an audience per clock that has no seat and per step that failed.
#: Closed rows stay.
task = district_table(
    "task",
    "case_id n",
    words("case_id"),
    number("n"),
    words("process"),
    words("step"),
    words("item"),
    words("audience", null=True),
    words("assignee", null=True),
    words("wants"),  # of administrators: "", nobody, consent
    words("status"),  # open, timer, incident, done, returned, cancelled, withdrawn
    words("outcome", null=True),
    words("actor", null=True),
    words("on_behalf", null=True),
    moment("opened_at"),
    moment("since"),  # when it came to whoever has it now: opened, claimed, given back, handed on, moved
    moment("due_at", null=True),
    moment("ping_at", null=True),  # when the worker looks next: a reminder, the deadline, a rung
    moment("needed_by"),
    words("needed_why"),
    moment("done_at", null=True),
    words("seen", null=True),  # JSON: digests of what the actor saw
    refers("case_id", "cases"),
    index("ix_task_inbox", "audience needed_by opened_at case_id n assignee", where=_OPEN),
    index("ix_task_mine", "assignee needed_by opened_at case_id n", where=_ASSIGNED),
    index("ix_task_clock", "ping_at", where=_CLOCKED),
    index("ix_task_incident", "opened_at case_id n", where=_FAILED),
    index("ix_task_wants", "opened_at case_id n", where=_WANTING),
    index("ix_task_done", "actor done_at case_id n", where=_CLOSED),
)

_KEYED = "request_key IS NOT NULL"
#: One row per command: audit, idempotency and mining log in one, chained by hash within its stream.
journal = district_table(
    "journal",
    "stream seq",
    words("stream"),
    number("seq"),
    moment("at"),
    words("actor"),
    words("on_behalf", null=True),
    words("command"),
    words("body"),
    words("request_key", null=True),
    words("request_hash", null=True),
    words("answer", null=True),
    words("hash"),
    index("uq_journal_request", "actor request_key", unique=True, where=_KEYED),
    index("ix_journal_at", "at"),
    rowid=True,
)

#: Every minute: the Merkle root of the heads that no checkpoint held yet, chained to the one before.
checkpoint = district_table(
    "checkpoint", "no", number("no"), moment("at"), moment("mark"), words("root"), words("prev")
)
anchor = district_table(
    "anchor",
    "no stream",
    number("no"),
    words("stream"),
    number("seq"),
    words("hash"),
    refers("no", "checkpoint", "no"),
    index("ix_anchor_stream", "stream seq"),
)

_WAITING = "status = 'waiting'"
_UNDONE = "error IS NOT NULL"
#: What leaves the database goes through here, after commit, at least once. Finished jobs are deleted.
job = district_table(
    "job",
    "id",
    words("id"),
    words("stream"),  # the case (or other stream) it belongs to
    number("n", null=True),
    words("kind"),
    words("body"),
    words("status"),  # waiting, incident
    number("out"),  # 1 when it leaves the machine
    moment("run_at"),  # business time
    moment("lease_until"),  # wall time; 0 when nobody works on it
    number("fence"),
    number("attempts"),
    words("error", null=True),  # how the last try failed
    moment("failed_at", null=True),  # business time at which the first of these tries failed
    index("ix_job_run", "out run_at id", where=_WAITING),
    index("ix_job_failed", "failed_at id", where=_UNDONE),
    index("ix_job_stream", "stream n"),
)

#: What journal rows name by its hash because they would repeat it, each text once; insert-only.
content = district_table("content", "hash", words("hash"), words("body"), rowid=True)

_CURRENT = "current = 1"
#: Effective processes as published, named by content hash; one of each name is the current one. ``specs`` are those of
#: all that it names of plugins.
definition = district_table(
    "definition",
    "hash",
    words("hash"),
    words("process"),
    words("title"),
    words("document"),
    words("specs"),
    words("published_by"),
    moment("published_at"),
    number("current"),
    index("uq_definition_current", "process", unique=True, where=_CURRENT),
)

notice = district_table(
    "notice",
    "id",
    words("id"),
    words("person"),
    words("kind"),
    words("case_id", null=True),
    number("n", null=True),
    words("zh"),
    words("en"),
    moment("at"),
    moment("read_at", null=True),
    index("ix_notice_person", "person at"),
    index("ix_notice_case", "case_id n"),
)

#: Who has uncovered what is masked, a line for each person whom it is about; it holds no value. Insert-only.
uncovered = district_table(
    "uncovered",
    "case_id seq person",
    words("case_id"),
    number("seq"),
    words("person"),
    words("reader"),
    words("field"),
    moment("at"),
    refers("case_id", "cases"),
    index("ix_uncovered_person", "person at"),
)
