"""Pictures of quality, each with its table."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from cem.quality.overview import Found
from cem.quality.rules import NAMES
from cem.scorecards.figures import BLUE, GREY, ORANGE, Figure, figure, isolated, steps
from cem.scorecards.periods import Period
from cem.scorecards.trends import month_name
from surveys.languages import N_, Language

COLOURS = (BLUE, ORANGE, GREY, "#8f6bb8", "#2f9e8f", "#b8860b", "#c0567a", "#6b8e23")
# The days with the most signals; a table of a whole year tells nothing.
MOST_DAYS = 40


def signal_name(language: Language, signal: str) -> str:
    return language.gettext(NAMES[signal]) if signal in NAMES else signal


def days_figure(language: Language, found: Found, period: Period) -> Figure | None:
    """How many answers showed a signal on each day; None where none did."""
    if not found.days:
        return None
    days, highest = list(found.days), max(counts.total() for counts in found.days.values())
    data: list[dict[str, Any]] = [
        {
            "type": "bar",
            "x": [day.isoformat() for day in days],
            "y": [found.days[day][signal] for day in days],
            # A bar of one day is thinner than a pixel in a year.
            "width": max(1, period.months) * 86_400_000,
            "marker": {"color": COLOURS[place % len(COLOURS)]},
            "hoverinfo": "text",
            "hovertext": [isolated(language, _told(language, day, signal, found.days[day][signal])) for day in days],
        }
        for place, signal in enumerate(found.signals)
    ]
    months = [period.first.plus(n) for n in range(period.months)]
    ticks = [
        (month.first_day.isoformat(), f"{month_name(month)}<br>{language.digits(month.year)}") for month in months[::3]
    ]
    drawing = figure(
        language,
        data,
        x={"type": "date", "ticks": ticks, "range": [period.start.isoformat(), period.end.isoformat()]},
        y={"ticks": [(value, language.number(value)) for value in _whole(highest)], "range": [0, 1.08 * highest]},
        barmode="stack",
        hovermode="closest",
    )
    busiest = sorted(sorted(days, key=lambda day: -found.days[day].total())[:MOST_DAYS])
    head = (language.gettext(N_("Day")), *(signal_name(language, signal) for signal in found.signals))
    rows = tuple(
        (language.date(day), *(language.number(found.days[day][signal]) for signal in found.signals)) for day in busiest
    )
    return Figure("days", drawing, language.gettext(N_("Signals by day")), head, rows)


def _told(language: Language, day: date, signal: str, n: int) -> str:
    return f"{language.date(day)}<br>{signal_name(language, signal)}: {language.number(n)}"


def _whole(highest: float) -> Sequence[int]:
    return sorted({round(value) for value, _ in steps(0, highest)})
