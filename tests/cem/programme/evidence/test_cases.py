from datetime import date

from sqlalchemy import select

from cem.cases.models import Absence, CaseSignal, CaseTask
from surveys.database import Database, new_id
from surveys.models import Response
from tests.cem.conftest import Answer
from tests.cem.programme.evidence.conftest import DAY, HOUR, NOW, Know, Open, told


def test_contact_in_time_of_customers_who_want_an_answer(open_case: Open, know: Know) -> None:
    """One in time of three: late, never; not yet due, withdrawn, old and unwanted contact are left out."""
    open_case(contacted_at=NOW - 2 * DAY + HOUR)
    open_case(contacted_at=NOW - HOUR)
    open_case()
    open_case(contacted_at=NOW, contact_due=NOW + DAY)
    open_case(status="withdrawn")
    open_case(contact_allowed=False)
    open_case(opened_at=NOW - 91 * DAY, contacted_at=NOW - 91 * DAY)

    found = know("1.5")

    assert told(found) == (1, 3)
    assert found is not None
    assert found.sample
    assert found.address == "/cases"


def test_cases_with_tasks_of_other_units(database: Database, open_case: Open, know: Know) -> None:
    """One of two was resolved in time; tasks of the own unit do not make a case one of several units."""
    together = open_case(resolved_at=NOW - 2 * DAY + HOUR)
    late = open_case(resolved_at=NOW - HOUR)
    waiting = open_case(waiting_since=NOW - 2 * DAY + HOUR)
    alone = open_case()
    with database.write() as session:
        for case, unit in ((together, "tajrish"), (late, "tajrish"), (waiting, "tajrish"), (alone, "vanak")):
            session.add(
                CaseTask(
                    task_id=new_id(NOW),
                    case_id=case.case_id,
                    unit=unit,
                    text="Please look",
                    due_at=NOW,
                    created_at=NOW - 2 * DAY,
                    created_by="unit_manager",
                    result="",
                )
            )

    assert told(know("3.5")) == (1, 2)


def test_absences(database: Database, accounts: None, open_case: Open, know: Know) -> None:
    """One absence of two was covered: in the other a promise was broken. Without cases, or to come, it is no matter."""
    open_case(contacted_at=NOW - 2 * DAY + HOUR, resolved_at=NOW - 2 * DAY + HOUR)
    open_case(contacted_at=NOW - 2 * DAY + HOUR)  # to be resolved on 9 November, and was not
    with database.write() as session:
        for account, first, last in (
            ("unit_manager", date(2025, 10, 1), date(2025, 10, 5)),
            ("unit_manager", date(2025, 11, 9), date(2025, 11, 9)),
            ("unit_manager", date(2025, 11, 20), date(2025, 11, 21)),
            ("analyst", date(2025, 10, 1), date(2025, 10, 5)),
        ):
            session.add(
                Absence(absence_id=new_id(NOW), account=account, deputy="cx_manager", first_day=first, last_day=last)
            )

    assert told(know("3.9")) == (1, 2)


def test_a_deputy_who_is_away_covers_nobody(database: Database, accounts: None, open_case: Open, know: Know) -> None:
    """Whoever stands in must be there."""
    open_case(contacted_at=NOW - 2 * DAY, resolved_at=NOW - 2 * DAY)
    with database.write() as session:
        for account, deputy in (("unit_manager", "cx_manager"), ("cx_manager", "executive")):
            session.add(
                Absence(
                    absence_id=new_id(NOW),
                    account=account,
                    deputy=deputy,
                    first_day=date(2025, 10, 1),
                    last_day=date(2025, 10, 5),
                )
            )

    assert told(know("3.9")) == (0, 1)


def test_answers_acted_on(database: Database, answer: Answer, open_case: Open, know: Know) -> None:
    """One of four valid answers of the last days is about a case; an old and a suspect one count nowhere."""
    answer(1, 9, 9, 9)
    answer(2, day=date(2025, 8, 12))
    answer(3, quality="suspect")
    case = open_case()
    with database.write() as session:
        for response in session.scalars(select(Response)):
            if response.answers["recommend"] < 9:
                session.add(
                    CaseSignal(
                        survey_id=response.survey_id,
                        response_id=response.response_id,
                        case_id=case.case_id,
                        rule="unhappy",
                        at=NOW,
                    )
                )

    found = know("L0.5")

    assert told(found) == (1, 4)
    assert found is not None
    assert found.sample
