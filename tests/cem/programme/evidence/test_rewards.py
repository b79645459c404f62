from datetime import date
from fractions import Fraction
from typing import Any

import msgspec
import pytest

from cem.people.models import Employee
from cem.rewards.models import Participant, RewardPlan
from cem.rewards.terms import Terms
from cem.scorecards.targets import set_target
from surveys.database import Database, new_id
from surveys.models import Survey, Touchpoint
from tests.cem.programme.evidence.conftest import NOW, Know, counting, told

POINTS = {"threshold": 10, "target": 20, "stretch": 30}


def measure(code: str, weight: int, **source: str) -> dict[str, Any]:
    return {"code": code, "source": source, "weight": weight, **POINTS}


NPS = measure("nps", 40, **{"from": "survey", "survey": "visit", "series": "nps_visit"})
CES = measure("ces", 30, **{"from": "survey", "survey": "visit", "series": "ces_visit"})
WAITING = measure("waiting", 30, **{"from": "operation", "metric": "waiting"})


def plan(code: str, *measures: dict[str, Any], status: str = "agreed", version: int = 1) -> RewardPlan:
    document = {"code": code, "names": {"en": code.title()}, "plan_class": "staff", "measures": measures}
    terms = msgspec.to_builtins(msgspec.convert(document, Terms, strict=False))
    return RewardPlan(
        plan_id=new_id(NOW), code=code, version=version, terms=terms, status=status, created_at=NOW, created_by="hr"
    )


def part(employee: str, code: str, period: str) -> Participant:
    return Participant(
        plan_code=code,
        period=period,
        employee_no=employee,
        unit="vanak",
        target_amount=1000,
        eligible_days=90,
        share=Fraction(1),
    )


@pytest.fixture
def people(database: Database, survey: Survey) -> None:
    """Four employees."""
    with database.write() as session:
        for number in "1234":
            session.add(Employee(employee_no=number, full_name="", grade="5", region="", cost_centre="", language="en"))


def test_who_is_paid_on_a_kpi(database: Database, people: None, know: Know) -> None:
    """Two of three of the newest periods: the plan of the third measures no customers, the fourth left before."""
    with database.write() as session:
        session.add_all([plan("branches", NPS, WAITING), plan("halls", WAITING)])
        session.add_all([part("1", "branches", "1404-Q2"), part("2", "branches", "1404-Q2")])
        session.add_all([part("4", "branches", "1404-Q1"), part("3", "halls", "1404-05")])

    found = know("1.1")

    assert told(found) == (2, 3)
    assert found is not None
    assert found.cap == 3
    assert found.caution


def test_a_measure_without_weight_is_none(database: Database, people: None, know: Know) -> None:
    """What weighs nothing pays nobody."""
    with database.write() as session:
        session.add(plan("branches", NPS | {"weight": 0}, WAITING))
        session.add(part("1", "branches", "1404-Q2"))

    assert told(know("1.1")) == (0, 1)


def test_strategy_standards_and_rewards(database: Database, survey: Survey, know: Know) -> None:
    """NPS has all three, CES no target, CSAT no part in the plan."""
    with database.write() as session:
        session.add(plan("branches", NPS, CES))
        for code in ("counter", "call"):
            session.get_one(Touchpoint, code).standard = {"en": "Within ten minutes"}
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

    found = know("2.2")

    assert told(found) == (1, 3)
    assert counting(found) == {"Visit: Net promoter score (NPS)"}

    with database.write() as session:
        session.get_one(Touchpoint, "call").standard = {}

    assert told(know("2.2")) == (0, 3)


def test_without_an_agreed_plan_nothing_is_known_of_pay(database: Database, survey: Survey, know: Know) -> None:
    """A draft pays nobody."""
    with database.write() as session:
        session.add(plan("branches", NPS, status="draft"))

    assert know("1.1") is None
    assert know("2.2") is None
    assert know("6.9") is None


def test_plans_of_several_families(database: Database, survey: Survey, know: Know) -> None:
    """40 on perception, 30 on effort and 30 on operations is wide; two families are not, nor is one of 60."""
    with database.write() as session:
        session.add_all(
            [
                plan("wide", NPS | {"weight": 100}, version=1),
                plan("wide", NPS, CES, WAITING, version=2),
                plan("two", NPS, CES),
                plan("heavy", NPS | {"weight": 61}, CES, WAITING),
            ]
        )

    found = know("6.9")

    assert told(found) == (1, 3)
    assert counting(found) == {"Wide"}
    assert found is not None
    assert {part.address for part in found.parts if part.counts} == {"/rewards/plans/wide/2"}
