"""Reads what a district has stored for a plugin, perhaps for an older version of it, and what it may not store."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from engine import secrecy
from engine.definition.values.forms import decode
from engine.definition.values.kinds.table import kind_of
from engine.definition.values.types import ValueType
from engine.errors import Misuse, RongtongError
from engine.extend.calls.faults import meant, told
from engine.extend.contributions import Setting
from engine.extend.settings import fault_of
from engine.i18n import Text
from engine.settings import secret_variable

#: Under this name the version stands beside the settings; no setting can be called so.
VERSION: Final = "~version"
#: From settings stored for a version to the same in their present form.
Migrate = Callable[[int, Mapping[str, Any]], Mapping[str, Any]]


class SecretMissing(RongtongError):
    """A plugin asks for a secret that this installation was not given."""

    code = "secret_missing"


class SettingUnknown(Misuse, KeyError):
    """A plugin asks for a setting that it does not register."""


class Live(Mapping[str, Any]):
    """The live settings of a plugin. Asking for a secret that is not there raises ``SecretMissing``."""

    def __init__(self, plugin: str, values: Mapping[str, Any], missing: frozenset[str]) -> None:
        self._plugin, self._values, self._missing = plugin, values, missing

    def __getitem__(self, name: str) -> Any:
        if name in self._missing:
            variable = secret_variable(self._plugin, name)
            raise SecretMissing(
                Text(f"没有给密钥：设置环境变量 {variable}，或写进数据库旁的密钥文件。",
                     f"A secret is missing: set {variable}, or write it into the file of secrets beside the database."),
            )  # fmt: skip
        if name not in self._values:
            raise _unknown(name, self)
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter((*self._values, *self._missing))

    def __len__(self) -> int:
        return len(self._values) + len(self._missing)


def _unknown(name: str, known: Iterable[str]) -> SettingUnknown:
    hint = meant(name, known)
    return SettingUnknown(Text(f"没有登记设置{name}{hint.zh}", f"no setting {name!r} is registered{hint.en}"))


@dataclass(frozen=True, slots=True)
class Reading:
    """What a district set for a plugin: its ``live`` values, or the ``fault`` that keeps them from being read.

    ``doubts`` are values that are read and would not be taken today.
    """

    live: Mapping[str, Any]
    fault: Text | None = None
    doubts: tuple[Text, ...] = ()


def version_of(settings: Sequence[Setting]) -> int:
    """The version of a plugin's settings."""
    return max((setting.version for setting in settings), default=1)


def read_stored(
    plugin: str, settings: Sequence[Setting], stored: Mapping[str, Any], migrate: Migrate | None,
    secrets: Mapping[str, str], folder: Path | None = None,
) -> Reading:  # fmt: skip
    """What *stored* says today; *migrate* brings it from an older version, *secrets* are the installation's.

    A fault is told with its line of the plugin in *folder*.
    """
    version, wanted = int(stored.get(VERSION, 1)), version_of(settings)
    held = {name: value for name, value in stored.items() if name != VERSION}
    if version > wanted:
        return _unread(Text(f"它们是第{version}版，这个插件只认到第{wanted}版",
                            f"they are of version {version}, this plugin knows {wanted}"))  # fmt: skip
    if version < wanted and migrate is not None:
        try:
            held = dict(migrate(version, held))
        except Exception as reason:
            said, place = told(reason, folder, quoting=True)
            at = f" ({place})" if place else ""
            return _unread(Text(f"migrate_settings{at} 出错：{said.zh}", f"migrate_settings{at} failed: {said.en}"))
    open_ones = [setting for setting in settings if not setting.secret]
    values = {setting.name: held.get(setting.name, setting.default) for setting in open_ones}
    for setting in open_ones:
        value = values[setting.name]
        if value is not None and not stored_so(setting.type, value):
            kind = setting.type.name
            return _unread(Text(f"“{setting.title.zh}”存的是{value!r}，不是{kind}",
                                f"{setting.title.en!r} holds {value!r}, which is no {kind}"))  # fmt: skip
    known = {name: secrets[key] for name in _secret(settings) if (key := secret_variable(plugin, name)) in secrets}
    secrecy.keep(known.values())
    live = {setting.name: decode(setting.type, values[setting.name]) for setting in open_ones} | known
    missing = frozenset(_secret(settings)) - known.keys()
    return Reading(Live(plugin, live, missing), None, tuple(_doubts(open_ones, values)))


def stored_so(kind: ValueType, value: Any) -> bool:
    """Whether *value* is what a value of *kind* is stored as."""
    return kind_of(kind).well_formed(value)


def _secret(settings: Sequence[Setting]) -> list[str]:
    return [setting.name for setting in settings if setting.secret]


def _unread(why: Text) -> Reading:
    return Reading({}, why)


def _doubts(settings: Sequence[Setting], values: Mapping[str, Any]) -> Iterator[Text]:
    """What the limits of today say to values that were stored under others."""
    for setting in settings:
        value = values[setting.name]
        fault = fault_of(setting, value) if value is not None and value != setting.default else None
        if fault is not None:
            said, hint = fault.message, fault.hint
            yield Text(f"{said.zh}（{hint.zh}）", f"{said.en} ({hint.en})") if hint else said
