"""From an answer to a routed case without a click: which rule opens it, and what each of them did."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from cem.alerts.keeping import RuleFault, keep_rule, put_in_force, read_rules
from cem.alerts.models import AlertRun
from cem.alerts.watching import look_at_arrivals
from cem.cases.models import Case
from cem.settings import Settings
from surveys.arrivals import any_waiting
from surveys.database import Database, new_id
from surveys.models import Customer, Invitation, Survey
from surveys.questionnaire import read_yaml, scores
from surveys.responses import Submission, record
from surveys.touchpoints import customer_id_of
from tests.cem.conftest import TODAY, VISIT

NOW = datetime(2025, 11, 10, 9, tzinfo=UTC)
NAMES = {"fa": "ناراضی", "en": "Unhappy"}

Arrive = Callable[..., None]
Keep = Callable[..., None]


@pytest.fixture
def arrive(database: Database, accounts: None, survey: Survey) -> Arrive:
    """An answer comes in by a personal link, or by a public page."""
    questionnaire = read_yaml(VISIT)

    def give(score: int, customer: str | None = "mina", words: str = "", segment: str = "", **others: object) -> None:
        response_id = new_id(NOW)
        answers = {"recommend": score} | ({"words": words} if words else {})
        said: dict[str, object] = {
            "survey_id": survey.survey_id,
            "response_id": response_id,
            "version": 1,
            "day": TODAY,
            "touchpoint": "counter",
            "unit": "vanak",
            "channel": "branch",
            "language": "fa",
            "quality": "valid",
            "signals": [],
            "has_comment": bool(words),
            "answers": answers,
            "submitted_at": NOW,
            "seconds": 60,
            "scores": scores(questionnaire, answers),
            "segment": segment,
        }
        with database.write() as session:
            if customer is not None:
                customer_id = customer_id_of(customer)
                if session.get(Customer, customer_id) is None:
                    session.add(Customer(customer_id=customer_id, reference=customer, language="fa"))
                    session.flush()
                session.add(
                    Invitation(
                        survey_id=survey.survey_id,
                        invitation_id=response_id,
                        customer_id=customer_id,
                        touchpoint="counter",
                        unit="vanak",
                        channel="branch",
                        language="fa",
                        created_at=NOW,
                        expires_at=NOW + timedelta(days=30),
                    )
                )
                session.flush()
            record(session.connection(), [Submission(**(said | others))], arriving=True)  # type: ignore[arg-type]

    return give


@pytest.fixture
def keep(database: Database, accounts: None) -> Keep:
    """A rule in force."""

    def written(code: str = "unhappy", **document: object) -> None:
        with database.write() as session:
            keep_rule(session, NOW, "cx_manager", code, {"names": NAMES, **document})
            put_in_force(session, NOW, "cx_manager", code, enabled=True)

    return written


@pytest.fixture
def look(database: Database, settings: Settings) -> Callable[..., list[tuple[str, str]]]:
    """Run the job; which rule did what."""

    def run(now: datetime = NOW) -> list[tuple[str, str]]:
        look_at_arrivals(database, settings, now)
        with database.read() as reader:
            assert not any_waiting(reader)
            runs = reader.execute(select(AlertRun.rule, AlertRun.result).order_by(AlertRun.run_id))
            return [(rule, result) for rule, result in runs]

    return run


def cases(database: Database) -> list[Case]:
    with database.read() as reader:
        return list(reader.scalars(select(Case).order_by(Case.case_id)))


def test_an_unhappy_answer_becomes_a_routed_case(
    database: Database, arrive: Arrive, keep: Keep, look: Callable
) -> None:
    """With owner, severity and clocks; a happy one does not."""
    keep(opinion="negative", severity=2)
    arrive(3)
    arrive(9, customer="sara")

    assert look() == [("unhappy", "opened")]
    [case] = cases(database)
    assert (case.owner, case.severity, case.score, case.unit) == ("unit_manager", 2, 3, "vanak")
    assert case.customer_id == customer_id_of("mina")


def test_the_most_severe_rule_opens_and_the_others_are_written_down(
    database: Database, arrive: Arrive, keep: Keep, look: Callable
) -> None:
    """One answer is one case, however many rules hold."""
    keep("low", at_most=6, severity=3)
    keep("danger", words=("خطر", "سوختگی"), severity=1)
    arrive(2, words="دستم از دستگاه سوختگی پیدا کرد")

    assert look() == [("danger", "opened"), ("low", "attached")]
    assert [case.severity for case in cases(database)] == [1]


def test_a_valued_segment_raises_the_severity(database: Database, arrive: Arrive, keep: Keep, look: Callable) -> None:
    """And takes nobody's case away."""
    keep(opinion="negative", severity=3, priority_segments=("affluent",))
    arrive(1, segment="affluent")
    arrive(1, customer="sara", segment="mass")
    look()

    assert sorted(case.severity for case in cases(database)) == [2, 3]


def test_unhappy_again(database: Database, arrive: Arrive, keep: Keep, look: Callable) -> None:
    """The second low score within ninety days opens it; the first alone does not."""
    keep(again_days=90)
    arrive(4)
    look()
    assert cases(database) == []
    arrive(5)
    look()
    assert len(cases(database)) == 1


def test_a_rule_rests_about_the_same_customer(database: Database, arrive: Arrive, keep: Keep, look: Callable) -> None:
    """During its cooldown; somebody who is not known is never passed over."""
    keep(opinion="negative", cooldown_hours=24)
    arrive(2)
    look()
    arrive(2)
    arrive(2, customer=None)
    arrive(2, customer=None)
    look(NOW + timedelta(hours=1))

    assert sorted(result for _, result in look()) == ["opened", "opened", "opened", "rested"]


def test_what_a_machine_filled_in_opens_nothing(database: Database, arrive: Arrive, keep: Keep, look: Callable) -> None:
    """A suspect answer stays what it is."""
    keep(opinion="negative")
    arrive(0, quality="suspect")

    assert look() == []


def test_rules_off_and_rules_elsewhere_do_nothing(
    database: Database, arrive: Arrive, keep: Keep, look: Callable
) -> None:
    """Out of force, of another unit, of another channel."""
    keep("off", opinion="negative")
    keep("elsewhere", opinion="negative", units=("tajrish",))
    keep("by-phone", opinion="negative", channels=("contact_centre",))
    keep("above", opinion="negative", units=("bank",))
    with database.write() as session:
        put_in_force(session, NOW, "cx_manager", "off", enabled=False)
    arrive(0)

    assert look() == [("above", "opened")]


def test_a_rule_without_a_condition_is_refused(database: Database, keep: Keep) -> None:
    """It would open a case for every answer."""
    with pytest.raises(RuleFault):
        keep("everything", units=("bank",))
    with pytest.raises(RuleFault):
        keep("Bad Code", opinion="negative")
    with database.read() as reader:
        assert read_rules(reader) == []


def test_a_changed_rule_is_a_new_version(database: Database, keep: Keep) -> None:
    """What it did before names the version that it was."""
    keep(opinion="negative")
    keep(opinion="negative", severity=2)
    with database.read() as reader:
        [kept] = read_rules(reader)

    assert (kept.version, kept.rule.severity) == (2, 2)
