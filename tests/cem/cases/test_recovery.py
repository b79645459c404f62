"""The survey after a case: when it is asked, what it opens again, and that it opens nothing else."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from cem.alerts.keeping import keep_rule, put_in_force
from cem.alerts.watching import look_at_arrivals
from cem.cases import closing
from cem.cases.models import Case, CaseEvent, Recovery
from cem.cases.recovery import SLUG, ask_due, hear_recoveries, nobody_to_ask, recovery_survey
from cem.settings import Settings
from surveys.database import utc_now
from surveys.links import Links, PersonalLink
from surveys.models import Customer, Encounter, Invitation, Outgoing, Response, Survey, Touchpoint
from surveys.questionnaire import Questionnaire, Reader, scores
from surveys.responses import record
from surveys.touchpoints import why_not
from tests.cem.cases.conftest import TEHRAN
from tests.cem.cases.customers import Company, resolve

DAY = timedelta(days=1)


def in_hours(days: int) -> datetime:
    """Some working day's noon in Tehran, so many days after today at least."""
    moment = utc_now().astimezone(TEHRAN).replace(hour=11, minute=0) + days * DAY
    while moment.weekday() in {3, 4}:
        moment += DAY
    return moment.astimezone(UTC)


class Asked:
    """A case that was resolved and asked about, whose customer left an address."""

    def __init__(self, company: Company, before: int = 3, customer: str | None = "mina") -> None:
        self.company, self.settings = company, company.settings
        self.signal = company.answered(customer, score=before)
        company.leave_address(self.signal, "email", "mina@mail.example")
        self.guest = company.opened(self.signal)
        company.work(company.case(), resolve)

    def ask(self, moment: datetime | None = None) -> int:
        return ask_due(self.company.database, self.settings, moment or in_hours(4))

    def row(self) -> Recovery:
        with self.company.database.read() as session:
            return session.scalars(select(Recovery)).one()

    def answer(self, **answers: Any) -> None:
        """The customer answers, and the answer is looked at as any other."""
        row, now = self.row(), in_hours(5)
        assert row.survey_id is not None
        assert row.invitation_id is not None
        with self.company.database.write() as session:
            version = recovery_survey(session, now)
            asked = msgspec.convert(version.document, Questionnaire)
            one = self.company.submission(row.invitation_id, answers, "en")
            one = one._replace(survey_id=row.survey_id, scores=scores(asked, answers))
            record(session.connection(), [one], arriving=True)
        look_at_arrivals(self.company.database, self.settings, now)


@pytest.fixture
def asked(company: Company) -> Asked:
    """Mina's case was resolved just now; a rule would open a case for every unhappy answer."""
    with company.database.write() as session:
        rule = {"names": {"en": "Unhappy", "fa": "ناراضی"}, "opinion": "negative", "severity": 3}
        keep_rule(session, utc_now(), "cx_manager", "unhappy", rule)
        put_in_force(session, utc_now(), "cx_manager", "unhappy", enabled=True)
    return Asked(company)


def test_it_is_asked_after_three_days_in_the_companys_hours(asked: Asked, company: Company, settings: Settings) -> None:
    """Not before, not at night, not on a Friday; and once."""
    due = in_hours(4)
    friday = due + (4 - due.weekday()) % 7 * DAY
    for moment in (in_hours(0), due.replace(hour=1), friday):
        assert asked.ask(moment) == 0
        with company.database.read() as reader:
            assert nobody_to_ask(reader, settings, moment)
    with company.database.read() as reader:
        assert not nobody_to_ask(reader, settings, due)
    assert asked.ask(due) == 1
    assert asked.ask(due + DAY) == 0

    with company.database.read() as session:
        letter = session.scalars(select(Outgoing).where(Outgoing.key.like("recovery:%"))).one()
    assert (letter.kind, letter.recipient) == ("email", "mina@mail.example")
    assert "/i/" in letter.payload["text"]
    assert asked.row().before == 3
    assert "Three short questions" in asked.guest.see().text


def test_its_link_opens_in_both_languages(asked: Asked, company: Company) -> None:
    """Three questions at the customer's own link; the survey has no address that anybody could answer."""
    asked.ask()
    row = asked.row()
    assert row.survey_id is not None
    assert row.invitation_id is not None
    link = f"/i/{Links(company.settings.secret_key).personal(PersonalLink(row.survey_id, row.invitation_id))}"

    for spoken, title in (("en", "Did we put it right?"), ("fa", "پیگیری حل مشکل شما")):
        page = company.client.get(f"{link}?lang={spoken}")
        assert page.status_code == 200
        assert title in page.text
    assert company.client.get(f"/s/{SLUG}").status_code == 404
    with company.database.read() as session:
        asked_now = msgspec.convert(recovery_survey(session, utc_now()).document, Questionnaire)
    assert len(asked_now.questions) == 3
    assert Reader(asked_now)


@pytest.mark.parametrize(
    ("answers", "status"),
    [
        ({"solved": "yes", "effort": 6, "feeling": 7}, "resolved"),
        ({"solved": "partly", "feeling": 9}, "resolved"),
        ({"solved": "yes", "feeling": 6}, "reopened"),
        ({"solved": "no", "feeling": 10}, "reopened"),
    ],
)
def test_what_it_opens_again(asked: Asked, company: Company, answers: dict[str, Any], status: str) -> None:
    """A score of six or less, or a 'no'; with a senior owner, who hears why. It never opens another case."""
    asked.ask()
    asked.answer(**answers)
    case, row = company.case(asked.signal), asked.row()

    assert company.count(Case) == 1
    assert case.status == status
    assert case.owner == ("cx_manager" if status == "reopened" else "unit_manager")
    assert (row.before, row.after, row.effort) == (3, answers["feeling"], answers.get("effort"))
    assert row.resolved == (answers["solved"] == "yes")
    why = select(CaseEvent.details).where(CaseEvent.kind == "reopen")
    with company.database.read() as session:
        assert [one["why"] for one in session.scalars(why)] == (["recovery"] if status == "reopened" else [])
    page = asked.guest.see().text
    assert "Three short questions" not in page
    assert "After how we dealt with it" in page


def test_a_case_that_is_open_again_is_not_asked_about(asked: Asked, company: Company) -> None:
    """It is asked after its next resolution, and then for the first time."""
    asked.guest.do("not-solved")
    assert asked.ask() == 0
    assert company.count(Recovery) == 0
    company.work(company.case(), resolve)
    assert asked.ask() == 1


def test_one_case_is_asked_about_once(asked: Asked, company: Company) -> None:
    """However often it is resolved."""
    asked.ask()
    asked.answer(solved="no", feeling=2)
    company.work(company.case(), resolve)

    assert asked.ask(in_hours(12)) == 0
    assert company.count(Outgoing, Outgoing.key.like("recovery:%")) == 1


def test_it_neither_waits_for_other_surveys_nor_counts_as_one(asked: Asked, company: Company) -> None:
    """Whoever was asked how a case was handled may still be asked about their next encounter."""
    asked.ask()
    with company.database.read() as session:
        customer = session.scalars(select(Customer).where(Customer.reference == "mina")).one()
        assert session.scalars(select(Encounter)).all() == []
        touchpoint = session.get_one(Touchpoint, "counter")
        assert why_not(session, customer, touchpoint, in_hours(4), in_hours(4), lambda *_: False) is None


def test_who_wants_nothing_is_not_written_to(asked: Asked, company: Company) -> None:
    """They find it on their page all the same."""
    asked.guest.do("invitations", wanted="no")

    assert asked.ask() == 1
    assert company.count(Outgoing, Outgoing.key.like("recovery:%")) == 0
    assert "Three short questions" in asked.guest.see().text


def test_nobody_known_is_asked_on_the_page(company: Company) -> None:
    """An answer that nobody is known of has its survey too, in no customer's name."""
    asked = Asked(company, customer=None)
    asked.ask()
    with company.database.read() as session:
        row = session.scalars(select(Recovery)).one()
        invitation = session.get_one(Invitation, (row.survey_id, row.invitation_id))
        assert session.get(Customer, invitation.customer_id) is None
    asked.answer(solved="no", feeling=1)

    assert company.case().status == "reopened"


def test_the_page_of_its_answer_is_the_cases(asked: Asked, company: Company) -> None:
    """The link of its thank-you page leads to the case, and not to the wish for another."""
    asked.ask()
    asked.answer(solved="yes", feeling=9)
    row = asked.row()
    assert row.survey_id is not None
    assert row.invitation_id is not None
    token = Links(company.settings.secret_key).own_page(row.survey_id, row.invitation_id)
    page = company.client.get(f"/c/{token}?lang=en").text

    assert company.case(asked.signal).number in page
    assert "Would you like an answer?" not in page


def test_answers_of_others_are_left_to_the_rules(asked: Asked, company: Company, settings: Settings) -> None:
    """What is no answer to this survey is handed on."""
    asked.ask()
    key = asked.signal.survey_id, asked.signal.response_id
    with company.database.write() as session:
        assert hear_recoveries(session, settings, utc_now(), [key]) == [key]
        assert session.scalars(select(Survey).where(Survey.slug == SLUG)).one().kind == "recovery"


def test_praise_is_not_asked_about(company: Company) -> None:
    """Nor a suggestion: nothing was wrong."""
    company.opened(company.answered(score=10), "praise")
    company.work(company.case(), resolve)

    assert company.count(Recovery) == 0


def test_a_withdrawn_case_is_dropped(asked: Asked, company: Company) -> None:
    """Nobody asks how it was for whoever did not want it any more."""
    company.work(company.case(), closing.withdraw)

    assert asked.ask() == 0
    assert company.count(Recovery) == 0
    assert company.count(Response) == 1
