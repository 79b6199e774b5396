"""Fills of a form: reads what people and programs send, checks it, and computes what derives from it."""

from __future__ import annotations

from collections.abc import Collection, Container, Mapping
from dataclasses import replace
from typing import Any, Final

from jsonschema import ValidationError

from engine.definition.expression import Env, Formula, evaluate
from engine.definition.fields import words
from engine.definition.fields.schema import Form, is_required, json_schema
from engine.definition.fields.sound import plainly_sound
from engine.definition.model import Field, Process, Value
from engine.definition.values.forms import decode, encode
from engine.definition.values.inputs import parse_input
from engine.definition.values.kinds.table import kind_of
from engine.definition.values.types import ValueType
from engine.errors import Problem, Unanswered
from engine.i18n import Text

__all__ = ["asked", "cell_title", "check_fill", "derive", "fault_of", "json_schema", "readable"]

#: What says nothing: a field that holds one of these is empty.
EMPTY: Final[tuple[Any, ...]] = (None, "", [], ())


#: One of the words of a list.
_CHOSEN: Final = ValueType("choice")


class FormEnv:
    """An environment in which a process's fields have the values of a form that is being filled."""

    def __init__(self, process: Process, data: Mapping[str, Any], env: Env) -> None:
        self._fields = process.named
        self._data = data
        self._env = env
        self.attribute = env.attribute
        self.call = env.call
        self.add = env.add

    def name(self, name: str) -> Any:
        """The form's own value of a field; anything else is asked of the environment around it."""
        field = self._fields.get(name)
        return self._env.name(name) if field is None else decode(field.type, self._data.get(name))

    def holds(self, condition: Formula | None) -> bool:
        """Whether a field with this ``when`` is asked."""
        return condition is None or evaluate(condition, self) is True


def asked(process: Process, names: tuple[str, ...], data: Mapping[str, Any], env: Env) -> tuple[Field, ...]:
    """The fields among *names* that a form over *data* asks: derived ones and other variants are not."""
    return tuple(_asked(process, _among(process, names), data, env))


def _asked(process: Process, fields: list[Field], data: Mapping[str, Any], env: Env) -> list[Field]:
    form = FormEnv(process, data, env)
    return [f for f in fields if f.value is None and (f.when is None or form.holds(f.when))]


def _among(process: Process, names: Container[str]) -> list[Field]:
    """The fields of *names* in the process's order."""
    return [f for f in process.fields if f.name in names]


def check_fill(
    process: Process, names: tuple[str, ...], fill: Mapping[str, Any], data: Mapping[str, Any], env: Env
) -> tuple[dict[str, Any], tuple[Problem, ...]]:
    """The stored form of *fill*, which may answer the fields *names* of a case that holds *data*.

    Stored values and what people typed are both read. The answer holds only what changes; None empties a field,
    as happens to a variant whose condition no longer holds. Defaults fill what nobody answered. Every problem has
    the field's name as its path, ``roll.0.people`` inside a table.
    """
    if not (names or fill or process.variants):
        return {}, ()
    fields = _among(process, names)
    problems = [words.unknown(name) for name in fill if name not in names]
    read = {f.name: _read(f, fill[f.name], f.name, problems) for f in fields if f.name in fill}
    merged = {**data, **_without(_tops(problems), read)}
    problems += _faults(process, fields, merged)
    faulty = _tops(problems)
    sound = _without(faulty, merged)
    open_ = [f for f in fields if f.default is not None and f.name not in merged and f.name not in faulty]
    defaults = _defaults(process, open_, sound, env)
    if defaults:
        problems += _faults(process, fields, defaults)
        sound |= defaults
    form = _asked(process, fields, sound, env)
    problems += [
        words.missing(f, f.name)
        for f in form
        if sound.get(f.name) in EMPTY and is_required(f) and f.name not in faulty
    ]
    told = _in_order(process, form, names, problems) if problems else ()
    return ({}, told) if told else (_changes(process, fields, sound, data, env), ())


def _tops(problems: list[Problem]) -> set[str]:
    """The fields that have problems."""
    return {problem.path.partition(".")[0] for problem in problems}


def _without(faulty: set[str], values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in faulty} if faulty else values


def _in_order(
    process: Process, form: list[Field], names: tuple[str, ...], problems: list[Problem]
) -> tuple[Problem, ...]:
    """The problems as the form stands, without those of variants that it does not ask."""
    order = {f.name: place for place, f in enumerate(process.fields)}
    shown = {f.name for f in form}
    told = [one for one in problems if (top := one.path.partition(".")[0]) in shown or top not in names]
    return tuple(sorted(told, key=lambda one: order.get(one.path.partition(".")[0], -1)))


def _changes(
    process: Process, fields: list[Field], sound: dict[str, Any], data: Mapping[str, Any], env: Env
) -> dict[str, Any]:
    """What differs from *data*; variants that no longer hold are emptied wherever they stand."""
    form = FormEnv(process, sound, env)
    touched = {
        f.name: sound.get(f.name) if f.when is None or form.holds(f.when) else None
        for f in (*fields, *process.variants)
    }
    return {name: value for name, value in touched.items() if value != data.get(name)}


def derive(
    process: Process, data: Mapping[str, Any], env: Env, changed: Collection[str] | None = None
) -> dict[str, Any]:
    """The stored values of the fields that derive from others, in as many rounds as they build on each other.

    With the fields that were *changed*, what a silent plugin would say stays as it is where nothing that says it was.
    """
    derived = process.derived
    found: dict[str, Any] = {}
    for _ in derived:
        form = FormEnv(process, {**data, **found}, env)
        moved = None if changed is None else {*changed, *(name for name in found if found[name] != data.get(name))}
        values = {f.name: _derived(f, form, data, moved) for f in derived}
        if values == found:
            break
        found = values
    return found


def _derived(field: Field, form: FormEnv, data: Mapping[str, Any], moved: set[str] | None) -> Any:
    try:
        if field.value is None or not form.holds(field.when):
            return None
        return encode(field.type, evaluate(field.value, form))
    except Unanswered:
        read = {name.partition(".")[0] for one in (field.value, field.when) if one is not None for name in one.names}
        if moved is None or field.name not in data or not read.isdisjoint(moved):
            raise
        return data[field.name]


def _defaults(process: Process, fields: list[Field], sound: dict[str, Any], env: Env) -> dict[str, Any]:
    """The defaults of *fields*; a formula sees the form and the defaults before its own."""
    found: dict[str, Any] = {}
    for field in fields:
        form = FormEnv(process, {**sound, **found}, env)
        if field.default is not None and form.holds(field.when):
            found[field.name] = _default(field, field.default, form)
    return {name: value for name, value in found.items() if value is not None}


def _default(field: Field, default: Value, form: FormEnv) -> Any:
    return default.constant if default.formula is None else encode(field.type, evaluate(default.formula, form))


def fault_of(field: Field, stored: Any) -> Problem | None:
    """What keeps *field* from holding a stored value, in words; None if it can."""
    return next(iter(_told("", [field], {field.name: stored})), None)


def _faults(process: Process, among: list[Field], merged: dict[str, Any]) -> list[Problem]:
    return _told(process.hash, among, merged)


def _told(process_hash: str, among: list[Field], merged: dict[str, Any]) -> list[Problem]:
    """What the schema says of the values that are there, in staff words, the first fault of each place."""
    there = [(f, merged[f.name]) for f in among if merged.get(f.name) not in EMPTY]
    values = {f.name: value for f, value in there if not plainly_sound(f, value)}
    if not values:
        return []
    fields = {f.name: f for f in among}
    validator = Form(process_hash, tuple(fields), tuple(among)).validator()
    problems = [problem for error in validator.iter_errors(values) for problem in _said(error, fields)]
    problems += [problem for name in values for problem in _repeated(fields[name], values[name])]
    return list({problem.path: problem for problem in reversed(problems)}.values())


def _said(error: ValidationError, fields: dict[str, Field]) -> list[Problem]:
    """The staff's words for one error of the schema."""
    path = [str(part) for part in error.absolute_path]
    limit: Any = error.validator_value
    value: Any = error.instance
    known = cells(fields[path[0]], int(path[1])) if len(path) > 1 and fields[path[0]].columns else fields
    if error.validator == "required":
        return [words.missing(known[name], ".".join([*path, name])) for name in limit if name not in value]
    if error.validator == "additionalProperties":
        return [words.unknown(".".join([*path, name])) for name in value if name not in known]
    field = known[path[2]] if len(path) > 2 else fields[path[0]]
    return [words.wrong(field, str(error.validator), limit, value, ".".join(path))]


def cells(table: Field, row: int) -> dict[str, Field]:
    """The columns of a table, with titles that say which row (from 0) is meant."""
    return {column.name: replace(column, title=cell_title(table, row, column)) for column in table.columns}


def cell_title(table: Field, row: int, column: Field) -> Text:
    """The title of a column in one row (from 0) of its table."""
    zh = f"{table.title.zh}第{row + 1}行的{column.title.zh}"
    return Text(zh, f"{column.title.en} in row {row + 1} of {table.title.en}")


def _repeated(field: Field, rows: Any) -> list[Problem]:
    if not field.key or not isinstance(rows, list):
        return []
    first: dict[str, int] = {}
    problems = []
    for number, row in enumerate(rows):
        key = str(row.get(field.key)) if isinstance(row, dict) else ""
        if key in first:
            column = next(column for column in field.columns if column.name == field.key)
            problems.append(words.repeated(field, column, number + 1, first[key] + 1, f"{field.name}.{number}"))
        first.setdefault(key, number)
    return problems


def readable(process: Process, names: Container[str], fill: Mapping[str, Any]) -> dict[str, Any]:
    """What can be read of a form that is not finished: the stored values of the fields that have no fault."""
    problems: list[Problem] = []
    fields = [f for f in _among(process, names) if f.name in fill]
    read = {f.name: _read(f, fill[f.name], f.name, problems) for f in fields}
    problems += _faults(process, fields, read)
    return _without(_tops(problems), read)


def _read(field: Field, value: Any, path: str, problems: list[Problem]) -> Any:
    """*value* in its stored form; what cannot be read is left for the schema to judge or noted here."""
    if value in EMPTY or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, str):
        stored = parse_input(field.type, value, field.title)
        if isinstance(stored, Problem):
            problems.append(stored.at("", 0, 0, path))
        return stored if stored not in EMPTY else None
    kind = kind_of(field.type)
    if kind.rows and isinstance(value, list):
        return [_read_row(cells(field, number), row, f"{path}.{number}", problems) for number, row in enumerate(value)]
    if kind.stored is list and isinstance(value, list):
        chosen = (_read(replace(field, type=_CHOSEN), one, path, problems) for one in value)
        return [one for one in chosen if one is not None]
    if kind.number is not None and isinstance(value, (int, float)) and not isinstance(value, bool):
        return kind.number(value)
    return value


def _read_row(columns: dict[str, Field], row: Any, path: str, problems: list[Problem]) -> Any:
    if not isinstance(row, dict):
        return row
    read = {
        name: _read(columns[name], value, f"{path}.{name}", problems) if name in columns else value
        for name, value in row.items()
    }
    return {name: value for name, value in read.items() if value is not None or name not in columns}
