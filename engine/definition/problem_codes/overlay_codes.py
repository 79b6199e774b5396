"""Problems of an overlay: an edit that names nothing, or does what the base does not allow."""

from __future__ import annotations

from engine.definition.problem_codes.wording import CodeWording

CODES = {
    "overlay-renamed": CodeWording(
        "改动的是流程“{name}”，名称不能另起",
        "this changes the process {name} and keeps its name",
        "写 process: {name}；给人看的名称改 title",
        "write process: {name}; what people read is `title`",
    ),
    "overlay-key": CodeWording(
        "沿用其他流程时，这里不能写“{name}”",
        "`{name}` cannot stand beside `extends`",
        "可写 process、extends、title、uses、fields、ends、edits、examples，其余写成 edits 里的改动",
        "process, extends, title, uses, fields, ends, edits and examples may stand; the rest are edits",
    ),
    "overlay-there-already": CodeWording(
        "所沿用的流程里已有“{name}”",
        "the base already has `{name}`",
        "换一个名称，或用 set 改它",
        "choose another name, or change it with `set`",
    ),
    "overlay-edit-shape": CodeWording(
        "这项改动写得不完整，或写了不止一种改动",
        "this edit is incomplete, or is several edits in one",
        "只写一种：set、tighten、replace_who、add_outcome 配 to；insert_before、insert_after 配 steps；或 remove",
        "one of set, tighten, replace_who, add_outcome with `to`; insert_before, insert_after with `steps`; or remove",
    ),
    "overlay-unknown-step": CodeWording(
        "所沿用的流程里没有环节“{name}”",
        "the base has no step `{name}`",
        "写上环节的名称",
        "write the id of a step",
    ),
    "overlay-unknown-path": CodeWording(
        "所沿用的流程里没有“{name}”",
        "the base has nothing at `{name}`",
        "从环节名、settings、fields 等开始写，用点分开",
        "start with a step, settings or fields, and put dots between",
    ),
    "overlay-closed": CodeWording(
        "所沿用的流程没有放开这项改动：“{name}”",
        "the base does not open `{name}` to this edit",
        "在所沿用流程的环节里写 open: [{needs}]，或改用 settings",
        "write open: [{needs}] in the step of the base, or use a setting",
    ),
    "overlay-closed-always": CodeWording(
        "“{name}”不能由各区改动",
        "`{name}` cannot be changed by an overlay",
        "改 settings、标题或选项；其余要改所沿用的流程",
        "settings, titles and options can be; the rest has to change in the base",
    ),
    "overlay-not-tighter": CodeWording(
        "“{name}”由 {before} 改成 {after}，没有更严",
        "`{name}` does not get stricter from {before} to {after}",
        "时限和次数要更少，最小值要更大，最大值要更小",
        "times and counts have to shrink, min has to grow, max has to shrink",
    ),
    "overlay-cannot-compare": CodeWording(
        "“{name}”的 {before} 与 {after} 比不出谁更严",
        "`{name}`: nobody can say whether {after} is stricter than {before}",
        "值来自 settings 时，用 set 改那一项设置",
        "if the value comes from a setting, change that setting with `set`",
    ),
    "overlay-step-in-use": CodeWording(
        "环节“{name}”不能删，{used} 用到了它",
        "the step `{name}` cannot be removed: {used} names it",
        "先把用到它的地方改掉",
        "change what names it first",
    ),
    "overlay-last-step": CodeWording(
        "环节“{name}”是这一段里唯一的环节，不能删",
        "`{name}` is the only step of its list and cannot be removed",
        "在它前后插入环节后再删，或改所沿用的流程",
        "insert another step first, or change the base",
    ),
    "overlay-not-asked": CodeWording(
        "环节“{name}”没有办理人，不能换人",
        "the step `{name}` asks nobody",
        "只有写了 ask 的环节能换人",
        "only a step with `ask` has somebody to replace",
    ),
    "overlay-passes": CodeWording(
        "新加的结果“{name}”去向下一步，等于多开一条通过的路",
        "the new outcome `{name}` leads on, which is another way to pass",
        "在所沿用流程的环节里写 open: [loosen]，或让它退回、结束",
        "write open: [loosen] in the step of the base, or let it go back or end",
    ),
}
