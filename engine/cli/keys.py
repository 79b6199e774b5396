"""``rongtong key``: the key that signs cookies, where it is kept in the database."""

from __future__ import annotations

import os

import click

from engine import settings
from engine.cli import options, say


@click.group()
def key() -> None:
    """签登录的密钥。 The key that signs log-ins."""


@key.command()
@click.option(
    "--at-once", is_flag=True, help="旧密钥马上作废，人人重新登录。 The old one ends now, and everybody logs in again."
)
@options.options(options.database_option)
def renew(at_once: bool, url: str, as_json: bool) -> None:
    """换一个密钥；重启服务后生效。 Renew it; it counts from the next start."""
    from engine.operations.accounts import signing

    variable = settings.named("secret_key").variable
    if settings.value("secret_key", os.environ):
        raise say.usage(
            f"密钥由 {variable} 给出，不在数据库里。在那里把新的写在前面。",
            f"{variable} gives the key, and not the database. Put a new one first there.",
        )
    with options.opened(url) as system:
        signing.renew(system, at_once=at_once)
    if as_json:
        say.as_json({"renewed": True, "at_once": at_once})
    else:
        say.line("换好了，重启所有服务后生效。", "Renewed; restart whatever serves this database.")
