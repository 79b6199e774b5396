"""What senders do in the processes that they are given, the good and the bad ones."""

from __future__ import annotations

import os
import re
import stat
import sys
import threading
from collections.abc import Iterator
from typing import Any

from engine.extend import Out

#: Where a sender hangs, and the frame in it that says so.
_NEVER = threading.Event()
#: What a thread waits for that a sender leaves behind.
_ANSWERED = threading.Event()


def echo(out: Out, payload: Any) -> Any:
    print("this is no answer")
    return {"payload": payload, "id": out.message_id, "attempt": out.attempt, "settings": dict(out.settings)}


def whoami(out: Out, payload: Any) -> Any:
    return os.getpid()


def environment(out: Out, payload: Any) -> Any:
    return sorted(name for name in os.environ if name.startswith("RONGTONG_"))


def raises(out: Out, payload: Any) -> Any:
    raise ConnectionError("500 Internal Server Error")


def hangs(out: Out, payload: Any) -> Any:
    _NEVER.wait()


def holds_the_interpreter(out: Out, payload: Any) -> Any:
    return re.match(r"(a+)+b", "a" * 50)


def leaves_a_thread_that_holds_the_interpreter(out: Out, payload: Any) -> Any:
    threading.Thread(target=lambda: _ANSWERED.wait(0.1) or holds_the_interpreter(out, payload), daemon=True).start()


def leaves_a_child(out: Out, payload: Any) -> Any:
    """It has the pipe as well, which therefore does not end."""
    if os.fork():
        os._exit(7)
    _NEVER.wait(30)
    os._exit(0)


def answers_half(out: Out, payload: Any) -> Any:
    """As one does whose memory ends in the middle, and leaves a child."""
    for pipe in _sockets():
        os.write(pipe, b"\x00\x00\x01\x00half")
    return leaves_a_child(out, payload)


def answers_nonsense(out: Out, payload: Any) -> Any:
    for pipe in _sockets():
        os.write(pipe, b"\x00\x00\x00\x04what")
    _NEVER.wait()


def answers_too_much(out: Out, payload: Any) -> Any:
    return "x" * 10_000_000


def _sockets() -> Iterator[int]:
    for number in range(3, 64):
        try:
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                yield number
        except OSError:
            continue


def catches_everything(out: Out, payload: Any) -> Any:
    while True:
        try:
            _NEVER.wait()
        except BaseException:
            continue


def exits(out: Out, payload: Any) -> Any:
    sys.exit(3)


def leaves(out: Out, payload: Any) -> Any:
    os._exit(7)


def crashes(out: Out, payload: Any) -> Any:
    import ctypes

    ctypes.string_at(0)


def answers_a_lock(out: Out, payload: Any) -> Any:
    return threading.Lock()


def answers_no_number(out: Out, payload: Any) -> Any:
    return float("nan")


def answers_half_a_letter(out: Out, payload: Any) -> Any:
    return "\ud800"
