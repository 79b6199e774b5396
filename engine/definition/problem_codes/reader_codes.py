"""Problems of readers: what only some may read would reach everybody who sees the case."""

from __future__ import annotations

from engine.definition.problem_codes.wording import CodeWording

CODES = {
    "subject-see": CodeWording(
        "subject 里的“{name}”只给一部分人看，列表和查件却给看得到这件的所有人看",
        "`{name}` in the subject is for some to see, and lists and searches show it to whoever sees the case",
        "从 subject 里去掉它，或去掉它的 see",
        "leave it out of the subject, or take its `see` away",
    ),
    "party-see": CodeWording(
        "参与方“{name}”由“{source}”定，它只给一部分人看，参与方却人人看得到",
        "the party `{name}` follows from `{source}`, which is for some to see, and a party is seen by all",
        "去掉“{source}”的 see",
        "take the `see` of `{source}` away",
    ),
    "asked-see": CodeWording(
        "这里由“{source}”定谁来办，它只给一部分人看或遮盖显示，谁在办却人人看得到",
        "who is asked here follows from `{source}`, for some to see or masked, and all who see the case see who has it",
        "去掉“{source}”的 see 和 sensitive，或改由一种角色来办",
        "take `see` and `sensitive` of `{source}` away, or ask a role",
    ),
    "see-lost": CodeWording(
        "“{name}”由“{source}”算出，“{source}”只给 {parties} 看，“{name}”却给更多人看",
        "`{name}` comes from `{source}`, which is for {parties} alone, and more people see `{name}`",
        "给“{name}”写上 see: [{see}]",
        "give `{name}` see: [{see}]",
    ),
    "mask-lost": CodeWording(
        "“{name}”由“{source}”得来，“{source}”遮盖显示，“{name}”却不遮盖",
        "`{name}` comes from `{source}`, which is masked, and `{name}` is not",
        "给“{name}”写上 sensitive: true",
        "give `{name}` sensitive: true",
    ),
}
