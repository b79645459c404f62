"""What is drawn of the outer loop: the causes by how many cases they have, and how many root causes were open when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate
from textwrap import wrap
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from cem.improvements.causes import CauseTree
from cem.improvements.models import RootCause
from cem.improvements.reach import Units
from cem.scorecards.figures import BAND, BLUE, GREY, ORANGE, Figure, figure, isolated, steps
from metrics import proportion
from metrics.comparisons.counts import rank_counts
from surveys.database import day_of
from surveys.languages import N_, Language

# More bars than this cannot be read on a phone; the smallest are told together.
BARS, LINE = 10, 17
WEEKS = 26
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class ParetoBar:
    """A cause with its cases; `band` says between which ranks it lies, None for the rest together."""

    code: str
    name: str
    n: int
    until: int
    band: tuple[int, int] | None


def pareto(language: Language, causes: Mapping[str, int], tree: CauseTree) -> list[ParetoBar]:
    """The causes from the most frequent on, each with how many cases it has with all before it."""
    bands = rank_counts(causes)
    ordered = sorted(causes.items(), key=lambda one: (-one[1], one[0]))
    kept, rest = (ordered, []) if len(ordered) <= BARS else (ordered[: BARS - 1], ordered[BARS - 1 :])
    named: list[tuple[str, str, int, tuple[int, int] | None]] = [
        (code, tree.name(code, language), n, bands[code]) for code, n in kept
    ]
    if rest:
        named.append(("", language.gettext(N_("All others")), sum(n for _, n in rest), None))
    totals = accumulate(n for _, _, n, _ in named)
    return [ParetoBar(code, name, n, until, band) for (code, name, n, band), until in zip(named, totals, strict=True)]


def pareto_figure(language: Language, bars: Sequence[ParetoBar]) -> Figure | None:
    """Bars lie, for names of causes are long; the line adds them up on an axis whose end is all cases."""
    if len(bars) < 2:
        return None
    total = bars[-1].until
    span = [0, total * 1.02]
    counts = [(value, language.number(value)) for value, places in steps(0, total) if not places]
    shares = [(total * share / 100, language.percent(share)) for share in (0, 25, 50, 75, 100)]
    axis = span[::-1] if language.persian else span
    above = {
        "overlaying": "x",
        "side": "top",
        "range": axis,
        "fixedrange": True,
        "showgrid": False,
        "zeroline": False,
        "tickmode": "array",
        "tickvals": [place for place, _ in shares],
        "ticktext": [isolated(language, text) for _, text in shares],
    }
    drawing = figure(
        language,
        [_bars(language, bars), _line(language, bars, total)],
        x={"ticks": counts, "range": axis, "showgrid": True},
        y={
            "ticks": list(enumerate("<br>".join(wrap(bar.name, LINE)[:3]) for bar in bars)),
            "range": [len(bars) - 0.4, -0.6],
            "showgrid": False,
        },
        xaxis2=above,
        bargap=0.35,
        hovermode="closest",
    )
    drawing["layout"]["margin"]["t"] = 28
    head = (
        N_("Cause"),
        N_("Number of cases"),
        N_("Share"),
        N_("Confidence interval"),
        N_("With those before"),
        N_("Rank"),
    )
    caption = language.gettext(N_("Causes by number of cases (Pareto)"))
    rows = tuple(_pareto_row(language, bar, total) for bar in bars)
    return Figure("pareto", drawing, caption, tuple(map(language.gettext, head)), rows)


def _bars(language: Language, bars: Sequence[ParetoBar]) -> dict[str, Any]:
    return {
        "type": "bar",
        "orientation": "h",
        "x": [bar.n for bar in bars],
        "y": list(range(len(bars))),
        # In colour what may be the most frequent of all: those which chance cannot have put behind another.
        "marker": {"color": [BLUE if bar.band and bar.band[0] == 1 else GREY for bar in bars]},
        "hoverinfo": "text",
        "hovertext": [isolated(language, f"{bar.name}: {language.number(bar.n)}") for bar in bars],
    }


def _line(language: Language, bars: Sequence[ParetoBar], total: int) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": [bar.until for bar in bars],
        "y": list(range(len(bars))),
        "xaxis": "x2",
        "line": {"color": ORANGE, "width": 2},
        "marker": {"size": 7, "color": ORANGE},
        "cliponaxis": False,
        "hoverinfo": "text",
        "hovertext": [isolated(language, language.percent(100 * bar.until / total)) for bar in bars],
    }


def _pareto_row(language: Language, bar: ParetoBar, total: int) -> tuple[str, ...]:
    share = proportion(bar.n, total)
    ends = {"low": language.percent(share.low or 0), "high": language.percent(share.high or 0)}
    return (
        bar.name,
        language.number(bar.n),
        language.percent(100 * bar.n / total),
        language.fill(N_("%(low)s to %(high)s"), ends),
        language.percent(100 * bar.until / total),
        "" if bar.band is None else write_band(language, bar.band),
    )


def write_band(language: Language, band: tuple[int, int]) -> str:
    """A rank, or between which ranks something lies."""
    if band[0] == band[1]:
        return language.digits(band[0])
    return language.fill(N_("%(first)s to %(last)s"), {"first": band[0], "last": band[1]})


@dataclass(frozen=True)
class BurnDownWeek:
    """A week that ends before `end`: what was opened and closed in it, and what was open then."""

    end: date
    opened: int
    closed: int
    open: int


def read_burn_down(reader: Session, now: datetime, zone: ZoneInfo, units: Units) -> list[BurnDownWeek]:
    """The weeks of the last half year, the last of which ends today; from the first root cause on."""
    today = day_of(now, zone)
    first = today + timedelta(days=1) - WEEKS * WEEK
    statement = select(RootCause.opened_at, RootCause.closed_at).where(
        or_(RootCause.closed_at.is_(None), RootCause.closed_at >= now - (WEEKS + 1) * WEEK),
        *(() if units is None else (RootCause.unit.in_(sorted(units)),)),
    )
    rows = [
        (day_of(opened, zone), None if closed is None else day_of(closed, zone))
        for opened, closed in reader.execute(statement)
    ]
    weeks = []
    for place in range(WEEKS):
        start, end = first + place * WEEK, first + (place + 1) * WEEK
        weeks.append(
            BurnDownWeek(
                end,
                sum(start <= opened < end for opened, _ in rows),
                sum(closed is not None and start <= closed < end for _, closed in rows),
                sum(opened < end and (closed is None or closed >= end) for opened, closed in rows),
            )
        )
    return weeks


def burn_down_figure(language: Language, weeks: Sequence[BurnDownWeek]) -> Figure | None:
    """How many root causes were open at the end of each week; None where there was none at all."""
    highest = max((week.open for week in weeks), default=0)
    if not highest and not any(week.opened for week in weeks):
        return None
    days = [(week.end - timedelta(days=1)).isoformat() for week in weeks]
    ticks = [
        (days[place], "<br>".join(language.date(date.fromisoformat(days[place])).rsplit(" ", 1)))
        for place in (1, len(days) // 2, len(days) - 2)
    ]
    line = {
        "type": "scatter",
        "mode": "lines",
        "x": days,
        "y": [week.open for week in weeks],
        "line": {"color": BLUE, "width": 3, "shape": "vh"},
        "fill": "tozeroy",
        "fillcolor": BAND,
        "hoverinfo": "text",
        "hovertext": [isolated(language, f"{language.date(week.end)}: {language.number(week.open)}") for week in weeks],
    }
    counts = [(value, language.number(value)) for value, places in steps(0, max(highest, 4)) if not places]
    drawing = figure(
        language,
        [line],
        x={"type": "date", "ticks": ticks},
        y={"ticks": counts, "range": [0, max(highest, 4) * 1.1]},
    )
    head = tuple(map(language.gettext, (N_("Week until"), N_("Newly opened"), N_("Concluded"), N_("Open at its end"))))
    rows = tuple(
        (
            language.date(week.end - timedelta(days=1)),
            *(language.number(n) for n in (week.opened, week.closed, week.open)),
        )
        for week in weeks
    )
    return Figure("burn-down", drawing, language.gettext(N_("Open root causes by week (burn-down)")), head, rows)
