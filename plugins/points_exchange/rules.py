"""The arithmetic of points: hours into points, lots in order, the till's quote, clearing between units.

Points are integers in hundredths, money is integer fen, times are whole minutes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal
from fractions import Fraction
from typing import Literal

from engine.extend import decimal_text

Rounding = Literal["half_up", "down", "up"]
IfShort = Literal["partial", "refuse"]
#: Why no points are taken: there are too few to use any, there are fewer than it takes, or the bill is too small.
Lack = Literal["few", "short", "small"]
#: Half-open spans of minutes, such as check-in to check-out.
Span = tuple[int, int]

HUNDREDTHS = 100
DAY_MINUTES = 24 * 60
LARGEST = 10**12
_SIDES = {"half_up": ROUND_HALF_UP, "down": ROUND_DOWN, "up": ROUND_UP}


def rounded(amount: Fraction | Decimal, side: Rounding) -> int:
    """The whole number next to *amount* on the chosen *side*; a half goes up."""
    exact = Fraction(amount)
    whole, rest = divmod(exact.numerator, exact.denominator)
    if side == "up":
        return whole + (rest > 0)
    return whole + (side == "half_up" and 2 * rest >= exact.denominator)


def hundredths(points: Decimal, side: Rounding = "half_up") -> int:
    """Points as a person writes them (``128.5``) in hundredths (12850)."""
    return int((points * HUNDREDTHS).to_integral_value(_SIDES[side]))


def shown(points: int) -> str:
    """Hundredths as a person reads them, like any number of the language: 32000 is ``320``, 12850 is ``128.5``."""
    return decimal_text(decimal(points))


def decimal(points: int) -> Decimal:
    """Hundredths as an exact decimal number of points."""
    return (Decimal(points) / HUNDREDTHS).quantize(Decimal("0.01"))


# -- earning -----------------------------------------------------


@dataclass(frozen=True, slots=True)
class EarnRule:
    """How service becomes points. Caps of 0 mean that there is none; *step* counts started minutes down."""

    step_minutes: int = 1
    cap_minutes: int = 0
    cap_points_a_day: int = 0
    rounding: Rounding = "half_up"


def minutes_of(hours: Decimal) -> Fraction:
    """Hours as exact minutes."""
    return Fraction(hours) * 60


def uncounted(span: Span, counted: Collection[tuple[Span, int]]) -> int:
    """Minutes of *span* that are left when no minute counts twice; *counted* are earlier spans with their minutes.

    Nobody said where within a span its minutes lie. They fit together exactly if no stretch of time, from the beginning
    of one span to the end of another, has to hold more minutes than it is long.
    """
    start, end = span
    begins = {start, *(low for (low, _), _ in counted if low < start)}
    ends = {end, *(high for (_, high), _ in counted if high > end)}
    return max(0, min(high - low - _within((low, high), counted) for low in begins for high in ends))


def _within(stretch: Span, counted: Collection[tuple[Span, int]]) -> int:
    """Minutes that have to lie in *stretch*."""
    low, high = stretch
    return sum(minutes for (begin, end), minutes in counted if low <= begin and end <= high)


def earned(minutes: Fraction, coefficient: Decimal, rule: EarnRule, today: int = 0) -> int:
    """Hundredths for *minutes* at *coefficient* points an hour; *today* were already earned on that day."""
    if rule.step_minutes > 1:
        minutes -= minutes % rule.step_minutes
    if rule.cap_minutes:
        minutes = min(minutes, Fraction(rule.cap_minutes))
    points = rounded(minutes * Fraction(coefficient) * HUNDREDTHS / 60, rule.rounding)
    if rule.cap_points_a_day:
        points = min(points, max(0, rule.cap_points_a_day - today))
    return points


# -- lots --------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Lot:
    """Points of one issuer and year: when they expire, when they were first issued, how many are free."""

    issuer: str
    year: int
    expires_at: int
    issued_at: int
    free: int


def allocate(lots: Iterable[Lot], points: int) -> tuple[tuple[Lot, int], ...] | None:
    """Which lots give *points*: first to expire first, then first issued. None when they do not suffice."""
    parts: list[tuple[Lot, int]] = []
    left = points
    for lot in sorted(lots, key=lambda lot: (lot.expires_at, lot.issued_at, lot.issuer, lot.year)):
        if left == 0:
            break
        if taken := min(left, lot.free):
            parts.append((lot, taken))
            left -= taken
    return None if left else tuple(parts)


def shares(parts: Sequence[int], points: int) -> tuple[int, ...]:
    """Split *points* over *parts* in their order, each filled before the next: what a partial post takes."""
    taken = []
    for part in parts:
        taken.append(min(part, points))
        points -= taken[-1]
    return tuple(taken)


# -- the till ----------------------------------------------------


@dataclass(frozen=True, slots=True)
class QuoteRule:
    """A share of the bill is given off and has to be covered by points, each worth at most *cap* fen."""

    discount: Decimal = Decimal("0.1")
    cap: int = 500
    step: int = HUNDREDTHS
    rounding: Rounding = "half_up"
    if_short: IfShort = "partial"


@dataclass(frozen=True, slots=True)
class Quote:
    """What the member gives in points, gets off and pays in money; *points* 0 means that nothing is taken."""

    points: int
    discount: int
    pays: int


def quote(bill: int, available: int, rule: QuoteRule) -> Quote:
    """The till's offer for a *bill* in fen to a member with *available* hundredths of points."""
    plain = Quote(0, 0, bill)
    discount = rounded(Fraction(rule.discount) * bill, rule.rounding)
    if discount <= 0 or rule.cap <= 0:
        return plain
    needed = steps_up(Fraction(discount * HUNDREDTHS, rule.cap), rule.step)
    if needed > available:
        if rule.if_short == "refuse":
            return plain
        needed = available // rule.step * rule.step
        discount = min(discount, rule.cap * needed // HUNDREDTHS)
    return Quote(needed, discount, bill - discount) if discount and needed else plain


def lacking(bill: int, rule: QuoteRule) -> tuple[Lack, int]:
    """Why a *bill* gets no offer, and how many points it would take; 0 where it is too small for one."""
    discount = rounded(Fraction(rule.discount) * bill, rule.rounding)
    if discount <= 0 or rule.cap <= 0:
        return "small", 0
    lack: Lack = "short" if rule.if_short == "refuse" else "few"
    worth = discount if lack == "short" else 1
    return lack, steps_up(Fraction(worth * HUNDREDTHS, rule.cap), rule.step)


def settled(bill: int, returned: int, kept: int, rule: QuoteRule) -> Quote:
    """What is taken of *kept* points when goods for *returned* fen of the *bill* went back: as if they had never
    been on it.
    """
    return quote(bill - returned, kept, rule)


def steps_up(points: Fraction, step: int) -> int:
    """*points* rounded up to whole steps."""
    return -(-points.numerator // (points.denominator * step)) * step


def thriftier(bill: int, offer: Quote, rule: QuoteRule) -> Quote | None:
    """The offer with one step less, where the last step would buy less than a tenth of its worth."""
    fewer = offer.points - rule.step
    if fewer <= 0:
        return None
    discount = rule.cap * fewer // HUNDREDTHS
    lost = offer.discount - discount
    worth = rule.cap * rule.step // HUNDREDTHS
    return Quote(fewer, discount, bill - discount) if 0 < lost * 10 < worth else None


def returned(points: int, bill: int, refund: int, step: int) -> int:
    """Points that go back when *refund* fen of a *bill* are paid back: the same share, in whole steps."""
    if refund >= bill:
        return points
    return rounded(Fraction(points * refund, bill * step), "down") * step


# -- clearing ----------------------------------------------------


@dataclass(frozen=True, slots=True)
class Flow:
    """Points of an *issuer* redeemed at a *redeemer*, at the *rate* in fen a point frozen at redemption."""

    issuer: str
    redeemer: str
    points: int
    rate: int


def dues(flows: Iterable[Flow]) -> Mapping[tuple[str, str], int]:
    """Fen that each issuer owes each redeemer; every pair is rounded once, its own points owe nothing."""
    exact: dict[tuple[str, str], int] = defaultdict(int)
    for flow in flows:
        if flow.points and flow.issuer != flow.redeemer:
            exact[flow.issuer, flow.redeemer] += flow.points * flow.rate
    return {pair: rounded(Fraction(value, HUNDREDTHS), "half_up") for pair, value in sorted(exact.items())}


def positions(owed: Mapping[tuple[str, str], int]) -> Mapping[str, int]:
    """Net fen of each unit: above 0 it is owed, below 0 it owes; all together they make 0."""
    net: dict[str, int] = defaultdict(int)
    for (issuer, redeemer), value in owed.items():
        net[issuer] -= value
        net[redeemer] += value
    return dict(sorted(net.items()))


def face_value(points: int, rate: int) -> int:
    """Fen that *points* are worth at *rate* fen a point."""
    return rounded(Fraction(points * rate, HUNDREDTHS), "half_up")
