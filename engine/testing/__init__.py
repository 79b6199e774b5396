"""A kit for the tests of plugins: a small district on a real database, and contexts to call the plugin with."""

from __future__ import annotations

from engine.extend.loading.discovery import load_plugin
from engine.extend.registry import Registry
from engine.store.databases.database import Database
from engine.testing.migrations import migration_faults
from engine.testing.pages import render
from engine.testing.trial import Trial
from engine.testing.types import said, typed
from engine.testing.units import Units

__all__ = ["Database", "Registry", "Trial", "Units", "load_plugin", "migration_faults", "render", "said", "typed"]
