"""The plugin of docs/plugins.md, written exactly as the page says, and tried."""

from __future__ import annotations

import importlib
import json
import re
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.error import HTTPError

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import insert

import plugins
from engine.app import Options, create_app
from engine.definition.load import load_process
from engine.errors import Vetoed
from engine.extend.loading.tables import metadata_of
from engine.extend.registry import Registry
from engine.operations import cases
from engine.operations.context import Caller
from engine.operations.reading import plugin_parts
from engine.testing import Database, Trial, load_plugin
from tests.town import build

PAGE = (Path(__file__).parents[2] / "docs" / "plugins.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"^`([\w/.]+)`\n\n```\w+\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL))


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder where the page's files were written; its ``plugins`` joins the real ones."""
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (tmp_path / "plugins/tool_lending/__init__.py").touch()
    monkeypatch.setattr(plugins, "__path__", [*plugins.__path__, str(tmp_path / "plugins")])
    importlib.invalidate_caches()
    yield tmp_path
    for name in [name for name in sys.modules if name.startswith("plugins.tool_lending")]:
        del sys.modules[name]
    metadata_of("tool_lending").clear()


def test_the_page_shows_every_file_of_the_plugin() -> None:
    assert [name.removeprefix("plugins/tool_lending/") for name in FILES] == [
        "plugin.yaml",
        "tables.py",
        "actions.py",
        "hooks.py",
        "telling.py",
        "posting.py",
        "web.py",
        "templates/tool_lending/tools.html",
        "keeping.py",
        "migrations/0001_tools.py",
        "tests/test_lending.py",
        "workflows/common/lend_tool.yaml",
    ]


@pytest.mark.parametrize(
    "name",
    ["the_last_ladder_is_lent_once_and_comes_back",
     "the_keeper_hears_the_name_of_the_tool_where_there_is_an_address",
     "the_tools_of_a_pack_are_shown_kept_and_counted"],
)  # fmt: skip
def test_its_own_test_passes(written: Path, db: Database, name: str) -> None:
    module = importlib.import_module("plugins.tool_lending.tests.test_lending")
    getattr(module, f"test_{name}")(db)


def test_what_it_sends_arrives_and_what_is_refused_is_raised(written: Path, db: Database) -> None:
    heard: list[tuple[str, object]] = []

    class Keeper(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            heard.append((self.headers["Idempotency-Key"], body))
            self.send_response(200 if body["tool"] == "梯子" else 500)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    with HTTPServer(("127.0.0.1", 0), Keeper) as server:
        thread = threading.Thread(target=lambda: [server.handle_request() for _ in range(2)])
        thread.start()
        settings = {"keeper": f"http://127.0.0.1:{server.server_port}/"}
        registry = Registry([load_plugin("plugins.tool_lending.hooks")])
        trial = Trial(db, registry, "tool_lending", "2026-06-10T09:00", settings)
        assert trial.send("tool_lending.tell", {"tool": "梯子"}) == {"status": 200}
        with pytest.raises(HTTPError, match="500"):
            trial.send("tool_lending.tell", {"tool": "电钻"})
        thread.join()
    assert heard == [("message", {"tool": "梯子"}), ("message", {"tool": "电钻"})]


def test_its_migration_makes_its_tables(written: Path, db: Database) -> None:
    tables = importlib.import_module("plugins.tool_lending.tables")
    revision = importlib.import_module("plugins.tool_lending.migrations.0001_tools")
    with db.connect() as connection:
        options = {"include_name": lambda name, kind, _: kind != "table" or name.startswith("tool_lending_")}
        context = MigrationContext.configure(connection, opts=options)
        tables.tool.metadata.drop_all(connection)  # an earlier test may have left them
        with Operations.context(context):
            revision.upgrade()
            assert compare_metadata(context, tables.tool.metadata) == []
            revision.downgrade()


def test_its_process_is_sound(written: Path) -> None:
    registry = Registry([load_plugin("plugins.tool_lending.hooks")])
    path = written / "workflows/common/lend_tool.yaml"
    text = path.read_text(encoding="utf-8")
    process, problems = load_process(text, str(path), registry.catalogue(["tool_lending"]), find_base=lambda _: None)
    assert problems == ()
    assert process is not None
    assert process.title.zh == "借工具"


def test_its_check_refuses_a_start_at_the_field_and_the_page_is_shown(written: Path, db: Database) -> None:
    tables = importlib.import_module("plugins.tool_lending.tables")
    tables.tool.metadata.create_all(db.engine)
    town = build(db, beside=[load_plugin("plugins.tool_lending.hooks")])
    town.publish((written / "workflows/common/lend_tool.yaml").read_text(encoding="utf-8"))
    row = {"district_id": town.ctx.id, "id": "t1", "unit": "a", "name": "梯子", "shelf": 0}
    with db.engine.begin() as connection:
        connection.execute(insert(tables.tool), row)
    with pytest.raises(Vetoed) as refused:
        cases.start(town.ctx, Caller("ann"), "lend_tool", {"tool": "t1"}, unit="a")
    assert [(problem.code, problem.path) for problem in refused.value.problems] == [("tool-out", "tool")]
    view = plugin_parts.page(town.ctx, Caller("ann"), 0, {}, {}, "")
    app = create_app(town.system, Options(secret_key="only for tests"))
    source = app.jinja_env.loader.get_source(app.jinja_env, view.template)[0]
    assert "layout/staff.html" in source
    town.system.runner.release()
    tables.tool.metadata.drop_all(db.engine)
