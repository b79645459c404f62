"""How many people have which share of the target: a picture with its table."""

from itertools import pairwise

from cem.rewards.shares import BANDS, Shares
from cem.scorecards.figures import BLUE, Figure, figure, isolated
from surveys.languages import N_, Language


def bands_figure(language: Language, shares: Shares) -> Figure | None:
    """None where nobody has a score that may be shown."""
    if not shares.people:
        return None
    names = band_names(language)
    portions = [language.percent(100 * n / shares.people) for n in shares.bands]
    numbers = [language.number(n) for n in shares.bands]
    told = [
        language.fill(N_("%(band)s: %(n)s people, %(share)s"), {"band": band, "n": n, "share": share})
        for band, n, share in zip(names, numbers, portions, strict=True)
    ]
    bars = {
        "type": "bar",
        "x": list(range(len(names))),
        "y": list(shares.bands),
        "marker": {"color": BLUE},
        "text": [isolated(language, n) for n in numbers],
        "textposition": "outside",
        "cliponaxis": False,
        "hoverinfo": "text",
        "hovertext": [isolated(language, text) for text in told],
    }
    ends = [-0.6, len(names) - 0.4]
    drawing = figure(
        language,
        [bars],
        x={
            "ticks": [(place, _two_lines(name)) for place, name in enumerate(names)],
            "range": ends[::-1] if language.persian else ends,
        },
        y={"visible": False, "range": [0, 1.15 * max(shares.bands)]},
        bargap=0.3,
    )
    head = tuple(map(language.gettext, (N_("Score"), N_("People"), N_("Share"))))
    rows = tuple(zip(names, numbers, portions, strict=True))
    return Figure("bands", drawing, language.gettext(N_("People by score, in percent of the target")), head, rows)


def band_names(language: Language) -> list[str]:
    """0, below 50, 50 to 80 and so on."""
    low, *middle, high = BANDS
    percents = [language.percent(end) for end in (*middle, high)]
    between = [language.fill(N_("%(low)s to %(high)s"), {"low": low, "high": high}) for low, high in pairwise(percents)]
    below = language.fill(N_("below %(high)s"), {"high": percents[0]})
    return [language.percent(low - 1), below, *between, language.fill(N_("from %(low)s"), {"low": percents[-1]})]


def _two_lines(name: str) -> str:
    """Six names stand beside each other on a phone."""
    return "<br>".join(name.rsplit(" ", 1))
