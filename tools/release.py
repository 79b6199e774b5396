"""Builds both distributions and tries them as somebody who has nothing else would: ``python -m tools.release``.

The wheel is built from the source distribution, so that one is whole. Nothing is uploaded.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

ROOT: Final = Path(__file__).parents[1]
DIST: Final = ROOT / "dist"


def built() -> Path:
    """The wheel, in a fresh ``dist`` beside the source distribution that it was made of."""
    shutil.rmtree(DIST, ignore_errors=True)
    _run(sys.executable, "-m", "build", "--outdir", str(DIST), str(ROOT))
    _run(sys.executable, "-m", "twine", "check", "--strict", *map(str, sorted(DIST.iterdir())))
    return next(DIST.glob("*.whl"))


def tried(wheel: Path, folder: Path) -> None:
    """Install *wheel* into an environment of its own below *folder*, and let it live through a demo there."""
    home = folder / "home"
    _run(sys.executable, "-m", "venv", str(home))
    scripts = home / ("Scripts" if sys.platform == "win32" else "bin")
    _run(str(scripts / "python"), "-m", "pip", "install", "-q", str(wheel))
    command = str(scripts / "rongtong")
    database = f"sqlite:///{folder / 'demo.db'}"
    _run(command, "--version", cwd=folder)
    _run(command, "check", cwd=folder)
    _run(command, "demo", "--no-serve", "--db", database, cwd=folder)
    _run(command, "backup", str(folder / "backup.db"), "--db", database, cwd=folder)
    _run(command, "restore", str(folder / "backup.db"), "--db", f"sqlite:///{folder / 'restored.db'}", cwd=folder)


def _run(*command: str, cwd: Path = ROOT) -> None:
    subprocess.run(command, check=True, cwd=cwd)


if __name__ == "__main__":
    made = built()
    with TemporaryDirectory() as place:
        tried(made, Path(place))
    print("\n".join(one.name for one in sorted(DIST.iterdir())))  # noqa: T201
