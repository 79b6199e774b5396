"""The hook page says what the hooks are: a heading for each, its exact signature, in the order of firing."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

from engine.extend import hookspecs

PAGE = (Path(__file__).parents[3] / "docs" / "plugins.md").read_text(encoding="utf-8")
HOOKS = {name: spec for name, spec in vars(hookspecs).items() if hasattr(spec, "rongtong_spec")}


def signature(hook: str) -> str:
    """The line of Python that declares *hook*."""
    found = inspect.signature(HOOKS[hook])
    arguments = ", ".join(f"{p.name}: {p.annotation}" for p in found.parameters.values())
    return f"def {hook}({arguments}) -> {found.return_annotation}"


def test_every_hook_has_a_heading_and_stands_in_order_of_firing() -> None:
    assert re.findall(r"^### (.+)$", PAGE, re.MULTILINE) == list(HOOKS), "the headings of docs/plugins.md"


def test_under_each_heading_stands_the_exact_signature() -> None:
    shown = re.findall(r"^### (\w+)\n\n```python\n(.+)\n```", PAGE, re.MULTILINE)
    assert dict(shown) == {hook: signature(hook) for hook in HOOKS}, "the signatures in docs/plugins.md"
