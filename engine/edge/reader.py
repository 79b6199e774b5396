"""In which language somebody reads, told by the door that finds it out to whoever may have to answer in its place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from waitress.task import WSGITask

_READER: Final = "rongtong.reader"


class Task(WSGITask):  # type: ignore[misc]
    """A request that is answered by the doors, with a place in its environment for what they find out."""

    def get_environment(self) -> dict[str, Any]:
        """The environment of the request."""
        environment: dict[str, Any] = super().get_environment()
        environment[_READER] = self.channel.reader
        return environment


def reads(environment: Mapping[str, Any], language: str) -> None:
    """Note that whoever sent the request of *environment* reads *language*."""
    environment.get(_READER, {})["language"] = language
