"""Who stays: curves from the day of the answer, what is left after so many months, and the odds of leaving."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cem.outcomes.followed import YEAR, Followed
from cem.outcomes.groups import TOP
from metrics import (
    Estimate,
    LinkedRate,
    LogisticModel,
    SurvivalCurve,
    firth,
    kaplan_meier,
    linked_rates,
    log_rank,
    logistic,
)

MONTH = YEAR / 12
HORIZONS = (12, 9, 6, 3, 1)
# Fewer than this followed for so long leave a curve's end to chance.
FOLLOWED = 10
# A horizon that only a few of a group have reached would be about other months than the rest of the page.
REACHED = 1 / 4
Groups = Mapping[str, NDArray[np.bool_]]


@dataclass(frozen=True)
class Odds:
    """A group's odds of leaving as a multiple of the reference's, alone and beside tenure and need."""

    alone: Estimate
    beside: Estimate | None


@dataclass(frozen=True)
class Staying:
    """`horizon` is in months: the longest for which each group has enough customers; without it nothing is compared.

    `p` is of the test that all groups leave alike, over the whole time.
    """

    curves: Mapping[str, SurvivalCurve]
    horizon: int | None
    churn: Mapping[str, LinkedRate]
    odds: Mapping[str, Odds]
    p: float | None

    def kept(self, group: str) -> Estimate | None:
        """The share that is still there at the horizon."""
        return self.curves[group].at(self.horizon * MONTH) if self.horizon else None


def find_staying(followed: Followed, groups: Groups) -> Staying:
    curves = {code: kaplan_meier(followed.time[inside], followed.left[inside]) for code, inside in groups.items()}
    horizon = _horizon(followed, groups)
    p = log_rank([(followed.time[inside], followed.left[inside]) for inside in groups.values()]).p
    if horizon is None or TOP not in groups:
        return Staying(curves, horizon, {}, {}, p)
    days = horizon * MONTH
    # Who could be followed so long is known from the day of the answer alone, so the choice favours nobody.
    eligible = followed.reach >= days
    gone = (followed.left == 1) & (followed.time <= days)
    churn = linked_rates(
        {
            code: (int((inside & gone & eligible).sum()), int((inside & eligible).sum()))
            for code, inside in groups.items()
        },
        TOP,
    )
    return Staying(curves, horizon, churn, _odds(followed, groups, eligible, gone, churn), p)


def _horizon(followed: Followed, groups: Groups) -> int | None:
    for months in HORIZONS:
        reach = followed.reach >= months * MONTH
        if groups and all(
            (inside & reach).sum() >= max(FOLLOWED, REACHED * inside.sum()) for inside in groups.values()
        ):
            return months
    return None


def _odds(
    followed: Followed,
    groups: Groups,
    eligible: NDArray[np.bool_],
    gone: NDArray[np.bool_],
    churn: Mapping[str, LinkedRate],
) -> dict[str, Odds]:
    others = [code for code in groups if code != TOP]
    rows = eligible & np.any(list(groups.values()), axis=0)
    model = _model([groups[code][rows] for code in others], followed, rows, gone[rows])
    terms = dict(zip(others, model.terms[1:], strict=False)) if model and not model.separated else {}
    odds = {}
    for code in others:
        alone = churn[code].odds_ratio
        if alone is None:
            continue
        beside = None
        if model and code in terms:
            beside = Estimate(*terms[code].odds_ratio, model.n, model.n, model.method)
        odds[code] = Odds(alone, beside)
    return odds


def _model(
    members: list[NDArray[np.bool_]], followed: Followed, rows: NDArray[np.bool_], gone: NDArray[np.bool_]
) -> LogisticModel | None:
    """The groups beside how long they had been customers, and what they need; Firth's where few left."""
    if not members or not rows.any():
        return None
    needs = sorted(set(followed.need[rows].tolist()))[1:]
    beside = [np.log1p(np.maximum(0, followed.tenure[rows])), *(followed.need[rows] == need for need in needs)]
    # What is the same for everybody explains nothing.
    columns = np.column_stack([*members, *(column for column in beside if np.ptp(column.astype(float)))]).astype(float)
    model = logistic(columns, gone)
    if model is None or (not model.separated and model.enough_events):
        return model
    return firth(columns, gone)
