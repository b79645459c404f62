"""Mix or within: did a KPI move because its parts did, or because other parts have more of the answers?"""

from collections.abc import Iterator
from dataclasses import dataclass

from cem.scorecards.findings.finding import Finding, Test
from cem.scorecards.findings.scene import Scene
from metrics import Decomposition, Histogram
from metrics.comparisons.decomposition import Part
from metrics.quantiles import normal_p, normal_quantile
from surveys.languages import N_, Language
from surveys.questionnaire import Text

# A place that holds fewer percent of the answers more or less than before has not moved.
MOVED = 2.0


@dataclass(frozen=True, kw_only=True)
class Mixed(Finding):
    """The total moved because other places had more of the answers; `against` where the places moved the other way."""

    kind = "mix"
    change: float
    mix: Part
    within: Part
    left: tuple[Text, float, float]
    joined: tuple[Text, float, float]
    against: bool
    everywhere: bool

    def sentence(self, language: Language) -> str:
        rose = self.change > 0
        values = {
            "kpi": self.kpi.short_name(language),
            "size": self.kpi.write_gain(language, self.change),
            "mix": self.kpi.write_gain(language, self.mix.value),
            "within": self.kpi.write_gain(language, self.within.value),
            "from": language.own(self.left[0]),
            "to": language.own(self.joined[0]),
        }
        for name, (_, before, after) in (("left", self.left), ("joined", self.joined)):
            values |= {f"{name}_before": language.percent(before), f"{name}_after": language.percent(after)}
        return language.fill(_MIXED[self.against, self.everywhere and self.against, rose], values)


_MIXED = {
    (True, True, False): N_(
        "%(kpi)s fell by %(size)s although every one of its parts rose (together by %(within)s): customers moved from"
        " “%(from)s” (%(left_before)s of the answers before, %(left_after)s now) to “%(to)s” (%(joined_before)s before,"
        " %(joined_after)s now). The mix, not the service, took %(mix)s."
    ),
    (True, True, True): N_(
        "%(kpi)s rose by %(size)s although every one of its parts fell (together by %(within)s): customers moved from"
        " “%(from)s” (%(left_before)s of the answers before, %(left_after)s now) to “%(to)s” (%(joined_before)s before,"
        " %(joined_after)s now). The mix, not the service, gave %(mix)s."
    ),
    (True, False, False): N_(
        "%(kpi)s fell by %(size)s although its parts rose together by %(within)s: customers moved from “%(from)s”"
        " (%(left_before)s of the answers before, %(left_after)s now) to “%(to)s” (%(joined_before)s before,"
        " %(joined_after)s now). The mix, not the service, took %(mix)s."
    ),
    (True, False, True): N_(
        "%(kpi)s rose by %(size)s although its parts fell together by %(within)s: customers moved from “%(from)s”"
        " (%(left_before)s of the answers before, %(left_after)s now) to “%(to)s” (%(joined_before)s before,"
        " %(joined_after)s now). The mix, not the service, gave %(mix)s."
    ),
    (False, False, False): N_(
        "The mix of answers alone took %(mix)s from %(kpi)s: customers moved from “%(from)s” (%(left_before)s of the"
        " answers before, %(left_after)s now) to “%(to)s” (%(joined_before)s before, %(joined_after)s now)."
    ),
    (False, False, True): N_(
        "The mix of answers alone gave %(kpi)s %(mix)s: customers moved from “%(from)s” (%(left_before)s of the answers"
        " before, %(left_after)s now) to “%(to)s” (%(joined_before)s before, %(joined_after)s now)."
    ),
}


def split_of(scene: Scene) -> tuple[str, Decomposition | None]:
    """The change of the focus by touchpoint, or by unit where one touchpoint is chosen: the part, and its pieces."""
    before, now = scene.touchpoints
    if len(before.keys() | now.keys()) > 1:
        return "touchpoint", scene.kpi.split(before, now)
    if scene.units:
        groups = {unit: [sum(half.values(), Histogram()) for half in scene.unit_groups(unit)] for unit in scene.units}
        groups = {unit: h for unit, h in groups.items() if h[0].n or h[1].n}
        return "unit", scene.kpi.split({u: h[0] for u, h in groups.items()}, {u: h[1] for u, h in groups.items()})
    return "", None


def find_mix(scene: Scene, part: str, split: Decomposition | None, *, real: bool) -> Iterator[Test]:
    """`real` where the change of the whole is more than chance: only then can its parts contradict it."""
    if split is None or split.mix.low is None or split.mix.high is None or len(split.segments) < 2:
        return
    shifts = {name: piece.after - piece.before for name, piece in split.segments.items()}
    left, joined = min(shifts, key=lambda name: shifts[name]), max(shifts, key=lambda name: shifts[name])
    # Without a real move of answers there is no mix to speak of, however sure its product with the levels looks.
    moved = min(-shifts[left], shifts[joined]) >= MOVED
    against = split.mix.value * split.within.value < 0 and split.change * split.mix.value > 0
    against = against and real and p_of(split.within) < 0.05
    largest = abs(split.mix.value) >= max(abs(split.within.value) / 3, 0.005 * scene.span)

    def make() -> Finding | None:
        if not moved or not (against or largest):
            return None
        name = scene.touchpoint if part == "touchpoint" else scene.unit
        pieces = split.segments
        return Mixed(
            kpi=scene.kpi,
            size=abs(split.mix.value) / scene.span,
            rise=None,
            link=(("by", part),),
            change=split.change if against else split.mix.value,
            mix=split.mix,
            within=split.within,
            left=(name(left), pieces[left].before, pieces[left].after),
            joined=(name(joined), pieces[joined].before, pieces[joined].after),
            against=against,
            everywhere=all(piece.within * split.within.value > 0 for piece in pieces.values()),
        )

    yield Test(p_of(split.mix), make)


def p_of(part: Part) -> float:
    if part.low is None or part.high is None or part.high <= part.low:
        return 1.0
    return normal_p(2 * normal_quantile(0.95) * part.value / (part.high - part.low))
