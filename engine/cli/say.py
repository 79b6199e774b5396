"""What the command line says: answers on standard output, the rest on standard error, in the reader's language."""

from __future__ import annotations

import errno
import io
import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final, TextIO

import click
from click.exceptions import Exit, NoArgsIsHelpError

from engine import settings
from engine.errors import Busy, Invalid, Problem, RongtongError
from engine.i18n import LANGUAGES, Text

if TYPE_CHECKING:
    from rich.console import Console

#: Refusals that are about the machine, not about what was asked: exit code 2.
_ENVIRONMENT = frozenset(
    {"database_url", "no_database", "foreign_database", "newer_database", "unreachable", "driver",
     "plugin", "usage", "demo_folder", "port", "setting"}
)  # fmt: skip
#: A text in Chinese, and behind its last sign the same in English.
_BOTH: Final = re.compile(r"(.*[\u3000-\u9fff\uff00-\uffef”])\s+([^\u3000-\u9fff\uff00-\uffef]*)", re.DOTALL)
#: Whose faults mean that a database is not what it should be.
_DRIVERS = frozenset({"sqlalchemy", "pysqlite3", "sqlite3", "psycopg"})
#: Standard output, while a plugin's ``print`` may not reach it.
_ANSWERS: Final[ContextVar[TextIO | None]] = ContextVar("answers", default=None)
_TROUBLE: Mapping[int, Text] = {
    errno.ENOSPC: Text("磁盘空间已满。清理后再试。", "The disk is full. Make room and try again."),
    errno.EROFS: Text("这里只能读，不能写。换一个位置。", "This place is read-only. Choose another."),
    errno.ENOENT: Text("没有这个文件或文件夹。核对路径。", "There is no such file or folder. Check the path."),
    errno.EISDIR: Text("这是文件夹，不是文件。核对路径。", "This is a folder, not a file. Check the path."),
    errno.ENOTDIR: Text("路径中有一段不是文件夹。核对路径。", "A part of the path is no folder. Check the path."),
} | dict.fromkeys(
    (errno.EACCES, errno.EPERM),
    Text("没有读写的权限。换一个位置，或请管理员给权限。", "No permission to read or write. Choose another place."),
)  # fmt: skip


def ready() -> None:
    """Let the terminal take what it cannot show as a question mark, and tell doubts about the settings."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    for doubt in settings.doubts(os.environ):
        err(picked(Text(doubt.line_of_text(), doubt.line_of_text("en"))))


def language() -> str:
    """The language of answers: Chinese unless the settings say otherwise."""
    return settings.value("lang", os.environ) or "zh"


def said(text: Text) -> str:
    """The words of *text* in the language of answers."""
    return text.pick(language())


def picked(text: Text, between: str = "\n") -> str:
    """The words of *text* in the one language of the settings, else Chinese, then English."""
    one = settings.value("lang", os.environ)
    if one in LANGUAGES or text.zh == text.en:
        return text.pick(one)
    return f"{text.zh}{between}{text.en}"


def half(words: str) -> str:
    """Of a help text, which says all in Chinese and then in English, the half in the language of the settings.

    The Chinese one ends with its last sign; each paragraph has both. Words in one language are left alone.
    """
    def one(paragraph: str) -> str:
        found = _BOTH.fullmatch(paragraph.strip())
        return Text(found[1], found[2]).pick(language()) if found else paragraph.strip()

    return "\n\n".join(dict.fromkeys(one(each) for each in words.split("\n\n")))


def line(zh: str, en: str) -> None:
    """A sentence on standard output: in one language, or in both on one line."""
    out(picked(Text(zh, en), " "))


@contextmanager
def apart() -> Iterator[None]:
    """Keep standard output for answers: what anything else prints meanwhile goes to standard error."""
    answers = _ANSWERS.set(sys.stdout)
    try:
        with redirect_stdout(sys.stderr):
            yield
    finally:
        _ANSWERS.reset(answers)


def answers() -> TextIO:
    """Where answers go."""
    return _ANSWERS.get() or sys.stdout


def out(text: str = "") -> None:
    """One line on standard output."""
    click.echo(text, file=answers())


def err(text: str) -> None:
    """One line on standard error."""
    click.echo(text, err=True)


def bars() -> Console:
    """Where bars of progress go: to a terminal, and nowhere else, not even as an empty line."""
    from rich.console import Console

    return Console(stderr=True, quiet=not sys.stderr.isatty())


@contextmanager
def bar(what: Text) -> Iterator[Callable[[int, int], None]]:
    """A bar of progress, which is told how much is done and of how much, and is gone afterwards."""
    from rich.progress import Progress

    with Progress(console=bars(), transient=True) as progress:
        task = progress.add_task(said(what), total=None)
        yield lambda done, of: progress.update(task, completed=done, total=of)


def as_json(value: Any) -> None:
    """*value* as one JSON document on standard output; in ASCII where the terminal could not hold every sign."""
    exact = (answers().encoding or "").lower().replace("-", "").startswith("utf8")
    out(json.dumps(value, ensure_ascii=not exact, indent=2))


def problems(found: Iterable[Problem]) -> None:
    """A line for each problem, a second one in English where both languages are spoken, on standard output."""
    for problem in found:
        out(_lines(problem))


def _lines(problem: Problem) -> str:
    zh, en = problem.line_of_text(), problem.line_of_text("en")
    one = settings.value("lang", os.environ)
    return Text(zh, en).pick(one) if one else f"{zh}\n    {en.removeprefix(_place(problem))}"


def _place(problem: Problem) -> str:
    return f"{problem.file}:{problem.line}:{problem.column} " if problem.file else ""


def usage(zh: str, en: str, code: str = "usage") -> RongtongError:
    """What was asked cannot be done on this machine or in these words: exit code 2."""
    return RongtongError(Text(zh, en), code=code)


_STOPPED = Text("已停下。", "Stopped.")


def stopped() -> int:
    """Somebody pressed Ctrl-C."""
    err(picked(_STOPPED, " "))
    return 2


def failed(fault: Exception, *, as_json: bool) -> int:
    """Say what went wrong and answer the exit code."""
    if isinstance(fault, Exit):
        return fault.exit_code
    if isinstance(fault, BrokenPipeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), answers().fileno())
        return 0
    if isinstance(fault, NoArgsIsHelpError):
        err(fault.format_message())
        return 2
    refusal, code = _refusal(fault)
    if as_json:
        _json_fault(refusal)
    else:
        _say_fault(refusal)
    if settings.value("debug", os.environ) and code == 2:
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
        return RongtongError(_STOPPED, code="stopped"), 2
    if isinstance(fault, OSError):
        return RongtongError(_trouble(fault), code="file"), 2
    if type(fault).__module__.split(".")[0] in _DRIVERS:
        said = str(fault).splitlines()[0]
        zh = f"这个数据库读不了：{said}。核对 --db 是不是本系统的库。"
        return RongtongError(Text(zh, f"This database cannot be read: {said}. Check --db."), code="database"), 2
    said = f"{type(fault).__name__}: {fault}"
    debug = settings.named("debug").variable
    text = Text(
        f"程序出了问题：{said}。没有保存的改动都已撤回；设 {debug}=1 再试可以看到出处。",
        f"The program is at fault: {said}. Nothing half-done was kept; set {debug}=1 to see where.",
    )
    return RongtongError(text, code="internal"), 2


def _trouble(fault: OSError) -> Text:
    """What a file would not do, and what to do about it."""
    where = str(fault.filename or "")
    known = _TROUBLE.get(fault.errno or 0)
    if known is None:
        said = f"{fault.strerror or fault} {where}".strip()
        return Text(f"读写文件不成：{said}。", f"File trouble: {said}.")
    return Text(f"{where}：{known.zh}", f"{where}: {known.en}") if where else known


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
            return f"{parameter.opts[0]} 的内容不对{f'（选项或 {parameter.envvar} 里）' if parameter.envvar else ''}"
        case _ if "No such command" in fault.format_message():
            return "没有这个命令"
    return "命令写得不对"


def _say_fault(refusal: RongtongError) -> None:
    found = getattr(refusal, "problems", ())
    if isinstance(refusal, Invalid) and found:
        for problem in found:
            err(_lines(problem))
        return
    err(picked(refusal.text))


def _json_fault(refusal: RongtongError) -> None:
    found = [problem.as_json() for problem in getattr(refusal, "problems", ())]
    as_json({"error": {"code": refusal.code, "message": refusal.text._asdict(), "problems": found}})
