"""The planner: how many answers a question needs, and what the answers that usually come can show.

A wanted margin or change is in the KPI's own units: points of NPS, percentage points of CSAT, points of the scale.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cem.quality.repeats import CLUSTERED, read_repeats
from cem.scorecards.choices import Choice
from cem.scorecards.kpis import Kpi
from cem.scorecards.privacy import MINIMUM
from metrics import (
    Histogram,
    SampleSize,
    detectable_nps,
    mean_sample,
    nps_sample,
    share_sample,
    two_mean_sample,
    two_nps_sample,
    two_share_sample,
)
from metrics.averages import worth_of
from metrics.net_promoter import net_groups
from metrics.quantiles import normal_quantile
from metrics.sampling.sizes import nps_variance
from surveys.languages import ascii_digits
from surveys.models import Invitation, Response
from surveys.questionnaire import Questionnaire
from surveys.tallies import Cell, Periods, read

MARGIN, CHANGE = "margin", "change"
MONTHS = (1, 2, 3, 6, 12)
# The answers at which the curve is drawn: from a team's week to a company's year.
CURVE = (10, 15, 20, 30, 50, 75, 100, 150, 200, 300, 500, 750, 1000, 1500, 2000, 3000, 5000, 10_000)
LARGEST = 1e9


@dataclass(frozen=True)
class Assumed:
    """What is planned for. Shares and the response rate are in percent; `monthly` is how many answers come."""

    size: float
    goal: str = MARGIN
    promoters: float = 50.0
    detractors: float = 50.0
    share: float = 50.0
    deviation: float = 1.0
    population: float | None = None
    deff: float = 1.0
    rate: float | None = None
    monthly: float | None = None


@dataclass(frozen=True)
class Seen:
    """What so many months of answers show: the KPI's margin, and the change that is seen against as many before."""

    months: int
    answers: float
    margin: float
    change: float


@dataclass(frozen=True)
class Plan:
    """`needed` is per period where a change is to be seen; `months` after which it is, at the answers that come."""

    needed: SampleSize
    months: int | None
    seen: tuple[Seen, ...]
    curve: tuple[tuple[int, float], ...]


def suppose(kpi: Kpi) -> Assumed:
    """What is planned for where nothing is known: the answers that vary most."""
    low, high = kpi.bounds
    return Assumed(size={"nps": 5.0, "csat": 3.0}.get(kpi.kind, 0.2), deviation=(high - low) / 4)


def assume(reader: Session, choice: Choice, kpi: Kpi, questionnaire: Questionnaire) -> Assumed:
    """What the survey's own answers suggest; the worst case where there are too few."""
    period = Periods((choice.period.start,), choice.period.end)
    answers = read(reader, choice.where(), [kpi.series], period).get(Cell(kpi.series, 0), Histogram())
    usual = replace(suppose(kpi), rate=_rate(reader, choice))
    if answers.n < MINIMUM:
        return usual
    average, groups = worth_of(kpi.known_as, [answers], kpi.scale).average(answers), net_groups(answers)
    repeats = read_repeats(reader, choice, kpi, questionnaire)
    usual = replace(
        usual,
        deff=round(repeats[CLUSTERED].deff or 1.0, 2) if repeats else 1.0,
        monthly=round(answers.n / choice.period.months),
        promoters=_percent(groups.promoters / groups.n),
        detractors=_percent(groups.detractors / groups.n),
    )
    if average is None:
        return usual
    share = average.mean / 100 if kpi.kind == "csat" else 0.5
    return replace(usual, share=_percent(share), deviation=round(math.sqrt(average.variance) or 0.1, 2))


def _percent(share: float) -> float:
    """Rounded, for a form: nobody plans with decimals, and a plan must not be a way to read a small group."""
    return float(round(100 * share))


def _rate(reader: Session, choice: Choice) -> float | None:
    """The percentage of the survey's invitations that were answered."""
    of_survey = Invitation.survey_id == choice.survey_id
    invited = reader.scalar(select(func.count()).select_from(Invitation).where(of_survey)) or 0
    answered = select(func.count()).select_from(Invitation).where(of_survey)
    same = (Response.survey_id == Invitation.survey_id) & (Response.response_id == Invitation.invitation_id)
    answered = answered.join(Response, same)
    return float(max(1, round(100 * (reader.scalar(answered) or 0) / invited))) if invited >= MINIMUM else None


def parse(asked: Mapping[str, str], usual: Assumed) -> Assumed:
    """What a form asks for; ValueError where a number is none or cannot be."""

    def number(name: str, low: float, high: float, empty: float | None) -> float | None:
        text = ascii_digits(asked.get(name, "")).replace(",", "").strip().rstrip("%٪")
        if not text:
            return empty if name not in asked else None
        if not low <= (value := float(text)) <= high:
            raise ValueError(name)
        return value

    def needed(name: str, low: float, high: float, empty: float) -> float:
        value = number(name, low, high, empty)
        return empty if value is None else value

    return Assumed(
        size=needed("size", 0.01, 200, usual.size),
        goal=CHANGE if asked.get("goal") == CHANGE else MARGIN,
        promoters=needed("promoters", 0, 100, usual.promoters),
        detractors=needed("detractors", 0, 100, usual.detractors),
        share=needed("share", 0, 100, usual.share),
        deviation=needed("deviation", 0.01, 10, usual.deviation),
        population=number("population", 1, LARGEST, usual.population),
        deff=needed("deff", 1, 100, usual.deff),
        rate=number("rate", 0.1, 100, usual.rate),
        monthly=number("monthly", 1, LARGEST, usual.monthly),
    )


def plan(kpi: Kpi, assumed: Assumed) -> Plan:
    """How many answers are needed, and what those that come can show; ValueError where it cannot be planned."""
    sd = deviation(kpi, assumed)
    if not sd > 0:
        raise ValueError("what does not vary needs no sample")
    needed = _for_margin(kpi, assumed) if assumed.goal == MARGIN else _for_change(kpi, assumed)
    months = math.ceil(needed.n / assumed.monthly) if assumed.monthly else None
    seen = (
        tuple(
            Seen(n, n * assumed.monthly, margin_of(sd, n * assumed.monthly, assumed), _change(sd, n, assumed))
            for n in MONTHS
        )
        if assumed.monthly
        else ()
    )
    most = assumed.population or LARGEST
    return Plan(needed, months, seen, tuple((n, margin_of(sd, n, assumed)) for n in CURVE if n <= most))


def deviation(kpi: Kpi, assumed: Assumed) -> float:
    """The standard deviation of one answer, in the KPI's units."""
    match kpi.kind:
        case "nps":
            return 100 * math.sqrt(nps_variance(assumed.detractors / 100, assumed.promoters / 100))
        case "csat":
            return math.sqrt(assumed.share * (100 - assumed.share))
        case _:
            return assumed.deviation


def margin_of(sd: float, n: float, assumed: Assumed) -> float:
    """Half the interval of n answers, in the KPI's units."""
    rest = 1 - min(n, assumed.population) / assumed.population if assumed.population else 1.0
    return normal_quantile(0.95) * sd * math.sqrt(assumed.deff * rest / n)


def _change(sd: float, months: int, assumed: Assumed) -> float:
    n = months * (assumed.monthly or 0) / assumed.deff
    return (detectable_nps(n, n, (sd * sd, sd * sd)) or 0) / 100


def _for_margin(kpi: Kpi, assumed: Assumed) -> SampleSize:
    rate = assumed.rate / 100 if assumed.rate else None
    others = {"population": assumed.population, "deff": assumed.deff, "response_rate": rate}
    match kpi.kind:
        case "nps":
            return nps_sample(assumed.size, assumed.detractors / 100, assumed.promoters / 100, **others)  # type: ignore[arg-type]
        case "csat":
            # Wilson's, which is the interval that will be shown.
            return share_sample(assumed.size / 100, assumed.share / 100, method="wilson", **others)  # type: ignore[arg-type]
        case _:
            return mean_sample(assumed.size, assumed.deviation, **others)  # type: ignore[arg-type]


def _for_change(kpi: Kpi, assumed: Assumed) -> SampleSize:
    """Answers in each of the two periods."""
    match kpi.kind:
        case "nps":
            variance = nps_variance(assumed.detractors / 100, assumed.promoters / 100)
            exact = two_nps_sample(assumed.size, (variance, variance)).exact
        case "csat":
            # Whichever direction there is room for.
            share, apart = assumed.share / 100, assumed.size / 100
            exact = two_share_sample(share, share + apart if share + apart <= 1 else share - apart).exact
        case _:
            exact = two_mean_sample(assumed.size / assumed.deviation).exact
    whole = math.ceil(exact * assumed.deff - 1e-9)
    invitations = math.ceil(100 * whole / assumed.rate - 1e-9) if assumed.rate else None
    return SampleSize(exact * assumed.deff, whole, invitations)
