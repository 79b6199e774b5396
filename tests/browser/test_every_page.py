"""Every page in every look at every width: no fault of access, nothing cut, nothing foreign, nothing heavy."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Response

from tests.browser.conftest import OpenReader, Reader
from tests.browser.test_looks import choose_look
from tests.browser.town import Town

#: The names that a Chinese page keeps in Latin letters.
LATIN = {"EN", "English", "Excel"}
MOST = 200_000


def walk(town: Town, window: Reader) -> Iterator[str]:
    """Open each page in turn; its name."""
    number = town.loan(16)
    window.open("/login")
    yield "login"
    window.log_in("lender")
    plain = {
        "inbox": "inbox", "claimable": "inbox?box=claimable", "done": "inbox?box=done", "notices": "notices",
        "case": f"cases/{number}", "print": f"cases/{number}/print", "recent": "cases", "found": "cases?q=多功能厅",
        "not-found": "cases?q=没有这件", "start": "start", "form": "start/dispatch_order", "lost": "nowhere",
        "venues": "venues", "points": "points", "partners": "partners",
    }  # fmt: skip
    for name, path in plain.items():
        window.open(f"/haicheng/{path}")
        yield name
    window.open("/haicheng/venues")
    window.follow(".row .subject")
    yield "venue"
    window.open("/haicheng/venues?people=99999")
    yield "no-venue"
    window.open("/haicheng/start/dispatch_order")
    window.follow("main form.card button.main")
    yield "form-with-faults"
    window.open("/haicheng/inbox")
    window.follow(".row .subject")
    yield "task"
    window.open("/me")
    yield "me"


@pytest.mark.parametrize("widths", [(320, 390), (1280,)], ids=["narrow", "wide"])
@pytest.mark.parametrize("look", ["system", "elder"])
def test_every_page_stands_in_every_look(
    town: Town, reader: OpenReader, look: str, widths: tuple[int, ...]
) -> None:
    """A page is loaded once for all that only its style sheet tells apart: light and dark, and widths of one layout."""
    window = reader("page", width=widths[0])
    if look == "elder":
        window.log_in("lender")
        choose_look(window, look)
        window.follow("form.away button")
    seen = []
    for name in walk(town, window):
        for width in widths:
            for scheme in ("light", "dark") if look == "system" else ("light",):
                window.show(width, scheme)
                window.check(f"{name} {look} {scheme} {width}")
                small = window.page.evaluate(SMALLEST)
                assert small >= 14, (name, scheme, width, small)
        window.show(widths[0], "light")
        seen.append(name)
    assert len(seen) == 21


#: The smallest letters that a page shows, in pixels.
SMALLEST = """Math.min(...[...document.querySelectorAll("body *")]
  .filter(one => one.getClientRects().length && [...one.childNodes].some(it => it.nodeType === 3 && it.data.trim()))
  .map(one => parseFloat(getComputedStyle(one).fontSize)))"""


def test_no_key_and_no_english_stands_on_a_chinese_page(town: Town, reader: OpenReader) -> None:
    window = reader("words")
    for name in walk(town, window):
        said = set(re.findall(r"[A-Za-z_]{2,}", window.page.inner_text("body")))
        assert said <= LATIN, name
        assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}", window.page.inner_text("body")), name


def test_no_page_asks_another_host_for_anything_and_none_is_heavy(town: Town, reader: OpenReader) -> None:
    window = reader("weight")
    window.page.context.new_cdp_session(window.page).send("Network.setCacheDisabled", {"cacheDisabled": True})
    window.page.add_init_script("addEventListener('securitypolicyviolation', e => console.error(e.violatedDirective))")
    sizes: dict[str, int] = {}
    asked: list[str] = []
    window.page.on("requestfinished", lambda request: asked.append(request.url))
    window.page.on("response", lambda answer: sizes.update({answer.url: weight(answer)}))
    for name in walk(town, window):
        window.page.wait_for_load_state("networkidle")
        assert 0 < sum(sizes.values()) <= MOST, (name, sizes)
        sizes.clear()
        assert window.noise == [], name
    assert [url for url in asked if not url.startswith((window.address, "data:"))] == []


def weight(answer: Response) -> int:
    """How many bytes came; what only leads on has none."""
    return 0 if 300 <= answer.status < 400 else len(answer.body())
