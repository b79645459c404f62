"""What the outer loop adds up to, and what is drawn of it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from cem.improvements.causes import CauseTree, read_causes
from cem.improvements.counting import PERIODS, Counted, count_causes, read_counted
from cem.improvements.drawings import burn_down_figure, pareto, pareto_figure, read_burn_down
from cem.improvements.improvements import Plan, finish_improvement, plan_improvement
from cem.improvements.measuring import measure_done
from cem.improvements.models import CauseCount, Improvement, RootCause
from cem.improvements.numbers import OuterNumbers, outer_numbers
from cem.improvements.root_cause_words import reason_in_words
from cem.improvements.root_causes import conclude, open_root_cause
from cem.scorecards.offers import read_offers
from cem.settings import Settings
from surveys.database import Database
from surveys.languages import language
from surveys.models import Survey

from .conftest import NOW, Raise
from .test_effects import DONE_ON, give, plain

TODAY = NOW.date()
EN, FA = language("en"), language("fa")


def numbers(database: Database, units: frozenset[str] | None = None) -> OuterNumbers:
    with database.read() as reader:
        tree, offers = read_causes(reader), read_offers(reader)
        return outer_numbers(reader, NOW, units, read_counted(reader, 365, NOW), tree, offers)


def look_into(database: Database, cause: str, unit: str, days: int = 0, closed: int | None = None) -> None:
    with database.write() as session:
        row = open_root_cause(session, NOW - timedelta(days=days), "cx_manager", cause, unit, today=TODAY)
        if closed is not None:
            conclude(session, NOW - timedelta(days=closed), "cx_manager", row, "It is gone")


def test_cases_are_counted_by_the_job(database: Database, settings: Settings, raised: Raise) -> None:
    """By unit and cause in each period, praise left out; counted again they are replaced; before it, they are read."""
    raised(3)
    raised(2, "fees", days=40, unit="tajrish")
    raised(1, None)
    raised(1, kind="praise")
    with database.read() as reader:
        assert read_counted(reader, 30, NOW).of(None) == {"waiting": 3}
    for _ in range(2):
        assert count_causes(database, settings, NOW) == 2 + 3 + 3
    raised(4, days=3)
    with database.read() as reader:
        assert {row.days for row in reader.scalars(select(CauseCount))} == set(PERIODS)
        counted = read_counted(reader, 90, NOW)
    assert counted.of(None) == {"waiting": 3, "fees": 2}
    assert counted.of(frozenset({"tajrish"})) == {"fees": 2}
    assert (counted.without(None), counted.counted_at) == (1, NOW)


def test_what_root_causes_explain_is_counted_once(database: Database, settings: Settings, raised: Raise) -> None:
    """The company's and a unit's root cause of one cause share the unit's cases."""
    raised(3)
    raised(2, unit="tajrish")
    raised(4, "fees")
    look_into(database, "waiting", "", days=10)
    look_into(database, "waiting", "vanak", days=4)
    found = numbers(database)

    assert (found.open, found.cases, found.of_cases) == (2, 5, 9)
    assert found.explained.value == pytest.approx(100 * 5 / 9)
    assert found.age.value == pytest.approx(7)
    assert (found.age.low, found.proven.value, found.told.value) == (None, None, None)
    assert numbers(database, frozenset({"vanak"})).cases == 3


def test_proven_and_told(
    database: Database, settings: Settings, company: None, survey: Survey, answer: Callable[..., None]
) -> None:
    """Of two that are done one has a proven effect, as the job has measured it; told counts people."""
    give(answer, DONE_ON, (10, 9, 3, 4))
    give(answer, TODAY, (10, 9, 9, 3))
    with database.write() as session:
        root = open_root_cause(session, NOW, "cx_manager", "waiting", "vanak", today=TODAY)
        for survey_id, series in ((survey.survey_id, "nps_visit"), (None, "")):
            plan = Plan(
                title="A counter",
                description="",
                owner=None,
                unit="vanak",
                due_on=TODAY,
                survey_id=survey_id,
                series=series,
            )
            row = plan_improvement(session, NOW, "cx_manager", root, plan)
            finish_improvement(session, NOW, "cx_manager", row, DONE_ON, TODAY)
        row.told_at, row.raised, row.reached = NOW, 40, 30
    assert measure_done(database, settings, NOW) == 2
    found = numbers(database)

    assert (found.proven.value, found.proven.n) == (50, 2)
    assert (found.told.value, found.told.n) == (75, 40)
    assert found.told.low is not None
    with database.read() as reader:
        rows = reader.scalars(select(Improvement).order_by(Improvement.verdict)).all()
    assert [(one.verdict, one.effect, one.effect_n) for one in rows] == [("no_kpi", None, None), ("proven", 50, 160)]


def test_the_pareto() -> None:
    """From the most frequent cause on, added up to all; only what is behind for real is grey; the rest is one bar."""
    causes = {"waiting": 60, "fees": 25, "staff": 20}
    bars = pareto(EN, causes, CauseTree({}))
    figure = pareto_figure(FA, bars)

    assert [(bar.code, bar.n, bar.until, bar.band) for bar in bars] == [
        ("waiting", 60, 60, (1, 1)),
        ("fees", 25, 85, (2, 3)),
        ("staff", 20, 105, (2, 3)),
    ]
    assert figure is not None
    assert figure.drawing["data"][0]["x"] == [60, 25, 20]
    assert figure.drawing["data"][1]["x"] == [60, 85, 105]
    assert [plain(cell) for cell in figure.rows[0]] == ["waiting", "۶۰", "۵۷٪", "۴۸٪ تا ۶۶٪", "۵۷٪", "۱"]
    assert plain(figure.rows[1][5]) == "۲ تا ۳"
    many = pareto(EN, {f"c{n:02}": 30 - n for n in range(15)}, CauseTree({}))
    assert (len(many), many[-1].name, many[-1].n, many[-1].band) == (10, "All others", sum(range(16, 22)), None)
    assert pareto_figure(EN, pareto(EN, {"fees": 3}, CauseTree({}))) is None


def test_the_burn_down(database: Database, settings: Settings, company: None) -> None:
    """What was open at the end of each week, and what came and went; nothing to draw where there was nothing."""
    with database.read() as reader:
        assert burn_down_figure(EN, read_burn_down(reader, NOW, settings.zone, None)) is None
    look_into(database, "waiting", "", days=400)
    look_into(database, "fees", "vanak", days=60, closed=20)
    look_into(database, "rude", "tajrish", days=2)
    with database.read() as reader:
        weeks = read_burn_down(reader, NOW, settings.zone, None)
        vanak = read_burn_down(reader, NOW, settings.zone, frozenset({"vanak"}))
    figure = burn_down_figure(FA, weeks)

    assert (len(weeks), weeks[0].open, weeks[-1].open) == (26, 1, 2)
    assert weeks[-1].end == TODAY + timedelta(days=1)
    assert (sum(week.opened for week in weeks), sum(week.closed for week in weeks)) == (2, 1)
    assert max(week.open for week in weeks) == 2
    assert (max(week.open for week in vanak), vanak[-1].open) == (1, 0)
    assert figure is not None
    assert len(figure.rows) == 26


@pytest.mark.parametrize(
    ("reason", "counted", "said"),
    [
        ("count", {"cases": 7, "of": 90, "days": 30, "severe": 0}, "7 cases of this unit in 30 days"),
        ("count", {"cases": 40, "of": 190, "days": 30, "units": 6}, "40 cases in 6 units"),
        (
            "share",
            {"cases": 3, "of": 12, "days": 30},
            "3 of 12 cases of this unit in 30 days had this cause, which is 25%",
        ),
        (
            "severity",
            {"cases": 1, "of": 9, "days": 30, "severe": 1},
            "of the highest severity with this cause in 30 days: 1",
        ),
        ("hand", {}, "Opened by hand"),
    ],
)
def test_why_it_was_taken_up(reason: str, counted: dict[str, int], said: str) -> None:
    """The rule and what was counted, in a sentence in both languages."""
    row = RootCause(reason=reason, counted=counted)

    assert said in plain(reason_in_words(EN, row))
    assert plain(reason_in_words(FA, row)) != plain(reason_in_words(EN, row))


def test_a_year_is_needed(database: Database) -> None:
    """Numbers of a month are not those of a year."""
    with database.read() as reader, pytest.raises(ValueError, match="year"):
        outer_numbers(reader, NOW, None, Counted(30, {}, NOW), CauseTree({}), read_offers(reader))
