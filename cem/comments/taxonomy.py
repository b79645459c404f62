"""The company's topics: a table that people keep, with a starting point for companies that have none yet."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cem.audit import audit
from cem.comments.models import Topic
from cem.errors import CemError
from metrics.text.normalise import normalise
from metrics.text.topics import Topics
from surveys.languages import CODES, N_, Language, normal_text

FILE = Path(__file__).parent / "taxonomy.yaml"
MOST_TERMS, LONGEST = 200, 60


class TopicFault(CemError):
    title = N_("This topic cannot be kept")
    advice = N_(
        "A topic needs a code of small Latin letters, digits and hyphens, a name, and at least one word. "
        "Nothing was changed."
    )


class Offered(msgspec.Struct, frozen=True):
    """A topic of the starting point."""

    names: dict[str, str]
    fa: tuple[str, ...]
    en: tuple[str, ...]


@dataclass(frozen=True)
class Taxonomy:
    """The topics as they stand: all names, the words of those that are not retired, and when any last changed."""

    topics: Mapping[str, Topic]
    changed_at: datetime | None

    @property
    def rules(self) -> Topics:
        """What finds the topics of a comment."""
        current = (topic for topic in self.topics.values() if topic.retired_at is None)
        return Topics({topic.code: [word for words in topic.words.values() for word in words] for topic in current})

    @property
    def current(self) -> list[Topic]:
        """The topics that are found."""
        return [topic for topic in self.topics.values() if topic.retired_at is None]

    def name(self, code: str, language: Language) -> str:
        """What a topic is called; its code where it is gone."""
        return language.own(self.topics[code].names) if code in self.topics else code


@cache
def starting_point() -> Mapping[str, Offered]:
    return msgspec.yaml.decode(FILE.read_bytes(), type=dict[str, Offered])


def read_taxonomy(session: Session) -> Taxonomy:
    """The company's topics; those of the starting point where it has not begun to keep its own."""
    topics = {topic.code: topic for topic in session.scalars(select(Topic).order_by(Topic.code))}
    if not topics:
        return Taxonomy({code: _topic(code, offered) for code, offered in starting_point().items()}, None)
    return Taxonomy(topics, max(topic.changed_at for topic in topics.values()))


def keep_topic(
    session: Session, now: datetime, actor: str, code: str, names: Mapping[str, str], words: Mapping[str, str]
) -> Topic:
    """Add or change a topic; its words come one a line or between commas. A retired one is taken up again."""
    begin_keeping(session, now)
    texts = {language: normal_text(names.get(language, ""))[:LONGEST] for language in CODES}
    terms = {language: read_terms(words.get(language, "")) for language in CODES}
    if not _is_code(code) or not any(texts.values()) or not any(terms.values()):
        raise TopicFault
    topic = session.get(Topic, code)
    replaced = {"names": topic.names, "words": topic.words} if topic else None
    if topic is None:
        topic = Topic(code=code)
        session.add(topic)
    topic.names = {language: text for language, text in texts.items() if text}
    topic.words = terms
    topic.changed_at, topic.retired_at = now, None
    audit(session, now, actor, "topic:keep", code, names=topic.names, words=terms, replaced=replaced)
    return topic


def retire_topic(session: Session, now: datetime, actor: str, code: str) -> None:
    """A topic that is looked for no more; corrections that name it keep it."""
    begin_keeping(session, now)
    topic = session.get(Topic, code)
    if topic is None:
        raise TopicFault
    topic.retired_at = topic.changed_at = now
    audit(session, now, actor, "topic:retire", code)


def begin_keeping(session: Session, now: datetime) -> None:
    """The starting point becomes the company's own, once."""
    if session.scalar(select(func.count()).select_from(Topic)):
        return
    for code, offered in starting_point().items():
        topic = _topic(code, offered)
        topic.changed_at = now
        session.add(topic)
    session.flush()


def read_terms(text: str) -> list[str]:
    """The terms that a person typed, in their order, each once."""
    lines = text.replace("،", "\n").replace(",", "\n").replace("؛", "\n").split("\n")
    found: dict[str, str] = {}
    for line in lines:
        term = normal_text(line)
        if term and len(term) <= LONGEST and normalise(term).strip("* "):
            found.setdefault(normalise(term), term)
    return list(found.values())[:MOST_TERMS]


def _topic(code: str, offered: Offered) -> Topic:
    return Topic(code=code, names=offered.names, words={"fa": list(offered.fa), "en": list(offered.en)})


def _is_code(code: str) -> bool:
    return 0 < len(code) <= 60 and code.isascii() and code == code.lower() and code.replace("-", "").isalnum()
