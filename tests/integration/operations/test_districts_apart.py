"""Two districts in one database: every statement names its district, and neither touches what is the other's."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from engine.clock import DAY, HOUR
from engine.definition.district.model import DistrictPack
from engine.definition.load import load_text
from engine.i18n import both
from engine.operations import cases, notices
from engine.operations.clockwork import pass_time, seal
from engine.operations.content.adopt import adopt
from engine.operations.content.pack import Pack
from engine.operations.context import Caller
from engine.operations.erasing import erase
from engine.operations.reading import pages
from engine.operations.verifying.verify import verify
from engine.store.schema.tables import metadata
from tests.desk import note, seat
from tests.integration.operations.looking import everything
from tests.town import CALENDAR, GRANTS, HOLD, PERSONS, UNITS, W1, Town

_TENANT = re.compile(rf"\b({'|'.join(metadata.tables)}|{seat.name}|{note.name})\b")
_TABLES = re.compile(r"\b(?:FROM|JOIN|INTO|UPDATE)\s+([\w\", ]+)", re.IGNORECASE)


@dataclass
class _Homeless:
    """A hook that keeps the statements on a district's tables that do not bind the district."""

    district: str
    seen: int = 0
    found: list[str] = field(default_factory=list)

    def before(self, sql: str, parameters: Any) -> None:
        """Look at a statement before it runs."""
        if not any(_TENANT.search(names) for names in _TABLES.findall(sql)):
            return
        self.seen += 1
        bound = list(parameters.values() if isinstance(parameters, dict) else parameters or ())
        if "json_each(" in sql and isinstance(bound[0], str) and bound[0].startswith("[["):
            bound = json.loads(bound[0])  # many rows in one statement
        elif "unnest(" in sql and sql.startswith("INSERT"):
            bound = list(zip(*bound, strict=True))  # the same, a column each
        rows = bound if bound and isinstance(next(iter(bound)), (tuple, dict, list)) else [bound]
        named = all(self.district in (row.values() if isinstance(row, dict) else row) for row in rows)
        if not named or "district_id" not in sql:
            self.found.append(sql)

    def after(self, sql: str, parameters: Any, rows: int) -> None:
        """Nothing is counted."""


def _live(town: Town) -> None:
    """All that a district does in a day: cases, a clock, notices, a search, a checkpoint, an erasure."""
    case = town.start("hold", key="k")
    town.act(case, "ok", "revise", "sun", opinion="换")
    town.act(case, "start", "submit", "ann", fill={"seat": "2"})
    cases.comment(town.ctx, Caller("ann"), case.number, "换了")
    town.act(case, "ok", "refuse", "sun", opinion="没有")
    town.start()
    pass_time(town.ctx, town.clock, town.clock.at + 7 * DAY + HOUR)
    for person in ("ann", "sun", "cai"):
        pages.inbox(town.ctx, Caller(person), "mine")
    pages.case(town.ctx, Caller("cai"), case.number)
    notices.mark_read(town.ctx, Caller("ann"), key="n")
    seal(town.ctx)
    erase(town.ctx, Caller("cai"), case.number, "到期")
    assert verify(town.ctx).broken == ()


def test_every_statement_names_the_district_and_another_one_is_untouched(town: Town) -> None:
    pack = DistrictPack("vale", both("山谷"), both("山谷"), plugins={"desk": {}}, units=UNITS, persons=PERSONS,
                        grants=GRANTS, file="vale.yaml")  # fmt: skip
    processes = tuple(load_text(text, town.ctx.catalogue) for text in (W1, HOLD))
    vale = Town(adopt(town.system, Pack(pack, (CALENDAR,), processes), Caller("cai")), town.clock)
    other = vale.start("hold", key="k")
    before = _of("vale", town)
    hook = _Homeless("town")
    town.system.database.hook = hook
    _live(town)
    town.system.database.hook = None
    assert hook.found == []
    assert hook.seen > 100
    assert _of("vale", town) == before
    assert vale.act(other, "ok", "agree", "sun").status == "open"
    assert verify(vale.ctx).broken == ()


def _of(district: str, town: Town) -> dict[str, list[dict[str, Any]]]:
    return {
        name: [row for row in found if row["district_id"] == district] for name, found in everything(town).items()
    }
