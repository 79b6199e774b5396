"""``rongtong account``: log-ins for people, and personal tokens for programs."""

from __future__ import annotations

import sys

import click

from engine.cli import opening, say
from engine.i18n import Text


@click.group()
def account() -> None:
    """登录账号和接口令牌。 Log-ins and tokens."""


@account.command()
@click.argument("login")
@click.option("--name", required=True, help="姓名。 The person's name.")
@click.option(
    "--person",
    "persons",
    multiple=True,
    required=True,
    metavar="DISTRICT=PERSON",
    help="在哪个区县是谁，可写多次。 Who this is, by district.",
)
@click.option("--no-password", is_flag=True, help="不设密码，不能用密码登录。 No password opens it.")
@opening.options(opening.database_option)
def add(login: str, name: str, persons: tuple[str, ...], no_password: bool, url: str, as_json: bool) -> None:
    """加一个账号；密码从终端或标准输入读。 Add a log-in; the password is read, never an argument."""
    from engine.operations.accounts import create_account
    from engine.operations.districts import context
    from engine.operations.naming import person_named

    with opening.opened(url) as system:
        members = {
            district: person_named(context(system, district), words)[0]
            for district, words in opening.pairs(persons).items()
        }
        key = create_account(system, login, name, None if no_password else _password(), members)
    if as_json:
        say.as_json({"account": key, "login": login, "members": members})
    else:
        say.line(f"账号 {login} 加好了。", f"Added {login}.")


def _password() -> str:
    if sys.stdin.isatty():
        words: str = click.prompt("密码 Password", hide_input=True, confirmation_prompt=True)
        return words
    return sys.stdin.readline().rstrip("\r\n")


@account.command()
@click.argument("login")
@click.option("--name", default="CLI", show_default=True, help="用在哪里。 What it is for.")
@click.option(
    "--days", default=90, show_default=True, type=click.IntRange(1, 366), help="几天后失效。 Days it is good."
)
@opening.options(opening.database_option, opening.district_option)
def token(login: str, name: str, days: int, url: str, district: str | None, as_json: bool) -> None:
    """发一个接口令牌，只显示这一次。 Make a personal token; it is shown once."""
    from engine.operations.accounts import account_named, create_token

    with opening.opened(url) as system:
        ctx = opening.entered(system, district)
        secret = create_token(system, account_named(system, login), ctx.id, name, days)
    if as_json:
        say.as_json({"token": secret, "district": ctx.id, "days": days})
    else:
        say.out(secret)
        say.err(say.picked(Text("收好，只显示这一次。", "Keep it: it is not shown again."), " "))
