"""The crowd: staff of neighbouring stations who lend each other rooms by REST, and press again until they are answered."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from http.client import HTTPConnection, HTTPException
from typing import Any

from tests.torture.kills.oracle import Answered, Asked, Oracle
from tests.torture.kills.processes import PATIENCE

DISTRICT = "haicheng"
#: Somebody who was not answered presses again, so many times at most; servers are gone for a second or three.
_TRIES = 2000
_BUSY = 503


@dataclass(frozen=True)
class Person:
    """Somebody with a token."""

    id: str
    unit: str
    token: str


class Unreachable(Exception):
    """No answer: nobody listens, or, where ``sent``, whoever was asked has gone while it worked."""

    def __init__(self, *, sent: bool) -> None:
        self.sent = sent


@dataclass
class Client:
    """One person at work, by chance that ``random`` alone decides; ``rest`` is called between two tries."""

    person: Person
    ports: Sequence[int]
    oracle: Oracle
    venues: Sequence[str]
    first_day: date
    random: random.Random
    rest: Callable[[], object]
    _serial: int = 0
    _own: list[str] = field(default_factory=list)

    def work(self) -> Answered | None:
        """Do one thing; its answer, or None where there was nothing to do."""
        dice = self.random.random()
        if dice < 0.35:
            return self._start()
        if dice < 0.5 and self._own:
            return self._write(f"/cases/{self.random.choice(self._own)}/comments", {"text": "还要两张桌子"})
        return self._decide()

    def replayed(self, asked: Asked) -> Answered:
        """The answer to *asked*, sent once more."""
        return self._settled(asked)

    def _start(self) -> Answered:
        day = self.first_day + timedelta(days=self.random.randrange(20))
        hour = self.random.randrange(9, 17)
        fill = {"venue": self.random.choice(self.venues), "slot": f"{day}T{hour:02}:00/{day}T{hour + 1:02}:00",
                "people": self.random.randrange(1, 8), "purpose": "读书会"}  # fmt: skip
        answer = self._write("/cases", {"process": "borrow_venue", "unit": self.person.unit, "fill": fill})
        if answer.done:
            self._own.append(json.loads(answer.body)["case"])
        return answer

    def _decide(self) -> Answered | None:
        """Take some outcome of a task in the inbox; it may have been taken meanwhile, and then this is refused."""
        rows = json.loads(self._read("/inbox").body)["rows"]
        if not rows:
            return None
        row = self.random.choice(rows)
        seen = self._read(f"/cases/{row['number']}/tasks/{row['n']}")
        if not seen.done:
            return None
        task = json.loads(seen.body)
        outcome = self.random.choice([each["name"] for each in task["outcomes"]])
        path = f"/cases/{row['number']}/tasks/{row['n']}/outcomes/{outcome}"
        return self._write(path, {"opinion": "按这个时间办", "fill": {}})

    # -- sending ---------------------------------------------------------------------------

    def _read(self, path: str) -> Answered:
        return self._settled(Asked("", self.person.id, path, {}))

    def _write(self, path: str, body: dict[str, Any]) -> Answered:
        self._serial += 1
        asked = Asked(f"{self.person.id}-{self._serial}", self.person.id, path, body)
        self.oracle.sends(asked)
        answered = self._settled(asked)
        self.oracle.hears(asked, answered)
        return answered

    def _settled(self, asked: Asked) -> Answered:
        """The first answer that says what became of *asked*; it is sent again, to any server, until there is one."""
        broken = 0
        for _ in range(_TRIES):
            try:
                status, body = self._sent(asked)
                if status != _BUSY:
                    return Answered(status, body, broken)
                broken += 1
            except Unreachable as gone:
                broken += gone.sent
            self.rest()
        raise AssertionError(f"never answered: {asked}")

    def _sent(self, asked: Asked) -> tuple[int, bytes]:
        link = HTTPConnection("127.0.0.1", self.random.choice(self.ports), timeout=PATIENCE)
        head = {"Authorization": f"Bearer {self.person.token}", "Content-Type": "application/json"}
        path = f"/api/v1/{DISTRICT}{asked.path}"
        try:
            if asked.key:
                link.request("POST", path, json.dumps(asked.body), {**head, "Idempotency-Key": asked.key})
            else:
                link.request("GET", path, headers=head)
            answer = link.getresponse()
            return answer.status, answer.read()
        except ConnectionRefusedError:
            raise Unreachable(sent=False) from None
        except (OSError, HTTPException):
            raise Unreachable(sent=True) from None
        finally:
            link.close()
