"""What plotly draws of a scorecard: the trend of a KPI with its band, and how many gave each score."""

from cem.scorecards.figures import BLUE, GREY, ORANGE, Figure, figure, isolated
from cem.scorecards.kpis import Kpi
from cem.scorecards.tiles import Tile
from metrics.net_promoter import DETRACTORS, PASSIVES
from surveys.languages import N_, Language


def distribution_figure(language: Language, tile: Tile) -> Figure | None:
    """How many gave each score; None where too few answered."""
    if not tile.shown:
        return None
    points = tile.kpi.points
    counts = [int(tile.answers.counts[score]) for score in points]
    total = sum(counts)
    shares = [language.percent(100 * count / total, 1) for count in counts]
    told = [
        language.fill(N_("%(score)s: %(n)s answers, %(share)s"), {"score": s, "n": language.number(n), "share": share})
        for s, n, share in zip(points, counts, shares, strict=True)
    ]
    bars = {
        "type": "bar",
        "x": list(points),
        "y": [round(100 * count / total, 3) for count in counts],
        "marker": {"color": [_colour(tile.kpi, score) for score in points]},
        "text": [isolated(language, language.percent(100 * count / total)) for count in counts],
        "textposition": "outside",
        "cliponaxis": False,
        "hoverinfo": "text",
        "hovertext": [isolated(language, text) for text in told],
    }
    ends = [points[0] - 0.6, points[-1] + 0.6]
    scores = {"ticks": [(s, language.digits(s)) for s in points], "range": ends[::-1] if language.persian else ends}
    drawing = figure(
        language,
        [bars],
        x=scores,
        y={"visible": False, "rangemode": "tozero", "range": [0, 115 * max(counts) / total]},
        bargap=0.25,
        uniformtext={"minsize": 9, "mode": "show"},
    )
    rows = tuple(
        (language.digits(score), language.number(count), share)
        for score, count, share in zip(points, counts, shares, strict=True)
    )
    caption = language.fill(N_("%(kpi)s: answers by score"), {"kpi": tile.kpi.name(language)})
    head = tuple(map(language.gettext, (N_("Score"), N_("Answers"), N_("Share"))))
    return Figure("distribution", drawing, caption, head, rows)


def _colour(kpi: Kpi, score: int) -> str:
    if kpi.kind == "nps":
        return ORANGE if score < DETRACTORS.stop else GREY if score < PASSIVES.stop else BLUE
    if kpi.kind == "csat":
        return BLUE if score > kpi.points[-1] - kpi.scale["top"] else GREY
    return BLUE
