"""The settings of an installation: one table of name, default and help, read from ``RONGTONG_*`` in the environment."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from engine.errors import Problem
from engine.i18n import Text

PREFIX: Final = "RONGTONG_"


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting; in the environment its name is in capitals behind the prefix."""

    name: str
    default: str
    help: Text

    @property
    def variable(self) -> str:
        """The name in the environment, such as ``RONGTONG_DB``."""
        return PREFIX + self.name.upper()


SETTINGS: Final = (
    Setting(
        "db",
        "sqlite:///rongtong.db",
        Text("数据库地址：sqlite:///文件 或 postgresql://用户@主机/库名", "database URL: SQLite file or PostgreSQL"),
    ),
    Setting("host", "127.0.0.1", Text("网页服务监听的地址", "address the web server listens on")),
    Setting("port", "8600", Text("网页服务监听的端口", "port the web server listens on")),
    Setting(
        "public_url", "", Text("对外的网址；https 时启用安全 Cookie", "public address; https makes cookies secure")
    ),
    Setting(
        "secret_key", "", Text("会话密钥；留空则每次启动新生成", "session key; empty makes a new one at each start")
    ),
    Setting("workflows", "", Text("流程与区县包所在的文件夹", "folder of the workflows, in place of the shipped ones")),
    Setting("debug", "", Text("写任意值：出错时显示出错位置", "any value: show where a fault of the program happened")),
    Setting("require", "", Text("测试：缺少即失败的部件", "tests: what must not be missing (browser, postgres)")),
    Setting("test_pg", "", Text("测试：现成的 PostgreSQL 地址", "tests: URL of a PostgreSQL to use")),
    Setting("chromium", "", Text("测试：Chromium 程序的位置", "tests: where Chromium is")),
    Setting("screenshots", "", Text("测试：截图存放的文件夹", "tests: folder for screenshots")),
)


def read(environment: Mapping[str, str]) -> dict[str, str]:
    """Every setting by name: the environment's value, else the default."""
    return {setting.name: environment.get(setting.variable) or setting.default for setting in SETTINGS}


def misspelt(environment: Mapping[str, str]) -> Iterator[Problem]:
    """A warning for each variable with our prefix that names no setting."""
    known = [setting.variable for setting in SETTINGS]
    for variable in sorted(environment):
        if not variable.startswith(PREFIX) or variable in known:
            continue
        near = difflib.get_close_matches(variable, known, 1)
        hint = Text(f"是不是 {near[0]}？", f"Did you mean {near[0]}?") if near else None
        message = Text(f"没有叫 {variable} 的设置。", f"There is no setting {variable}.")
        yield Problem("unknown-setting", message, hint, path=variable, warning=True)
