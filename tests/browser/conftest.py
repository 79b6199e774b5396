"""Fixtures: a town behind a real server, a real Chromium, and a page that watches itself."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, sync_playwright
from waitress.server import create_server
from waitress.wasyncore import close_all

from tests.browser.town import PASSWORD, Town, move_in, settle
from tests.databases import required

_FLAGS: Final = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--lang=zh-CN",
)  # fmt: skip
_NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
#: A page that refuses is meant to answer so; the browser notes it on its console.
_MEANT: Final = "Failed to load resource: the server responded with a status of 4"

#: What axe finds wrong; nothing else of its findings is handed over. There is no sound or film to load for it.
_FAULTS: Final = """axe.run({resultTypes: ["violations"], preload: false})
  .then((found) => found.violations.map((one) => [one.id, one.nodes[0].html]))"""

#: Boxes that follow each other, one below the other, with less than 8 pixels between.
_TOUCHING: Final = """(() => {
  const boxes = ".card, .empty, .notice, .errors, .rows";
  return [...document.querySelectorAll("main *")].filter(one => one.matches(boxes) && one.getClientRects().length)
    .filter(one => {
      const next = one.nextElementSibling;
      if (!next || !next.matches(boxes) || !next.getClientRects().length) return false;
      const [above, below] = [one.getBoundingClientRect(), next.getBoundingClientRect()];
      return below.left < above.right && below.top - above.bottom < 8;
    }).map(one => one.outerHTML.slice(0, 80));
})()"""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The Chromium of this machine."""
    found = os.environ.get("RONGTONG_CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        (pytest.fail if required("browser") else pytest.skip)(
            "no Chromium: install it, or name it in RONGTONG_CHROMIUM"
        )
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=list(_FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of a town in which nothing has happened yet."""
    return settle(tmp_path_factory.mktemp("settled"))


@pytest.fixture(scope="session")
def shots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where screenshots go."""
    given = os.environ.get("RONGTONG_SCREENSHOTS")
    folder = Path(given) if given else tmp_path_factory.mktemp("screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def town(settled: Path, tmp_path: Path) -> Iterator[Town]:
    """A town of one's own."""
    town = move_in(settled, tmp_path)
    yield town
    town.system.runner.release()
    town.system.database.close()


@pytest.fixture
def address(town: Town) -> Iterator[str]:
    """The town behind a server on this machine."""
    server = create_server(town.app, host="127.0.0.1", port=0, threads=2)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.task_dispatcher.shutdown()
    # In its own thread: closed from here, its loop would look at a socket that is gone.
    server.trigger.pull_trigger(lambda: close_all(server._map, ignore_all=True))
    thread.join(10)
    assert not thread.is_alive()


def _height(width: int) -> int:
    return 844 if width < 700 else 800


@dataclass
class Reader:
    """Somebody at a browser window; ``check`` checks the page as it stands, ``look`` keeps a picture of it as well."""

    page: Page
    address: str
    shots: Path
    name: str
    noise: list[str] = field(default_factory=list)

    def log_in(self, account: str) -> None:
        """Come in by the front door."""
        self.page.goto(f"{self.address}/login")
        self.page.fill("#name", account)
        self.page.fill("#password", PASSWORD)
        self.page.click("button.main")
        self.page.wait_for_url(lambda url: not url.endswith("/login"))

    def open(self, path: str) -> None:
        """Go to a page of the town."""
        self.page.goto(self.address + path)

    def show(self, width: int, scheme: str) -> None:
        """The same page in a window of another width, for a reader who likes it light or dark."""
        self.page.set_viewport_size({"width": width, "height": _height(width)})
        self.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")

    def follow(self, what: str | Locator) -> None:
        """Press what leads to another page, and be there: a page that is on its way out cannot be checked."""
        with self.page.expect_navigation():
            (self.page.locator(what).first if isinstance(what, str) else what).click()

    def look(self, what: str) -> None:
        """A picture, and the checks."""
        self.page.screenshot(path=self.shots / f"{self.name}-{what}.png", full_page=True)
        self.check(what)

    def check(self, what: str) -> None:
        """No fault of access, nothing beyond the edge, no two boxes that touch, nothing on the console."""
        if not self.page.evaluate("Boolean(window.axe)"):
            self.page.evaluate(Axe().axe_script)
        assert self.page.evaluate(_FAULTS) == [], what
        assert self.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, (
            f"{what} reaches over the edge"
        )
        assert self.page.evaluate(_TOUCHING) == [], what
        assert not self.noise, what


OpenReader = Callable[..., Reader]


@pytest.fixture
def reader(browser: Browser, address: str, shots: Path, request: pytest.FixtureRequest) -> Iterator[OpenReader]:
    """Opens windows: ``reader(name, width=390, scheme="dark", script=False)``."""
    contexts = []

    def window(name: str, *, width: int = 1280, scheme: str = "light", script: bool = True) -> Reader:
        context = browser.new_context(
            viewport={"width": width, "height": _height(width)}, locale="zh-CN",
            color_scheme="dark" if scheme == "dark" else "light", java_script_enabled=script,
        )  # fmt: skip
        contexts.append(context)
        page = context.new_page()
        opened = Reader(page, address, shots, f"{name}-{scheme}-{width}")
        page.on("pageerror", lambda error: opened.noise.append(str(error)))
        page.on(
            "console",
            lambda said: (
                opened.noise.append(said.text)
                if said.type in ("error", "warning") and not said.text.startswith(_MEANT)
                else None
            ),
        )
        return opened

    yield window
    for context in contexts:
        context.close()
