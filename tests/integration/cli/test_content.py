"""Process authors at a terminal: check, show, plugins, scenario, publish."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from engine.content import shipped_workflows
from tests.integration.cli.conftest import DAY, Terminal

BROKEN = Path(__file__).parents[2] / "data" / "broken"


def test_the_shipped_workflows_are_sound(terminal: Terminal) -> None:
    said = terminal("check")
    assert said.code == 0, said.out
    assert "检查通过" in said.out


def test_checking_loads_neither_a_server_nor_what_works_on_a_database() -> None:
    told = "import sys; from engine.cli.root import run; run(['check', '--json']); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.splitlines()[-1].split())
    assert "engine.operations.content.library" in loaded
    assert not loaded & {"flask", "alembic", "engine.store.transactions.runner", "engine.operations.commands.perform"}


def test_a_fault_is_told_with_its_place_code_and_hint(terminal: Terminal) -> None:
    path = BROKEN / "no-else.yaml"
    said = terminal("check", str(path))
    assert said.code == 1
    line = next(line for line in said.out.splitlines() if "no-else " in line)
    place, code, *_ = line.split(" ")
    assert place.split(":")[0].endswith("no-else.yaml")
    assert all(part.isdigit() for part in place.split(":")[1:])
    assert code == "no-else"


def test_problems_are_told_as_json(terminal: Terminal) -> None:
    found = terminal("check", str(BROKEN / "no-else.yaml"), "--json").json
    assert not found["ok"]
    assert {"code", "message", "hint", "file", "line", "column", "path", "warning"} == set(found["problems"][0])


def test_a_whole_folder_is_checked(terminal: Terminal) -> None:
    assert terminal("check", str(shipped_workflows() / "districts" / "haicheng")).code == 0
    assert terminal("check", str(shipped_workflows())).code == 0
    assert terminal("check", str(BROKEN)).code == 1


def test_a_file_that_is_not_utf_8_is_a_problem(terminal: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "gbk.yaml"
    path.write_bytes("process: 借地\n".encode("gbk"))
    said = terminal("check", str(path))
    assert said.code == 1
    assert "UTF-8" in said.out


def test_what_is_not_there_is_a_usage_error(terminal: Terminal) -> None:
    assert terminal("check", "nowhere.yaml").code == 2
    assert terminal("check", "--workflows", "nowhere").code == 2
    assert terminal("scenario", "nowhere.yaml").code == 2


def test_show_tells_the_process_and_what_differs_from_its_base(terminal: Terminal) -> None:
    said = terminal("show", "borrow_venue", "--district", "haicheng")
    assert said.code == 0
    assert "大型活动街道审核" in said.out
    assert "街道协调员" in said.out
    assert "与通用流程不同" in said.out
    base = terminal("show", "borrow_venue")
    assert "大型活动街道审核" not in base.out
    assert "与通用流程不同" not in base.out


def test_show_speaks_yaml_and_json(terminal: Terminal) -> None:
    assert "process: borrow_venue" in terminal("show", "borrow_venue", "--as", "yaml").out
    told = terminal("show", "borrow_venue", "--district", "haicheng", "--json").json
    assert told["extends"] == "borrow_venue"
    assert {"kind", "path", "before", "after", "sentence"} == set(told["differences"][0])


def test_show_of_what_is_not_there_names_what_is(terminal: Terminal) -> None:
    said = terminal("show", "borrow")
    assert said.code == 1
    assert "borrow_venue" in said.err


def test_plugins_are_listed(terminal: Terminal) -> None:
    names = [one["name"] for one in terminal("plugins", "--json").json]
    assert names == ["engine", "partner_registry", "points_exchange", "venue_sharing"]
    assert "场地共享" in terminal("plugins").out
    called = {one["name"]: one["called"] for one in terminal("plugins", "--json").json}
    assert called["venue_sharing"] == ["render_case_facts"]


def test_a_scenario_that_differs_fails(terminal: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    text = (shipped_workflows() / "districts/haicheng/scenarios/taken.yaml").read_text("utf-8")
    path.write_text(text, "utf-8")
    assert terminal("scenario", str(path)).code == 0
    path.write_text(text.replace("held: 2", "held: 3"), "utf-8")
    said = terminal("scenario", str(path))
    assert said.code == 1
    assert "mine.yaml" in said.out


def test_publishing_again_changes_nothing(terminal: Terminal) -> None:
    assert not any(terminal.on("publish", "haicheng", "--json").json["haicheng"]["processes"].values())


def test_a_changed_pack_is_published(terminal: Terminal, tmp_path: Path) -> None:
    mine = tmp_path / "workflows"
    shutil.copytree(shipped_workflows(), mine)
    path = mine / "common" / "redemption.yaml"
    path.write_text(path.read_text("utf-8").replace("title: 交付", "title: 交到手"), "utf-8")
    done = terminal.on("publish", "haicheng", "--workflows", str(mine), "--json").json["haicheng"]["processes"]
    assert [name for name, changed in done.items() if changed] == ["redemption"]


@pytest.mark.parametrize(
    ("file", "old", "new", "part", "words"),
    [
        ("data/persons.yaml", "name: 汪蓉", "name: 汪容", "persons", "人员"),
        ("data/persons.yaml", "unit: 中街街道, roles: [cashier]", "unit: 中街街道, roles: []", "grants", "谁有什么角色"),
        ("data/units.yaml", "short: 老街文艺队", "short: 老街艺队", "units", "单位"),
        ("data/venues.yaml", "capacity: 36", "capacity: 37", "data/venues.yaml", "data/venues.yaml"),
        ("district.yaml", "answer_in: 1 workday", "answer_in: 2 days", "settings.borrow_venue.answer_in",
         "borrow_venue 的设置：answer_in"),
        ("district.yaml", "en: till", "en: cashier", "roles", "角色"),
        ("district.yaml", "buffer: 30", "buffer: 45", "plugins", "插件和插件设置"),
        ("district.yaml", "units: data", "transfer_beyond: reason\nunits: data", "transfer_beyond", "转办规定"),
        ("district.yaml", "西藏路社区, 长青文化公园", "西藏路社区", "alliances", "片区"),
        ("district.yaml", "units: data",
         "deputies: [{person: wangrong, deputy: wanglei, since: 2026-06-01, until: 2026-06-05}]\nunits: data",
         "deputies", "代理"),
    ],
)  # fmt: skip
def test_what_a_pack_changes_besides_processes_is_said(
    terminal: Terminal, tmp_path: Path, file: str, old: str, new: str, part: str, words: str
) -> None:
    mine = Path(shutil.copytree(shipped_workflows(), tmp_path / "workflows"))
    publish = ("publish", "haicheng", "--workflows", str(mine))
    path = mine / "districts" / "haicheng" / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    terminal.on("publish", "haicheng")
    assert terminal.on("publish", "haicheng", "--json").json["haicheng"]["changed"] == []
    said = terminal.on(*publish).out
    assert "haicheng：流程没有新的，共 4 个。" in said
    assert f"{words}。" in said
    terminal.on("publish", "haicheng")
    assert terminal.on(*publish, "--json").json["haicheng"]["changed"] == [part]
    assert terminal.on(*publish).out.startswith("haicheng：流程没有新的，共 4 个。")


def test_what_a_first_publication_takes_over_is_summed_up_in_short_lines_or_named_in_full(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RONGTONG_LANG", "en")
    said = terminal("publish", "haicheng", "--db", f"sqlite:///{tmp_path / 'one.db'}").out
    assert max(map(len, said.splitlines())) < 250
    assert re.search(r"^also \d+ settings of processes: borrow_venue \d+, ", said, re.MULTILINE)
    assert "、" not in said
    full = terminal("publish", "haicheng", "--db", f"sqlite:///{tmp_path / 'two.db'}", "--verbose").out
    (line,) = [line for line in full.splitlines() if line.startswith("settings of borrow_venue: ")]
    counted = re.search(r"borrow_venue (\d+)", said)
    assert counted is not None
    assert line.count(",") + 1 == int(counted[1])


def test_a_process_is_published_to_a_district_by_its_administrator(terminal: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "redemption.yaml"
    text = (shipped_workflows() / "common" / "redemption.yaml").read_text("utf-8")
    path.write_text(text.replace("title: 交付", "title: 交到手"), "utf-8")
    refused = terminal.on("publish", str(path), "--as", "韦燕妮")
    assert refused.code == 1
    assert "区管理员" in refused.err
    assert terminal.on("publish", str(path), "--as", "覃婉清").code == 0


def test_a_broken_process_is_not_published(terminal: Terminal) -> None:
    said = terminal.on("publish", str(BROKEN / "no-else.yaml"))
    assert said.code == 1
    assert "no-else" in said.err


@pytest.mark.parametrize("target", ["nowhere", "nowhere.yaml"])
def test_an_unknown_target_is_refused(terminal: Terminal, target: str) -> None:
    assert terminal.on("publish", target).code in (1, 2)


def test_a_process_is_shown_with_its_differences_in_either_language(terminal: Terminal, tmp_path: Path) -> None:
    said = terminal("show", "borrow_venue", "--district", "shangjie")
    assert "系统执行“预约生效”" in said.out
    assert "“出借方审批”的办理：由 出借方的站长 改为" in said.out

    english = shipped_workflows() / "districts" / "guiding" / "processes" / "redemption.yaml"
    turned = tmp_path / "redemption.yaml"
    turned.write_text(terminal("fmt", str(english)).out, "utf-8")

    assert "沿用: common/redemption" in turned.read_text("utf-8")
    told = [terminal("show", str(path), "--json").json["differences"] for path in (english, turned)]
    assert told[0]
    assert told[0] == told[1]


def test_a_file_is_turned_into_the_other_language_and_back(terminal: Terminal, tmp_path: Path) -> None:
    original = (shipped_workflows() / "common" / "redemption.yaml").read_text("utf-8")
    path = tmp_path / "redemption.yaml"
    path.write_text(original, "utf-8")

    shown = terminal("fmt", str(path)).out
    assert "流程: redemption" in shown
    assert path.read_text("utf-8") == original
    assert terminal("fmt", str(path), "--write").code == 0
    assert path.read_text("utf-8").rstrip() == shown.rstrip()
    assert terminal("diff", str(path), "common/redemption").out.startswith("没有不同")
    assert terminal("fmt", str(path), "--to", "en", "--write", "--json").json == {str(path): original}


def test_fmt_leaves_the_line_ends_of_a_file(terminal: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes("process: a\r\ntitle: 甲\r\n".encode())
    assert terminal("fmt", str(path), "--write").code == 0
    assert path.read_bytes() == "流程: a\r\n标题: 甲\r\n".encode()


def test_a_file_with_faults_is_not_turned_and_none_is_written(terminal: Terminal, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text("process: a\n", "utf-8")
    bad.write_text("process：a\n", "utf-8")

    said = terminal("fmt", str(good), str(bad), "--write")

    assert said.code == 1
    assert "bad.yaml:1:1 yaml-wide-colon" in said.err
    assert good.read_text("utf-8") == "process: a\n"
    assert terminal("fmt", str(tmp_path / "none.yaml")).code == 2


def test_two_processes_are_compared(terminal: Terminal) -> None:
    said = terminal("diff", "common/borrow_venue", "borrow_venue", "--district", "haicheng")
    assert said.code == 0
    assert "“出借方审批”之后加了环节“大型活动街道审核”" in said.out
    found = terminal("diff", "common/borrow_venue", "borrow_venue", "--district", "haicheng", "--json").json
    assert "step_added" in {one["kind"] for one in found}
    assert terminal("diff", "common/borrow_venue", "no_such_process").code == 1


def test_the_plan_of_a_demo_is_checked_as_one(terminal: Terminal, tmp_path: Path) -> None:
    assert terminal("check", str(shipped_workflows() / "demo.yaml")).code == 0
    path = tmp_path / "demo.yaml"
    path.write_text("days: many\n", "utf-8")
    assert "demo.yaml:1:1 demo-plan" in terminal("check", str(path)).out


def test_a_calendar_is_checked_as_one(terminal: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "calendars" / "here.yaml"
    path.parent.mkdir()
    path.write_text("title: 本地\nyears:\n  '2026':\n    workdays: [13-01]\n", "utf-8")

    said = terminal("check", str(path))

    assert said.code == 1
    assert "here.yaml:4:5 calendar-entry" in said.out


def test_publishing_another_calendar_lists_the_deadlines_that_it_moves(terminal: Terminal, tmp_path: Path) -> None:
    fill = ("venue=黄海路社区/多功能厅", f"slot={DAY} 09:00/10:00", "people=20", "purpose=课")
    words = [word for one in fill for word in ("--fill", one)]
    started = terminal.on("start", "borrow_venue", "--as", "staff@南珠东社区", *words, "--json").json
    mine = tmp_path / "workflows"
    shutil.copytree(shipped_workflows(), mine)
    years = "".join(f"  '{year}': {{holidays: {{停: 01-01/12-31}}}}\n" for year in range(2025, 2036))
    (mine / "calendars" / "cn.yaml").write_text(f"years:\n{years}", "utf-8")
    home = ("publish", "haicheng", "--workflows", str(mine))
    said = terminal.on(*home).out
    assert "1 处期限往后移" in said
    assert started["number"] in said
    assert terminal.on(*home, "--json").json["haicheng"]["moved"] == []
    case = terminal.on("case", started["number"], "--json").json
    assert "因工作日历调整" in case["timeline"][-1]["sentence"]["zh"]
    assert terminal.on("verify").code == 0
