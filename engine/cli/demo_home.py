"""Where a demo lives: in a folder of its own, or in a database that is empty; it never touches what it did not make."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Protocol

from engine.cli import options, say
from engine.errors import RongtongError
from engine.operations.districts import is_whole_demo
from engine.store.databases.database import open_database
from engine.store.databases.ownership import Standing, standing

_MARK = ".rongtong-demo"
_DATABASE = "rongtong.db"


class DemoTask(Enum):
    """What is left to do before the demo can be shown."""

    MAKE = "make"
    GO_ON = "go on"


class Home(Protocol):
    """A place for the database of a demo."""

    @property
    def url(self) -> str:
        """The database's address."""
        ...

    def prepare(self, *, fresh: bool, go_on: bool) -> DemoTask:
        """Make it ready and say what is to be done. What is not ours is refused, never touched."""
        ...


@dataclass(frozen=True)
class Given:
    """A database that somebody names: it has to be empty, or to hold a demo to go on with."""

    url: str

    def prepare(self, *, fresh: bool, go_on: bool) -> DemoTask:
        """See ``Home``."""
        database = open_database(self.url)
        try:
            found = standing(database)
        finally:
            database.close()
        demo = found is Standing.OURS and _holds_demo(self.url)
        if demo and go_on:
            return DemoTask.GO_ON
        if go_on:
            en = "This database holds no finished demo to go on with; leave out --continue."
            raise say.usage("这个库里没有可以接着看的演示。去掉 --continue。", en, "demo_folder")
        if found is Standing.EMPTY:
            return DemoTask.MAKE
        zh = "这个库里已有数据，没有动它。换一个空库"
        en = "This database holds data and stays as it is; name an empty one"
        if demo and not fresh:
            zh, en = f"{zh}，或用 --continue 接着看里面的演示", f"{en}, or --continue the demo in it"
        raise say.usage(f"{zh}。", f"{en}.", "demo_folder")


@dataclass(frozen=True)
class Folder:
    """The demo's own folder; its mark says that the demo made it, and only then is anything in it replaced."""

    path: Path

    @property
    def database(self) -> Path:
        """The database file."""
        return self.path / _DATABASE

    @property
    def url(self) -> str:
        """The database's address."""
        return f"sqlite:///{self.database.as_posix()}"

    @property
    def ours(self) -> bool:
        """Whether a demo made this folder."""
        return (self.path / _MARK).is_file()

    def prepare(self, *, fresh: bool, go_on: bool) -> DemoTask:
        """See ``Home``. A history that was broken off is made anew without asking."""
        if self.path.exists() and not self.ours and (not self.path.is_dir() or any(self.path.iterdir())):
            raise say.usage(f"{self.path}不是演示建的，没有动它。用 --dir 换一个文件夹。",
                            f"{self.path} was not made by a demo and stays as it is; choose another with --dir.",
                            "demo_folder")  # fmt: skip
        whole = self.ours and self.database.is_file() and not fresh and _holds_demo(self.url)
        if go_on and not whole:
            raise say.usage(f"{self.path}里没有可以接着看的演示。去掉 --continue 重做一份。",
                            f"There is no demo to go on with in {self.path}; leave out --continue.",
                            "demo_folder")  # fmt: skip
        if go_on:
            return DemoTask.GO_ON
        if whole:
            raise say.usage(f"{self.path}里已有一份演示。加 --continue 接着过到现在，或加 --fresh 重做。",
                            f"{self.path} holds a demo already: --continue lives on until now, --fresh makes it anew.",
                            "demo_folder")  # fmt: skip
        self.path.mkdir(parents=True, exist_ok=True)
        for beside in ("", "-wal", "-shm", "-journal", "-next", "-turn"):
            (self.path / f"{_DATABASE}{beside}").unlink(missing_ok=True)
        (self.path / _MARK).write_text(json.dumps({"database": _DATABASE}) + "\n", "utf-8", newline="\n")
        return DemoTask.MAKE


def _holds_demo(url: str) -> bool:
    """Whether the database holds a demo that was lived through to its end."""
    try:
        with options.opened(url) as system:
            return is_whole_demo(system)
    except RongtongError as refusal:
        if refusal.code in ("no_database", "foreign_database"):
            return False
        raise
