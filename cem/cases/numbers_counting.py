"""The closed loop's KPIs are counted: columns of cases in, numbers with n and interval out; pure.

Moments are seconds since 1970, and what has not happened is NaN: a comparison with it is false.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from numpy.typing import NDArray

from cem.cases.clocks import ACKNOWLEDGE, CONTACT, RESOLVE
from cem.cases.numbers import (
    ACTED_ON,
    AGES,
    FIRST_TIME,
    FOLLOW_UP,
    MOST_HANDLERS,
    RECOVERY,
    RECURRENCE,
    REOPEN,
    Backlog,
    Handler,
    Handlers,
    Lift,
    Numbers,
    Quantile,
    Saved,
    Share,
    Times,
)
from metrics.comparisons.paired import paired_scores
from metrics.comparisons.share_differences import newcombe
from metrics.outcomes.survival import kaplan_meier

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

DAY = 86_400.0
# What a customer says who feels well again.
RECOVERED = 7


@dataclass(frozen=True)
class Columns:
    """Cases as columns, a place for each case."""

    severity: NDArray[np.int64]
    owner: NDArray[np.str_]
    opened: Floats
    acknowledge_due: Floats
    acknowledged: Floats
    contact_due: Floats
    contacted: Floats
    resolve_due: Floats
    resolved: Floats
    waiting: Floats
    # The nearest promise that runs.
    due: Floats
    ended: Floats
    reopened: Floats
    closed: Flags
    withdrawn: Flags
    merged: Flags
    unreachable: Flags
    # Business hours to the first contact and to the resolution, or as long as they have been waited for.
    contact_hours: Floats
    resolve_hours: Floats
    # A detractor who allowed contact; a known customer; the same customer and cause within 90 days of an earlier case.
    allowed: Flags
    known: Flags
    repeats: Flags
    # The recovery survey: when it was answered, and the scores.
    recovered: Floats
    before: Floats
    after: Floats
    # Whether the customer was still one 90 days later: 1, 0, or NaN where the books do not say.
    stayed: Floats

    def __len__(self) -> int:
        return len(self.opened)

    def take(self, places: NDArray[np.int64]) -> Self:
        return type(self)(**{one.name: getattr(self, one.name)[places] for one in fields(self)})


@dataclass(frozen=True)
class Answers:
    """Valid answers of a period and those of them that became a case; detractors who asked for contact in vain."""

    valid: int = 0
    acted_on: int = 0
    unanswered: int = 0


def count(cases: Columns, answers: Answers, days: int, now: float) -> Numbers:
    """The numbers of these cases for so many days until now."""
    since = now - days * DAY
    opened = _within(cases.opened, since, now)
    ended = _within(cases.ended, since, now)
    return Numbers(
        days=days,
        opened=int(opened.sum()),
        closed=int((ended & cases.closed).sum()),
        withdrawn=int((ended & cases.withdrawn).sum()),
        merged=int((ended & cases.merged).sum()),
        unreachable=int((ended & cases.unreachable).sum()),
        shares=dict(_shares(cases, answers, opened, since, now)),
        times={
            CONTACT: _times(cases.contact_hours[opened], cases.contacted[opened]),
            RESOLVE: _times(cases.resolve_hours[opened], cases.resolved[opened]),
        },
        lift=_lift(cases, since, now),
        saved=_saved(cases, since, now),
        backlog=tuple(_backlog(cases, now)),
        handlers=_handlers(cases, now),
    )


def _shares(cases: Columns, answers: Answers, opened: Flags, since: float, now: float) -> Iterator[tuple[str, Share]]:
    yield ACKNOWLEDGE, _in_time(cases, cases.acknowledge_due, cases.acknowledged, since, now)
    yield CONTACT, _in_time(cases, cases.contact_due, cases.contacted, since, now)
    # The clock of whoever waits for the customer stands still before its end, and so nothing falls due.
    still = cases.waiting < cases.resolve_due
    yield RESOLVE, _in_time(cases, np.where(still, np.nan, cases.resolve_due), cases.resolved, since, now)

    allowed = opened & cases.allowed & ~cases.withdrawn
    reached = int((allowed & (cases.contacted <= now)).sum())
    yield FOLLOW_UP, Share.of(reached, int(allowed.sum()) + answers.unanswered)
    yield ACTED_ON, Share.of(answers.acted_on, answers.valid)

    closed = cases.closed & _within(cases.ended, since, now)
    # A case that was opened again and is not closed yet had come to an end before, and must not get out of sight.
    again = np.isnan(cases.ended) & _within(cases.reopened, since, now)
    n, back = int((closed | again).sum()), int(((closed & ~np.isnan(cases.reopened)) | again).sum())
    yield FIRST_TIME, Share.of(n - back, n)
    yield REOPEN, Share.of(back, n)
    known = closed & cases.known
    yield RECURRENCE, Share.of(int((known & cases.repeats).sum()), int(known.sum()))

    asked = _within(cases.recovered, since, now) & ~np.isnan(cases.after)
    yield RECOVERY, Share.of(int((asked & (cases.after >= RECOVERED)).sum()), int(asked.sum()))


def _in_time(cases: Columns, due: Floats, done: Floats, since: float, now: float) -> Share:
    """Promises that fell due in the period: kept ones, of all; what is not done counts as missed.

    A case that was merged before its promise fell due has its promise in the other case.
    """
    merged = cases.merged & np.isnan(done) & (cases.ended < due)
    fell = _within(due, since, now) & ~cases.withdrawn & ~merged
    return Share.of(int((fell & (done <= due)).sum()), int(fell.sum()))


def _times(hours: Floats, done: Floats) -> Times:
    served = ~np.isnan(done)
    curve = kaplan_meier(hours, served)
    quantiles = (Quantile.of(curve.quantile(share)) for share in (0.5, 0.9))
    return Times(len(hours), int(served.sum()), *quantiles)


def _lift(cases: Columns, since: float, now: float) -> Lift:
    both = _within(cases.recovered, since, now) & ~np.isnan(cases.after) & ~np.isnan(cases.before)
    found = paired_scores(cases.before[both].tolist(), cases.after[both].tolist())
    return Lift(found.n, found.before, found.after, found.change, found.low, found.high)


def _saved(cases: Columns, since: float, now: float) -> Saved | None:
    """None where the books say nothing. Who is contacted later than promised is compared with, and not left out."""
    followed = _within(cases.opened, since, now) & ~np.isnan(cases.stayed)
    if not followed.any():
        return None
    treated = cases.contacted <= cases.contact_due
    ours, others = (
        Share.of(int(cases.stayed[some].sum()), int(some.sum())) for some in (followed & treated, followed & ~treated)
    )
    if ours.value is None or others.value is None:
        return Saved(ours, others, None, None, None)
    low, high = newcombe(others.k, others.n, ours.k, ours.n)
    return Saved(ours, others, ours.value - others.value, 100 * low, 100 * high)


def _backlog(cases: Columns, now: float) -> Iterator[Backlog]:
    waits, overdue = _open(cases), cases.due <= now
    age = (now - cases.opened) / DAY
    for severity in (1, 2, 3, 4):
        mine = waits & (cases.severity == severity)
        counted, _ = np.histogram(age[mine], [-np.inf, *AGES, np.inf])
        yield Backlog(severity, tuple(counted.tolist()), int((mine & overdue).sum()))


def _handlers(cases: Columns, now: float) -> Handlers:
    waits = _open(cases)
    owned = waits & (cases.owner != "")
    names, places, loads = np.unique(cases.owner[owned], return_inverse=True, return_counts=True)
    late = np.bincount(places, weights=cases.due[owned] <= now, minlength=len(names))
    order = np.argsort(-loads, kind="stable")[:MOST_HANDLERS]
    return Handlers(
        handlers=len(names),
        unowned=int((waits & ~owned).sum()),
        mean=float(loads.mean()) if len(names) else None,
        busiest=tuple(Handler(str(names[place]), int(loads[place]), int(late[place])) for place in order),
    )


def _open(cases: Columns) -> Flags:
    return np.asarray(np.isnan(cases.ended) & np.isnan(cases.resolved))


def _within(moments: Floats, since: float, now: float) -> Flags:
    return np.asarray((moments > since) & (moments <= now))
