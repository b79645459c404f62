"""Figures are documents that plotly accepts, safe to show and right in Persian."""

import json
from datetime import date

import plotly.graph_objects as go
import pytest

from cem.scorecards.drawings import distribution_figure
from cem.scorecards.figures import steps
from cem.scorecards.kpis import Kpi
from cem.scorecards.scorecard import Point, Tile
from cem.scorecards.sketches import runs, sketch
from cem.scorecards.trends import trend_figure
from metrics import Histogram
from surveys.languages import Month, language

KPIS = [
    Kpi("nps", "nps", {"en": "Recommend?"}, range(11)),
    Kpi("csat", "csat", {"en": "Satisfied?"}, range(1, 6)),
    Kpi("ces", "ces", {"en": "Easy?"}, range(1, 8)),
    Kpi("staff", "mean", {"en": "Staff?"}, range(1, 11)),
]
GAP = {4, 9, 10}


def a_tile(kpi: Kpi, target: float | None = None) -> Tile:
    answers = Histogram([20 if score in kpi.points else 0 for score in range(11)])
    trend = []
    for n in range(12):
        month = Histogram([n + 5 if score in kpi.points else 0 for score in range(11)])
        trend.append(Point(Month(1403, 9).plus(n), None if n in GAP else kpi.estimate(month)))
    return Tile(kpi, kpi.estimate(answers), answers, None, target, tuple(trend))


@pytest.mark.parametrize("code", ["fa", "en"])
@pytest.mark.parametrize("kpi", KPIS, ids=lambda kpi: kpi.kind)
@pytest.mark.parametrize("target", [None, 4.0])
def test_plotly_accepts_them(code: str, kpi: Kpi, target: float | None) -> None:
    """Every drawing is valid JSON and a valid figure, and cannot send data away."""
    for one in (trend_figure(language(code), a_tile(kpi, target)), distribution_figure(language(code), a_tile(kpi))):
        assert one is not None
        drawing = json.loads(json.dumps(one.drawing, allow_nan=False))

        go.Figure(data=drawing["data"], layout=drawing["layout"]).to_dict()
        assert drawing["config"]["showSendToCloud"] is False
        assert drawing["config"]["plotlyServerURL"] == ""
        assert "http" not in json.dumps(drawing)


@pytest.mark.parametrize("kpi", KPIS, ids=lambda kpi: kpi.kind)
def test_persian_texts(kpi: Kpi) -> None:
    """Each text is isolated right-to-left, without a Latin digit; the value axis is on the right."""
    trend, distribution = (
        trend_figure(language("fa"), a_tile(kpi, 4.0)),
        distribution_figure(language("fa"), a_tile(kpi)),
    )
    assert trend is not None
    assert distribution is not None
    for one in (trend, distribution):
        layout = one.drawing["layout"]
        texts = [*layout["xaxis"]["ticktext"], *layout["yaxis"]["ticktext"]]
        texts += [note["text"] for note in layout.get("annotations", ())]
        for trace in one.drawing["data"]:
            texts += [*trace.get("hovertext", ()), *trace.get("text", ())]

        assert texts
        assert all(line[0] == "\u2067" and line[-1] == "\u2069" for text in texts for line in text.split("<br>"))
        assert not any(c in "0123456789" for text in texts for c in text)
        assert layout["yaxis"]["side"] == "right"
    assert distribution.drawing["layout"]["xaxis"]["range"][0] > distribution.drawing["layout"]["xaxis"]["range"][1]
    assert trend.drawing["layout"]["xaxis"]["ticktext"][-1].startswith("\u2067آبان\u2069")


def test_the_table_has_the_figures_numbers() -> None:
    """One row a month and a score; a month that is hidden says so and gives no number."""
    trend, distribution = (
        trend_figure(language("en"), a_tile(KPIS[0])),
        distribution_figure(language("en"), a_tile(KPIS[0])),
    )
    assert trend is not None
    assert distribution is not None

    assert len(trend.rows) == 12
    assert trend.rows[4][1:] == ("too few answers", "", "")
    assert trend.drawing["data"][1]["y"][4] is None
    assert [row[0] for row in distribution.rows] == [str(score) for score in range(11)]
    assert {row[1].strip("\u2066\u2069") for row in distribution.rows} == {"20"}


def test_a_line_does_not_bridge_what_nobody_knows() -> None:
    """Band and strokes stop before a month without enough answers; a lone month has no stroke."""
    tile = a_tile(KPIS[0])
    drawn = sketch(tile.trend)
    trend = trend_figure(language("en"), tile)

    assert [len(run) for run in runs(tile.trend)] == [4, 4, 1]
    assert drawn is not None
    assert len(drawn.lines) == len(drawn.bands) == 2
    assert trend is not None
    assert trend.drawing["data"][0]["x"].count(None) == 3


def test_nothing_to_draw() -> None:
    """Without a month with enough answers there is no trend, without enough answers no distribution."""
    few = KPIS[0].estimate(Histogram([7]))
    tile = Tile(KPIS[0], few, Histogram([7]), None, None, (Point(Month(1404, 1), few),))

    assert trend_figure(language("en"), tile) is None
    assert distribution_figure(language("en"), tile) is None
    assert sketch(tile.trend) is None


def test_months_start_on_their_own_first_day() -> None:
    """A Jalali month stands where it begins, not where a Gregorian one does."""
    trend = trend_figure(language("fa"), a_tile(KPIS[0]))
    assert trend is not None

    assert trend.drawing["data"][1]["x"][0] == date(2024, 11, 21).isoformat()


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(-10, 40, [0, 20, 40]), (61, 79, [65, 70, 75]), (5.25, 5.43, [5.25, 5.3, 5.35, 5.4]), (0, 0, [0])],
)
def test_round_steps(low: float, high: float, expected: list[float]) -> None:
    """An axis counts in ones, twos and fives, and its ticks lie on it."""
    assert [value for value, _ in steps(low, high)] == expected
