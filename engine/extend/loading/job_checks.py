"""Checks of what runs by job: at the start that reactions and senders can work, at ``emit`` that they will."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any, Final, get_args

from engine.clock import SECOND
from engine.errors import Misuse
from engine.extend.actions import Action, Undone
from engine.extend.calls.entering import Entering
from engine.extend.calls.faults import plugin_error, told
from engine.extend.calls.json_values import not_json
from engine.extend.calls.places import written_at
from engine.extend.contributions import Reaction
from engine.extend.emitted import Job, Message
from engine.extend.senders import LONGEST_SEND
from engine.i18n import Text, listed
from engine.runtime.evolve import KINDS

Collected = Mapping[str, Sequence[tuple[str, Any]]]
#: How many names a hint lists.
_NEAR: Final = 3


class Unfit(Misuse):
    """What a plugin handed to ``emit`` is nothing that could be delivered or run."""

    code = "emit"


def check_jobs(collected: Collected) -> None:
    """Raise PluginError for the first reaction or sender that could never run; it names the plugin."""
    _one_name(collected)
    events = frozenset((*KINDS, *_ends(collected)))
    installed = {plugin for several in collected.values() for plugin, _ in several}
    for plugin, reaction in collected["register_reactions"]:
        if reaction.event and reaction.event not in events:
            _event(plugin, reaction, events, installed)
    for plugin, sender in collected["register_senders"]:
        _sender(plugin, sender)


def _one_name(collected: Collected) -> None:
    """A job is named by what runs it, so no sender is called as a reaction is."""
    reactions = {reaction.name for _, reaction in collected["register_reactions"]}
    for plugin, sender in collected["register_senders"]:
        if sender.name in reactions:
            zh = f"“{sender.name}”既是后续处理又是发送方式，请换个名字"
            raise plugin_error(plugin, zh, f"{sender.name!r} is a reaction and a sender; choose another name")


def _ends(collected: Collected) -> Iterator[str]:
    """How every action and every undo can end."""
    for _, given in collected["register_actions"]:
        if isinstance(given, Action):
            yield from (f"{given.spec.name}.{result.name}" for result in given.spec.results)
        else:
            yield from (f"{given.name}.{how}" for how in get_args(Undone))


def _event(plugin: str, reaction: Reaction, events: Collection[str], installed: Collection[str]) -> None:
    """Refuse an event that never comes; those of a plugin that is not installed here may come elsewhere."""
    event = reaction.event
    owner, dot, _ = event.partition(".")
    if dot and owner not in installed:
        return
    near = listed(difflib.get_close_matches(event, sorted(events), _NEAR))
    zh, en = f"没有叫“{event}”的事件", f"there is no event {event!r}"
    if near.zh:
        zh, en = f"{zh}，可用：{near.zh}", f"{en}; use: {near.en}"
    raise plugin_error(plugin, zh, en, written_at(reaction.run))


def _sender(plugin: str, sender: Any) -> None:
    name = sender.name
    if not 0 < sender.limit <= LONGEST_SEND:
        most = LONGEST_SEND // SECOND
        zh, en = f"发送方式{name}的limit要在0到{most}秒之间", f"sender {name}: its limit is within 0 and {most} seconds"
        raise plugin_error(plugin, zh, en)
    module, colon, function = str(sender.send).partition(":")
    try:
        with Entering(plugin, None):
            found = getattr(import_module(module), function, None) if colon else None
    except Exception as reason:
        said = told(reason, None, quoting=True).said
        zh = f"send写的“{sender.send}”（发送方式{name}）读不了{module}：{said.zh}"
        en = f"{sender.send!r} of sender {name}: {module} cannot be imported: {said.en}"
        raise plugin_error(plugin, zh, en) from reason
    if not callable(found):
        zh = f"“{sender.send}”（发送方式{name}）不是“模块:函数”，那里没有这个函数"
        raise plugin_error(plugin, zh, f"{sender.send!r} of sender {name} is no \"module:function\" that is there")


def fit(plugin: str, known: Collection[str], thing: object) -> None:
    """Raise Unfit when *plugin*, whose reactions and senders are *known*, cannot hand over *thing*."""
    if isinstance(thing, Message):
        return
    if not isinstance(thing, Job):
        raise _unfit(plugin, "emit只收Message或Job", f"emit takes a Message or a Job, not {type(thing).__name__}")
    if thing.kind not in known:
        names = listed(sorted(known), none="—")
        zh = f"没有登记叫“{thing.kind}”的后续处理或发送方式，有：{names.zh}"
        raise _unfit(plugin, zh, f"no reaction or sender {thing.kind!r}; has: {names.en}")
    moment: object = thing.not_before
    if not isinstance(moment, int | None):
        zh, en = f"“{thing.kind}”的not_before要用微秒", f"not_before of {thing.kind!r} is in microseconds"
        raise _unfit(plugin, zh, en)
    body: object = thing.body
    kind = type(body).__name__
    wrong = not_json(body) if isinstance(body, Mapping) else Text(f"它是{kind}", f"it is {kind}")
    if wrong is not None:
        zh = f"“{thing.kind}”的内容存不成JSON：{wrong.zh}"
        en = f"the body of {thing.kind!r} is not JSON: {wrong.en}"
        raise _unfit(plugin, zh, en)


def _unfit(plugin: str, zh: str, en: str) -> Unfit:
    return Unfit(Text(zh, en), plugin=plugin)
