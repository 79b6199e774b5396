"""What the command line says: tables and JSON on standard output, one clear sentence for what went wrong."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from typing import Any

import click
from click.exceptions import Exit, NoArgsIsHelpError

from engine.errors import Busy, Invalid, Problem, RongtongError
from engine.i18n import Text

#: Refusals that are about the machine, not about what was asked: exit code 2.
_ENVIRONMENT = frozenset({"database_url", "no_database", "plugin", "usage", "demo_folder", "port", "old_database"})
#: Whose faults mean that a database is not what it should be.
_DRIVERS = frozenset({"sqlalchemy", "pysqlite3", "sqlite3", "psycopg"})
#: Set to anything, it lets a fault of the program show where it happened.
DEBUG = "RONGTONG_DEBUG"


def out(text: str = "") -> None:
    """One line on standard output."""
    click.echo(text)


def err(text: str) -> None:
    """One line on standard error."""
    click.echo(text, err=True)


def as_json(value: Any) -> None:
    """*value* as one JSON document on standard output."""
    out(json.dumps(value, ensure_ascii=False, indent=2))


def both(text: Text) -> str:
    """Chinese, then English."""
    return text.zh if text.zh == text.en else f"{text.zh}\n{text.en}"


def problems(found: Iterable[Problem]) -> None:
    """A line in each language for each problem, on standard output."""
    for problem in found:
        out(problem.line_of_text())
        out(f"    {problem.line_of_text('en').removeprefix(_place(problem))}")


def _place(problem: Problem) -> str:
    return f"{problem.file}:{problem.line}:{problem.column} " if problem.file else ""


def usage(zh: str, en: str, code: str = "usage") -> RongtongError:
    """What was asked cannot be done on this machine or in these words: exit code 2."""
    return RongtongError(Text(zh, en), code=code)


def stopped() -> int:
    """Somebody pressed Ctrl-C."""
    err("已停下。 Stopped.")
    return 2


def failed(fault: Exception, *, as_json: bool) -> int:
    """Say what went wrong and answer the exit code."""
    if isinstance(fault, Exit):
        return fault.exit_code
    if isinstance(fault, BrokenPipeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    if isinstance(fault, NoArgsIsHelpError):
        err(fault.format_message())
        return 2
    refusal, code = _refusal(fault)
    if as_json:
        _json_fault(refusal)
    else:
        _say_fault(refusal)
    if DEBUG in os.environ and code == 2:
        raise fault
    return code


def _refusal(fault: Exception) -> tuple[RongtongError, int]:
    if isinstance(fault, RongtongError):
        return fault, 2 if isinstance(fault, Busy) or fault.code in _ENVIRONMENT else 1
    if isinstance(fault, click.ClickException):
        hint = f"{_command(fault)} --help"
        said = fault.format_message().rstrip(".")
        text = Text(f"{_usage_words(fault)}。用 {hint} 看怎么写。", f"{said}. See {hint}.")
        return RongtongError(text, code="usage"), 2
    if isinstance(fault, click.Abort):
        return RongtongError(Text("已停下。", "Stopped."), code="stopped"), 2
    if isinstance(fault, OSError):
        said = f"{fault.strerror or fault} {fault.filename or ''}".strip()
        return RongtongError(Text(f"读写文件不成：{said}。", f"File trouble: {said}."), code="file"), 2
    if type(fault).__module__.split(".")[0] in _DRIVERS:
        said = str(fault).splitlines()[0]
        zh = f"这个数据库读不了：{said}。核对 --db 是不是本系统的库。"
        return RongtongError(Text(zh, f"This database cannot be read: {said}. Check --db."), code="database"), 2
    said = f"{type(fault).__name__}: {fault}"
    text = Text(
        f"程序出了问题：{said}。没有保存的改动都已撤回；设 {DEBUG}=1 再试可以看到出处。",
        f"The program is at fault: {said}. Nothing half-done was kept; set {DEBUG}=1 to see where.",
    )
    return RongtongError(text, code="internal"), 2


def _command(fault: click.ClickException) -> str:
    """The command that was called, as far as it was understood."""
    context: click.Context | None = getattr(fault, "ctx", None)
    return context.command_path if context else "rongtong"


def _usage_words(fault: click.ClickException) -> str:
    """What is wrong with how a command was written, in Chinese; click itself speaks English."""
    match fault:
        case click.NoSuchOption():
            return f"没有选项 {fault.option_name}"
        case click.MissingParameter(param=click.Parameter() as parameter):
            return f"缺少 {parameter.make_metavar(fault.ctx or click.Context(click.Command('rongtong')))}"
        case click.BadParameter(param=click.Parameter() as parameter):
            return f"{parameter.opts[0]} 的内容不对"
        case _ if "No such command" in fault.format_message():
            return "没有这个命令"
    return "命令写得不对"


def _say_fault(refusal: RongtongError) -> None:
    found = getattr(refusal, "problems", ())
    if isinstance(refusal, Invalid) and found:
        for problem in found:
            err(problem.line_of_text())
            err(f"    {problem.line_of_text('en').removeprefix(_place(problem))}")
        return
    err(both(refusal.text))


def _json_fault(refusal: RongtongError) -> None:
    found = [problem.as_json() for problem in getattr(refusal, "problems", ())]
    as_json({"error": {"code": refusal.code, "message": refusal.text._asdict(), "problems": found}})
