"""What people read: search, pages, card, evidence, the scenario word, the import."""

from __future__ import annotations

import re
from typing import Any

import pytest

from engine.extend import CaseShown, Invalid, NotFound, Outcome, PageContext, Period, ValueType, decode
from engine.testing import Trial
from plugins.venue_sharing import hooks, scenarios, slots, web
from plugins.venue_sharing.operations import venues
from plugins.venue_sharing.tests.conftest import VENUES, TrialWith
from plugins.venue_sharing.tests.test_actions import AFTERNOON, hall, hold


def search(trial: Trial, words: str = AFTERNOON, **asked: Any) -> list[str]:
    period: Period = decode(ValueType("period"), words)
    return trial.read(lambda ctx: [room.label for room in venues.search(ctx, period, **asked)])


def test_search_finds_what_is_free_open_big_and_equipped_enough(trial: Trial) -> None:
    assert search(trial) == ["黄海路社区/多功能厅", "黄海路社区/小会议室", "南珠东社区/多功能厅"]
    assert search(trial, people=60) == ["黄海路社区/多功能厅", "南珠东社区/多功能厅"]
    assert search(trial, facility="音响") == ["黄海路社区/多功能厅"]
    assert search(trial, stations=["nz", "hh"], people=20) == ["南珠东社区/多功能厅", "黄海路社区/多功能厅"]
    assert search(trial, "2026-06-13T14:00/2026-06-13T16:00", people=5) == [
        "黄海路社区/多功能厅",
        "南珠东社区/多功能厅",
    ]
    hold(trial)
    assert search(trial, people=20) == ["南珠东社区/多功能厅"]


def test_search_leaves_the_buffer_free(trial_with: TrialWith) -> None:
    trial = trial_with(buffer=30)
    hold(trial)
    assert search(trial, "2026-06-16T16:00/2026-06-16T18:00", people=61) == []
    assert search(trial, "2026-06-16T16:30/2026-06-16T18:00", people=61) == ["黄海路社区/多功能厅"]


def test_a_lapsed_hold_takes_nobodys_place_in_a_search(trial_with: TrialWith) -> None:
    trial = trial_with(lapse="2 hours")
    hold(trial)
    assert search(trial, people=61) == []
    trial.clock.advance(2 * 3_600_000_000)
    assert search(trial, people=61) == ["黄海路社区/多功能厅"]


@pytest.mark.parametrize(
    ("words", "labels"),
    [
        ("黄海路社区/多功能厅", ["黄海路社区/多功能厅"]),
        ("黄海路社区", ["黄海路社区/多功能厅", "黄海路社区/小会议室"]),
        ("会议", ["黄海路社区/小会议室"]),
        ("黄海路社区/排练厅", []),
        ("北海社区/多功能厅", []),
        ("%", []),
        ("", ["黄海路社区/多功能厅", "黄海路社区/小会议室"]),
    ],
)
def test_a_venue_is_found_by_what_people_call_it(trial: Trial, words: str, labels: list[str]) -> None:
    (kind,) = hooks.register_types()
    assert [record.label for record in trial.read(lambda ctx: kind.find(ctx, words, 2))] == labels


def test_a_venue_is_read_by_its_id(trial: Trial) -> None:
    (kind,) = hooks.register_types()
    (record,) = trial.read(lambda ctx: kind.read(ctx, [_hall(ctx), "nowhere"]))
    assert (record.label, record.attributes) == (
        "黄海路社区/多功能厅",
        {"station": "hh", "name": "多功能厅", "capacity": 80},
    )
    assert record.attributes.keys() == {name for name, _ in kind.spec.attributes}


def _hall(ctx: PageContext) -> str:
    return venues.find_venues(ctx, "黄海路社区/多功能厅", 1)[0].id


def lines(trial: Trial, ended: Outcome | None = None, **given: Any) -> list[tuple[str, str]]:
    inputs = {"venue": hall(trial), "period": AFTERNOON, "people": 50, **given}
    return [(line.level, line.sentence.zh) for line in trial.evidence("venue_sharing.hold", inputs, ended)]


def test_evidence_says_that_all_is_in_order(trial: Trial) -> None:
    rest = [("ok", "多功能厅容80人，本次50人"), ("ok", "开放时间08:00–21:00，本次6月16日14:00–16:00")]
    assert lines(trial) == [("ok", "6月16日14:00–16:00空着"), *rest]
    assert lines(trial, hold(trial)) == [("ok", "6月16日14:00–16:00已为本件锁定"), *rest]


def test_evidence_says_how_the_case_s_own_booking_stands_by_now(trial: Trial) -> None:
    held = hold(trial)
    for action, words in (("confirm", "已约给本件"), ("check_out", "本件已经用过")):
        trial.act(f"venue_sharing.{action}", {"hold": held.outputs["id"]}, unit="hh", case="c1")
        assert lines(trial, held)[0] == ("ok", f"6月16日14:00–16:00{words}")


def test_evidence_says_what_is_not_in_order(trial: Trial) -> None:
    hold(trial)
    assert lines(trial, people=90)[:2] == [
        ("bad", "这个时段已被南珠东社区预约。最近的空档是6月16日16:00–18:00。"),
        ("bad", "多功能厅容80人，本次90人"),
    ]
    late = lines(trial, period="2026-06-16T20:00/2026-06-16T22:00")
    assert late[2] == ("bad", "开放时间08:00–21:00，本次6月16日20:00–22:00")
    assert lines(trial, venue=None) == []
    assert not trial.seed("venues.yaml", [VENUES[0] | {"status": "closed"}])
    assert lines(trial)[3] == ("bad", "场地暂停外借")


@pytest.mark.parametrize("key", ["facilities", "rest"])
def test_a_list_that_is_written_as_one_word_is_a_fault(trial: Trial, key: str) -> None:
    (problem,) = trial.seed("venues.yaml", [VENUES[0] | {key: "投影"}])
    assert (problem.path, problem.message.zh) == (f"0.{key}", f"{key}写成列表，例如[投影]")


def test_the_list_shows_what_is_free_in_the_next_two_hours(trial: Trial) -> None:
    view = trial.read(web.venues_page)
    assert (view.template, len(view.values["rooms"])) == ("venue_sharing/venues.html", 3)
    assert view.values["when"] == ("6月10日09:00–11:00", "10 Jun 09:00–11:00")
    assert view.values["rooms"][0].href == f"/trial/venues/{hall(trial)}"


def test_the_list_searches_by_the_form(trial: Trial) -> None:
    query = {"date": "2026-06-16", "from": "14:00", "until": "16:00", "people": "61", "facility": ""}
    hold(trial)
    view = trial.read(web.venues_page, query=query)
    assert (view.values["rooms"], view.values["fault"]) == ((), None)
    assert view.values["asked"] == query


def test_a_time_that_cannot_be_read_is_said_and_keeps_what_was_typed(trial: Trial) -> None:
    query = {"date": "2026-06-16", "from": "16:00", "until": "14:00"}
    view = trial.read(web.venues_page, query=query)
    assert view.values["fault"].zh == "时段的结束时间要晚于16:00。"
    assert view.values["asked"] == {**query, "people": "", "facility": ""}


def test_a_venues_week_shows_who_has_it_and_what_is_free(trial: Trial) -> None:
    hold(trial)
    view = trial.read(web.venue_page, args={"id": hall(trial)}, query={"from": "2026-06-15"})
    days = view.values["days"]
    assert [day.name for day in days][:2] == ["6月15日 周一", "6月16日 周二"]
    assert days[0].booked == ()
    assert days[1].booked == (("14:00–16:00", "南珠东社区", True),)
    assert days[1].free == ("08:00–14:00", "16:00–21:00")
    assert view.values["after"].endswith("?from=2026-06-22")


def test_a_week_begins_today_unless_said(trial: Trial) -> None:
    for query in ({}, {"from": "someday"}):
        view = trial.read(web.venue_page, args={"id": hall(trial)}, query=query, language="en")
        assert view.values["days"][0].name == "Wed 10 Jun"


def test_a_venue_that_is_not_there_is_not_found(trial: Trial) -> None:
    with pytest.raises(NotFound):
        trial.read(web.venue_page, args={"id": "nowhere"})


def test_an_english_reader_reads_no_chinese_but_names(trial: Trial) -> None:
    room = trial.read(lambda ctx: venues.find_venues(ctx, "黄海路社区/小会议室", 1)[0].id)
    sunday = {"venue": room, "period": "2026-06-14T14:00/2026-06-14T16:00", "people": 90}
    said = [line.sentence.en for line in trial.evidence("venue_sharing.hold", sunday, None)]
    said += [p.message.en for p in trial.act("venue_sharing.hold", sunday, unit="nz", case="c1").problems]
    (kind,) = hooks.register_types()
    said += [record.hint.en for record in trial.read(lambda ctx: kind.read(ctx, [room]))]
    found = trial.read(web.free, query={"people": "5"}, language="en")["venues"]
    said += [venue["hours"] for venue in found]
    names = "黄海路社区/小会议室"
    assert len(said) == 8 and not re.search("[一-鿿]|，|、", " ".join(said).replace(names, ""))


def test_the_card_counts_venues_and_those_free_now(trial: Trial) -> None:
    assert [figure.value for figure in trial.read(web.today_card)] == ["3", "3"]


def counted(trial: Trial, **given: Any) -> list[str]:
    return [p.message.zh for p in trial.write(lambda ctx: scenarios.bookings(ctx, given), unit="nz")]


def test_the_scenario_word_compares_bookings_by_status(trial: Trial) -> None:
    hold(trial)
    room = "黄海路社区/多功能厅"
    assert counted(trial, venue=room, held="1", confirmed="0") == []
    assert counted(trial, venue=room, held="2") == [f"{room}的held预约应为2，现有1"]
    assert counted(trial, venue="黄海路社区/厨房", held="1") == ["没有场地“黄海路社区/厨房”"]


def test_importing_the_same_file_again_changes_nothing_and_new_figures_are_taken(trial: Trial) -> None:
    before = hall(trial)
    assert not trial.seed("venues.yaml", [*VENUES[1:], VENUES[0] | {"capacity": "90"}])
    rooms = trial.read(lambda ctx: venues.venues(ctx))
    assert len(rooms) == 3
    assert next(room.capacity for room in rooms if room.id == before) == 90


@pytest.mark.parametrize(
    ("change", "path", "words"),
    [
        ({"station": "北海社区"}, "0.station", "没有“北海社区”这个单位"),
        ({"name": ""}, "0.name", "缺少name"),
        ({"capacity": "很多"}, "0.capacity", "容量要写成人数，例如80"),
        ({"open": "全天"}, "0.open", "开放时间写成08:00-21:00这样"),
        ({"open": "21:00-08:00"}, "0.open", "开放时间写成08:00-21:00这样"),
        ({"rest": ["星期一"]}, "0.rest", "休息日写成周一、周二、周三、周四、周五、周六、周日"),
        ({"status": "坏了"}, "0.status", "状态写成开放或暂停"),
        ({"longitude": "东经"}, "0.longitude", "longitude写成度数，例如121.61"),
        ({"colour": "红"}, "0.colour", "不认识“colour”"),
    ],
)
def test_a_faulty_row_is_a_problem_and_nothing_is_imported(
    trial: Trial, change: dict[str, Any], path: str, words: str
) -> None:
    sound = {"name": "新厅", "station": "南珠东社区", "capacity": "9", "open": "08:00-21:00"}
    (problem,) = trial.seed("venues.yaml", [sound | change, sound])
    assert (problem.path, problem.message.zh[: len(words)]) == (path, words)
    assert len(trial.read(lambda ctx: venues.venues(ctx))) == 3


def test_a_file_that_is_no_list_is_a_problem(trial: Trial) -> None:
    (problem,) = trial.seed("venues.yaml", {"name": "多功能厅"})
    assert problem.code == "venue-list"
    (problem,) = trial.seed("venues.yaml", ["多功能厅"])
    assert problem.path == "0"


def test_the_page_of_a_case_says_how_its_booking_stands(trial: Trial) -> None:
    case = CaseShown("c1", "260610-1", "borrow", "", "open", "")
    assert trial.read(lambda ctx: slots.booking(ctx, case)) is None
    receipt = hold(trial).outputs
    stands = []
    for step in ("", "confirm", "check_out"):
        if step:
            trial.act(f"venue_sharing.{step}", {"hold": receipt["id"]}, "nz", "c1")
        stands.append(str(trial.read(lambda ctx: slots.booking(ctx, case))))
    address = f'<a href="/trial/venues/{hall(trial)}?from=2026-06-16">黄海路社区/多功能厅</a> 6月16日14:00–16:00 · '
    assert stands == [f"<p>场地预约：{address}{words}</p>" for words in ("已锁定，待确认", "预约已生效", "已用完交还")]


def test_venues_of_ones_own_alliance_come_before_those_of_ones_street(trial: Trial) -> None:
    trial.unit("ds", "东街街道")
    trial.units.parents |= {"nz": "ds", "hh": "ds"}
    trial.units.hubs |= {"gc": "nz"}
    assert not trial.seed("venues.yaml", [VENUES[2] | {"station": "广场西里社区"}])
    view = trial.read(web.venues_page, unit="nz")
    assert [(room.label.partition("/")[0], room.near and room.near.zh) for room in view.values["rooms"]] == [
        ("南珠东社区", "本单位"),
        ("广场西里社区", "同片区"),
        ("黄海路社区", "上级相同"),
        ("黄海路社区", "上级相同"),
    ]
    strange = trial.read(web.venues_page, unit="ds")
    assert {room.near for room in strange.values["rooms"]} == {None}


def test_a_program_asks_what_is_free(trial: Trial) -> None:
    asked = {"date": "2026-06-16", "from": "14:00", "until": "16:00", "people": "61"}
    found = trial.read(web.free, query=asked)
    assert found["when"] == AFTERNOON
    assert [(venue["station"], venue["name"]) for venue in found["venues"]] == [("黄海路社区", "多功能厅")]
    hold(trial)
    assert trial.read(web.free, query=asked)["venues"] == []


@pytest.mark.parametrize(
    ("wrong", "path", "words"),
    [
        ({"until": "13:00"}, "date", "时段的结束时间要晚于14:00。"),
        ({"people": "9223372036854775808"}, "people", "人数要写成整数"),
        ({"people": "10²"}, "people", "人数要写成整数"),
    ],
)
def test_a_question_that_cannot_be_read_is_refused(trial: Trial, wrong: dict[str, str], path: str, words: str) -> None:
    asked = {"date": "2026-06-16", "from": "14:00", "until": "16:00", **wrong}
    with pytest.raises(Invalid) as refused:
        trial.read(web.free, query=asked)
    assert [problem.path for problem in refused.value.problems] == [path]
    page = trial.read(web.venues_page, query=asked)
    assert words in page.values["fault"].zh and page.values["rooms"] == ()
