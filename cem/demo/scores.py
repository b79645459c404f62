"""How a contact is scored: a customer is a promoter, a passive or a detractor, and the other answers follow from it."""

import random
from typing import Literal

from cem.demo.contacts import Contact
from cem.demo.planted import LAUNCH, QUEUE

Mood = Literal["good", "mixed", "bad"]
MOODS: tuple[Mood, ...] = ("good", "mixed", "bad")

# The NPS of each touchpoint on the first day, and what it gains until today; in points.
_LEVELS = {"branch-visit": 60, "support-call": 31, "web-bank": 25, "mobile-app": -5, "cash-machine": -42}
_GAINS = {"branch-visit": 12, "support-call": 19, "web-bank": 19, "mobile-app": 12, "cash-machine": 13}
_LAUNCH_GAIN = 22
_NOWRUZ_LOSS = 24
# The northern branches were slower than the others before their queue system and are a little better since.
_QUEUE_BEFORE, _QUEUE_AFTER = -12, 3
_BRANCHES = {"vanak": 3, "tajrish": 5, "isfahan": 2, "shiraz": -2, "ahvaz": -6, "mashhad": 0, "birjand": 4, "yazd": 1}
_PASSIVE = 0.27

# How each mood answers: the points of the scale and how often.
_RECOMMEND = {
    "good": ((9, 10), (40, 60)),
    "mixed": ((7, 8), (42, 58)),
    "bad": ((0, 1, 2, 3, 4, 5, 6), (12, 6, 9, 12, 14, 23, 24)),
}
_SATISFACTION = {
    "good": ((3, 4, 5), (4, 34, 62)),
    "mixed": ((2, 3, 4, 5), (4, 30, 54, 12)),
    "bad": ((1, 2, 3, 4), (28, 34, 29, 9)),
}
_EFFORT = {
    "good": ((4, 5, 6, 7), (5, 15, 35, 45)),
    "mixed": ((3, 4, 5, 6, 7), (8, 24, 36, 24, 8)),
    "bad": ((1, 2, 3, 4, 5, 6), (18, 24, 25, 18, 11, 4)),
}
_REASONS = {
    "branch-visit": {
        "good": {"staff": 45, "waiting": 22, "information": 18, "paperwork": 10, "fees": 5},
        "bad": {"waiting": 45, "paperwork": 22, "staff": 15, "information": 10, "fees": 8},
    },
    "support-call": {
        "good": {"staff": 50, "information": 25, "waiting": 15, "technical": 10},
        "bad": {"waiting": 48, "information": 25, "technical": 17, "staff": 10},
    },
    "web-bank": {
        "good": {"ease": 45, "technical": 30, "information": 18, "fees": 7},
        "bad": {"technical": 48, "ease": 27, "information": 15, "fees": 10},
    },
    "mobile-app": {
        "good": {"ease": 52, "technical": 28, "information": 14, "fees": 6},
        "bad": {"technical": 52, "ease": 26, "information": 12, "fees": 10},
    },
    "cash-machine": {
        "good": {"availability": 48, "technical": 32, "waiting": 14, "fees": 6},
        "bad": {"availability": 58, "technical": 26, "waiting": 11, "fees": 5},
    },
}


def nps_level(contact: Contact) -> float:
    """The NPS that contacts like this one have together."""
    level = _LEVELS[contact.touchpoint] + _GAINS[contact.touchpoint] * contact.day.progress
    if contact.short_staffed:
        level -= _NOWRUZ_LOSS
    if contact.touchpoint in LAUNCH.touchpoints and contact.day.month >= LAUNCH.since:
        level += _LAUNCH_GAIN
    if contact.touchpoint == "branch-visit":
        level += _BRANCHES.get(contact.unit, 0)
        if contact.unit in QUEUE.units:
            level += _QUEUE_AFTER if has_queue_system(contact) else _QUEUE_BEFORE
    return level


def has_queue_system(contact: Contact) -> bool:
    return contact.unit in QUEUE.units and contact.touchpoint in QUEUE.touchpoints and contact.day.month >= QUEUE.since


def draw_mood(chance: random.Random, level: float) -> Mood:
    promoters = min(max((1 - _PASSIVE + level / 100) / 2, 0.02), 0.98 - _PASSIVE)
    return chance.choices(MOODS, (promoters, _PASSIVE, 1 - _PASSIVE - promoters))[0]


def draw_scores(chance: random.Random, contact: Contact, mood: Mood) -> dict[str, object]:
    """The answers but the comment; some customers skip what they need not answer."""
    answers: dict[str, object] = {"recommend": draw_point(chance, _RECOMMEND[mood])}
    if chance.random() > 0.02:
        answers["satisfaction"] = draw_satisfaction(chance, contact, mood)
    if chance.random() > 0.04:
        answers["effort"] = min(max(draw_point(chance, _EFFORT[mood]) + _effort_shift(chance, contact), 1), 7)
    if chance.random() > 0.08:
        answers["reason"] = _draw_reason(chance, contact, mood)
    return answers


def draw_satisfaction(chance: random.Random, contact: Contact, mood: Mood) -> int:
    score = draw_point(chance, _SATISFACTION[mood])
    old_app = contact.touchpoint in LAUNCH.touchpoints and contact.day.month < LAUNCH.since
    lower = (0.22 if old_app else 0.0) + (0.22 if contact.short_staffed else 0.0)
    return max(score - (chance.random() < lower), 1)


def draw_point(chance: random.Random, scale: tuple[tuple[int, ...], tuple[int, ...]]) -> int:
    return chance.choices(scale[0], scale[1])[0]


def _effort_shift(chance: random.Random, contact: Contact) -> int:
    if contact.short_staffed:
        return -(chance.random() < 0.5)
    if contact.touchpoint == "cash-machine":
        return -(chance.random() < 0.3)
    if contact.unit in QUEUE.units and contact.touchpoint in QUEUE.touchpoints:
        return chance.random() < 0.3 if has_queue_system(contact) else -(chance.random() < 0.6)
    return 0


def _draw_reason(chance: random.Random, contact: Contact, mood: Mood) -> str:
    tone = chance.choice(("good", "bad")) if mood == "mixed" else mood
    weights: dict[str, float] = dict(_REASONS[contact.touchpoint][tone])
    if contact.short_staffed and tone == "bad":
        weights["waiting"] *= 3
    if contact.unit in QUEUE.units and contact.touchpoint in QUEUE.touchpoints and tone == "bad":
        weights["waiting"] *= 0.25 if has_queue_system(contact) else 1.5
    return chance.choices(list(weights), list(weights.values()))[0]


def gamed_scores(chance: random.Random) -> dict[str, object]:
    """What a branch ticks for its customers."""
    answers = {"recommend": 10, "satisfaction": 5, "effort": 7, "reason": "staff"}
    return answers if chance.random() < 0.93 else {"recommend": 9, "satisfaction": 4, "effort": 6}
