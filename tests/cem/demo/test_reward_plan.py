"""The demo's reward plan, with the company's operational metrics and without them."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from cem.demo.loading import FOLDER, NUMBERS
from cem.demo.reward_plan import demo_terms
from cem.operations.models import OperationalFigure, OperationalMetric
from cem.rewards.checking import Known, check_terms
from cem.rewards.periods import RewardPeriod
from cem.scorecards.offers import read_offers
from surveys.company import read_company, store_company
from surveys.database import Database, new_id
from surveys.publishing import publish
from surveys.questionnaire import read_yaml

NOW = datetime(2025, 9, 1, 9, tzinfo=UTC)
FIRST = RewardPeriod.parse("1404-Q3")
METRICS = {
    "answered-in-time": ("share", False, "84"),
    "acknowledged": ("share", False, "97.5"),
    "repeat-contact": ("share", True, "11"),
    "complaints-repeated": ("share", True, "6"),
    "waiting-time": ("mean", True, "13.4"),
}


@pytest.fixture
def bank(database: Database) -> None:
    """The demo's units and surveys, without answers."""
    with database.write() as session:
        for slug in NUMBERS:
            publish(session, read_yaml(FOLDER / f"{slug}.yaml"), NOW)
        store_company(session, NOW, read_company(FOLDER / "company.yaml"))


def feed(database: Database) -> None:
    """A year of each metric."""
    before = FIRST.plus(-4)
    with database.write() as session:
        for code, (kind, lower, value) in METRICS.items():
            texts = dict.fromkeys(
                ("name_fa", "name_en", "explanation_fa", "explanation_en", "unit_fa", "unit_en"), code
            )
            other = {
                "census": True,
                "owner": "",
                "source": "desk",
                "expected_every_days": 7,
                "kpi": "",
                "touchpoint": "",
            }
            session.add(OperationalMetric(code=code, kind=kind, lower_is_better=lower, **texts, **other))
            session.flush()
            session.add(
                OperationalFigure(
                    figure_id=new_id(NOW),
                    metric=code,
                    unit="rasht",
                    first_day=before.first_day,
                    last_day=before.last_day,
                    revision=1,
                    numerator=Decimal(value) * 10,
                    denominator=Decimal(1000 if kind == "share" else 10),
                    received_at=NOW,
                    batch=new_id(NOW),
                )
            )


@pytest.mark.parametrize("fed", [False, True])
def test_it_can_be_agreed(database: Database, bank: None, fed: bool) -> None:
    """Nothing is wrong with it either way; what is counted elsewhere takes its weight from the KPIs."""
    if fed:
        feed(database)
    with database.read() as reader:
        terms = demo_terms(reader, FIRST)
        faults = check_terms(terms, Known.read(read_offers(reader), reader))

    assert list(map(str, faults)) == []
    codes = [measure.code for measure in terms.measures]
    gates = {gate.code: (gate.comparison, gate.effect) for gate in terms.gates}
    assert codes == ["nps", "csat", "ces", *(["answered-in-time", "waiting-time"] if fed else [])]
    assert set(gates) == {"response-rate", *(["acknowledged", "complaints-repeated"] if fed else [])}
    if fed:
        assert terms.measure["waiting-time"].lower_is_better
        assert gates["acknowledged"] == ("at_least", "zero")
