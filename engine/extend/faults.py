"""What a plugin can get wrong that stops the start: one exception, and it names the plugin."""

from __future__ import annotations

from engine.errors import RongtongError
from engine.i18n import Text


class PluginError(RongtongError):
    """A plugin cannot be used; ``details["plugin"]`` is its name, the text says what to change in it."""

    code = "plugin"


def plugin_error(plugin: str, zh: str, en: str) -> PluginError:
    """The error of *plugin*; *zh* and *en* say what is wrong and what to do, without naming it."""
    text = Text(f"插件“{plugin}”不能使用：{zh}", f"plugin {plugin!r} cannot be used: {en}")
    return PluginError(text, plugin=plugin)
