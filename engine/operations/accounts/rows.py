"""How accounts and tokens begin in the journals of the districts that they open: who may let them, and the rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from engine.errors import Forbidden, NotFound
from engine.i18n import Text
from engine.operations.context import System, admin_only
from engine.store import answering, journal
from engine.store.accounts import accounts
from engine.store.text import dump
from engine.store.transactions.runner import Tx


class Operator:
    """Whoever runs the installation, who may do all of it. A name of its own: an empty list of persons is not this."""


OPERATOR: Final = Operator()
#: In whose name, by district.
By = Mapping[str, str] | Operator
NO_ACCOUNT: Final = Text("没有这个账号，或不是本区县的。", "There is no such account in this district.")
BEYOND: Final = Text(
    "账号要加在你管的区县里。加到别的区县，请由运行本系统的人用 rongtong account 办理。",
    "You can add an account to the districts that you administer. For others, whoever runs the system can, with "
    "rongtong account.",
)


def must_administer(
    system: System, tx: Tx, by: By, districts: Collection[str], beyond: Text = BEYOND
) -> None:
    """Raise ``Forbidden`` where whom *by* names does not administer each of *districts*.

    Who administers none of those that *by* names is told so, whatever was asked; *beyond* is for whoever does.
    """
    if isinstance(by, Operator):
        return
    now = system.clock.now()
    administered = {d for d, person in by.items() if answering.answers(tx, d, person, now, above=False).admin}
    if not administered:
        raise admin_only()
    if not administered >= set(districts):
        raise Forbidden(beyond, code="account_elsewhere")


def must_belong(tx: Tx, account: str, district: str) -> str:
    """The log-in name of *account*; raises ``NotFound``, alike for none and for one that is nobody in *district*."""
    login = accounts.login_in(tx, account, district)
    if login is None:
        raise NotFound(NO_ACCOUNT, code="no_account")
    return login


def recorded(
    system: System, tx: Tx, by: By, account: str, command: str, said: Mapping[str, Mapping[str, object]]
) -> None:
    """Write a row of *command* on *account* in the journal of each district in *said*, with what is said there."""
    now, persons = system.clock.now(), {} if isinstance(by, Operator) else by
    for district in sorted(said):
        journal.append_to_stream(
            tx, district, f"account:{account}", at=now, actor=persons.get(district, ""), command=command,
            body=dump({"account": account, **said[district]}),
        )  # fmt: skip
