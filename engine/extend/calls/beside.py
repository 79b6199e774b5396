"""Calls the hooks that run beside people's work, so that one plugin's fault stays its own."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any, Final

from markupsafe import Markup, escape
from sqlalchemy.exc import SQLAlchemyError

from engine.errors import Misuse, Problem, RongtongError
from engine.extend.calls.faults import HookFailed, LeftOutError, cause_of, log_of, plugin_fault, told
from engine.extend.calls.hooked import Hook
from engine.extend.context import CheckContext, PageContext, ReadContext
from engine.extend.contributions import Committed
from engine.extend.registry import Registry
from engine.extend.showing import Evidence, EvidenceSource
from engine.i18n import Text, both
from engine.otherwise import otherwise
from engine.store.transactions.failures import is_of_database, unknown_outcome

_LOG: Final = logging.getLogger("rongtong.plugins")
#: How many statements a plugin may run to fill one slot of a page: a page has many slots.
SLOT_STATEMENTS: Final = 2


def check(registry: Registry, hook: str, enabled: Collection[str], ctx: Callable[[str], CheckContext]) -> list[Problem]:
    """Every Problem that ``check_start`` or ``check_act`` of the enabled plugins finds; any of them is a veto.

    *ctx* makes the context of a plugin from its name. Raises HookFailed if a hook raises.
    """
    problems: list[Problem] = []
    for name, ask in registry.implementations(hook, enabled):
        context = ctx(name)
        try:
            problems.extend(_asked(ask, context))
        except Exception as reason:
            raise _failed(name, hook, reason, registry.folder(name)) from reason
    return problems


def _asked(ask: Hook, ctx: CheckContext) -> Sequence[Problem]:
    """What a check finds; a statement that failed and was swallowed comes before whatever was made of it."""
    try:
        problems: Sequence[Problem] = ask({"ctx": ctx})
    except Exception as fault:
        ctx.db.sound(fault)
        raise
    ctx.db.sound()
    return problems


def _failed(plugin: str, hook: str, reason: Exception, folder: Path | None) -> HookFailed:
    """What whoever pressed reads, and the log, but where the database failed: the runner knows what to do with that."""
    if not is_of_database(reason):
        log_of(_LOG, reason, folder, plugin, "plugin %s failed in %s", plugin, hook)
    why, place = told(reason, folder)
    zh, en = f"核对时出错（{why.zh}），这一步没有保存。请联系管理员。", f"{hook} failed: {why.en}"
    return plugin_fault(HookFailed, plugin, zh, en, place)


def _alone(_plugin: str) -> AbstractContextManager[None]:
    """Nothing around what a plugin is asked."""
    return nullcontext()


def committed(
    registry: Registry, enabled: Collection[str], event: Callable[[], Committed],
    around: Callable[[str], AbstractContextManager[None]] = _alone,
) -> None:  # fmt: skip
    """Tell every enabled plugin that wants to hear of it, each in *around*; one that raises is logged, no more.

    Where the thread is given up in one, whoever asked is not told that nothing was saved.
    """
    tellers = registry.implementations("on_committed", enabled)
    said = {"event": event()} if tellers else {}
    for name, tell in tellers:
        try:
            with otherwise(lambda _: unknown_outcome()), around(name):
                tell(said)
        except Exception as reason:
            _logged(registry, name, "on_committed", reason)


class Unshown(Markup):
    """The notice in place of a part that a plugin could not show."""


def slot(
    registry: Registry,
    enabled: Collection[str],
    hook: str,
    shown: Mapping[str, object],
    reading: Callable[[str, Callable[[PageContext], Markup | None]], Markup | None],
    language: str,
) -> list[Markup]:
    """What the enabled plugins show in a slot; in place of one that raises or asks too much stands a notice.

    *reading* runs a function of a plugin with that plugin's context, in a transaction that a fault ends: what is read
    after it begins anew, so one that is spoilt is nobody else's.
    """
    parts: list[Markup] = []
    for plugin, show in registry.implementations(hook, enabled):
        try:
            part = reading(plugin, partial(_rendered, show, shown))
        except Exception as reason:
            _logged(registry, plugin, hook, reason)
            part = _notice(registry, plugin, language)
        if part is not None:
            parts.append(part)
    return parts


def _rendered(show: Hook, shown: Mapping[str, object], ctx: PageContext) -> Markup | None:
    """The markup that *show* answers, plain text escaped."""
    ctx.db.allow(SLOT_STATEMENTS)  # names that the directory looks up are not counted
    part = show({"ctx": ctx, **shown})
    return None if part is None else escape(part)


def evidence(
    registry: Registry,
    enabled: Collection[str],
    action: str,
    ctx: Callable[[str], ReadContext],
    inputs: Mapping[str, Any],
    receipt: Mapping[str, Any] | None,
    around: Callable[[str], AbstractContextManager[None]] = _alone,
) -> list[Evidence]:
    """The lines of 系统核对 for *action*; a source that raises becomes a line that says so.

    *around* what a plugin is asked, by its name, failed statements are kept from the rest of the page.
    """
    lines: list[Evidence] = []
    for source in registry.given(EvidenceSource, enabled):
        if source.action != action:
            continue
        plugin = registry.owner(source)
        try:
            with around(plugin):
                lines.extend(source.gather(ctx(plugin), inputs, receipt))
        except Exception as reason:
            _logged(registry, plugin, f"evidence for {action}", reason)
            lines.append(Evidence("warn", Text("系统核对", "checks"), _unseen(registry, plugin)))
    return lines


def receipt_of(result: str, outputs: Mapping[str, Any], *, refusing: bool) -> dict[str, Any] | None:
    """What evidence is handed of a run: its ``result`` with every output; nothing of one that refused."""
    return None if refusing else {**outputs, "result": result}


def on_content(
    registry: Registry, plugin: str, name: str, read: Callable[[], Sequence[Problem]]
) -> tuple[Problem, ...]:
    """What a plugin finds wrong with content called *name*; a fault of its own with it is a problem too.

    Faults of the database pass: the runner knows which of them are worth another try. So does what the engine says.
    """
    try:
        return tuple(read())
    except Exception as reason:
        if isinstance(reason, RongtongError | SQLAlchemyError) and not isinstance(reason, Misuse):
            raise
        if is_of_database(reason):
            raise
        log_of(_LOG, reason, registry.folder(plugin), plugin, "plugin %s raised in %s", plugin, name)
        zh = f"插件“{plugin}”看不懂{name}的写法，照它的说明核对。"
        en = f"plugin {plugin!r} cannot read {name}; see its notes"
        return (Problem("plugin-content", Text(zh, en), cause_of(reason, registry.folder(plugin), quoting=True)),)


def _logged(registry: Registry, plugin: str, what: str, reason: Exception) -> None:
    """What is left out since it hung was told when it did, not once more for each page."""
    if not isinstance(reason, LeftOutError):
        log_of(_LOG, reason, registry.folder(plugin), plugin, "plugin %s raised in %s", plugin, what)


def title_of(registry: Registry, plugin: str) -> Text:
    """What people call *plugin*; its name where it is not there."""
    found = registry.plugin(plugin)
    return found.manifest.title if found else both(plugin)


def _unseen(registry: Registry, plugin: str) -> Text:
    title = title_of(registry, plugin)
    zh = f"插件“{title.zh}”这次没能核对，请自行查看。"
    return Text(zh, f"“{title.en}” could not check this; look for yourself.")


def _notice(registry: Registry, plugin: str, language: str) -> Markup:
    title = title_of(registry, plugin)
    words = Text(f"插件“{title.zh}”的这一块暂时显示不了。", f"This part by “{title.en}” cannot be shown now.")
    return Unshown(Markup('<p class="notice">{}</p>').format(words.pick(language)))
