"""What a published process keeps of its plugins: the specs of all that it names, so that it reads without them.

A plugin may be taken out, break or change after a process was published. The process then still says what it asks,
shows and waits for; only what the plugin would *do* is missing: there is nothing to run.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any, Final

from engine.definition.catalogue import (
    ActionSpec,
    Catalogue,
    FunctionSpec,
    Parameter,
    ResolverSpec,
    ResultSpec,
    TypeSpec,
)
from engine.definition.expression import Formula
from engine.definition.expression.tree import Ask
from engine.definition.model import Process, Step, Who
from engine.definition.values.kinds.table import BUILT_IN
from engine.definition.values.types import ValueType
from engine.i18n import Text, joined

#: The specs of one process as plain data: by kind and name, with the plugin that owns each.
Specs = Mapping[str, Any]
#: Fields of the kinds of spec that are Python functions, which nothing can keep, and how these behave.
_RUN: Final = frozenset({"run", "call", "kind", "reads"})


def specs_of(process: Process, catalogue: Catalogue) -> dict[str, Any]:
    """The specs of everything that *process* names of *catalogue*, with the types that these rest on."""
    actions, functions, resolvers = (
        {part.action for part in _parts(process) if isinstance(part, Step) and part.action},
        {part.function for part in _parts(process) if isinstance(part, Ask)},
        {part.name for part in _parts(process) if isinstance(part, Who) and part.kind == "resolver"},
    )
    kept: dict[str, Mapping[str, Any]] = {
        "actions": {name: catalogue.actions[name] for name in actions & catalogue.actions.keys()},
        "functions": {name: catalogue.functions[name] for name in functions & catalogue.functions.keys()},
        "resolvers": {name: catalogue.resolvers[name] for name in resolvers & catalogue.resolvers.keys()},
    }
    types = {part.name for part in _parts((process, kept)) if isinstance(part, ValueType)}
    kept["types"] = _with_attributes(types, catalogue)
    owners = {name: catalogue.owner(name) for kind in kept.values() for name in kind}
    plain: dict[str, Any] = {kind: {name: _plain(spec) for name, spec in kept[kind].items()} for kind in kept}
    return {**plain, "owners": owners, "plugins": sorted(process.uses)}


def _with_attributes(names: set[str], catalogue: Catalogue) -> dict[str, TypeSpec]:
    """The plugins' types called *names*, and those that their attributes are of."""
    found: dict[str, TypeSpec] = {}
    todo = names - set(BUILT_IN)
    while todo:
        name = todo.pop()
        if name in catalogue.types and name not in found:
            found[name] = catalogue.types[name]
            todo |= {of.name for _, of in found[name].attributes} - set(BUILT_IN)
    return found


def _parts(value: Any) -> Iterator[Any]:
    """Every value of the model that *value* is made of, formulas and their parts too."""
    yield value
    if isinstance(value, Formula):
        yield from _parts(value.tree)
    elif dataclasses.is_dataclass(value):
        # What a process has as an index is in its steps already; a document is text.
        for field in dataclasses.fields(value):
            if field.name not in ("index", "document", "kind"):
                yield from _parts(getattr(value, field.name))
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _parts(one)
    elif isinstance(value, (tuple, list)):
        for one in value:
            yield from _parts(one)


def _plain(value: Any) -> Any:
    """A spec as JSON data: what has its default is left out, what is a function cannot be kept."""
    if isinstance(value, Text):
        return list(value)
    if dataclasses.is_dataclass(value):
        known = {field.name: field for field in dataclasses.fields(value) if field.name not in _RUN}
        held = {name: getattr(value, name) for name in known}
        return {name: _plain(part) for name, part in held.items() if part != known[name].default}
    if isinstance(value, (tuple, list)):
        return [_plain(one) for one in value]
    return value


def kept_catalogue(specs: Specs) -> Catalogue:
    """The catalogue that *specs* hold: nothing of it can be run."""
    return Catalogue(
        actions={name: _action(said) for name, said in specs.get("actions", {}).items()},
        types={name: _type_spec(said) for name, said in specs.get("types", {}).items()},
        functions={name: _function(said) for name, said in specs.get("functions", {}).items()},
        resolvers={name: _resolver(said) for name, said in specs.get("resolvers", {}).items()},
        plugins=frozenset(specs.get("plugins", ())),
        owners=specs.get("owners", {}),
    )


def under(live: Catalogue, kept: Catalogue) -> Catalogue:
    """*live* with *kept* under it: what no plugin brings any more is known as it was."""
    return dataclasses.replace(
        live,
        actions={**kept.actions, **live.actions},
        types={**kept.types, **live.types},
        functions={**kept.functions, **live.functions},
        resolvers={**kept.resolvers, **live.resolvers},
        plugins=live.plugins | kept.plugins,
        owners={**kept.owners, **live.owners},
    )


def over(live: Catalogue, kept: Catalogue) -> Catalogue:
    """*kept* over *live*: for a process that cannot be read by what its plugins have become.

    What a plugin still brings as it was can be run; what is otherwise now cannot.
    """
    same = {name: spec for name, spec in live.actions.items() if _same(spec, kept.actions.get(name))}
    pure = {name: spec for name, spec in live.functions.items() if _same(spec, kept.functions.get(name))}
    return dataclasses.replace(
        under(live, kept),
        actions={**live.actions, **kept.actions, **same},
        types={**live.types, **kept.types},
        functions={**live.functions, **kept.functions, **pure},
        resolvers={**live.resolvers, **kept.resolvers},
    )


def changed(kept: ActionSpec, live: ActionSpec | None) -> Text:
    """What is other of an action than when it was *kept*, in words."""
    if live is None:
        return Text("没有这个动作了", "it is gone")
    found = [
        *_other("输入", "input", _typed(kept.inputs), _typed(live.inputs)),
        *_other("结果", "result", {one.name: one.refusing for one in kept.results},
                {one.name: one.refusing for one in live.results}),
    ]  # fmt: skip
    for was in kept.results:
        now = live.result(was.name)
        if now is not None:
            found += _other(f"{was.name}的输出", f"output of {was.name}", dict(was.outputs), dict(now.outputs))
    if not found:
        return Text("写法变了", "it is declared otherwise")
    return joined(found)


def _typed(inputs: tuple[Parameter, ...]) -> dict[str, object]:
    return {one.name: (one.type, one.required) for one in inputs}


def _other(zh: str, en: str, was: Mapping[str, object], now: Mapping[str, object]) -> Iterator[Text]:
    """What was added to those called *zh* and *en*, what was taken away, what is of another kind."""
    yield from (Text(f"多了{zh}{name}", f"{en} {name} added") for name in now if name not in was)
    yield from (Text(f"少了{zh}{name}", f"{en} {name} removed") for name in was if name not in now)
    yield from (
        Text(f"{zh}{name}变了", f"{en} {name} changed") for name in was if name in now and was[name] != now[name]
    )


def _same(live: Any, kept: Any) -> bool:
    return kept is not None and _plain(live) == _plain(kept)


def _action(said: Mapping[str, Any]) -> ActionSpec:
    return ActionSpec(**{
        **said, "title": Text(*said["title"]), "inputs": _parameters(said["inputs"]),
        "results": tuple(map(_result, said["results"])), "says": Text(*said["says"]) if "says" in said else None,
    })  # fmt: skip


def _result(said: Mapping[str, Any]) -> ResultSpec:
    return ResultSpec(**{**said, "title": Text(*said["title"]), "outputs": _pairs(said.get("outputs", ()))})


def _type_spec(said: Mapping[str, Any]) -> TypeSpec:
    return TypeSpec(**{**said, "title": Text(*said["title"]), "attributes": _pairs(said.get("attributes", ()))})


def _function(said: Mapping[str, Any]) -> FunctionSpec:
    return FunctionSpec(said["name"], tuple(map(_type, said["parameters"])), _type(said["returns"]), None)


def _resolver(said: Mapping[str, Any]) -> ResolverSpec:
    return ResolverSpec(said["name"], _parameters(said["parameters"]), Text(*said["title"]))


def _parameters(said: Any) -> tuple[Parameter, ...]:
    return tuple(
        Parameter(**{**one, "type": _type(one["type"]), "title": Text(*one["title"]) if "title" in one else None})
        for one in said
    )


def _pairs(said: Any) -> tuple[tuple[str, ValueType], ...]:
    return tuple((name, _type(of)) for name, of in said)


def _type(said: Mapping[str, Any]) -> ValueType:
    return ValueType(**{**said, "columns": _pairs(said.get("columns", ()))})
