"""The wheel carries all that an installed Rongtong needs, and runs far from the checkout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.architecture.source import ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def shipped(folder: str, pattern: str) -> set[str]:
    """Files of the checkout that an installation needs, as paths in the wheel."""
    found = [path.relative_to(ROOT) for path in (ROOT / folder).rglob(pattern) if path.is_file()]
    kept = [path for path in found if "tests" not in path.parts and "__pycache__" not in path.parts]
    return {path.as_posix().replace("workflows/", "engine/_workflows/", 1) for path in kept}


def test_the_wheel_holds_code_content_pages_and_catalogues_but_no_tests(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    needed = shipped("engine", "*") | shipped("plugins", "*") | shipped("workflows", "*")
    assert not needed - held
    assert not [name for name in held if "/tests/" in name or name.startswith(("tests/", "benchmarks/", "tools/"))]


def test_the_wheel_says_that_it_is_typed_and_where_its_project_is(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as held:
        assert {"engine/py.typed", "plugins/py.typed"} <= set(held.namelist())
        metadata = held.read(next(name for name in held.namelist() if name.endswith("/METADATA"))).decode()
    assert "Classifier: Typing :: Typed" in metadata
    named = {line.split(": ", 1)[1].split(",")[0] for line in metadata.splitlines() if line.startswith("Project-URL")}
    assert {"Homepage", "Documentation", "Changelog", "Issues"} <= named


@pytest.fixture(scope="module")
def site(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, installed by itself; the libraries it needs are those of this environment."""
    folder = tmp_path_factory.mktemp("site")
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-index", "--target", str(folder), str(wheel)]
    subprocess.run(pip, check=True, capture_output=True)
    return folder


def say(site: Path, elsewhere: Path, program: str) -> str:
    """What *program* prints, run far from the checkout."""
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=elsewhere,
        env={**os.environ, "PYTHONPATH": str(site)},
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


def test_an_installed_wheel_finds_its_content_inside_itself(site: Path, tmp_path: Path) -> None:
    answer = say(site, tmp_path, "from engine.content import shipped_workflows as w; print(w(), *w().iterdir())")
    assert answer.startswith(str(site))
    assert {"calendars", "common", "districts"} <= {Path(word).name for word in answer.split()}


def test_an_installed_rongtong_checks_all_it_brings_from_any_folder(site: Path, tmp_path: Path) -> None:
    answer = say(site, tmp_path, "from engine.cli import main; main(['check', '--json'])")
    assert json.loads(answer) == {"ok": True, "problems": []}


def test_an_installed_rongtong_finds_its_plugins(site: Path, tmp_path: Path) -> None:
    told = json.loads(say(site, tmp_path, "from engine.cli import main; main(['plugins', '--json'])"))
    assert {"partner_registry", "points_exchange", "venue_sharing"} <= {plugin["name"] for plugin in told}
