"""Numbers of formulas: reckoned exactly, and rounded once, when the value of the whole formula leaves it.

Half a unit rounds away from zero. Money is in fen, so its unit is the fen; other numbers keep ``PLACES`` decimals.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Any, Final

from engine.definition.values.extents import PLACES
from engine.definition.values.moments import decimal_text
from engine.definition.values.types import ValueType

#: A number on its way: whole, as it was read, or a fraction that reckoning made.
Number = int | Decimal | Fraction
#: Larger than any quantity; a formula that comes to more has no answer.
BIGGEST: Final = 10**30


def exactly(compute: Callable[[Any, Any], Any]) -> Callable[[Number, Number], Any]:
    """Two numbers reckoned without rounding; whole numbers stay whole. Raises OverflowError beyond all quantities."""

    def reckon(a: Number, b: Number) -> Any:
        if isinstance(a, int) and isinstance(b, int):
            return bounded(compute(a, b))
        return bounded(compute(Fraction(a), Fraction(b)))

    return reckon


def divided(a: Number, b: Number) -> Fraction | None:
    """The exact quotient; None, which is empty, where nothing can be divided by."""
    return Fraction(a) / Fraction(b) if b else None


def bounded(number: Any) -> Any:
    """*number*, or OverflowError."""
    if abs(number) > BIGGEST:
        raise OverflowError
    return number


def half_up(number: Number) -> int:
    """The nearest whole number, halves away from zero."""
    nearest = floor(abs(Fraction(number)) + Fraction(1, 2))
    return nearest if number >= 0 else -nearest


#: The ways to a whole number that people ask for by name.
down: Final = floor
up: Final = ceil


def to_places(number: Number, places: int, whole: Callable[[Any], int] = half_up) -> Fraction:
    """*number* with so many decimals; negative *places* round to tens, hundreds and so on."""
    step = Fraction(10) ** -max(-12, min(12, places))
    return whole(Fraction(number) / step) * step


def settled(kind: ValueType, value: Any) -> Any:
    """The live value of a formula of this type, rounded if it is finer than what is kept."""
    if type(value) is Decimal and (Fraction(value) * 10**PLACES).denominator > 1:
        value = Fraction(value)
    if type(value) is Fraction:  # isinstance asks the classes of all numbers
        return half_up(value) if kind.name == "money" else _decimal(value)
    if kind.name == "list" and isinstance(value, tuple):
        return tuple(settled(ValueType(kind.of), one) for one in value)
    return value


def _decimal(number: Fraction) -> Decimal:
    """The nearest number of ``PLACES`` decimals, whatever the precision of decimals around."""
    sign, digits, _ = Decimal(half_up(number * 10**PLACES)).as_tuple()
    return Decimal(decimal_text(Decimal((sign, digits, -PLACES))))


add: Final = exactly(operator.add)
subtract: Final = exactly(operator.sub)
multiply: Final = exactly(operator.mul)
