"""What tells partners apart and which one is nearest: names, credit codes, distance along the unit tree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from engine.extend import folded, narrow

Kind = Literal["individual", "group", "firm"]
Status = Literal["pending", "active", "suspended", "quit"]
KINDS: Mapping[str, tuple[str, str]] = {
    "individual": ("个体", "individual"),
    "group": ("社群", "group"),
    "firm": ("商企", "firm"),
}
STATUSES: Mapping[str, tuple[str, str]] = {
    "pending": ("待生效", "pending"),
    "active": ("在册", "active"),
    "suspended": ("已暂停", "suspended"),
    "quit": ("已退出", "left"),
}
#: More members than any partner has.
MOST_MEMBERS = 1_000_000
#: What a partner may become from where it stands; leaving is for good, whoever comes back enrols again.
MOVES: Mapping[str, frozenset[str]] = {
    "pending": frozenset({"active", "quit"}),
    "active": frozenset({"pending", "suspended", "quit"}),
    "suspended": frozenset({"active", "quit"}),
    "quit": frozenset(),
}

_CODE_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CODE_LENGTH = 18
#: The longest name or code, in letters: both stand in indexes, whose rows a database bounds.
LONGEST_NAME = 200


def kind_of(words: str) -> str | None:
    """The kind that *words* name, in Chinese or English, or None."""
    wanted = words.strip().lower()
    return next((kind for kind, names in KINDS.items() if wanted == kind or wanted in names), None)


def plain(name: str) -> str:
    """A name as it is compared: full width and case folded, without spaces and brackets."""
    return "".join(sign for sign in folded(name) if sign.isalnum())


def credit_code(text: str) -> str:
    """A unified social credit code as it is kept: upper case, without spaces."""
    return "".join(narrow(text).upper().split())


def is_credit_code(code: str) -> bool:
    """Whether *code* has 18 signs and its check sign is right (GB 32100-2015, weights 3^i mod 31)."""
    if len(code) != _CODE_LENGTH or any(sign not in _CODE_SIGNS for sign in code):
        return False
    total = sum(_CODE_SIGNS.index(sign) * pow(3, i, 31) for i, sign in enumerate(code[:-1]))
    return _CODE_SIGNS[-total % 31] == code[-1]


@dataclass(frozen=True, slots=True)
class Known:
    """A partner as far as likeness goes; ``name`` is plain, ``code`` may be empty."""

    id: str
    kind: str
    name: str
    code: str
    unit: str


Likeness = Literal["duplicate", "other_form"]


def likeness(new: Known, known: Iterable[Known]) -> tuple[Likeness, Known] | None:
    """The partner that *new* is again, or that is the same party in another form; None when it is new.

    The same credit code is the same party. Without one on both sides, the same name in the same unit is.
    """
    other: Known | None = None
    for partner in sorted(known, key=lambda partner: partner.id):
        if new.code and partner.code:
            same = new.code == partner.code
        else:
            same = new.name == partner.name and new.unit == partner.unit
        if same and partner.kind == new.kind:
            return "duplicate", partner
        if same and other is None:
            other = partner
    return ("other_form", other) if other else None


def distance(a: Sequence[str], b: Sequence[str]) -> int | None:
    """Steps between two units along the tree, from their paths to the root; None when they share no root."""
    up = {unit: steps for steps, unit in enumerate(a)}
    return next((up[unit] + steps for steps, unit in enumerate(b) if unit in up), None)


def identity(partner: Known) -> str:
    """What no two enrolled partners share: form and credit code or, without one, form, name and unit."""
    return f"{partner.kind}:{partner.code or f'{partner.name}@{partner.unit}'}"


@dataclass(frozen=True, slots=True)
class Candidate:
    """An active partner with the skill that is asked for; ``path`` is its unit and those above it."""

    id: str
    name: str
    path: tuple[str, ...]


def nearest(candidates: Iterable[Candidate], here: Sequence[str]) -> tuple[tuple[int, Candidate], ...]:
    """Candidates with their distance from the unit whose path is *here*: nearest first, then by name and id."""
    measured = [(distance(here, each.path), each) for each in candidates]
    reached = [(far, each) for far, each in measured if far is not None]
    return tuple(sorted(reached, key=lambda found: (found[0], found[1].name, found[1].id)))
