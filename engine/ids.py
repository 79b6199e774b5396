"""The only source of identity and chance: time-ordered ids, speakable numbers, secret tokens."""

from __future__ import annotations

import os
import random
import secrets
from typing import Protocol

from engine.clock import Clock, Micros

_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


class Ids(Protocol):
    """What the engine asks for new names."""

    def new(self) -> str:
        """A UUIDv7 as 36 characters: neighbours in time are neighbours in an index."""
        ...

    def digits(self, count: int) -> str:
        """*count* random decimal digits, the tail of a case number."""
        ...

    def token(self) -> str:
        """A secret of at least 192 bits, safe in a URL."""
        ...

    def reference(self) -> str:
        """A short reference a person can read out on the phone, such as ``R-7K3F``."""
        ...


def uuid7(at: Micros, noise: int) -> str:
    """Format moment *at* and 74 bits of *noise* as an RFC 9562 version 7 UUID."""
    value = ((at // 1000) & (1 << 48) - 1) << 80
    value |= 0x7 << 76 | (noise >> 62 & 0xFFF) << 64 | 0b10 << 62 | noise & (1 << 62) - 1
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


class RandomIds:
    """Ids from the operating system's randomness, stamped by *clock*."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def new(self) -> str:
        return uuid7(self._clock.wall(), int.from_bytes(os.urandom(10), "big"))

    def digits(self, count: int) -> str:
        drawn = int.from_bytes(os.urandom(8), "big")  # as good as even: 2**64 is far more than any count asks
        return f"{drawn % 10**count:0{count}d}"

    def token(self) -> str:
        return secrets.token_urlsafe(24)

    def reference(self) -> str:
        return "R-" + "".join(secrets.choice(_ALPHABET) for _ in range(4))


class SeededIds:
    """Repeatable ids for tests and torture runs: the same seed gives the same names."""

    def __init__(self, seed: int = 1, start: Micros = 1_780_000_000_000_000) -> None:
        self._random = random.Random(seed)
        self._at = start

    def new(self) -> str:
        self._at += 1000
        return uuid7(self._at, self._random.getrandbits(74))

    def digits(self, count: int) -> str:
        return f"{self._random.randrange(10**count):0{count}d}"

    def token(self) -> str:
        return f"{self._random.getrandbits(192):048x}"

    def reference(self) -> str:
        return "R-" + "".join(self._random.choice(_ALPHABET) for _ in range(4))


#: A repeatable source of chance, for what is made up: the same seed gives the same choices.
Chance = random.Random


def chance(seed: int) -> Chance:
    """A new source of chance from *seed*."""
    return random.Random(seed)
