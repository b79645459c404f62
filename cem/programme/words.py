"""How numbers of the programme are written."""

from cem.programme.criteria import Criterion
from cem.programme.evidence.found import Found
from cem.rewards.periods import RewardPeriod
from metrics import Estimate, proportion
from surveys.languages import N_, Language

SCORE_NAMES = {
    0: N_("absent"),
    1: N_("ad hoc, depends on one person"),
    2: N_("defined, followed in some units"),
    3: N_("followed everywhere, measured, reviewed"),
    4: N_("improves results demonstrably, corrects itself"),
}


def write_score(language: Language, score: float | None) -> str:
    """From 0 to 4, with a half where there is one."""
    if score is None:
        return language.gettext(N_("not assessed"))
    return language.number(score, 0 if score == int(score) else 1)


def write_value(language: Language, value: float, *, is_count: bool) -> str:
    """A percentage with one decimal, or a count."""
    return language.number(value, 0 if value == int(value) else 1) if is_count else language.percent(value, 1)


def write_counted(language: Language, found: Found) -> str:
    """How many of how many; '' where it is not known."""
    if found.numerator is None:
        return ""
    values = {"numerator": language.number(found.numerator), "n": language.number(found.n)}
    return language.fill(N_("%(numerator)s of %(n)s"), values)


def interval_of(found: Found) -> Estimate | None:
    """The interval of a share of what happened to come; none for a share of everything there is."""
    if not found.sample or found.numerator is None or not found.n:
        return None
    return proportion(found.numerator, found.n)


def bands_of(language: Language, criterion: Criterion) -> list[tuple[int, str]]:
    """From which value on each score is given."""
    return [
        (place, write_value(language, lowest, is_count=criterion.is_count))
        for place, lowest in enumerate(criterion.bands, start=1)
    ]


def quarter_name(language: Language, code: str) -> str:
    """A quarter as people call it."""
    return RewardPeriod.parse(code).label(language)
