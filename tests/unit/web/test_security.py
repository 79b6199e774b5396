"""Links that stay on this host."""

from __future__ import annotations

import pytest

from engine.edge.answers import POLICY
from engine.web.security import here_only


@pytest.mark.parametrize("target", ["/", "/haicheng/inbox?box=mine", "/a/cases?q=%E5%80%9F"])
def test_a_path_of_this_host_is_followed(target: str) -> None:
    assert here_only(target, "/home") == target


@pytest.mark.parametrize(
    "target",
    [
        "", "inbox", "//evil.example", "/\\evil.example", "\\\\evil", "https://evil.example/", "javascript:alert(1)",
        "data:text/html,x", "/a\r\nSet-Cookie: x=1", "/a\tb", "/a b", "/a\\b", "/" + "a" * 2000,
    ],
)  # fmt: skip
def test_anything_else_leads_home(target: str) -> None:
    assert here_only(target, "/home") == "/home"


def test_the_policy_lets_no_inline_script_or_style_run() -> None:
    assert "unsafe" not in POLICY
    assert "default-src 'none'" in POLICY
