"""What is counted over what: metrics as a document that the CX manager keeps, checked before anything is stored."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from cem.audit import audit
from cem.operations.models import MEAN, OperationalFigure, OperationalMetric
from cem.operations.targets import set_operational_target, target_fault
from cem.scorecards.days import read_day
from cem.scorecards.kpis import kpis_of
from cem.scorecards.offers import Offers, read_offers
from surveys.company import Code
from surveys.formats.documents import DocumentFaults, DocumentFile
from surveys.languages import CODES, N_, normal_text
from surveys.questionnaire import Fault, Text

LONGEST_NAME, LONGEST_EXPLANATION, LONGEST_UNIT = 128, 1000, 32
# Pages under /operations that are no metric's.
RESERVED = frozenset({"define"})


class TargetPart(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A target from a day on, Jalali or Gregorian; without a unit it is that of all."""

    value: Decimal
    since: str
    unit: Code | None = None


class MetricPart(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A metric. `kpi` and `touchpoint` name the perception that it explains."""

    code: Code
    names: Text
    explanation: Text
    kind: Literal["share", "mean"]
    owner: Annotated[str, Meta(min_length=1, max_length=254)]
    source: Annotated[str, Meta(min_length=1, max_length=200)]
    measured_in: Text = {}
    census: bool = False
    lower_is_better: bool = False
    expected_every_days: Annotated[int, Meta(ge=1, le=400)] = 31
    kpi: Code | None = None
    touchpoint: Code | None = None
    targets: tuple[TargetPart, ...] = ()


class MetricsFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    metrics: Annotated[tuple[MetricPart, ...], Meta(min_length=1)]


@dataclass(frozen=True)
class DefinitionChange:
    """How many metrics a document has added, changed and found as they were, and how many targets it has set."""

    added: int
    changed: int
    unchanged: int
    targets: int = 0


def read_definitions(file: DocumentFile) -> tuple[MetricPart, ...]:
    """The metrics of a file; DocumentFaults has what is wrong with its shape, with the line."""
    return file.read(MetricsFile).metrics


def check_definitions(session: Session, metrics: Sequence[MetricPart]) -> list[Fault]:
    """Everything that keeps these metrics from being stored; nothing when they may be."""
    offers, stored = read_offers(session), {one.code: one for one in session.scalars(select(OperationalMetric))}
    counted = frozenset(session.scalars(select(OperationalFigure.metric).distinct()))
    series = {kpi.series for survey in offers.surveys.values() for kpi in kpis_of(survey.questionnaire)}
    seen = set[str]()
    faults: list[Fault] = []
    for place, metric in enumerate(metrics):
        path = f"metrics[{place}]"
        if metric.code in seen:
            message = N_("Another metric has the code “%(code)s”; give this one its own.")
            faults.append(Fault(f"{path}.code", message, {"code": metric.code}))
        if metric.code in RESERVED:
            message = N_("“%(code)s” is the name of a page: give the metric another code.")
            faults.append(Fault(f"{path}.code", message, {"code": metric.code}))
        seen.add(metric.code)
        faults += _text_faults(path, metric)
        faults += _kind_faults(path, metric, stored, counted)
        faults += _place_faults(path, metric, offers, series)
        faults += _target_faults(path, metric, offers)
    return faults


def _text_faults(path: str, metric: MetricPart) -> Iterator[Fault]:
    texts = [("names", metric.names, LONGEST_NAME), ("explanation", metric.explanation, LONGEST_EXPLANATION)]
    if metric.kind == MEAN:
        texts.append(("measured_in", metric.measured_in, LONGEST_UNIT))
    elif metric.measured_in:
        yield Fault(f"{path}.measured_in", N_("A share is in percent: remove this, or make the metric a mean."))
    for name, text, longest in texts:
        for code in CODES:
            if not text.get(code, "").strip():
                yield Fault(f"{path}.{name}", N_("Write this in both languages, fa and en."))
                break
            if len(text[code]) > longest:
                yield Fault(f"{path}.{name}", N_("This has more than %(longest)s characters."), {"longest": longest})


def _kind_faults(
    path: str, metric: MetricPart, stored: Mapping[str, OperationalMetric], counted: Collection[str]
) -> Iterator[Fault]:
    if metric.kind == MEAN and not metric.census:
        # Without the squares of single cases nobody can say how far the mean of some is from that of all.
        yield Fault(
            f"{path}.census", N_("A mean gets no interval here, so it must count all cases: write “census: true”.")
        )
    before = stored.get(metric.code)
    if before is None or metric.code not in counted:
        return
    if before.kind != metric.kind or before.lower_is_better != metric.lower_is_better:
        yield Fault(
            f"{path}.kind",
            N_("Figures are stored for this metric, so its kind and direction stay; define a new metric instead."),
        )


def _place_faults(path: str, metric: MetricPart, offers: Offers, series: Collection[str]) -> Iterator[Fault]:
    if metric.touchpoint is not None and metric.touchpoint not in offers.touchpoints:
        message = N_("There is no touchpoint “%(code)s”.")
        yield Fault(f"{path}.touchpoint", message, {"code": metric.touchpoint})
    if metric.kpi is not None and metric.kpi not in series:
        message = N_("No published survey asks the KPI “%(code)s”. There are: %(possible)s.")
        yield Fault(f"{path}.kpi", message, {"code": metric.kpi, "possible": ", ".join(sorted(series))})


def _target_faults(path: str, metric: MetricPart, offers: Offers) -> Iterator[Fault]:
    for place, target in enumerate(metric.targets):
        where = f"{path}.targets[{place}]"
        if target.unit is not None and target.unit not in offers.units:
            yield Fault(f"{where}.unit", N_("There is no unit “%(code)s”."), {"code": target.unit})
        if message := target_fault(metric.kind, target.value):
            yield Fault(f"{where}.value", message)
        if _day(target.since) is None:
            message = N_("“%(text)s” is no day. Write it as 2025-10-07 or 1404-07-15.")
            yield Fault(f"{where}.since", message, {"text": target.since[:40]})


def _day(text: str) -> date | None:
    try:
        return read_day(text)
    except ValueError:
        return None


def define_metrics(session: Session, now: datetime, actor: str, metrics: Sequence[MetricPart]) -> DefinitionChange:
    """Add or change each metric by its code; DocumentFaults where one cannot be, and then nothing is stored."""
    if faults := check_definitions(session, metrics):
        raise DocumentFaults(faults)
    outcomes = [_define(session, now, actor, metric) for metric in metrics]
    session.flush()
    targets = sum(
        set_operational_target(
            session,
            now,
            actor,
            metric=metric.code,
            unit=target.unit or "",
            since=read_day(target.since),
            value=target.value,
        )
        for metric in metrics
        for target in metric.targets
    )
    added, changed, unchanged = (outcomes.count(outcome) for outcome in ("added", "changed", "unchanged"))
    return DefinitionChange(added, changed, unchanged, targets)


def _define(session: Session, now: datetime, actor: str, metric: MetricPart) -> str:
    values = _columns(metric)
    row = session.get(OperationalMetric, metric.code)
    if row is None:
        session.add(OperationalMetric(code=metric.code, **values))
        audit(session, now, actor, "operations:define", metric.code, **values)
        return "added"
    before = {name: getattr(row, name) for name, value in values.items() if getattr(row, name) != value}
    if not before:
        return "unchanged"
    for name in before:
        setattr(row, name, values[name])
    audit(
        session,
        now,
        actor,
        "operations:define",
        metric.code,
        replaced=before,
        **{name: values[name] for name in before},
    )
    return "changed"


def _columns(metric: MetricPart) -> dict[str, Any]:
    texts = {
        f"{column}_{code}": normal_text(text.get(code, ""))
        for column, text in (("name", metric.names), ("explanation", metric.explanation), ("unit", metric.measured_in))
        for code in CODES
    }
    kept = ("kind", "census", "lower_is_better", "expected_every_days")
    return {
        **texts,
        "owner": normal_text(metric.owner),
        "source": normal_text(metric.source),
        **{name: getattr(metric, name) for name in kept},
        "kpi": metric.kpi or "",
        "touchpoint": metric.touchpoint or "",
    }
