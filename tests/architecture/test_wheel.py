"""The wheel carries all that an installed Rongtong needs, and runs far from the checkout."""

from __future__ import annotations

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
    assert not [name for name in held if "/tests/" in name or name.startswith(("tests/", "benchmarks/"))]


def test_an_installed_wheel_finds_its_processes_from_any_folder(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-index", "--target", str(site), str(wheel)]
    subprocess.run(pip, check=True, capture_output=True)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    say = "from engine.content import shipped_workflows as w; print(w(), *sorted(p.name for p in w().iterdir()))"
    answer = subprocess.run(
        [sys.executable, "-c", say],
        cwd=elsewhere,
        env={**os.environ, "PYTHONPATH": str(site)},
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert str(site) in answer
    assert {"calendars", "common", "districts"} <= set(answer.split())
