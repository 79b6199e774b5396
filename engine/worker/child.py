"""Sends in a process that can be ended: one that hangs, holds the interpreter or dies costs its own message a try."""

from __future__ import annotations

import contextlib
import faulthandler
import json
import multiprocessing
import os
import re
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

from engine.clock import MINUTE, SECOND, Micros
from engine.definition.values.saying import number_words
from engine.extend.calls.faults import AnswerError, plugin_fault, said_of
from engine.extend.calls.json_values import must_be_json
from engine.extend.calls.places import near, place, written_at
from engine.i18n import Text, both, from_stored, stored
from engine.operations.background.letters import Letter, NotSent
from engine.store.text import dump

#: So long a process may take to start.
_STARTING: Final[Micros] = MINUTE
#: A process ends itself at the limit; so many seconds later it is ended from outside.
_AFTER: Final = 2.0
#: It ends itself as well where it hears nothing for so many seconds: nobody may be there any more to end it.
_ALONE: Final = 900.0
#: The longest answer, in bytes.
_MOST: Final = 1_000_000
#: So many idle rounds a process is kept for.
_IDLE: Final = 60
_FRAME: Final = re.compile(r'^  File "([^"\n]+)", line ([0-9]+) in', re.MULTILINE)


class Child:
    """One process, used by one thread and for one plugin at a time; started when it is needed."""

    starting = _STARTING

    def __init__(self) -> None:
        self._spawn = multiprocessing.get_context("spawn")
        self._process: Any = None
        self._plugin = ""
        self._idle = 0

    def warm(self, plugin: str) -> None:
        """Have a process ready for *plugin*. No other's code has run in it."""
        self._idle = 0
        if self._process is not None and (plugin != self._plugin or not self._process.is_alive()):
            self.close()
        if self._process is None:
            self._start()
            self._plugin = plugin

    def carry(self, letter: Letter) -> Any:
        """What came back; raises NotSent when nothing did by the limit, or when the sender raised."""
        self.warm(letter.plugin)
        seconds = letter.limit / SECOND
        late = threading.Event()
        try:
            with self._cut_after(seconds + _AFTER, late):
                self._pipe.send((letter.plugin, letter.path, letter.out, letter.payload, seconds))
                done, said = json.loads(self._pipe.recv_bytes(_MOST))
        except (EOFError, OSError, ValueError):  # it ended in the middle of it, or answered nonsense
            raise NotSent(self._end(letter, seconds, late=late.is_set())) from None
        if done:
            return said
        raise NotSent(from_stored(said))

    @contextlib.contextmanager
    def _cut_after(self, seconds: float, late: threading.Event) -> Iterator[None]:
        """End what is inside after so long, and set *late*: a process may take half a letter, or answer half of one."""

        def cut() -> None:
            late.set()
            self._process.kill()
            if os.name == "posix":  # the pipe is a pair of sockets, and a process that was forked may have the other
                with socket.fromfd(self._pipe.fileno(), socket.AF_INET, socket.SOCK_STREAM) as copy:
                    copy.shutdown(socket.SHUT_RDWR)

        timer = threading.Timer(seconds, cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            timer.join()

    def rest(self) -> None:
        """Nothing was to be done: after a while the process is not kept any longer."""
        self._idle += 1
        if self._idle > _IDLE:
            self.close()

    def close(self) -> None:
        """End the process, whatever it does."""
        if self._process is None:
            return
        self._process.kill()
        self._process.join()
        self._process.close()
        self._pipe.close()
        self._where.unlink(missing_ok=True)
        self._process = None

    def _start(self) -> None:
        handle, name = tempfile.mkstemp(prefix="rongtong-")
        os.close(handle)
        self._where = Path(name)
        self._pipe, theirs = self._spawn.Pipe()
        self._process = self._spawn.Process(target=serve, args=(theirs, name), name="rongtong-sender", daemon=True)
        self._process.start()
        theirs.close()
        if not self._pipe.poll(_STARTING / SECOND) or not self._ready():
            self.close()
            raise NotSent(Text("发送的进程没有起来", "its process did not start"))

    def _ready(self) -> bool:
        try:
            return bool(self._pipe.recv_bytes() == _READY)
        except (EOFError, OSError):
            return False

    def _end(self, letter: Letter, seconds: float, *, late: bool) -> Text:
        """End what did not answer, and say how it came to that; *late* where it was cut."""
        process = self._process
        process.join(_AFTER)
        code = process.exitcode
        said = self._where.read_text(encoding="utf-8", errors="replace")
        self.close()
        where = _where(said, letter.path.partition(":")[0])
        if late or said.startswith("Timeout"):
            long = number_words(str(seconds))
            return Text(f"超过{long}秒{where.zh}", f"took longer than {long} s{where.en}")
        if code is None:
            return Text("发送的进程答非所问", "its process answered nonsense")
        return Text(f"发送的进程以{code}结束{where.zh}", f"its process ended with {code}{where.en}")


_READY: Final = b"ready"


def _where(said: str, module: str) -> Text:
    """Where a process stood, from what faulthandler wrote: the place in the plugin, and the very last one."""
    frames = [(file, int(line)) for file, line in _FRAME.findall(said)]
    own = next((at for at, (file, _) in enumerate(frames) if Path(file) == Path(__file__)), len(frames))
    outward = frames[:own][::-1]  # of the thread that sends; the last call stands first
    if not outward:
        return both("")
    last, mine = place(*outward[-1]), place(*near(outward, module))
    if last == mine:
        return Text(f"，在{last}", f", in {last}")
    return Text(f"，在{last}，由{mine}调用", f", in {last} called at {mine}")


# -- in the child ----------------------------------------------------------------------------------


def serve(pipe: Connection, where: str) -> None:
    """Send what comes through *pipe*, one message after the other, until its other end is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the worker, which lets a message be sent
    for name in [name for name in os.environ if name.startswith("RONGTONG_")]:
        os.environ.pop(name)  # the database and the secrets of the engine are nothing for a sender
    sys.stdout = sys.stderr
    with Path(where).open("w", encoding="utf-8") as file, contextlib.suppress(EOFError, OSError):
        faulthandler.enable(file)
        pipe.send_bytes(_READY)
        for plugin, path, out, payload, seconds in iter(pipe.recv, None):
            file.seek(0)
            file.truncate()
            _end_after(seconds, file)
            answer = _answer(plugin, path, out, payload)
            _end_after(_ALONE, file)
            pipe.send_bytes(answer)


def _end_after(seconds: float, file: Any) -> None:
    """End this process then, even where its parent is gone or a thread holds the interpreter; *file* says where."""
    faulthandler.dump_traceback_later(seconds, exit=True, file=file)


def _written(plugin: str, send: Callable[..., Any], answer: Any) -> bytes:
    """A good *answer* as JSON; one that is none is told with the part that cannot be held."""
    try:
        written = dump([True, answer]).encode()
    except (TypeError, ValueError, RecursionError):
        must_be_json(plugin, "send", send, answer)
        raise
    if len(written) > _MOST:
        at, kept = written_at(send), f"{_MOST // 1_000_000} MB"
        raise plugin_fault(AnswerError, plugin, f"send 的回答超过{kept}", f"send answered more than {kept}", at)
    return written


def _answer(plugin: str, path: str, out: Any, payload: Any) -> bytes:
    """What the sender answered, or how it failed, as JSON."""
    module, _, name = path.partition(":")
    try:
        send = getattr(import_module(module), name)
        answer = send(out, payload)
        return _written(plugin, send, answer)
    except BaseException as reason:  # SystemExit too: in this process nothing else is to be kept
        return json.dumps([False, stored(said_of(reason, module, plugin))]).encode()
