from datetime import timedelta

from sqlalchemy import select

from cem.audit import audit
from cem.cases.models import CaseSignal
from surveys.database import Database
from surveys.models import Response
from tests.cem.conftest import Answer
from tests.cem.programme.evidence.conftest import DAY, NOW, Know, Open, told


def test_answers_with_somebody_at_once(database: Database, answer: Answer, open_case: Open, know: Know) -> None:
    """Two seconds is at once, six minutes are not, and neither is a case without an owner."""
    answer(1, 2, 3)
    cases = [open_case(), open_case(), open_case(owner=None)]
    with database.write() as session:
        for response in session.scalars(select(Response)):
            assert response.submitted_at is not None
            place = response.answers["recommend"] - 1
            took = timedelta(minutes=6) if place == 1 else timedelta(seconds=2)
            session.add(
                CaseSignal(
                    survey_id=response.survey_id,
                    response_id=response.response_id,
                    case_id=cases[place].case_id,
                    rule="unhappy",
                    at=response.submitted_at + took,
                )
            )

    assert told(know("3.3")) == (1, 3)


def test_who_configures(database: Database, accounts: None, know: Know) -> None:
    """Two of four changes are by the business; half a year ago and other acts do not count."""
    with database.write() as session:
        for actor, action, days in (
            ("cx_manager", "alert-rule:keep", 1),
            ("analyst", "topic:keep", 100),
            ("administrator", "topic:retire", 2),
            ("command line", "survey:publish", 3),
            ("cx_manager", "alert-rule:enable", 181),
            ("cx_manager", "target:set", 1),
        ):
            audit(session, NOW - days * DAY, actor, action, "something")

    assert told(know("3.4")) == (2, 4)
