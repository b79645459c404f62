"""Encounters and invitations of the last two months, so that there are response rates and links that still work."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from cem.demo.answers import PERSIAN, Sheet
from cem.demo.segments import Segments
from cem.demo.timeline import seeded_id
from surveys.models import Customer, Encounter, Invitation
from surveys.responses import Submission
from surveys.touchpoints import Met, NotInvited

DAYS = 60
# The share of the invited who answer.
RESPONSE_RATES = {
    "branch-visit": 0.24,
    "support-call": 0.27,
    "web-bank": 0.20,
    "mobile-app": 0.32,
    "cash-machine": 0.15,
}
# Encounters of customers who were asked a short while ago, for each invitation.
_ASKED_LATELY = 0.12
# Of those who answer, how many have answered before, and how long ago at least.
_AGAIN_SEED, _AGAIN, _REST = 14040209, 0.5, timedelta(days=30)


class Invitations:
    """Collects the rows of encounters, whether they led to an invitation or not."""

    def __init__(self, chance: random.Random, sheet: Sheet, now: datetime, segments: Segments) -> None:
        self._chance, self._sheet, self._now, self._segments = chance, sheet, now, segments
        # Who answers again is drawn apart, so that everything else stays as it is.
        self._again, self._answered = random.Random(_AGAIN_SEED), list[tuple[datetime, str, int, str]]()
        self._customers: list[dict[str, Any]] = []
        self._encounters: list[dict[str, Any]] = []
        self._invitations: list[dict[str, Any]] = []

    def __len__(self) -> int:
        return len(self._invitations)

    def ask_for(self, submissions: Sequence[Submission]) -> list[Submission]:
        """The same responses, with those of the last two months under the ids of their invitations."""
        since = self._now - timedelta(days=DAYS)
        asked = []
        for submission in submissions:
            moment = submission.submitted_at
            if moment is None or moment < since:
                asked.append(submission)
                continue
            invited_at = moment - timedelta(minutes=self._chance.lognormvariate(4, 1.3))
            known = self._known(moment, submission)
            identity = self._invite(submission, invited_at, submission.language, submission.segment, known)
            asked.append(submission._replace(response_id=identity))
            self._invite_silent(submission, moment)
        return asked

    def _known(self, moment: datetime, submission: Submission) -> str:
        """A customer who answered much the same more than a month ago and answers again; '' for a new one."""
        recommend, segment = submission.answers["recommend"], submission.segment
        if self._answered and self._again.random() < _AGAIN:
            for place in self._again.choices(range(len(self._answered)), k=30):
                before, reference, said, of = self._answered[place]
                if moment - before > _REST and abs(said - recommend) <= 1 and of == segment:
                    self._answered[place] = moment, reference, recommend, segment
                    return reference
        self._answered.append((moment, f"C{len(self._customers) + 1:06}", recommend, segment))
        return ""

    def customers(self) -> dict[Any, Any]:
        """Whom each invitation asked, by its id."""
        return {row["invitation_id"]: row["customer_id"] for row in self._invitations}

    def store(self, session: Session) -> None:
        for table, rows in (
            (Customer, self._customers),
            (Encounter, self._encounters),
            (Invitation, self._invitations),
        ):
            # Straight into the table: the mapper would look at each of these many rows.
            session.connection().execute(insert(table.__table__), rows)  # type: ignore[arg-type] # it is a table

    def _invite_silent(self, like: Submission, moment: datetime) -> None:
        """Those who were asked at the same place about then and did not answer."""
        rate = RESPONSE_RATES[like.touchpoint]
        for _ in range(int((1 - rate) / rate + self._chance.random())):
            apart = timedelta(hours=self._chance.uniform(-2, 2))
            invited_at = moment + apart if moment + apart <= self._now else moment - abs(apart)
            language = "fa" if self._chance.random() < PERSIAN else "en"
            self._invite(like, invited_at, language, self._segments.draw(like.touchpoint))

    def _invite(self, like: Submission, moment: datetime, language: str, segment: str, known: str = "") -> Any:
        invitation_id = seeded_id(self._chance, moment)
        reference = known or f"C{len(self._customers) + 1:06}"
        met = self._meet(like, reference, moment, language)
        place = {"touchpoint": like.touchpoint, "unit": like.unit, "channel": like.channel}
        if not known:
            self._customers.append(
                {
                    "customer_id": met.customer_id,
                    "reference": reference,
                    "language": language,
                    "segment": segment,
                    "opted_out_at": None,
                }
            )
        self._invitations.append(
            {
                "survey_id": self._sheet.survey_id,
                "invitation_id": invitation_id,
                "customer_id": met.customer_id,
                "encounter_id": met.encounter_id,
                **place,
                "language": language,
                "segment": segment,
                "created_at": moment,
                "expires_at": moment + timedelta(days=self._sheet.questionnaire.link_days),
                "withdrawn_at": None,
            }
        )
        self._keep(met, like.channel, moment, invitation_id, None)
        again = moment + timedelta(days=self._chance.uniform(2, 20))
        if self._chance.random() < _ASKED_LATELY and again < self._now:
            self._keep(self._meet(like, reference, again, language), like.channel, again, None, NotInvited.FATIGUE_30D)
        return invitation_id

    def _meet(self, like: Submission, reference: str, moment: datetime, language: str) -> Met:
        return Met(
            sender="demo",
            key=f"E{len(self._encounters) + 1:06}",
            customer=reference,
            touchpoint=like.touchpoint,
            unit=like.unit,
            occurred_at=moment - timedelta(minutes=self._chance.randint(5, 50)),
            language=language,
        )

    def _keep(
        self, met: Met, channel: str, recorded_at: datetime, invitation_id: Any, not_invited: NotInvited | None
    ) -> None:
        self._encounters.append(
            {
                "customer_id": met.customer_id,
                "encounter_id": met.encounter_id,
                "digest": met.digest,
                "touchpoint": met.touchpoint,
                "unit": met.unit,
                "channel": channel,
                "occurred_at": met.occurred_at,
                "recorded_at": recorded_at,
                "survey_id": self._sheet.survey_id if invitation_id else None,
                "invitation_id": invitation_id,
                "not_invited": not_invited,
            }
        )
