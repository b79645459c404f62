"""What looks odd in a period: which signals, on which days and places, and whether it matters for the KPIs."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, literal_column, select
from sqlalchemy.orm import Session

from cem.scorecards.choices import Choice
from cem.scorecards.kpis import Kpi
from cem.scorecards.privacy import MINIMUM
from metrics import Estimate, Histogram
from surveys.formats.exports import QUALITIES
from surveys.models import Response
from surveys.tallies import Cell, Periods, read

# The words of the partial index that holds them.
FLAGGED: ColumnElement[bool] = literal_column("response.signals <> '[]'")


@dataclass(frozen=True)
class Effect:
    """A KPI without the suspect answers, as everywhere, and with them.

    `every` is None where nobody is suspect, and where so few are that the difference would tell what they said.
    """

    kpi: Kpi
    valid: Estimate
    every: Estimate | None
    suspect: int

    @property
    def moved(self) -> float:
        """How far leaving out the suspect answers has moved the KPI."""
        return (self.valid.value or 0) - (self.every.value or 0) if self.every else 0.0

    @property
    def matters(self) -> bool:
        """Whether the KPI moved by more than its own uncertainty: half the width of its interval."""
        return self.every is not None and matters(self.valid, self.moved)


def matters(estimate: Estimate, moved: float) -> bool:
    if estimate.low is None or estimate.high is None:
        return False
    return abs(moved) > (estimate.high - estimate.low) / 2


@dataclass(frozen=True)
class Found:
    """The answers of a period that show a signal."""

    signals: Mapping[str, int]
    suspect: Mapping[str, int]
    days: Mapping[date, Counter[str]]
    places: Mapping[tuple[str, str], Counter[str]]
    answers: int


def read_found(reader: Session, choice: Choice) -> Found:
    """The signals of a choice: one grouped query that reads no answer without one."""
    signals, suspect, answers = Counter[str](), Counter[str](), 0
    days, places = dict[date, Counter[str]](), dict[tuple[str, str], Counter[str]]()
    columns = Response.day, Response.touchpoint, Response.unit, Response.signals
    for quality in QUALITIES:
        rows = reader.execute(
            select(*columns, func.count()).where(*flagged(choice, quality)).group_by(*columns).order_by(Response.day)
        )
        for day, touchpoint, unit, names, n in rows:
            answers += n
            for name in names:
                signals[name] += n
                suspect[name] += n if quality == "suspect" else 0
                days.setdefault(day, Counter())[name] += n
                places.setdefault((touchpoint, unit), Counter())[name] += n
    ranked = dict(sorted(places.items(), key=lambda item: (-item[1].total(), item[0])))
    return Found(dict(signals.most_common()), suspect, dict(sorted(days.items())), ranked, answers)


def flagged(choice: Choice, quality: str) -> list[Any]:
    """The clauses of the answers of a choice that show a signal."""
    period = Response.day >= choice.period.start, Response.day < choice.period.end
    return [*choice.where(quality).clauses(Response), *period, FLAGGED]


def read_effects(reader: Session, choice: Choice, closed: frozenset[str]) -> tuple[Effect, ...]:
    """Each KPI with and without the suspect answers, from the tallies."""
    period = Periods((choice.period.start,), choice.period.end)
    series = [kpi.series for kpi in choice.kpis]
    counted = {quality: read(reader, choice.where(quality), series, period) for quality in QUALITIES}
    effects = []
    for kpi in choice.kpis:
        valid, suspect = (counted[quality].get(Cell(kpi.series, 0), Histogram()) for quality in QUALITIES)
        if kpi.series in closed or 0 < valid.n < MINIMUM:
            continue
        every = kpi.estimate(valid + suspect) if suspect.n >= MINIMUM else None
        effects.append(Effect(kpi, kpi.estimate(valid), every, int(suspect.n)))
    return tuple(effects)
