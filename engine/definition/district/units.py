"""Reads the units of a district pack, and whether one comes to an end going up from each of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter

from engine.definition.district.model import UnitRow
from engine.definition.district.rows import Rows
from engine.definition.yaml.source import Node

UNIT = ("id", "name", "kind", "short", "parent", "code", "since", "until", "successor")
#: So many units may stand above one another, those that ended and their successors counted in.
MOST_LEVELS = 30
_ABOVE = ("parent", "successor")
_CODE = re.compile(r"[0-9]{6,12}")


class UnitReader:
    """The units read so far by id, and the ids by all that people call them."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.units: dict[str, UnitRow] = {}
        self._by_words: dict[str, str] = {}
        self._lines: dict[str, int] = {}

    def read(self, node: Node | None) -> None:
        """The list of units; parents may stand after their children."""
        items = [(item, f"units.{i}") for i, item in enumerate(self.rows.items(node, "units"))]
        written = {id_: (row, path) for item, path in items for id_, row in self._unit(item, path).items()}
        for id_, (row, path) in written.items():
            self._place(self.units[id_], row, path)
        levels = _levels(self.units)
        circling = self.units.keys() - levels.keys() - _levels(self.units, turned=True).keys()
        for id_, (row, path) in written.items():
            if id_ in circling:
                at = next(row[key] for key in _ABOVE if getattr(self.units[id_], key))
                self.rows.fault("unit-circle", at, path, name=self.units[id_].short)
            elif levels.get(id_) == MOST_LEVELS + 1:
                self.rows.fault("unit-deep", row["id"], path, name=self.units[id_].short, most=MOST_LEVELS)

    def named(self, words: str, node: Node | None, path: str) -> str:
        """The id of the unit that *words*, which stand at *node*, name by id, short name or name; "" after a fault."""
        if words and node and words not in self._by_words:
            self.rows.fault("unit-unknown", node, path, self._by_words, name=words)
        return self._by_words.get(words, "")

    def _unit(self, item: Node, path: str) -> dict[str, dict[str, Node]]:
        """Take a unit as it is written; its id and the values of its row, nothing where it cannot be told."""
        row = self.rows.mapping(item, path, UNIT, required=UNIT[:3])
        words = {key: self.rows.word(row[key], path) for key in row if key not in ("since", "until")}
        if not all(words.get(key) for key in UNIT[:3]):
            return {}
        words.setdefault("short", words["name"])
        words.setdefault("code", words["id"] if _CODE.fullmatch(words["id"]) else "")
        since, until = self.rows.days(row, path)
        unit = UnitRow(**words, since=since, until=until)
        for name in dict.fromkeys((unit.id, unit.short, unit.name)):
            if name in self._by_words:
                self.rows.fault("unit-twice", item, path, name=name, line=self._lines[name])
            self._by_words.setdefault(name, unit.id)
            self._lines.setdefault(name, item.place.line)
        return {} if self.units.setdefault(unit.id, unit) is not unit else {unit.id: row}

    def _place(self, unit: UnitRow, row: dict[str, Node], path: str) -> None:
        """Find the units that *unit* names, and whether its place among them makes sense."""
        parent, successor = (self._named_by(unit, key, row, path) for key in _ABOVE)
        self.units[unit.id] = unit = replace(unit, parent=parent, successor=successor)
        top = next((u.id for u in self.units.values() if not u.parent and not u.successor), unit.id)
        if not unit.parent and not unit.successor and unit.id != top:
            self.rows.fault("unit-top", row["id"], path, name=unit.short)
        if unit.successor and not unit.until:
            self.rows.fault("successor-without-until", row["successor"], path, name=unit.short)
        elif unit.until and not unit.successor:
            self.rows.doubt("until-without-successor", row["until"], path, name=unit.short)

    def _named_by(self, unit: UnitRow, key: str, row: dict[str, Node], path: str) -> str:
        words: str = getattr(unit, key)
        return self.named(words, row.get(key), path) or words


def in_order(units: Iterable[UnitRow]) -> list[UnitRow]:
    """*units*, which were read, in an order in which every parent and successor comes before those who name it."""
    by_id = {unit.id: unit for unit in units}
    above = {unit.id: [name for name in (unit.parent, unit.successor) if name in by_id] for unit in by_id.values()}
    return [by_id[id_] for id_ in TopologicalSorter(above).static_order()]


def _levels(units: dict[str, UnitRow], *, turned: bool = False) -> dict[str, int]:
    """How many units there are at most on the way up from each, itself counted; none for those whose way circles.

    *turned*: on the way down.
    """
    next_to: dict[str, set[str]] = {id_: set() for id_ in units}
    for unit in units.values():
        for above in {unit.parent, unit.successor} & units.keys():
            here, there = (above, unit.id) if turned else (unit.id, above)
            next_to[here].add(there)
    sorter = TopologicalSorter(next_to)
    with suppress(CycleError):  # What is not in a circle is sorted all the same.
        sorter.prepare()
    levels: dict[str, int] = {}
    while ready := sorter.get_ready():
        for id_ in ready:
            levels[id_] = 1 + max((levels[other] for other in next_to[id_]), default=0)
        sorter.done(*ready)
    return levels
