"""Every case of a demo is decided again as it was from its own journal, whatever the district has chosen since."""

from __future__ import annotations

import json
from pathlib import Path

from sqlalchemy import text

from engine.operations.context import System
from engine.operations.districts import all_contexts
from engine.store import verify_reads
from tests.integration.demo.living import without
from tests.replaying import differences

LATER = json.dumps([{"years": {}, "hours": ["10:30-12:00", "15:00-16:00"]}])


def test_no_case_stops_replaying_when_settings_and_office_hours_have_changed(made: System, tmp_path: Path) -> None:
    system = without(made, tmp_path / "changed.db", "")
    with system.database.connect() as connection:
        for key, value in (("settings", "{}"), ("calendar", LATER)):
            connection.execute(text("UPDATE district SET value = :value WHERE key = :key"), {"key": key, "value": value})
        connection.commit()
    for ctx in all_contexts(system):
        assert ctx.district.settings == {}
        assert ctx.runner.run(lambda tx, ctx=ctx: len(verify_reads.case_ids(tx, ctx.id)), write=False) > 5
        assert differences(ctx) == {}
    system.runner.release()
    system.database.close()
