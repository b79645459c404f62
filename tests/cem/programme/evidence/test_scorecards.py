from datetime import date

from cem.scorecards.benchmarks import add_benchmark
from cem.scorecards.kpis import kpis_of
from cem.scorecards.targets import set_target
from surveys.database import Database
from surveys.models import Survey
from surveys.questionnaire import read_yaml
from tests.cem.conftest import VISIT, Answer
from tests.cem.programme.evidence.conftest import NOW, Know, counting, told

NPS = "Visit: Net promoter score (NPS)"
CSAT = "Visit: Customer satisfaction (CSAT)"


def test_kpis_that_are_compared(database: Database, answer: Answer, know: Know) -> None:
    """NPS has two units that can be compared, CSAT a benchmark, CES neither; a rating is no KPI beside them."""
    answer(*[9] * 10)
    answer(*[3] * 10, unit="tajrish")
    csat = next(kpi for kpi in kpis_of(read_yaml(VISIT)) if kpi.kind == "csat")
    with database.write() as session:
        add_benchmark(
            session,
            NOW,
            "cx_manager",
            kpi=csat,
            valid_from=date(2025, 1, 1),
            value=80.0,
            low=None,
            high=None,
            n=None,
            names={"en": "Peers"},
            source="A study",
            source_date=date(2025, 1, 1),
            differs=[],
        )

    found = know("2.5")

    assert told(found) == (2, 3)
    assert counting(found) == {NPS, CSAT}


def test_one_unit_is_no_comparison(answer: Answer, know: Know) -> None:
    """Nine answers of the second unit are too few to be shown."""
    answer(*[9] * 30)
    answer(*[9] * 9, unit="tajrish")

    assert told(know("2.5")) == (0, 3)


def test_channels_that_differ(answer: Answer, know: Know) -> None:
    """All satisfied at the counter and none by telephone is a difference that customers feel."""
    answer(*[9] * 30, satisfied=5)
    answer(*[9] * 30, satisfied=1, touchpoint="call")

    found = know("4.4")

    assert told(found) == (0, 1)
    assert found is not None
    assert found.parts[0].names == {"fa": "مراجعه: شعبه – مرکز تماس", "en": "Visit: Branch – Contact centre"}


def test_channels_that_are_alike(answer: Answer, know: Know) -> None:
    """20 of 30 and 22 of 30 differ by 6.7 points, and by no more than chance."""
    answer(*[9] * 20, satisfied=5)
    answer(*[9] * 10, satisfied=1)
    answer(*[9] * 22, satisfied=5, touchpoint="call")
    answer(*[9] * 8, satisfied=1, touchpoint="call")

    assert told(know("4.4")) == (1, 1)


def test_a_channel_of_few_answers_is_not_compared(answer: Answer, know: Know) -> None:
    """29 answers by telephone: there is no pair, and so no evidence."""
    answer(*[9] * 30, satisfied=5)
    answer(*[9] * 29, satisfied=1, touchpoint="call")

    assert know("4.4") is None


def test_kpis_with_targets(database: Database, survey: Survey, answer: Answer, know: Know) -> None:
    """NPS has both; CSAT has a target and no answers, CES answers and no target."""
    answer(*[9] * 10, effort=5)
    with database.write() as session:
        for series in ("nps_visit", "csat_visit"):
            set_target(
                session,
                NOW,
                "cx_manager",
                survey_id=survey.survey_id,
                series=series,
                unit="",
                valid_from=date(2025, 1, 1),
                value=30,
            )

    found = know("5.1")

    assert told(found) == (1, 3)
    assert counting(found) == {NPS}


def test_drivers(answer: Answer, know: Know) -> None:
    """200 answers in which the staff explains the score are enough."""
    for score in range(1, 11):
        answer(*[score] * 20, staff=score)

    assert told(know("5.2")) == (1, 1)


def test_drivers_of_too_few(answer: Answer, know: Know) -> None:
    """199 answers are not."""
    for score in range(1, 11):
        answer(*[score] * (20 - (score == 1)), staff=score)

    assert told(know("5.2")) == (0, 1)


def test_a_closed_survey_is_the_pasts(database: Database, survey: Survey, answer: Answer, know: Know) -> None:
    """What is not asked any more is not assessed."""
    answer(*[9] * 30, satisfied=5)
    with database.write() as session:
        session.get_one(Survey, survey.survey_id).closed_at = NOW

    assert [know(code) for code in ("2.5", "4.4", "5.1", "5.2", "5.8")] == [None] * 5
