"""Slips of the hand in a sound process: what is written, what is written instead, and what is said about it where."""

from __future__ import annotations

from typing import Final

LEAVE: Final = """\
process: leave
title: 请假
subject: [reason, days]
settings:
  answer_in: {type: duration, default: 2 workdays, title: 答复期限}
parties:
  home: {unit: start.unit, title: 所在单位}
fields:
  reason: {type: text, title: 事由}
  days: {type: integer, title: 天数, min: 1, max: 30}
  cover: {type: person, title: 代班人, optional: true}
start: {who: role staff, fill: [reason, days]}
steps:
- step: review
  title: 审核
  ask: role chief of home
  not: [start]
  show: [reason, days]
  fill: [cover]
  due:
    within: =settings.answer_in
    remind: 50%
    late: [escalate role director of home, refuse after 2 workdays]
  outcomes:
    agree: {title: 同意, then: next}
    refuse: {title: 不同意, opinion: must, then: end refused}
    revise: {title: 退回修改, opinion: must, then: back start, again: changed, at_most: 3}
- step: director_ok
  title: 主任审批
  if: days > 5
  ask: role director of home
  outcomes:
    agree: {title: 同意, then: next}
    refuse: {title: 不同意, opinion: must, then: end refused}
ends:
  done: {title: 已准假, counts: [home], tell: applicant}
  refused: {title: 未准假, undo: all, tell: applicant}
"""

#: What stands in LEAVE, what somebody writes there, and "line:column code" of every problem.
SLIPS: Final = (
    ("title: 审核", "title：审核", "15:8 yaml-wide-colon"),
    ("- step: review", "- step：review", "14:7 yaml-wide-colon"),
    ("steps:", "steps：", "13:6 yaml-wide-colon"),
    ("process: leave", "process：leave", "1:8 yaml-wide-colon"),
    ("[reason, days]", "[reason，days]", "3:11 yaml-wide-comma"),
    ("{title: 同意, then: next}", "{title: 同意，then: next}", "25:22 yaml-wide-comma"),
    ("{title: 同意, then: next}", "｛title: 同意, then: next｝", "25:12 yaml-wide-bracket"),
    ("[start]", "［start］", "17:8 yaml-wide-bracket"),
    ("[start]", "【start】", "17:8 unknown-step"),
    ("at_most: 3", "at_most: ３", "27:85 not-whole"),
    ("within: =settings.answer_in", "within: ＝settings.answer_in", "21:13 yaml-wide-equals"),
    ("- step: review", "－ step: review", "14:1 yaml-dash"),
    ("- step: review", "— step: review", "14:1 yaml-dash"),
    ("- step: review", "• step: review", "14:1 yaml-dash"),
    ("- step: review", "-step: review", "14:1 yaml-dash"),
    ("title: 审核", "title:审核", "15:3 yaml-colon-space"),
    ("{title: 同意, then: next}", "{title:同意, then:next}", "25:13 yaml-colon-space 25:23 yaml-colon-space"),
    ("  ask: role chief of home", "  ask role chief of home", "16:3 yaml-missing-colon"),
    ("  title: 审核", "\ttitle: 审核", "15:1 yaml-tab"),
    ("  due:\n    within", "  due:\n\twithin", "21:1 yaml-tab"),
    ("  title: 审核", "\u3000\u3000title: 审核", "15:1 yaml-wide-space"),
    ("  title: 审核", "\xa0\xa0title: 审核", "15:1 yaml-wide-space"),
    ("    within: =settings", "  within: =settings", "20:3 yaml-empty 22:11 yaml-indent"),
    ("  title: 审核", "   title: 审核", "15:9 yaml-indent"),
    ("  ask: role chief", " ask: role chief", "16:2 yaml-indent"),
    ("- step: director_ok", "  - step: director_ok", "28:3 yaml-indent"),
    ("{title: 同意, then: next}", "{title: 同意, then: next", "25:12 yaml-unclosed-bracket"),
    ("show: [reason, days]", "show: [reason, days", "18:9 yaml-unclosed-bracket"),
    ("{title: 同意, then: next}", "{title: 同意, then: next}}", "25:35 yaml-unopened-bracket"),
    ('title: 审核', "title: '审核", '15:10 yaml-unclosed-quote'),
    ('title: 审核', 'title: "审核', '15:10 yaml-unclosed-quote'),
    ("- step: director_ok", "- step: review", "28:9 name-taken"),
    ("  title: 审核", "  title: 审核\n  title: 审核2", "16:3 yaml-duplicate-key"),
    ("  cover:", "  days:", "11:3 yaml-duplicate-key 19:10 unknown-field"),
    ("outcomes:", "outcome:", "14:3 ask-needs-outcomes 23:11 not-a-sibling 24:3 unknown-key"),
    ("  title: 审核", "  titel: 审核", "15:3 unknown-key"),
    ("  title: 审核", "  抬头: 审核", "15:3 unknown-key"),
    ("  title: 审核", "  title: 审核\n  标题: 又", "16:3 yaml-duplicate-key"),
    ("then: next", "then: 下一歩", "25:30 unknown-target"),
    ("ask: role chief of home", "办理: 角色 chief 属于 home", "16:7 unknown-who"),
    ("role chief of home", "chief的角色", "16:8 unknown-who"),
    ("then: end refused", "then: end refuse", "26:47 unknown-end"),
    ("then: end refused", "then: end", "26:47 target-needs-name"),
    ("then: back start", "then: back reviw", "27:48 unknown-step"),
    ("then: back start", "then: back director_ok", "27:48 bad-return"),
    ("then: next", "then: Next", "25:30 unknown-target"),
    ("then: back start", "then: return start", "27:48 unknown-target"),
    ("then: next", "then: director_ok", "25:30 target-is-step"),
    (", at_most: 3", "", "27:13 no-at-most"),
    ("at_most: 3", "at_most: 0", "27:85 not-whole"),
    ("at_most: 3", "at_most: -1", "27:85 not-whole"),
    ("at_most: 3", "at_most: 三次", "27:85 not-whole"),
    ("at_most: 3", "at_most: 3.5", "27:85 not-whole"),
    ("opinion: must", "opinion: yes", "26:35 not-an-option"),
    ("opinion: must", "opinion: true", "26:35 not-an-option"),
    ("optional: true", "optional: yes", "11:47 not-a-flag"),
    ("optional: true", "optional: 1", "11:47 not-a-flag"),
    ("type: integer", "type: interger", "10:16 unknown-type 30:12 formula-type"),
    ("type: integer", "type: int", "10:16 unknown-type 30:12 formula-type"),
    ("type: text", "type: string", "9:18 unknown-type"),
    ("type: integer", "type: 数字", "10:16 unknown-type 30:12 formula-type"),
    ("min: 1", "min: 一", "10:41 field-type"),
    ("min: 1", "min: 99", "10:50 limits-cross"),
    ("{type: text, title: 事由}", "{type: text, title: 事由, min: 好}", "9:40 field-type"),
    ("{type: text, title: 事由}", "{type: choice, title: 事由}", "9:18 missing-key"),
    ("{type: text, title: 事由}", "{type: choice, of: [], title: 事由}", "9:30 no-options"),
    ("{type: text, title: 事由}", "{type: choice, of: [病假, 病假], title: 事由}", "9:30 option-twice"),
    ("default: 2 workdays", "default: 2d", "5:40 field-type"),
    ("default: 2 workdays", "default: 0.5 workdays", "5:40 field-type"),
    ("default: 2 workdays", "default: -2 workdays", "5:40 field-type"),
    ("default: 2 workdays", "default: 2", "5:40 field-type"),
    ("within: =settings.answer_in", "within: 2", "21:13 field-type"),
    ("within: =settings.answer_in", "within: settings.answer_in", "21:13 field-type"),
    ("within: =settings.answer_in", "within: =settings.anser_in", "21:14 formula-name"),
    ("if: days > 5", "if: =days > 5", "30:7 needless-sign"),
    ("if: days > 5", "if: reason = 事假", "30:16 formula-name"),
    ("if: days > 5", "if: day > 5", "30:7 formula-name"),
    ("if: days > 5", "if: reason > 5", "30:14 formula-type"),
    ("if: days > 5", "if: days === 5", "30:14 formula-syntax"),
    ("if: days > 5", "if: A1 > 5", "30:7 formula-name"),
    ("if: days > 5", "if: SUM(A1:A5) > 5", "30:13 formula-syntax"),
    ("if: days > 5", "if: days 大于 5", "30:12 formula-syntax"),
    ("if: days > 5", "if: days ^ 2 > 5", "30:12 formula-syntax"),
    ("if: days > 5", "if: days % 2 = 1", "30:12 formula-syntax"),
    ("if: days > 5", "if: days >", "30:13 formula-syntax"),
    ("if: days > 5", "if: > 5", "30:7 yaml-first-character"),
    ("if: days > 5", "if:", "30:3 yaml-empty"),
    ("if: days > 5", "if: 5", "30:7 formula-type"),
    ("if: days > 5", "if: emtpy(cover)", "30:7 formula-function"),
    ("if: days > 5", "if: (days > 5", "30:7 yaml-unbalanced"),
    ('if: days > 5', "if: __import__('os').system('x')", '30:30 formula-syntax'),
    ("if: days > 5", "if: days.__class__ = 1", "30:7 formula-name"),
    ("role chief of home", "role chief of hoem", "16:22 formula-name"),
    ("role chief of home", "chief", "16:8 unknown-who"),
    ("role chief of home", "chief of home", "16:8 unknown-who"),
    ("role chief of home", "role of home", "16:8 unknown-who"),
    ("role chief of home", "person 张三", "16:15 formula-name"),
    ("role chief of home", "@chief", "16:8 yaml-first-character"),
    ("ask: role chief of home", "ask: [role chief of home, 张三]", "16:29 unknown-who"),
    ("ask: role chief of home", "ask: [{if: days > 3, who: role a}]", "16:9 who-needs-else"),
    ("ask: role chief of home", "ask: {role: chief, of: home}", "16:8 not-text"),
    ("ask: role chief of home", "ask: []", "16:8 who-empty"),
    ("not: [start]", "not: [strat]", "17:9 unknown-step"),
    ("show: [reason, days]", "show: [reason, dayz]", "18:18 unknown-field"),
    ("show: [reason, days]", "show: reason, days", "18:9 unknown-field"),
    ("fill: [cover]", "fill: [covers]", "19:10 unknown-field"),
    ("remind: 50%", "remind: 150%", "22:13 bad-reminder"),
    ("remind: 50%", "remind: half", "22:13 bad-reminder"),
    ("remind: 50%", "remind: %50", "22:13 yaml-first-character"),
    ("refuse after 2 workdays", "refused after 2 workdays", "23:11 not-a-sibling"),
    ("refuse after 2 workdays", "agree after 2 workdays", "25:12 silence-is-yes"),
    ("after 2 workdays", "after two days", "23:11 rung-needs-after 23:44 bad-duration"),
    ("escalate role director of home", "escalate", "23:12 bad-rung"),
    ("{title: 同意, then: next}", "{title: 同意}", "25:12 missing-key"),
    ("agree: {title: 同意, then: next}", "agree:", "25:5 yaml-empty"),
    ("agree: {title: 同意, then: next}", "agree: 同意", "25:12 unknown-target"),
    ("- step: director_ok", "director_ok:", "28:1 unknown-key"),
    ("- step: director_ok", "- step: director-ok", "28:9 bad-name"),
    ("- step: director_ok", "- step: 2ok", "28:9 bad-name"),
    ("- step: director_ok", "- step: director ok", "28:9 bad-name"),
    ("- step: director_ok", "- step: next", "28:9 reserved-name"),
    ("- step: director_ok", "- step: 发起", "28:9 reserved-name"),
    ("- step: director_ok", "- step: days", "28:9 name-taken"),
    ("  ask: role director of home", "  ask: role director of home\n  do: venue_sharing.hold", "28:3 two-kinds"),
    ("  ask: role director of home\n", "", "28:3 no-kind"),
    ("  done: {title", "  finished: {title", "36:3 no-done"),
    ("counts: [home]", "counts: [hom]", "36:30 unknown-party"),
    ("counts: [home]", "counts: [home, home]", "36:30 option-twice"),
    ("undo: all", "undo: yes", "37:31 not-an-option"),
    ("tell: applicant", "tell: applicnt", "36:44 unknown-who"),
    ("title: 请假", "title: [试点] 请假", "2:8 yaml-bracket-first"),
    ('title: 请假', 'title: "试点"请假', '2:8 yaml-quote-first'),
    ("title: 请假", "title: *必填", "2:8 yaml-first-character"),
    ("title: 请假", "title: 申请: 请假", "2:10 yaml-second-colon"),
    ("title: 请假", "title: 请假 #2", "2:11 yaml-comment"),
    ("title: 请假", "title: #2 请假", "2:1 yaml-empty 2:8 yaml-comment"),
    ("title: 请假", "title: @me", "2:8 yaml-first-character"),
    ("title: 请假", "title: !重要", "2:8 yaml-first-character"),
    ("title: 请假", "title: &请假 x", "2:8 yaml-first-character"),
    ("title: 请假", "title: | 请假", "2:8 yaml-first-character"),
    ("title: 请假", "title: > 请假", "2:8 yaml-first-character"),
    ("title: 请假", "title: ? 请假", "2:8 yaml-first-character"),
    ("title: 请假", "title: - 请假", "2:8 yaml-first-character"),
    ("title: 请假", "title: %50", "2:8 yaml-first-character"),
    ("title: 请假", "title: `请假`", "2:8 yaml-first-character"),
    ("title: 请假", "title: [请, 假]", "2:8 not-text"),
    ("title: 请假", "title: {zh: 请假}", "2:8 not-text"),
    ("title: 请假", "title: {请假}", "2:9 yaml-empty"),
    ("process: leave\n", "", "1:1 missing-key"),
    ("process: leave", "process: leave it", "1:10 bad-name"),
    ("process: leave", "process: sick-leave", "1:10 bad-name"),
    ("start: {who: role staff, fill: [reason, days]}\n", "", "1:1 start-needs-who"),
    ("{who: role staff, fill", "{fill", "12:8 start-needs-who"),
    ("start: {who: role staff, fill: [reason, days]}", "start: role staff", "12:8 not-a-mapping"),
    ("start: {who", "start: &a {who", "12:8 yaml-alias"),
    ("ends:", "...\nends:", "36:1 yaml-syntax"),
    ("process: leave", "%YAML 1.2\nprocess: leave", "1:1 yaml-first-character"),
    ("- step: review", "- step: re\u200bview", "14:9 yaml-hidden-character"),
    ("- step: review", "\ufeff- step: review", "14:1 yaml-hidden-character"),
    ("subject: [reason, days]", "subject: [reason, day]", "3:10 unknown-field"),
    ("answer_in: {type", "answer_inn: {type", "21:14 formula-name"),
    ("unit: start.unit", "unit: start.units", "7:16 formula-name"),
    ("unit: start.unit", "unit: start.who", "7:16 formula-type"),
    ("unit: start.unit", "unit: 向阳社区", "7:16 formula-name"),
    ("steps:", "#steps:", "14:1 yaml-indent"),
    ("title: 审核", "title: {{title}}", "15:11 yaml-key-not-text 15:12 yaml-empty"),
    ('- step: director_ok', "- step: x'; DROP TABLE cases;--", '28:9 yaml-unbalanced'),
    ("title: 请假", "extends: ../../../etc/passwd\ntitle: 请假", "2:10 unknown-base"),
    ('title: 请假', 'extends: "a\\0b"\ntitle: 请假', '2:10 unknown-base 2:10 yaml-hidden-character'),
    ("title: 请假", "extends: common\\borrow_venue\ntitle: 请假", "2:10 unknown-base"),
    ("- step: director_ok", "- step: 😀", "28:9 bad-name"),
    ("  title: 审核", "  true: 审核", "15:3 unknown-key"),
    ("  title: 审核", "  1: 审核", "15:3 unknown-key"),
)  # fmt: skip
