"""Problems of a district pack: its files, units, people and rotas."""

from __future__ import annotations

from engine.definition.problem_codes.wording import CodeWording

CODES = {
    "transfer-beyond": CodeWording(
        "转办没有“{name}”这种规定",
        "there is no rule for handing on called {name}",
        "可以写 {terms}",
        "write one of {terms}",
    ),
    "district-file": CodeWording(
        "找不到文件 {name}",
        "there is no file {name}",
        "文件名从区县文件夹算起，如 data/units.yaml",
        "name it from the district's folder, such as data/units.yaml",
    ),
    "data-unread": CodeWording(
        "本区的插件没有一个读 {name}",
        "no plugin of this district reads {name}",
        "核对文件名，或在 plugins 里写上读它的插件",
        "check its name, or name the plugin that reads it under `plugins`",
    ),
    "plugin-not-named": CodeWording(
        "插件“{name}”已经装上，本区还没有用它",
        "the plugin {name} is installed, and this district does not use it",
        "在 district.yaml 的 plugins 里加一行 {name}: {}",
        "add a line {name}: {} under `plugins` of district.yaml",
    ),
    "process-of-another-name": CodeWording(
        "文件叫 {file}，里面的流程叫“{name}”",
        "the file is called {file} and its process {name}",
        "两处写成一样，settings 才对得上",
        "call both the same, so that `settings` reach it",
    ),
    "district-id": CodeWording(
        "区县代号“{name}”不能用",
        "a district cannot be called {name}",
        "用小写字母开头的字母和数字，避开 {reserved}",
        "use lower-case letters and digits, a letter first, and none of {reserved}",
    ),
    "district-plugin": CodeWording(
        "没有安装插件“{name}”",
        "there is no plugin {name}",
        "已安装的插件见 rongtong plugins",
        "`rongtong plugins` lists those that are installed",
    ),
    "unit-twice": CodeWording(
        "单位“{name}”写了两次，第一次在第 {line} 行",
        "the unit {name} is written twice, first on line {line}",
        "代号、名称和短名在一个区里都不能重复",
        "ids, names and short names stand once in a district",
    ),
    "alliance-twice": CodeWording(
        "单位“{name}”写进了两个片区",
        "the unit {name} is in two alliances",
        "一个单位只进一个片区，留一处",
        "a unit belongs to one alliance; keep it in one",
    ),
    "unit-unknown": CodeWording(
        "没有“{name}”这个单位",
        "there is no unit {name}",
        "用单位表里的代号或短名",
        "use an id or a short name of the list of units",
    ),
    "unit-circle": CodeWording(
        "从单位“{name}”往上走会转圈",
        "the way up from the unit {name} goes round in a circle",
        "检查各级的 parent 和 successor",
        "check `parent` and `successor` of each level",
    ),
    "unit-deep": CodeWording(
        "单位“{name}”上面超过{most}级",
        "more than {most} levels stand above the unit {name}",
        "少写几级；撤并过几次的，successor 直接写现在的单位",
        "leave levels out; after several mergers let `successor` name the unit of today",
    ),
    "successor-without-until": CodeWording(
        "单位“{name}”写了 successor，没有写 until",
        "the unit {name} has a successor and no last day",
        "写上 until（它的最后一天），或去掉 successor",
        "write its last day as `until`, or leave `successor` out",
    ),
    "until-without-successor": CodeWording(
        "单位“{name}”撤掉以后没有单位接续，它的待办没有人办",
        "after the unit {name} has ended, no unit takes over from it and nobody does its tasks",
        "写上 successor（接续的单位）",
        "write who takes over as `successor`",
    ),
    "deputy-of-oneself": CodeWording(
        "“{name}”不能代理自己",
        "{name} cannot stand in for themselves",
        "deputy 写另一个人",
        "name somebody else as `deputy`",
    ),
    "deputy-twice": CodeWording(
        "“{name}”从同一天起代理“{person}”写了两次，第一次在第 {line} 行",
        "{name} stands in for {person} from the same day twice, first on line {line}",
        "只留一条；代理不同的角色，各写各的 role",
        "keep one of them; for different roles give each its `role`",
    ),
    "deputy-without-role": CodeWording(
        "“{name}”没有“{role}”这个角色，这条代理没有用处",
        "{name} has no role {role}, so this deputy has nothing to do",
        "角色有：{roles}；不写 role 就是全部代理",
        "the roles are: {roles}; without `role` it is for all of them",
    ),
    "unit-top": CodeWording(
        "只能有一个最上级单位，“{name}”也没有 parent",
        "a district has one topmost unit, and {name} has no parent either",
        "给它写上 parent",
        "give it a parent",
    ),
    "person-twice": CodeWording(
        "人员代号“{name}”写了两次，第一次在第 {line} 行",
        "the person {name} is written twice, first on line {line}",
        "同名的人用不同的代号",
        "people of one name need different ids",
    ),
    "person-unknown": CodeWording(
        "没有代号为“{name}”的人员",
        "there is no person {name}",
        "用人员表里的代号",
        "use an id of the list of persons",
    ),
    "role-form": CodeWording(
        "角色“{name}”的写法不对",
        "{name} is not a role",
        "写成“角色”或“角色@单位”，如 staff、reviewer@东街街道",
        "write `role` or `role@unit`, such as staff@东街街道",
    ),
    "undeclared-role": CodeWording(
        "区县{district}的 roles 里没有“{name}”这个角色",
        "{district} declares no role {name}",
        "核对角色名，或写进这个区县的 roles",
        "check the name, or add it to `roles` of the district",
    ),
    "day-form": CodeWording(
        "“{name}”不是日期",
        "{name} is not a day",
        "写成 2026-06-16",
        "write it as 2026-06-16",
    ),
    "days-reversed": CodeWording(
        "从 {since} 起，到 {until} 已经过了",
        "{until} is over when {since} begins",
        "until 是最后一天，当天算在内，不早于 since",
        "`until` is the last day, counted in, and no earlier than `since`",
    ),
    "rota-empty": CodeWording(
        "轮值表“{name}”没有人轮",
        "nobody is in the rota {name}",
        "在 order 里依次写上单位或人员",
        "list units or persons in `order`",
    ),
    "process-twice": CodeWording(
        "流程“{name}”列了两次",
        "the process {name} is listed twice",
        "删掉一行",
        "delete one of the lines",
    ),
    "settings-without-process": CodeWording(
        "“{name}”不在本区的流程里，这些设置没有用处",
        "{name} is no process of this district, so its settings mean nothing",
        "在 processes 里加上它，或删掉这些设置",
        "add it to `processes` or delete the settings",
    ),
}
