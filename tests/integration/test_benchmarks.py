"""The benchmarks run, and say what they measured as their README promises."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from benchmarks.__main__ import BENCHMARKS, main

README = Path(__file__).parents[2] / "benchmarks" / "README.md"


def test_a_figure_is_a_line_of_json_with_the_raw_figure_of_the_same_run(tmp_path: Path) -> None:
    answer = CliRunner().invoke(main, ["w1_cpu", "--json", "--runs", "1", "--dir", str(tmp_path)])
    assert answer.exit_code == 0, answer.output
    (line,) = answer.output.splitlines()
    figure = json.loads(line)
    assert list(figure) == ["name", "value", "unit", "raw", "ratio", "runs", "db"]
    assert (figure["name"], figure["unit"], figure["runs"], figure["db"]) == ("w1_cpu", "ms", 1, "sqlite")
    assert 0 < figure["raw"] < figure["value"]
    assert not list(tmp_path.iterdir())


def test_the_readme_tells_every_benchmark() -> None:
    told = README.read_text("utf-8")
    assert [name for name in BENCHMARKS if f"`{name}`" not in told] == []
