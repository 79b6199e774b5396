"""Which hooks there are, and what each ``register_`` hook brings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Table

from engine.definition.catalogue import FunctionSpec
from engine.extend import contributions as kinds
from engine.extend import hookspecs
from engine.extend.actions import Action, Undo
from engine.extend.senders import Sender

#: What each ``register_`` hook may answer, in the order in which they fire.
REGISTERS: Final[Mapping[str, tuple[type[Any], ...]]] = {
    "register_types": (kinds.FieldType, kinds.StoredType),
    "register_functions": (FunctionSpec,),
    "register_actions": (Action, Undo),
    "register_resolvers": (kinds.Resolver,),
    "register_tables": (Table,),
    "register_settings": (kinds.Setting,),
    "register_data": (kinds.DataFile,),
    "register_sentences": (kinds.Sentence,),
    "register_evidence": (kinds.EvidenceSource,),
    "register_pages": (kinds.Page,),
    "register_endpoints": (kinds.Endpoint,),
    "register_cards": (kinds.Card,),
    "register_scenario_verbs": (kinds.ScenarioVerb,),
    "register_invariants": (kinds.Invariant,),
    "register_senders": (Sender,),
    "register_reactions": (kinds.Reaction,),
}

#: Which hook brings what of that type.
HOOK_OF: Final[Mapping[type[Any], str]] = {kind: hook for hook, several in REGISTERS.items() for kind in several}

#: Every hook there is, in the order of the hook page.
HOOKS: Final = tuple(name for name, spec in vars(hookspecs).items() if hasattr(spec, f"{hookspecs.PROJECT}_spec"))
