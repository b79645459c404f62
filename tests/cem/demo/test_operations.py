"""What the demo company counts moves with its planted facts."""

from collections.abc import Callable, Collection
from datetime import timedelta
from fractions import Fraction

import pytest
from sqlalchemy import func, select

from cem.demo.contacts import BRANCHES
from cem.demo.operations import TARGETS
from cem.demo.planted import FIRST_MONTH, GAMING, LAUNCH, QUEUE
from cem.demo.timeline import Timeline
from cem.operations.figures import operational_metrics, operational_totals
from cem.operations.models import OperationalFigure
from surveys.database import Database
from surveys.languages import Month

Value = Callable[..., Fraction]


@pytest.fixture
def value(demo: Database, timeline: Timeline) -> Value:
    """The value of a metric in some units, from one month to another, counted from the running one."""
    running = Month.of(timeline.today, "jalali")

    def between(metric: str, units: Collection[str], since: int = FIRST_MONTH, until: int = -1) -> Fraction:
        first, last = running.plus(since).first_day, running.plus(until + 1).first_day - timedelta(days=1)
        with demo.read() as session:
            totals = operational_totals(session, [metric], units, first, last).values()
        return Fraction(sum(one.numerator for one in totals), sum(one.denominator for one in totals))

    return between


def test_every_metric_has_every_whole_month(demo: Database, timeline: Timeline) -> None:
    """Five metrics with a target, by unit, from the first month to the one before the running one."""
    with demo.read() as session:
        assert {metric.code for metric in operational_metrics(session)} == set(TARGETS)
        months = session.execute(
            select(OperationalFigure.metric, func.count(func.distinct(OperationalFigure.first_day))).group_by(
                OperationalFigure.metric
            )
        ).all()
        first, last, received = session.execute(
            select(
                func.min(OperationalFigure.first_day),
                func.max(OperationalFigure.last_day),
                func.max(OperationalFigure.received_at),
            )
        ).one()

    assert {count for _, count in months} == {-FIRST_MONTH}
    assert first == timeline.first
    assert last == Month.of(timeline.today, "jalali").first_day - timedelta(days=1)
    assert received <= timeline.now


def test_waiting_falls_where_the_queue_system_is(value: Value) -> None:
    """By more than five minutes in the north; the other branches stay within one."""
    others = [unit for unit in BRANCHES if unit not in QUEUE.units]

    assert (
        value("waiting-time", QUEUE.units, until=QUEUE.since - 1) - value("waiting-time", QUEUE.units, QUEUE.since) > 5
    )
    assert abs(value("waiting-time", others, until=QUEUE.since - 1) - value("waiting-time", others, QUEUE.since)) < 1


def test_shares_are_as_believable_as_they_are_told(value: Value) -> None:
    """Around 91, 96, 9 and 10 in a hundred; Rasht has long answered too few in time."""
    everywhere = [""]

    assert 0.89 < value("answered-in-time", everywhere) < 0.94
    assert 0.83 < value("answered-in-time", ["rasht"]) < 0.90
    assert 0.95 < value("acknowledged", everywhere) < 0.97
    assert 0.07 < value("repeat-contact", everywhere) < 0.11
    assert 0.08 < value("complaints-repeated", everywhere) < 0.12


def test_the_new_app_is_felt_and_the_gamed_branch_is_not(value: Value) -> None:
    """Repeat contact of digital banking falls with the launch; nothing that Karaj counts explains its scores."""
    assert value("repeat-contact", ["digital"], until=LAUNCH.since - 1) - value(
        "repeat-contact", ["digital"], LAUNCH.since
    ) > Fraction(2, 100)
    before = value("waiting-time", GAMING.units, until=GAMING.since - 1)
    assert abs(before - value("waiting-time", GAMING.units, GAMING.since)) < Fraction(3, 2)


def test_one_figure_was_corrected(demo: Database) -> None:
    """Both what was sent first and its correction are there."""
    with demo.read() as session:
        rows = session.execute(
            select(OperationalFigure.unit, OperationalFigure.metric).where(OperationalFigure.revision > 1)
        ).all()

    assert [tuple(row) for row in rows] == [("rasht", "answered-in-time")]
