"""What evidence is: a value, what it was counted from, and where that is seen."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy.orm import Session

from cem.programme.scoring import HIGHEST


@dataclass(frozen=True)
class Moment:
    """When evidence is gathered, and in which time zone the company lives."""

    now: datetime
    zone: ZoneInfo

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()


class Part(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that was counted, such as a touchpoint, and whether it counts for the criterion.

    `names` is what the company calls it; `text` is our own text (msgid), where the product names it. `code` tells
    those apart that a step of maturity asks for by name, such as `retention`.
    """

    counts: bool
    names: dict[str, str] = {}
    text: str = ""
    address: str = ""
    code: str = ""


class Found(msgspec.Struct, frozen=True, omit_defaults=True):
    """Evidence of one criterion: `value` is a percentage (`numerator` of `n`), or a count.

    `sample` where the things counted are what happened to come, such as answers: the share then has an interval.
    `cap` is the highest score that it can give, `caution` (msgid) why; `address` is the page that shows what was
    counted, `parts` what that was where there are few.
    """

    value: float
    n: int
    numerator: int | None = None
    sample: bool = False
    cap: int = HIGHEST
    caution: str = ""
    address: str = ""
    parts: tuple[Part, ...] = ()


Gather = Callable[[Session, Moment], Found | None]

# More parts than these are a table of their own elsewhere.
MOST_PARTS = 60


def share(
    numerator: int, n: int, *, sample: bool = False, cap: int = HIGHEST, caution: str = "", address: str = ""
) -> Found | None:
    """So many of so many; None where there is nothing to count, which is not the same as none of them."""
    if n == 0:
        return None
    return Found(100 * numerator / n, n, numerator, sample, cap, caution, address)


def share_of(parts: Iterable[Part], *, cap: int = HIGHEST, caution: str = "", address: str = "") -> Found | None:
    """The share of the things that count, with the things themselves."""
    every = tuple(parts)
    if not every:
        return None
    counting = sum(part.counts for part in every)
    shown = tuple(sorted(every, key=lambda part: part.counts))[:MOST_PARTS]
    return Found(100 * counting / len(every), len(every), counting, False, cap, caution, address, shown)


def count_of(parts: Iterable[Part], *, address: str = "") -> Found | None:
    """How many of a few named things there are; none of them is a count of 0, and worth telling."""
    every = tuple(parts)
    counting = sum(part.counts for part in every)
    return Found(float(counting), len(every), counting, address=address, parts=every)


def merged(*registries: Mapping[str, Gather]) -> dict[str, Gather]:
    """One registry of several; a criterion has one function."""
    every: dict[str, Gather] = {}
    for registry in registries:
        if twice := every.keys() & registry.keys():
            raise ValueError(f"two functions for {', '.join(sorted(twice))}")
        every |= registry
    return every
