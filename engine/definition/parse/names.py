"""The names that a process declares, as a first look over it finds them."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.definition.values.types import ValueType
from engine.definition.yaml.source import Mapping


@dataclass(frozen=True, slots=True)
class StepOutline:
    """A step as the first look sees it; ``action`` is what a ``do`` names."""

    id: str
    kind: str
    action: str
    node: Mapping


@dataclass(slots=True)
class Outline:
    """The declared names: fields and settings with their types, parties (True = several units), steps, ends."""

    fields: dict[str, ValueType] = field(default_factory=dict)
    settings: dict[str, ValueType] = field(default_factory=dict)
    parties: dict[str, bool] = field(default_factory=dict)
    steps: dict[str, StepOutline] = field(default_factory=dict)
    ends: tuple[str, ...] = ()
    field_nodes: dict[str, Mapping] = field(default_factory=dict)
    setting_nodes: dict[str, Mapping] = field(default_factory=dict)

    @property
    def derived(self) -> frozenset[str]:
        """The fields that a formula fills."""
        return frozenset(name for name, node in self.field_nodes.items() if node.get("value") is not None)
