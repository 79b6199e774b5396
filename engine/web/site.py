"""What the composition root hands to the web door: districts, accounts and, in a demo, its personas."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from engine.i18n import Text
from engine.operations.context import Context, System


@dataclass(frozen=True, slots=True)
class Persona:
    """A person of the demo whom the visitor may become with one press."""

    key: str
    name: str
    title: Text
    unit: str
    district: str
    todo: Text


@dataclass(frozen=True, slots=True)
class Demo:
    """Present on demo data only: the personas, how to become one (answers a session token), a banner."""

    personas: Callable[[], tuple[Persona, ...]]
    enter: Callable[[str], str]
    banner: Callable[[], Text | None] = lambda: None


@dataclass(frozen=True)
class Site:
    """Everything that pages reach beyond themselves. ``context`` answers a district, or raises NotFound.

    ``keys`` sign cookies, the first of them, and all are taken.
    """

    system: System
    context: Callable[[str], Context]
    keys: tuple[str, ...]
    public_url: str = ""
    demo: Demo | None = None
    plugin_templates: tuple[Path, ...] = ()
    contact: Text = field(default=Text("意见建议：交给本单位管理员", "Comments: to your unit's administrator"))

    @property
    def https(self) -> bool:
        """Whether cookies may insist on a secure connection."""
        return self.public_url.startswith("https://")
