"""Who is asked how the bank is doing: a panel whose members answer more than once, and what all customers are like.

It draws from a generator of its own, so that nothing else of the demo depends on it.
"""

import random
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from cem.demo.answers import PERSIAN, Sheet
from cem.demo.timeline import seeded_id
from cem.quality.margins import COMPANY, Margin, set_margin
from surveys.models import Customer, Invitation
from surveys.responses import Submission
from surveys.touchpoints import customer_id_of

_SEED = 14040208
_AGAIN, _APART = 0.4, timedelta(days=80)
_RATE = 0.28
SOURCE = "سامانه مشتریان بانک نارون (ساختگی)"
# Customers by the channel that they use most, and by the region that keeps their account.
_CHANNELS = {"branch": 1_180_000, "contact_centre": 420_000, "web": 610_000, "app": 2_350_000, "atm": 1_540_000}
_REGIONS = {"region-tehran": 2_600_000, "region-north": 950_000, "region-south": 1_500_000, "region-east": 1_050_000}
_LANGUAGES = {"fa": 5_720_000, "en": 380_000}


class Panel:
    """Gives each answer of the relationship survey a customer; some answer again, and then much as before."""

    def __init__(self, sheet: Sheet) -> None:
        self._chance, self._sheet = random.Random(_SEED), sheet
        self._members: list[tuple[str, datetime, int, str]] = []
        self._customers: list[dict[str, Any]] = []
        self._invitations: list[dict[str, Any]] = []

    def __len__(self) -> int:
        return len(self._invitations)

    def ask(self, submissions: Sequence[Submission]) -> None:
        """The invitations behind these answers, and those that nobody answered."""
        for submission in sorted(submissions, key=lambda one: (one.day, one.response_id)):
            if (moment := submission.submitted_at) is None:
                continue
            member = self._member(moment, submission)
            asked = moment - timedelta(hours=self._chance.uniform(1, 90))
            self._invite(member, submission.response_id, asked, submission.language, submission)
            for _ in range(int((1 - _RATE) / _RATE + self._chance.random())):
                language = "fa" if self._chance.random() < PERSIAN else "en"
                silent = self._join(language, submission.segment)
                earlier = asked - timedelta(hours=self._chance.uniform(0, 12))
                self._invite(silent, seeded_id(self._chance, earlier), earlier, language, submission)

    def customers(self) -> dict[Any, Any]:
        """Whom each invitation asked, by its id."""
        return {row["invitation_id"]: row["customer_id"] for row in self._invitations}

    def _member(self, moment: datetime, submission: Submission) -> str:
        """Somebody who said about the same some months ago, or somebody new."""
        recommend, segment = int(submission.answers["recommend"]), submission.segment
        if self._members and self._chance.random() < _AGAIN:
            for place in self._chance.choices(range(len(self._members)), k=30):
                member, before, said, of = self._members[place]
                if moment - before > _APART and abs(said - recommend) <= 1 and of == segment:
                    self._members[place] = member, moment, recommend, segment
                    return member
        member = self._join("fa", segment)
        self._members.append((member, moment, recommend, segment))
        return member

    def _join(self, language: str, segment: str) -> str:
        reference = f"P{len(self._customers) + 1:06}"
        row = {
            "customer_id": customer_id_of(reference),
            "reference": reference,
            "language": language,
            "segment": segment,
        }
        self._customers.append(row | {"opted_out_at": None})
        return reference

    def _invite(
        self, reference: str, invitation_id: uuid.UUID, moment: datetime, language: str, like: Submission
    ) -> None:
        self._invitations.append(
            {
                "survey_id": self._sheet.survey_id,
                "invitation_id": invitation_id,
                "customer_id": customer_id_of(reference),
                "encounter_id": None,
                "touchpoint": "",
                "unit": like.unit,
                "channel": "sms",
                "language": language,
                "segment": like.segment,
                "created_at": moment,
                "expires_at": moment + timedelta(days=self._sheet.questionnaire.link_days),
                "withdrawn_at": None,
            }
        )

    def store(self, session: Session) -> None:
        session.execute(insert(Customer), self._customers)
        session.execute(insert(Invitation), self._invitations)


def add_population(session: Session, now: datetime, day: date, surveys: Mapping[str, uuid.UUID]) -> None:
    """What the customers of the bank are like, for the company and for each survey that is weighted."""
    for whose, dimension, amounts in _margins(surveys):
        set_margin(session, now, "demo", whose, Margin(dimension, amounts, SOURCE, day))


def _margins(surveys: Mapping[str, uuid.UUID]) -> Iterator[tuple[uuid.UUID, str, Mapping[str, float]]]:
    yield COMPANY, "language", _LANGUAGES
    yield surveys["after-contact"], "channel", _CHANNELS
    yield surveys["relationship"], "unit", _REGIONS
