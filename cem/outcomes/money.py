"""Money: what each group spends after its answer, what one more promoter goes together with, and lifetime value."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from cem.outcomes.followed import YEAR, Books, Followed, Record
from cem.outcomes.groups import TOP
from cem.outcomes.staying import Groups
from metrics import Estimate, LifetimeValue, LinkedMean, lifetime_value, linked_means, retention_rate
from metrics.outcomes.links import mean_of

YEARS = 5
DISCOUNT = 10.0


@dataclass(frozen=True)
class Spending:
    """A year's spend by group, and the difference of a year's margin between the top group and all others.

    `difference` is for one customer: what one more in the top group of 100, and one fewer outside it, goes together
    with for each 100 customers. `customers` are those of the books who are still there.
    """

    groups: Mapping[str, LinkedMean]
    difference: Estimate | None
    proven: bool
    customers: int

    def of_company(self, value: float) -> float:
        """The same for one more in 100 of all customers."""
        return value * self.customers / 100


@dataclass(frozen=True)
class Worth:
    """A lifetime value with its inputs; `low` and `high` are what it would be at the ends of the retention."""

    retention: Estimate
    margin: Estimate
    some_years: LifetimeValue
    for_ever: LifetimeValue | None
    low: float | None
    high: float | None


def find_spending(followed: Followed, groups: Groups, books: Books, customers: int) -> Spending:
    """`customers` are all of the books, of whom a share may have been read."""
    known = ~np.isnan(followed.spend)
    amounts = {code: followed.spend[inside & known] for code, inside in groups.items()}
    means = linked_means(amounts, TOP) if TOP in groups else {}
    difference, proven = None, False
    if TOP in groups:
        top = groups[TOP]
        rest = np.any([inside for code, inside in groups.items() if code != TOP], axis=0) & known
        pair = linked_means({"rest": followed.margin[rest], TOP: followed.margin[top & known]}, "rest")[TOP]
        difference, proven = pair.difference, pair.p is not None and pair.p < 0.05
    there = sum(records[-1].left_on is None for records in books.values())
    return Spending(means, difference, proven, round(there * customers / max(1, len(books))))


def worth_of_all(books: Books, discount: float) -> Worth | None:
    """Of all customers of the books: who left in the last year of the books, and the margin for each year."""
    latest = [records[-1] for records in books.values()]
    spans = [_last_year(record) for record in latest]
    left = sum(gone for _, gone in spans)
    years = np.array([((record.left_on or record.day) - record.since).days / YEAR for record in latest])
    long = years >= 1 / 12
    margins = np.array([record.margin for record in latest])[long] / years[long] if latest else np.empty(0)
    return _worth(retention_rate(left, sum(span for span, _ in spans)), mean_of(margins), discount)


def worth_of_groups(followed: Followed, groups: Groups, discount: float) -> dict[str, Worth]:
    """Of each group, from what came after its answer."""
    found = {}
    for code, inside in groups.items():
        margins = followed.margin[inside & ~np.isnan(followed.margin)]
        retention = retention_rate(int(followed.left[inside].sum()), float(followed.time[inside].sum()) / YEAR)
        if (worth := _worth(retention, mean_of(margins), discount)) is not None:
            found[code] = worth
    return found


def _last_year(record: Record) -> tuple[float, bool]:
    """How long, in years, a customer was there in the last year of the books, and whether they left in it."""
    start = max(record.since, record.day - timedelta(days=365))
    end = record.left_on or record.day
    return max(0, (end - start).days) / YEAR, record.left_on is not None and end >= start


def _worth(retention: Estimate, margin: Estimate, discount: float) -> Worth | None:
    if retention.value is None or retention.low is None or retention.high is None or margin.low is None:
        return None
    each, rate = margin.value or 0.0, discount / 100

    def of(kept: float) -> float:
        return lifetime_value(each, kept / 100, rate, YEARS).value

    ends = sorted((of(retention.low), of(retention.high)))
    endless = lifetime_value(each, retention.value / 100, rate) if rate > 0 or retention.value < 100 else None
    return Worth(retention, margin, lifetime_value(each, retention.value / 100, rate, YEARS), endless, *ends)
