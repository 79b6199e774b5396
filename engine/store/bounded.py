"""A dict that never grows beyond its bound, for whatever is kept from one request to the next."""

from __future__ import annotations

from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Bounded(dict[K, V]):
    """At most *most* entries: with the next one it begins anew.

    Threads share it, so what was found a moment ago may be gone: ask once, by ``get``.
    """

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def __setitem__(self, key: K, value: V) -> None:
        if len(self) >= self._most and key not in self:
            self.clear()
        super().__setitem__(key, value)
