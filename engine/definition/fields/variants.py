"""When a field of a form is asked, for people and for a page that follows what is filled in."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any

from engine.definition.fields.schema import condition
from engine.definition.model import Field, Process
from engine.definition.telling.phrasing import Phrases, say
from engine.i18n import Text

Rule = Mapping[str, Any]


def depends(process: Process, one: Field, form: Container[str]) -> bool:
    """Whether what is filled in on a form with the fields *form* decides if *one* is asked there."""
    derived = {field.name for field in process.derived}
    named = {name.partition(".")[0] for name in one.when.names} if one.when else set()
    return any(name in form or name in derived for name in named)


def rule_of(one: Field) -> Rule | None:
    """The condition as a schema of the form, where it only compares fields with constants."""
    return condition(one.when) if one.when else None


def when_words(process: Process, one: Field) -> Text | None:
    """The condition in words, without a full stop: ``“类别”是“商企”时``; None where there is none."""
    if one.when is None:
        return None
    rule = rule_of(one)
    said = (_said(process, rule) if rule else None) or Phrases(process).formula(one.when)
    return say(Text("", "where "), said, Text("时", ""))


def _said(process: Process, rule: Rule) -> Text | None:
    for key, zh, en in (("allOf", "，且", " and "), ("anyOf", "，或", " or ")):
        if key in rule:
            sides = [_said(process, side) for side in rule[key]]
            if None in sides:
                return None
            known = [side for side in sides if side is not None]
            return Text(zh.join(side.zh for side in known), en.join(side.en for side in known))
    if "properties" not in rule:
        return None
    ((name, wanted),) = rule["properties"].items()
    field = process.field_named(name)
    return _compared(field, wanted) if field is not None else None


def _compared(field: Field, wanted: Rule) -> Text:
    values = wanted.get("not", wanted)
    is_zh, is_en = ("是", "is") if values is wanted else ("不是", "is not")
    listed = [_value(one) for one in values.get("enum", [values.get("const")])]
    zh = "或".join(f"“{one.zh}”" for one in listed)
    en = " or ".join(f"“{one.en}”" for one in listed)
    return Text(f"“{field.title.zh}”{is_zh}{zh}", f"“{field.title.en}” {is_en} {en}")


def _value(constant: Any) -> Text:
    if isinstance(constant, bool):
        return Text("是", "yes") if constant else Text("否", "no")
    return Text(str(constant), str(constant))
