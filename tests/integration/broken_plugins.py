"""Plugins called ``odd`` that are broken, each in another way, as files of a package that can be found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

MANIFEST = """\
name: odd
version: "1"
engine: ">=1,<2"
title: {zh: 怪, en: odd}
summary: {zh: 怪, en: odd}
tables: [TABLES]
"""
HEAD = """\
from __future__ import annotations
from dataclasses import dataclass
from typing import Annotated, ClassVar
from sqlalchemy import Column, Table, Text as Words, MetaData
from engine.extend import *
from engine.extend import hookimpl

W = Text("怪", "odd")
@dataclass(frozen=True)
class In:
    words: str = ""
@dataclass(frozen=True)
class Out:
    title: ClassVar[Text] = W
"""
TABLE = HEAD + """
thing = plugin_table("odd", "thing", Column("id", Words), key=["id"])
@hookimpl
def register_tables():
    return [thing]
"""
MIGRATION = """\
import sqlalchemy as sa
from alembic import op
revision, down_revision, branch_labels, depends_on = "odd_1", None, None, None
def upgrade():
    op.create_table("odd_thing", sa.Column("district_id", sa.Text, primary_key=True), sa.Column("id", sa.Text, primary_key=True))
def downgrade():
    op.drop_table("odd_thing")
"""
LATER = """\
revision = "odd_2"
down_revision = "odd_1"
def upgrade():
    pass
"""


@dataclass(frozen=True)
class Broken:
    """A plugin's files, beside the usual manifest, and what its fault says: where, and what is wrong."""

    files: Mapping[str, str | bytes]
    place: str
    says: str = ""
    tables: str = ""
    folder: str = "odd"
    manifest: bool = field(default=True)

    def write(self, package: Path) -> None:
        """Put the plugin into *package*."""
        folder = package / self.folder
        folder.mkdir()
        files = {"plugin.yaml": MANIFEST.replace("TABLES", self.tables)} if self.manifest else {}
        for name, text in {**files, **self.files}.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())


def hooks(body: str) -> dict[str, str | bytes]:
    return {"hooks.py": HEAD + body}


def registers(hook: str, what: str, before: str = "") -> dict[str, str | bytes]:
    return hooks(f"{before}\n@hookimpl\ndef register_{hook}():\n    return [{what}]\n")


ACT = '@action("odd.act", title=W)\ndef act(ctx: ActionContext, i: In) -> Out: ...\n'
VIEW = 'def view(ctx):\n    return View("odd/x.html", W)\n'
SETTING = 'Setting("n", ValueType("{}"), W{})'

#: At the start: what cannot be loaded, read, or fitted to the rest.
AT_START: dict[str, Broken] = {
    "no python": Broken({"hooks.py": "def f(:\n"}, "odd/hooks.py:1", "SyntaxError"),
    "a library that is not there": Broken({"hooks.py": "\nimport no_such_library\n"}, "odd/hooks.py:2", "no_such_library"),
    "a part of its own that fails": Broken(
        {"hooks.py": "from pkg.odd import deep\n", "deep.py": "\n\n1 / 0\n", "__init__.py": ""}, "odd/deep.py:3", "ZeroDivision"
    ),
    "an exit": Broken({"hooks.py": "import sys\nsys.exit(3)\n"}, "odd/hooks.py:2", "SystemExit"),
    "a recursion without end": Broken(
        {"hooks.py": "def f():\n    f()\nf()\n"}, "odd/hooks.py:2", "RecursionError"
    ),
    "a name that nobody has": Broken({"hooks.py": "x = y\n"}, "odd/hooks.py:1", "NameError"),
    "no manifest's keys": Broken({"hooks.py": "", "plugin.yaml": "name: odd\n"}, "plugin.yaml:1", "'version' is missing"),
    "a manifest that is no YAML": Broken({"hooks.py": "", "plugin.yaml": "name: [\n"}, "plugin.yaml:"),
    "a manifest in another encoding": Broken({"hooks.py": "", "plugin.yaml": b"name: \xff\xfe\n"}, "plugin.yaml"),
    "another engine": Broken(
        {"hooks.py": "", "plugin.yaml": MANIFEST.replace("TABLES", "").replace(">=1,<2", ">=7,<8")}, "plugin.yaml:3", ">=7"
    ),
    "another name": Broken(
        {"hooks.py": "", "plugin.yaml": MANIFEST.replace("TABLES", "").replace("name: odd", "name: even")},
        "plugin.yaml:1", "even",
    ),
    "a misspelt hook": Broken(hooks("@hookimpl\ndef register_actoins():\n    return []\n"), "odd/hooks.py:", "did you mean register_actions"),
    "a hook that wants more": Broken(hooks("@hookimpl\ndef check_act(ctx, more): ...\n"), "odd/hooks.py:", "more"),
    "a hook that raises": Broken(hooks("@hookimpl\ndef register_types():\n    1 / 0\n"), "odd/hooks.py:", "ZeroDivision"),
    "a hook that gives nothing": Broken(hooks("@hookimpl\ndef register_types(): ...\n"), "odd/hooks.py:", "register_types"),
    "a hook that gives something else": Broken(registers("types", "7"), "odd/hooks.py:", "FieldType"),
    "an action of another's": Broken(registers("actions", "act", ACT.replace("odd.act", "desk.act")), "odd/hooks.py:", "desk.act"),
    "an action twice": Broken(registers("actions", "act, act", ACT), "odd/hooks.py:", "odd.act"),
    "an undo that is nowhere": Broken(
        registers("actions", "act", ACT.replace("title=W", 'title=W, undo="odd.back"')), "odd/hooks.py:", "odd.back"
    ),
    "an action without types": Broken(registers("actions", "act", ACT.replace("i: In", "i")), "odd/hooks.py:"),
    "an input of no type": Broken(
        registers("actions", "act", ACT.replace("In", "In2") and "@dataclass(frozen=True)\nclass In2:\n    x: object = None\n"
                  + ACT.replace("i: In", "i: In2")), "odd/hooks.py:",
    ),
    "a default of another type": Broken(registers("settings", SETTING.format("integer", ', "five"')), "odd/hooks.py:", "n"),
    "a default below its least": Broken(registers("settings", SETTING.format("integer", ", 1, min=5")), "odd/hooks.py:", "n"),
    "a secret with a default": Broken(
        registers("settings", SETTING.format("text", ', "x", secret=True')), "odd/hooks.py:", "secret"
    ),
    "a type of the language": Broken(
        registers("types", 'FieldType(TypeSpec("money", W), None, None)'), "odd/hooks.py:", "money"
    ),
    "a sentence about nothing": Broken(registers("sentences", 'Sentence("odd.nil", "ok", W)'), "odd/hooks.py:", "odd.nil"),
    "evidence about nothing": Broken(registers("evidence", 'EvidenceSource("odd.nil", None)'), "odd/hooks.py:", "odd.nil"),
    "an endpoint elsewhere": Broken(registers("endpoints", 'Endpoint("/x", "x", None)'), "odd/hooks.py:", "/x"),
    "an invariant of another's": Broken(registers("invariants", 'Invariant("desk.x", W, None)'), "odd/hooks.py:", "desk.x"),
    "a reaction of another's": Broken(registers("reactions", 'Reaction("desk.x", "", None)'), "odd/hooks.py:", "desk.x"),
    "a sender whose module is not there": Broken(
        {**registers("senders", 'Sender("odd.way", W, view, SEND)', VIEW + 'NAME = "odd.way"\nSEND = "odd.nowhere:send"\n')},
        "odd/hooks.py:18", "'odd.nowhere:send' of sender odd.way",
    ),
    "a sender whose function is not there": Broken(
        {**registers("senders", 'Sender("odd.way", W, view, SEND)', VIEW + 'NAME = "odd.way"\nSEND = "json:nowhere"\n')},
        "odd/hooks.py:18", "'json:nowhere' of sender odd.way",
    ),
    "a hook that gives a type": Broken(registers("types", "FieldType"), "odd/hooks.py:", "FieldType"),
    "a title in one language": Broken(registers("settings", 'Setting("n", ValueType("text"), "words")'), "odd/hooks.py:", "Setting.title"),
    "a page without a slash": Broken(registers("pages", "Page('odd', W, view)", VIEW), "odd/hooks.py:", "'odd'"),
    "a page of the engine's": Broken(registers("pages", "Page('/inbox', W, view)", VIEW), "odd/hooks.py:", "/inbox"),
    "an icon that is not there": Broken(registers("pages", "Page('/odd', W, view, icon='coinn')", VIEW), "odd/hooks.py:", "coinn"),
    "a template that cannot be read": Broken(
        {**registers("pages", "Page('/odd', W, view)", VIEW), "templates/odd/x.html": "\n{% if %}"}, "odd/templates/odd/x.html:2", "Expected"
    ),
    "a template with a misspelt filter": Broken(
        {**registers("pages", "Page('/odd', W, view)", VIEW), "templates/odd/x.html": "\n{% if title %}{{ title|sai }}{% endif %}"},
        "odd/templates/odd/x.html:2", "there is no filter 'sai' (did you mean say?)",
    ),
    "a template with a misspelt test": Broken(
        {**registers("pages", "Page('/odd', W, view)", VIEW), "templates/odd/x.html": "\n{% if title is definde %}{% endif %}"},
        "odd/templates/odd/x.html:2", "there is no test 'definde' (did you mean defined?)",
    ),
    "a template with a misspelt layout": Broken(
        {**registers("pages", "Page('/odd', W, view)", VIEW), "templates/odd/x.html": "\n{% extends 'layout/stuff.html' %}"},
        "odd/templates/odd/x.html:2", "there is no template layout/stuff.html (did you mean layout/staff.html?)",
    ),
    "a template with a block twice": Broken(
        {**registers("pages", "Page('/odd', W, view)", VIEW),
         "templates/odd/x.html": "{% block main %}{% endblock %}\n{% block main %}{% endblock %}"},
        "odd/templates/odd/x.html:2", "block 'main' defined twice",
    ),
    "a template in another encoding": Broken(
        {**registers("pages", "Page('/odd', W, view)", VIEW), "templates/odd/x.html": b"\xff\xfe"}, "odd/templates/odd/x.html:1", "UTF-8"
    ),
    "a template that is not there": Broken(registers("pages", "Page('/odd', W, view)", VIEW), "odd/hooks.py:16", "odd/x.html"),
    "a template that another lacks": Broken(
        {**registers("pages", "Page('/odd', W, view)", VIEW), "templates/odd/x.html": "{% extends 'odd/y.html' %}"},
        "odd/templates/odd/x.html:1", "odd/y.html",
    ),
    "a resolver of no type": Broken(
        registers("resolvers", 'Resolver(ResolverSpec("odd.who", (Parameter("t", ValueType("toool")),), W), view)', VIEW),
        "odd/hooks.py:", "t of odd.who is of type 'toool'",
    ),
    "a function of no type": Broken(
        registers("functions", 'FunctionSpec("odd.f", (), ValueType("toool"), view)', VIEW), "odd/hooks.py:", "'toool'"
    ),
    "a table that the manifest lacks": Broken({"hooks.py": TABLE}, "odd/", "odd_thing"),
    "a table that only the manifest has": Broken({"hooks.py": HEAD}, "odd/plugin.yaml:", "odd_thing", "odd_thing"),
    "a table of another's name": Broken(
        registers("tables", 'Table("cases2", MetaData(), Column("x", Words))'), "odd/hooks.py:", "cases2"
    ),
}
#: On a database: tables that cannot be made.
AT_MIGRATION: dict[str, Broken] = {
    "no migrations": Broken({"hooks.py": TABLE}, "odd/hooks.py:", "no migration", "odd_thing"),
    "a migration that raises": Broken(
        {"hooks.py": TABLE, "migrations/1.py": MIGRATION.replace("def upgrade():", "def upgrade():\n    1 / 0")},
        "1.py:5", "ZeroDivisionError", "odd_thing",
    ),
    "a migration that stops half way": Broken(
        {"hooks.py": TABLE, "migrations/1.py": MIGRATION.replace("\ndef down", '\n    op.execute("SELEKT 1")\ndef down')},
        "1.py:6", "", "odd_thing",
    ),
    "a migration that follows none": Broken(
        {"hooks.py": TABLE, "migrations/1.py": MIGRATION.replace('"odd_1", None', '"odd_1", "odd_0"')},
        "odd/migrations/1.py:3", "there is no revision 'odd_0'", "odd_thing",
    ),
    "a later migration that follows none": Broken(
        {"hooks.py": TABLE, "migrations/1.py": MIGRATION, "migrations/2.py": LATER.replace("odd_1", "odd_l")},
        "odd/migrations/2.py:2", "there is no revision 'odd_l'", "odd_thing",
    ),
    "two migrations of one name": Broken(
        {"hooks.py": TABLE, "migrations/1.py": MIGRATION, "migrations/2.py": LATER.replace('"odd_1"', "None").replace("odd_2", "odd_1")},
        ".py:", "is revision 'odd_1' as well", "odd_thing",
    ),
    "a migration that is no Python": Broken(
        {"hooks.py": TABLE, "migrations/1.py": MIGRATION + "def f(:\n"}, "1.py:", "SyntaxError", "odd_thing"
    ),
}  # fmt: skip
