import json
import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from cem.demo import loading
from cem.demo.accounts import PASSWORD, SIGN_INS
from cem.demo.contacts import BRANCHES, CHANNELS
from cem.demo.loading import NUMBERS, Loaded, load_demo
from cem.demo.timeline import Timeline
from cem.outcomes.models import CustomerRecord
from cem.people.accounts import sign_in
from cem.people.models import Account
from cem.roles import Role
from cem.scorecards.models import KpiTarget
from cem.settings import Settings
from surveys import tallies
from surveys.database import Database, create_database
from surveys.languages import Month
from surveys.models import Customer, Encounter, Invitation, Response, Survey, SurveyVersion, Tally, Touchpoint, Unit
from surveys.questionnaire import Questionnaire, scores


def test_it_tells_what_it_stored(loaded: tuple[Database, Loaded], progress: list[tuple[int, int]]) -> None:
    """About twenty thousand responses are stored, and the progress ends at all of them."""
    _, report = loaded
    assert report.responses == sum(NUMBERS.values()) + 140
    assert report.invitations > 3000
    assert [done for done, _ in progress] == sorted(done for done, _ in progress)
    assert progress[-1] == (report.responses, report.responses)


def test_the_tallies_are_those_of_the_responses(demo: Database) -> None:
    """A recount of every survey finds no difference."""
    with demo.read() as session:
        for survey in session.scalars(select(Survey)):
            version = session.get_one(SurveyVersion, (survey.survey_id, survey.version))
            questionnaire = msgspec.convert(version.document, Questionnaire)

            def scores_of(_version: int, answers: object, asked: Questionnaire = questionnaire) -> object:
                return scores(asked, answers)

            assert tallies.differences(session.connection(), survey.survey_id, scores_of) == []


def test_every_month_of_two_years_has_responses(demo: Database, timeline: Timeline) -> None:
    """Each survey and each touchpoint has answers in all 24 whole months, none before them and none to come."""
    with demo.read() as session:
        rows = session.execute(
            select(Survey.slug, Response.touchpoint, Response.day, Response.submitted_at).join(
                Survey, Survey.survey_id == Response.survey_id
            )
        ).all()
    running = Month.of(timeline.today, "jalali")
    months = {str(running.plus(number)) for number in range(-24, 0)}
    for slug in NUMBERS:
        assert {str(Month.of(day, "jalali")) for own, _, day, _ in rows if own == slug} >= months
    for touchpoint in CHANNELS:
        assert {str(Month.of(day, "jalali")) for _, own, day, _ in rows if own == touchpoint} >= months
    assert min(day for _, _, day, _ in rows) >= timeline.first
    assert max(day for _, _, day, _ in rows) == timeline.today
    assert max(moment for _, _, _, moment in rows if moment) <= timeline.now


def test_the_company(demo: Database) -> None:
    """Twelve branches stand in their regions; the channels of the generator are those of the touchpoints."""
    with demo.read() as session:
        units = {unit.code: unit.parent for unit in session.scalars(select(Unit))}
        channels = {touchpoint.code: touchpoint.channel for touchpoint in session.scalars(select(Touchpoint))}
    assert len(BRANCHES) == 12
    assert {str(units[branch]).partition("-")[0] for branch in BRANCHES} == {"region"}
    assert channels == CHANNELS


def test_comments_are_natural_and_varied(demo: Database) -> None:
    """About a third of the responses have one, mostly Persian; few are the same, and none has an open slot."""
    with demo.read() as session:
        rows = session.execute(select(Response.language, Response.answers["comment"].as_string())).all()
    comments = [(language, text) for language, text in rows if text]

    assert 0.30 < len(comments) / len(rows) < 0.42
    assert 0.8 < sum(language == "fa" for language, _ in comments) / len(comments) < 0.9
    assert len({text for _, text in comments}) / len(comments) > 0.7
    assert not [text for _, text in comments if re.search(r"[{}]|  ", text)]
    assert all(bool(re.search("[؀-ۿ]", text)) is (language == "fa") for language, text in comments)


def test_anonymous_answers_have_no_time(demo: Database) -> None:
    """The always-on form keeps the day alone."""
    with demo.read() as session:
        rows = session.scalars(select(Response).join(Survey, Survey.survey_id == Response.survey_id)
                               .where(Survey.slug == "always-on")).all()  # fmt: skip
    assert {(row.submitted_at, row.seconds) for row in rows} == {(None, None)}
    assert len({row.response_id.int >> 80 for row in rows}) == len({row.day for row in rows})


def test_there_is_a_response_rate(demo: Database, timeline: Timeline) -> None:
    """One in three or four of the invited answers; every recent invitation has its encounter, and some have none."""
    with demo.read() as session:
        # The panel of the relationship survey is asked without an encounter.
        invitations = session.scalars(select(Invitation).where(Invitation.encounter_id.is_not(None))).all()
        answered = set(session.scalars(select(Response.response_id)))
        encounters = session.scalars(select(Encounter)).all()
    used = [one for one in invitations if one.invitation_id in answered]
    recent = [one for one in invitations if one.encounter_id is not None]

    assert 0.15 < len(used) / len(invitations) < 0.35
    assert {one.encounter_id for one in recent} <= {one.encounter_id for one in encounters}
    assert all(one.created_at <= timeline.now for one in invitations)
    assert len(recent) > 3000
    assert min(one.created_at for one in recent) > timeline.now - timedelta(days=75)
    refused = [one for one in encounters if one.invitation_id is None]
    assert {one.not_invited for one in refused} == {"fatigue_30d"}
    assert 0.03 < len(refused) / len(encounters) < 0.2


def test_customers_have_books(demo: Database, timeline: Timeline) -> None:
    """Answers of two years belong to customers, nobody answers after leaving, and the books add up."""
    with demo.read() as session:
        answers = session.execute(
            select(Invitation.customer_id, Response.day).join(
                Response,
                (Response.survey_id == Invitation.survey_id) & (Response.response_id == Invitation.invitation_id),
            )
        ).all()
        records = session.scalars(select(CustomerRecord).order_by(CustomerRecord.day)).all()
        customers = set(session.scalars(select(Customer.customer_id)))
    latest = {record.customer_id: record for record in records}
    assert {record.day for record in records} == {timeline.today, timeline.today - timedelta(days=183)}
    assert latest.keys() == customers
    assert sum(day < timeline.today - timedelta(days=365) for _, day in answers) > 1500
    assert len(answers) / len({customer for customer, _ in answers}) > 1.1
    left = {customer: record.left_on for customer, record in latest.items() if record.left_on}
    assert [1 for customer, day in answers if customer in left and left[customer] <= day] == []
    first: dict[object, CustomerRecord] = {}
    for record in records:
        before = first.setdefault(record.customer_id, record)
        assert record.customer_since <= (record.left_on or record.day) <= record.day
        assert before.spend <= record.spend
        assert before.purchases <= record.purchases
        assert record.category_spend is None or record.category_spend >= record.spend


def test_everybody_can_sign_in(demo: Database, timeline: Timeline, cheap_hasher: PasswordHasher) -> None:
    """There is one account of each role, and the printed password opens them all."""
    assert {person.role for person in SIGN_INS} == set(Role)
    for person in SIGN_INS:
        assert sign_in(demo, cheap_hasher, timeline.now, person.name, PASSWORD)
    with demo.read() as session:
        assert session.scalar(select(Account.unit).where(Account.name == "branch")) == "rasht"


def test_every_kpi_has_a_target(demo: Database) -> None:
    """Each KPI of a scorecard has a target for the first and a higher one for the second year."""
    with demo.read() as session:
        targets = session.scalars(select(KpiTarget).order_by(KpiTarget.valid_from)).all()
        series = {(tally.survey_id, tally.series) for tally in session.scalars(select(Tally))}
    kpis = {(one.survey_id, one.series) for one in targets}
    assert kpis <= series
    assert len(kpis) == 6
    for kpi in kpis:
        first, second = [one.value for one in targets if (one.survey_id, one.series) == kpi]
        assert first < second


def test_a_day_has_one_demo(
    database: Database,
    empty_sqlite: Path,
    tmp_path: Path,
    cheap_hasher: PasswordHasher,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whoever loads it at whatever hour, into whichever database, gets the same answers on the same days."""
    monkeypatch.setattr(loading, "NUMBERS", {"after-contact": 300, "always-on": 40, "relationship": 40})
    file = tmp_path / "other.db"
    shutil.copyfile(empty_sqlite, file)
    other = create_database(f"sqlite:///{file}")
    settings = Settings(secret_key="demo" * 10)
    answers = []
    for target, hour in ((database, 9), (other, 17)):
        load_demo(target, settings, datetime(2026, 3, 25, hour, tzinfo=UTC), hasher=cheap_hasher)
        with target.read() as session:
            # What customers say about their cases goes with the hour that the cases have come to.
            own = select(Response).join(Survey, Survey.survey_id == Response.survey_id)
            responses = session.scalars(own.where(Survey.slug.in_(loading.NUMBERS))).all()
        answers.append(
            sorted(
                (one.day, one.touchpoint, one.unit, one.language, json.dumps(one.answers, sort_keys=True))
                for one in responses
            )
        )
    other.close()
    assert len(answers[0]) == 520
    assert answers[0] == answers[1]
