"""Accounts at the REST door, for administrators: read, a new password, shut and opened, sessions and tokens ended."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from flask import Response

from engine.operations.accounts import care
from engine.operations.context import Caller, Context
from engine.rest import asked
from engine.rest.bodies import BODIES
from engine.rest.shapes import shown

#: From a district to its context and the caller.
Entering = Callable[[str], tuple[Context, Caller]]


def account_routes(enter: Entering, press: Entering) -> tuple[tuple[str, str, Callable[..., Response]], ...]:
    """Method, path and view of each; *enter* reads the query, *press* an empty body as well."""
    one = "/<district>/accounts/<account>"
    return (
        ("GET", "/<district>/accounts", partial(_accounts, enter)),
        ("POST", f"{one}/password", partial(_password, enter)),
        *(("POST", f"{one}/{name}", partial(_press, press, name)) for name in care.PRESSES),
        ("GET", f"{one}/tokens", partial(_tokens, enter)),
        ("POST", f"{one}/tokens/<token>/revoke", partial(_revoke, press)),
    )


def _accounts(enter: Entering, district: str) -> Response:
    ctx, caller = enter(district)
    return shown({"accounts": care.accounts_of(ctx, caller)})


def _password(enter: Entering, district: str, account: str) -> Response:
    ctx, caller = enter(district)
    care.reset_password(ctx, caller, account, asked.body(BODIES["password"])["password"], key=asked.key())
    return shown({"account": account})


def _press(press: Entering, verb: str, district: str, account: str) -> Response:
    ctx, caller = press(district)
    care.PRESSES[verb](ctx, caller, account, key=asked.key())
    return shown({"account": account})


def _tokens(enter: Entering, district: str, account: str) -> Response:
    ctx, caller = enter(district)
    return shown({"tokens": care.tokens_of(ctx, caller, account)})


def _revoke(press: Entering, district: str, account: str, token: str) -> Response:
    ctx, caller = press(district)
    care.revoke_token(ctx, caller, account, token, key=asked.key())
    return shown({"token": token})
