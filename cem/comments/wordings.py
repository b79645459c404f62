"""A response's own words, and what its score alone says."""

import uuid
from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from surveys.models import SurveyVersion
from surveys.questionnaire import CES, CSAT, NPS, Comment, Questionnaire

# Up to the first score a customer is against, from the second on for; between them the score says neither.
_ENDS: dict[type, tuple[int, int]] = {NPS: (6, 9), CSAT: (2, 4), CES: (3, 5)}


def read_questionnaires(session: Session, survey_id: uuid.UUID) -> Mapping[int, Questionnaire]:
    """Every version of a survey."""
    rows = session.execute(
        select(SurveyVersion.version, SurveyVersion.document).where(SurveyVersion.survey_id == survey_id)
    )
    return {version: msgspec.convert(document, Questionnaire) for version, document in rows}


def words_of(answers: Mapping[str, Any], asked: Questionnaire) -> str:
    """What a customer wrote, an answer a line."""
    written = (answers.get(question.id) for question in asked.questions if isinstance(question, Comment))
    return "\n".join(text for text in written if isinstance(text, str))


def unhappy_up_to(question: object) -> int | None:
    """The highest score at which a KPI's question finds a customer unhappy; None for what is no KPI."""
    return _ENDS[type(question)][0] if type(question) in _ENDS else None


def opinion_of_score(answers: Mapping[str, Any], asked: Questionnaire) -> str:
    """'positive' or 'negative' as the first KPI that was answered has it, '' where it says neither or there is none."""
    for question in asked.questions:
        score = answers.get(question.id)
        if isinstance(question, NPS | CSAT | CES) and isinstance(score, int):
            against, favour = _ENDS[type(question)]
            return "negative" if score <= against else "positive" if score >= favour else ""
    return ""
