"""``rongtong account``: log-ins for people, and personal tokens for programs; who has them, and how they end."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import click

from engine.cli import options, say
from engine.cli.casework import key_option, plain
from engine.definition.values.moments import to_datetime
from engine.definition.values.saying import moment_words
from engine.i18n import Text, counted

if TYPE_CHECKING:
    from engine.operations.accounts.rows import By
    from engine.operations.context import Caller, Context


#: The account and in whose name one acts on it; without ``--as`` it is whoever runs the installation.
_ON_ONE = options.options(options.database_option, options.district_option, options.person_option)


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
@_ON_ONE
def add(
    login: str, name: str, persons: tuple[str, ...], no_password: bool,
    url: str, district: str | None, person: str | None, as_json: bool,
) -> None:  # fmt: skip
    """加一个账号；密码从终端或标准输入读。 Add a log-in; the password is read, never an argument."""
    from engine.operations.accounts.accounts import create_account
    from engine.operations.districts import context
    from engine.operations.naming import person_named

    with options.opened(url) as system:
        members = {
            key: person_named(context(system, key), words)[0] for key, words in options.pairs(persons).items()
        }
        by = _by(options.entered(system, district or next(iter(members))), person)
        made = create_account(system, login, name, None if no_password else _password(), members, by)
    if as_json:
        say.as_json({"account": made, "login": login, "members": members})
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
@_ON_ONE
def token(
    login: str, name: str, days: int, url: str, district: str | None, person: str | None, as_json: bool
) -> None:
    """发一个接口令牌，只显示这一次。 Make a personal token; it is shown once."""
    from engine.operations.accounts.accounts import account_named, create_token

    with options.opened(url) as system:
        ctx = options.entered(system, district)
        secret = create_token(system, account_named(system, login), ctx.id, name, days, _by(ctx, person))
    if as_json:
        say.as_json({"token": secret, "district": ctx.id, "days": days})
    else:
        say.out(secret)
        say.err(say.picked(Text("收好，只显示这一次。", "Keep it: it is not shown again."), " "))


@account.command("list")
@_ON_ONE
def list_accounts(url: str, district: str | None, person: str | None, as_json: bool) -> None:
    """列出本区县的账号。 The accounts of a district's people."""
    from engine.operations.accounts import care

    with options.opened(url) as system:
        ctx = options.entered(system, district)
        found = care.accounts_of(ctx, _acting(ctx, person))
    if as_json:
        say.as_json(plain(found))
        return
    say.line(f"{len(found)} 个账号。", f"{counted(len(found), 'account')}.")
    for one in found:
        marks = (
            (Text("停用", "shut"), one.disabled), (Text("已离开", "left"), not one.here),
            (Text("无密码", "no password"), not one.has_password),
            (Text("别处也有身份", "elsewhere too"), one.elsewhere),
        )  # fmt: skip
        said = (say.said(words) for words, shown in marks if shown)
        much = Text(f"登录{one.sessions} 令牌{one.tokens}", f"sessions {one.sessions} tokens {one.tokens}")
        say.out("  ".join((one.login, one.name, one.unit, say.said(much), *said)))


@account.command()
@click.argument("login")
@key_option
@_ON_ONE
def password(login: str, key: str, url: str, district: str | None, person: str | None, as_json: bool) -> None:
    """重设密码，登录和令牌都作废；密码从终端或标准输入读。 Set a new password; end sessions and tokens."""
    from engine.operations.accounts import care

    done = ("密码已重设，登录和令牌都已作废。", "It is set; sessions and tokens have ended.")
    _act(login, url, district, person, as_json, done,
         lambda ctx, who, one: care.reset_password(ctx, who, one, _password(), key=key))  # fmt: skip


#: Help, and what is said when it is done, of each that an account alone is told for.
_PRESSES: Final = {
    "disable": ("停用账号，登录和令牌立即失效。 Shut an account, with its sessions and tokens.", ("已停用。", "Shut.")),
    "enable": ("重新启用账号。 Open an account again.", ("已启用。", "Open again.")),
    "end-sessions": (
        "结束账号的所有登录。 End every session of an account.", ("登录都已结束。", "All sessions have ended.")
    ),
}  # fmt: skip


def _add(name: str, words: str, done: tuple[str, str]) -> None:
    @account.command(name, help=words)
    @click.argument("login")
    @key_option
    @_ON_ONE
    def press(login: str, key: str, url: str, district: str | None, person: str | None, as_json: bool) -> None:
        from engine.operations.accounts.care import PRESSES

        _act(login, url, district, person, as_json, done,
             lambda ctx, who, one: PRESSES[name](ctx, who, one, key=key))  # fmt: skip


for _name, (_words, _done) in _PRESSES.items():
    _add(_name, _words, _done)


@account.command()
@click.argument("login")
@_ON_ONE
def tokens(login: str, url: str, district: str | None, person: str | None, as_json: bool) -> None:
    """列出账号在本区县的令牌。 The tokens of an account for a district."""
    from engine.operations.accounts import care
    from engine.operations.accounts.accounts import account_named

    with options.opened(url) as system:
        ctx = options.entered(system, district)
        found = care.tokens_of(ctx, _acting(ctx, person), account_named(system, login))
        now = ctx.now
    if as_json:
        say.as_json(plain(found))
        return
    say.line(f"{len(found)} 个令牌。", f"{counted(len(found), 'token')}.")
    for one in found:
        until = moment_words(to_datetime(one.expires_at), now)
        said = Text(f"{until.zh}失效", f"good until {until.en}")
        say.out(f"{one.id}  {one.name}  {say.said(said)}")


@account.command()
@click.argument("login")
@click.argument("token")
@key_option
@_ON_ONE
def revoke(
    login: str, token: str, key: str, url: str, district: str | None, person: str | None, as_json: bool
) -> None:
    """作废账号的一个令牌，写它的代号或名称。 End a token of an account, by its id or name."""
    from engine.operations.accounts import care

    _act(login, url, district, person, as_json, ("令牌已作废。", "The token has ended."),
         lambda ctx, who, one: care.revoke_token(ctx, who, one, token, key=key))  # fmt: skip


def _act(
    login: str, url: str, district: str | None, person: str | None, as_json: bool, done: tuple[str, str],
    act: Callable[[Context, Caller, str], None],
) -> None:  # fmt: skip
    """Do something about an account and say that it is done."""
    from engine.operations.accounts.accounts import account_named

    with options.opened(url) as system:
        ctx = options.entered(system, district)
        one = account_named(system, login)
        act(ctx, _acting(ctx, person), one)
    if as_json:
        say.as_json({"account": one})
    else:
        say.line(*done)


def _by(ctx: Context, words: str | None) -> By:
    """In whose name, by district, an account or a token begins; the operator's where nobody is named."""
    from engine.operations.accounts.rows import OPERATOR

    return {ctx.id: _acting(ctx, words).person} if words else OPERATOR


def _acting(ctx: Context, words: str | None) -> Caller:
    """The person that ``--as`` means, with their account; without it whoever runs the installation."""
    from engine.operations.accounts.accounts import account_of
    from engine.operations.context import Caller

    if not words:
        return Caller("", door="cli")
    person = options.caller(ctx, words)[0].person
    return Caller(person, account_of(ctx.system, ctx.id, person) or "", "cli")
