"""What the door ships: vendored files, the token sheet, scripts and templates keep to the rules they stand under."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from pathlib import Path

import pytest

import engine.web

WEB = Path(engine.web.__file__).parent
STATIC = WEB / "static"
STYLES = sorted(STATIC.glob("*.css"))
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
#: What Chromium 90 does not read.
TOO_NEW = re.compile(r":has\(|@layer|@container|color-mix|light-dark|\d[ds]v[hw]\b|accent-color|subgrid|oklch|&[ .:]")


def test_every_vendored_file_is_the_one_that_was_taken() -> None:
    known = json.loads((STATIC / "vendor/vendor.json").read_text())
    hashes = {each["file"]: each["sha256"] for each in known if "sha256" in each}
    files = {file.name for file in (STATIC / "vendor").iterdir()} - {"vendor.json"}
    assert files == set(hashes)
    assert {name: sha256((STATIC / "vendor" / name).read_bytes()).hexdigest() for name in hashes} == hashes


@pytest.mark.parametrize("sheet", STYLES, ids=lambda file: file.name)
def test_a_style_sheet_reads_on_the_oldest_browser(sheet: Path) -> None:
    rules = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.DOTALL)
    assert not TOO_NEW.findall(rules)


@pytest.mark.parametrize("sheet", [s for s in STYLES if s.name != "tokens.css"], ids=lambda file: file.name)
def test_colours_are_named_by_the_token_sheet_alone(sheet: Path) -> None:
    colours = set(re.findall(r"#[0-9a-fA-F]{3,8}\b(?!\s*[,{])|\brgba?\(", sheet.read_text()))
    assert colours <= ({"#fff", "#000"} if sheet.name == "print.css" else set())


@pytest.mark.parametrize("sheet", STYLES, ids=lambda file: file.name)
def test_no_letters_are_under_14_pixels(sheet: Path) -> None:
    sizes = re.findall(r"(?:font-size:|--t\d+:|font: \d+) *([\d.]+)(rem|px)", sheet.read_text())
    assert all(float(size) * (16 if unit == "rem" else 1) >= 14 for size, unit in sizes)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda file: file.name)
def test_a_template_holds_no_script_style_or_handler(template: Path) -> None:
    text = template.read_text()
    assert not re.search(r"<style|\bstyle=|\bon[a-z]+=|javascript:|hx-on|<script(?![^>]*\bsrc=)", text)
    assert "|safe" not in text
    assert not re.search(r"https?://", text)


def test_the_door_s_own_scripts_are_small_and_fetch_nothing_from_elsewhere() -> None:
    scripts = [file.read_text() for file in STATIC.glob("*.js")]
    assert 0 < sum(len(text.splitlines()) for text in scripts) <= 300
    assert not any(re.search(r"https?://|eval\(|new Function|innerHTML", text) for text in scripts)


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    drawn = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "icons.svg").read_text()))
    named = {name for file in TEMPLATES for name in re.findall(r"icon\('([a-z-]+)'\)", file.read_text())}
    assert named
    assert named <= drawn


def test_a_class_of_the_diagram_is_none_of_the_frames() -> None:
    frames = set(re.findall(r"^\.([a-z]+) ", (STATIC / "base.css").read_text(), flags=re.MULTILINE))
    assert {"wide", "narrow"} <= frames
    assert not frames & {"diagram", "broad", "slim"}
