"""An effect in plain words, which claim no more than the numbers do."""

from collections.abc import Iterator

from cem.improvements.effects import EARLY, FEW, MEASURED, NO_KPI, NOT_DONE, Measured
from cem.scorecards.kpis import Kpi
from metrics import Comparison
from surveys.languages import N_, Language

STATES = {
    NOT_DONE: N_("The effect is tested once the improvement is done."),
    NO_KPI: N_("No KPI was named, so there is no effect to test."),
    FEW: N_("There are fewer than ten answers before or after it: nothing can be told."),
}
TOO_EARLY = N_("Too early: come back on %(day)s, when two weeks of answers are there.")
ROSE = N_("%(kpi)s rose by %(size)s (%(low)s to %(high)s); that is more than noise would give.")
FELL = N_("%(kpi)s fell by %(size)s (%(low)s to %(high)s); that is more than noise would give.")
NOISE = N_("%(kpi)s changed by %(signed)s (%(low)s to %(high)s); that may be noise.")
OTHERS_ROSE = N_("Units without the change rose by %(size)s (%(low)s to %(high)s).")
OTHERS_FELL = N_("Units without the change fell by %(size)s (%(low)s to %(high)s).")
OTHERS_NOISE = N_("Units without the change moved by %(signed)s (%(low)s to %(high)s), which may be noise.")
LEFT_PROVEN = N_("What is left is an effect of %(signed)s (%(low)s to %(high)s), which is proven.")
LEFT_NOT_PROVEN = N_("What is left is %(signed)s (%(low)s to %(high)s), which is not proven.")
WITHIN = N_("The expected change of %(signed)s lies within the interval.")
BELOW = N_("A change of %(signed)s was expected: what came is less.")
ABOVE = N_("A change of %(signed)s was expected: what came is more.")
ALONE = N_("Other things may have changed too: without units for comparison nobody can tell them apart.")
ALIKE = N_("This holds if both would have moved alike without the change; no test proves that.")
NO_OTHERS = N_("The units for comparison had too few answers.")


def effect_in_words(language: Language, effect: Measured, *, controls: bool) -> tuple[str, ...]:
    """The sentences of an effect; `controls` whether units for comparison were named."""
    if effect.state == EARLY and effect.back_on is not None:
        return (language.fill(TOO_EARLY, {"day": language.date(effect.back_on)}),)
    if effect.state != MEASURED:
        return (language.gettext(STATES[effect.state]),)
    return tuple(_sentences(language, effect, controls))


def _sentences(language: Language, effect: Measured, controls: bool) -> Iterator[str]:
    kpi, change = effect.kpi, effect.change
    if kpi is None or change is None:
        return
    yield _move(language, kpi, change, (ROSE, FELL, NOISE))
    if effect.others is not None:
        yield _move(language, kpi, effect.others.control_change, (OTHERS_ROSE, OTHERS_FELL, OTHERS_NOISE))
        left = LEFT_PROVEN if effect.significant else LEFT_NOT_PROVEN
        yield language.fill(left, _signed(language, kpi, effect.value, effect.low, effect.high))
    elif controls:
        yield language.gettext(NO_OTHERS)
    if effect.as_expected is not None and effect.expected is not None:
        said = WITHIN if effect.as_expected else BELOW if effect.expected > (effect.high or 0) else ABOVE
        yield language.fill(said, {"signed": write_change(language, kpi, effect.expected)})
    yield language.gettext(ALIKE if effect.others else ALONE)


def write_change(language: Language, kpi: Kpi, value: float) -> str:
    """A change of a KPI with its sign, in its own points."""
    return language.number(value, kpi.places + (abs(value) < 2.5 * 10.0**-kpi.places), signed=True)


def write_interval(language: Language, kpi: Kpi, low: float, high: float) -> str:
    """The ends of a change's interval, with their signs."""
    values = {"low": write_change(language, kpi, low), "high": write_change(language, kpi, high)}
    return language.fill(N_("%(low)s to %(high)s"), values)


def _move(language: Language, kpi: Kpi, change: Comparison, words: tuple[str, str, str]) -> str:
    """A change as a rise, a fall (of which the sizes are told), or as what may be noise."""
    difference, low, high = change.difference, change.low, change.high
    signed = {"kpi": kpi.short_name(language), **_signed(language, kpi, difference, low, high)}
    if not change.significant or difference is None or low is None or high is None:
        return language.fill(words[2], signed)
    ends = sorted((low, high) if difference > 0 else (-low, -high))
    places = kpi.places + (ends[1] < 2.5 * 10.0**-kpi.places)
    sizes = {name: language.number(end, places) for name, end in zip(("low", "high"), ends, strict=True)}
    return language.fill(
        words[difference < 0], {**signed, **sizes, "size": kpi.write_size(language, difference, places)}
    )


def _signed(language: Language, kpi: Kpi, value: float | None, low: float | None, high: float | None) -> dict[str, str]:
    ends = (("signed", value), ("low", low), ("high", high))
    return {name: "–" if end is None else write_change(language, kpi, end) for name, end in ends}
