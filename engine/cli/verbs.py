"""The verbs on a case as commands: ``claim``, ``transfer``, ``comment``, ``cancel`` … each follows from its row."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

import click

from engine.cli import options, say
from engine.cli.casework import key_option, plain, say_receipt
from engine.definition.values.extents import MOST_NUMBER
from engine.definition.values.plain import whole_number
from engine.operations import cases
from engine.operations.context import Caller, Context
from engine.operations.reading.views import Receipt
from engine.operations.spoken import spoken
from engine.operations.verbs import VERBS, Place, Verb

#: The verb of each command.
NAMES: Final = {verb.name.replace("_", "-"): verb for verb in VERBS.values() if "cli" not in verb.by_hand}
#: How the place of a verb is written.
_PLACES: Final[dict[Place, tuple[str, ...]]] = {
    "case": ("NUMBER",), "task": ("NUMBER.N",), "decision": ("NUMBER[.N]",), "field": ("NUMBER", "FIELD"),
}  # fmt: skip


def command_of(verb: Verb) -> click.Command:
    """The command of *verb*: its place, an option for each thing that it takes, and those of every command."""
    function: Any = partial(_press, verb)
    places = _PLACES[verb.on]
    function = options.options(options.database_option, options.district_option, options.person_option)(function)
    function = key_option(function)
    for one in reversed(verb.takes):
        help_ = f"{one.title.zh}。 {one.title.en}."
        function = click.option(f"--{one.key}", required=one.must, help=help_)(function)
    for name, metavar in reversed(tuple(zip(("place", "field"), places, strict=False))):
        function = click.argument(name, metavar=metavar)(function)
    return click.command(verb.name.replace("_", "-"), help=f"{verb.does.zh} {verb.does.en}")(function)


def _press(
    verb: Verb, place: str, key: str, url: str, district: str | None, person: str | None, as_json: bool,
    **said: str | None,
) -> None:  # fmt: skip
    """Do *verb* as its command says."""
    number, dot, serial = place.partition(".")
    n = whole_number(serial, MOST_NUMBER)
    if (verb.on == "task" or dot) and n is None:
        raise say.usage("环节写成 编号.数字。", "Write the task as NUMBER.N.")
    words = {name: value for name, value in said.items() if value is not None}
    with options.opened(url) as system:
        ctx = options.entered(system, district)
        caller, _ = options.caller(ctx, person)
        at = _place(ctx, caller, verb, number, n, words)
        done = verb.run(ctx, caller, number, **at, **spoken(ctx, verb, words), key=key)
        if isinstance(done, Receipt):
            say_receipt(ctx, done, as_json)
            return
    if as_json:
        say.as_json(plain(done))
    else:
        say.out(say.said(done.words))


def _place(
    ctx: Context, caller: Caller, verb: Verb, number: str, n: int | None, words: dict[str, str]
) -> dict[str, Any]:
    """Where below the case *verb* is done; whoever takes back need not know which decision was their last."""
    match verb.on:
        case "task":
            return {"n": n}
        case "decision":
            return {"n": n or cases.last_decision(ctx, caller, number)}
        case "field":
            return {"field": words["field"]}
        case _:
            return {}
