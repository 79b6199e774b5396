"""The engine names nothing of a district's business: no hall, no ledger, no helper; plugins do."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.architecture.source import ROOT, Module, modules

CONCEPTS = re.compile(
    r"venue|station(?!ary|ery)|volunteer|partner|redeem|redemption|booking|ledger|merchant|coupon|"
    r"points_exchange|points ledger|"
    r"场地|借地|积分|志愿|合伙人|兑换|点单|派单|接单|送单|评单|实践站|文明实践|阵地",
    re.IGNORECASE,
)
TEXTS = ("*.html", "*.css", "*.js", "*.yaml", "*.json", "*.po", "*.txt", "*.svg")


def concepts(text: str) -> list[str]:
    """The words of *text* that name a concept of the domain."""
    return CONCEPTS.findall(text)


def words(module: Module) -> Iterator[tuple[int, str]]:
    """Every name and every string of a module, with its line."""
    for node in ast.walk(module.tree):
        line = getattr(node, "lineno", 0)
        match node:
            case ast.Constant(value=str(text)):
                yield line, text
            case ast.Name(id=name) | ast.arg(arg=name) | ast.keyword(arg=str(name)) | ast.alias(name=name):
                yield line, name
            case ast.Attribute(attr=name):
                yield line, name
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield line, name


def test_the_engine_s_code_names_no_concept_of_the_domain() -> None:
    faults = [
        f"{module.place}:{line} {found[0]}"
        for module in modules("engine")
        for line, text in words(module)
        if (found := concepts(text))
    ]
    assert not faults, "\n".join(faults)


def test_the_engine_s_comments_and_file_names_name_no_concept_either() -> None:
    faults = [
        f"{module.place}:{number} {found[0]}"
        for module in modules("engine")
        for number, line in ((0, module.place), *enumerate(module.text.splitlines(), 1))
        if (found := concepts(line))
    ]
    assert not faults, "\n".join(faults)


def test_the_engine_s_pages_name_no_concept_of_the_domain() -> None:
    faults = [
        f"{path.relative_to(ROOT)}: {found[0]}"
        for pattern in TEXTS
        for path in sorted((ROOT / "engine").rglob(pattern))
        if "vendor" not in path.parts and (found := concepts(path.read_text("utf-8")))
    ]
    assert not faults, "\n".join(faults)


def test_the_test_itself_tells_the_two_kinds_apart() -> None:
    assert concepts("the station lends a venue; 积分") == ["station", "venue", "积分"]
    assert concepts("a stationary person at an entry point, a fault point and a checkpoint") == []
