"""What is refused to somebody who is known leaves a line, by page and by REST, without a word that they typed."""

from __future__ import annotations

import logging

from tests.integration.odd.conftest import World
from tests.integration.odd.oddities import Sent
from tests.integration.odd.test_gate import asked

FOREIGN = (
    "/haicheng/cases/990101-12345", "/haicheng/tasks/990101-12345.1", "/elsewhere/inbox", "/haicheng/incidents",
    "/api/v1/haicheng/cases/990101-12345", "/api/v1/haicheng/cases/990101-12345/tasks/1", "/api/v1/haicheng/incidents",
    "/api/v1/haicheng/plugins/nothing",
)  # fmt: skip


def test_whoever_asks_for_what_is_not_theirs_is_found_in_the_log(world: World) -> None:
    client = world.visitor("staff")
    for path in FOREIGN:
        world.log.set_level(logging.INFO, "rongtong.security")
        status = world.ask(client, Sent("GET", path, headers=asked(world, "staff"))).status_code
        lines = [one.getMessage() for one in world.log.records if one.name == "rongtong.security"]
        if path.endswith("/nothing"):
            assert (status, lines) == (404, []), "no such address is nobody's secret"
            continue
        assert status in (403, 404), path
        assert len(lines) == 1, (path, lines)
        assert "account" in lines[0]
        assert "990101" not in lines[0]
