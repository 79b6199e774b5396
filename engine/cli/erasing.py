"""``rongtong erase``: what people typed in an ended case goes, its record stays."""

from __future__ import annotations

import click

from engine.cli import options, say
from engine.cli.casework import key_option


@click.command()
@click.argument("number")
@click.option("--reason", required=True, help="依据，会留在流水里，不要写个人信息。 On what ground; it is kept.")
@key_option
@options.options(options.database_option, options.district_option, options.person_option)
def erase(
    number: str, reason: str, key: str, url: str, district: str | None, person: str | None, as_json: bool
) -> None:
    """清除一件已办结的内容（表单、意见、留言、消息），流水仍可核对。 Erase what people typed in an ended case."""
    from engine.operations import erasing

    with options.opened(url) as system:
        ctx = options.entered(system, district)
        caller, _ = options.caller(ctx, person)
        erased = erasing.erase(ctx, caller, number, reason, key=key)
    if as_json:
        say.as_json({"number": number, "erased": erased})
    elif erased:
        say.line(f"{number} 的内容已清除，流水还在。", "Erased; the record stays.")
    else:
        say.line(f"{number} 没有可清除的内容。", "Nothing to erase.")
