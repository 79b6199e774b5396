"""What a browser would send of a form as it stands on the page, told from the page's markup."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

from werkzeug.datastructures import MultiDict


@dataclass
class Form:
    """A form of a page: how it is marked up, what it sends, and where else its presses send it."""

    held: dict[str, str] = field(default_factory=dict)
    sent: MultiDict[str, str] = field(default_factory=MultiDict)
    presses: list[str] = field(default_factory=list)


class _Forms(HTMLParser):
    """Collects the forms of a page, each with its inputs in order; those that stand elsewhere name their form."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self._named: defaultdict[str, Form] = defaultdict(Form)
        self._inside: Form | None = None
        self._of: Form | None = None
        self._area: str | None = None
        self._select: tuple[str, str | None, str | None] | None = None
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = self._named[held["id"]] if "id" in held else Form()
            self._inside.held = held
            self.forms.append(self._inside)
        self._of = self._named[held["form"]] if "form" in held else self._inside
        if self._of is None:
            return
        if tag == "button" and "formaction" in held:
            self._of.presses.append(held["formaction"])
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
        if self._of is not None and held.get("name") and ticked and "disabled" not in held:
            self._of.sent.add(held["name"], held.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = None
        elif self._of is None:
            return
        elif tag == "textarea" and self._area:
            self._of.sent.add(self._area, self._text.removeprefix("\n"))
            self._area = None
        elif tag == "select" and self._select is not None:
            name, first, chosen = self._select
            self._of.sent.add(name, chosen if chosen is not None else first or "")
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._text += data


def forms_on(page: str) -> list[tuple[str, MultiDict[str, str]]]:
    """Every form of *page* that is posted: where it goes ("" = the page's own address), and what it sends.

    One whose presses send it elsewhere is told once for each place.
    """
    parser = _Forms()
    parser.feed(page)
    posted = [form for form in parser.forms if form.held.get("method") == "post"]
    return [(goes, form.sent) for form in posted for goes in (form.held.get("action", ""), *form.presses)]


def form_with(page: str, name: str) -> MultiDict[str, str]:
    """What the form of *page* that has an input called *name* sends."""
    return next(sent for _, sent in forms_on(page) if name in sent)


def fill_in(sent: MultiDict[str, str], typed: Mapping[str, str]) -> MultiDict[str, str]:
    """The same form with other texts in some of its inputs."""
    for name, value in typed.items():
        sent.setlist(name, [value])
    return sent
