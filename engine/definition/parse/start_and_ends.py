"""``start``: how a case begins; ``parties``: the units it belongs to; ``ends``: how it is over."""

from __future__ import annotations

from typing import Final, Literal, cast

from engine.definition.model import End, Party, Start, Value
from engine.definition.parse.exits import read_set
from engine.definition.parse.fields import fillable
from engine.definition.parse.not_yet import read_loop, read_reopen
from engine.definition.parse.reader import Reader
from engine.definition.parse.who import read_who
from engine.definition.values.plain import repeated
from engine.definition.yaml.source import Mapping, Node, Scalar
from engine.i18n import Text, both

#: Ways to begin that cases cannot run yet, and the keys that belong to them.
NOT_YET: Final = {
    "every": Text("按时间自动开始（start.every）", "starting by the calendar (start.every)"),
    "message": Text("收到消息时开始（start.message）", "starting on a message (start.message)"),
    "each": Text("逐项开始（start.each）", "starting one case for each item (start.each)"),
}
HOLIDAYS: Final = ("before", "after", "skip", "keep")
MISSED: Final = ("once", "all", "skip")
#: Names of ends that read well without a title.
TITLES: Final = {"done": Text("办结", "done"), "refused": Text("未通过", "not approved")}


def read_start(reader: Reader, node: Node, path: str) -> Start:
    """How a case begins."""
    found = reader.entries(node, path, "start")
    if isinstance(node, Mapping) and not {"who", "every", "message"} & found.keys():
        reader.fault("start-needs-who", node, path)
    for key, what in NOT_YET.items():
        if key in found:
            reader.not_yet(found[key], f"{path}.{key}", what)
            if key == "each":
                read_loop(reader, found[key], f"{path}.{key}")
            else:
                reader.word(found[key], f"{path}.{key}")
    for key, options in (("holiday", HOLIDAYS), ("missed", MISSED)):
        if key in found:
            reader.choice(found[key], f"{path}.{key}", options, options[0])
            if "every" not in found:
                reader.fault("only-with-every", found[key], f"{path}.{key}", name=key)
    if "for" in found:
        reader.choice(found["for"], f"{path}.for", ("applicant",), "applicant")
    return Start(
        who=read_who(reader, found["who"], f"{path}.who") if "who" in found else None,
        for_applicant="for" in found,
        fill=fillable(reader, found["fill"], f"{path}.fill") if "fill" in found else (),
        set=_set(reader, found, path),
        if_=reader.formula(found["if"], f"{path}.if", ("boolean",)) if "if" in found else None,
        place=node.place,
    )


def _set(reader: Reader, found: dict[str, Node], path: str) -> tuple[tuple[str, Value], ...]:
    """What is set at the start; with ``each`` it speaks of an item that only the run of it knows."""
    node = found.get("set")
    if node is None:
        return ()
    if "each" in found and isinstance(node, Mapping):
        return tuple((name, Value()) for name in node.keys if name in reader.outline.fields)
    return read_set(reader, node, f"{path}.set")


def read_parties(reader: Reader, node: Node, path: str) -> tuple[Party, ...]:
    """The units that the case belongs to."""
    parties = (
        _party(reader, key, value, here)
        for key, value, here in reader.named(node, path)
        if key.text in reader.outline.parties
    )
    return tuple(party for party in parties if party is not None)


def _party(reader: Reader, key: Scalar, node: Node, path: str) -> Party | None:
    found = reader.entries(node, path, "party")
    if ("unit" in found) == ("units" in found):
        if isinstance(node, Mapping):
            reader.fault("party-needs-unit", node, path)
        return None
    name = "unit" if "unit" in found else "units"
    expect = ("unit",) if name == "unit" else ("list",)
    formula = reader.formula(found[name], f"{path}.{name}", expect, sign=True)
    title = reader.word(found["title"], f"{path}.title") if "title" in found else key.text
    return Party(key.text, both(title), formula, name == "units") if formula else None


def read_ends(reader: Reader, node: Node, path: str) -> tuple[End, ...]:
    """The ways for a case to be over."""
    return tuple(
        _end(reader, key, value, here) for key, value, here in reader.named(node, path) if _end_name(reader, key, here)
    )


def _end_name(reader: Reader, key: Scalar, path: str) -> bool:
    return reader.identifier(key, path)


def _end(reader: Reader, key: Scalar, node: Node, path: str) -> End:
    found = reader.entries(node, path, "end")
    if "reopen" in found:
        read_reopen(reader, found["reopen"], f"{path}.reopen")
    undo = reader.choice(found["undo"], f"{path}.undo", ("all", "none"), "none") if "undo" in found else "none"
    counts = reader.names(found["counts"], f"{path}.counts") if "counts" in found else ()
    for twice in sorted(repeated(counts)):
        reader.objection("option-twice", found["counts"], f"{path}.counts", name=twice)
    for name in dict.fromkeys(counts):
        if name not in reader.outline.parties:
            reader.fault("unknown-party", found["counts"], f"{path}.counts", reader.outline.parties, name=name)
    title = both(reader.word(found["title"], f"{path}.title")) if "title" in found else None
    return End(
        name=key.text,
        title=title or TITLES.get(key.text, both(key.text)),
        undo=cast(Literal["all", "none"], undo),
        tell=read_who(reader, found["tell"], f"{path}.tell") if "tell" in found else None,
        counts=counts,
        place=key.place,
    )
