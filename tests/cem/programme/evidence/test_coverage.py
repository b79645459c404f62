from datetime import date

from surveys.database import Database
from surveys.models import Touchpoint, Unit
from surveys.publishing import publish
from surveys.questionnaire import read_yaml
from surveys.responses import Submission, record
from tests.cem.conftest import TODAY, VISIT, Answer
from tests.cem.programme.evidence.conftest import NOW, Know, counting, told


def test_touchpoints_that_are_heard(database: Database, answer: Answer, know: Know) -> None:
    """The counter was answered about; the call was 90 days ago; the touchpoint of a unit that ended is the past's."""
    answer(9)
    answer(9, touchpoint="call", day=date(2025, 8, 12))
    with database.write() as session:
        unit = Unit(code="old", parent="bank", names={"en": "Old"}, valid_from=date(2020, 1, 1))
        unit.valid_to = date(2025, 1, 1)
        session.add(unit)
        session.flush()
        gone = Touchpoint(
            code="gone", names={"en": "Gone"}, journey="visit", stage="served", channel="atm", owner="old"
        )
        gone.standard = {}
        session.add(gone)

    found = know("L0.3")

    assert told(found) == (1, 2)
    assert counting(found) == {"Counter"}
    assert found is not None
    assert [part.address for part in found.parts] == ["/scorecards?touchpoint=call", "/scorecards?touchpoint=counter"]


def test_the_first_of_ninety_days_counts(answer: Answer, know: Know) -> None:
    """Today is one of the last 90 days, and so is the day 89 days before it."""
    answer(9, day=date(2025, 8, 13))

    assert counting(know("L0.3")) == {"Counter"}


def test_units_with_a_kpi_of_their_own(answer: Answer, know: Know) -> None:
    """Thirty answers are enough for Vanak; 29 of Tajrish are not, and the bank itself is the top."""
    answer(*[9] * 30)
    answer(*[9] * 29, unit="tajrish")

    found = know("2.7")

    assert told(found) == (1, 2)
    assert counting(found) == {"Vanak"}


def test_a_unit_has_what_is_below_it(database: Database, answer: Answer, know: Know) -> None:
    """What is answered about a unit below counts for the one above."""
    with database.write() as session:
        session.add(Unit(code="desk", parent="vanak", names={"en": "Desk"}, valid_from=date(2020, 1, 1)))
    answer(*[9] * 30, unit="desk")

    assert counting(know("2.7")) == {"Vanak", "Desk"}


def test_who_owns_touchpoints(database: Database, accounts: None, answer: Answer, know: Know) -> None:
    """Vanak has a manager, and so has what is below it; the bank has none."""
    with database.write() as session:
        session.add(Unit(code="desk", parent="vanak", names={"en": "Desk"}, valid_from=date(2020, 1, 1)))
        session.flush()
        session.get_one(Touchpoint, "counter").owner = "desk"

    found = know("3.1")

    assert told(found) == (1, 2)
    assert counting(found) == {"Counter"}


def test_channels(answer: Answer, know: Know) -> None:
    """The branch has 30 valid answers, the contact centre 29 and a suspect one."""
    answer(*[9] * 30)
    answer(*[9] * 29, touchpoint="call")
    answer(9, touchpoint="call", quality="suspect")

    found = know("4.1")

    assert told(found) == (1, 2)
    assert counting(found) == {"Branch"}


def test_effort(answer: Answer, know: Know) -> None:
    """Effort was asked and answered at the counter alone."""
    answer(9, effort=6)
    answer(9, touchpoint="call")

    found = know("6.2")

    assert told(found) == (1, 2)
    assert counting(found) == {"Counter"}


def test_journeys(database: Database, answer: Answer, know: Know) -> None:
    """A transactional survey tells nothing of the journey; one of the journey does, once it is answered."""
    answer(9)
    assert told(know("6.8")) == (0, 1)

    whole = VISIT.replace("id: visit\n", "id: whole\n").replace("kind: transactional", "kind: journey")
    with database.write() as session:
        version = publish(session, read_yaml(whole), NOW)
        submission = Submission(
            survey_id=version.survey_id,
            response_id=version.survey_id,
            version=1,
            day=TODAY,
            touchpoint="counter",
            unit="vanak",
            channel="branch",
            language="en",
            quality="valid",
            signals=[],
            has_comment=False,
            answers={"recommend": 9},
            submitted_at=NOW,
            seconds=60,
            scores=[("nps_visit", 9)],
        )
        record(session.connection(), [submission])

    assert told(know("6.8")) == (1, 1)
