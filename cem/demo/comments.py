"""What customers say in their own words, put together from sentences by touchpoint, topic and mood."""

import random
from functools import cache
from pathlib import Path

import msgspec

from cem.demo.contacts import Contact
from cem.demo.planted import LAUNCH
from cem.demo.scores import Mood, has_queue_system

FILE = Path(__file__).parent / "comments.yaml"
HALF_SPACE = "\u200c"
_NEW = frozenset({"queue", "update"})
Tone = dict[str, list[str]]


class Phrases(msgspec.Struct, frozen=True):
    """One language's sentences."""

    slots: dict[str, list[str]]
    openings: Tone
    closings: Tone
    but: list[str]
    said: dict[str, dict[str, Tone]]


@cache
def phrases() -> dict[str, Phrases]:
    return msgspec.yaml.decode(FILE.read_bytes(), type=dict[str, Phrases])


def write_comment(
    chance: random.Random, language: str, place: str, topic: str | None, mood: Mood, branch: str = ""
) -> str:
    """A comment about a topic of this place; about any topic where the customer named none."""
    own = phrases()[language]
    said = own.said[place]
    topic = topic if topic in said else chance.choice(_usual(said))
    text = _both(chance, own, said, topic, language) if mood == "mixed" else _framed(chance, own, said, topic, mood)
    slots = {name: chance.choice(fillings) for name, fillings in own.slots.items()}
    return _as_people_write(chance, text.format(branch=branch, **slots), language)


def topic_of(chance: random.Random, contact: Contact, reason: object) -> str | None:
    """What a customer writes about: the reason that was named, or what is new about it."""
    if contact.touchpoint in LAUNCH.touchpoints and contact.day.month >= LAUNCH.since and chance.random() < 0.4:
        return "update"
    if reason == "waiting" and has_queue_system(contact) and chance.random() < 0.7:
        return "queue"
    return reason if isinstance(reason, str) else None


def _usual(said: dict[str, Tone]) -> list[str]:
    """The topics that are not about something new."""
    return [topic for topic in said if topic not in _NEW]


def _framed(chance: random.Random, own: Phrases, said: dict[str, Tone], topic: str, mood: str) -> str:
    sentences = [chance.choice(said[topic][mood])]
    if chance.random() < 0.18:
        other = chance.choice(said[chance.choice(_usual(said))][mood])
        sentences += [other] if other not in sentences else []
    opening = [chance.choice(own.openings[mood])] if chance.random() < 0.4 else []
    closing = [chance.choice(own.closings[mood])] if chance.random() < 0.35 else []
    return " ".join((*opening, *sentences, *closing))


def _both(chance: random.Random, own: Phrases, said: dict[str, Tone], topic: str, language: str) -> str:
    """Something good, and something else that was not."""
    pair = [topic, chance.choice([other for other in _usual(said) if other != topic])]
    if topic not in _NEW:
        chance.shuffle(pair)
    good, bad = chance.choice(said[pair[0]]["good"]).rstrip("."), chance.choice(said[pair[1]]["bad"])
    if language == "fa":
        return f"{good}، {chance.choice(own.but)} {bad}"
    return f"{good}, {chance.choice(own.but)} {bad if bad.startswith('I ') else bad[0].lower() + bad[1:]}"


def _as_people_write(chance: random.Random, text: str, language: str) -> str:
    """Half-spaces are forgotten, so are capitals and full stops."""
    text = text[0].upper() + text[1:]
    if language == "fa" and chance.random() < 0.3:
        text = text.replace(HALF_SPACE, " ")
    if language == "en" and chance.random() < 0.2:
        text = text.lower()
    if chance.random() < 0.06:
        return text.rstrip(".") + chance.choice(("!", "!!", "..."))
    return text.rstrip(".") if chance.random() < 0.4 else text
