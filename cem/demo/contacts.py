"""Which customer meets which touchpoint on which day: where the mix of channels shifts and Nowruz empties branches."""

import random
from dataclasses import dataclass

from cem.demo.planted import GAMING
from cem.demo.timeline import Day, Timeline

# The share of each touchpoint on the first day and today.
SHARES = {
    "branch-visit": (0.58, 0.08),
    "support-call": (0.16, 0.12),
    "web-bank": (0.12, 0.10),
    "mobile-app": (0.10, 0.46),
    "cash-machine": (0.04, 0.24),
}
CHANNELS = {
    "branch-visit": "branch",
    "support-call": "contact_centre",
    "web-bank": "web",
    "mobile-app": "app",
    "cash-machine": "atm",
}
BRANCHES = {
    "vanak": 14,
    "tajrish": 11,
    "karaj": 10,
    "rasht": 8,
    "sari": 7,
    "gorgan": 6,
    "isfahan": 11,
    "shiraz": 10,
    "ahvaz": 7,
    "mashhad": 12,
    "birjand": 4,
    "yazd": 6,
}
_OWN_UNIT = {"support-call": "contact-centre", "web-bank": "digital", "mobile-app": "digital"}
_PEOPLE_SERVE = frozenset({"branch-visit", "support-call"})


@dataclass(frozen=True, slots=True)
class Contact:
    """A customer at a touchpoint."""

    day: Day
    touchpoint: str
    unit: str

    @property
    def channel(self) -> str:
        return CHANNELS[self.touchpoint]

    @property
    def short_staffed(self) -> bool:
        return self.day.nowruz and self.touchpoint in _PEOPLE_SERVE

    @property
    def gamed(self) -> bool:
        return self.unit in GAMING.units and self.touchpoint in GAMING.touchpoints and self.day.month >= GAMING.since


def draw_contacts(chance: random.Random, timeline: Timeline, number: int) -> list[Contact]:
    """So many contacts, in the order of their days."""
    weights = [day.weekday_weight * (0.7 if day.nowruz else 1.0) for day in timeline.days]
    days = sorted(chance.choices(timeline.days, weights, k=number), key=lambda day: day.date)
    return [_contact(chance, day) for day in days]


def _contact(chance: random.Random, day: Day) -> Contact:
    touchpoint = chance.choices(list(SHARES), [_share(touchpoint, day) for touchpoint in SHARES])[0]
    unit = _OWN_UNIT.get(touchpoint) or _branch(chance, touchpoint, day)
    return Contact(day, touchpoint, unit)


def _share(touchpoint: str, day: Day) -> float:
    first, last = SHARES[touchpoint]
    share = first + (last - first) * day.progress
    if day.friday:
        share *= {"branch-visit": 0.0, "support-call": 0.5}.get(touchpoint, 1.0)
    return share * 0.55 if day.nowruz and touchpoint in _PEOPLE_SERVE else share


def _branch(chance: random.Random, touchpoint: str, day: Day) -> str:
    weights = dict(BRANCHES)
    if touchpoint in GAMING.touchpoints and day.month >= GAMING.since:
        for unit in GAMING.units:
            weights[unit] *= 6 if day.month_end else 2
    return chance.choices(list(weights), list(weights.values()))[0]
