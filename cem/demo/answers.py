"""The responses of the demo company, as they would have come from the survey pages."""

import random
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cem.demo.comments import topic_of, write_comment
from cem.demo.contacts import BRANCHES, Contact
from cem.demo.planted import BURST
from cem.demo.scores import draw_mood, draw_point, draw_satisfaction, draw_scores, gamed_scores, nps_level
from cem.demo.timeline import Day, Timeline, seeded_id
from surveys.questionnaire import Comment, Questionnaire, Reader, Text, scores
from surveys.responses import Submission

PERSIAN = 0.85
_COMMENTS = {"good": 0.29, "mixed": 0.3, "bad": 0.55}
# What people who are not asked, but come by themselves, think below those who are asked; in points of NPS.
_UNASKED_LOSS = 25
_ASPECTS = {"trust": 0.8, "ease": 1.0, "care": 0.5, "digital_services": 0.7, "fair_fees": 0.3}
_OPENING_HOURS = {"branch-visit": (8.2, 17, 12), "support-call": (7.5, 22, 12)}
_ALL_DAY = (6.5, 23.8, 19)


@dataclass(frozen=True)
class Sheet:
    """A published questionnaire, ready to be filled in."""

    survey_id: uuid.UUID
    version: int
    questionnaire: Questionnaire
    reader: Reader

    def submit(
        self,
        day: Day,
        moment: datetime,
        identity: uuid.UUID,
        language: str,
        answers: Mapping[str, object],
        *,
        touchpoint: str = "",
        unit: str = "",
        channel: str = "",
        seconds: int = 0,
        signals: Sequence[str] = (),
    ) -> Submission:
        """The response; the questionnaire's own reader has checked its answers."""
        reading = self.reader.check_answers(answers)
        if reading.faults:
            raise ValueError(f"the demo gives an answer that {self.questionnaire.id} refuses: {reading.faults}")
        anonymous = self.questionnaire.anonymous
        comments = (question.id for question in self.questionnaire.questions if isinstance(question, Comment))
        return Submission(
            survey_id=self.survey_id,
            response_id=identity,
            version=self.version,
            day=day.date,
            touchpoint=touchpoint,
            unit=unit,
            channel=channel,
            language=language,
            quality="suspect" if signals else "valid",
            signals=list(signals),
            has_comment=any(name in reading.answers for name in comments),
            answers=reading.answers,
            submitted_at=None if anonymous else moment,
            seconds=None if anonymous else seconds,
            scores=scores(self.questionnaire, reading.answers),
        )


def after_contact(
    chance: random.Random, sheet: Sheet, timeline: Timeline, contacts: Sequence[Contact], names: Mapping[str, Text]
) -> Iterator[Submission]:
    """What customers answer when they are asked about a contact."""
    for contact in contacts:
        language = _language(chance)
        answers = _gamed(chance, language, contact, names) or _honest(chance, language, contact, names)
        moment = timeline.moment(contact.day, chance.triangular(*_OPENING_HOURS.get(contact.touchpoint, _ALL_DAY)))
        yield sheet.submit(
            contact.day,
            moment,
            seeded_id(chance, moment),
            language,
            answers,
            touchpoint=contact.touchpoint,
            unit=contact.unit,
            channel=contact.channel,
            seconds=chance.randint(9, 19) if contact.gamed else _seconds(chance, answers),
        )


def _honest(chance: random.Random, language: str, contact: Contact, names: Mapping[str, Text]) -> dict[str, object]:
    mood = draw_mood(chance, nps_level(contact))
    answers = draw_scores(chance, contact, mood)
    if chance.random() < _COMMENTS[mood]:
        topic = topic_of(chance, contact, answers.get("reason"))
        branch = names[contact.unit][language]
        answers["comment"] = write_comment(chance, language, contact.touchpoint, topic, mood, branch)
    return answers


def _gamed(
    chance: random.Random, language: str, contact: Contact, names: Mapping[str, Text]
) -> dict[str, object] | None:
    """The answers of a branch that scores itself; nine of ten visits there."""
    if not contact.gamed or chance.random() > 0.9:
        return None
    answers = gamed_scores(chance)
    if chance.random() < 0.03:
        answers["comment"] = write_comment(
            chance, language, contact.touchpoint, "staff", "good", names[contact.unit][language]
        )
    return answers


def always_on(
    chance: random.Random, sheet: Sheet, timeline: Timeline, contacts: Sequence[Contact], names: Mapping[str, Text]
) -> Iterator[Submission]:
    """What customers say by themselves, without a name and without a time."""
    for contact in contacts:
        language = _language(chance)
        mood = draw_mood(chance, nps_level(contact) - _UNASKED_LOSS)
        answers: dict[str, object] = {"satisfaction": draw_satisfaction(chance, contact, mood)}
        if chance.random() < 0.6:
            branch = names[contact.unit][language]
            answers["comment"] = write_comment(chance, language, contact.touchpoint, None, mood, branch)
        yield sheet.submit(
            contact.day,
            timeline.now,
            seeded_id(chance, contact.day.starts),
            language,
            answers,
            touchpoint=contact.touchpoint,
            unit=contact.unit,
            channel=contact.channel,
        )


def relationship(chance: random.Random, sheet: Sheet, timeline: Timeline, number: int) -> Iterator[Submission]:
    """What a monthly sample of all customers thinks of the bank; ease and trust move it most."""
    for day in sorted(chance.choices(timeline.days, k=number), key=lambda day: day.date):
        language, liking = _language(chance), chance.gauss(0, 1)
        felt = {name: 0.7 * liking + 0.7 * chance.gauss(0, 1) for name in _ASPECTS}
        answers: dict[str, object] = {name: _on_scale(3.6 + value, 1, 5) for name, value in felt.items()}
        pull = sum(_ASPECTS[name] * value for name, value in felt.items())
        recommend = _on_scale(7.8 + 0.8 * pull + chance.gauss(0, 0.9), 0, 10)
        answers["recommend"] = recommend
        answers["satisfaction"] = _on_scale(3.7 + 0.35 * pull + chance.gauss(0, 0.5), 1, 5)
        if chance.random() < 0.3:
            topic = max(felt, key=lambda name: felt[name]) if recommend >= 7 else min(felt, key=lambda name: felt[name])
            answers["comment"] = write_comment(
                chance, language, "relationship", topic, "good" if recommend >= 7 else "bad"
            )
        moment = timeline.moment(day, chance.triangular(9, 22, 18))
        yield sheet.submit(
            day,
            moment,
            seeded_id(chance, moment),
            language,
            answers,
            unit=chance.choices(list(BRANCHES), list(BRANCHES.values()))[0],
            channel="sms",
            seconds=_seconds(chance, answers) + 40,
        )


def burst(chance: random.Random, sheet: Sheet, timeline: Timeline) -> Iterator[Submission]:
    """Someone's script, on one night some weeks ago."""
    day = timeline.days[-40]
    for _ in range(int(BURST.at_least)):
        moment = timeline.moment(day, 2.1 + chance.random() * 0.66)
        yield sheet.submit(
            day,
            moment,
            seeded_id(chance, moment),
            "fa",
            {"recommend": draw_point(chance, ((0, 1), (85, 15))), "satisfaction": 1, "effort": 1},
            touchpoint=BURST.touchpoints[0],
            channel="web",
            seconds=chance.randint(0, 1),
            signals=("too_fast", "no_language_header"),
        )


def _language(chance: random.Random) -> str:
    return "fa" if chance.random() < PERSIAN else "en"


def _seconds(chance: random.Random, answers: Mapping[str, object]) -> int:
    return int(chance.lognormvariate(3.6, 0.45) + (chance.triangular(15, 150, 35) if "comment" in answers else 0))


def _on_scale(value: float, low: int, high: int) -> int:
    return min(max(round(value), low), high)
