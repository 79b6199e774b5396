"""Problems of grammar: keys that are right one by one and do not make a step, a WHO, a deadline or a form together."""

from __future__ import annotations

from engine.definition.problem_codes.wording import CodeWording

CODES = {
    "no-kind": CodeWording(
        "看不出这个环节做什么",
        "this step does not say what it does",
        "写上 ask、do、wait、choose、parallel 或 stage 其中之一",
        "give it one of ask, do, wait, choose, parallel or stage",
    ),
    "two-kinds": CodeWording(
        "一个环节只能做一件事，这里写了：{kinds}",
        "a step does one thing, and this one has: {kinds}",
        "拆成几个环节",
        "split it into several steps",
    ),
    "no-steps": CodeWording("这里一个环节也没有", "there is no step here", "至少写一个环节", "write at least one step"),
    "ask-needs-outcomes": CodeWording(
        "环节“{name}”没有写结果",
        "the step `{name}` has no outcomes",
        "在 outcomes 里写上办理人可选的结果，例如 agree: next",
        "write under outcomes what people may choose, such as agree: next",
    ),
    "outcomes-needed": CodeWording(
        "“{action}”有几种结果，每种去向都要写明：{outcomes}",
        "`{action}` has several results, and each has to be mapped: {outcomes}",
        "在 outcomes 里给每个结果写去向",
        "say under outcomes where each result leads",
    ),
    "unknown-target": CodeWording(
        "“{name}”不是去向",
        "`{name}` is not a target",
        "去向是 next、stay、drop、end 结局、back 环节 之一",
        "a target is next, stay, drop, end NAME or back STEP",
    ),
    "target-is-step": CodeWording(
        "去向不能直接写环节“{name}”",
        "a target is not the name of a step: `{name}`",
        "往下走写 next，退回写 back {name}；要跳过中间的环节，给它们写条件 if",
        "write next to go on or back {name} to return; to skip the steps between, give them an if",
    ),
    "target-needs-name": CodeWording(
        "“{name}”后面要写名称",
        "`{name}` has to be followed by a name",
        "写成 end 结局 或 back 环节",
        "write end NAME or back STEP",
    ),
    "target-takes-no-name": CodeWording(
        "“{name}”后面不写名称", "`{name}` takes no name", "去掉后面的词", "leave out what follows it"
    ),
    "only-with-back": CodeWording(
        "“{name}”只在去向是 back 时有意义",
        "`{name}` only means something where the target is back",
        "删掉“{name}”，或把去向改成 back 环节",
        "delete `{name}`, or make the target back STEP",
    ),
    "match-without-message": CodeWording(
        "match 只和 by: message 一起用", "match goes with by: message", "删掉 match", "delete match"
    ),
    "unknown-who": CodeWording(
        "看不懂由谁办理：{who}",
        "this does not say who: {who}",
        "写成 applicant、anyone、person 人、role 角色 of 单位、rota 轮值 of 单位 或插件的找人规则",
        "write applicant, anyone, person E, role R of U, rota R of U, or a plugin's resolver",
    ),
    "who-empty": CodeWording(
        "这里没有写由谁办理", "nobody is named here", "至少写一个人或角色", "name a person or a role"
    ),
    "who-needs-else": CodeWording(
        "分情况定人时，最后一项写 else，其余各项写 if",
        "alternatives of WHO have an if, and the last one else",
        "最后一项写成 {else: 是, who: …}",
        "make the last item {else: true, who: …}",
    ),
    "on-without-rota": CodeWording(
        "on 只和 rota 一起用", "on goes with rota only", "去掉 on 及其后面的日期", "leave out on and its date"
    ),
    "due-needs-one": CodeWording(
        "期限要写 within 或 by，只写一个",
        "a deadline has either within or by",
        "限时多久写 within，到某一时刻写 by",
        "within is a length of time, by is a moment",
    ),
    "bad-reminder": CodeWording(
        "“{name}”不能作提醒时间",
        "`{name}` cannot say when to remind",
        "写时限的百分比如 50%，或期限前多久如 1 day",
        "write a share such as 50%, or a time before the deadline such as 1 day",
    ),
    "bad-rung": CodeWording(
        "看不懂逾期后怎么办：{rung}",
        "this does not say what happens when it is late: {rung}",
        "写 escalate 某人，或本环节的一个结果，后面可加 after 时长",
        "write escalate WHO or an outcome of this step, perhaps with after DURATION",
    ),
    "late-goes-on": CodeWording(
        "结果“{name}”之后环节已经结束，后面的安排用不上",
        "the step is over after the outcome `{name}`, so what follows never happens",
        "把结果放在最后一项",
        "put the outcome last",
    ),
    "rung-needs-after": CodeWording(
        "逾期后的第二步起要写明再过多久，不能是 0",
        "every rung after the first says how long after the one before, and no rung says 0",
        "在后面加 after 时长，例如 after 2 workdays",
        "add after and a length of time, such as after 2 workdays",
    ),
    "late-of-process": CodeWording(
        "整件事的期限没有结果可选，不能写“{name}”",
        "the deadline of a whole case has no outcomes and cannot take `{name}`",
        "改成 escalate 某人；要按期结束，可用 stage 的期限",
        "use escalate WHO; to end a case in time, put a deadline on a stage",
    ),
    "due-not-here": CodeWording(
        "这种环节不能写期限",
        "a step of this kind takes no deadline",
        "外面套一层 stage，把期限写在 stage 上",
        "put a stage around it and the deadline on the stage",
    ),
    "wait-needs-one": CodeWording(
        "等待要写 until 或 message，只写一个",
        "a wait has either until or message",
        "等到某一时刻写 until: 时刻",
        "write until: MOMENT to wait for a moment",
    ),
    "message-needs-late": CodeWording(
        "等消息的环节要写期限，消息可能不来",
        "a wait for a message needs a deadline, for the message may not come",
        "加上 due，写明逾期怎么办",
        "add due and say under late what happens then",
    ),
    "not-on-choose": CodeWording(
        "分情况的环节没有结果可写",
        "a choose step has no outcomes",
        "它总是走向下一环节，把结果写在里面的环节上",
        "it always leads to the next step: put outcomes on the steps inside",
    ),
    "no-else": CodeWording(
        "分情况缺少 else",
        "choose has no else",
        "最后加一项 else: […]，什么都不做就写 else: []",
        "add else: […] at the end, or else: [] to do nothing",
    ),
    "else-is-last": CodeWording(
        "else 单独成一项，放在最后", "else is an item of its own and the last one", "把它移到最后", "move it to the end"
    ),
    "one-branch": CodeWording(
        "并行至少要有两支",
        "parallel needs two branches at least",
        "再写一支，或改成普通的环节",
        "write another branch, or plain steps",
    ),
    "bad-need": CodeWording(
        "“{name}”不能作并行的要求", "`{name}` cannot say how many are needed", "写 all、any 或一个正整数",
        "write all, any or a positive whole number",
    ),
    "bad-each": CodeWording(
        "看不懂逐项的写法：{name}", "each cannot be read: {name}", "写成“名称 in 表格”", "write it as `x in TABLE`"
    ),
    "bad-share": CodeWording(
        "“{name}”不是一份，例如三分之二写 2/3",
        "`{name}` is no share",
        "写成 2/3 of cast 或 60% of roll：分数或百分比，大于 0，不超过全部",
        "write 2/3 of cast or 60% of roll: a fraction or a percentage, more than none and no more than all",
    ),
    "reopen-needs-back": CodeWording(
        "重开要写退回到哪个环节，不能写 {name}",
        "a case is opened again at a step, not with {name}",
        "写成 back 环节名，或 back start",
        "write back STEP or back start",
    ),
    "party-needs-unit": CodeWording(
        "参与方要写 unit 或 units，只写一个",
        "a party has either unit or units",
        "一个单位写 unit，多个单位写 units",
        "unit is one unit, units are several",
    ),
    "start-needs-who": CodeWording(
        "没有写谁可以发起", "nobody may start this", "在 start 里写 who", "write who under start"
    ),
    "only-with-every": CodeWording(
        "“{name}”只和 every 一起用", "`{name}` goes with every", "删掉“{name}”", "delete `{name}`"
    ),
    "key-not-for-type": CodeWording(
        "类型“{type}”没有“{name}”", "the type `{type}` has no `{name}`", "删掉“{name}”，或换一种类型",
        "delete `{name}`, or choose another type",
    ),
    "table-in-table": CodeWording(
        "表格的列不能又是表格", "a column of a table cannot be a table", "拆成两个表格字段", "make two fields of it"
    ),
    "derived-with-default": CodeWording(
        "由公式得出的字段不用默认值", "a derived field takes no default", "删掉 default 或 value",
        "delete default or value",
    ),
    "derived-filled": CodeWording(
        "“{name}”由公式得出，不能填写", "`{name}` is derived and cannot be filled", "从填写的字段里去掉它",
        "take it out of the fields to fill",
    ),
}  # fmt: skip
