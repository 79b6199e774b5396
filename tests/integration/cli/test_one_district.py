"""A folder with one district: what is asked without its name is asked of it, and its own settings are what counts."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from engine.content import shipped_workflows
from tests.integration.cli.conftest import Terminal


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """The shipped workflows with one district alone, which answers within other hours than the common process."""
    folder = Path(shutil.copytree(shipped_workflows(), tmp_path / "mine"))
    for other in ("guiding", "shangjie"):
        shutil.rmtree(folder / "districts" / other)
    pack = folder / "districts" / "haicheng" / "district.yaml"
    text = pack.read_text("utf-8")
    assert "answer_in: 1 workday" in text
    pack.write_text(text.replace("answer_in: 1 workday", "answer_in: 4 work hours"), "utf-8")
    return folder


def test_what_is_shown_is_the_overlay_of_the_only_district(terminal: Terminal, mine: Path) -> None:
    alone = terminal("show", "borrow_venue", "--workflows", str(mine))
    named = terminal("show", "borrow_venue", "--workflows", str(mine), "--district", "haicheng")
    assert alone.out == named.out
    assert "站长" in alone.out
    assert "与通用流程不同" in alone.out


def test_a_deadline_is_told_as_the_district_sets_it(terminal: Terminal, mine: Path) -> None:
    said = terminal("show", "borrow_venue", "--workflows", str(mine)).out
    assert "4个工作小时" in said
    assert "“出借方答复期限”（一般2个工作日）" not in said
    common = terminal("show", "common/borrow_venue", "--workflows", str(mine)).out
    assert "4个工作小时" not in common


def test_a_difference_is_that_of_the_only_district(terminal: Terminal, mine: Path) -> None:
    alone = terminal("diff", "common/borrow_venue", "borrow_venue", "--workflows", str(mine))
    named = terminal("diff", "common/borrow_venue", "borrow_venue", "--workflows", str(mine), "--district", "haicheng")
    assert alone.out == named.out
    assert "没有不同" not in alone.out


def test_of_several_districts_none_is_meant(terminal: Terminal) -> None:
    assert terminal("show", "borrow_venue").out == terminal("show", "common/borrow_venue").out


def test_an_overlay_keeps_the_name_of_what_it_changes(terminal: Terminal, mine: Path) -> None:
    overlay = mine / "districts" / "haicheng" / "processes" / "borrow_venue.yaml"
    text = overlay.read_text("utf-8")
    assert "process: borrow_venue\n" in text
    overlay.write_text(text.replace("process: borrow_venue\n", "process: borow_venue\n"), "utf-8")
    said = terminal("check", str(mine))
    assert said.code == 1
    assert "overlay-renamed" in said.out
    assert "写 process: borrow_venue" in said.out


def test_a_file_is_called_as_its_process(terminal: Terminal, mine: Path) -> None:
    (mine / "common" / "redemption.yaml").rename(mine / "common" / "redeem.yaml")
    pack = mine / "districts" / "haicheng" / "district.yaml"
    pack.write_text(pack.read_text("utf-8").replace("common/redemption", "common/redeem"), "utf-8")
    said = terminal("check", str(mine)).out
    assert "process-of-another-name 文件叫 redeem.yaml，里面的流程叫“redemption”" in said


def test_a_file_is_checked_with_the_folder_that_it_lies_in(terminal: Terminal, mine: Path) -> None:
    (mine / "common" / "borrow_venue.yaml").rename(mine / "common" / "borrow_room.yaml")
    base = mine / "common" / "borrow_room.yaml"
    base.write_text(base.read_text("utf-8").replace("process: borrow_venue", "process: borrow_room"), "utf-8")
    overlay = mine / "districts" / "haicheng" / "processes" / "borrow_venue.yaml"
    own = overlay.with_name("borrow_room.yaml")
    own.write_text(overlay.read_text("utf-8").replace("borrow_venue", "borrow_room"), "utf-8")
    assert terminal("check", str(own)).code == 0
    assert terminal("show", str(own)).code == 0
    assert "没有不同" not in terminal("diff", str(base), str(own)).out


def test_a_folder_is_checked_with_its_scenarios(terminal: Terminal, mine: Path) -> None:
    scenario = mine / "districts" / "haicheng" / "scenarios" / "silent.yaml"
    scenario.write_text(scenario.read_text("utf-8").replace("when:", "wehn:"), "utf-8")
    for path in (mine, mine / "districts" / "haicheng"):
        said = terminal("check", str(path))
        assert said.code == 1
        assert "silent.yaml" in said.out
        assert "没有“wehn”这一段" in said.out
