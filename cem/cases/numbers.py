"""What cases add up to, KPI by KPI of the closed loop, as it is kept for screens and programs; pure."""

from typing import Self

from msgspec import Struct

from cem.cases.clocks import ACKNOWLEDGE, CONTACT, RESOLVE
from metrics.estimate import Estimate
from metrics.proportions import proportion

# The days that end now, for which everything is counted.
PERIODS = (30, 90, 365)
FOLLOW_UP, ACTED_ON, FIRST_TIME, REOPEN, RECURRENCE = "follow_up", "acted_on", "first_time", "reopen", "recurrence"
RECOVERY = "recovery"
SHARES = (ACKNOWLEDGE, CONTACT, RESOLVE, FOLLOW_UP, ACTED_ON, FIRST_TIME, REOPEN, RECURRENCE, RECOVERY)
# Open cases are told apart by their age: up to so many days, and older ones.
AGES = (2, 7, 30)
MOST_HANDLERS = 30


class Share(Struct, frozen=True):
    """So many of so many, in percent with Wilson's interval; None of none."""

    k: int
    n: int
    value: float | None
    low: float | None
    high: float | None

    @classmethod
    def of(cls, k: int, n: int) -> Self:
        found = proportion(k, n)
        return cls(int(k), int(n), found.value, found.low, found.high)


class Quantile(Struct, frozen=True):
    """Business hours until so many were served; None, or a limit of None, where that is still to come."""

    value: float | None
    low: float | None
    high: float | None

    @classmethod
    def of(cls, found: Estimate) -> Self:
        return cls(found.value, found.low, found.high)


class Times(Struct, frozen=True):
    """How long the cases that were opened took; those that are not served yet are censored, and not left out."""

    n: int
    served: int
    median: Quantile
    p90: Quantile


class Lift(Struct, frozen=True):
    """The mean of what the same customers said after and before, and of each one's difference with its t interval."""

    n: int
    before: float | None
    after: float | None
    value: float | None
    low: float | None
    high: float | None


class Saved(Struct, frozen=True):
    """Unhappy customers who stayed for 90 days: contacted in time against the others, and the difference in points."""

    treated: Share
    untreated: Share
    value: float | None
    low: float | None
    high: float | None


class Backlog(Struct, frozen=True):
    """Open cases of a severity: how many of each age, and how many of them are overdue."""

    severity: int
    ages: tuple[int, ...]
    overdue: int


class Handler(Struct, frozen=True):
    account: str
    open: int
    overdue: int


class Handlers(Struct, frozen=True):
    """How the open cases are spread over those who handle them; the busiest by name."""

    handlers: int
    unowned: int
    mean: float | None
    busiest: tuple[Handler, ...]


class Numbers(Struct, frozen=True):
    """Everything about a unit, with all below it, and a period."""

    days: int
    opened: int
    closed: int
    withdrawn: int
    merged: int
    unreachable: int
    shares: dict[str, Share]
    times: dict[str, Times]
    lift: Lift
    saved: Saved | None
    backlog: tuple[Backlog, ...]
    handlers: Handlers

    @property
    def open(self) -> int:
        return sum(sum(one.ages) for one in self.backlog)

    @property
    def overdue(self) -> int:
        return sum(one.overdue for one in self.backlog)


def nearest(months: int) -> int:
    """The period that comes closest to so many months."""
    return min(PERIODS, key=lambda days: abs(days - 30.4 * months))
