"""Measuring: what every measure and gate stands at in every unit, from the same counts that scorecards show."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from cem.operations.figures import operational_totals
from cem.rewards.digests import digest_of
from cem.rewards.priors import Priors, shrunken
from cem.rewards.snapshots import Snapshot
from cem.rewards.sources import kpi_of
from cem.rewards.terms import (
    GateTerms,
    InvitationCoverage,
    Measure,
    OperationalFigure,
    ResponseRate,
    SurveyScore,
    Terms,
)
from cem.scorecards.kpis import Kpi
from cem.scorecards.offers import Offers
from metrics import Estimate, Histogram, proportion
from metrics.payouts.exact import exact_kpi
from surveys.database import start_of
from surveys.models import Encounter, Invitation, Response
from surveys.tallies import Periods, Where, read
from surveys.touchpoints import NotInvited

# The company as a unit: every answer, wherever it was given.
COMPANY = ""
# Ends of intervals and shrunken values are kept to so many decimals: what lies beyond is of the computer, not the data.
PLACES = 6
# Reasons for not asking that nobody in a unit can bring about; a case can be logged by anybody.
NOBODYS_CHOICE = frozenset({NotInvited.NO_SURVEY, NotInvited.OPTED_OUT, NotInvited.FATIGUE_30D})


@dataclass(frozen=True)
class Span:
    """From which day until the day before which; and up to which moment data had to have come."""

    start: date
    end: date
    until: datetime
    zone: ZoneInfo

    @property
    def last(self) -> date:
        return date.fromordinal(self.end.toordinal() - 1)


@dataclass(frozen=True)
class Measuring:
    """Reads snapshots: what is read of one source is read once for all units."""

    session: Session
    offers: Offers
    terms: Terms
    span: Span
    priors: Priors

    def snapshots(self, units: Collection[str]) -> Iterator[Snapshot]:
        """Of every measure and gate in each of these units (COMPANY is one of them where it is asked for)."""
        parts: tuple[Measure | GateTerms, ...] = (*self.terms.measures, *self.terms.gates)
        for part in parts:
            yield from self._of(part, sorted(units))

    def _of(self, part: Measure | GateTerms, units: Collection[str]) -> Iterator[Snapshot]:
        match part.source:
            case SurveyScore() as source:
                yield from self._scores(part, source, units)
            case OperationalFigure(metric=metric):
                yield from self._figures(part, metric, units)
            case ResponseRate(survey=survey):
                yield from self._rates(part, units, *self._answered(survey))
            case InvitationCoverage(survey=survey):
                yield from self._rates(part, units, *self._covered(survey))

    def _scores(self, part: Measure | GateTerms, source: SurveyScore, units: Collection[str]) -> Iterator[Snapshot]:
        offered, kpi = self.offers.surveys[source.survey], kpi_of(self.offers, source)
        counted = read(
            self.session,
            Where(offered.survey_id),
            [source.series],
            Periods((self.span.start,), self.span.end),
            by="unit",
        )
        by_unit = {cell.group: h for cell, h in counted.items()}
        for unit in units:
            h = sum(self._within(unit, by_unit), Histogram())
            yield self._score(part, unit, kpi, h, {"survey": source.survey, "series": source.series})

    def _score(
        self, part: Measure | GateTerms, unit: str, kpi: Kpi, h: Histogram, source: Mapping[str, str]
    ) -> Snapshot:
        estimate = kpi.estimate(h)
        prior = self.priors.get(part.code)
        drawn = shrunken(kpi, h, prior, float(part.target)) if isinstance(part, Measure) and prior else {}
        value = exact_kpi(h, kpi.known_as, **kpi.scale)
        return self._snapshot(
            part,
            unit,
            kpi.kind,
            source,
            n=int(estimate.n),
            value=None if value is None else str(value),
            counts=tuple(int(count) for count in h.counts),
            **interval(estimate),
            **{name: decimal(number) for name, number in drawn.items()},
        )

    def _figures(self, part: Measure | GateTerms, metric: str, units: Collection[str]) -> Iterator[Snapshot]:
        totals = operational_totals(
            self.session, [metric], units, self.span.start, self.span.last, until=self.span.until
        )
        for unit in units:
            total = totals.get((metric, unit))
            if total is None:
                yield self._snapshot(part, unit, "operation", {"metric": metric}, n=0)
                continue
            value = total.value
            yield self._snapshot(
                part,
                unit,
                f"operation_{total.kind}",
                {"metric": metric, "received_at": total.received_at.isoformat()},
                n=total.n,
                value=None if value is None else str(value),
                numerator=str(total.numerator),
                denominator=str(total.denominator),
                **({} if total.census else interval(total.estimate())),
            )

    def _rates(
        self, part: Measure | GateTerms, units: Collection[str], hits: Mapping[str, int], all_: Mapping[str, int]
    ) -> Iterator[Snapshot]:
        source = {"survey": getattr(part.source, "survey", "")}
        for unit in units:
            k, n = sum(self._within(unit, hits)), sum(self._within(unit, all_))
            yield self._snapshot(
                part,
                unit,
                "share",
                source,
                n=n,
                value=str(Fraction(100 * k, n)) if n else None,
                numerator=str(k),
                denominator=str(n),
                **interval(proportion(k, n)),
            )

    def _answered(self, survey: str) -> tuple[dict[str, int], dict[str, int]]:
        """Invitations of the period and how many of them led to an answer, by unit."""
        survey_id = self.offers.surveys[survey].survey_id
        days = self._days(Invitation.created_at)
        sent = select(Invitation.unit, func.count()).where(Invitation.survey_id == survey_id, *days)
        answered = sent.join(
            Response,
            (Response.survey_id == Invitation.survey_id) & (Response.response_id == Invitation.invitation_id),
        )
        return self._counted(answered, Invitation.unit), self._counted(sent, Invitation.unit)

    def _covered(self, survey: str) -> tuple[dict[str, int], dict[str, int]]:
        """Encounters of the period at touchpoints that ask this survey, and about how many somebody was asked.

        Who was asked not long ago, or does not want to be, could not be asked: that is nobody's choice in the unit.
        """
        survey_id = self.offers.surveys[survey].survey_id
        asked_here = [t.code for t in self.offers.touchpoints.values() if t.transactional_survey == survey_id]
        could = (
            select(Encounter.unit, func.count())
            .where(Encounter.touchpoint.in_(asked_here), *self._days(Encounter.occurred_at))
            .where(Encounter.not_invited.is_(None) | Encounter.not_invited.not_in(sorted(NOBODYS_CHOICE)))
        )
        return self._counted(could.where(Encounter.invitation_id.is_not(None)), Encounter.unit), self._counted(
            could, Encounter.unit
        )

    def _counted(self, statement: Any, by: Any) -> dict[str, int]:
        return {unit: int(n) for unit, n in self.session.execute(statement.group_by(by))}

    def _days(self, moment: Any) -> tuple[ColumnElement[bool], ...]:
        span = self.span
        return moment >= start_of(span.start, span.zone), moment < start_of(span.end, span.zone)

    def _within(self, unit: str, by_unit: Mapping[str, Any]) -> list[Any]:
        if unit == COMPANY:
            return list(by_unit.values())
        below = self.offers.subtree(unit)
        return [value for code, value in by_unit.items() if code in below]

    def _snapshot(
        self, part: Measure | GateTerms, unit: str, kind: str, source: Mapping[str, str], *, n: int, **found: Any
    ) -> Snapshot:
        return Snapshot(
            measure=part.code,
            unit=unit,
            parent=(self.offers.units[unit].parent or COMPANY) if unit else COMPANY,
            kind=kind,
            n=n,
            source={**source, "query": digest_of([kind, dict(source), unit, str(self.span.start), str(self.span.end)])},
            first_day=self.span.start.isoformat(),
            last_day=self.span.last.isoformat(),
            until=self.span.until.isoformat(),
            **found,
        )


def interval(estimate: Estimate) -> dict[str, Any]:
    """The ends of an interval as they are kept."""
    if estimate.low is None or estimate.high is None:
        return {}
    return {"low": decimal(estimate.low), "high": decimal(estimate.high), "method": estimate.method}


def decimal(number: float) -> str:
    """A number as it is kept, such as 26.093751."""
    return str(Fraction(f"{number:.{PLACES}f}"))
