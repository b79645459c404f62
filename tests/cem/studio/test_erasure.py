"""`cem erase-customer`: a customer's rows go, the others' stay, and the tallies say the same as the responses."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from click.testing import Result
from sqlalchemy import func, insert, select

from cem.alerts.models import AlertRun
from cem.audit import AuditEvent
from cem.cases.models import Case, CaseMessage, CaseSignal
from cem.comments.models import CommentCorrection, CommentReading
from cem.models import metadata
from cem.outcomes.models import CustomerRecord
from cem.quality.models import QualityDecision
from cem.studio.erasure import ERASED, KEPT
from surveys.contacts import keep_addresses
from surveys.database import Database, new_id
from surveys.models import Arrival, Customer, Draft, Encounter, Invitation, Response, Survey, Tally
from surveys.questionnaire import read_yaml, scores
from surveys.responses import Submission, record
from surveys.touchpoints import customer_id_of
from tests.cem.conftest import VISIT

Cem = Callable[..., Result]
AT = datetime(2025, 11, 10, 9, tzinfo=UTC)


def filled(table: Any, **known: Any) -> dict[str, Any]:
    """A row with something in every column that needs it."""
    samples = {"DATE": AT.date(), "BOOLEAN": False, "INTEGER": 1, "DOUBLE": 1.0}
    row = dict(known)
    for column in table.__table__.columns:
        if column.name not in row and not column.nullable and column.default is None and column.server_default is None:
            kind = type(column.type).__name__.upper()
            row[column.name] = (
                new_id(AT)
                if kind == "IDENTIFIER"
                else AT
                if "UTC" in kind or "MOMENT" in kind or "DATETIME" in kind
                else samples.get(kind, [] if "JSON" in kind or "VARIANT" in kind else "x")
            )
    return row


@pytest.fixture
def customers(database: Database, survey: Survey) -> dict[str, uuid.UUID]:
    """Two customers with everything that the product can hold about one; each answered once and was asked twice."""
    questionnaire, answered = read_yaml(VISIT), {}
    with database.write() as session:
        for reference, score in (("sara", 2), ("reza", 9)):
            customer_id, first, second = customer_id_of(reference), new_id(AT), new_id(AT)
            key = {"survey_id": survey.survey_id, "response_id": first}
            session.add(Customer(customer_id=customer_id, reference=reference, language="fa"))
            session.flush()
            keep_addresses(session, {customer_id: {"email": f"{reference}@mail.example", "sms": "+989121234567"}})
            for invitation_id in (first, second):
                session.add(
                    Invitation(
                        survey_id=survey.survey_id,
                        invitation_id=invitation_id,
                        customer_id=customer_id,
                        touchpoint="counter",
                        unit="vanak",
                        channel="sms",
                        language="fa",
                        created_at=AT,
                        expires_at=AT + timedelta(days=30),
                    )
                )
            answers = {"recommend": score, "satisfied": None, "words": "bad"}
            submission = Submission(
                survey_id=survey.survey_id,
                response_id=first,
                version=1,
                day=AT.date(),
                touchpoint="counter",
                unit="vanak",
                channel="branch",
                language="fa",
                quality="valid",
                signals=[],
                has_comment=True,
                answers=answers,
                submitted_at=AT,
                seconds=30,
                scores=scores(questionnaire, answers),
                reply_to=("email", f"{reference}@elsewhere.example"),
            )
            record(session.connection(), [submission], arriving=True)
            for table, known in (
                (Encounter, {"customer_id": customer_id}),
                (CustomerRecord, {"customer_id": customer_id}),
                (QualityDecision, key),
                (CommentReading, key),
                (CommentCorrection, key),
                (Draft, {**key, "response_id": second, "answers": {}}),
                (CaseSignal, key),
                (AlertRun, key),
                (
                    Case,
                    {"case_id": first, "customer_id": customer_id, "number": reference, "words": "The card is gone."},
                ),
                (CaseMessage, {"case_id": first, "text": "Where is it?"}),
            ):
                session.execute(insert(table).values(filled(table, **known)))
            answered[reference] = first
    return answered


def rows(database: Database) -> dict[str, int]:
    with database.read() as session:
        tables = metadata.sorted_tables
        return {t.name: session.scalar(select(func.count()).select_from(t)) or 0 for t in tables}


def test_every_table_about_customers_is_erased_or_kept_for_a_reason() -> None:
    """A new table with a customer or a response says what becomes of it."""
    about = {t.name for t in metadata.sorted_tables if {"customer_id", "response_id"} & set(t.c.keys())}

    assert about <= set(ERASED) | set(KEPT)
    assert set(ERASED) <= about
    assert set(KEPT) <= set(metadata.tables)
    assert not set(ERASED) & set(KEPT)
    # What another table points at is removed after it.
    for table in map(metadata.tables.get, ERASED):
        assert table is not None
        later = {key.column.table.name for key in table.foreign_keys} & set(ERASED)
        assert all(ERASED.index(name) > ERASED.index(table.name) for name in later)


def test_a_customer_is_erased_alone(cem: Cem, database: Database, customers: dict[str, uuid.UUID]) -> None:
    """Half of every table goes with one of two customers, and the tallies have lost exactly these scores."""
    before = rows(database)
    assert all(before[name] for name in ERASED), before
    result = cem("erase-customer", "sara", "--yes")
    after = rows(database)

    assert result.exit_code == 0, result.output
    assert {name: after[name] * 2 for name in ERASED} == {name: before[name] for name in ERASED}
    others = set(after) - {*ERASED, "audit_event", "case_message"}
    assert {name: after[name] for name in others} == {name: before[name] for name in others}
    with database.read() as session:
        # A case says what the company did, and no more whom it was about.
        cases = {case.number: case for case in session.scalars(select(Case))}
        assert (cases["sara"].customer_id, cases["sara"].words) == (None, "")
        assert cases["reza"].words == "The card is gone."
        assert session.scalars(select(CaseMessage.case_id)).all() == [customers["reza"]]
        assert session.scalars(select(Response.response_id)).all() == [customers["reza"]]
        assert session.scalars(select(Arrival.response_id)).all() == [customers["reza"]]
        assert session.execute(select(func.sum(Tally.c2), func.sum(Tally.c9))).one() == (0, 1)
    assert cem("tallies", "check").exit_code == 0


def test_the_audit_row_does_not_name_the_customer(
    cem: Cem, database: Database, customers: dict[str, uuid.UUID]
) -> None:
    """It has counts and a digest, and neither reference nor address."""
    cem("erase-customer", "sara", "--yes")

    with database.read() as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == "customers:erase")).one()
    assert event.details["response"] == 1
    assert event.details["contact_detail"] == 2
    assert "sara" not in f"{event.subject} {event.details}"
    assert str(customer_id_of("sara")) not in f"{event.subject} {event.details}"


def test_a_dry_run_and_a_no_change_nothing(
    cem: Cem, database: Database, customers: dict[str, uuid.UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rows are told; asked whether they are sure, whoever does not say yes has changed nothing."""
    before = rows(database)
    dry, unsure = cem("erase-customer", "sara", "--dry-run"), cem("erase-customer", "sara")

    assert dry.exit_code == 0
    assert "     2  invitation\n" in dry.stdout
    assert "Nothing was changed." in dry.stdout
    assert unsure.exit_code == 1
    assert rows(database) == before


def test_a_second_time_and_a_stranger(cem: Cem, database: Database, customers: dict[str, uuid.UUID]) -> None:
    """Status 2 with one clear line; nothing else is touched."""
    cem("erase-customer", "sara", "--yes")
    before = rows(database)
    for reference in ("sara", "nobody", "x" * 5000, "'; drop table customer; --"):
        result = cem("erase-customer", reference, "--yes")

        assert result.exit_code == 2
        assert result.stderr == (
            "cem: No customer has this reference, or what was held about them is removed already.\n"
        )
    assert rows(database) == before


def test_who_was_only_met_is_erased_too(cem: Cem, database: Database) -> None:
    """A customer without any invitation."""
    with database.write() as session:
        session.add(Customer(customer_id=customer_id_of("new"), reference="new", language="fa"))

    assert cem("erase-customer", "new", "--yes").stdout == "     1  customer\n1 rows were removed.\n"
