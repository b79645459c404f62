"""What rules can see in answers: read from the responses, with what is known of who gave them."""

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Row, select, tuple_
from sqlalchemy.orm import Session

from cem.alerts.rules import Opinion, Rule, Seen
from cem.cases.opening import Signal
from cem.comments.models import CommentReading
from cem.comments.readings import prepare
from cem.comments.taxonomy import read_taxonomy
from cem.comments.wordings import opinion_of_score, read_questionnaires, words_of
from surveys.models import Invitation, Response, Survey, Unit
from surveys.questionnaire import CES, CSAT, NO, NPS, YES, Contact, Questionnaire, Scored

Key = tuple[uuid.UUID, uuid.UUID]
# What a row must have to be seen.
COLUMNS = (
    Response.survey_id,
    Response.response_id,
    Response.version,
    Response.day,
    Response.touchpoint,
    Response.unit,
    Response.channel,
    Response.language,
    Response.segment,
    Response.quality,
    Response.answers,
)


@dataclass(frozen=True)
class Sighting:
    """An answer as rules see it, and the signal that it becomes where one of them holds."""

    seen: Seen
    signal: Signal
    day: date
    quality: str


@dataclass
class Watcher:
    """Sees answers for these rules: what no rule asks for is not looked up."""

    session: Session
    rules: Sequence[Rule]
    now: datetime
    _asked: dict[uuid.UUID, Mapping[int, Questionnaire]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        surveys = self.session.execute(select(Survey.survey_id, Survey.slug))
        self._slugs = {survey_id: slug for survey_id, slug in surveys}  # noqa: C416 - rows are not pairs to mypy
        units = self.session.execute(select(Unit.code, Unit.parent))
        self._parents = {code: parent for code, parent in units}  # noqa: C416 - as above
        self._reads = any(rule.topics or rule.sentiment for rule in self.rules)
        self._remembers = any(rule.again_days is not None for rule in self.rules)

    def look(self, rows: Sequence[Row[Any]]) -> Iterator[Sighting]:
        """Each row as it is seen."""
        customers = self._customers([(row.survey_id, row.response_id) for row in rows])
        readings = self._readings(rows) if self._reads else {}
        earlier = self._unhappy_days(set(customers.values())) if self._remembers else {}
        for row in rows:
            key = row.survey_id, row.response_id
            asked = self._questionnaire(row.survey_id, row.version)
            customer = None if asked.anonymous else customers.get(key)
            sentiment, topics = readings.get(key, ("", ()))
            series, score = leading_score(row.answers, asked)
            opinion = opinion_of(row.answers, asked)
            wishes = {row.answers.get(one.id) for one in asked.questions if isinstance(one, Contact)}
            seen = Seen(
                survey=self._slugs[row.survey_id],
                touchpoint=row.touchpoint,
                unit_line=self._line(row.unit),
                channel=row.channel,
                segment=row.segment,
                opinion=opinion,
                scores=scores_of(row.answers, asked),
                words=words_of(row.answers, asked),
                topics=topics,
                sentiment=sentiment,
                asks_contact=YES in wishes,
                unhappy_days_ago=_days_before(row.day, earlier.get(customer, ()), row.response_id),
            )
            signal = Signal(
                survey_id=row.survey_id,
                response_id=row.response_id,
                customer_id=customer,
                touchpoint=row.touchpoint,
                unit=row.unit,
                channel=row.channel,
                language=row.language,
                segment=row.segment,
                series=series,
                score=score,
                contact_allowed=YES in wishes,
                declined=NO in wishes,
            )
            yield Sighting(seen, signal, row.day, row.quality)

    def _questionnaire(self, survey_id: uuid.UUID, version: int) -> Questionnaire:
        if survey_id not in self._asked:
            self._asked[survey_id] = read_questionnaires(self.session, survey_id)
        return self._asked[survey_id][version]

    def _line(self, unit: str) -> tuple[str, ...]:
        line, code = [], unit or None
        while code:
            line.append(code)
            code = self._parents.get(code)
        return tuple(line)

    def _customers(self, keys: Sequence[Key]) -> dict[Key, uuid.UUID]:
        """Who gave which answer, as far as personal links tell."""
        found: dict[Key, uuid.UUID] = {}
        for survey_id, ids in _by_survey(keys).items():
            invitations = select(Invitation.invitation_id, Invitation.customer_id).where(
                Invitation.survey_id == survey_id, Invitation.invitation_id.in_(ids)
            )
            found |= {(survey_id, one): customer for one, customer in self.session.execute(invitations)}
        return found

    def _readings(self, rows: Sequence[Row[Any]]) -> dict[Key, tuple[str, Collection[str]]]:
        """Sentiment and topics of each comment: as it was read, or read now where it has just arrived."""
        found: dict[Key, tuple[str, Collection[str]]] = {}
        for survey_id, ids in _by_survey([(row.survey_id, row.response_id) for row in rows]).items():
            known = select(CommentReading.response_id, CommentReading.sentiment, CommentReading.topics).where(
                CommentReading.survey_id == survey_id, CommentReading.response_id.in_(ids)
            )
            found |= {(survey_id, one): (said, topics) for one, said, topics in self.session.execute(known)}
        unread = [row for row in rows if (row.survey_id, row.response_id) not in found]
        unread = [row for row in unread if words_of(row.answers, self._questionnaire(row.survey_id, row.version))]
        if unread:
            reader = prepare(self.session, read_taxonomy(self.session), self.now)
            for row in unread:
                read = reader.read(row, self._questionnaire(row.survey_id, row.version), self.now)
                found[row.survey_id, row.response_id] = read["sentiment"], read["topics"]
        return found

    def _unhappy_days(self, customers: set[uuid.UUID]) -> dict[uuid.UUID | None, list[tuple[date, uuid.UUID]]]:
        """The days on which these customers were unhappy, with the answers that say so."""
        days: dict[uuid.UUID | None, list[tuple[date, uuid.UUID]]] = {}
        for survey_id in self._slugs if customers else ():
            given = (
                select(Invitation.customer_id, Response.response_id, Response.version, Response.day, Response.answers)
                .join(
                    Response,
                    (Response.survey_id == Invitation.survey_id) & (Response.response_id == Invitation.invitation_id),
                )
                .where(Invitation.survey_id == survey_id, Invitation.customer_id.in_(customers))
            )
            for customer, response_id, version, day, answers in self.session.execute(given):
                if opinion_of(answers, self._questionnaire(survey_id, version)) == "negative":
                    days.setdefault(customer, []).append((day, response_id))
        return days


def read_responses(session: Session, keys: Sequence[Key]) -> list[Row[Any]]:
    """The rows of these answers; one that was erased meanwhile is not among them."""
    if not keys:
        return []
    statement = select(*COLUMNS).where(tuple_(Response.survey_id, Response.response_id).in_(keys))
    return list(session.execute(statement).all())


def opinion_of(answers: Mapping[str, Any], asked: Questionnaire) -> Opinion:
    """Unhappy, happy or neither, as the first KPI that was answered has it; '' where none was."""
    said = opinion_of_score(answers, asked)
    if said:
        return cast("Opinion", said)
    kpis = (one for one in asked.questions if isinstance(one, NPS | CSAT | CES))
    return "neutral" if any(isinstance(answers.get(one.id), int) for one in kpis) else ""


def scores_of(answers: Mapping[str, Any], asked: Questionnaire) -> dict[str, int]:
    """Every score that was given, by its series."""
    given = ((one.series, answers.get(one.id)) for one in asked.questions if isinstance(one, Scored))
    return {series: score for series, score in given if isinstance(score, int)}


def leading_score(answers: Mapping[str, Any], asked: Questionnaire) -> tuple[str, int | None]:
    """The series and the score that say most of how a customer feels: the NPS question's, or the first there is."""
    scored = [one for one in asked.questions if isinstance(one, Scored)]
    for question in sorted(scored, key=lambda one: not isinstance(one, NPS)):
        score = answers.get(question.id)
        if isinstance(score, int):
            return question.series, score
    return "", None


def _by_survey(keys: Sequence[Key]) -> dict[uuid.UUID, list[uuid.UUID]]:
    grouped: dict[uuid.UUID, list[uuid.UUID]] = {}
    for survey_id, response_id in keys:
        grouped.setdefault(survey_id, []).append(response_id)
    return grouped


def _days_before(day: date, unhappy: Sequence[tuple[date, uuid.UUID]], own: uuid.UUID) -> int | None:
    """How many days before this one the customer was unhappy the last time."""
    earlier = [one for one, response_id in unhappy if one <= day and response_id != own]
    return (day - max(earlier)).days if earlier else None
