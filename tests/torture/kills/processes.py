"""The processes that are killed: servers and a worker of one installation, each started again where it stood."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path

ROOT = Path(__file__).parents[3]
#: A process that is not up after so many seconds, or does not end, is a failure of the run.
PATIENCE = 120.0
#: Nothing tells when another process listens, so it is asked again and again.
_AGAIN = 0.02


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number


@dataclass
class Child:
    """A command of the program in a process of its own, its log in *folder*. ``port`` is 0 for a worker."""

    url: str
    folder: Path
    name: str
    port: int = 0
    kills: int = 0
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        """Start it and wait until it answers, or says that it works."""
        command = ("serve", "--no-work", "--port", str(self.port)) if self.port else ("work",)
        already = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-u", "-c", "from engine.cli import main; main()", *command, "--db", self.url],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder,
                env={**os.environ, "PYTHONPATH": str(ROOT), "RONGTONG_SECRET_KEY": "one-key-for-both-servers"},
            )  # fmt: skip
        self._until(self._answers if self.port else lambda: self.log.stat().st_size > already)

    def kill(self) -> None:
        """End it as a machine that is lost does."""
        self.kills += 1
        self._running.kill()
        self._running.wait(PATIENCE)

    def stop(self) -> int:
        """Ask it to end; its exit code."""
        self._running.terminate()
        return self._running.wait(PATIENCE)

    @property
    def log(self) -> Path:
        """Where it says what it has to say."""
        return self.folder / f"{self.name}.log"

    @property
    def _running(self) -> subprocess.Popen[bytes]:
        assert self._process is not None
        return self._process

    def _answers(self) -> bool:
        link = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            link.request("GET", "/healthz")
            return link.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            link.close()

    def _until(self, so: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not so():
            assert self._running.poll() is None, f"{self.name} ended by itself:\n{self.log.read_text()[-2000:]}"
            assert time.monotonic() < end, f"{self.name} does not come up:\n{self.log.read_text()[-2000:]}"
            time.sleep(_AGAIN)
