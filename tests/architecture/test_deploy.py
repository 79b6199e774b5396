"""What is shipped to deploy with says only what there is: variables, commands, files, and no host of anybody's."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from engine.cli.root import COMMANDS
from engine.settings import SECRETS, SETTINGS
from engine.wsgi import application
from tests.architecture.source import ROOT

DEPLOY = ROOT / "deploy"
UNITS = sorted([*DEPLOY.glob("*.service"), *DEPLOY.glob("*.timer")])
FILES = sorted(path for path in DEPLOY.iterdir() if path.is_file())
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
VARIABLE = re.compile(r"\bRONGTONG_[A-Z_]+\b")
IMAGES = {"docker.io/library/python:3.13-slim", "docker.io/library/postgres:17", "rongtong"}
#: Sections and keys of units that are written here; a misspelt one is passed over by systemd with a warning.
KEYS = {
    "Unit": {"Description", "Documentation", "After", "Wants", "Conflicts"},
    "Service": {
        "Type", "ExecStart", "ExecStartPre", "ExecStartPost", "ExecReload", "Restart", "RestartSec", "TimeoutStopSec",
        "User", "Group", "EnvironmentFile", "StateDirectory", "StateDirectoryMode", "WorkingDirectory", "UMask",
        "NoNewPrivileges", "ProtectSystem", "ProtectHome", "PrivateTmp", "PrivateDevices", "ProtectKernelTunables",
        "ProtectKernelModules", "ProtectControlGroups", "RestrictAddressFamilies", "RestrictNamespaces",
        "LockPersonality", "SystemCallFilter", "Nice",
    },
    "Timer": {"OnCalendar", "RandomizedDelaySec", "Persistent"},
    "Install": {"WantedBy"},
}  # fmt: skip


def lines(unit: Path) -> Iterator[tuple[str, str, str]]:
    """Section, key and value of each line of a unit."""
    section = ""
    for line in unit.read_text("utf-8").splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif line and not line.startswith("#"):
            key, sign, value = line.partition("=")
            assert sign, f"{unit.name}: {line}"
            yield section, key, value


def commands() -> Iterator[tuple[str, list[str]]]:
    """Every command of ours that a file runs, with where."""
    for unit in UNITS:
        for _, key, value in lines(unit):
            if key.startswith("Exec"):
                words = shlex.split(value)
                yield unit.name, shlex.split(words[2]) if words[:2] == ["/bin/sh", "-c"] else words
    shared = ["rongtong"]
    for name, service in COMPOSE["services"].items():
        if service["image"] == "rongtong":
            yield f"compose {name}", [*service.get("entrypoint", shared), *service["command"]]
    entry, more = (re.search(rf"^{word} (\[.*\])$", (DEPLOY / "Containerfile").read_text("utf-8"), re.MULTILINE) for word in ("ENTRYPOINT", "CMD"))
    assert entry and more
    yield "Containerfile", [*yaml.safe_load(entry[1]), *yaml.safe_load(more[1])]


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.name)
def test_every_variable_is_a_setting(file: Path) -> None:
    known = {setting.variable for setting in SETTINGS}
    assert {name for name in VARIABLE.findall(file.read_text("utf-8")) if not name.startswith(SECRETS)} <= known


def test_every_command_that_is_run_is_there() -> None:
    found = dict(commands())
    ours = {where: [word for word in words if word != "exec"] for where, words in commands()}
    assert len(found) > 6
    for where, words in ours.items():
        program = Path(words[0]).name
        if program == "rongtong":
            assert words[1] in COMMANDS, where
        elif program == "gunicorn":
            assert words[-1] == f"{application.__module__}:application()", where
        else:
            assert program in ("mkdir", "find", "kill"), where


def test_every_unit_is_one_that_systemd_knows() -> None:
    assert len(UNITS) == 5
    for unit in UNITS:
        for section, key, value in lines(unit):
            assert key in KEYS[section], f"{unit.name}: {section} {key}"
            assert value


def test_units_name_each_other_by_files_that_are_there() -> None:
    named = {name for unit in UNITS for _, _, value in lines(unit) for name in re.findall(r"rongtong-\w+\.(?:service|timer)", value)}
    assert named <= {unit.name for unit in UNITS}
    for timer in DEPLOY.glob("*.timer"):
        assert timer.with_suffix(".service").is_file()


def test_systemd_finds_nothing_wrong_with_them(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("no systemd on this machine")
    scripts = Path(sys.executable).parent
    for unit in UNITS:
        text = unit.read_text("utf-8").replace("/opt/rongtong/bin", str(scripts))
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    said = subprocess.run(
        [analyze, "verify", "--man=no", *map(str, sorted(tmp_path.iterdir()))], capture_output=True, text=True, check=False
    )
    assert (said.returncode, [line for line in said.stderr.splitlines() if "rongtong-" in line]) == (0, []), said.stderr


def test_every_file_that_goes_into_the_image_is_there() -> None:
    said = (DEPLOY / "Containerfile").read_text("utf-8")
    copied = [word for line in re.findall(r"^COPY (?!--from)(.+) \S+$", said, re.MULTILINE) for word in line.split()]
    assert "pyproject.toml" in copied
    left_out = (ROOT / ".dockerignore").read_text("utf-8").split()
    for one in copied:
        assert (ROOT / one).exists(), one
        assert one not in left_out
    assert f"'.[{','.join(('postgres', 'gunicorn'))}]'" in said


def test_images_come_from_where_everybody_has_them() -> None:
    text = "\n".join(file.read_text("utf-8") for file in FILES)
    bases = re.findall(r"^ARG BASE=(\S+)$", text, re.MULTILINE)
    assert {*bases, *re.findall(r"^ +image: (\S+)$", text, re.MULTILINE)} == IMAGES
    hosts = set(re.findall(r"\b(?:[a-z0-9-]+\.)+(?:com|org|io|net|local|internal)\b", text))
    assert hosts <= {"docker.io", "github.com"}
    assert set(re.findall(r"\b\d+\.\d+\.\d+\.\d+\b", text)) <= {"127.0.0.1", "0.0.0.0", "10.86.0.0", "10.86.0.1"}


def test_what_the_pages_of_compose_wait_for_is_there() -> None:
    services = COMPOSE["services"]
    assert {name for service in services.values() for name in service.get("depends_on", {})} <= set(services)
    assert all(volume.split(":")[0] in COMPOSE["volumes"] for service in services.values() for volume in service["volumes"])
