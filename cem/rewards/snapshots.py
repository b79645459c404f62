"""What a measure stands at in a unit, as a document that is frozen when a run is locked."""

from collections.abc import Mapping
from fractions import Fraction

from msgspec import Struct

from cem.rewards.digests import digest_of
from metrics.payouts.guards import Measured


class Snapshot(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A measure of a unit, with all that the calculation and its reader need.

    Fractions are texts such as 260/7. `counts` are the score counts of a survey's KPI; of an operational figure
    `numerator` and `denominator` are there instead. `low` and `high` are missing for a census, `shrunken`, `chance` and
    `reliability` where no prior was fixed. `source` says where the counts were read, `until` up to which moment.
    """

    measure: str
    unit: str
    # What the unit was a part of; '' is the company.
    parent: str = ""
    kind: str
    n: int
    source: Mapping[str, str]
    first_day: str
    last_day: str
    until: str
    value: str | None = None
    low: str | None = None
    high: str | None = None
    method: str = ""
    counts: tuple[int, ...] = ()
    numerator: str | None = None
    denominator: str | None = None
    shrunken: str | None = None
    chance: str | None = None
    reliability: str | None = None

    @property
    def measured(self) -> Measured | None:
        """What the guard works on; None without a value."""
        if self.value is None:
            return None
        low, high, shrunken, chance = map(_fraction, (self.low, self.high, self.shrunken, self.chance))
        return Measured(Fraction(self.value), low, high, shrunken, chance)

    @property
    def digest(self) -> str:
        return digest_of(self)


def _fraction(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)
