"""Publishing and its versions."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import func, select

from surveys.database import Database
from surveys.models import Survey, SurveyVersion
from surveys.publishing import current_version, publish
from surveys.questionnaire import Questionnaire, QuestionnaireFaults, read_yaml

NOW = datetime(2025, 10, 7, 9, 0, tzinfo=UTC)


def test_publishing_again_changes_nothing(database: Database, examples: Path) -> None:
    """The same document is the same version."""
    questionnaire = read_yaml(examples / "every-question.yaml")
    for _ in range(2):
        with database.write() as session:
            assert publish(session, questionnaire, NOW).version == 1

    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(SurveyVersion)) == 1


def test_a_change_is_the_next_version(database: Database, examples: Path) -> None:
    """The earlier version stays as it was."""
    questionnaire = read_yaml(examples / "branch-visit.yaml")
    changed = msgspec.structs.replace(questionnaire, thanks={"fa": "ممنون", "en": "Thanks"})
    with database.write() as session:
        first = publish(session, questionnaire, NOW)
    with database.write() as session:
        second = publish(session, changed, NOW)
        assert (second.survey_id, second.version) == (first.survey_id, 2)

    with database.read() as session:
        assert current_version(session, first.survey_id).version == 2
        kept = session.get_one(SurveyVersion, (first.survey_id, 1)).document
        assert msgspec.convert(kept, Questionnaire) == questionnaire
        assert session.scalars(select(Survey.version)).all() == [2]


def test_other_words_need_another_series(database: Database, examples: Path) -> None:
    """A KPI question whose wording changes under the same series is refused: its numbers would not compare."""
    text = (examples / "branch-visit.yaml").read_text(encoding="utf-8")
    questionnaire = read_yaml(text)
    first = next(q for q in questionnaire.questions if q.type == "nps")
    words = first.text["en"]
    with database.write() as session:
        publish(session, questionnaire, NOW)

    with pytest.raises(QuestionnaireFaults), database.write() as session:
        publish(session, read_yaml(text.replace(words, "Something else?")), NOW)
