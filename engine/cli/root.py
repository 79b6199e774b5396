"""The ``rongtong`` command: its list of commands, and the one place where refusals become words and exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from copy import copy
from importlib import import_module
from typing import TypeVar

import click

from engine import settings
from engine.cli import say
from engine.hanging import GivenUp

#: Command → the module that holds it, so that ``rongtong check`` loads no web server.
COMMANDS = {
    "demo": "demo",
    "serve": "serving",
    "work": "serving",
    "migrate": "databases",
    "verify": "databases",
    "backup": "backups",
    "restore": "backups",
    "check": "content",
    "show": "content",
    "scenario": "scenarios",
    "plugins": "installed",
    "fmt": "authoring",
    "diff": "authoring",
    "publish": "publishing",
    "start": "casework",
    "inbox": "casework",
    "case": "casework",
    "act": "casework",
    "erase": "erasing",
    "incidents": "incidents",
    "retry": "incidents",
    "account": "accounts",
    "key": "keys",
}


class Commands(click.Group):
    """A group whose commands are imported when they are named."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """The names, in the order of the table, and the verbs on a case that follow from theirs."""
        from engine.cli.verbs import NAMES

        return [*COMMANDS, *NAMES]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command, or None."""
        if cmd_name in COMMANDS:
            command: click.Command = getattr(import_module(f"engine.cli.{COMMANDS[cmd_name]}"), cmd_name)
            return _spoken(command)
        from engine.cli.verbs import NAMES, command_of

        return _spoken(command_of(NAMES[cmd_name])) if cmd_name in NAMES else None

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """What all of it is, as each command says what it is."""
        click.Group.format_help_text(_spoken(self), ctx, formatter)


Spoken = TypeVar("Spoken", bound=click.Command)


def _spoken(command: Spoken) -> Spoken:
    """*command* with the help of itself, its options and what it holds in the one language of the settings, if any."""
    if not settings.value("lang", os.environ):
        return command
    spoken = copy(command)
    spoken.help, spoken.params = say.half(command.help or ""), [copy(param) for param in command.params]
    for param in spoken.params:
        if isinstance(param, click.Option):
            param.help = say.half(param.help or "")
    if isinstance(command, click.Group) and isinstance(spoken, click.Group):
        spoken.commands = {name: _spoken(inner) for name, inner in command.commands.items()}
    return spoken


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="rongtong", prog_name="rongtong", message="%(prog)s %(version)s")
def rongtong() -> None:
    """融通：区里的事项写成 YAML，工作人员自己看得懂、改得动。
    Processes as YAML files that a district's own staff can read and change.
    """


def main(args: Sequence[str] | None = None) -> None:
    """Run one command and exit: 0 done, 1 content at fault or refused, 2 usage or environment."""
    say.ready()
    sys.exit(run(list(sys.argv[1:] if args is None else args)))


def run(args: list[str]) -> int:
    """The exit code of the command in *args*; whatever goes wrong is one clear sentence, never a traceback."""
    as_json = "--json" in args
    with say.apart() if as_json else nullcontext():
        return _run(args, as_json=as_json)


def _run(args: list[str], *, as_json: bool) -> int:
    try:
        settings.must_be_right(os.environ)
        answer = rongtong.main(args, prog_name="rongtong", standalone_mode=False)
        return answer if isinstance(answer, int) else 0
    except Exception as fault:
        return say.failed(fault, as_json=as_json)
    except GivenUp as lost:
        say.failed(lost.fault, as_json=as_json)
        return 2
    except KeyboardInterrupt:
        return say.stopped()
