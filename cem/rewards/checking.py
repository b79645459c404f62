"""The check of a plan: everything that keeps it from being agreed, each fault with its place and what to do."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from cem.rewards.terms import UNCHOSEN, GateTerms, Measure, OperationalFigure, SurveyScore, Terms
from cem.scorecards.kpis import kpis_of
from cem.scorecards.offers import Offers
from metrics.payouts.curves import Shape
from metrics.payouts.guards import Guard
from surveys.languages import N_
from surveys.questionnaire import Fault

# Below this a margin of error is wider than any target is apart.
LEAST_N = 30


@dataclass(frozen=True)
class Known:
    """What a plan may name: the KPIs of each survey, with their bounds, and the operational metrics."""

    surveys: dict[str, dict[str, tuple[float, float]]]
    metrics: dict[str, bool]

    @classmethod
    def read(cls, offers: Offers, session: Session) -> "Known":
        """What there is now. `metrics` tells whether lower is better."""
        from cem.operations.figures import operational_metrics  # noqa: PLC0415

        surveys = {
            slug: {kpi.series: kpi.bounds for kpi in kpis_of(survey.questionnaire)}
            for slug, survey in offers.surveys.items()
        }
        return cls(surveys, {metric.code: metric.lower_is_better for metric in operational_metrics(session)})


def check_terms(terms: Terms, known: Known) -> list[Fault]:
    """Everything that is wrong with a plan; none where it may be agreed."""
    return [
        *_ranges(terms),
        *_weights(terms),
        *_repeated(terms),
        *(fault for place, one in enumerate(terms.measures) for fault in _measure(f"measures[{place}]", one, known)),
        *(fault for place, gate in enumerate(terms.gates) for fault in _gate(f"gates[{place}]", gate, known)),
        *_amounts(terms),
        *_reasons(terms),
    ]


def _ranges(terms: Terms) -> Iterator[Fault]:
    """Numbers that are outside what they can be."""
    percents = ("cap", "floor", "customer_minimum", "least_weight")
    numbers: list[tuple[str, Decimal, object, object]] = [
        (name, getattr(terms, name), 0, 1000 if name == "cap" else 100) for name in percents
    ]
    numbers.append(("probability", terms.probability, Decimal("0.5"), Decimal("0.999")))
    for place, measure in enumerate(terms.measures):
        path = f"measures[{place}]"
        numbers.append((f"{path}.weight", measure.weight, 0, 100))
        numbers.append((f"{path}.least_reliability", measure.least_reliability, 0, 1))
        pays = ("pay_at_threshold", "pay_at_target", "pay_at_stretch")
        numbers.extend((f"{path}.{name}", getattr(measure, name), 0, 500) for name in pays)
    for path, number, low, high in numbers:
        if not Decimal(str(low)) <= number <= Decimal(str(high)):
            message = N_("Write a number from %(low)s to %(high)s.")
            yield Fault(path, message, {"low": str(low), "high": str(high)})


def _weights(terms: Terms) -> Iterator[Fault]:
    total = sum(measure.weight for measure in terms.measures)
    if total != 100:
        yield Fault("measures", N_("The weights add up to %(total)s; make them exactly 100."), {"total": total})
    if any(not measure.weight for measure in terms.measures):
        yield Fault("measures", N_("A measure without weight pays nothing: give it one, or remove it."))
    asked = sum(m.weight for m in terms.measures if isinstance(m.source, SurveyScore))
    if asked < terms.customer_minimum:
        yield Fault(
            "measures",
            N_("Only %(share)s%% of the weights are on what customers say; the plan asks for at least %(least)s%%."),
            {"share": asked, "least": terms.customer_minimum},
        )


def _repeated(terms: Terms) -> Iterator[Fault]:
    codes = Counter([*(one.code for one in terms.measures), *(one.code for one in terms.gates)])
    for code, times in codes.items():
        if times > 1:
            yield Fault("measures", N_("“%(code)s” stands here twice; give each its own code."), {"code": code})
    for source, times in Counter(measure.source for measure in terms.measures).items():
        if times > 1:
            name = source.series if isinstance(source, SurveyScore) else source.metric
            yield Fault("measures", N_("“%(code)s” would be paid twice: keep it once."), {"code": name})


def _measure(path: str, measure: Measure, known: Known) -> Iterator[Fault]:
    yield from _source(f"{path}.source", measure.source, known)
    points = (measure.threshold, measure.target, measure.stretch)
    try:
        curve = measure.curve
    except ValueError:
        yield Fault(f"{path}.target", _curve_advice(measure), {})
        return
    bounds = _bounds(measure, known)
    if bounds and not all(bounds[0] <= float(point) <= bounds[1] for point in points):
        yield Fault(
            f"{path}.target",
            N_("The KPI lies between %(low)s and %(high)s; keep threshold, target and stretch within."),
            {"low": f"{bounds[0]:g}", "high": f"{bounds[1]:g}"},
        )
    if curve.lower_is_better != _lower_is_better(measure, known):
        message = (
            N_("Of this metric lower is better: the threshold is the highest of the three points.")
            if not curve.lower_is_better
            else N_("Of this KPI higher is better: the threshold is the lowest of the three points.")
        )
        yield Fault(f"{path}.threshold", message)
    if isinstance(measure.source, SurveyScore):
        if measure.least_n < LEAST_N:
            message = N_("Fewer than %(least)s answers cannot carry pay; ask for %(least)s at least, better for 100.")
            yield Fault(f"{path}.least_n", message, {"least": LEAST_N})
        if measure.guard is Guard.NONE:
            yield Fault(f"{path}.guard", N_("What a sample says needs a guard against noise; choose one."))


def _curve_advice(measure: Measure) -> str:
    if measure.shape is Shape.FLAT or measure.flat:
        return N_("Threshold, target and stretch go one way, and the flat zone stays between threshold and stretch.")
    return N_("Threshold, target and stretch go one way, no two are alike, and more never pays less.")


def _bounds(measure: Measure, known: Known) -> tuple[float, float] | None:
    if isinstance(measure.source, SurveyScore):
        return known.surveys.get(measure.source.survey, {}).get(measure.source.series)
    return None


def _lower_is_better(measure: Measure, known: Known) -> bool:
    return isinstance(measure.source, OperationalFigure) and known.metrics.get(measure.source.metric, False)


def _source(path: str, source: object, known: Known) -> Iterator[Fault]:
    match source:
        case SurveyScore(survey=survey, series=series):
            if survey not in known.surveys:
                yield _unknown(f"{path}.survey", survey, known.surveys)
            elif series not in known.surveys[survey]:
                yield _unknown(f"{path}.series", series, known.surveys[survey])
        case OperationalFigure(metric=metric):
            if metric not in known.metrics:
                yield _unknown(f"{path}.metric", metric, known.metrics)
        case _:
            survey = str(getattr(source, "survey", ""))
            if survey not in known.surveys:
                yield _unknown(f"{path}.survey", survey, known.surveys)


def _unknown(path: str, code: str, possible: Collection[str]) -> Fault:
    if code == UNCHOSEN:
        return Fault(path, N_("Choose what is measured here, or remove the measure."))
    message = N_("“%(code)s” is not known. Possible are: %(possible)s.")
    return Fault(path, message, {"code": code, "possible": ", ".join(sorted(possible)) or "–"})


def _gate(path: str, gate: GateTerms, known: Known) -> Iterator[Fault]:
    yield from _source(f"{path}.source", gate.source, known)
    if gate.effect == "multiply" and not 0 < gate.factor < 1:
        yield Fault(f"{path}.factor", N_("Give the part that remains, above 0 and below 1, such as 0.9."))


def _amounts(terms: Terms) -> Iterator[Fault]:
    if not 0 <= terms.floor <= 100 <= terms.cap:
        yield Fault("cap", N_("The cap is at least 100 and the floor at most 100: a target that is reached pays."))
    highest = max(measure.pay_at_stretch for measure in terms.measures)
    if terms.cap < Decimal(100) or highest < 100:
        yield Fault("measures", N_("No measure pays 100: nobody could reach the target amount."))


def _reasons(terms: Terms) -> Iterator[Fault]:
    """Targets come with what they were set against, or nobody can explain them."""
    if not terms.baseline:
        yield Fault("baseline", N_("Say which past period the targets were set against."))
    if not terms.margin_of_error:
        yield Fault("margin_of_error", N_("Say how wide the margin of error is, and that the targets lie outside it."))
