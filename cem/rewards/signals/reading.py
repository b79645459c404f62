"""The facts of a period, counted: scores from the tallies, all else by grouped queries and one pass over comments."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session

from cem.operations.figures import operational_metrics, totals_by_period
from cem.operations.models import SHARE
from cem.people.models import Employee
from cem.quality.decisions import scores_of
from cem.quality.models import QualityDecision
from cem.quality.overview import FLAGGED
from cem.quality.rules import BURST, DUPLICATE, SPEEDING
from cem.rewards.measuring import NOBODYS_CHOICE, Span
from cem.rewards.periods import RewardPeriod
from cem.rewards.signals.closures import read_closures
from cem.rewards.signals.facts import MeasureFacts, Mixes, Parts, SurveyFacts, best_score
from cem.rewards.sources import kpi_of
from cem.rewards.terms import Measure, SurveyScore, Terms
from cem.scorecards.offers import OfferedSurvey, Offers
from metrics import Histogram
from metrics.gaming import Part
from metrics.text.coaching import asks_for_score
from surveys.database import start_of
from surveys.formats.exports import read_versions
from surveys.models import Customer, Encounter, Invitation, Response
from surveys.questionnaire import Comment
from surveys.tallies import Periods, Where, read

# A period's last tenth.
LAST = 10
ODD = frozenset({BURST, DUPLICATE, SPEEDING})
YEAR = timedelta(days=365)
NONE = Part(0, 0)


def read_facts(
    session: Session, offers: Offers, terms: Terms, period: RewardPeriod, span: Span, units: Collection[str]
) -> list[MeasureFacts]:
    """Of every measure that customers give, in the lowest of these units."""
    reading = Reading(session, offers, period, span, lowest(offers, units))
    return [reading.measure(measure) for measure in terms.measures if isinstance(measure.source, SurveyScore)]


def lowest(offers: Offers, units: Collection[str]) -> tuple[str, ...]:
    """The units that have none of the others below them: a unit is not compared with what it is part of."""
    return tuple(sorted(unit for unit in units if not (offers.subtree(unit) - {unit}) & set(units)))


@dataclass(frozen=True)
class Reading:
    """Reads the facts; what is of a survey is read once for all measures that it feeds."""

    session: Session
    offers: Offers
    period: RewardPeriod
    span: Span
    units: tuple[str, ...]
    _known: dict[str, SurveyFacts] = field(default_factory=dict)

    @cached_property
    def _home(self) -> Mapping[str, str]:
        """Every unit to the one of ours that it is part of."""
        return {below: unit for unit in self.units for below in self.offers.subtree(unit)}

    def measure(self, measure: Measure) -> MeasureFacts:
        source = measure.source
        if not isinstance(source, SurveyScore):
            raise TypeError(measure.code)
        survey, kpi = self.offers.surveys[source.survey], kpi_of(self.offers, source)
        late = self.span.end - timedelta(days=-(-self.period.days // LAST))
        starts = self.period.plus(-1).first_day, self.span.start, late
        before, early, after = self._scores(Where(survey.survey_id), source.series, starts)
        return MeasureFacts(
            measure=measure,
            kpi=kpi,
            survey=self.survey(survey),
            before=before,
            early=early,
            late=after,
            days=(self.span.end - late).days,
            top=self._top(survey.survey_id, source.series, best_score(measure, kpi)),
            excluded=self._excluded(survey.survey_id, source.series),
            operations=self._operations,
        )

    def _scores(self, where: Where, series: str, starts: Sequence[date]) -> list[dict[str, Histogram]]:
        """By unit, in each of the periods that begin on these days."""
        counted = read(self.session, where, [series], Periods(tuple(starts), self.span.end), by="unit")
        parts: list[dict[str, Histogram]] = [{} for _ in starts]
        for cell, h in counted.items():
            if unit := self._home.get(cell.group):
                parts[cell.period][unit] = parts[cell.period].get(unit, Histogram()) + h
        return parts

    def _top(self, survey_id: uuid.UUID, series: str, best: int) -> dict[str, dict[str, Part]]:
        """How many gave the best score, by touchpoint and unit."""
        found = {}
        for touchpoint in (*self.offers.touchpoints, ""):
            where = Where(survey_id, touchpoints=[touchpoint])
            (scores,) = self._scores(where, series, [self.span.start])
            if scores:
                found[touchpoint] = {unit: Part(int(h.counts[best]), int(h.n)) for unit, h in scores.items()}
        return found

    def survey(self, survey: OfferedSurvey) -> SurveyFacts:
        if survey.slug not in self._known:
            segments, before = self._invited(survey.survey_id)
            answers = self._answers(survey.survey_id)
            self._known[survey.slug] = SurveyFacts(
                invited={unit: _sum(parts.values()) for unit, parts in segments.items()},
                invited_before=before,
                segments=segments if self.offers.segments else {},
                asked_for=self._comments(survey.survey_id),
                staff=_of(answers, self._staff(survey.survey_id)),
                odd=_of(answers, self._odd(survey.survey_id)),
                empty_closures=self._closures(survey.survey_id),
            )
        return self._known[survey.slug]

    def _invited(self, survey_id: uuid.UUID) -> tuple[Mixes, Parts]:
        """Asked, of those who could be: by unit and segment in the period, and by unit in the year before it."""
        start, end = self.span.start, self.span.end
        segments: dict[str, dict[str, Part]] = {}
        counted = self._could(survey_id, start, end, Encounter.unit, Customer.segment)
        of_segments = counted.join(Customer, Customer.customer_id == Encounter.customer_id)
        for unit, segment, k, n in self.session.execute(of_segments):
            if home := self._home.get(unit):
                mine = segments.setdefault(home, {})
                mine[segment] = mine.get(segment, NONE).plus(Part(k, n))
        before: dict[str, Part] = {}
        for unit, k, n in self.session.execute(self._could(survey_id, start - YEAR, start, Encounter.unit)):
            if home := self._home.get(unit):
                before[home] = before.get(home, NONE).plus(Part(k, n))
        return segments, before

    def _could(self, survey_id: uuid.UUID, start: date, end: date, *by: Any) -> Select[Any]:
        """Encounters at touchpoints that ask this survey: how many somebody was asked about, and how many could be."""
        touchpoints = [t.code for t in self.offers.touchpoints.values() if t.transactional_survey == survey_id]
        zone = self.span.zone
        return (
            select(*by, func.count(Encounter.invitation_id), func.count())
            .select_from(Encounter)
            .where(
                Encounter.touchpoint.in_(touchpoints),
                Encounter.occurred_at >= start_of(start, zone),
                Encounter.occurred_at < start_of(end, zone),
                Encounter.not_invited.is_(None) | Encounter.not_invited.not_in(sorted(NOBODYS_CHOICE)),
            )
            .group_by(*by)
        )

    def _answers(self, survey_id: uuid.UUID) -> dict[str, int]:
        """All answers of the period, suspect ones too."""
        return self._by_unit(select(Response.unit, func.count()).where(*self._answered(survey_id)))

    def _staff(self, survey_id: uuid.UUID) -> dict[str, int]:
        """Answers to personal links of customers whose reference is an employee's number."""
        answered = (
            select(Response.unit, func.count())
            .join(
                Invitation,
                (Invitation.survey_id == Response.survey_id) & (Invitation.invitation_id == Response.response_id),
            )
            .join(Customer, Customer.customer_id == Invitation.customer_id)
            .join(Employee, Employee.employee_no == Customer.reference)
        )
        return self._by_unit(answered.where(*self._answered(survey_id)))

    def _odd(self, survey_id: uuid.UUID) -> dict[str, int]:
        """Answers far faster than usual, many at once, or twice alike."""
        found: dict[str, int] = {}
        rows = select(Response.unit, Response.signals).where(*self._answered(survey_id), FLAGGED)
        for unit, signals in self.session.execute(rows):
            if ODD & {*signals} and unit in self._home:
                found[self._home[unit]] = found.get(self._home[unit], 0) + 1
        return found

    def _closures(self, survey_id: uuid.UUID) -> dict[str, Part]:
        """Cases closed in the period: those without a result, of all."""
        start, end = (start_of(day, self.span.zone) for day in (self.span.start, self.span.end))
        found: dict[str, Part] = {}
        for unit, k, n in read_closures(self.session, survey_id, start, end):
            if home := self._home.get(unit):
                found[home] = found.get(home, NONE).plus(Part(k, n))
        return found

    def _comments(self, survey_id: uuid.UUID) -> dict[str, Part]:
        """Comments that tell of somebody asking for a score, of all; a few in memory at a time."""
        asked = {
            version: [question.id for question in questionnaire.questions if isinstance(question, Comment)]
            for version, questionnaire in read_versions(self.session, survey_id).items()
        }
        rows = self.session.execute(
            select(Response.unit, Response.version, Response.answers)
            .where(*self._answered(survey_id), Response.has_comment, Response.quality == "valid")
            .execution_options(yield_per=2000)
        )
        found: dict[str, Part] = {}
        for unit, version, answers in rows:
            if home := self._home.get(unit):
                hit = any(asks_for_score(str(answers[name])) for name in asked[version] if name in answers)
                found[home] = found.get(home, NONE).plus(Part(int(hit), 1))
        return found

    def _excluded(self, survey_id: uuid.UUID, series: str) -> dict[str, Histogram]:
        """Scores of answers that people, not rules, have taken out."""
        by_people = exists().where(
            QualityDecision.survey_id == Response.survey_id,
            QualityDecision.response_id == Response.response_id,
            QualityDecision.by_rule.is_(False),
            QualityDecision.became == "suspect",
        )
        rows = self.session.execute(
            select(Response.unit, Response.version, Response.answers).where(
                *self._answered(survey_id), Response.quality == "suspect", by_people
            )
        )
        given: dict[str, list[int]] = {}
        scored = scores_of(self.session, survey_id)
        for unit, version, answers in rows:
            listed = [score for name, score in scored(version, answers) if name == series and score is not None]
            if unit in self._home:
                given.setdefault(self._home[unit], []).extend(listed)
        return {unit: Histogram.of(listed) for unit, listed in given.items()}

    @cached_property
    def _operations(self) -> Mapping[str, tuple[Parts, Parts]]:
        """Shares of which less is better, such as repeat contacts: the period before, and this one."""
        codes = [one.code for one in operational_metrics(self.session) if one.kind == SHARE and one.lower_is_better]
        before = self.period.plus(-1)
        days = [(before.first_day, before.last_day), (self.period.first_day, self.period.last_day)]
        then, now = totals_by_period(self.session, codes, self.units, days, until=self.span.until)
        return {code: (_shares(then, code), _shares(now, code)) for code in codes}

    def _by_unit(self, statement: Any) -> dict[str, int]:
        found: dict[str, int] = {}
        for unit, n in self.session.execute(statement.group_by(Response.unit)):
            if home := self._home.get(unit):
                found[home] = found.get(home, 0) + int(n)
        return found

    def _answered(self, survey_id: uuid.UUID) -> tuple[ColumnElement[bool], ...]:
        return Response.survey_id == survey_id, Response.day >= self.span.start, Response.day < self.span.end


def _of(answers: Mapping[str, int], some: Mapping[str, int]) -> Parts:
    return {unit: Part(some.get(unit, 0), n) for unit, n in answers.items()}


def _sum(parts: Collection[Part]) -> Part:
    return Part(sum(part.k for part in parts), sum(part.n for part in parts))


def _shares(totals: Mapping[tuple[str, str], Any], metric: str) -> dict[str, Part]:
    return {
        unit: Part(round(total.numerator), round(total.denominator))
        for (code, unit), total in totals.items()
        if code == metric
    }
