"""The demo company's survey after a case: real answers, and what they say of how cases are handled."""

from statistics import mean

import msgspec
from sqlalchemy import select

from cem.cases.models import Case, Recovery
from cem.cases.recovery import SLUG, ask_due
from cem.demo.loading import Loaded
from cem.demo.timeline import Timeline
from cem.settings import Settings
from surveys.database import Database
from surveys.models import Invitation, Response, Survey, SurveyVersion
from surveys.questionnaire import Questionnaire, check


def recoveries(demo: Database) -> list[tuple[Recovery, Case]]:
    with demo.read() as session:
        pairs = session.execute(select(Recovery, Case).join(Case, Case.case_id == Recovery.case_id))
        return [(recovery, case) for recovery, case in pairs]


def test_each_answer_is_a_response_of_its_invitation(loaded: tuple[Database, Loaded], timeline: Timeline) -> None:
    """What the row of a case says is what was answered, where the case is; nobody answers before being asked."""
    demo, report = loaded
    with demo.read() as session:
        survey = session.scalars(select(Survey).where(Survey.slug == SLUG)).one()
        mine = Response.survey_id == survey.survey_id
        responses = {one.response_id: one for one in session.scalars(select(Response).where(mine))}
        invited = select(Invitation.invitation_id).where(Invitation.survey_id == survey.survey_id)
        invitations = set(session.scalars(invited))
    asked = [(row, case) for row, case in recoveries(demo) if row.asked_at is not None]
    answered = [(row, case) for row, case in asked if row.answered_at is not None]

    assert invitations == {row.invitation_id for row, _ in asked}
    assert responses.keys() == {row.invitation_id for row, _ in answered}
    assert len(responses) == report.recoveries
    for row, case in answered:
        assert row.asked_at is not None
        assert row.answered_at is not None
        assert row.asked_at < row.answered_at <= timeline.now
        response = responses[row.invitation_id]  # type: ignore[index] # it was asked
        assert (response.unit, response.touchpoint) == (case.unit, case.touchpoint)
        assert response.answers["feeling"] == row.after
        assert response.answers["effort"] == row.effort
        assert (response.answers["solved"] == "yes") == row.resolved


def test_good_handling_is_seen(demo: Database) -> None:
    """Most feel better than when they complained, and not all of them are won back."""
    rows = [row for row, _ in recoveries(demo) if row.after is not None and row.before is not None]

    assert len(rows) > 100
    assert 1 < mean(row.after - row.before for row in rows) < 5  # type: ignore[operator] # both are there
    assert 0.4 < mean((row.after or 0) >= 7 for row in rows) < 0.85


def test_nobody_is_left_to_be_asked_at_once(demo: Database, settings: Settings, timeline: Timeline) -> None:
    """The job has nothing to make up for when the demo starts."""
    assert ask_due(demo, settings, timeline.now) == 0


def test_the_survey_is_the_products(demo: Database) -> None:
    """Published as the product publishes it, without a fault."""
    with demo.read() as session:
        document = session.scalars(
            select(SurveyVersion.document)
            .join(Survey, Survey.survey_id == SurveyVersion.survey_id)
            .where(Survey.slug == SLUG)
        ).one()
    assert check(msgspec.convert(document, Questionnaire)) == []
