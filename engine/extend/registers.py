"""Which hooks there are, and what each ``register_`` hook brings: read from what is written of them, once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import UnionType
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

from engine.extend import hookspecs


def _brought(spec: Callable[..., Any]) -> tuple[type[Any], ...]:
    """The types of which *spec* answers a list."""
    (one,) = get_args(get_type_hints(spec)["return"])
    several = get_args(one) if get_origin(one) in (Union, UnionType) else (one,)
    return tuple(get_origin(kind) or kind for kind in several)


_SPECS: Final = {name: spec for name, spec in vars(hookspecs).items() if hasattr(spec, f"{hookspecs.PROJECT}_spec")}

#: Every hook there is, in the order of the hook page.
HOOKS: Final = tuple(_SPECS)

#: What each ``register_`` hook may answer, in the order in which they fire.
REGISTERS: Final[Mapping[str, tuple[type[Any], ...]]] = {
    name: _brought(spec) for name, spec in _SPECS.items() if name.startswith("register_")
}

#: Which hook brings what of that type.
HOOK_OF: Final[Mapping[type[Any], str]] = {kind: hook for hook, several in REGISTERS.items() for kind in several}
