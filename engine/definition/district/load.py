"""Reads a district pack: ``district.yaml`` and the files it names, every fault of all of them in one go."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from engine.definition.district.model import BEYOND, Beyond, DistrictPack
from engine.definition.district.people import PeopleReader
from engine.definition.district.roles import RoleTable
from engine.definition.district.rows import Rows
from engine.definition.model import Place
from engine.definition.problem_codes import problem
from engine.definition.yaml.source import Mapping, Node, Scalar, Sequence, data_of, read
from engine.errors import Problem
from engine.i18n import Text, both, listed

KEYS = (
    "district", "name", "title", "calendar", "plugins", "processes", "settings",
    "roles", "units", "persons", "grants", "deputies", "alliances", "rotas", "data", "transfer_beyond",
)  # fmt: skip
REQUIRED = ("district", "name", "processes", "units", "persons")
#: Words that stand where a district stands in an address and mean something else.
RESERVED = frozenset({"m", "me", "s", "v", "api", "demo", "design", "login", "static", "schema", "_"})
_ID = re.compile(r"[a-z][a-z0-9_]{0,31}")

#: From a file name as the pack writes it to its text and the name to show in problems; None when there is none.
OpenFile = Callable[[str], tuple[str, str] | None]


def load_district(text: str, file: str, open_file: OpenFile) -> tuple[DistrictPack | None, tuple[Problem, ...]]:
    """The pack that *text* describes, as far as it can be told, and everything wrong with it."""
    node, problems = read(text, file)
    if not isinstance(node, Mapping):
        return None, problems or (problem("not-a-mapping", node),)
    loader = _Loader(open_file)
    pack = loader.pack(node, file)
    return pack, (*problems, *loader.rows.problems)


class _Loader:
    """Reads one pack; ``rows`` collects the faults."""

    def __init__(self, open_file: OpenFile) -> None:
        self.rows = Rows()
        self.places: dict[str, Place] = {}
        self.people = PeopleReader(self.rows)
        self._open = open_file

    def pack(self, node: Node, file: str) -> DistrictPack:
        """The pack, as far as it makes sense: units first, then persons, then what names both."""
        rows = self.rows.mapping(node, "", KEYS, REQUIRED)
        people = self.people
        id_, roles = self._id(rows.get("district")), self._roles(rows.get("roles"))
        people.roles = RoleTable(id_, roles)
        people.units.read(self._content(rows.get("units"), "units"))
        people.read_persons(self._content(rows.get("persons"), "persons"))
        people.read_grants(self._content(rows.get("grants"), "grants"))
        processes, data = self._processes(rows.get("processes")), self._data(rows.get("data"))
        return DistrictPack(
            id=id_,
            name=self._text(rows.get("name"), "name"),
            title=self._text(rows.get("title", rows.get("name")), "title"),
            calendars=self._calendars(rows.get("calendar")),
            plugins=self._groups(rows.get("plugins"), "plugins"),
            processes=processes,
            settings=self._settings(rows.get("settings"), processes),
            roles=roles,
            units=tuple(people.units.units.values()),
            persons=tuple(people.persons.values()),
            grants=tuple(people.grants),
            deputies=tuple(people.read_deputies(self._content(rows.get("deputies"), "deputies"))),
            alliances=tuple(people.read_alliances(self._content(rows.get("alliances"), "alliances"))),
            rotas=tuple(people.read_rotas(self._content(rows.get("rotas"), "rotas"))),
            data={name: data_of(content) for name, content in data.items()},
            written=data,
            transfer_beyond=self._transfer_beyond(rows.get("transfer_beyond")),
            file=file,
            places=self.places,
        )

    def _content(self, node: Node | None, path: str) -> Node | None:
        """What stands here, or in the file that is named here."""
        if not isinstance(node, Scalar):
            return node
        found = self._open(node.text)
        if found is None:
            self.rows.fault("district-file", node, path, name=node.text)
            return None
        inner, problems = read(*found)
        self.rows.problems.extend(problems)
        return inner

    def _id(self, node: Node | None) -> str:
        words = self.rows.word(node, "district")
        if node and (not _ID.fullmatch(words) or words in RESERVED):
            self.rows.fault("district-id", node, "district", name=words, reserved=listed(sorted(RESERVED)))
        return words

    def _text(self, node: Node | None, path: str) -> Text:
        """Words in both languages: one text, or ``{zh: …, en: …}``."""
        if not isinstance(node, Mapping):
            return both(self.rows.word(node, path))
        row = self.rows.mapping(node, path, ("zh", "en"), ("zh", "en"))
        return Text(self.rows.word(row.get("zh"), path), self.rows.word(row.get("en"), path))

    def _calendars(self, node: Node | None) -> tuple[str, ...]:
        """The country's calendar and, after it, the region's overlay."""
        listed = node.items if isinstance(node, Sequence) else (node,)
        self.places["calendar"] = node.place if node else Place()
        return tuple(filter(None, (self.rows.word(name, "calendar") for name in listed))) or ("cn",)

    def _processes(self, node: Node | None) -> tuple[str, ...]:
        named: dict[str, None] = {}
        for item in self.rows.items(node, "processes"):
            words = self.rows.word(item, "processes")
            self.places[f"processes.{words.rpartition('/')[2]}"] = item.place
            if words in named:
                self.rows.fault("process-twice", item, "processes", name=words)
            named[words] = None
        return tuple(named)

    def _settings(self, node: Node | None, processes: tuple[str, ...]) -> dict[str, dict[str, Any]]:
        names = {path.rpartition("/")[2] for path in processes}
        for key, _ in self.rows.named(node, "settings") if node else ():
            if key.text not in names:
                self.rows.fault("settings-without-process", key, f"settings.{key.text}", names, name=key.text)
        return self._groups(node, "settings")

    def _transfer_beyond(self, node: Node | None) -> Beyond:
        """Whether a task may be handed to somebody whom its step does not ask; not, where the pack does not say."""
        words = self.rows.word(node, "transfer_beyond") if node else BEYOND[0]
        found = next((known for known in BEYOND if known == words), None)
        if node and found is None:
            self.rows.fault("transfer-beyond", node, "transfer_beyond", BEYOND, name=words, terms=listed(BEYOND))
        return found or BEYOND[0]

    def _roles(self, node: Node | None) -> dict[str, Text]:
        """What the district calls its roles."""
        named = self.rows.named(node, "roles") if node else ()
        return {key.text: self._text(value, f"roles.{key.text}") for key, value in named}

    def _groups(self, node: Node | None, path: str) -> dict[str, dict[str, Any]]:
        """Mappings by name, with their words as written."""
        groups: dict[str, dict[str, Any]] = {}
        for key, value in self.rows.named(node, path) if node else ():
            self.places[f"{path}.{key.text}"] = key.place
            if isinstance(value, Mapping):
                groups[key.text] = data_of(value)
                self.places |= dict(_places(value, f"{path}.{key.text}"))
            else:
                self.rows.fault("not-a-mapping", value, f"{path}.{key.text}")
        return groups

    def _data(self, node: Node | None) -> dict[str, Node]:
        """The files of ``data/`` that plugins import, by file name."""
        found: dict[str, Node] = {}
        for item in self.rows.items(node, "data"):
            name = self.rows.word(item, "data")
            content = self._content(Scalar(f"data/{name}", place=item.place), "data") if name else None
            self.places[f"data.{name}"] = item.place
            if content is not None:
                found[name] = content
        return found


def _places(node: Node, path: str) -> Iterator[tuple[str, Place]]:
    """Where each value below *node* stands, by path: a key at its own place, a row of a list at its first word."""
    if isinstance(node, Mapping):
        for key, value in node.entries:
            yield f"{path}.{key.text}", key.place
            yield from _places(value, f"{path}.{key.text}")
    elif isinstance(node, Sequence):
        for i, item in enumerate(node.items):
            yield f"{path}.{i}", item.place
            yield from _places(item, f"{path}.{i}")
