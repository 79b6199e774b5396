"""Every table: who writes its rows, with what they go, and what erasing a case does to them."""

from __future__ import annotations

import re
from typing import Final

from sqlalchemy import Table

from engine.extend.registry import Registry
from engine.store.schema import hub, tables
from tests.architecture.source import product

_DEED: Final = "what was done and by whom, without what was typed"
_WHO: Final = "who is who, which no case owns"
_HUB: Final = "an account is no case's"
_OWN: Final = "what a plugin keeps is its own"
#: Of each table what erasing a case does to its rows: a word, and what it is about.
RULES: dict[str, str] = {
    "case_data": "emptied: forms, opinions, notes and the salts of their digests",
    "cases": "emptied: the subject, the words it is found by, and what actions repeated of the form",
    "notice": "deleted: sentences about the case",
    "anchor": f"stays: {_DEED}",
    "checkpoint": f"stays: {_DEED}",
    "content": "stays: what the district chose, and no case",
    "definition": "stays: processes, which no case owns",
    "deputy": f"stays: {_WHO}",
    "district": "stays: what the district says, and no case",
    "job": "stays: erasing waits until none of the case is left",
    "journal": f"stays: {_DEED}",
    "party": f"stays: {_DEED}",
    "person": f"stays: {_WHO}",
    "role_grant": f"stays: {_WHO}",
    "rota": f"stays: {_WHO}",
    "stream": f"stays: {_DEED}",
    "task": f"stays: {_DEED}",
    "uncovered": f"stays: {_DEED}",
    "unit": f"stays: {_WHO}",
    "unit_member": f"stays: {_WHO}",
    **dict.fromkeys(hub.hub_metadata.tables, f"stays: {_HUB}"),
    "placement": "stays: where a district lives",
    "signing_key": "stays: what signs cookies",
}
RULES |= {table.name: f"stays: {_OWN}" for table in Registry.discovered().tables()}
_VERBS: Final = r"(?:insert|insert_into|Insert|update|delete|put)\((?:tx, )?"


def all_tables() -> list[Table]:
    """The tables of the engine, of the hub and of the shipped plugins."""
    shipped = sorted(Registry.discovered().tables(), key=lambda table: table.name)
    return [*tables.metadata.sorted_tables, *hub.hub_metadata.sorted_tables, *shipped]


def writers(table: Table) -> list[str]:
    """The files that write rows of *table*, but for migrations."""
    plugin = str(table.metadata.info.get("plugin", ""))
    home, name = (f"plugins/{plugin}/", table.name.removeprefix(f"{plugin}_")) if plugin else ("engine/store/", table.name)
    begins = re.compile(rf"{_VERBS}(?:tables\.|hub\.)?{name}\b|\b{name}\.(?:insert|update|delete)\(\)")
    return [
        module.place
        for module in product()
        if module.place.startswith(home) and "/migrations/" not in module.place and begins.search(module.text)
    ]


def lines() -> list[str]:
    """A line for each table, by where it belongs and its name."""
    return sorted(
        f"{table.name} | {', '.join(writers(table)) or '-'} | {_goes_with(table)} | erasing: {RULES[table.name]}"
        for table in all_tables()
    )


def _goes_with(table: Table) -> str:
    """With what the rows go: those of a district have its id."""
    return "of a district" if "district_id" in table.c and table.metadata is not hub.hub_metadata else "of the installation"
