from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from cem.audit import audit
from cem.operations.models import OperationalFigure, OperationalMetric
from surveys.database import Database, new_id
from surveys.models import Survey, Touchpoint
from tests.cem.conftest import TODAY, Answer
from tests.cem.programme.evidence.conftest import DAY, NOW, Know, counting, told

Counted = Callable[..., None]


@pytest.fixture
def counted(database: Database, survey: Survey) -> Counted:
    """A metric whose newest figure is so many days old; None: it has no figure."""

    def count(code: str, days: int | None, **changes: str) -> None:
        values = {"kind": "share", "unit_fa": "", "unit_en": "", "owner": "", "source": "", "kpi": "", "touchpoint": ""}
        metric = OperationalMetric(
            code=code,
            name_fa=code,
            name_en=code.title(),
            explanation_fa="",
            explanation_en="",
            census=True,
            lower_is_better=False,
            expected_every_days=40,
            **values | changes,
        )
        with database.write() as session:
            session.add(metric)
            session.flush()
            if days is not None:
                last = TODAY - timedelta(days=days)
                session.add(
                    OperationalFigure(
                        figure_id=new_id(NOW),
                        metric=code,
                        unit="vanak",
                        first_day=last,
                        last_day=last,
                        revision=1,
                        numerator=Decimal(1),
                        denominator=Decimal(2),
                        received_at=NOW,
                        batch=new_id(NOW),
                    )
                )

    return count


def test_standards_as_old_as_the_last_import(database: Database, answer: Answer, know: Know) -> None:
    """The counter has a standard and answers, the call a standard alone."""
    answer(9)
    with database.write() as session:
        for code in ("counter", "call"):
            session.get_one(Touchpoint, code).standard = {"en": "Within ten minutes"}
    assert know("2.3") is None

    with database.write() as session:
        audit(session, NOW - 200 * DAY, "cem", "company:import", "company.yaml")
    found = know("2.3")
    assert told(found) == (1, 2)
    assert counting(found) == {"Counter"}

    with database.write() as session:
        audit(session, NOW - 100 * DAY, "cem", "company:import", "company.yaml")
    assert know("2.3") is None


def test_figures_beside_perceptions(counted: Counted, answer: Answer, know: Know) -> None:
    """The counter's waiting explains a KPI and is 30 days old; the call's is older by a day."""
    answer(9)
    answer(9, touchpoint="call")
    counted("waiting", 30, kpi="nps_visit", touchpoint="counter")
    counted("lost", 31, kpi="nps_visit", touchpoint="call")
    counted("queue", 1, touchpoint="call")

    found = know("2.6")

    assert told(found) == (1, 2)
    assert counting(found) == {"Counter"}


def test_a_company_that_counts_nothing_here(answer: Answer, know: Know) -> None:
    """It may count elsewhere."""
    answer(9)

    assert know("2.6") is None
    assert know("4.3") is None


def test_feeds(counted: Counted, answer: Answer, know: Know) -> None:
    """40 days are within the limit, 41 are not, and neither is no figure. Without the web it is no whole view."""
    answer(9)
    answer(9, touchpoint="call")
    counted("waiting", 40)
    counted("lost", 41)
    counted("queue", None)

    found = know("4.3")

    assert told(found) == (1, 3)
    assert counting(found) == {"Waiting"}
    assert found is not None
    assert found.cap == 2
    assert found.caution


def test_a_view_from_all_sides(database: Database, counted: Counted, answer: Answer, know: Know) -> None:
    """With branch, telephone and web there is no cap."""
    counted("waiting", 1)
    answer(9)
    answer(9, touchpoint="call")
    capped = know("4.3")
    assert capped is not None
    assert capped.cap == 2

    answer(9, touchpoint="site")
    with database.write() as session:
        session.connection().exec_driver_sql("UPDATE response SET channel = 'web' WHERE touchpoint = 'site'")
    whole = know("4.3")
    assert whole is not None
    assert (whole.cap, whole.caution) == (4, "")


def test_a_figure_without_a_perception(counted: Counted, know: Know) -> None:
    """A metric named for a touchpoint that nobody answers about explains nothing."""
    counted("waiting", 1, kpi="nps_visit", touchpoint="counter")

    assert told(know("2.6")) == (0, 2)
