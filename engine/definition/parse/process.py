"""A whole process from its document."""

from __future__ import annotations

from dataclasses import replace

from engine.definition.catalogue import Catalogue
from engine.definition.model import Due, Process, Spot, Start, Step
from engine.definition.parse.due import read_due
from engine.definition.parse.examples import read_examples
from engine.definition.parse.fields import read_fields
from engine.definition.parse.not_yet import read_messages
from engine.definition.parse.outline import look_over
from engine.definition.parse.reader import Reader
from engine.definition.parse.scope import scope_of
from engine.definition.parse.start_and_ends import read_ends, read_parties, read_start
from engine.definition.parse.steps import read_steps
from engine.definition.problem_codes import problem
from engine.definition.uses import reads
from engine.definition.yaml.source import Mapping, Node
from engine.i18n import both


def read_process(document: Node, catalogue: Catalogue) -> tuple[Process | None, Reader]:
    """The process in *document*, and the reader with every fault found; None if there is no process at all."""
    reader = Reader(catalogue, read_steps)
    if not isinstance(document, Mapping):
        reader.fault("not-a-mapping", document)
        return None, reader
    reader.places[""] = document.place
    found = reader.entries(document, "", "process")
    reader.uses = _uses(reader, found["uses"]) if "uses" in found else ()
    reader.outline = look_over(reader, document)
    reader.scope = scope_of(reader.outline, reader.catalogue)
    process = _process(reader, found)
    return replace(process, index=index_of(process.steps), reads=reads(process)), reader


def _uses(reader: Reader, node: Node) -> tuple[str, ...]:
    names, catalogue = reader.names(node, "uses"), reader.catalogue
    for name in names:
        if name in catalogue.plugins:
            continue
        if name in catalogue.away:
            reader.problems.append(problem("plugin-away", node, "uses", hint=catalogue.away[name], name=name))
            continue
        if catalogue.all is None or name not in catalogue.all.plugins:
            reader.fault("unknown-plugin", node, "uses", (catalogue.all or catalogue).plugins, name=name)
            continue
        reader.fault("plugin-not-named", node, "uses", name=name)
        # What it would bring is no further fault.
        reader.catalogue = replace(catalogue.all, roles=catalogue.roles)
    return names


def _process(reader: Reader, found: dict[str, Node]) -> Process:
    name = reader.name(found["process"], "process") if "process" in found else ""
    if name and not name.isidentifier():
        reader.objection("bad-name", found["process"], "process", name=name)
    if "messages" in found:
        read_messages(reader, found["messages"], "messages")
    outline = reader.outline
    return Process(
        name=name,
        title=both(reader.word(found["title"], "title") if "title" in found else name),
        uses=reader.uses,
        subject=_subject(reader, found["subject"]) if "subject" in found else (),
        settings=read_fields(reader, found["settings"], "settings", outline.settings) if "settings" in found else (),
        parties=read_parties(reader, found["parties"], "parties") if "parties" in found else (),
        fields=read_fields(reader, found["fields"], "fields", outline.fields) if "fields" in found else (),
        start=_start(reader, found),
        due=_due(reader, found["due"]) if "due" in found else None,
        steps=reader.steps(found["steps"], "steps") if "steps" in found else (),
        ends=read_ends(reader, found["ends"], "ends") if "ends" in found else (),
        examples=read_examples(reader, found["examples"], "examples") if "examples" in found else (),
        extends=reader.word(found["extends"], "extends") if "extends" in found else "",
    )


def _start(reader: Reader, found: dict[str, Node]) -> Start:
    if "start" in found:
        return read_start(reader, found["start"], "start")
    reader.fault("start-needs-who", reader.places[""], "start")
    return Start()


def _subject(reader: Reader, node: Node) -> tuple[str, ...]:
    names = reader.names(node, "subject")
    for name in names:
        if name not in reader.outline.fields:
            reader.fault("unknown-field", node, "subject", reader.outline.fields, name=name)
    return names


def _due(reader: Reader, node: Node) -> Due:
    """The deadline of the whole case: nobody's outcome can answer it, so its ladder only escalates."""
    due = read_due(reader, node, "due")
    for rung in due.late:
        if rung.outcome:
            reader.objection("late-of-process", node, "due.late", name=rung.outcome)
    if due.lapse:
        reader.objection("late-of-process", node, "due.before.late", name=due.lapse)
    return due


def index_of(steps: tuple[Step, ...]) -> dict[str, tuple[Step, Spot]]:
    """Every step by its id, with the spot where it stands."""
    index: dict[str, tuple[Step, Spot]] = {}

    def walk(inner: tuple[Step, ...], owner: str, key: str) -> None:
        for position, step in enumerate(inner):
            index[step.id] = (step, Spot(owner, key, position))
            for branch in step.lists:
                walk(branch.steps, step.id, branch.name)
            for one in step.outcomes:
                walk(one.steps, step.id, f">{one.name}")

    walk(steps, "", "")
    return index
