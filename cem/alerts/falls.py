"""Which KPIs have fallen: the last days of a unit against as many before them, tested one-sided and all together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from cem.alerts.rules import Rule
from cem.scorecards.kpis import Kpi, kpis_of
from cem.scorecards.offers import Offers
from metrics import Estimate, Histogram, adjust_p_values
from surveys.tallies import Periods, Where, read

# Fewer answers than this, before or after, prove nothing.
ENOUGH = 30
# Units are looked at day by day: what would be chance in one of a hundred looks at them all is told.
LEVEL = 0.01


@dataclass(frozen=True)
class Fall:
    """A KPI of a unit ('' is the company) that is lower than before, beyond chance."""

    unit: str
    kpi: Kpi
    before: Estimate
    after: Estimate

    @property
    def subject(self) -> str:
        """What a rule rests about."""
        return f"kpi|{self.unit}|{self.kpi.series}"[:128]


def find_falls(session: Session, rule: Rule, offers: Offers, today: date) -> list[Fall]:
    """The falls that a rule asks for, until yesterday; Holm's rule takes all that it looks at together."""
    found = list(_pairs(session, rule, offers, today))
    changes = [kpi.change(before, after) for _, kpi, before, after in found]
    # Two-sided p of a fall is twice that of 'it is lower'; a rise proves no fall at all.
    chances = [None if one.p is None else one.p / 2 if (one.difference or 0) < 0 else 1 - one.p / 2 for one in changes]
    return [
        Fall(unit, kpi, kpi.estimate(before), kpi.estimate(after))
        for (unit, kpi, before, after), p in zip(found, adjust_p_values(chances, "holm"), strict=True)
        if p is not None and p < LEVEL
    ]


def _pairs(
    session: Session, rule: Rule, offers: Offers, today: date
) -> Iterator[tuple[str, Kpi, Histogram, Histogram]]:
    """Of each unit and KPI the answers before and after, where there are enough of both."""
    span = timedelta(days=rule.drop_days)
    periods = Periods((today - 2 * span, today - span), today)
    units: Sequence[str] = rule.units or ("", *offers.units)
    for survey in offers.surveys.values():
        if rule.surveys and survey.slug not in rule.surveys:
            continue
        kpis = {kpi.series: kpi for kpi in kpis_of(survey.questionnaire) if rule.series in {"", kpi.series}}
        where = Where(survey.survey_id, touchpoints=rule.touchpoints or None, channels=rule.channels or None)
        counted = read(session, where, list(kpis), periods, by="unit")
        for unit in units:
            below = offers.subtree(unit) if unit in offers.units else None
            if unit and below is None:
                continue
            for series, kpi in kpis.items():
                before, after = Histogram(), Histogram()
                for cell, answers in counted.items():
                    if cell.series == series and (below is None or cell.group in below):
                        before, after = (before, after + answers) if cell.period else (before + answers, after)
                if min(before.n, after.n) >= ENOUGH:
                    yield unit, kpi, before, after
