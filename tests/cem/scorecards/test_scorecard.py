"""The numbers of a scorecard are those of `metrics` on the answers that were given."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from cem.roles import Role
from cem.scorecards.choices import Choice
from cem.scorecards.offers import read_offers
from cem.scorecards.periods import read_period
from cem.scorecards.scorecard import Scorecard, Tile, build_scorecard, count_today
from cem.scorecards.sentences import sentence
from metrics import Histogram, ces, compare, compare_many, csat, mean_score, nps
from surveys.database import Database
from surveys.languages import Month, language

TODAY = date(2025, 11, 10)  # 19 Aban 1404
LONG_AGO = date(2024, 5, 1)
Choose = Callable[..., Choice]
Answer = Callable[..., None]
Build = Callable[..., Scorecard]


@pytest.fixture
def build(database: Database, choose: Choose) -> Build:
    """The scorecard of an address."""

    def of(*who: Any, comments: bool = True, **asked: str) -> Scorecard:
        with database.read() as reader:
            return build_scorecard(reader, choose(*who, **asked), read_offers(reader), TODAY, comments=comments)

    return of


def tile(card: Scorecard, series: str) -> Tile:
    return next(tile for tile in card.tiles if tile.kpi.series == series)


def test_each_kpi_is_that_of_metrics(build: Build, answer: Answer) -> None:
    """NPS, CSAT, CES and a rating, each with its own interval."""
    answer(*[9, 10, 8, 3] * 5, satisfied=5, effort=6, staff=9)
    answer(*[2, 7, 10, 10] * 5, satisfied=2, effort=3, staff=4)
    card = build()

    assert tile(card, "nps_visit").estimate == nps(Histogram.of([9, 10, 8, 3, 2, 7, 10, 10] * 5))
    assert tile(card, "csat_visit").estimate == csat(Histogram.of([5, 2] * 20))
    assert tile(card, "ces_visit").estimate == ces(Histogram.of([6, 3] * 20))
    assert tile(card, "staff").estimate == mean_score(Histogram.of([9, 4] * 20), 1, 10)


def test_change_is_compared_with_the_period_before(build: Build, answer: Answer) -> None:
    """The twelve months before, and nothing older."""
    answer(*[10, 9, 3] * 20)
    answer(*[10, 5, 3] * 20, day=LONG_AGO)
    answer(*[0] * 50, day=date(2020, 1, 1))
    change = tile(build(), "nps_visit").change

    assert change == compare(Histogram.of([10, 9, 3] * 20), Histogram.of([10, 5, 3] * 20))
    assert change.difference == pytest.approx(200 / 3)
    assert change.significant


def test_one_of_many_changes_is_not_real_by_itself(build: Build, answer: Answer) -> None:
    """Of four KPIs one looks changed at 3 in 100: that is what chance gives, and each says so."""
    same = {"satisfied": 4, "effort": 5, "staff": 7}
    answer(*[10, 9, 3] * 40, day=LONG_AGO, **same)
    answer(*[10, 9, 3] * 30, *[3] * 24, **same)
    card = build()
    changes = [one.change.p for one in card.tiles if one.change and one.change.p is not None]

    assert len(changes) > 1
    assert 0.05 / len(changes) < min(changes) < 0.05
    assert card.focus.change is not None
    assert card.focus.change.significant
    assert [one.real for one in card.tiles] == [False] * 4
    assert "not proven" in sentence(language("en"), card.focus, read_period("12m", "jalali", TODAY))


def test_months_of_the_trend(build: Build, answer: Answer) -> None:
    """Twelve Jalali months, each with its own estimate; a month without answers has none."""
    answer(*[9] * 10, day=date(2025, 10, 22))  # 30 Mehr
    answer(*[1] * 11, day=date(2025, 10, 23))  # 1 Aban
    points = {point.month: point.estimate for point in build().focus.trend}

    assert next(iter(points)) == Month(1403, 9)
    assert points[Month(1404, 7)] == nps(Histogram.of([9] * 10))
    assert points[Month(1404, 8)] == nps(Histogram.of([1] * 11))
    empty = points[Month(1404, 1)]
    assert empty is not None
    assert empty.value is None


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        ([10, 9, 3] * 20, [10, 9, 4] * 19 + [3] * 3, "not proven, it may be chance."),
        ([10, 5, 3] * 20, [10, 9, 3] * 20, "67 points higher than in the 12 months before: real, not noise."),
        ([10, 9, 3] * 20, [1] * 30, "133 points lower than in the 12 months before: real, not noise."),
        ([10, 9, 3] * 20, [10, 9, 3] * 20, "; the same as in the 12 months before."),
        ([10] * 9, [10] * 12, "there is too little before it to compare with."),
        ([10] * 20, [10] * 9, "not enough data yet, 9 of at least 10 answers."),
        ([10] * 20, [10] * 4, "fewer than 5 answers here or beside it, so nothing is shown."),
    ],
)
def test_one_plain_sentence(
    build: Build, answer: Answer, choose: Choose, before: list[int], now: list[int], said: str
) -> None:
    """Each state of a KPI has its own words, free of marks that are not filled."""
    answer(*before, day=LONG_AGO)
    answer(*now)
    card = build()
    text = sentence(language("en"), card.focus, choose().period)

    assert "".join(c for c in text if c not in "\u2066\u2069").endswith(said)
    assert "%(" not in sentence(language("fa"), card.focus, choose().period)


def test_touchpoints_and_units_are_compared(build: Build, answer: Answer) -> None:
    """Best first, with the bands of `metrics`; a unit counts what is below it."""
    answer(*[10] * 60, *[0] * 10)
    answer(*[10] * 20, *[0] * 40, touchpoint="call", unit="tajrish")
    card = build()
    groups = {
        "counter": Histogram.of([10] * 60 + [0] * 10),
        "call": Histogram.of([10] * 20 + [0] * 40),
    }

    assert card.touchpoints is not None
    assert {row.code: row.band for row in card.touchpoints.rows} == compare_many(groups).bands
    assert [row.code for row in card.touchpoints.rows] == ["counter", "call"]
    assert card.units is not None
    assert [(row.code, row.estimate and row.estimate.n) for row in card.units.rows] == [("vanak", 70), ("tajrish", 60)]
    for row in card.units.rows:
        assert row.estimate is not None
        assert row.estimate.low is not None
        assert row.estimate.high is not None
        assert 0 <= card.units.place(row.estimate.low) < card.units.place(row.estimate.high) <= 100


def test_filters_count_only_their_part(build: Build, answer: Answer) -> None:
    """Unit, touchpoint, channel and period each leave the others' answers out."""
    answer(*[9] * 10)
    answer(*[1] * 20, unit="tajrish", touchpoint="call", day=date(2025, 10, 1))

    assert build(unit="tajrish").focus.answers.n == 20
    assert build(touchpoint="counter").focus.answers.n == 10
    assert build(channel="contact_centre").focus.answers.n == 20
    assert build(period="1404-07").focus.answers.n == 20
    assert build(period="1m").focus.answers.n == 10
    assert build(Role.UNIT_MANAGER, "vanak").focus.answers.n == 10


def test_few_answers_are_hidden(build: Build, answer: Answer) -> None:
    """Below five nothing is shown: no value, no answers by score, no trend, no words."""
    answer(9, 9, 9, 1, words="It was Mr. Rad's fault.")
    card = build()

    assert card.focus.estimate is None
    assert card.focus.answers.n == 0
    assert card.focus.trend == ()
    assert card.comments == ()


def test_a_hidden_group_hides_another(build: Build, answer: Answer) -> None:
    """Two touchpoints, one with few answers: neither is shown, or the total would give it away."""
    answer(*[9] * 50)
    answer(1, 1, 1, touchpoint="call", unit="tajrish")
    card = build()

    assert card.touchpoints is not None
    assert [row.estimate for row in card.touchpoints.rows] == [None, None]
    assert card.units is not None
    assert [row.estimate for row in card.units.rows] == [None, None]


def test_not_enough_data_is_no_value(build: Build, answer: Answer) -> None:
    """From five to nine answers there is a count but no comparison and no rank."""
    answer(*[9] * 40)
    answer(*[1] * 7, touchpoint="call")
    card = build()

    assert card.touchpoints is not None
    assert [(row.code, row.band) for row in card.touchpoints.rows] == [("counter", (1, 1)), ("call", None)]
    assert not build(touchpoint="call").focus.shown


def test_suspect_answers_are_left_out_and_counted(build: Build, answer: Answer) -> None:
    """They change no KPI, and the page says how many there are."""
    answer(*[9] * 20, satisfied=5)
    answer(*[0] * 3, satisfied=1, quality="suspect")
    card = build()

    assert card.focus.estimate == nps(Histogram.of([9] * 20))
    assert card.suspect == 3


def test_the_pulse_moves_with_an_answer(database: Database, answer: Answer, choose: Choose) -> None:
    """Today's answers alone, within the person's own units."""
    own = choose(Role.UNIT_MANAGER, "vanak")
    answer(9, day=TODAY - timedelta(days=1))
    with database.read() as reader:
        assert count_today(reader, choose(), TODAY) == 0
    answer(9, unit="tajrish")
    with database.read() as reader:
        assert (count_today(reader, choose(), TODAY), count_today(reader, own, TODAY)) == (1, 0)


def test_promoters_passives_and_detractors(build: Build, answer: Answer) -> None:
    """Counts and shares of the NPS; other KPIs have none."""
    answer(*[10, 9, 8, 3] * 5, satisfied=5)
    card = build()

    assert [(code, n, share) for code, _, n, share in card.focus.groups] == [
        ("promoter", 10, 50),
        ("passive", 5, 25),
        ("detractor", 5, 25),
    ]
    assert tile(card, "csat_visit").groups == ()


def test_comments_are_read_from_their_index(build: Build, answer: Answer, database: Database) -> None:
    """The plan of the very statement that was sent: at ten million responses, any other takes seconds."""
    if database.path is None:
        pytest.skip("PostgreSQL's planner knows how few rows these are, and rightly reads them all")
    answer(*[9] * 20, words="why")
    sent: list[tuple[str, Any]] = []

    def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        sent.append((statement, parameters))

    event.listen(database.reader, "before_cursor_execute", note)
    assert build().comments
    event.remove(database.reader, "before_cursor_execute", note)
    statement, parameters = next(one for one in sent if "submitted_at DESC" in one[0])
    with database.reader.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
    assert "USING INDEX ix_response_comments (survey_id=? AND day>? AND day<?)" in str(plan)
    assert "TEMP B-TREE" not in str(plan)


def test_a_comment_is_as_new_as_its_answer(build: Build, answer: Answer) -> None:
    """Who was asked first and answered last stands first, though the response's id is as old as the question."""
    answer(9, words="asked first, answered last", hour=15)
    answer(9, words="asked last, answered first", hour=9)
    answer(*[9] * 8)

    assert [remark.words for remark in build().comments] == ["asked first, answered last", "asked last, answered first"]


def test_comments_newest_first(build: Build, answer: Answer) -> None:
    """The ten newest of the chosen part, with their score; none for who may not read them."""
    for n in range(12):
        answer(n % 11, words=f"word {n}", day=date(2025, 10, 1 + n))
    answer(*[5] * 5, words="elsewhere", unit="tajrish", quality="valid")
    answer(*[5] * 5, words="suspect", quality="suspect")
    comments = build(unit="vanak").comments

    assert [remark.words for remark in comments] == [f"word {n}" for n in range(11, 1, -1)]
    assert (comments[1].score, comments[1].highest, comments[1].touchpoint) == (10, 10, "counter")
    assert build(comments=False).comments == ()
