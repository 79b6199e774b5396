"""An attribute that is reckoned when it is first asked for, and kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar, overload

T = TypeVar("T")


class cached_property(Generic[T]):  # noqa: N801 - it stands for the standard library's
    """``functools.cached_property`` as it is since Python 3.12: two who ask at once may both reckon.

    Before, it holds one lock for all instances of a class while it reckons. Where a plugin is asked in between and
    hangs, nobody would see any page until it is back.
    """

    def __init__(self, reckon: Callable[[Any], T]) -> None:
        self._reckon, self._name = reckon, reckon.__name__
        self.__doc__ = reckon.__doc__

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...

    @overload
    def __get__(self, instance: object, owner: type) -> T: ...

    def __get__(self, instance: object | None, owner: type) -> Self | T:
        if instance is None:
            return self
        value = instance.__dict__[self._name] = self._reckon(instance)
        return value
