"""What is installed runs on Windows as on Linux and macOS: nothing is used that one of them lacks or does otherwise."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.architecture.source import Module, product

#: Modules that Windows lacks.
POSIX = {"fcntl", "grp", "posix", "pty", "pwd", "resource", "syslog", "termios", "tty"}
#: What these modules have on some systems only, or what does something else on Windows.
LACKING = {
    "os": "fork forkpty kill killpg getuid geteuid getgid getegid getgroups setsid setuid setgid getpgid getpgrp "
    "chown lchown chroot mkfifo mknod nice sync uname sysconf getloadavg sched_setaffinity sched_getaffinity wait "
    "waitpid chmod fchmod rename symlink link",
    "signal": "SIGKILL SIGHUP SIGUSR1 SIGUSR2 SIGALRM SIGQUIT SIGCHLD SIGPIPE SIGSTOP SIGCONT alarm pause setitimer "
    "sigwait pthread_sigmask",
    "socket": "AF_UNIX SO_REUSEPORT socketpair SO_REUSEADDR",
    "time": "tzset clock_settime",
    "asyncio": "add_signal_handler open_unix_connection",
    "path": "chmod rename symlink_to hardlink_to owner group",
}
#: A use that is there only where the system has it → why that is right.
GUARDED = {("engine/cli/serving.py", "socket.SO_REUSEADDR"): "where there is no SO_EXCLUSIVEADDRUSE"}
_PLACE = re.compile(r"/(?:tmp|dev|proc|etc|var|usr|home|root|opt)(?:/|$)")
_FORMAT = re.compile(r"%[-#_^][A-Za-z]")
#: Functions that open a file as text, and at which place the encoding may stand.
_TEXT = {"read_text": 0, "write_text": 1, "fdopen": 3, "open": 3}


def uses(module: Module) -> list[str]:
    """Every attribute of a module of the library that is used, as ``os.kill``."""
    return [
        f"{node.value.id}.{node.attr}"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    ]


def test_nothing_is_imported_or_used_that_a_system_lacks() -> None:
    lacking = {f"{owner}.{name}" for owner, names in LACKING.items() for name in names.split()}
    used = {(module.place, one) for module in product() for one in uses(module) if one in lacking}
    assert used == set(GUARDED), "mend it, or guard it and say why"
    assert not [f"{module.place}: {name}" for module in product() for _, name in module.imports() if name in POSIX]


def test_no_place_and_no_format_of_one_system_is_written() -> None:
    faults = [
        f"{module.place}:{node.lineno} {node.value}"
        for module in product()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if _PLACE.match(node.value) or _FORMAT.search(node.value)
    ]
    assert not faults, "\n".join(faults)


def opened(module: Module) -> Iterator[tuple[ast.Call, str]]:
    """Every call that opens a file as text, and how it is called; ``open`` of something else opens no file."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call):
            method = isinstance(node.func, ast.Attribute)
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in _TEXT and method == (name != "open"):
                yield node, name


def test_a_text_file_names_its_encoding_and_when_written_its_line_ends() -> None:
    """Windows would read it as the code page of its language, and write two characters at the end of a line."""
    faults = []
    for module in product():
        for call, name in opened(module):
            given = {keyword.arg for keyword in call.keywords}
            if "encoding" not in given and len(call.args) <= _TEXT[name]:
                faults.append(f"{module.place}:{call.lineno} names no encoding")
            if name == "write_text" and "newline" not in given:
                faults.append(f"{module.place}:{call.lineno} names no line end")
    assert not faults, "\n".join(faults)
