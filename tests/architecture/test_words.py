"""What words stand where: nothing of a district's business in the engine, days, money and numbers said in one module."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import pairwise

import pytest

from tests.architecture.source import ROOT, Module, modules

CONCEPTS = re.compile(
    r"venue|station(?!ary|ery)|volunteer|partner|redeem|redemption|booking|ledger|merchant|coupon|"
    r"points_exchange|points ledger|"
    r"场地|借地|积分|志愿|合伙人|兑换|点单|派单|接单|送单|评单|实践站|文明实践|阵地",
    re.IGNORECASE,
)
#: The one module that makes words of days, times and money.
SAYING = "engine/definition/values/saying.py"
#: Lists and clauses joined by hand, in Chinese or English.
_JOINS = re.compile(r"""["'](?:[、，；]|, |; )["']\.join""")
_JOINED = re.compile(r"""join\(\s*["'](?:[、，；]|, |; )["']""")
#: Where that makes no sentence: SQL and headers, YAML to be copied.
NO_SENTENCES = {
    "engine/store/schema/priming.py", "engine/store/databases/sql.py", "engine/store/transactions/line.py", "engine/edge/answers.py",
    "engine/definition/checks/readable.py", "engine/definition/parse/fields.py",
}  # fmt: skip
#: The only formats of days elsewhere: in the name of a file.
FILE_NAMES = ("%y%m%d",)
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


#: A day of the week, all of them, or the end of a day, as a string of its own.
_SAID = re.compile(r"周[一二三四五六日]|一二三四五六日|(Mon|Tues?|Wed(nes)?|Thu(rs)?|Fri|Sat(ur)?|Sun)(day)?|24:00")


def spoken(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every place where code puts a day, a time or an amount into words by itself, with its line."""
    for node in ast.walk(tree):
        match node:
            case ast.FormattedValue(format_spec=ast.JoinedStr(values=[ast.Constant(value=str(spec)), *_])):
                if re.search(r"%[-#]?[A-Za-z]", spec) and spec not in FILE_NAMES:
                    yield node.lineno, spec
            case ast.JoinedStr(values=parts):
                yield from ((node.lineno, found) for found in _units(parts))
            case ast.Attribute(attr="strftime" | "strptime" | "ctime" as name):
                yield node.lineno, name
            case ast.Call(func=ast.Attribute(attr="replace"), keywords=[*given]) if any(k.arg == "hour" for k in given):
                yield node.lineno, "replace(hour="
            case ast.Constant(value=str(text)) if _SAID.fullmatch(text.strip()):
                yield node.lineno, text


def _units(parts: list[ast.expr]) -> Iterator[str]:
    """What stands right after a value in a string: a unit of days or money, or the colon between hours and minutes."""
    for left, right in pairwise(parts):
        if isinstance(left, ast.FormattedValue) and isinstance(right, ast.Constant):
            clock = isinstance(left.format_spec, ast.JoinedStr) and str(right.value) == ":"
            if clock or re.match(r"[月日元]| ?yuan", str(right.value)):
                yield str(right.value)


def test_only_one_module_says_days_and_money() -> None:
    faults = [
        f"{module.place}:{line} {found}: use {SAYING}"
        for package in ("engine", "plugins")
        for module in modules(package)
        if module.place != SAYING and "tests" not in module.path.parts
        for line, found in spoken(module.tree)
    ]
    assert not faults, "\n".join(faults)


def test_no_page_says_days_by_itself() -> None:
    faults = [
        f"{path.relative_to(ROOT)}: {found[0]}"
        for package in ("engine", "plugins")
        for path in sorted((ROOT / package).rglob("*.html"))
        if (found := re.search(r"}}\s*[月日]|strftime|%-[a-zA-Z]|'%[a-zA-Z]", path.read_text("utf-8")))
    ]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(
    "written",
    [
        "f'{d:%d %b}'",
        "f'{d:%-d}'",
        "f'{d.month}月{d.day}日'",
        "d.strftime('%H:%M')",
        "f'{d:%H:%M}'",
        "f'{m // 60:02d}:{m % 60:02d}'",
        "d.replace(hour=0, minute=0)",
        "('周一', '周二')",
        "enumerate('一二三四五六日')",
        "f'{d}24:00'",
        "f'优惠{off}元'",
        "f'{off} yuan off'",
    ],
)
def test_a_day_or_an_amount_said_by_hand_is_found(written: str) -> None:
    assert list(spoken(ast.parse(written)))
    assert not list(spoken(ast.parse("f'{year}年没有{share:.0%}', f'inbox-{d:%y%m%d}', f'{place}:{line} {n:>3}: '")))


#: Where places on a drawing stand, which nobody reads.
DRAWN = "engine/web/diagram.py"
#: Thousands and decimals, as Python, templates and scripts write them.
NUMBERS_SAID = re.compile(r"[,_]|,?\.[0-9]+[fegFEG]|[fFgGeEnd]")
IN_TEXTS = re.compile(r"toFixed|toLocale|Intl\.|\|\s*round|%\.[0-9]+f|\{:[,.]")
#: The one other that writes numbers: what is stored of a decimal is what people read.
STORING = "engine/definition/values/moments.py"


def counted_by_hand(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every place where code gives a number its thousands or decimals, with its line."""
    for node in ast.walk(tree):
        match node:
            case ast.FormattedValue(format_spec=ast.JoinedStr(values=[ast.Constant(value=str(spec)), *_])):
                if NUMBERS_SAID.fullmatch(spec):
                    yield node.lineno, spec
            case ast.Call(func=ast.Name(id="format"), args=[_, ast.Constant(value=str(spec))]):
                yield node.lineno, f"format(…, {spec!r})"
            case ast.Constant(value=str(text)) if re.search(r"%\.[0-9]+f|\{:[,.]", text):
                yield node.lineno, text


def test_only_one_module_says_numbers() -> None:
    faults = [
        f"{module.place}:{line} {found}: use {SAYING}"
        for package in ("engine", "plugins")
        for module in modules(package)
        if module.place not in (SAYING, STORING, DRAWN) and "tests" not in module.path.parts
        for line, found in counted_by_hand(module.tree)
    ]
    assert not faults, "\n".join(faults)


def test_no_page_and_no_script_says_days_amounts_or_numbers_by_itself() -> None:
    faults = [
        f"{path.relative_to(ROOT)}: {found[0]}"
        for package in ("engine", "plugins")
        for ending in ("*.html", "*.js")
        for path in sorted((ROOT / package).rglob(ending))
        if "vendor" not in path.parts and (found := IN_TEXTS.search(path.read_text("utf-8")))
    ]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(
    "written", ["f'{n:,}'", "f'{n:.2f}'", "f'{n:,.2f}'", "f'{n:g}'", "format(n, ',')", "'%.2f' % n", "'{:,}'.format(n)"]
)
def test_a_number_said_by_hand_is_found(written: str) -> None:
    assert list(counted_by_hand(ast.parse(written)))
    assert not list(counted_by_hand(ast.parse("f'{n:>3} {share:.0%} {n:02} {name}'")))


@pytest.mark.parametrize("written", ["n.toFixed(2)", "d.toLocaleString()", "{{ n|round(2) }}", "{{ '%.2f'|format(n) }}"])
def test_a_number_said_by_a_page_or_a_script_is_found(written: str) -> None:
    assert IN_TEXTS.search(written)


#: Readers of digits that take those of every script, and raised or circled ones too.
#: The one module that knows when they may: the names of log-ins are no numbers.
PLAIN = "engine/definition/values/plain.py"
LOOSE = re.compile(r"(?<!\\W)\\d|NFKC")


def loose_digits(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every place where code takes more for a digit than the ten plain ones, with its line."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(attr="isdigit" | "isdecimal" | "isnumeric" as name):
                yield node.lineno, name
            case ast.Constant(value=str(text)) if found := LOOSE.search(text):
                yield node.lineno, found[0]


def test_digits_are_read_in_one_way() -> None:
    faults = [
        f"{module.place}:{line} {found}: use engine/definition/values/plain.py"
        for package in ("engine", "plugins")
        for module in modules(package)
        if "tests" not in module.path.parts and module.place != PLAIN
        for line, found in loose_digits(module.tree)
    ]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("written", ["a.isdigit()", "re.compile(r'\\d+')", "normalize('NFKC', a)"])
def test_a_loose_reader_of_digits_is_found(written: str) -> None:
    assert list(loose_digits(ast.parse(written)))
    assert not list(loose_digits(ast.parse("re.compile(r'[^\\W\\d]\\w*')")))


def sentences(module: Module) -> Iterator[tuple[int, tuple[str, str]]]:
    """Every sentence for people that a module writes out, in both languages, with its line."""
    for node in ast.walk(module.tree):
        match node:
            case ast.Call(func=ast.Name(id="Text"), args=[ast.Constant(value=str(zh)), ast.Constant(value=str(en))]):
                if zh.endswith("。") and len(zh) > 1:
                    yield node.lineno, (zh, en)


def test_a_sentence_for_people_is_written_once() -> None:
    places: dict[tuple[str, str], list[str]] = {}
    for module in modules("engine"):
        for line, said in sentences(module):
            places.setdefault(said, []).append(f"{module.place}:{line}")
    assert len(places) > 100
    assert not [(said, found) for said, found in places.items() if len(found) > 1]


def test_names_and_clauses_are_joined_by_the_functions_that_know_both_languages() -> None:
    found = {
        module.place for folder in ("engine", "plugins") for module in modules(folder)
        if _JOINS.search(module.text) and "/tests/" not in module.place
    }
    assert found == NO_SENTENCES


def test_no_template_joins_names_by_the_comma_of_one_language() -> None:
    templates = [file for folder in ("engine", "plugins") for file in (ROOT / folder).rglob("*.html")]
    assert len(templates) > 20
    assert [file.name for file in templates if _JOINED.search(file.read_text(encoding="utf-8"))] == []


def test_what_a_template_joins_is_seen() -> None:
    assert _JOINED.search("{{ row.skills|join('、') }}")
    assert not _JOINED.search("{{ form.left_out|join(_('、')) }}{{ day.free|join(' · ') }}")
