"""The latest comments, for those who may read respondents' own words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from cem.scorecards.choices import Choice
from metrics.text.personal_data import scrub
from surveys.models import Response, SurveyVersion
from surveys.questionnaire import Comment, Questionnaire, Scored

LATEST = 10


@dataclass(frozen=True)
class Remark:
    """What a customer wrote. In an anonymous survey the words stand alone: place and score would point at someone."""

    words: str
    language: str
    day: date
    score: int | None = None
    highest: int | None = None
    touchpoint: str = ""
    unit: str = ""


def latest_comments(reader: Session, choice: Choice) -> tuple[Remark, ...]:
    """The newest comments of this choice, as one index holds them; an anonymous survey's know their day alone."""
    responses = reader.scalars(
        select(Response)
        .where(
            *choice.where().clauses(Response),
            Response.has_comment,
            Response.day >= choice.period.start,
            Response.day < choice.period.end,
        )
        .order_by(Response.day.desc(), Response.submitted_at.desc(), Response.response_id.desc())
        .limit(LATEST)
    ).all()
    asked = _questionnaires(reader, choice, {response.version for response in responses})
    return tuple(_remark(response, asked[response.version], choice) for response in responses)


def _questionnaires(reader: Session, choice: Choice, versions: set[int]) -> Mapping[int, Questionnaire]:
    rows = reader.execute(
        select(SurveyVersion.version, SurveyVersion.document).where(
            SurveyVersion.survey_id == choice.survey_id, SurveyVersion.version.in_(versions)
        )
    )
    return {version: msgspec.convert(document, Questionnaire) for version, document in rows}


def _remark(response: Response, asked: Questionnaire, choice: Choice) -> Remark:
    written = [response.answers.get(q.id) for q in asked.questions if isinstance(q, Comment)]
    # Nobody needs a customer's telephone number to learn from what they say.
    words = scrub("\n".join(text for text in written if isinstance(text, str)), lambda _kind: "[…]")
    if choice.anonymous or asked.anonymous:
        return Remark(words, response.language, response.day)
    scored = next((q for q in asked.questions if isinstance(q, Scored) and q.series == choice.kpi), None)
    score = response.answers.get(scored.id) if scored else None
    return Remark(
        words,
        response.language,
        response.day,
        score if isinstance(score, int) else None,
        scored.points[-1] if scored else None,
        response.touchpoint,
        response.unit,
    )
