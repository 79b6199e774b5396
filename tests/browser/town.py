"""A town for the tests of the web door: two shipped districts on a still clock, and people who can log in."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from flask import Flask

from engine.app import Options, create_app, open_system
from engine.clock import SetClock
from engine.content import shipped_workflows
from engine.definition.values.moments import DISTRICT_TIME, to_micros
from engine.operations import cases, clockwork, districts
from engine.operations.accounts import accounts
from engine.operations.content.adopt import adopt
from engine.operations.content.library import Library
from engine.operations.context import ENGINE, Caller, Context, System
from engine.operations.reading import choices, pages
from engine.operations.reading.people import people_of

PASSWORD: Final = "window-8600"
HALL: Final = "黄海路社区/多功能厅"
#: Monday 15 June 2026, 09:10.
MORNING: Final = to_micros(datetime(2026, 6, 15, 9, 10, tzinfo=DISTRICT_TIME))
#: Who each account is: a role at a unit, by district.
PEOPLE: Final[Mapping[str, Mapping[str, str]]] = {
    "borrower": {"haicheng": "staff@南珠东社区"},
    "borrower-head": {"haicheng": "station_admin@南珠东社区"},
    "lender": {"haicheng": "station_admin@黄海路社区"},
    "stranger": {"haicheng": "staff@塘仔里社区"},
    "cashier": {"haicheng": "cashier@赤西村"},
    "dispatcher": {"haicheng": "dispatcher@东街街道"},
    "admin": {"haicheng": "district_admin@海城区", "guiding": "district_admin@贵定县"},
}


@dataclass(frozen=True)
class Town:
    """The system, its clock and the application."""

    system: System
    clock: SetClock
    app: Flask

    def context(self, district: str = "haicheng") -> Context:
        """A district of the town."""
        return districts.context(self.system, district)

    def person(self, account: str, district: str = "haicheng") -> str:
        """The person that an account is."""
        return find(self.context(district), PEOPLE[account][district])

    def loan(self, day: int, people: int = 50) -> str:
        """A loan of the hall on a day of June that waits for the lender; its number."""
        ctx, caller = self.context(), Caller(self.person("borrower"))
        form = pages.start_form(ctx, caller, "borrow_venue")
        hall = chosen(ctx, caller, "borrow_venue", "venue", HALL)
        fill = {"venue": hall, "slot": f"2026-06-{day} 14:00/16:00", "people": people, "purpose": "排练"}
        return cases.start(ctx, caller, "borrow_venue", fill, unit=form.units[0][0]).number

    def order(self) -> str:
        """An order that the borrower's station made and that waits to be dispatched; its number."""
        ctx, caller = self.context(), Caller(self.person("borrower"))
        fill = {"class": "助老助残", "what": "给独居老人换灯泡", "place": "南珠东路3号2单元", "channel": "窗口",
                "phone": "13977912345"}  # fmt: skip
        unit = pages.start_form(ctx, caller, "dispatch_order").units[0][0]
        return cases.start(ctx, caller, "dispatch_order", fill, unit=unit).number

    def at(self, month: int, day: int, hour: int, minute: int = 0) -> None:
        """Let time pass up to a moment of 2026; clocks ring and jobs run on the way."""
        until = to_micros(datetime(2026, month, day, hour, minute, tzinfo=DISTRICT_TIME))
        clockwork.pass_time(self.context(), self.clock, until)


def chosen(ctx: Context, caller: Caller, process: str, field: str, words: str) -> str:
    """What the first form of *process* offers for *words*."""
    asked = {field: choices.Question(field, words)}
    return choices.at_start(ctx, caller, process, asked, fill={})[field].found[0].id


def find(ctx: Context, who: str) -> str:
    """The id of the first holder of ``role@unit``."""
    found = ctx.runner.run(lambda tx: people_of(ctx, tx).find_person(who), write=False)
    if found is None:
        raise LookupError(who)
    return found


def settle(folder: Path) -> Path:
    """The database of a new town, to be copied for each test."""
    file = folder / "settled.db"
    system = open_system(f"sqlite:///{file}", clock=SetClock(MORNING))
    library = Library(shipped_workflows(), system.registry)
    for district in ("haicheng", "guiding"):
        pack, problems = library.pack(district)
        if pack is None:
            raise LookupError("\n".join(problem.line_of_text() for problem in problems))
        adopt(system, pack, ENGINE)
    for login, roles in PEOPLE.items():
        members = {district: find(districts.context(system, district), who) for district, who in roles.items()}
        accounts.create_account(system, login, login, PASSWORD, members)
    system.runner.release()  # the copy is whole only when nobody holds the file
    system.database.close()
    return file


def move_in(settled: Path, folder: Path, public_url: str = "") -> Town:
    """A town of one's own in *folder*."""
    shutil.copy(settled, folder / "town.db")
    clock = SetClock(MORNING)
    system = open_system(f"sqlite:///{folder}/town.db", clock=clock, migrate=False)
    return Town(system, clock, create_app(system, Options(secret_key="only-for-tests", public_url=public_url)))
