"""The demo's customers as the bank's books have them: who asked whom in earlier months, who left, and what they spent.

It draws from a generator of its own, after all answers are given, so no answer depends on it.
"""

import random
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from cem.demo.answers import Sheet
from cem.demo.planted import ADVICE
from cem.demo.timeline import Timeline, seeded_id
from cem.outcomes.models import CustomerRecord, NeedSegment
from surveys.models import Customer, Invitation
from surveys.responses import Submission
from surveys.touchpoints import customer_id_of

# The share of the answers of earlier months that came by a personal link, and how often one was answered.
BY_LINK = {"after-contact": 0.3, "relationship": 0.8}
ANSWERED = 0.34
# How many who answer had answered before.
RETURNING = 0.3
# Of so many customers whom cem knows, the books know one more who left within a year.
GONE = 11
# The days of the books, back from today.
BOOKS = (183, 0)
NEEDS = {
    "digital": {"fa": "سرعت و آسانی", "en": "speed and ease"},
    "advice": {"fa": "مشاوره", "en": "advice"},
    "price": {"fa": "کارمزد کم", "en": "low fees"},
}
# How often each value and need come together; and how much more often among customers of each mood, where planted.
_KINDS = {
    (tier, need): often * share
    for tier, often in (("high", 20), ("middle", 30), ("low", 50))
    for need, share in (("digital", 0.45), ("advice", 0.2), ("price", 0.35))
}
_UNHAPPY = {"good": 0.2, "mixed": 0.9, "bad": 3.6}
# A year's fees of a customer, in thousand rials: the middle and its spread.
_SPEND = {"high": (90_000, 0.3), "middle": (30_000, 0.3), "low": (8_000, 0.4)}
# A year's chance of leaving after an answer of each mood.
_LEAVE = {"good": 0.08, "mixed": 0.125, "bad": 0.25}
_SPENDS = {"good": 1.2, "mixed": 1.0, "bad": 0.76}
_WALLET = {"good": 0.56, "mixed": 0.47, "bad": 0.36}
_YEAR = 365.25


@dataclass
class Known:
    """A customer of the bank; `left_on` moves with every answer, as leaving has no memory."""

    customer_id: uuid.UUID
    since: date
    tier: str
    need: str
    mood: str
    yearly: float
    left_on: date | None
    segment: str = ""
    silent: bool = False


class Customers:
    """Collects the customers of earlier months, and what the books say of all."""

    def __init__(self, seed: int, timeline: Timeline) -> None:
        self._chance, self._timeline = random.Random(seed), timeline
        self._known: list[Known] = []
        self._met: dict[uuid.UUID, Known] = {}
        self._new: list[dict[str, Any]] = []
        self._invitations: list[dict[str, Any]] = []

    def belong(
        self, sheets: Mapping[str, Sheet], submissions: Iterable[Submission], recent: Mapping[Any, uuid.UUID]
    ) -> None:
        """Give answers to customers; `recent` are the customers of invitations that there are already."""
        slugs = {sheet.survey_id: slug for slug, sheet in sheets.items() if slug in BY_LINK}
        for one in submissions:
            slug = slugs.get(one.survey_id)
            if slug is None or one.submitted_at is None or one.signals:
                continue
            mood = _mood(one)
            if (customer_id := recent.get(one.response_id)) is not None:
                self._meet_again(customer_id, one, mood)
            # Nobody answers by a personal link within seconds, as where a branch scores itself.
            elif (one.seconds or 0) >= 20 and self._chance.random() < BY_LINK[slug]:
                known = self._returning(one, mood) or self._newcomer(one, mood)
                self._ask(sheets[slug], one, known.customer_id, one.response_id, one.submitted_at)
                self._ask_in_vain(sheets[slug], one, one.submitted_at)

    def add_silent(self, customers: Iterable[uuid.UUID]) -> None:
        """Those who were asked lately and said nothing are customers too."""
        there = {known.customer_id for known in self._known}
        for customer_id in dict.fromkeys(customers):
            if customer_id not in there:
                known = self._meet(customer_id, self._timeline.today, "mixed")
                known.left_on, known.silent = None, True

    def add_lost(self) -> None:
        """Those who left in the last year without having been asked: the books know them too."""
        for number in range(len(self._known) // GONE):
            customer_id = customer_id_of(f"G{number + 1:06}")
            self._new.append(_row(customer_id, f"G{number + 1:06}", "fa", ""))
            left_on = self._timeline.today - timedelta(days=self._chance.randrange(1, 365))
            self._meet(customer_id, left_on - timedelta(days=30), "mixed").left_on = left_on

    def store(self, session: Session) -> None:
        if not self._known:
            return
        tables = {
            Customer: self._new,
            Invitation: self._invitations,
            NeedSegment: [{"code": code, "names": names} for code, names in NEEDS.items()],
            CustomerRecord: [row for known in self._known for row in self._records(known)],
        }
        for model, rows in tables.items():
            if rows:
                # Straight into the table: the mapper would look at each of these many rows.
                session.connection().execute(insert(model.__table__), rows)  # type: ignore[arg-type] # it is a table

    def _meet(self, customer_id: uuid.UUID, day: date, mood: str) -> Known:
        chance = self._chance
        weights = [
            often * (_UNHAPPY[mood] if kind == (ADVICE.tier, ADVICE.need) else 1.0) for kind, often in _KINDS.items()
        ]
        tier, need = chance.choices(list(_KINDS), weights)[0]
        middle, spread = _SPEND[tier]
        known = Known(
            customer_id=customer_id,
            since=day - timedelta(days=round(_YEAR * chance.triangular(0.3, 9, 2.5))),
            tier=tier,
            need=need,
            mood=mood,
            yearly=middle * chance.lognormvariate(0, spread),
            left_on=self._leave(day, mood),
        )
        self._known.append(known)
        return known

    def _meet_again(self, customer_id: uuid.UUID, one: Submission, mood: str) -> None:
        """Somebody who may have answered before."""
        known = self._met.get(customer_id)
        if known is None:
            known = self._met[customer_id] = self._meet(customer_id, one.day, mood)
            known.segment = one.segment
        else:
            known.mood, known.left_on = mood, self._leave(one.day, mood)

    def _leave(self, day: date, mood: str) -> date:
        return day + timedelta(days=1 + int(self._chance.expovariate(_LEAVE[mood] / _YEAR)))

    def _returning(self, one: Submission, mood: str) -> Known | None:
        """Somebody who answered before and is still there; opinions of one customer are often alike."""
        if self._chance.random() > RETURNING or len(self._known) < 50:
            return None
        tries = [self._chance.choice(self._known) for _ in range(30)]
        there = [
            known
            for known in tries
            if (known.left_on is None or known.left_on > one.day)
            and known.since < one.day
            and known.segment == one.segment
        ]
        found = next((known for known in there if known.mood == mood), next(iter(there), None))
        if found is not None:
            found.mood, found.left_on = mood, self._leave(one.day, mood)
        return found

    def _newcomer(self, like: Submission, mood: str) -> Known:
        reference = f"K{len(self._new) + 1:06}"
        known = self._meet(customer_id_of(reference), like.day, mood)
        known.segment = like.segment
        self._new.append(_row(known.customer_id, reference, like.language, like.segment))
        return known

    def _ask(
        self, sheet: Sheet, like: Submission, customer_id: uuid.UUID, invitation_id: Any, moment: datetime
    ) -> None:
        invited_at = moment - timedelta(minutes=self._chance.lognormvariate(4, 1.3))
        self._invitations.append(
            {
                "survey_id": sheet.survey_id,
                "invitation_id": invitation_id,
                "customer_id": customer_id,
                "encounter_id": None,
                "touchpoint": like.touchpoint,
                "unit": like.unit,
                "channel": like.channel,
                "language": like.language,
                "segment": like.segment,
                "created_at": invited_at,
                "expires_at": invited_at + timedelta(days=sheet.questionnaire.link_days),
                "withdrawn_at": None,
            }
        )

    def _ask_in_vain(self, sheet: Sheet, like: Submission, moment: datetime) -> None:
        """Those who were asked about then and did not answer; links that still work are those of the last contacts."""
        if moment + timedelta(days=sheet.questionnaire.link_days) >= self._timeline.now:
            return
        for _ in range(int((1 - ANSWERED) / ANSWERED + self._chance.random())):
            customer = self._chance.choice(self._known)
            self._ask(sheet, like, customer.customer_id, seeded_id(self._chance, moment), moment)

    def _records(self, known: Known) -> Iterable[dict[str, Any]]:
        chance, today = self._chance, self._timeline.today
        left_on = known.left_on if known.left_on and known.left_on <= today else None
        rest = chance.expovariate(1 / (18 if chance.random() < 0.8 else 160))
        often = (known.yearly / 1000) ** 0.4 * chance.uniform(1.2, 3.0)
        margin = chance.uniform(0.28, 0.42)
        share = min(max(chance.gauss(_WALLET[known.mood], 0.12), 0.08), 0.95) if chance.random() < 0.4 else None
        # Nobody asks what those who never answered did next, so one day of the books is enough for them.
        for back in BOOKS[-1:] if known.silent else BOOKS:
            day = today - timedelta(days=back)
            if known.since >= day:
                continue
            gone = left_on if left_on and left_on <= day else None
            end = gone or day
            years = (end - known.since).days / _YEAR
            # What the answer goes together with begins about half a year ago; before it, all spend as their kind does.
            late = min(years, (end - today + timedelta(days=BOOKS[0])).days / _YEAR)
            spend = known.yearly * (years + max(0.0, late) * (_SPENDS[known.mood] - 1))
            purchases = max(1, int(often * years))
            last = max(known.since, end - timedelta(days=int(rest)))
            yield {
                "customer_id": known.customer_id,
                "day": day,
                "customer_since": known.since,
                "left_on": gone,
                "purchases": purchases,
                "first_purchase_on": known.since,
                "last_purchase_on": last,
                "spend": round(spend),
                "margin": round(spend * margin),
                "category_spend": round(spend / share) if share else None,
                "need_segment": known.need,
            }


def _row(customer_id: uuid.UUID, reference: str, language: str, segment: str) -> dict[str, Any]:
    return {
        "customer_id": customer_id,
        "reference": reference,
        "language": language,
        "segment": segment,
        "opted_out_at": None,
    }


def _mood(submission: Submission) -> str:
    recommend = submission.answers.get("recommend")
    score = recommend if isinstance(recommend, int) else 7
    return "good" if score >= 9 else "bad" if score <= 6 else "mixed"
