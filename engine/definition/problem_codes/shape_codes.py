"""Problems of shape: a key, a name, a word or a number that cannot stand where it stands."""

from __future__ import annotations

from engine.definition.problem_codes.wording import CodeWording

CODES = {
    "unknown-key": CodeWording(
        "这里没有“{name}”这个键",
        "there is no key `{name}` here",
        "改成这里可用的键，或删掉它",
        "use a key that belongs here or delete it",
    ),
    "missing-key": CodeWording("这里缺少“{name}”", "`{name}` is missing here", "补上“{name}”", "add `{name}`"),
    "not-a-mapping": CodeWording(
        "这里要写成一组“键: 值”",
        "this has to be a mapping of keys to values",
        "每行一个键，或写成 {键: 值}",
        "write one key on each line, or braces around them",
    ),
    "not-a-list": CodeWording(
        "这里要写成列表",
        "this has to be a list",
        "每行以短横线开头，或写成 [一, 二]",
        "start each line with a dash, or put brackets around the items",
    ),
    "not-text": CodeWording(
        "这里只写一个值", "this has to be a single value", "去掉多余的层次", "take away the extra level"
    ),
    "not-a-flag": CodeWording(
        "“{name}”不是“是”或“否”", "`{name}` is neither true nor false", "写“是”或“否”", "write true or false"
    ),
    "not-whole": CodeWording(
        "“{name}”不是 {least} 到 {most} 之间的整数",
        "`{name}` is not a whole number from {least} to {most}",
        "写一个 {least} 到 {most} 之间的整数",
        "write a whole number from {least} to {most}",
    ),
    "not-an-option": CodeWording(
        "“{name}”不在可选的词里",
        "`{name}` is not one of the words allowed here",
        "可写：{options}",
        "one of: {options}",
    ),
    "bad-name": CodeWording(
        "“{name}”不能作名称",
        "`{name}` cannot be a name",
        "名称以字母或汉字开头，只含字母、汉字、数字和下划线",
        "a name starts with a letter or 汉字 and holds letters, 汉字, digits and underscores",
    ),
    "reserved-name": CodeWording(
        "“{name}”是流程语言自己的词，不能作名称",
        "`{name}` is a word of the language and cannot be a name",
        "换一个名称",
        "choose another name",
    ),
    "name-taken": CodeWording(
        "名称“{name}”已在{used}用过",
        "the name `{name}` is already used on {used}",
        "字段、参与方和环节的名称不能相同，换一个",
        "fields, parties and steps share their names: choose another",
    ),
    "needless-sign": CodeWording(
        "这里本来就是公式，不用写等号",
        "this is a formula already and takes no equals sign",
        "去掉开头的等号",
        "leave out the equals sign at the start",
    ),
    "bad-duration": CodeWording(
        "“{name}”不是时长",
        "`{name}` is not a length of time",
        "例如 2 workdays、3 days、4 work hours，或 2个工作日",
        "such as 2 workdays, 3 days or 4 work hours",
    ),
    "unknown-field": CodeWording(
        "没有叫“{name}”的字段", "there is no field `{name}`", "在 fields 里写上它，或改成已有的字段",
        "declare it under fields, or name one that is there",
    ),
    "unknown-column": CodeWording(
        "表格没有叫“{name}”的列", "the table has no column `{name}`", "在 columns 里写上它，或改成已有的列",
        "declare it under columns, or name one that is there",
    ),
    "unknown-party": CodeWording(
        "没有叫“{name}”的参与方", "there is no party `{name}`", "在 parties 里写上它，或改成已有的参与方",
        "declare it under parties, or name one that is there",
    ),
    "unknown-step": CodeWording(
        "没有叫“{name}”的环节", "there is no step `{name}`", "改成已有的环节", "name a step that is there"
    ),
    "unknown-end": CodeWording(
        "没有叫“{name}”的结局", "there is no end `{name}`", "在 ends 里写上它，或改成已有的结局",
        "declare it under ends, or name one that is there",
    ),
    "unknown-outcome": CodeWording(
        "环节“{step}”没有叫“{name}”的结果", "the step `{step}` has no outcome `{name}`", "改成它已有的结果",
        "name an outcome that it has",
    ),
    "unknown-type": CodeWording(
        "没有叫“{name}”的类型",
        "there is no type `{name}`",
        "常用的有 text、integer、money、boolean、choice、date、period、person、unit；插件的类型要装上插件才有",
        "common ones: text, integer, money, boolean, choice, date, period, person, unit; a plugin brings its own",
    ),
    "limits-cross": CodeWording(
        "min 和 max 之间一个值也没有，什么都填不进去",
        "no value lies between min and max, so nothing fits",
        "改 min 或 max",
        "change min or max",
    ),
    "limits-of-two-kinds": CodeWording(
        "min 是 {min}，max 是 {max}，不是同一种时长，不能比较",
        "min is {min} and max is {max}: lengths of two kinds cannot be compared",
        "用同一种单位写，例如都写成天，或都写成工作日",
        "write both in units of one kind, such as days, or workdays",
    ),
    "cannot-hold": CodeWording(
        "这里写的值“{name}”收不下：{fault}",
        "`{name}` cannot hold the value that stands here: {fault}",
        "改这个值，或改“{name}”的 min、max、of",
        "change the value, or min, max or of of `{name}`",
    ),
    "no-options": CodeWording(
        "这里没有可选的词", "there is nothing to choose from", "写成 [一, 二]", "write it as [one, two]"
    ),
    "one-option": CodeWording(
        "只有“{option}”一个可选，等于不用选",
        "`{option}` is all there is to choose from, which is no choice",
        "各项要分开写，例如 of: [{apart}]；只问是否，改用 type: boolean",
        "write each by itself, such as of: [{apart}]; for yes or no use type: boolean",
    ),
    "option-twice": CodeWording(
        "“{name}”写了两次", "`{name}` is there twice", "去掉一个", "take one away"
    ),
    "plugin-away": CodeWording(
        "用到的插件“{name}”装着，但现在不能用", "the plugin `{name}` is installed and cannot be used now",
        "按启动时说的修好它，或启用它", "mend it as the start says, or enable it",
    ),
    "unknown-plugin": CodeWording(
        "没有装叫“{name}”的插件", "no plugin `{name}` is installed", "核对名称，或先装上插件",
        "check the name, or install the plugin first",
    ),
    "plugin-not-used": CodeWording(
        "用到了插件“{plugin}”，但 uses 里没有它",
        "the plugin `{plugin}` is used and does not stand under uses",
        "在 uses 里加上 {plugin}",
        "add {plugin} to uses",
    ),
    "unknown-action": CodeWording(
        "没有叫“{name}”的动作", "there is no action `{name}`", "改成已装插件提供的动作，写法是 插件.动作",
        "name an action of an installed plugin as plugin.action",
    ),
    "unknown-resolver": CodeWording(
        "没有叫“{name}”的找人规则", "there is no people resolver `{name}`", "改成已装插件提供的规则",
        "name a resolver of an installed plugin",
    ),
    "unknown-input": CodeWording(
        "“{action}”不接收“{name}”", "`{action}` takes no `{name}`", "改成它接收的值，或删掉这一项",
        "name an input that it takes, or delete this one",
    ),
    "missing-input": CodeWording(
        "“{action}”还缺“{name}”", "`{action}` needs `{name}`", "补上“{name}”", "give it `{name}`"
    ),
    "unknown-result": CodeWording(
        "“{action}”没有“{name}”这个结果", "`{action}` has no result `{name}`", "改成它会给出的结果",
        "name a result that it declares",
    ),
    "not-yet": CodeWording(
        "{what}能读懂，但这一版还不能运行",
        "{what}: understood, and this version cannot run it yet",
        "先用已支持的环节写，以后的版本会支持",
        "write it with what runs today; a later version will run it",
    ),
}  # fmt: skip
