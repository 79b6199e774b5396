"""Odd posts to every form and odd queries to every page: each is answered, none is a fault."""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random

from flask.testing import FlaskClient
from werkzeug.routing import Rule

from engine.definition.values.plain import MOST_SOUGHT
from engine.operations.context import Caller
from engine.operations.reading import pages
from tests.integration.odd.conftest import MANY, WHO, World
from tests.integration.odd.oddities import EXTREMES, WORDS, Odd, Sent

POSTS, READS = MANY or 20, MANY or 4
#: What a form may send beside the fields, and what a page may be asked.
BESIDE = ("key", "seen", "outcome", "note", "opinion", "to", "n", "upto", "unit", "for", "for_person", "language", "look", "next",
          "name", "password", "persona", "was.count", "was.sum")  # fmt: skip
ASKED = ("box", "process", "due", "q", "after", "shown", "reach", "had", "seen", "date", "from", "until", "people", "facility",
         "member", "kind", "skill", "next", "lang")  # fmt: skip
#: What a form sends that nobody typed.
HIDDEN = ("key", "seen", "outcome", "to", "n", "upto", "unit", "language", "look", "next", "persona", "uncover", "resume", "find",
          "rows", "f-rows.count", "f-rows.first", "f-venue", "f-who", "csrf_token", "carry.x")  # fmt: skip
PARTS = (
    "",
    ".date",
    ".time",
    ".from",
    ".until",
    ".to",
    ".count",
    ".0.name",
    ".0.cost",
    ".1.name",
    ".999999.name",
    ".x",
)


def rules(world: World, method: str) -> list[Rule]:
    """The addresses of the pages that take *method*, in order; those of plugins as they are written out."""
    found = [
        rule for rule in world.app.url_map.iter_rules()
        if rule.endpoint.startswith("web.") and method in (rule.methods or ()) and rule.endpoint != "web.static"
    ]  # fmt: skip
    return sorted(found, key=lambda rule: rule.rule)


def address(odd: Odd, world: World, rule: Rule) -> str:
    """The rule with its names filled in, mostly by what there is."""
    good: dict[str, tuple[str, ...]] = {
        "district": ("haicheng",) * 9, "number": tuple(world.numbers), "n": ("1", "2"), "process": ("every", "borrow_venue"),
        "ref": tuple(f"{number}.{n}" for number in world.numbers for n in (1, 2)), "name": ("process", "district"),
        "rest": ("venues", "points", "partners", f"venues/{world.venue}", "venues/x"),
    }  # fmt: skip

    def named(part: re.Match[str]) -> str:
        kinds, name = part[1] or "", part[2]
        if kinds.startswith("any("):
            return str(odd.one_of(kinds[4:].rstrip("):").split(",")))
        share = 0.95 if name == "district" else 0.75
        word = odd.one_of(good[name]) if odd.often(share) else odd.word()
        return str(word).replace("?", "%3F").replace("#", "%23").encode("utf-8", "replace").decode()

    return re.sub(r"<([^<>]*:)?([a-z_]+)>", named, rule.rule)


def typed(odd: Odd, world: World, token: str) -> tuple[tuple[str, str], ...]:
    """What a form sends: its token, what a start needs, a few odd fields in any of their parts, and what stands beside."""
    base = [("f-words", "话"), ("unit", world.unit), ("key", str(odd.chance.random())), ("outcome", "fine")]
    fields = odd.chance.sample((*world.fields, "nothing"), odd.one_of((0, 1, 1, 2, 5)))
    pairs = [(f"f-{name}{odd.one_of(PARTS)}", odd.word("1", "2026-06-20", "14:00", "甲", "x")) for name in fields]
    beside = odd.chance.sample(BESIDE, odd.one_of((0, 1, 1, 2, 5)))
    pairs += [(name, odd.word("fine", "back", "note", world.people["staff"], world.unit)) for name in beside]
    pairs += [one for one in base if odd.often(0.93) and one[0] not in dict(pairs)]
    pairs += [one for one in pairs if odd.often(0.03)]
    pairs += [("csrf_token", token if odd.often(0.95) else odd.word())]
    return tuple((name, value.encode("utf-8", "replace").decode()) for name, value in pairs)


def token_of(client: FlaskClient) -> str:
    """The token of the forms that this browser is shown."""
    found = re.search(r'name="csrf_token" value="([^"]*)"', client.get("/me").text or client.get("/login").text)
    return found[1] if found else ""


def posts(world: World, odd: Odd) -> Iterator[tuple[Rule, Sent, FlaskClient]]:
    """Odd posts to each address in turn, by somebody who has logged in."""
    for rule in rules(world, "POST"):
        client, token = None, ""
        for _ in range(POSTS):
            if client is None or odd.often(0.1) or rule.endpoint in ("web.logout", "web.login", "web.demo"):
                client = world.visitor(odd.one_of(WHO))
                token = token_of(client)
            yield rule, Sent("POST", address(odd, world, rule), form=typed(odd, world, token)), client


def test_no_odd_form_is_a_fault_or_changes_what_it_refuses(world: World) -> None:
    odd = Odd(20261130)
    for _, sent, client in posts(world, odd):
        world.ask(client, sent)
    assert world.answers.get(303, 0) > 10 and world.answers.get(422, 0) > 10, world.answers


def test_no_odd_query_of_a_page_is_a_fault(world: World) -> None:
    odd, before = Odd(20261201), world.count()
    for rule in rules(world, "GET"):
        client = world.visitor(odd.one_of(WHO))
        for _ in range(READS * (5 if rule.endpoint == "web.plugin_page" else 1)):
            asked = tuple((name, value.encode("utf-8", "replace").decode()) for name, value in odd.pairs(*ASKED))
            world.ask(client, Sent(odd.one_of(("GET", "GET", "HEAD")), address(odd, world, rule), asked))
    assert world.count() == before
    assert world.answers.get(200, 0) > 20, world.answers


#: What each page reads of its query.
PAGES = {
    "inbox": ("box", "process", "due", "q", "after"), "inbox.json": ("box", "process", "due", "q"), "notices": ("after",),
    "cases": ("q", "process", "reach", "shown"), "cases.xlsx": ("q", "process", "reach"), "start": ("q",),
    "start/every": ("for", "unit"), "venues": ("date", "from", "until", "people", "facility", "shown"),
    "points": ("member",), "partners": ("q", "kind", "skill", "shown"),
}  # fmt: skip


def test_no_number_or_text_is_too_odd_for_any_parameter_of_a_page(world: World) -> None:
    client = world.visitor("admin")
    asked = [(page, name) for page, names in PAGES.items() for name in names]
    for page, name in (*asked, (f"venues/{world.venue}", "from"), ("inbox/news", "had"), ("inbox/news", "seen")):
        for word in WORDS if MANY else EXTREMES:
            query = ((name, word.encode("utf-8", "replace").decode()),)
            above = "/_" if page.startswith("inbox/") else ""
            world.ask(client, Sent("GET", f"{above}/haicheng/{page}", query))


#: Too long for a pattern of SQLite and for an index of PostgreSQL, however it is packed.
LONG = ("a" * 60_000, "".join(Random(3).choices("0123456789abcdef", k=6_000)))


def test_no_search_of_a_page_is_too_long(world: World) -> None:
    client = world.visitor("admin")
    for page in ("cases", "cases.xlsx", "inbox", "partners", "venues"):
        for word in LONG:
            answer = world.ask(client, Sent("GET", f"/haicheng/{page}", (("q", word),)))
            shown = re.sub(rb'name="next" value="[^"]*"', b"", answer.data)  # the way back is the address itself
            assert answer.status_code == 200 and word[: MOST_SOUGHT + 1].encode() not in shown, "it shows what it read"


def test_no_search_beside_a_field_is_too_long(world: World) -> None:
    client = world.visitor("staff")
    token, json = token_of(client), {"Accept": "application/json"}
    for name in ("f-venue", "f-who", "f-where", "f-words"):
        for word in (*LONG, "字" * 100_000):
            form = (("csrf_token", token), ("find", name), (f"{name}.find", word), ("unit", world.unit))
            for headers in (json, {}):
                assert world.ask(client, Sent("POST", "/haicheng/start/every", (), headers, form=form)).status_code == 200


def test_whatever_travels_unseen_in_a_form_may_be_too_long_and_is_refused_alike(world: World) -> None:
    odd = Odd(20261204)
    for rule in rules(world, "POST"):
        client = world.visitor("staff")
        sound = {"csrf_token": token_of(client), "unit": world.unit, "f-words": "话", "note": "话", "outcome": "fine",
                 "uncover": "card"}  # fmt: skip
        for name in HIDDEN if rule.endpoint != "web.logout" else ("next",):
            form = {**sound, "key": f"{rule.rule}{name}", name: LONG[1]}
            world.ask(client, Sent("POST", address(odd, world, rule), form=tuple(form.items())))
    assert world.answers.get(422, 0) > 20, world.answers


def test_a_key_that_cannot_be_is_refused_at_both_doors_and_its_page_comes_again_with_another(world: World) -> None:
    client = world.visitor("staff")
    form = {"csrf_token": token_of(client), "unit": world.unit, "f-words": "话还在", "key": LONG[1]}
    answer = world.ask(client, Sent("POST", "/haicheng/start/every", form=tuple(form.items())))
    assert answer.status_code == 422 and "编号不对" in answer.text and "话还在" in answer.text
    key = re.search(r'name="key" value="([^"]*)"', answer.text)
    assert key is not None and 0 < len(key[1]) < 100
    body = f'{{"process": "every", "unit": "{world.unit}", "fill": {{"words": "话"}}}}'.encode()
    headers = {"Authorization": f"Bearer {world.tokens['staff']}", "Content-Type": "application/json",
               "Idempotency-Key": LONG[1]}  # fmt: skip
    answer = world.ask(world.app.test_client(), Sent("POST", "/api/v1/haicheng/cases", (), headers, body))
    assert answer.status_code == 422


def test_the_form_of_every_type_can_be_sent_as_it_stands(world: World) -> None:
    form = pages.start_form(world.ctx, Caller(world.people["staff"]), "every")
    assert {field.name for field in form.fields} == set(world.fields)
