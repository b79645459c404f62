"""Findings of what stands out: units far from the others, months that dip every year, lasting problems, bursts."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from scipy.special import pdtrc

from cem.scorecards.findings.finding import Finding, Test
from cem.scorecards.findings.scene import FEWEST, Scene
from cem.scorecards.privacy import hidden
from metrics import Estimate, Histogram
from metrics.averages import Average
from metrics.quantiles import normal_p
from metrics.shrinkage.small_units import FEWEST as FEWEST_UNITS
from surveys.languages import ENGLISH_MONTHS, N_, PERSIAN_MONTHS, Language, Month
from surveys.questionnaire import Text

# Fewer suspect answers on a day are not a burst, however quiet the other days were.
SMALLEST_BURST = 20
# How far the months around a month reach, on either side.
AROUND = 2
# How many standard errors a month must lie off in each single year.
ONCE = 1.96


@dataclass(frozen=True, kw_only=True)
class Outlier(Finding):
    """A unit far from all others at the same touchpoint. What is too good is a question before it is a success."""

    kind = "outlier"
    unit: str
    touchpoint: str
    names: Text
    place: Text
    value: float
    others: float
    tops: float
    tops_others: float
    piled: tuple[float, float] | None = None

    def sentence(self, language: Language) -> str:
        values = {
            "kpi": self.kpi.short_name(language),
            "unit": language.own(self.names),
            "place": language.own(self.place),
            "value": self.kpi.write(language, self.value),
            "others": self.kpi.write(language, self.others),
            "tops": language.percent(self.tops),
            "tops_others": language.percent(self.tops_others),
        }
        if self.value < self.others:
            return language.fill(_LOW, values)
        text = language.fill(_HIGH, values)
        if self.piled is None:
            return text
        own, rest = (language.percent(share) for share in self.piled)
        return f"{text} {language.fill(_PILED, {'own': own, 'rest': rest})}"


_LOW = N_(
    "“%(unit)s” stands far below the other units at “%(place)s”: %(kpi)s %(value)s, the others together %(others)s."
)
_HIGH = N_(
    "“%(unit)s” stands far above the other units at “%(place)s”: %(kpi)s %(value)s, the others together %(others)s. Ask"
    " before you praise: %(tops)s of its answers give the top score, elsewhere %(tops_others)s."
)
_PILED = N_("%(own)s of its answers came on the last three days of a month, elsewhere %(rest)s.")


@dataclass(frozen=True, kw_only=True)
class Season(Finding):
    """A calendar month that differs from the months around it in every year that is known."""

    kind = "season"
    months: tuple[Month, ...]
    values: tuple[float, ...]
    around: float

    def sentence(self, language: Language) -> str:
        month = self.months[0]
        name = (PERSIAN_MONTHS if month.year < 1700 else ENGLISH_MONTHS)[month.month - 1]
        values = {
            "kpi": self.kpi.short_name(language),
            "month": name,
            "first": self.kpi.write(language, self.values[0]),
            "second": self.kpi.write(language, self.values[-1]),
            "around": self.kpi.write(language, self.around),
        }
        return language.fill(_HIGHER if self.rise else _LOWER, values)


_LOWER = N_(
    "%(kpi)s is lower each %(month)s: %(first)s and %(second)s, with %(around)s in the months around. Compare"
    " %(month)s with %(month)s of the year before, not with the month before."
)
_HIGHER = N_(
    "%(kpi)s is higher each %(month)s: %(first)s and %(second)s, with %(around)s in the months around. Compare"
    " %(month)s with %(month)s of the year before, not with the month before."
)


@dataclass(frozen=True, kw_only=True)
class Standing(Finding):
    """A place that is bad all the time."""

    kind = "standing"
    place: Text | None
    estimate: Estimate
    middle: float
    below: int
    months: int

    def sentence(self, language: Language) -> str:
        values = {
            "kpi": self.kpi.short_name(language),
            "place": language.own(self.place) if self.place else "",
            "below": self.below,
            "months": self.months,
            "middle": self.kpi.write(language, self.middle),
            "value": self.kpi.write(language, self.estimate.value or 0),
            "high": self.kpi.write(language, self.estimate.high or 0),
        }
        return language.fill(_STANDING if self.place else _STANDING_HERE, values)


_STANDING = N_(
    "“%(place)s” is a standing problem: %(kpi)s was below %(middle)s in %(below)s of %(months)s months and is %(value)s"
    " now, at best %(high)s."
)
_STANDING_HERE = N_(
    "This is a standing problem: %(kpi)s was below %(middle)s in %(below)s of %(months)s months and is %(value)s now,"
    " at best %(high)s."
)


@dataclass(frozen=True, kw_only=True)
class Burst(Finding):
    """Many suspect answers on one day, and what they would have done had they been counted."""

    kind = "burst"
    day: date
    n: int
    without: float
    with_them: float

    def sentence(self, language: Language) -> str:
        values = {
            "kpi": self.kpi.short_name(language),
            "day": language.date(self.day),
            "n": language.number(self.n),
            "with": self.kpi.write(language, self.with_them),
            "without": self.kpi.write(language, self.without),
        }
        return language.fill(
            N_(
                "On %(day)s alone %(n)s suspect answers arrived. They are left out; with them %(kpi)s would be %(with)s"
                " instead of %(without)s."
            ),
            values,
        )


def find_outliers(scene: Scene) -> Iterator[Test]:
    """At each touchpoint, the units against all others there, as a funnel would show them."""
    now = scene.cells[1]
    for touchpoint in sorted({at for at, _ in now}):
        groups = {unit: h for (at, unit), h in now.items() if at == touchpoint}
        closed = hidden({unit: h.n for unit, h in groups.items()})
        groups = {unit: h for unit, h in groups.items() if unit not in closed and h.n >= FEWEST}
        if len(groups) < FEWEST_UNITS or (funnel := scene.kpi.funnel(groups)) is None:
            continue
        spread = math.sqrt(funnel.dispersion) if funnel.widened else 1.0
        for unit, placed in zip(groups, funnel.units, strict=True):
            if placed is not None:
                yield _outlier(scene, touchpoint, unit, groups, placed.z / spread)


def _outlier(scene: Scene, touchpoint: str, unit: str, groups: Mapping[str, Histogram], z: float) -> Test:
    def make() -> Finding | None:
        own, rest = groups[unit], sum((h for code, h in groups.items() if code != unit), Histogram())
        value, others = scene.kpi.estimate(own).value, scene.kpi.estimate(rest).value
        if value is None or others is None:
            return None
        top = scene.kpi.points[-1]
        return Outlier(
            kpi=scene.kpi,
            size=abs(value - others) / scene.span,
            rise=None if value > others else False,
            link=(("touchpoint", touchpoint), ("unit", unit)),
            unit=unit,
            touchpoint=touchpoint,
            names=scene.unit(unit),
            place=scene.touchpoint(touchpoint),
            value=value,
            others=others,
            tops=100 * own.counts[top] / own.total,
            tops_others=100 * rest.counts[top] / rest.total,
        )

    return Test(normal_p(z), make)


def find_seasons(scene: Scene) -> Iterator[Test]:
    """Each calendar month that is known twice, against the two months on either side of it."""
    averages = [scene.kpi.average(h) for h in scene.months]
    places: dict[int, list[int]] = {}
    for place, month in enumerate(scene.drawn):
        if (average := averages[place]) and average.n >= FEWEST:
            places.setdefault(month.month, []).append(place)
    for found in places.values():
        if len(found) > 1:
            yield _season(scene, found, averages)


def _season(scene: Scene, places: Sequence[int], averages: Sequence[Average | None]) -> Test:
    around = [[p for p in range(place - AROUND, place + AROUND + 1) if p != place] for place in places]
    near = [
        scene.kpi.average(sum((scene.months[p] for p in row if 0 <= p < len(averages)), Histogram())) for row in around
    ]
    gaps = [_gap(averages[place], other) for place, other in zip(places, near, strict=True)]
    # It has to differ in each of the years, the same way; then the years add up to one test, as Stouffer's.
    alike = (all(z > 0 for z in gaps) or all(z < 0 for z in gaps)) and min(map(abs, gaps)) > ONCE
    together = sum(gaps) / math.sqrt(len(gaps))

    def make() -> Finding | None:
        values = [a.mean for place in places if (a := averages[place])]
        others = [a.mean for a in near if a]
        level = sum(others) / len(others)
        return Season(
            kpi=scene.kpi,
            size=abs(sum(values) / len(values) - level) / scene.span,
            rise=gaps[0] > 0,
            months=tuple(scene.drawn[place] for place in places),
            values=tuple(values),
            around=level,
        )

    return Test(normal_p(together) if alike else 1.0, make)


def _gap(a: Average | None, b: Average | None) -> float:
    """How many standard errors the first lies above the second."""
    if a is None or b is None or not a.variance + b.variance:
        return 0.0
    return (a.mean - b.mean) / math.sqrt(a.variance / a.n + b.variance / b.n)


def find_standing(scene: Scene) -> Iterator[Test]:
    """Each touchpoint, or the one that is chosen, against the line below which more is wrong than right."""
    before, now = scene.touchpoints
    for code in sorted(before.keys() & now.keys()):
        if min(before[code].n, now[code].n) < FEWEST:
            continue
        halves = [scene.kpi.average(half[code]) for half in (before, now)]
        gaps = [(a.mean - scene.kpi.middle) / math.sqrt(a.variance / a.n) if a and a.variance else 0.0 for a in halves]
        yield _standing(scene, code, now[code], gaps)


def _standing(scene: Scene, code: str, now: Histogram, gaps: Sequence[float]) -> Test:
    def make() -> Finding | None:
        estimate, row = scene.kpi.estimate(now), scene.open_months(scene.history.touchpoints[code])
        if estimate.high is None or estimate.high >= scene.kpi.middle:
            return None
        known = [a.mean < scene.kpi.middle for a in map(scene.kpi.average, row) if a]
        return Standing(
            kpi=scene.kpi,
            size=(scene.kpi.middle - (estimate.value or 0)) / scene.span,
            rise=False,
            link=() if scene.choice.touchpoint else (("touchpoint", code),),
            place=None if scene.choice.touchpoint else scene.touchpoint(code),
            estimate=estimate,
            middle=scene.kpi.middle,
            below=sum(known),
            months=len(known),
        )

    return Test(max(map(normal_p, gaps)) if all(z < 0 for z in gaps) else 1.0, make)


def find_burst(scene: Scene) -> Iterator[Test]:
    """The day with the most suspect answers, against the rate of all other days."""
    days = {day: h for day, h in scene.suspects.items() if h.n}
    if not days:
        return
    day, answers = max(days.items(), key=lambda row: row[1].n)
    n, length = answers.n, (scene.choice.period.end - scene.choice.period.start).days
    usual = (sum(h.n for h in days.values()) - n + 1) / max(length - 1, 1)
    p = min(1.0, float(pdtrc(n - 1, usual)) * length) if n >= SMALLEST_BURST else 1.0
    now = sum(scene.cells[1].values(), Histogram())

    def make() -> Finding | None:
        without, with_them = scene.kpi.estimate(now).value, scene.kpi.estimate(now + answers).value
        if without is None or with_them is None:
            return None
        return Burst(
            kpi=scene.kpi,
            size=abs(without - with_them) / scene.span,
            day=day,
            n=int(n),
            without=without,
            with_them=with_them,
        )

    yield Test(p, make)
