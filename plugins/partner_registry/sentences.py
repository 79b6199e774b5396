"""How the timeline tells what happened to partners, in both languages."""

from __future__ import annotations

from engine.extend import Sentence, Text

SENTENCES = (
    Sentence("partner_registry.check", "new", Text("查重：未入过库", "looked for duplicates: new")),
    Sentence(
        "partner_registry.check",
        "duplicate",
        Text("查重：{existing}已在库", "looked for duplicates: {existing} is there already"),
    ),
    Sentence(
        "partner_registry.check",
        "other_form",
        Text("查重：{existing}已按另一类入库", "looked for duplicates: {existing} is there in another form"),
    ),
    Sentence("partner_registry.enrol", "enrolled", Text("合伙人{id}入库", "enrolled partner {id}")),
    Sentence("partner_registry.suspend", "suspended", Text("暂停合伙人{partner}", "suspended partner {partner}")),
    Sentence("partner_registry.activate", "activated", Text("启用合伙人{partner}", "activated partner {partner}")),
    Sentence("partner_registry.engage", "engaged", Text("约定{period}", "engaged for {period}")),
    Sentence("partner_registry.engage", "taken", Text("没有约到：{reason}", "not engaged: {reason_en}")),
    Sentence("partner_registry.find", "found", Text("就近找到合伙人{partner}", "found partner {partner} nearby")),
    Sentence("partner_registry.find", "none", Text("附近没有合适的合伙人", "found no fitting partner nearby")),
)
