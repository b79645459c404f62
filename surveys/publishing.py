"""Publishing: a questionnaire becomes a version that never changes."""

import uuid
from datetime import datetime

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from surveys.database import new_id
from surveys.models import Survey, SurveyVersion
from surveys.questionnaire import Questionnaire, QuestionnaireFaults, check, check_next_version


def publish(session: Session, questionnaire: Questionnaire, now: datetime) -> SurveyVersion:
    """The next version of its survey, or the current one where nothing changed; QuestionnaireFaults if it may not."""
    if faults := check(questionnaire):
        raise QuestionnaireFaults(faults)
    survey = session.scalar(select(Survey).where(Survey.slug == questionnaire.id))
    if survey is None:
        survey = Survey(survey_id=new_id(now), slug=questionnaire.id, kind=questionnaire.kind, version=0)
        session.add(survey)
        session.flush()
        return _add_version(session, survey, questionnaire, now)
    current = current_version(session, survey.survey_id)
    previous = msgspec.convert(current.document, Questionnaire)
    if previous == questionnaire:
        return current
    if faults := check_next_version(previous, questionnaire):
        raise QuestionnaireFaults(faults)
    return _add_version(session, survey, questionnaire, now)


def current_version(session: Session, survey_id: uuid.UUID) -> SurveyVersion:
    """The version that is asked now; LookupError where there is no such survey."""
    version = session.scalar(
        select(SurveyVersion)
        .join(Survey, Survey.survey_id == SurveyVersion.survey_id)
        .where(Survey.survey_id == survey_id, SurveyVersion.version == Survey.version)
    )
    if version is None:
        raise LookupError(survey_id)
    return version


def _add_version(session: Session, survey: Survey, questionnaire: Questionnaire, now: datetime) -> SurveyVersion:
    survey.version += 1
    survey.kind = questionnaire.kind
    version = SurveyVersion(
        survey_id=survey.survey_id,
        version=survey.version,
        document=msgspec.to_builtins(questionnaire),
        published_at=now,
    )
    session.add(version)
    session.flush()
    return version
