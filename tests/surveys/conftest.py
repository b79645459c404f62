"""A published survey and submissions to it."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from surveys.database import Database, new_id
from surveys.models import SurveyVersion
from surveys.publishing import publish
from surveys.questionnaire import Reader, read_yaml, scores
from surveys.responses import Submission

NOW = datetime(2025, 10, 7, 9, 0, tzinfo=UTC)
QUESTIONNAIRE = """
id: visit
kind: transactional
languages: [fa, en]
title: {fa: بازدید, en: Visit}
consent: {fa: پاسخ شما را می‌خوانیم., en: We read your answer.}
thanks: {fa: سپاس, en: Thank you}
blocks:
  - id: main
    questions:
      - {type: nps, id: recommend, purpose: loyalty, text: {fa: توصیه, en: Recommend}, required: true}
      - {type: csat, id: satisfied, purpose: quality, text: {fa: رضایت, en: Satisfied}, not_applicable: true}
      - {type: comment, id: why, purpose: causes, text: {fa: چرا, en: Why}}
"""

Submit = Callable[..., Submission]


@pytest.fixture(scope="session")
def reader() -> Reader:
    """Reads answers to the questionnaire above."""
    return Reader(read_yaml(QUESTIONNAIRE))


@pytest.fixture
def visit(database: Database, reader: Reader) -> SurveyVersion:
    """The questionnaire above, published."""
    with database.write() as session:
        return publish(session, reader.questionnaire, NOW)


@pytest.fixture
def submission(visit: SurveyVersion, reader: Reader) -> Submit:
    """Makes a submission from answers; anything else of it can be named."""

    def make(answers: dict[str, Any], **named: Any) -> Submission:
        values: dict[str, Any] = {
            "survey_id": visit.survey_id,
            "response_id": new_id(NOW),
            "version": visit.version,
            "day": NOW.date(),
            "touchpoint": "branch",
            "unit": "vanak",
            "channel": "web",
            "language": "fa",
            "quality": "valid",
            "signals": [],
            "has_comment": "why" in answers,
            "answers": answers,
            "submitted_at": NOW,
            "seconds": 40,
            "scores": scores(reader.questionnaire, answers),
        }
        return Submission(**(values | named))

    return make


@pytest.fixture(scope="session")
def examples(root: Path) -> Path:
    """The questionnaires that ship with the product."""
    return root / "examples"
