"""Audiences: who is meant by a task, a notice or a right. One parser, and one printer for each kind.

What is stored, compared and asked is the text of one, its *key*: ``user:zhang``, ``role:head@lender``, ``any@lender``.
Whoever has to know what a key says parses it and matches the value; nobody else cuts one, or puts one together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NewType, TypeAlias

from engine.errors import Misuse
from engine.i18n import Text

#: The text of an audience.
AudienceKey = NewType("AudienceKey", str)


class NoAudience(Misuse, ValueError):
    """A text is not the key of an audience, or not of one that may be named there."""


@dataclass(frozen=True, slots=True)
class User:
    """One person."""

    person: str

    @property
    def key(self) -> AudienceKey:
        """As it is stored."""
        return user_key(self.person)


@dataclass(frozen=True, slots=True)
class RoleAt:
    """Whoever holds *role* at the very *unit*; without a unit anywhere in the district, without a role some role."""

    role: str = ""
    unit: str = ""

    @property
    def key(self) -> AudienceKey:
        """As it is stored."""
        return role_key(self.role, self.unit)


@dataclass(frozen=True, slots=True)
class AnyoneOf:
    """Anybody of *unit* and below, also once it has a successor; without a unit anybody of the district."""

    unit: str = ""

    @property
    def key(self) -> AudienceKey:
        """As it is stored."""
        return anyone_key(self.unit)


@dataclass(frozen=True, slots=True)
class AtHome:
    """Anybody of *unit* and below while it lives: who may begin something there. Nobody else is asked or told so."""

    unit: str

    @property
    def key(self) -> AudienceKey:
        """As it is stored."""
        return at_home_key(self.unit)


Audience: TypeAlias = User | RoleAt | AnyoneOf | AtHome


def user_key(person: str) -> AudienceKey:
    """The key of one person."""
    return AudienceKey(f"user:{person}")


def role_key(role: str, unit: str = "") -> AudienceKey:
    """The key of whoever holds *role* at the very *unit*, or without one anywhere; without both of who has any role."""
    return AudienceKey(f"role:{role}@{unit}")


def anyone_key(unit: str = "") -> AudienceKey:
    """The key of anybody of *unit*, or of the district."""
    return AudienceKey(f"any@{unit}")


def at_home_key(unit: str) -> AudienceKey:
    """The key of anybody of a *unit* that lives."""
    return AudienceKey(f"unit@{unit}")


#: Whoever holds some role, wherever in the district.
SOME_ROLE: Final = role_key("")
#: Anybody of the district.
ANYBODY: Final = anyone_key()


def parse_audience(key: str) -> Audience:
    """Whom *key* names. Raises ``NoAudience`` for whatever no printer writes."""
    kind, colon, named = key.partition(":")
    if kind == "user" and named:
        return User(named)
    if kind == "role" and colon:
        role, at, unit = named.partition("@")
        if at and (role or not unit):
            return RoleAt(role, unit)
    kind, at, unit = key.partition("@")
    if kind == "any" and at:
        return AnyoneOf(unit)
    if kind == "unit" and unit:
        return AtHome(unit)
    raise NoAudience(Text(
        "这不是受理人。写 user:人、role:角色@单位 或 any@单位。",
        "this is no audience; write user:PERSON, role:ROLE@UNIT or any@UNIT",
    ))  # fmt: skip


def person_of(key: str) -> str:
    """The one person whom *key* names; "" where it names nobody in particular."""
    match parse_audience(key):
        case User(person):
            return person
    return ""
