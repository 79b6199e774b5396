"""The key table of ``docs/language.md``, from the keys of the language: ``make language`` writes it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from engine.definition.language.key_kinds import Key
from engine.definition.language.keys import CONSTRUCTS, STEP, STEP_KINDS
from tools.writing import write

PAGE: Final = Path(__file__).parents[1] / "docs" / "language.md"
#: The table begins here and is the rest of the page.
_FIRST: Final = "### process\n"


def tables() -> str:
    """The key table as it stands in the page."""
    parts = {name: own for name, own in CONSTRUCTS.items() if name not in STEP_KINDS}
    made = ""
    for name, own in {**parts, "step": STEP, **STEP_KINDS}.items():
        made += f"### {name}\n\n| key | 中文 | holds | for |\n| --- | --- | --- | --- |\n"
        made += "".join(f"{_line(row)}\n" for row in own) + "\n"
    return made.rstrip("\n") + "\n"


def _line(row: Key) -> str:
    held = " · ".join(f"`{option}`" for option in row.options) or row.kind.replace("_", " ")
    shape = {"list": f"list of {held}", "map": f"{held} by name", "lists": f"lists of {held} by name"}
    marks = (", required" if row.required else "") + (" **Not yet.**" if row.later else "")
    holds = shape.get(row.shape, f"{held}, one or several" if row.shape == "one_or_list" else held)
    return f"| `{row.name}` | {' · '.join(row.chinese)} | {holds} | {row.says.en}{marks} |"


def page(text: str) -> str:
    """The page *text* with the table as the code has it; what stands before the table is written by hand."""
    return text[: text.index(_FIRST)] + tables()


if __name__ == "__main__":
    write(PAGE, page(PAGE.read_text("utf-8")))
