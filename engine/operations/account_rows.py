"""How accounts and tokens begin in the journals of the districts that they open: who may let them, and the rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from sqlalchemy import select

from engine.errors import Forbidden, NotFound
from engine.i18n import Text
from engine.operations.context import System, admin_only
from engine.store import answering, hub, journal
from engine.store.text import dump
from engine.store.transaction import Tx

#: In whose name, by district; nobody's where whoever runs the installation does it.
By = Mapping[str, str]
OPERATOR: Final[By] = {}
NO_ACCOUNT: Final = Text("没有这个账号，或不是本区县的。", "There is no such account in this district.")
ELSEWHERE: Final = Text(
    "这个账号在别处也有身份，不能只由本区县办理。请由运行本系统的人用 rongtong account 办理。",
    "This account is somebody elsewhere too, so this district alone may not do that. Whoever runs the system can, with "
    "rongtong account.",
)
_m = hub.membership.c


def must_administer(system: System, tx: Tx, by: By, districts: Collection[str]) -> None:
    """Raise ``Forbidden`` where *by* names somebody who does not administer each of *districts*."""
    if not by:
        return
    now = system.clock.now()
    for district, person in by.items():
        if not answering.answers(tx, district, person, now, above=False).admin:
            raise admin_only()
    if not by.keys() >= set(districts):
        raise Forbidden(ELSEWHERE, code="account_elsewhere")


def must_belong(tx: Tx, account: str, district: str) -> None:
    """Raise ``NotFound`` where *account* is nobody in *district*."""
    own = select(_m.person).where(_m.account == account, _m.district_id == district)
    if tx.connection.execute(own).first() is None:
        raise NotFound(NO_ACCOUNT, code="no_account")


def recorded(
    system: System, tx: Tx, by: By, account: str, command: str, said: Mapping[str, Mapping[str, object]]
) -> None:
    """Write a row of *command* on *account* in the journal of each district in *said*, with what is said there."""
    now = system.clock.now()
    for district in sorted(said):
        journal.append_to_stream(
            tx, district, f"account:{account}", at=now, actor=by.get(district, ""), command=command,
            body=dump({"account": account, **said[district]}),
        )  # fmt: skip
