"""Problems of soundness: a process that reads well and could get stuck, run twice or lose something."""

from __future__ import annotations

from engine.definition.problem_codes.wording import CodeWording

CODES = {
    "before-stays-open": CodeWording(
        "“{name}”过了早于的时刻还能办，那时办成就晚了",
        "{name} stays open once the moment has come that it is needed before, and a yes is too late then",
        "写成 before: {at: 时刻, late: 一个结果}，到时按这个结果结束本环节",
        "write `before: {at: MOMENT, late: OUTCOME}`, and the step ends with that outcome then",
    ),
    "too-much": CodeWording(
        "流程太大：最多 {steps} 个环节、{fields} 个字段",
        "the process is too large: at most {steps} steps and {fields} fields",
        "拆成几个流程",
        "split it into several processes",
    ),
    "drop-outside": CodeWording(
        "drop 只能用在并行的分支里",
        "drop only leaves a branch of a parallel step",
        "改成 end 结局，或放进并行的分支",
        "use end NAME, or put the step into a branch",
    ),
    "bad-return": CodeWording(
        "从“{step}”不能退回到“{target}”",
        "`{step}` cannot go back to `{target}`",
        "可以退回到：{legal}",
        "it may go back to: {legal}",
    ),
    "stay-alone": CodeWording(
        "“{name}”留在本步，但没有人选它，会一直留着",
        "`{name}` stays, and no person takes it, so it would stay for ever",
        "只有由人选的结果可以写 stay",
        "only an outcome that people take may stay",
    ),
    "no-at-most": CodeWording(
        "“{name}”退回没有写最多几次",
        "`{name}` goes back without saying how often",
        "加上 at_most，例如 at_most: 3",
        "add at_most, such as at_most: 3",
    ),
    "no-exhausted": CodeWording(
        "“{name}”不经人手就会退回，次数用尽后没有去处",
        "`{name}` goes back without a person, and nothing is left when its times are used up",
        "加上 exhausted: 本环节的另一个结果",
        "add exhausted and name another outcome of this step",
    ),
    "not-a-sibling": CodeWording(
        "环节“{step}”没有叫“{name}”的结果，这里只能写本环节的结果",
        "the step `{step}` has no outcome `{name}`, and only its own can stand here",
        "改成本环节已有的结果",
        "name an outcome of this step",
    ),
    "exhausted-circle": CodeWording(
        "“{name}”用尽后绕一圈又回到自己",
        "when `{name}` is used up, its substitutes lead back to it",
        "让其中一个结果不再退回",
        "let one of them lead on or end",
    ),
    "at-form-not-refused": CodeWording(
        "“{name}”不是动作说明哪项填错的拒绝结果，不能当场改正",
        "`{name}` is no refusal in which an action says what was filled in wrong, so no form can be corrected",
        "去掉 at_form，只写去向",
        "take away at_form and keep then",
    ),
    "at-form-no-form": CodeWording(
        "“{step}”传入的值都不是表单的字段，没有可以当场改正的表",
        "nothing that `{step}` is given comes from a field, so there is no form to correct",
        "去掉 at_form，只写去向",
        "take away at_form and keep then",
    ),
    "exhausted-by-people": CodeWording(
        "次数用尽后要走“{name}”，但这个环节没有人在办，不会有人选它",
        "`{name}` is to be taken by people, and nobody is at work in this step",
        "给“{name}”写 by: clock",
        "give `{name}` by: clock",
    ),
    "clock-never": CodeWording(
        "“{name}”由系统到期选，但没有期限或用尽的次数指向它",
        "`{name}` is for the clock, and neither late nor exhausted names it",
        "在 late 或 exhausted 里写上它，或去掉 by: clock",
        "name it under late or exhausted, or take away by: clock",
    ),
    "silence-is-yes": CodeWording(
        "没有人选，也会走“{name}”而继续往下，这等于默认同意",
        "`{name}` would be taken by nobody and go on, as if somebody had agreed",
        "给 late 或 exhausted 另写一个 by: clock 的结果，写明那时怎么办",
        "let late or exhausted name an outcome of its own that says by: clock",
    ),
    "clock-cannot-fill": CodeWording(
        "到期会走“{name}”，但它有必填的字段，系统填不了",
        "the clock may take `{name}`, and it cannot fill what has to be filled",
        "去掉 must，或让 late 走另一个结果",
        "take away must, or let late name another outcome",
    ),
    "no-way-out": CodeWording(
        "环节“{name}”没有一直走得通的结果，退回次数用尽就停住了",
        "the step `{name}` has no outcome that always leads away: it sticks when its returns are used up",
        "加一个去向是 next 或 end 的结果，或给期限写 late",
        "add an outcome that leads to next or an end, or a deadline with late",
    ),
    "nobody-may-answer": CodeWording(
        "环节“{name}”的结果都不能由人选", "no outcome of the step `{name}` can be taken by people",
        "至少留一个不写 by: clock 的结果", "leave one without by: clock",
    ),
    "not-mapped": CodeWording(
        "环节“{step}”可能出现“{name}”，但没有写去向",
        "the step `{step}` may come to `{name}`, and that leads nowhere",
        "在 outcomes 里写上 {name}: 去向",
        "write {name}: TARGET under outcomes",
    ),
    "never-comes": CodeWording(
        "环节“{step}”不会出现“{name}”",
        "the step `{step}` never comes to `{name}`",
        "删掉它；由人选的结果要写 by，由系统到期选的写 by: clock",
        "delete it, or say by whom it is taken: by: clock, or by: WHO",
    ),
    "nobody-asked": CodeWording(
        "环节“{step}”没有人在办，“{name}”不能由人选",
        "nobody is at work in the step `{step}`, so people cannot take `{name}`",
        "把它放到外面一层 stage 的结果里",
        "make it an outcome of a stage around the step",
    ),
    "need-too-many": CodeWording(
        "要求 {need} 支，但只有 {branches} 支",
        "{need} branches are needed and there are {branches}",
        "把 need 改小，或再加分支",
        "lower need or add branches",
    ),
    "unreachable": CodeWording(
        "环节“{name}”永远走不到",
        "no way leads to the step `{name}`",
        "让前面的环节有一个去向 next 的结果，或删掉它",
        "let the step before it have an outcome that leads to next, or delete it",
    ),
    "no-done": CodeWording(
        "最后一个环节之后办件就办结了，但没有写结局 done",
        "behind the last step a case is done, and there is no end called done",
        "在 ends 里加上 done: {}",
        "add done: {} to ends",
    ),
    "unused-end": CodeWording(
        "没有哪条路走到结局“{name}”", "no way leads to the end `{name}`", "核对去向，用不上就删掉",
        "check the targets, or delete it",
    ),
    "maybe-empty": CodeWording(
        "到这一步时 {what} 可能还是空的",
        "{what} may still be empty here",
        "让前面每条路都填上它，或先判断：if: not empty(…)，或 coalesce(…)",
        "let every way here fill it, or test it first: if: not empty(…), or coalesce(…)",
    ),
    "filled-twice": CodeWording(
        "并行的“{one}”和“{other}”都填“{name}”",
        "the branches `{one}` and `{other}` both fill `{name}`",
        "分成两个字段，或改成先后办理",
        "make two fields of it, or let one come after the other",
    ),
    "filled-by-several": CodeWording(
        "“{step}”要所有人签办，每个人都会填“{fields}”，后交的会盖掉先交的",
        "everybody signs `{step}` and fills `{fields}`, and the last one overwrites the others",
        "在前面另设一个环节由一个人填好，大家在这里签办；各人要说的写在意见里",
        "let one person fill it in a step before and everybody sign here; what each has to say is their opinion",
    ),
    "filled-beside": CodeWording(
        "“{taken}”留在本步，随时会改“{name}”，而同时开着的别的去向也会改它",
        "`{taken}` stays and may change `{name}` at any time, and what is open beside it changes it too",
        "分成两个字段，或让“{taken}”离开本步",
        "make two fields of it, or let `{taken}` lead away",
    ),
    "person-open": CodeWording(
        "谁都能填的表单里，“{name}”没有写 among：填的人只能选自己",
        "anybody may fill this form, and without among `{name}` offers them only themselves",
        "写明可以选哪些人，例如 among: anyone of start.unit",
        "say who is offered, such as among: anyone of start.unit",
    ),
    "same-title": CodeWording(
        "“{other}”和“{name}”都叫“{title}”，办的人分不清",
        "`{other}` and `{name}` are both called “{title}”, and nobody can tell them apart",
        "换一个标题",
        "give one of them another title",
    ),
    "asks-excluded": CodeWording(
        "环节“{step}”只问一个人，not 又把这个人排除了，没有人能办",
        "the step `{step}` asks one person and keeps the same one away, so nobody can answer",
        "改 ask，或去掉 not",
        "ask somebody else, or take away not",
    ),
    "excludes-nobody": CodeWording(
        "到环节“{step}”时还没有人办过“{name}”，回避它不起作用",
        "nobody has acted in `{name}` when `{step}` asks, so excluding them does nothing",
        "改成更早由人办理的环节，或删掉这一项",
        "name an earlier step in which people act, or delete this one",
    ),
    "deadline-length": CodeWording(
        "期限“{within}”要大于零，最长 20 年",
        "a deadline is longer than nothing and at most 20 years: {within}",
        "例如 2 workdays、3 days、4 work hours",
        "such as 2 workdays, 3 days or 4 work hours",
    ),
    "reminder-never": CodeWording(
        "期限只有{within}，提前{before}提醒，永远提醒不到",
        "the time is {within}, so a reminder {before} before its end never comes",
        "写得比期限短，或写百分比，例如 50%",
        "make it shorter than the time, or write a share such as 50%",
    ),
    "reminder-seldom": CodeWording(
        "期限只有{within}，通常不到{before}，提前{before}多半提醒不到",
        "the time is {within}, usually less than {before}, so a reminder that long before its end seldom comes",
        "写得比期限短，或写百分比，例如 50%",
        "make it shorter than the time, or write a share such as 50%",
    ),
    "read-beside": CodeWording(
        "并行的“{other}”要用“{name}”，而“{one}”正在填它",
        "the branch `{other}` reads `{name}` while `{one}` fills it",
        "把用到它的环节放到并行之后",
        "put what reads it behind the parallel step",
    ),
    "undo-impossible": CodeWording(
        "这条路要撤销“{name}”，但它做过就不能撤销",
        "this way undoes `{name}`, which cannot be undone",
        "把“{name}”放到不会再退回的地方，或把退回目标改到它之后",
        "move `{name}` to where nothing goes back across it, or go back to a step behind it",
    ),
    "derived-circle": CodeWording(
        "“{name}”的公式绕一圈又用到自己", "the formula of `{name}` comes back to itself", "让其中一个字段由人填写",
        "let one of the fields be filled",
    ),
    "unused-field": CodeWording(
        "没有地方填写或用到字段“{name}”", "the field `{name}` is filled and read nowhere", "用不上就删掉",
        "delete it if it is not needed",
    ),
    "unused-setting": CodeWording(
        "没有地方用到设置“{name}”", "the setting `{name}` is read nowhere", "用不上就删掉",
        "delete it if it is not needed",
    ),
    "payee-alone": CodeWording(
        "这里付给“{payee}”，但有的走法里，除了收的人自己，没有一个环节一定由别人办",
        "this pays `{payee}`, and on some way here nobody but the payee has surely acted",
        "让定下收的人的环节回避发起的人（not: [start]）或前面的环节，或让后面一个环节 not: [person {payee}]",
        "let the step that decides who it is say not: [start] or name a step before it, or a later one say "
        "not: [person {payee}]",
    ),
    "payee-presses": CodeWording(
        "“{payee}”由“{text}”定：代人办理的、替离开的人补办的，也会当成收的人",
        "`{payee}` follows from `{text}`: whoever stands in, or mends the step of somebody who has gone, would be paid",
        "写成“{step}.for”",
        "write `{step}.for`",
    ),
    "end-untold": CodeWording(
        "群众可以申请，别人来办，但“{name}”时不告知申请人",
        "people apply and others decide, but nobody tells the applicant of “{name}”",
        "写上 tell: applicant",
        "say tell: applicant",
    ),
    "unknown-base": CodeWording(
        "找不到要沿用的流程“{name}”", "there is no process `{name}` to extend", "核对名称，例如 common/名称",
        "check the name, such as common/NAME",
    ),
    "broken-base": CodeWording(
        "要沿用的流程“{name}”读不出来", "the process `{name}` that this extends cannot be read", "先改好那个文件",
        "mend that file first",
    ),
    "too-many-overlays": CodeWording(
        "沿用的层数太多，或沿用绕成了圈：{name}",
        "too many processes extend one another, perhaps in a circle: {name}",
        "减少层数",
        "extend fewer",
    ),
}  # fmt: skip
