"""What a browser would send of a form as it stands on the page, told from the page's markup."""

from __future__ import annotations

from collections.abc import Mapping
from html.parser import HTMLParser

from werkzeug.datastructures import MultiDict


class _Forms(HTMLParser):
    """Collects the forms of a page, each with its inputs in order."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[tuple[dict[str, str], MultiDict[str, str]]] = []
        self._inside = False
        self._area: str | None = None
        self._select: tuple[str, str | None, str | None] | None = None
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append((held, MultiDict()))
            self._inside = True
        elif not self._inside:
            return
        elif tag == "input":
            self._input(held)
        elif tag == "textarea":
            self._area, self._text = held.get("name"), ""
        elif tag == "select":
            self._select = (held.get("name", ""), None, None)
        elif tag == "option" and self._select is not None:
            name, first, chosen = self._select
            value = held.get("value", "")
            self._select = (name, value if first is None else first, value if "selected" in held else chosen)

    def _input(self, held: dict[str, str]) -> None:
        ticked = held.get("type") not in ("radio", "checkbox") or "checked" in held
        if held.get("name") and ticked and "disabled" not in held:
            self.forms[-1][1].add(held["name"], held.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "textarea" and self._area:
            self.forms[-1][1].add(self._area, self._text.removeprefix("\n"))
            self._area = None
        elif tag == "select" and self._select is not None:
            name, first, chosen = self._select
            self.forms[-1][1].add(name, chosen if chosen is not None else first or "")
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._text += data


def forms_on(page: str) -> list[tuple[str, MultiDict[str, str]]]:
    """Every form of *page* that is posted: where it goes ("" = the page's own address), and what it sends."""
    parser = _Forms()
    parser.feed(page)
    return [(held.get("action", ""), sent) for held, sent in parser.forms if held.get("method") == "post"]


def form_with(page: str, name: str) -> MultiDict[str, str]:
    """What the form of *page* that has an input called *name* sends."""
    return next(sent for _, sent in forms_on(page) if name in sent)


def fill_in(sent: MultiDict[str, str], typed: Mapping[str, str]) -> MultiDict[str, str]:
    """The same form with other texts in some of its inputs."""
    for name, value in typed.items():
        sent.setlist(name, [value])
    return sent
