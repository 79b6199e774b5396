"""The oracle: a file beside the database that says what was asked and what was answered, written before and after."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Asked:
    """One command as it was sent; a client that gets no answer sends the same again."""

    key: str
    actor: str
    path: str
    body: dict[str, Any]


@dataclass(frozen=True)
class Answered:
    """The answer that settled a command, and how many tries before it broke off, or were told to come again."""

    status: int
    body: bytes
    broken: int = 0

    @property
    def done(self) -> bool:
        """Whether the command was carried out."""
        return self.status < 400


@dataclass
class Oracle:
    """What the clients know. Every line is on the disk before the client goes on, so it outlives them too."""

    path: Path
    asked: dict[str, Asked] = field(default_factory=dict)
    settled: dict[str, Answered] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def sends(self, asked: Asked) -> None:
        """*asked* is about to be sent for the first time."""
        with self._lock:
            self.asked[asked.key] = asked
            self._write({"key": asked.key, "actor": asked.actor, "path": asked.path, "body": asked.body})

    def hears(self, asked: Asked, answered: Answered) -> None:
        """*asked* has its answer."""
        with self._lock:
            self.settled[asked.key] = answered
            self._write({"key": asked.key, "status": answered.status, "answer": answered.body.decode()})

    def _write(self, line: dict[str, Any]) -> None:
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
