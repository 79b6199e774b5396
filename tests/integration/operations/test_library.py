"""A folder of workflows with faults in any of its files: every fault at its place, and the rest is read as well."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from engine.content import shipped_workflows
from engine.errors import Problem
from engine.extend.registry import Registry
from engine.operations.content.library import Library

REGISTRY = Registry.discovered()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped workflows to break."""
    return Path(shutil.copytree(shipped_workflows(), tmp_path / "workflows"))


def write(path: Path, old: str, new: str) -> None:
    """Replace what stands in a file."""
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def found(folder: Path) -> list[tuple[str, int, str]]:
    """File, line and code of everything that is wrong with the folder."""
    problems: tuple[Problem, ...] = Library(folder, REGISTRY).check()
    return [(str(Path(one.file).relative_to(folder)), one.line, one.code) for one in problems]


def test_bytes_that_are_no_text_are_told_beside_other_faults(folder: Path) -> None:
    home = folder / "districts" / "shangjie"
    (home / "data" / "venues.yaml").write_bytes("- {名称: 会议室}\n".encode("gbk"))
    write(home / "district.yaml", "plugins:\n", "plugins:\n  no_such_plugin: {}\n")

    told = found(folder)

    assert ("districts/shangjie/data/venues.yaml", 1, "yaml-not-utf8") in told


def test_an_unknown_plugin_is_told_where_it_is_named(folder: Path) -> None:
    path = folder / "districts" / "shangjie" / "district.yaml"
    write(path, "plugins:\n", "plugins:\n  no_such_plugin: {}\n")
    line = path.read_text("utf-8").splitlines().index("  no_such_plugin: {}") + 1

    assert ("districts/shangjie/district.yaml", line, "plugin-unknown") in found(folder)


def test_a_process_file_that_is_not_there_is_told_where_it_is_named(folder: Path) -> None:
    path = folder / "districts" / "shangjie" / "district.yaml"
    write(path, "processes/dispatch_order", "processes/no_such_process")
    line = next(n for n, text in enumerate(path.read_text("utf-8").splitlines(), 1) if "no_such_process" in text)

    assert ("districts/shangjie/district.yaml", line, "no-file") in found(folder)


def test_plugins_written_as_a_list_are_not_passed_over_in_silence(folder: Path) -> None:
    path = folder / "districts" / "shangjie" / "district.yaml"
    text = path.read_text("utf-8")
    start, end = text.index("plugins:\n"), text.index("\nprocesses:")
    path.write_text(text[:start] + "plugins: [venue_sharing]\n" + text[end:], "utf-8")

    assert [code for file, _, code in found(folder) if code == "not-a-mapping"] == ["not-a-mapping"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("years:\n", "years:\n  26: {}\n"),
        ("years:\n", "years:\n  '2031': soon\n"),
        ("years:\n", "years:\n  '2031': {holidays: [01-01]}\n"),
        ("years:\n", "years:\n  '2031': {workdays: {a: 01-01}}\n"),
        ("years:\n", "years:\n  '2031': {workdays: [[01-01]]}\n"),
        ("years:\n", "years:\n  '2031': {workdays: 01-01}\n"),
        ("years:\n", "years:\n  '2031': {holiday: {元旦: 01-01}}\n"),
        ("years:\n", "years:\n  '2031': {holidays: {元旦: 13-01}}\n"),
        ("hours: ['09:00-12:00', '14:00-18:00']\n", "hours: 9-5\n"),
        ("hours: ['09:00-12:00', '14:00-18:00']\n", "hours: [25:00-26:00]\n"),
    ],
)
def test_a_calendar_that_cannot_be_read_is_told_at_the_entry_and_the_rest_is_checked(
    folder: Path, old: str, new: str
) -> None:
    path = folder / "calendars" / "cn.yaml"
    write(path, old, new)
    write(folder / "common" / "redemption.yaml", "process: redemption\n", "process: redemption\nno_such_key: 1\n")
    odd = new.replace("years:\n", "").rstrip()
    line = path.read_text("utf-8").splitlines().index(odd) + 1

    told = found(folder)

    assert ("calendars/cn.yaml", line, "calendar-entry") in told
    assert "unknown-key" in {code for _, _, code in told}


@pytest.mark.parametrize("name", ["x" * 5000, "a\\0b", "../../../etc/passwd", "common/../../secret", "."])
def test_no_name_of_a_base_leads_out_of_the_folder_or_breaks_the_reading(folder: Path, name: str) -> None:
    path = folder / "common" / "odd.yaml"
    path.write_text(f'process: odd\ntitle: 奇怪\nextends: "{name}"\n', "utf-8")

    assert "unknown-base" in {code for file, _, code in found(folder) if file == "common/odd.yaml"}


def test_a_turn_that_begins_at_the_end_of_time_is_a_slip(folder: Path) -> None:
    path = folder / "districts" / "shangjie" / "district.yaml"
    text = path.read_text("utf-8")
    month = text[text.index("from: ") + 6 :].split("\n")[0].split(",")[0]
    write(path, f"from: {month}", "from: 9999-12-01")

    assert "day-form" in {code for _, _, code in found(folder)}


@pytest.mark.parametrize(
    ("stars", "code"), [("9", "field-range"), ("0", "field-range"), ("-3", "field-range"), ("4.5", "field-type")]
)
def test_a_setting_that_does_not_fit_is_told_where_the_district_sets_it(folder: Path, stars: str, code: str) -> None:
    path = folder / "districts" / "shangjie" / "district.yaml"
    write(path, "default_stars: 4", f"default_stars: {stars}")
    line = next(n for n, text in enumerate(path.read_text("utf-8").splitlines(), 1) if "default_stars" in text)

    pack, told = Library(folder, REGISTRY).pack("shangjie")

    assert pack is None
    assert [(Path(one.file).name, one.line, one.code) for one in told] == [("district.yaml", line, code)]


def test_a_setting_outside_its_bounds_is_told_where_an_overlay_sets_it(folder: Path) -> None:
    path = folder / "districts" / "haicheng" / "processes" / "borrow_venue.yaml"
    write(path, "edits:\n", "edits:\n- set: settings.default_stars\n  to: 9\n")
    line = path.read_text("utf-8").splitlines().index("  to: 9") + 1

    _, told = Library(folder, REGISTRY).pack("haicheng")

    assert [(Path(one.file).name, one.line, one.code) for one in told] == [("borrow_venue.yaml", line, "cannot-hold")]


def test_a_length_that_a_district_sets_still_leaves_time_for_the_reminder(folder: Path) -> None:
    common = folder / "common" / "redemption.yaml"
    write(common, "due: {within: =settings.hand_in, remind: 50%", "due: {within: =settings.hand_in, remind: 8 hours")
    path = folder / "districts" / "guiding" / "district.yaml"
    line = next(n for n, text in enumerate(path.read_text("utf-8").splitlines(), 1) if "hand_in: 6 hours" in text)

    _, told = Library(folder, REGISTRY).pack("guiding")

    assert [(Path(one.file).name, one.line, one.code) for one in told] == [("district.yaml", line, "reminder-never")]


def test_the_shipped_order_is_warned_of_as_soon_as_whoever_asked_may_serve(folder: Path) -> None:
    path = folder / "common" / "dispatch_order.yaml"
    text = path.read_text("utf-8")
    apart = [line for line in text.splitlines() if line.strip() == "not: [start]"]
    assert apart
    library = Library(folder, REGISTRY)
    assert library.check_process(path)[1] == ()

    path.write_text("\n".join(line for line in text.splitlines() if line not in apart) + "\n", "utf-8")

    assert [(one.code, one.warning) for one in library.check_process(path)[1]] == [("payee-alone", True)]


@pytest.mark.parametrize(
    ("file", "old", "new", "code"),
    [
        ("venues.yaml", "capacity: 36", "capacity: 80人", "venue-row"),
        ("venues.yaml", "capacity: 36", "capacty: 36", "venue-row"),
        ("venues.yaml", "rest: [周一]", "rest: [周八]", "venue-row"),
        ("venues.yaml", "station: 茶亭路社区, name: 茶艺室", "station: 茶亭路, name: 茶艺室", "venue-row"),
        ("venues.yaml", "name: 茶艺室", "name: 瑜伽室", "venue-row"),
        ("partners.yaml", "kind: 个体", "kind: 公司", "partner-data"),
        ("partners.yaml", "contact: yaoguihan", "contact: nobody", "partner-data"),
        ("partners.yaml", "members: 18", "members: 许多", "partner-data"),
        ("partners.yaml", "id: zhuchenglifa", "id: nanzhujiadian", "partner-data"),
    ],
)
def test_a_fault_in_a_file_that_a_plugin_imports_is_found_before_at_its_place(
    folder: Path, file: str, old: str, new: str, code: str
) -> None:
    path = folder / "districts" / "haicheng" / "data" / file
    write(path, old, new)
    lines = path.read_text("utf-8").splitlines()

    pack, (fault,) = Library(folder, REGISTRY).pack("haicheng")

    assert pack is None
    assert (Path(fault.file).name, fault.code) == (file, code)
    line = lines[fault.line - 1]
    key = new.rpartition(", ")[2].partition(":")[0]
    here = line[fault.column - 1 :]
    assert here.startswith(("capacty:" if "capacty" in new else key + ":", "name: 瑜伽室", "station: 茶亭路,", "id:"))


def test_a_data_file_that_no_plugin_of_the_district_reads_is_told_where_it_is_named(folder: Path) -> None:
    home = folder / "districts" / "haicheng"
    (home / "data" / "venues.yaml").rename(home / "data" / "venuse.yaml")
    write(home / "district.yaml", "data: [venues.yaml", "data: [venuse.yaml")

    _, (fault,) = Library(folder, REGISTRY).pack("haicheng")

    assert (fault.code, Path(fault.file).name) == ("data-unread", "district.yaml")
    assert fault.hint and "venues.yaml" in fault.hint.zh
    assert (home / "district.yaml").read_text("utf-8").splitlines()[fault.line - 1].startswith("data: [venuse")


def test_a_plugin_that_is_installed_and_not_named_is_to_be_named(folder: Path) -> None:
    home = folder / "districts" / "haicheng"
    write(home / "district.yaml", "  partner_registry: {}\n", "")

    _, told = Library(folder, REGISTRY).pack("haicheng")

    assert {one.code for one in told} == {"plugin-not-named"}
    assert all(one.hint and "plugins 里加一行 partner_registry: {}" in one.hint.zh for one in told)
    assert {Path(one.file).name for one in told} >= {"district.yaml", "partner_enrollment.yaml"}


def test_a_plugin_that_is_not_installed_is_told_as_that(folder: Path) -> None:
    write(folder / "common" / "partner_enrollment.yaml", "partner_registry", "partner_registrie")

    told = Library(folder, REGISTRY).check_process(folder / "common" / "partner_enrollment.yaml")[1]

    fault = next(one for one in told if one.code == "unknown-plugin")
    assert fault.hint and "partner_registry" in fault.hint.zh
