"""Passwords: which are taken, how they are kept, and the desk at which they are looked at, apart from the pages."""

from __future__ import annotations

import gzip
import logging
import os
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import lru_cache
from importlib.resources import files
from threading import Lock
from typing import Final, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from engine.definition.values.plain import folded, name_key
from engine.errors import Busy, Invalid, Problem
from engine.i18n import Text
from engine.otherwise import otherwise
from engine.store.databases.forks import ForkAware

_LOG: Final = logging.getLogger("rongtong.security")
_SHORTEST: Final = 8
_LONGEST: Final = 1000
_FEWEST_SIGNS: Final = 4
#: Addresses of which a desk remembers that the last password was wrong.
_REMEMBERED: Final = 10_000
_SHORT: Final = Text("密码至少8个字符。", "A password has 8 characters or more.")
_LONG: Final = Text("密码最多1000个字符。", "A password has 1,000 characters at most.")
_COMMON: Final = Text(
    "这个密码太容易猜到，很多人都用。换一个别人想不到的，比如几个不相干的词。",
    "This password is easily guessed, because many use it. Choose another, such as a few words that have nothing to do "
    "with each other.",
)
_FULL: Final = Text(
    "现在登录的人太多，密码还没有处理。过几秒再试。", "Many are logging in just now. Try again in a few seconds."
)
Answer = TypeVar("Answer")


def hasher() -> PasswordHasher:
    """Argon2id with the library's defaults, which follow RFC 9106."""
    return _hasher()


@lru_cache(maxsize=1)
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@lru_cache(maxsize=1)
def nobody() -> str:
    """A hash to check against when there is no such account, so that both answers take as long."""
    return hasher().hash("nobody has this password")


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    """Passwords that many people use, in small letters; NOTICE says whose list it is."""
    packed = files("engine.operations.accounts").joinpath("common_passwords.txt.gz").read_bytes()
    return frozenset(gzip.decompress(packed).decode("utf-8").split("\n"))


def required(password: str, login: str) -> None:
    """Raise ``Invalid`` for a *password* that is too short, or that whoever guesses for *login* tries first."""
    plain = folded(password).replace(" ", "")
    easy = plain in _common() or len(set(plain)) < _FEWEST_SIGNS or plain == name_key(login)
    if len(password) < _SHORTEST:
        raise _refused("password-short", _SHORT)
    if len(password) > _LONGEST:
        raise _refused("password-long", _LONG)
    if easy:
        raise _refused("password-common", _COMMON)


def _refused(code: str, text: Text) -> Invalid:
    return Invalid((Problem(code, text, path="password"),))


def hashed(password: str, whose: str = "") -> str:
    """What the database keeps of *password*; ``Busy`` where the desk has no place for who gives it, *whose* account."""
    at = desk()
    with at.place(whose):
        return at.do(lambda: hasher().hash(_bytes(password)))


def same(kept: str, password: str, whose: str = "") -> bool:
    """Whether *password* is the one of which *kept* was kept, looked at at the desk; ``Busy`` as `hashed`."""
    at = desk()
    with at.place(whose):
        return at.do(lambda: matches(kept, password))


def matches(kept: str, password: str) -> bool:
    """Whether *password* is the one of which *kept* was kept; none is, where *kept* is no hash."""
    try:
        return hasher().verify(kept, _bytes(password))
    except (VerificationError, ValueError):
        return False


def _bytes(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")


class Desk(ForkAware):
    """Where passwords are looked at: by a few threads of their own, for no more people than there are places.

    To look at one costs a good part of a second of a processor and 64 MB, so a crowd that logs in must neither take the
    threads that serve pages nor the memory. One address, or one account that sets passwords, has no more than half of
    the places, and all addresses whose last password was wrong have no more together: whoever guesses without pause
    from a few leaves the other half to those who come with the right one.
    """

    def __init__(self, hands: int, places: int) -> None:
        super().__init__()
        self._how_many = hands
        self._places, self._each = places, max(1, places // 2)
        self._open()

    def _open(self) -> None:
        self._hands = ThreadPoolExecutor(self._how_many, "password")
        self._lock, self._held = Lock(), Counter[str]()
        self._wrong: dict[str, None] = {}

    def forked(self) -> None:
        """Have threads of this process: those of its parent are not here, and whoever is at the desk is there."""
        self._parents.append((self._hands, self._lock))
        self._open()

    @contextmanager
    def place(self, whose: str) -> Iterator[None]:
        """A place for somebody of that address or account; ``Busy`` at once where there is none.

        Who asks the database meanwhile may be given up there, in somebody else's work: the place is free at once.
        """
        with self._lock:
            full = self._held.total() >= self._places or bool(whose and self._shared(whose) >= self._each)
            if not full:
                self._held[whose] += 1
        if full:
            _LOG.info("refused login_busy from %s", whose or "?")
            raise Busy(_FULL, code="login_busy")
        taken = [whose]

        def lost(fault: Exception) -> Exception:
            self._leave(taken)
            return fault

        try:
            with otherwise(lost):
                yield
        finally:
            self._leave(taken)

    def _leave(self, taken: list[str]) -> None:
        """Give back the place that was *taken*, once."""
        with self._lock:
            while taken:
                self._held[taken.pop()] -= 1
            self._held += Counter[str]()  # forgets addresses that hold none

    def _shared(self, whose: str) -> int:
        """How many of the half that is for *whose* are taken: by them alone, or by all who were wrong last."""
        if whose not in self._wrong:
            return self._held[whose]
        return sum(held for one, held in self._held.items() if one in self._wrong)

    def remember(self, whose: str, *, right: bool) -> None:
        """Remember whether the last password from *whose* address was right, of so many addresses as are kept."""
        with self._lock:
            self._wrong.pop(whose, None)
            if whose and not right:
                self._wrong[whose] = None
            if len(self._wrong) > _REMEMBERED:
                del self._wrong[next(iter(self._wrong))]

    def do(self, work: Callable[[], Answer]) -> Answer:
        """What *work* answers, done by one of the desk's own threads."""
        return self._hands.submit(work).result()


@lru_cache(maxsize=1)
def desk() -> Desk:
    """The desk of this process: half of the processors work at it, and half of the threads that serve may wait."""
    return Desk(max(1, (os.cpu_count() or 2) // 2), 4)
