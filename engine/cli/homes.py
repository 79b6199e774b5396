"""Where a demo lives: in a folder of its own, or in a database that is empty; it never touches what it did not make."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import inspect

from engine.cli import opening, say
from engine.operations.districts import all_contexts
from engine.store.database import open_database

_MARK = ".rongtong-demo"
_DATABASE = "rongtong.db"


@dataclass(frozen=True)
class Given:
    """A database that somebody names: it has to be empty, or to hold a demo to go on with."""

    url: str

    def prepare(self, *, fresh: bool, go_on: bool) -> bool:
        """True when the history has to be made."""
        database = open_database(self.url)
        try:
            empty = not inspect(database.engine).get_table_names()
        finally:
            database.close()
        if empty and not go_on:
            return True
        if go_on and not empty and self._is_demo():
            return False
        if go_on:
            en = "This database holds no demo to go on with; leave out --continue."
            raise say.usage("这个库里没有可以接着看的演示。去掉 --continue。", en, "demo_folder")
        zh = "这个库里已有数据，没有动它。换一个空库" + ("。" if fresh else "，或用 --continue 接着看演示。")
        en = "This database holds data and stays as it is; name an empty one, or --continue a demo."
        raise say.usage(zh, en, "demo_folder")

    def _is_demo(self) -> bool:
        with opening.opened(self.url) as system:
            districts = all_contexts(system)
        return bool(districts) and all(ctx.district.demo for ctx in districts)


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
        return f"sqlite:///{self.database}"

    @property
    def ours(self) -> bool:
        """Whether a demo made this folder."""
        return (self.path / _MARK).is_file()

    def prepare(self, *, fresh: bool, go_on: bool) -> bool:
        """Make it ready; True when the history has to be made. What is not ours is refused, never touched."""
        if go_on:
            if not (self.ours and self.database.is_file()):
                raise say.usage(f"{self.path}里没有可以接着看的演示。去掉 --continue 重做一份。",
                                f"There is no demo to go on with in {self.path}; leave out --continue.",
                                "demo_folder")  # fmt: skip
            return False
        if self.path.exists() and not self.ours and (not self.path.is_dir() or any(self.path.iterdir())):
            raise say.usage(f"{self.path}不是演示建的，没有动它。用 --dir 换一个文件夹。",
                            f"{self.path} was not made by a demo and stays as it is; choose another with --dir.",
                            "demo_folder")  # fmt: skip
        if self.ours and self.database.exists() and not fresh:
            raise say.usage(f"{self.path}里已有一份演示。加 --continue 接着看，或加 --fresh 重做。",
                            f"{self.path} holds a demo already: --continue goes on with it, --fresh makes it anew.",
                            "demo_folder")  # fmt: skip
        self.path.mkdir(parents=True, exist_ok=True)
        for name in (_DATABASE, f"{_DATABASE}-wal", f"{_DATABASE}-shm", f"{_DATABASE}-journal"):
            (self.path / name).unlink(missing_ok=True)
        (self.path / _MARK).write_text(json.dumps({"database": _DATABASE}) + "\n", encoding="utf-8")
        return True
