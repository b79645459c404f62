"""Each KPI in one plain sentence: what it is, how sure that is, and whether its change is real."""

from cem.scorecards.courses import Course
from cem.scorecards.periods import Period
from cem.scorecards.privacy import MINIMUM
from cem.scorecards.tiles import Tile
from surveys.languages import N_, Language

HIDDEN = N_("%(kpi)s: fewer than %(minimum)s answers here or beside it, so nothing is shown.")
FEW = N_("%(kpi)s: not enough data yet, %(n)s of at least %(enough)s answers.")
ENOUGH = 10

STATE = N_("%(kpi)s is %(value)s, between %(low)s and %(high)s; %(change)s.")
ALONE = N_("there is too little before it to compare with")
SAME = N_("the same as in %(before)s")
HIGHER = N_("%(size)s higher than in %(before)s")
LOWER = N_("%(size)s lower than in %(before)s")
REAL = N_("%(change)s: real, not noise")
NOT_PROVEN = N_("%(change)s: not proven, it may be chance")


def sentence(language: Language, tile: Tile, period: Period) -> str:
    kpi, estimate = tile.kpi, tile.estimate
    name = kpi.short_name(language)
    if estimate is None:
        return language.fill(HIDDEN, {"kpi": name, "minimum": MINIMUM})
    if not estimate.enough() or estimate.value is None or estimate.low is None or estimate.high is None:
        return language.fill(FEW, {"kpi": name, "n": language.number(estimate.n), "enough": ENOUGH})
    values = {
        "kpi": name,
        "value": kpi.write(language, estimate.value, tile.places),
        "low": kpi.write(language, estimate.low, tile.places),
        "high": kpi.write(language, estimate.high, tile.places),
        "change": _verdict(language, tile, period),
    }
    return language.fill(STATE, values)


def change_in_words(language: Language, tile: Tile, period: Period) -> str:
    """How the KPI moved, without saying whether that is real."""
    difference = tile.change.difference if tile.change else None
    if difference is None:
        return language.gettext(ALONE)
    size = tile.kpi.write_size(language, difference, tile.places)
    said = SAME if not round(difference, tile.places) else HIGHER if difference > 0 else LOWER
    return language.fill(said, {"size": size, "before": period.before(language)})


def _verdict(language: Language, tile: Tile, period: Period) -> str:
    words = change_in_words(language, tile, period)
    if tile.change is None or not round(tile.change.difference or 0, tile.places):
        return words
    return language.fill(REAL if tile.real else NOT_PROVEN, {"change": words})


LIMITS = N_(
    "The dotted lines are the control limits: where the months usually lie, reckoned from the %(n)s months before the"
    " period."
)
NO_LIMITS = N_("There are no control limits yet: they need at least 12 months with answers.")
WANDERS = N_("The months wander more than chance would let them.")
OUTSIDE = N_("Outside them: %(months)s.")
IN_A_ROW = N_("Eight or more in a row on one side of the middle, up to %(month)s.")


def course_in_words(language: Language, course: Course) -> str:
    """What the control chart says of the months, in words."""
    if course.chart.reason is not None:
        said = [language.gettext(NO_LIMITS)]
        return " ".join([*said, language.gettext(WANDERS)] if course.chart.run.shifted else said)
    said = [language.fill(LIMITS, {"n": course.baseline})]
    places = range(len(course.points))
    outside = [language.month(course.points[place].month) for place in places if course.signal(place) == "outside"]
    runs = [language.month(course.points[place].month) for place in places if course.signal(place) == "run"]
    if outside:
        said.append(language.fill(OUTSIDE, {"months": ("، " if language.persian else ", ").join(outside)}))
    if runs:
        said.append(language.fill(IN_A_ROW, {"month": runs[-1]}))
    return " ".join(said)
