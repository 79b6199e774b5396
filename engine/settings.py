"""The settings of an installation: one table of name, default and help, read from ``RONGTONG_*`` in the environment."""

from __future__ import annotations

import difflib
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from engine.errors import Problem, RongtongError
from engine.i18n import LANGUAGES, Text, listed

PREFIX: Final = "RONGTONG_"


@dataclass(frozen=True, slots=True)
class InstallationSetting:
    """One setting; in the environment its name is in capitals behind the prefix. No *choices* means any value."""

    name: str
    default: str
    help: Text
    choices: tuple[str, ...] = ()

    @property
    def variable(self) -> str:
        """The name in the environment, such as ``RONGTONG_DB``."""
        return PREFIX + self.name.upper()


#: What an installation may be told; the README lists the same.
SETTINGS: Final = (
    InstallationSetting(
        "db",
        "sqlite:///rongtong.db",
        Text("数据库地址：sqlite:///文件 或 postgresql://用户@主机/库名", "database URL: SQLite file or PostgreSQL"),
    ),
    InstallationSetting("host", "127.0.0.1", Text("网页服务监听的地址", "address the web server listens on")),
    InstallationSetting("port", "8600", Text("网页服务监听的端口", "port the web server listens on")),
    InstallationSetting(
        "public_url",
        "",
        Text(
            "对外的网址，可带路径；https 时启用安全 Cookie", "public address, path included; https makes cookies secure"
        ),
    ),
    InstallationSetting(
        "trusted_proxies",
        "",
        Text(
            "反向代理的IP地址或网段，逗号分隔；只信它们写的访问者地址",
            "IP addresses or networks of your proxies, by commas: only they may say who asks",
        ),
    ),
    InstallationSetting(
        "secret_key",
        "",
        Text(
            "会话密钥，几个用逗号隔开：第一个签，都认；留空则自动生成，存在数据库里",
            "session keys, by commas: the first signs, all are taken; empty: made once and kept in the database",
        ),
    ),
    InstallationSetting(
        "workflows", "", Text("流程与区县包所在的文件夹", "folder of the workflows, in place of the shipped ones")
    ),
    InstallationSetting(
        "lang",
        "",
        Text("命令行只说一种语言：zh 或 en", "zh or en: the one language the command line speaks"),
        LANGUAGES,
    ),
    InstallationSetting(
        "without",
        "",
        Text("不启用的插件，用逗号隔开", "plugins to leave out, with commas between"),
    ),
    InstallationSetting(
        "metrics_token",
        "",
        Text("凭它读 /metrics；留空则没有这个地址", "whoever brings it may read /metrics; empty: there is none"),
    ),
    InstallationSetting(
        "log",
        "plain",
        Text("日志的形式：plain 一行一条，json 一行一个对象", "plain or json: the form of the log"),
        ("plain", "json"),
    ),
    InstallationSetting(
        "debug", "", Text("写任意值：出错时显示出错位置", "any value: show where a fault of the program happened")
    ),
)
#: What only the tests read; CONTRIBUTING lists the same.
TEST_SETTINGS: Final = (
    InstallationSetting("require", "", Text("测试：缺少即失败的部件", "what must not be missing: browser, postgres")),
    InstallationSetting("test_pg", "", Text("测试：现成的 PostgreSQL 地址", "URL of a PostgreSQL to use")),
    InstallationSetting("chromium", "", Text("测试：Chromium 程序的位置", "where Chromium is, if not on the path")),
    InstallationSetting("screenshots", "", Text("测试：截图存放的文件夹", "folder for screenshots")),
    InstallationSetting("odd", "", Text("测试：每个地址发多少个古怪的请求", "how many odd requests each address gets")),
    InstallationSetting("torture", "", Text("测试：all 表示每条语句的每种故障", "all: every fault at every statement")),
    InstallationSetting(
        "poison", "",
        Text("测试：害死后台的任务后面排多少个好的", "how many jobs stand behind the one that kills its workers"),
    ),
)


#: Secrets of plugins begin so; the one of the engine's own is a setting.
_SQLITE: Final = "sqlite:///"
SECRETS: Final = f"{PREFIX}SECRET_"


def secret_variable(plugin: str, setting: str) -> str:
    """The variable that gives the secret *setting* of *plugin*."""
    return f"{SECRETS}{plugin.upper()}_{setting.upper()}"


def sqlite_file(url: str) -> Path | None:
    """The file behind a SQLite URL, or None for another kind of database."""
    return Path(url.removeprefix(_SQLITE)) if url.startswith(_SQLITE) and len(url) > len(_SQLITE) else None


def left_out(environment: Mapping[str, str]) -> frozenset[str]:
    """The plugins that the installation goes without."""
    return frozenset(value("without", environment).replace(",", " ").split())


def secrets_file(url: str) -> Path:
    """Where the secrets of plugins may lie: beside the SQLite database at *url*, or where the program is started."""
    database = sqlite_file(url)
    return database.with_name(f"{database.name}.secrets") if database else Path("rongtong.secrets")


def secrets_given(environment: Mapping[str, str], file: Path) -> tuple[dict[str, str], Text | None]:
    """The secrets of plugins by their variables: from the environment, else from *file*, if there is one.

    And why the file was not used, where it cannot be read, others may read it or it has a line that is no
    ``VARIABLE=value``: whatever needs no secret goes on without it.
    """
    doubt, found = None, dict[str, str]()
    try:
        found = _in_file(file) if os.path.lexists(file) else {}
    except RongtongError as refusal:
        doubt = refusal.text
    return found | {name: said for name, said in environment.items() if name.startswith(SECRETS) and said}, doubt


def _in_file(file: Path) -> dict[str, str]:
    try:
        mode = file.stat().st_mode
        if not stat.S_ISREG(mode):
            raise _unused(file, "它不是文件", "is no file")
        if os.name == "posix" and mode & 0o077:
            zh = f"别人也能读。用 chmod 600 {file} 收回权限，并换掉里面的密钥"
            raise _unused(file, zh, f"may be read by others. Run chmod 600 {file} and change the secrets")
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise _unused(file, "它不是UTF-8。另存为UTF-8", "is not UTF-8. Save it as UTF-8") from None
    except FileNotFoundError:
        raise _unused(file, "它是链接，指向的文件不存在", "is a link to nothing") from None
    except OSError as trouble:
        raise _unused(file, f"读不了：{trouble.strerror}", f"cannot be read: {trouble.strerror}") from None
    found: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        name, sign, said = line.partition("=")
        if not line.strip() or line.startswith("#"):
            continue
        if not sign or not said.strip() or not name.strip().startswith(SECRETS):
            zh, en = f"这一行要写成 {SECRETS}插件_设置=密钥", f"has to read {SECRETS}PLUGIN_SETTING=secret there"
            raise _unused(f"{file}:{number}", zh, en)
        found[name.strip()] = said.strip()
    return found


def _unused(place: Path | str, zh: str, en: str) -> RongtongError:
    """That the file of secrets at *place* is not used, and why."""
    text = Text(f"密钥文件{place}没有用：{zh}。", f"The file of secrets {place} was not used, as it {en}.")
    return RongtongError(text, code="open_secrets")


def named(name: str) -> InstallationSetting:
    """The setting called *name*."""
    return next(setting for setting in SETTINGS if setting.name == name)


def value(name: str, environment: Mapping[str, str]) -> str:
    """What *environment* says for the setting *name*, else its default."""
    setting = named(name)
    return environment.get(setting.variable) or setting.default


def must_be_right(environment: Mapping[str, str]) -> None:
    """Raise RongtongError for a setting whose value is none of its choices."""
    for setting in SETTINGS:
        if setting.choices and value(setting.name, environment) not in (*setting.choices, ""):
            named = listed(setting.choices)
            zh, en = f"{setting.variable} 只能是 {named.zh}。", f"{setting.variable} has to be one of {named.en}."
            raise RongtongError(Text(zh, en), code="setting")


def doubts(environment: Mapping[str, str]) -> Iterator[Problem]:
    """A warning for each variable with our prefix that names no setting."""
    known = {setting.variable: setting for setting in (*SETTINGS, *TEST_SETTINGS)}
    for variable in sorted(environment):
        if not variable.startswith(PREFIX):
            continue
        if variable not in known and variable.startswith(SECRETS):
            continue  # the plugins say which of these there are
        if variable not in known:
            near = difflib.get_close_matches(variable, known, 1)
            hint = Text(f"是不是 {near[0]}？", f"Did you mean {near[0]}?") if near else None
            message = Text(f"没有叫 {variable} 的设置。", f"There is no setting {variable}.")
            yield Problem("unknown-setting", message, hint, path=variable, warning=True)
