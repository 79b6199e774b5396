"""Servers and a worker are killed while people work; ``make torture`` kills hundreds of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.torture.kills.installation import against
from tests.torture.kills.killing import kill
from tests.torture.kills.oracle import Answered, Asked, Oracle

KILLS = 3


@pytest.mark.parametrize("where", ["sqlite", "postgresql"])
def test_whatever_is_killed_no_answer_is_lost_and_nothing_is_done_twice(
    where: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = f"sqlite:///{tmp_path}/kills.db" if where == "sqlite" else request.getfixturevalue("bare_postgresql_url")
    day = (datetime.now(UTC) + timedelta(days=3)).date()  # a real server has the real clock
    count = kill(url, tmp_path, day, kills=KILLS, seed=1)
    print(count)
    assert count.wrong == []
    assert sum(count.kills.values()) == KILLS
    assert count.done > count.refused / 2 > 0
    assert count.replayed == count.done


def test_the_reckoning_finds_what_is_lost_doubled_refused_and_never_asked(tmp_path: Path) -> None:
    oracle = Oracle(tmp_path / "oracle.jsonl")
    for key, status in (("lost", 200), ("doubled", 201), ("refused", 409), ("good", 200), ("untold", 0)):
        asked = Asked(key, "ann", "/cases", {})
        oracle.sends(asked)
        if status:
            oracle.hears(asked, Answered(status, b"{}"))
    rows = [("ann", "doubled"), ("ann", "doubled"), ("ann", "refused"), ("ann", "good"), ("bo", "good")]
    assert [said.partition(":")[0] for said in against(oracle, rows)] == [
        "lost", "doubled", "refused", "untold", "good of bo"
    ]  # fmt: skip
    assert oracle.path.read_text(encoding="utf-8").count("\n") == 9
