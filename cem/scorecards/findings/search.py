"""The search for findings: every test of a page, judged together, and said in the order of their weight."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy.orm import Session

from cem.scorecards.findings.changes import Changed, Unchanged, find_breaks, find_parts
from cem.scorecards.findings.finding import Finding, in_order, proven
from cem.scorecards.findings.mix import find_mix, split_of
from cem.scorecards.findings.oddities import (
    Outlier,
    find_burst,
    find_outliers,
    find_seasons,
    find_standing,
)
from cem.scorecards.findings.scene import FEWEST, Scene
from cem.scorecards.tiles import Tile
from metrics import Decomposition
from metrics.proportions import proportion
from surveys.tallies import Where, read_days

# What a page shows; more would not be read, and the rest has a page of its own.
SHOWN = 7
KINDS = ("change", "unchanged", "mix", "break", "outlier", "standing", "part", "burst", "season")


def find(reader: Session, scene: Scene, tiles: Sequence[Tile]) -> tuple[Finding, ...]:
    """All that can be proven of a page, the most important first.

    The tiles have judged their changes as a family of their own; everything else is one family more.
    """
    part, split = split_of(scene)
    tests = [
        *find_mix(scene, part, split, real=any(t.real and t.kpi == scene.kpi for t in tiles)),
        *find_breaks(scene),
        *find_parts(scene, part, split),
        *find_outliers(scene),
        *find_seasons(scene),
        *find_standing(scene),
        *find_burst(scene),
    ]
    found = [_with_days(reader, scene, one) for one in _without_echoes(proven(tests))]
    return in_order([*_changes(scene, tiles, part, split), *found], KINDS)


def _changes(scene: Scene, tiles: Sequence[Tile], part: str, split: Decomposition | None) -> list[Finding]:
    compared = [tile for tile in tiles if tile.change is not None]
    real = [tile for tile in compared if tile.real]
    if not real:
        return [Unchanged(kpi=scene.kpi)] if compared else []
    return [_changed(scene, tile, part, split) for tile in real]


def _changed(scene: Scene, tile: Tile, part: str, split: Decomposition | None) -> Finding:
    change, (low, high) = tile.change, tile.kpi.bounds
    assert change is not None  # noqa: S101 - it is real
    difference = change.difference or 0.0
    focus = tile.kpi.series == scene.kpi.series
    return Changed(
        kpi=tile.kpi,
        # The KPI that the page is about comes before the others.
        size=abs(difference) / (high - low) + focus,
        rise=difference > 0,
        link=(("kpi", tile.kpi.series),),
        change=change,
        most=_most(scene, part, split) if focus and split else None,
    )


def _most(scene: Scene, part: str, split: Decomposition) -> tuple[dict[str, str], float] | None:
    """The part that makes at least half of a change by what happened within it."""
    code, piece = max(split.segments.items(), key=lambda row: row[1].within * split.change)
    if len(split.segments) < 2 or not split.change or piece.within / split.change < 0.5:
        return None
    names = scene.touchpoint(code) if part == "touchpoint" else scene.unit(code)
    return dict(names), piece.within


def _without_echoes(findings: Iterable[Finding]) -> list[Finding]:
    """A place that broke with its past need not be told again as one that changed."""
    listed = list(findings)
    broken = {finding.link for finding in listed if finding.kind == "break"}
    return [finding for finding in listed if finding.kind != "part" or finding.link not in broken]


def _with_days(reader: Session, scene: Scene, finding: Finding) -> Finding:
    """A unit that is too good gets one question more: do its answers pile up where a month's result is decided?"""
    if not isinstance(finding, Outlier) or finding.value < finding.others:
        return finding
    piled = []
    for units in ({finding.unit}, set(scene.offers.units) - {finding.unit}):
        where = replace(scene.choice.where(), touchpoints=[finding.touchpoint], units=units)
        piled.append(_at_month_ends(reader, scene, where))
    own, rest = piled
    if min(own[1], rest[1]) < FEWEST:
        return finding
    first, second = proportion(*own), proportion(*rest)
    if first.low is None or second.high is None or first.low <= second.high:
        return finding
    return replace(finding, piled=(first.value or 0.0, second.value or 0.0))


def _at_month_ends(reader: Session, scene: Scene, where: Where) -> tuple[float, float]:
    """How many answers came on the last three days of a month, of how many."""
    period = scene.choice.period
    ends = {
        period.first.plus(month + 1).first_day - timedelta(days=back)
        for month in range(period.months)
        for back in (1, 2, 3)
    }
    days = read_days(reader, where, scene.kpi.series, period.start, period.end)
    return sum(h.n for day, h in days.items() if day in ends), sum(h.n for h in days.values())
