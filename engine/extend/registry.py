"""The plugins of one engine: what they contribute, narrowed to a district's choice, and their hooks called safely."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from sqlalchemy import MetaData, Table

from engine.definition.catalogue import ActionSpec, Catalogue, FunctionSpec
from engine.definition.district.roles import ANY_ROLE, RoleTable
from engine.errors import Problem
from engine.extend import contributions as kinds
from engine.extend.actions import Action, Undo
from engine.extend.calls.entering import sealed
from engine.extend.calls.faults import PluginError, register_fault
from engine.extend.calls.functions import checked, held
from engine.extend.calls.hooked import Hook, brought_over, called, manager_of
from engine.extend.fence.connection import Fence, PluginConnection
from engine.extend.loading.away import Away, broken
from engine.extend.loading.coherence import check_coherent
from engine.extend.loading.discovery import ENGINE, Plugin, built_in, find
from engine.extend.loading.job_checks import check_jobs, fit
from engine.extend.loading.tables import metadata_of
from engine.extend.registers import HOOK_OF, REGISTERS
from engine.extend.senders import Sender
from engine.extend.settings import no_plugin, read_settings
from engine.extend.showing import Page
from engine.extend.stored_settings import VERSION, Reading, read_stored, version_of
from engine.i18n import Text
from engine.settings import secret_variable

if TYPE_CHECKING:  # who only checks what is written opens no transaction
    from engine.store.transactions.tx import Tx

T = TypeVar("T")
_SEALS: Final[Mapping[type[Any], Callable[..., Any]]] = {FunctionSpec: checked, kinds.StoredType: held}


@dataclass(frozen=True, slots=True)
class MigrationLine:
    """A plugin's own line of migrations: its folder, its version table, the tables it makes."""

    plugin: str
    folder: Path
    version_table: str
    metadata: MetaData


class Registry:
    """The plugins of one engine. Two registries in one Python process share nothing that changes.

    *enabled* in the methods is the collection of plugin names a district uses; the engine's own contributions
    are always among them.
    """

    def __init__(self, plugins: Sequence[Plugin] = (), away: Mapping[str, Away] | None = None) -> None:
        """Collect what *plugins* register. Raises PluginError that names the one at fault.

        *away* are those that are installed and cannot be used.
        """
        self.left: Mapping[str, Away] = dict(away or {})
        others = sorted(plugins, key=lambda plugin: plugin.name)
        self.plugins: tuple[Plugin, ...] = (built_in(), *others)
        self._here = {plugin.name: plugin for plugin in self.plugins}
        self._pluggy = manager_of(self.plugins)
        self._given: dict[tuple[Any, ...], tuple[Any, ...]] = {}
        self._hooked: dict[tuple[str, tuple[str, ...]], tuple[tuple[str, Hook], ...]] = {}
        self._entered: dict[tuple[str, str], Hook] = {}
        self._all = {hook: tuple(self._collect(hook)) for hook in REGISTERS}
        check_coherent(self.plugins, self._all)
        check_jobs(self._all)
        self._actions = {a.spec.name: a.spec for a in self.given(Action)}
        self._undos = {u.name: u for u in self.given(Undo)}
        self._types = {t.spec.name: t for t in self.given(kinds.FieldType)}
        self._resolvers = {r.spec.name: r for r in self.given(kinds.Resolver)}
        self._jobs: dict[str, kinds.Reaction | Sender] = {
            **{reaction.name: reaction for reaction in self.given(kinds.Reaction)},
            **{sender.name: sender for sender in self.given(Sender)},
        }
        self._catalogues: dict[frozenset[str], Catalogue] = {}
        self._fences = {p.name: Fence(p.name, frozenset(p.manifest.tables), p.folder) for p in self.plugins}

    @classmethod
    def discovered(cls, without: Collection[str] = ()) -> Registry:
        """A registry of every plugin that is installed and can be used, but for those of *without*.

        Raises RongtongError where one of these is not installed: the one that was meant would run.
        """
        found = find(without=without)
        return cls.of_sound(found.plugins, found.away)

    @classmethod
    def of_sound(cls, plugins: Sequence[Plugin], away: Mapping[str, Away] | None = None) -> Registry:
        """A registry of those of *plugins* that fit; one that does not is away, and closes only itself."""
        left = dict(away or {})
        while True:
            try:
                return cls(plugins, left)
            except PluginError as fault:
                name = fault.details["plugin"]
                if name not in {plugin.name for plugin in plugins}:
                    raise
                left[name] = broken(fault, next(plugin.folder for plugin in plugins if plugin.name == name))
                plugins = [plugin for plugin in plugins if plugin.name != name]

    def lacking(self, fault: PluginError) -> Registry:
        """The same without the plugin that *fault* names, found out after it was registered."""
        name = fault.details["plugin"]
        others = [plugin for plugin in self.plugins if plugin.name not in (name, ENGINE)]
        found = self.plugin(name)
        return Registry.of_sound(others, {**self.left, name: broken(fault, found.folder if found else None)})

    @property
    def names(self) -> frozenset[str]:
        """The names of the plugins, the engine's own left out."""
        return frozenset(self._here) - {ENGINE}

    def away(self, name: str) -> Text | None:
        """Why the plugin called *name* cannot be used; None where it can."""
        if name in self._here:
            return None
        if name in self.left:
            return self.left[name].why
        return Text(f"没有装“{name}”这个插件", f"plugin {name!r} is not installed")

    def plugin(self, name: str) -> Plugin | None:
        """The plugin called *name*, or None."""
        return self._here.get(name)

    def folder(self, name: str) -> Path | None:
        """Where the plugin called *name* lies, or None."""
        found = self.plugin(name)
        return found.folder if found else None

    # What the language sees

    def catalogue(self, enabled: Collection[str]) -> Catalogue:
        """What processes of a district with these plugins may name."""
        wanted = frozenset(enabled)
        if wanted not in self._catalogues:
            self._catalogues[wanted] = self._catalogue(wanted)
        return self._catalogues[wanted]

    def _catalogue(self, enabled: frozenset[str]) -> Catalogue:
        records, stored = self.given(kinds.FieldType, enabled), self.given(kinds.StoredType, enabled)
        types: tuple[kinds.FieldType | kinds.StoredType, ...] = (*records, *stored)
        functions, resolvers = self.given(FunctionSpec, enabled), self.given(kinds.Resolver, enabled)
        return Catalogue(
            actions={a.spec.name: a.spec for a in self.given(Action, enabled)},
            types={t.spec.name: t.known for t in types},
            functions={f.name: f for f in functions},
            resolvers={r.spec.name: r.spec for r in resolvers},
            plugins=enabled & self.names,
            all=None if enabled >= self.names else self.catalogue(self.names),
            owners={t.spec.name: self.owner(t) for t in types} | {f.name: self.owner(f) for f in functions},
            away={name: away.why for name, away in self.left.items()},
        )

    def given(self, kind: type[T], enabled: Collection[str] | None = None) -> tuple[T, ...]:
        """What the *enabled* plugins (None = all) registered of *kind*, in order of plugin names."""
        key = (kind, enabled if enabled is None else tuple(enabled))
        found = self._given.get(key)
        if found is None:
            pairs = self._all[HOOK_OF[kind]]
            wanted = None if enabled is None else (ENGINE, *enabled)
            found = tuple(x for name, x in pairs if isinstance(x, kind) and (wanted is None or name in wanted))
            self._given[key] = found
        return found

    def action(self, name: str) -> ActionSpec | None:
        """The action called *name*; its ``run(ctx, stored inputs)`` answers an Outcome."""
        return self._actions.get(name)

    def undo(self, name: str) -> Undo | None:
        """The undoing called *name*; call it with (ctx, receipt)."""
        return self._undos.get(name)

    def field_type(self, name: str) -> kinds.FieldType | None:
        """The plugin field type called *name*."""
        return self._types.get(name)

    def resolver(self, name: str) -> kinds.Resolver | None:
        """The people resolver called *name*."""
        return self._resolvers.get(name)

    def job(self, name: str) -> kinds.Reaction | Sender | None:
        """The reaction or sender that runs the jobs called *name*."""
        return self._jobs.get(name)

    def check_handed(self, plugin: str, thing: object) -> None:
        """Raise Unfit when *thing*, which *plugin* hands to ``emit``, could never be delivered or run."""
        fit(plugin, [name for name in self._jobs if name.startswith(f"{plugin}.")], thing)

    def owner(self, contribution: object) -> str:
        """The plugin that registered *contribution*."""
        hook = next(hook for kind, hook in HOOK_OF.items() if isinstance(contribution, kind))
        return next(name for name, known in self._all[hook] if known is contribution)

    def brings(self, plugin: str) -> dict[str, int]:
        """How many contributions of each hook *plugin* registered, by the hook's name without ``register_``."""
        counts = {hook: sum(name == plugin for name, _ in pairs) for hook, pairs in self._all.items()}
        return {hook.removeprefix("register_"): count for hook, count in counts.items() if count}

    # What a district sets

    def read_settings(
        self, written: Mapping[str, Mapping[str, Any]], roles: RoleTable = ANY_ROLE
    ) -> tuple[dict[str, dict[str, Any]], tuple[Problem, ...]]:
        """Stored settings with defaults by plugin from ``district.yaml`` (the words under each plugin), and faults."""
        stored: dict[str, dict[str, Any]] = {}
        problems: list[Problem] = []
        for name, words in written.items():
            if name not in self.names:
                problems.append(no_plugin(name, self.names, self.left.get(name)))
                continue
            settings = self._settings(name)
            stored[name], found = read_settings(name, settings, words, roles)
            stored[name] |= {VERSION: version_of(settings)} if version_of(settings) > 1 else {}
            problems.extend(found)
        return stored, tuple(problems)

    def settings(self, plugin: str, stored: Mapping[str, Any], secrets: Mapping[str, str] | None = None) -> Reading:
        """What a district has *stored* for *plugin*, with the *secrets* of the installation."""
        found = self.implementations("migrate_settings", [plugin])
        migrate = next((partial(brought_over, hook) for name, hook in found if name == plugin), None)
        return read_stored(plugin, self._settings(plugin), stored, migrate, secrets or {}, self.folder(plugin))

    def secrets(self) -> frozenset[str]:
        """The variables that the installation may be given secrets by."""
        every = ((name, setting) for name in self.names for setting in self._settings(name))
        return frozenset(secret_variable(name, setting.name) for name, setting in every if setting.secret)

    def _settings(self, plugin: str) -> tuple[kinds.Setting, ...]:
        pairs = self._all["register_settings"]
        return tuple(s for name, s in pairs if name == plugin and isinstance(s, kinds.Setting))

    def connection(self, plugin: str, tx: Tx, *, district: str, writing: bool) -> PluginConnection:
        """What *plugin* is handed as ``ctx.db`` of *district* while *tx* runs."""
        return PluginConnection(tx, self._fences[plugin], district, writing)

    # What the store needs

    def tables(self) -> tuple[Table, ...]:
        """Every plugin's tables."""
        return self.given(Table)

    def migrations(self) -> tuple[MigrationLine, ...]:
        """A line of migrations for each plugin that owns tables, by name."""
        owners = {name for name, _ in self._all["register_tables"]}
        return tuple(
            MigrationLine(p.name, p.folder / "migrations", f"{p.name}_version", metadata_of(p.name))
            for p in self.plugins
            if p.folder is not None and p.name in owners
        )

    # What the doors need

    def pages(self, enabled: Collection[str]) -> tuple[Page, ...]:
        """The pages of the *enabled* plugins, in the order of the menu."""
        pages = self.given(Page, enabled)
        return tuple(sorted(pages, key=lambda page: (page.order, page.path)))

    def templates(self) -> tuple[Path, ...]:
        """The folders of templates; each holds one folder named as its plugin."""
        folders = (plugin.folder / "templates" for plugin in self.plugins if plugin.folder is not None)
        return tuple(folder for folder in folders if folder.is_dir())

    # Calling

    def implementations(self, hook: str, enabled: Collection[str]) -> tuple[tuple[str, Hook], ...]:
        """The *enabled* plugins' functions for *hook*, in order of plugin names."""
        key = (hook, tuple(enabled))
        found = self._hooked.get(key)
        if found is None:
            wanted = (ENGINE, *enabled)
            impls = {impl.plugin_name: impl for impl in getattr(self._pluggy.hook, hook).get_hookimpls()}
            plugins = [plugin for plugin in self.plugins if plugin.name in impls and plugin.name in wanted]
            for one in plugins:
                self._entered.setdefault((hook, one.name), called(one, hook, impls[one.name]))
            found = self._hooked[key] = tuple((p.name, self._entered[hook, p.name]) for p in plugins)
        return found

    def implements(self, plugin: str, hook: str) -> bool:
        """Whether *plugin* has a function for *hook*."""
        return any(name == plugin for name, _ in self.implementations(hook, [plugin]))

    def _collect(self, hook: str) -> Iterator[tuple[str, object]]:
        for name, register in self.implementations(hook, self.names):
            try:
                answer = register({})
            except PluginError:
                raise
            except Exception as reason:
                raise register_fault(name, hook, reason, self.folder(name)) from reason
            for contribution in answer:
                yield name, _SEALS.get(type(contribution), sealed)(name, self.folder(name), contribution)
