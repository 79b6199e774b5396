"""The colours of the three looks: what is written on what can be read, by the token sheet itself."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import engine.web
from engine.web.pages.design import SIZES, SWATCHES

SHEET = (Path(engine.web.__file__).parent / "static/tokens.css").read_text()
LOOKS = {
    "light": r':root,\s*\[data-look="light"\]', "dark": r'(?m)^\[data-look="dark"\]', "elder": r'(?m)^\[data-look="elder"\]',
}  # fmt: skip
GROUNDS = ("paper", "card", "sunk")
INKS = ("ink", "ink2", "ink3", "act", "late", "soon", "wait", "done")


def tokens(look: str) -> dict[str, str]:
    block = re.search(LOOKS[look] + r"\s*{([^}]*)}", SHEET)
    assert block is not None
    return dict(re.findall(r"--([a-z0-9-]+):\s*(#[0-9a-f]{6})", block[1]))


def light(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_the_measure_is_the_known_one() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(("look", "least"), [("light", 4.5), ("dark", 4.5), ("elder", 7)])
def test_every_ink_can_be_read_on_every_ground(look: str, least: float) -> None:
    known = tokens(look)
    pairs = [(ink, ground) for ink in INKS for ground in GROUNDS]
    pairs += [(ink, f"{ink}-soft") for ink in ("act", "late", "soon", "wait", "done")] + [("on-act", "act")]
    ratios = {pair: contrast(known[pair[0]], known[pair[1]]) for pair in pairs}
    assert {pair: round(ratio, 2) for pair, ratio in ratios.items() if ratio < least} == {}


@pytest.mark.parametrize("look", LOOKS)
def test_the_edge_of_an_input_stands_out(look: str) -> None:
    known = tokens(look)
    assert min(contrast(known["edge"], known[ground]) for ground in GROUNDS) >= 3


def test_dark_by_the_system_and_dark_by_choice_are_one_look() -> None:
    by_system = re.search(r"prefers-color-scheme: dark\) {\s*[^{]+{([^}]*)}", SHEET)
    assert by_system is not None
    assert dict(re.findall(r"--([a-z0-9-]+):\s*(#[0-9a-f]{6})", by_system[1])) == tokens("dark")


def test_the_sheet_of_components_shows_every_token() -> None:
    assert set(SWATCHES) | {"on-act"} == set(tokens("light"))
    assert set(SIZES) == set(re.findall(r"--(t\d+):", SHEET))
