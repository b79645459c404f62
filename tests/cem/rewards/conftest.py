"""The worked example of the reward rules as a company: its answers, figures, plan and people."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import msgspec
import pytest
from sqlalchemy.orm import Session

from cem.operations.models import OperationalFigure, OperationalMetric
from cem.people.models import Employee
from cem.rewards.checking import Known
from cem.rewards.models import Participant, RewardPlan, RewardRun
from cem.rewards.periods import RewardPeriod
from cem.rewards.plans import BUSINESS, HR, draft_plan, sign_plan
from cem.rewards.runs import open_run
from cem.rewards.terms import Terms
from cem.scorecards.offers import read_offers
from surveys.database import Database, new_id
from surveys.models import Survey
from surveys.questionnaire import read_yaml, scores
from surveys.responses import Submission, record
from tests.cem.conftest import VISIT

# 92 days.
PERIOD = RewardPeriod.parse("2025-Q3")
DURING = datetime(2025, 8, 1, 8, tzinfo=UTC)
AFTER = datetime(2025, 10, 5, 8, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Tehran")
PAYS = {"pay_at_threshold": 50, "pay_at_target": 100, "pay_at_stretch": 150}
CAPPED = {"guard": "cap_at_target", "insufficient": "redistribute", **PAYS}


def plan_document(**changes: object) -> dict[str, object]:
    """The worked example's plan."""
    return {
        "code": "tehran",
        "names": {"en": "Branch rewards", "fa": "پاداش شعبه"},
        "plan_class": "manager",
        "baseline": {"en": "The four quarters before"},
        "margin_of_error": {"en": "11 points at 200 answers"},
        "measures": [
            {
                "code": "nps",
                "source": {"from": "survey", "survey": "visit", "series": "nps_visit"},
                "weight": 40,
                "threshold": 20,
                "target": 35,
                "stretch": 50,
                **CAPPED,
            },
            {
                "code": "csat",
                "source": {"from": "survey", "survey": "visit", "series": "csat_visit"},
                "weight": 25,
                "threshold": 75,
                "target": 82,
                "stretch": 90,
                **CAPPED,
            },
            {
                "code": "answered",
                "source": {"from": "operation", "metric": "answered"},
                "weight": 20,
                "threshold": 80,
                "target": 92,
                "stretch": 98,
                **CAPPED,
            },
            {
                "code": "ces",
                "source": {"from": "survey", "survey": "visit", "series": "ces_visit"},
                "weight": 15,
                "threshold": "5.0",
                "target": "5.6",
                "stretch": "6.2",
                **CAPPED,
            },
        ],
        "gates": [
            {
                "code": "acknowledged",
                "source": {"from": "operation", "metric": "acknowledged"},
                "comparison": "at_least",
                "limit": 95,
            },
            {
                "code": "repeated",
                "source": {"from": "operation", "metric": "repeated"},
                "comparison": "at_most",
                "limit": 8,
                "effect": "multiply",
                "factor": "0.9",
            },
        ],
        **changes,
    }


def terms_of(**changes: object) -> Terms:
    """The plan as terms."""
    return msgspec.convert(plan_document(**changes), Terms, strict=False)


def _submissions(survey: Survey) -> Iterator[Submission]:
    """210 answers for NPS, 205 of them for CSAT and 62 for CES."""
    questionnaire = read_yaml(VISIT)
    recommend = [9] * 118 + [7] * 52 + [3] * 40
    for place, score in enumerate(recommend):
        answers = {"recommend": score}
        if place < 205:
            answers["satisfied"] = 4 if place < 180 else 2
        if place < 62:
            answers["effort"] = 6
        yield Submission(
            survey_id=survey.survey_id,
            response_id=new_id(DURING),
            version=1,
            day=DURING.date(),
            touchpoint="counter",
            unit="vanak",
            channel="branch",
            language="fa",
            quality="valid",
            signals=[],
            has_comment=False,
            answers=answers,
            submitted_at=DURING,
            seconds=60,
            scores=scores(questionnaire, answers),
        )


def metric(code: str, *, lower_is_better: bool = False) -> OperationalMetric:
    """A census of shares."""
    return OperationalMetric(
        code=code,
        name_fa=code,
        name_en=code,
        explanation_fa="",
        explanation_en="",
        kind="share",
        unit_fa="",
        unit_en="",
        census=True,
        lower_is_better=lower_is_better,
        owner="",
        source="desk",
        expected_every_days=92,
        kpi="",
        touchpoint="",
    )


def figure(code: str, numerator: str, denominator: str, unit: str = "vanak") -> OperationalFigure:
    """What was counted in the whole period."""
    return OperationalFigure(
        figure_id=new_id(DURING),
        metric=code,
        unit=unit,
        first_day=PERIOD.first_day,
        last_day=PERIOD.last_day,
        revision=1,
        numerator=Decimal(numerator),
        denominator=Decimal(denominator),
        received_at=DURING,
        batch=new_id(DURING),
    )


@pytest.fixture
def company(database: Database, survey: Survey) -> None:
    """The answers and figures of the worked example, in the unit `vanak`."""
    with database.write() as session:
        record(session.connection(), list(_submissions(survey)))
        session.add_all([metric("answered"), metric("acknowledged"), metric("repeated", lower_is_better=True)])
        session.flush()
        session.add_all(
            [
                figure("answered", "33", "38"),
                figure("acknowledged", "241", "250"),
                figure("repeated", "9", "100"),
            ]
        )


def enrol(session: Session, employee_no: str, amount: int, days: int = 92, unit: str = "vanak", **more: object) -> None:
    """Somebody takes part in the period."""
    if session.get(Employee, employee_no) is None:
        account = more.get("account")
        session.add(
            Employee(
                employee_no=employee_no,
                full_name=f"Employee {employee_no}",
                grade="7",
                region="Tehran",
                cost_centre="100",
                language="fa",
                account=account,
            )
        )
        session.flush()
    session.add(
        Participant(
            plan_code=str(more.get("plan", "tehran")),
            period=PERIOD.code,
            employee_no=employee_no,
            unit=unit,
            target_amount=amount,
            eligible_days=days,
            share=Fraction(str(more.get("share", 1))),
        )
    )
    session.flush()


def agree(session: Session, terms: Terms) -> RewardPlan:
    """A plan that HR and the business have signed."""
    known = Known.read(read_offers(session), session)
    plan = draft_plan(session, DURING, "hr", terms)
    sign_plan(session, DURING, "hr", plan, HR, known)
    sign_plan(session, DURING, "executive", plan, BUSINESS, known)
    return plan


Opened = Callable[..., RewardRun]


@pytest.fixture
def opened(database: Database, company: None) -> Opened:
    """Open the period of a plan with the three people of the worked example."""

    def start(pool: int | None = 140_000_000, **changes: object) -> RewardRun:
        with database.write() as session:
            plan = agree(session, terms_of(**changes))
            enrol(session, "A", 90_000_000)
            enrol(session, "B", 40_000_000, 46)
            enrol(session, "C", 40_000_000)
            return open_run(session, DURING, "hr", plan, PERIOD, pool=pool)

    return start
