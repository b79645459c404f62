"""From exact amounts to what is paid: a pool that may not be enough, and one rounding at the end.

Rounding anywhere before would change what people get: a percentage rounded to one decimal is wrong by thousands.
"""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

# Remainders are compared to so many binary places; what is alike there goes to whoever comes first.
PLACES = 160


class Rounding(StrEnum):
    """Where an amount lies half-way between two units of rounding: to the even one, or up."""

    HALF_EVEN = "half_even"
    HALF_UP = "half_up"


def round_to(amount: Fraction, unit: int, rounding: Rounding = Rounding.HALF_EVEN) -> int:
    """An amount that is not negative, as a multiple of a unit such as 1,000.

    >>> round_to(Fraction(1500), 1000), round_to(Fraction(2500), 1000), round_to(Fraction(2500), 1000, Rounding.HALF_UP)
    (2000, 2000, 3000)
    """
    steps = amount / unit
    if rounding is Rounding.HALF_UP:
        return unit * ((2 * steps.numerator + steps.denominator) // (2 * steps.denominator))
    return unit * round(steps)


def exact_sum(amounts: Iterable[Fraction]) -> Fraction:
    """The sum of many fractions: those of one denominator first, then the smallest two at a time.

    One by one, the denominator of the sum would meet every amount, at the cost of its length each time.
    """
    by_denominator: dict[int, int] = defaultdict(int)
    for amount in amounts:
        by_denominator[amount.denominator] += amount.numerator
    heap = list(by_denominator.items())
    heapq.heapify(heap)
    while len(heap) > 1:
        (b, a), (d, c) = heapq.heappop(heap), heapq.heappop(heap)
        both = Fraction(a, b) + Fraction(c, d)
        heapq.heappush(heap, (both.denominator, both.numerator))
    return Fraction(heap[0][1], heap[0][0]) if heap else Fraction(0)


@dataclass(frozen=True, slots=True)
class Shared:
    """What each is paid, in the order given; `factor` is the share of its amount that the pool allows, 1 at most."""

    paid: tuple[int, ...]
    total: Fraction
    factor: Fraction


def share_pool(
    amounts: Sequence[Fraction], unit: int, pool: Fraction | None = None, rounding: Rounding = Rounding.HALF_EVEN
) -> Shared:
    """Round every amount to the unit; where they ask for more than the pool, all are cut alike and none is lost.

    Under a pool that is not enough, each amount is cut in proportion and rounded down, and the units that are left go
    to the largest remainders, so that the whole pool (in whole units) is paid and not a unit more. The same is done
    where rounding alone would pay more than the pool.

    Parameters
    ----------
    amounts
        Not negative. Where two remainders are alike the earlier gets the unit, so give them in a fixed order.
    unit
        The smallest amount that is paid, such as 1,000 rials.
    pool
        All that there is to pay; None for no limit.

    Examples
    --------
    >>> share_pool([Fraction(200), Fraction(100)], 10, Fraction(150)).paid
    (100, 50)
    """
    total = exact_sum(amounts)
    if pool is None or total <= pool:
        paid = tuple(round_to(amount, unit, rounding) for amount in amounts)
        if pool is None or sum(paid) <= pool:
            return Shared(paid, total, Fraction(1))
        return Shared(_largest_remainders(amounts, unit, int(pool // unit), Fraction(1)), total, Fraction(1))
    factor = Fraction(pool) / total
    return Shared(_largest_remainders(amounts, unit, int(pool // unit), factor), total, factor)


def _largest_remainders(amounts: Sequence[Fraction], unit: int, units: int, factor: Fraction) -> tuple[int, ...]:
    below: dict[int, int] = {}
    steps, remainders = [], []
    for amount in amounts:
        # Whole numbers and no fraction in lowest terms: with many units the factor's parts have thousands of digits.
        divisor = below.setdefault(amount.denominator, amount.denominator * factor.denominator * unit)
        whole, rest = divmod(amount.numerator * factor.numerator, divisor)
        steps.append(whole)
        remainders.append((rest << PLACES) // divisor)
    left = min(units - sum(steps), sum(remainder > 0 for remainder in remainders))
    order = sorted(range(len(amounts)), key=lambda place: (-remainders[place], place))
    for place in order[: max(0, left)]:
        steps[place] += 1
    return tuple(step * unit for step in steps)
