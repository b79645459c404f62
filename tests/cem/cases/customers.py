"""A company whose customers answer now, and customers who have the link to their page."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from httpx import Response as Answer
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import func, select

from cem.cases import closing
from cem.cases.desk import Desk
from cem.cases.models import Case, CaseSignal
from cem.cases.opening import Signal, open_or_attach
from cem.settings import Settings
from surveys.database import Database, day_of, new_id, utc_now
from surveys.links import Links
from surveys.models import Customer, Invitation, ReplyAddress, Survey
from surveys.questionnaire import read_yaml, scores
from surveys.responses import Submission, record
from surveys.touchpoints import customer_id_of
from tests.cem.conftest import VISIT


@dataclass
class Guest:
    """A customer without scripts, who has the link to one page."""

    client: TestClient[Litestar]
    token: str
    notices: list[str] = field(default_factory=list)

    def see(self, spoken: str = "en", **headers: str) -> Answer:
        return self.client.get(f"/c/{self.token}?lang={spoken}", headers=headers, follow_redirects=False)

    def do(self, act: str, spoken: str = "en", **form: str) -> Answer:
        """Send a form of the page, and follow to the page that comes of it."""
        sent = self.client.post(f"/c/{self.token}/{act}?lang={spoken}", data=form, follow_redirects=False)
        if sent.status_code != 303:
            return sent
        self.notices.append(sent.headers["location"].partition("done=")[2])
        return self.client.get(sent.headers["location"])


@dataclass
class Company:
    """A company whose customers answer now, and what it does about it."""

    database: Database
    settings: Settings
    survey: Survey
    client: TestClient[Litestar]

    def desk(self, session: Any, actor: str = "unit_manager") -> Desk:
        return Desk.open(session, self.settings, utc_now(), actor)

    def answered(self, customer: str | None = "mina", words: str = "", score: int = 3, language: str = "en") -> Signal:
        """An answer that is stored, as the signal that it may become."""
        now = utc_now()
        response_id, answers = new_id(now), {"recommend": score} | ({"words": words} if words else {})
        customer_id = None if customer is None else customer_id_of(customer)
        with self.database.write() as session:
            if customer_id is not None:
                if session.get(Customer, customer_id) is None:
                    session.add(Customer(customer_id=customer_id, reference=customer, language=language))
                session.add(
                    Invitation(
                        survey_id=self.survey.survey_id,
                        invitation_id=response_id,
                        customer_id=customer_id,
                        touchpoint="counter",
                        unit="vanak",
                        channel="branch",
                        language=language,
                        created_at=now,
                        expires_at=now + timedelta(days=30),
                    )
                )
                session.flush()
            record(session.connection(), [self.submission(response_id, answers, language)])
        return Signal(
            survey_id=self.survey.survey_id,
            response_id=response_id,
            customer_id=customer_id,
            touchpoint="counter",
            unit="vanak",
            channel="branch",
            language=language,
            segment="",
            series="nps_visit",
            score=score,
        )

    def submission(self, response_id: Any, answers: dict[str, Any], language: str) -> Submission:
        return Submission(
            survey_id=self.survey.survey_id,
            response_id=response_id,
            version=1,
            day=day_of(utc_now(), self.settings.zone),
            touchpoint="counter",
            unit="vanak",
            channel="branch",
            language=language,
            quality="valid",
            signals=(),
            has_comment="words" in answers,
            answers=answers,
            submitted_at=utc_now(),
            seconds=60,
            scores=scores(read_yaml(VISIT), answers),
        )

    def leave_address(self, signal: Signal, channel: str, address: str) -> None:
        with self.database.write() as session:
            key = {"survey_id": signal.survey_id, "response_id": signal.response_id}
            session.add(ReplyAddress(**key, channel=channel, address=address))

    def opened(self, signal: Signal, kind: str = "complaint") -> Guest:
        """Its case is open; the customer at their page."""
        with self.database.write() as session:
            open_or_attach(self.desk(session, "cem"), signal, rule="unhappy", severity=3, kind=kind)
        return self.guest(signal)

    def guest(self, signal: Signal) -> Guest:
        links = Links(self.settings.secret_key)
        return Guest(self.client, links.own_page(signal.survey_id, signal.response_id))

    def case(self, signal: Signal | None = None) -> Case:
        with self.database.read() as session:
            statement = select(Case)
            if signal is not None:
                of = CaseSignal.survey_id == signal.survey_id, CaseSignal.response_id == signal.response_id
                statement = statement.join(CaseSignal, CaseSignal.case_id == Case.case_id).where(*of)
            return session.scalars(statement).one()

    def work(self, case: Case, *steps: Callable[[Desk, Case], object], actor: str = "unit_manager") -> None:
        """Somebody of the company does this with a case."""
        with self.database.write() as session:
            desk = self.desk(session, actor)
            for step in steps:
                step(desk, session.get_one(Case, case.case_id))

    def count(self, what: Any, *where: Any) -> int:
        with self.database.read() as session:
            return session.scalar(select(func.count()).select_from(what).where(*where)) or 0


def resolve(desk: Desk, case: Case) -> None:
    closing.resolve(desk, case, "waiting", "fixed", no_reply_reason="by telephone")
