"""Who is behind a personal token of the REST door."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from engine.operations.accounts.accounts import HERE, digest
from engine.operations.context import System
from engine.store.databases.sql import Statement
from engine.store.schema import hub
from engine.store.schema.tables import person as person_table

_a, _m, _t = hub.account.c, hub.membership.c, hub.token.c
_TOKEN = Statement(
    select(_t.account)
    .join_from(hub.token, hub.account)
    .where(_t.digest == bindparam("secret"), _a.disabled == 0, _t.expires_at > bindparam("now"))
)
_TOKEN_CALLER = Statement(
    select(_t.account, _m.person)
    .join_from(hub.token, hub.account)
    .join(hub.membership, (_m.account == _t.account) & (_m.district_id == _t.district_id))
    .join(person_table, (person_table.c.district_id == _m.district_id) & (person_table.c.id == _m.person) & HERE)
    .where(_t.digest == bindparam("secret"), _a.disabled == 0, _t.expires_at > bindparam("now"))
    .where(_t.district_id == bindparam("district"))
)


def is_token(system: System, secret: str) -> bool:
    """Whether *secret* is a token that is still good, wherever."""
    asked = {"secret": digest(secret), "now": system.clock.wall()}
    return system.runner.run(lambda tx: tx.one(_TOKEN, **asked), write=False) is not None


def token_caller(system: System, secret: str, district: str) -> tuple[str, str] | None:
    """(account, person) behind a token that is good for *district*, or None, also for who has left it."""
    asked = {"secret": digest(secret), "now": system.clock.wall(), "today": system.clock.now(), "district": district}
    found = system.runner.run(lambda tx: tx.one(_TOKEN_CALLER, **asked), write=False)
    return (found[0], found[1]) if found else None
