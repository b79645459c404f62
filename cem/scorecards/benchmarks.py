"""Benchmarks: what a KPI is elsewhere, always with its source and date, and with what makes it hard to compare."""

import math
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cem.audit import audit
from cem.errors import CemError, NotFound
from cem.scorecards.days import read_day
from cem.scorecards.kpis import Kpi
from cem.scorecards.models import Benchmark
from surveys.database import new_id
from surveys.languages import MINUS, N_, ascii_digits, normal_text
from surveys.questionnaire import Text

LONGEST = 200
# What a difference may come from instead of from the experience.
DIFFERENCES = {"wording": N_("the question was worded otherwise"), "sample": N_("other customers were asked")}


class BenchmarkFault(CemError):
    title = N_("This benchmark cannot be kept")
    advice = N_(
        "It needs a value that the KPI can reach, a name, a source and the day of the source."
        " An interval holds its value."
    )


class UnknownBenchmark(NotFound):
    title = N_("There is no such benchmark")
    advice = N_("It may have been withdrawn meanwhile. Open the scorecard again.")


@dataclass(frozen=True)
class Compared:
    """A benchmark as a page shows it, for one KPI."""

    id: str
    kpi: Kpi
    value: float
    low: float | None
    high: float | None
    n: int | None
    names: Text
    source: str
    source_date: date
    differs: tuple[str, ...]

    @property
    def cautions(self) -> tuple[str, ...]:
        return tuple(DIFFERENCES[one] for one in self.differs if one in DIFFERENCES)


def read_benchmark(form: Mapping[str, str], kpi: Kpi, today: date) -> dict[str, object]:
    """The columns that a form gives; BenchmarkFault where a source would not be told or a number cannot be."""
    value, low, high = (_read_number(form.get(name, ""), kpi) for name in ("value", "low", "high"))
    name, source = (" ".join(normal_text(form.get(part, "")).split()) for part in ("name", "source"))
    if value is None or not 0 < len(name) <= LONGEST or not 0 < len(source) <= LONGEST:
        raise BenchmarkFault
    if (low is None) != (high is None) or (low is not None and high is not None and not low <= value <= high):
        raise BenchmarkFault
    try:
        source_date = read_day(form.get("source_date", ""))
        n = int(ascii_digits(form["n"]).replace(",", "")) if form.get("n", "").strip() else None
    except ValueError:
        raise BenchmarkFault from None
    if source_date > today or (n is not None and not 0 < n < 10**9):
        raise BenchmarkFault
    differs = [one for one in DIFFERENCES if form.get(one)]
    texts = {"names": {"fa": name, "en": name}, "source": source, "source_date": source_date}
    return {"value": value, "low": low, "high": high, "n": n, "differs": differs, **texts}


def _read_number(text: str, kpi: Kpi) -> float | None:
    if not text.strip():
        return None
    try:
        value = float(ascii_digits(text).strip().rstrip("%٪").replace(MINUS, "-"))
    except ValueError:
        raise BenchmarkFault from None
    low, high = kpi.bounds
    if not math.isfinite(value) or not low <= value <= high:
        raise BenchmarkFault
    return value


def add_benchmark(
    session: Session, now: datetime, actor: str, *, kpi: Kpi, valid_from: date, **columns: object
) -> Benchmark:
    """It stands for every KPI of its kind; that of a question of one's own stands for this question alone."""
    series = kpi.series if kpi.kind == "mean" else ""
    benchmark = Benchmark(
        benchmark_id=new_id(now),
        kind=kpi.kind,
        series=series,
        valid_from=valid_from,
        entered_by=actor,
        entered_at=now,
        **columns,
    )
    session.add(benchmark)
    audit(
        session,
        now,
        actor,
        "benchmark:add",
        str(benchmark.benchmark_id),
        kind=kpi.kind,
        series=series,
        value=benchmark.value,
        source=benchmark.source,
        source_date=benchmark.source_date.isoformat(),
    )
    return benchmark


def withdraw_benchmark(session: Session, now: datetime, actor: str, benchmark_id: str) -> None:
    try:
        benchmark = session.get(Benchmark, uuid.UUID(benchmark_id))
    except ValueError:
        raise UnknownBenchmark from None
    if benchmark is None or benchmark.withdrawn_at:
        raise UnknownBenchmark
    benchmark.withdrawn_by, benchmark.withdrawn_at = actor, now
    audit(session, now, actor, "benchmark:withdraw", str(benchmark.benchmark_id))


def benchmarks_of(reader: Session, kpis: tuple[Kpi, ...], day: date) -> Mapping[str, tuple[Compared, ...]]:
    """What holds on this day, by series: the newest of each name."""
    rows = reader.scalars(
        select(Benchmark)
        .where(Benchmark.withdrawn_at.is_(None), Benchmark.valid_from <= day)
        .order_by(Benchmark.source_date, Benchmark.benchmark_id)
    ).all()
    return {
        kpi.series: tuple(
            {
                str(row.names): _compared(row, kpi)
                for row in rows
                if row.kind == kpi.kind and row.series in {"", kpi.series}
            }.values()
        )
        for kpi in kpis
    }


def _compared(row: Benchmark, kpi: Kpi) -> Compared:
    return Compared(
        str(row.benchmark_id),
        kpi,
        row.value,
        row.low,
        row.high,
        row.n,
        row.names,
        row.source,
        row.source_date,
        tuple(row.differs),
    )
