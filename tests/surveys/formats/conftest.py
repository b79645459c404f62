"""A survey with a question of each type, in two versions, and responses to export."""

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from surveys.database import Database, new_id
from surveys.formats.exports import Export, SurveyTables, Table, read_versions
from surveys.models import Survey
from surveys.publishing import publish
from surveys.questionnaire import Reader, read_yaml, scores
from surveys.responses import Submission, record
from surveys.tallies import Where

NOW = datetime(2025, 10, 7, 9, 0, 30, 123_456, tzinfo=UTC)
FIRST = """
id: visit
kind: relational
languages: [fa, en]
title: {fa: مراجعه به شعبه, en: Visit}
consent: {fa: همکاران ما می‌خوانند., en: We read this.}
thanks: {fa: سپاس, en: Thanks}
blocks:
  - id: all
    questions:
      - {type: nps, id: recommend, series: nps_visit, purpose: p, text: {fa: پیشنهاد می‌کنید؟, en: Recommend}}
      - {type: ces, id: effort, not_applicable: true, purpose: p, text: {fa: آسان بود؟, en: Easy}}
      - {type: comment, id: why, purpose: p, text: {fa: چرا؟, en: Why}, show_if: {question: recommend, at_most: 6}}
      - type: multiple_choice
        id: places
        purpose: p
        text: {fa: کجا؟, en: Where}
        options:
          - {code: Branch-1, text: {fa: شعبه یک, en: Branch 1}}
          - {code: app, text: {fa: برنامک, en: App}}
      - type: single_choice
        id: main
        purpose: p
        text: {fa: بانک اصلی؟, en: Main bank}
        options: [{code: yes, text: {fa: بله, en: "Yes"}}, {code: no, text: {fa: خیر, en: "No"}}]
      - {type: number, id: visits, purpose: p, least: 0, most: 99, integer: true, text: {fa: چند بار؟, en: How often}}
      - {type: number, id: balance, purpose: p, text: {fa: مانده؟, en: Balance}}
      - {type: date, id: since, purpose: p, not_applicable: true, text: {fa: از کی؟, en: Since when}}
"""
SECOND = (
    FIRST.replace(
        "          - {code: app,", "          - {code: phone, text: {fa: تلفن, en: Phone}}\n          - {code: app,"
    )
    + "      - {type: csat, id: satisfied, purpose: p, text: {fa: راضی هستید؟, en: Satisfied}}\n"
)
PLACES = {
    "unit": {"vanak": {"fa": "ونک", "en": "Vanak"}},
    "touchpoint": {"counter": {"fa": "باجه", "en": "Counter"}},
    "channel": {"branch": {"fa": "شعبه", "en": "Branch"}},
}

Give = Callable[..., uuid.UUID]
Exported = Callable[..., Table]


@pytest.fixture
def published(database: Database) -> Database:
    """The first version of the survey."""
    with database.write() as session:
        publish(session, read_yaml(FIRST), NOW)
    return database


@pytest.fixture
def revise(published: Database) -> Callable[..., None]:
    """Publish the next version: the second, or the first with one text replaced."""

    def publish_next(old: str = "", new: str = "") -> None:
        assert old in FIRST
        with published.write() as session:
            publish(session, read_yaml(FIRST.replace(old, new) if old else SECOND), NOW)

    return publish_next


@pytest.fixture
def give(published: Database) -> Give:
    """Store a response to the current version: its answers, and whatever else is named."""

    def store(answers: dict[str, Any] | None = None, **named: Any) -> uuid.UUID:
        with published.write() as session:
            survey = session.scalars(select(Survey)).one()
            questionnaire = read_versions(session, survey.survey_id)[survey.version]
            reading = Reader(questionnaire).check_answers(answers or {})
            assert not reading.faults
            values: dict[str, Any] = {
                "survey_id": survey.survey_id,
                "response_id": new_id(NOW),
                "version": survey.version,
                "day": NOW.date(),
                "touchpoint": "counter",
                "unit": "vanak",
                "channel": "branch",
                "language": "fa",
                "quality": "valid",
                "signals": ["late"],
                "has_comment": bool(reading.answers.get("why")),
                "answers": reading.answers,
                "submitted_at": NOW,
                "seconds": 40,
                "scores": scores(questionnaire, reading.answers),
            }
            submission = Submission(**(values | named))
            assert record(session.connection(), [submission]) == {submission.response_id}
        return submission.response_id

    return store


@pytest.fixture
def exported(published: Database) -> Exported:
    """A table of the survey, its rows read already."""

    def read(
        part: str = "responses",
        start: date | None = None,
        end: date | None = None,
        qualities: tuple[str, ...] = ("valid",),
        **limits: Any,
    ) -> Table:
        with published.read() as session:
            survey_id = session.scalars(select(Survey.survey_id)).one()
            tables = SurveyTables(read_versions(session, survey_id), ZoneInfo("Asia/Tehran"), PLACES)
            export = Export(Where(survey_id, **limits), start, end, qualities)
            table: Table = getattr(tables, part)(session, export)
            return Table(table.name, table.title, table.columns, iter(list(table.rows)), table.notes)

    return read
