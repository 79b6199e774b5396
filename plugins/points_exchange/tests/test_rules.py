"""The arithmetic of points against the worked figures that the districts use."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.points_exchange.rules import (
    EarnRule,
    Flow,
    IfShort,
    Lack,
    Lot,
    Quote,
    QuoteRule,
    Rounding,
    allocate,
    dues,
    earned,
    face_value,
    hundredths,
    lacking,
    minutes_of,
    positions,
    quote,
    returned,
    rounded,
    settled,
    shares,
    shown,
    thriftier,
    uncounted,
)
from plugins.points_exchange.saying import lacking as lacking_words


@pytest.mark.parametrize(
    ("bill", "balance", "step", "rounding", "if_short", "points", "discount", "pays"),
    [
        pytest.param(10000, 1000, 100, "half_up", "partial", 200, 1000, 9000, id="base"),
        pytest.param(5000, 1000, 100, "half_up", "partial", 100, 500, 4500, id="exact"),
        pytest.param(5005, 1000, 100, "half_up", "partial", 200, 501, 4504, id="one fen costs a point"),
        pytest.param(5005, 1000, 100, "down", "partial", 100, 500, 4505, id="the fen is dropped"),
        pytest.param(4, 1000, 100, "half_up", "partial", 0, 0, 4, id="never a point for nothing"),
        pytest.param(10000, 100, 100, "half_up", "partial", 100, 500, 9500, id="as far as the points go"),
        pytest.param(10000, 100, 100, "half_up", "refuse", 0, 0, 10000, id="all or nothing"),
        pytest.param(10000, 0, 100, "half_up", "partial", 0, 0, 10000, id="no points, no entry"),
        pytest.param(40000, 779, 1, "half_up", "partial", 779, 3895, 36105, id="average member, hundredths"),
        pytest.param(40000, 779, 100, "half_up", "partial", 700, 3500, 36500, id="average member, points"),
    ],
)
def test_the_till_follows_the_worked_table(
    bill: int,
    balance: int,
    step: int,
    rounding: Rounding,
    if_short: IfShort,
    points: int,
    discount: int,
    pays: int,
) -> None:
    rule = QuoteRule(step=step, rounding=rounding, if_short=if_short)
    assert quote(bill, balance, rule) == Quote(points, discount, pays)


def test_the_discount_ceiling_of_a_whole_redemption_day() -> None:
    assert rounded(Fraction(357 * 779, 100), "half_up") == 2781
    assert quote(13_905_000, 278_100, QuoteRule()) == Quote(278_100, 1_390_500, 12_514_500)
    assert quote(91_295_000, 1_825_900, QuoteRule()) == Quote(1_825_900, 9_129_500, 82_165_500)


def test_the_last_fen_that_costs_a_point_brings_a_thriftier_offer() -> None:
    rule = QuoteRule()
    assert thriftier(5005, quote(5005, 1000, rule), rule) == Quote(100, 500, 4505)
    assert thriftier(10000, quote(10000, 1000, rule), rule) is None


@given(
    bill=st.integers(0, 10**8),
    balance=st.integers(0, 10**6),
    step=st.sampled_from([1, 10, 50, 100]),
    rounding=st.sampled_from(["half_up", "down", "up"]),
    if_short=st.sampled_from(["partial", "refuse"]),
)
def test_no_quote_spends_more_than_there_is_or_gives_more_than_the_points_are_worth(
    bill: int, balance: int, step: int, rounding: Rounding, if_short: IfShort
) -> None:
    offer = quote(bill, balance, QuoteRule(step=step, rounding=rounding, if_short=if_short))
    assert offer.discount + offer.pays == bill
    assert 0 <= offer.points <= balance
    assert offer.points % step == 0
    assert offer.discount * 100 <= offer.points * 500
    assert (offer.points == 0) == (offer.discount == 0)


@given(
    bill=st.integers(0, 10**8),
    balance=st.integers(0, 10**6),
    step=st.sampled_from([1, 10, 50, 100]),
    if_short=st.sampled_from(["partial", "refuse"]),
)
def test_with_what_is_missing_there_is_an_offer_and_with_less_there_is_none(
    bill: int, balance: int, step: int, if_short: IfShort
) -> None:
    rule = QuoteRule(step=step, if_short=if_short)
    lack, needed = lacking(bill, rule)
    assert bool(quote(bill, balance, rule).points) == (balance >= needed > 0)
    assert (needed == 0) == (lack == "small") == (not quote(bill, 10**9, rule).points)
    assert needed % step == 0
    assert lack == "small" or quote(bill, needed, rule).points == needed


@given(
    bill=st.integers(2, 10**7),
    part=st.integers(1, 10**7),
    balance=st.integers(1, 10**6),
    discount=st.sampled_from(["0.1", "0.5", "1"]),
    step=st.sampled_from([1, 50, 100]),
)
def test_after_a_return_less_is_taken_and_the_sum_is_the_bill(
    bill: int, part: int, balance: int, discount: str, step: int
) -> None:
    rule = QuoteRule(discount=Decimal(discount), step=step)
    first, back = quote(bill, balance, rule), 1 + part % (bill - 1)
    now = settled(bill, back, first.points, rule)
    assert now.points <= first.points
    assert now.discount <= first.discount
    assert back + now.discount + now.pays == bill
    assert min(now.points, now.discount, now.pays) >= 0


_LACKS = st.sampled_from(["few", "short", "small"])


@given(lack=_LACKS, available=st.integers(0, 10**6), more=st.integers(1, 10**6))
def test_what_is_lacking_is_said_with_the_balance_and_without_a_sum_nobody_has(
    lack: Lack, available: int, more: int
) -> None:
    for words in lacking_words(lack, available, available + more):
        assert lack == "small" or shown(available) in words
        assert ("还差" in words or "missing" in words) == (lack == "short" and available > 0)


def test_a_refund_returns_the_same_share_of_the_points() -> None:
    assert returned(200, 10000, 10000, 100) == 200
    assert returned(200, 10000, 5000, 100) == 100
    assert returned(200, 10000, 100, 100) == 0


@pytest.mark.parametrize(
    ("minutes", "coefficient", "points"),
    [(90, "2", 300), (50, "1.2", 100), (60, "1", 100), (0, "3", 0), (1, "1", 2), (20, "1", 33)],
)
def test_minutes_times_coefficient_make_points(minutes: int, coefficient: str, points: int) -> None:
    assert earned(Fraction(minutes), Decimal(coefficient), EarnRule()) == points


def test_hours_are_exact_minutes() -> None:
    assert minutes_of(Decimal("1.5")) == 90


def test_started_steps_do_not_count() -> None:
    assert earned(Fraction(119), Decimal(1), EarnRule(step_minutes=60)) == 100


def test_one_activity_counts_up_to_its_cap() -> None:
    assert earned(Fraction(300), Decimal(1), EarnRule(cap_minutes=120)) == 200


def test_a_day_counts_up_to_its_cap() -> None:
    rule = EarnRule(cap_points_a_day=500)
    assert earned(Fraction(240), Decimal(1), rule, today=300) == 200
    assert earned(Fraction(240), Decimal(1), rule, today=600) == 0


@pytest.mark.parametrize(
    ("span", "counted", "left"),
    [
        ((60, 180), [], 120),
        ((60, 180), [(0, 60), (180, 240)], 120),
        ((60, 180), [(120, 240)], 60),
        ((60, 180), [(0, 90), (90, 150)], 30),
        ((60, 180), [(0, 300)], 0),
        ((60, 60), [], 0),
    ],
)
def test_minutes_of_overlapping_activities_count_once(
    span: tuple[int, int], counted: list[tuple[int, int]], left: int
) -> None:
    assert uncounted(span, [(one, one[1] - one[0]) for one in counted]) == left


_SPANS = st.tuples(st.integers(0, 50), st.integers(0, 50)).map(lambda s: (min(s), max(s)))


@given(st.lists(_SPANS, max_size=6))
def test_counting_spans_one_after_another_counts_each_minute_once(spans: list[tuple[int, int]]) -> None:
    counted = list[tuple[tuple[int, int], int]]()
    for span in spans:
        counted.append((span, uncounted(span, counted)))
    total = sum(minutes for _, minutes in counted)
    assert total == len({minute for low, high in spans for minute in range(low, high)})


def fit(counted: list[tuple[tuple[int, int], int]]) -> bool:
    """Whether the minutes can be laid side by side, each within its span: what ends first goes first."""
    left = [[high, low, minutes] for (low, high), minutes in counted]
    for now in range(51):
        open_ = [one for one in left if one[1] <= now < one[0] and one[2]]
        if open_:
            min(open_)[2] -= 1
    return not any(minutes for _, _, minutes in left)


@given(st.lists(st.tuples(_SPANS, st.integers(0, 50)), max_size=5), _SPANS)
def test_service_is_counted_exactly_as_far_as_it_can_have_been(
    served: list[tuple[tuple[int, int], int]], span: tuple[int, int]
) -> None:
    counted = list[tuple[tuple[int, int], int]]()
    for one, minutes in served:
        counted.append((one, min(minutes, uncounted(one, counted))))
    left = uncounted(span, counted)
    assert fit([*counted, (span, left)])
    assert not fit([*counted, (span, left + 1)])


def test_lots_are_spent_by_expiry_and_then_by_issue() -> None:
    late = Lot("here", 2027, expires_at=20, issued_at=1, free=500)
    young = Lot("there", 2026, expires_at=10, issued_at=3, free=500)
    old = Lot("here", 2026, expires_at=10, issued_at=2, free=300)
    assert allocate([late, young, old], 900) == ((old, 300), (young, 500), (late, 100))
    assert allocate([late, young, old], 1301) is None


def test_a_partial_post_takes_the_first_lots_first() -> None:
    assert shares([300, 500, 100], 700) == (300, 400, 0)


def test_two_issuers_clear_to_the_face_value() -> None:
    flows = [Flow("grid", "shop", 13_637_300, 100), Flow("civic", "shop", 4_066_000, 95)]
    owed = dues(flows)
    assert sum(owed.values()) == 17_500_000
    assert positions(owed) == {"civic": -3_862_700, "grid": -13_637_300, "shop": 17_500_000}


def test_a_unit_that_redeems_its_own_points_nets_nothing() -> None:
    assert positions(dues([Flow("a", "a", 5000, 100)])) == {}


_UNITS = st.sampled_from("abcd")


@given(st.lists(st.builds(Flow, _UNITS, _UNITS, st.integers(1, 10**6), st.sampled_from([95, 98, 100]))))
def test_net_positions_make_nothing_together(flows: list[Flow]) -> None:
    assert sum(positions(dues(flows)).values()) == 0


@pytest.mark.parametrize(
    ("points", "words"), [(32000, "320"), (12850, "128.5"), (12855, "128.55"), (5, "0.05"), (-150, "-1.5"), (0, "0")]
)
def test_points_read_as_people_write_them(points: int, words: str) -> None:
    assert shown(points) == words


def test_points_are_kept_in_hundredths() -> None:
    assert hundredths(Decimal("128.5")) == 12850
    assert hundredths(Decimal("0.005"), "down") == 0
    assert face_value(17_703_300, 100) == 17_703_300
