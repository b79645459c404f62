"""Responses that nobody has looked at yet."""

from collections.abc import Callable

from sqlalchemy import select

from surveys import arrivals
from surveys.database import Database
from surveys.models import Arrival, ReplyAddress, Response
from surveys.responses import Submission, record

Submit = Callable[..., Submission]


def test_new_responses_wait_until_they_are_done(database: Database, submission: Submit) -> None:
    """The oldest first, in portions; one that was there already does not wait again."""
    sent = [submission({"recommend": score}) for score in (9, 8, 7)]
    with database.writer.begin() as connection:
        record(connection, [*sent, sent[0]], arriving=True)
    keys = [(one.survey_id, one.response_id) for one in sorted(sent, key=lambda one: one.response_id)]
    with database.write() as session:
        assert arrivals.any_waiting(session)
        assert arrivals.waiting(session, 2) == keys[:2]
        arrivals.done(session, keys[:2])
        arrivals.done(session, keys[:1])
    with database.writer.begin() as connection:
        record(connection, sent, arriving=True)

    with database.write() as session:
        assert arrivals.waiting(session, 10) == keys[2:]
        arrivals.done(session, keys)
        arrivals.done(session, [])
        assert not arrivals.any_waiting(session)


def test_an_import_does_not_arrive(database: Database, submission: Submit) -> None:
    """What was looked at elsewhere waits for nobody."""
    with database.writer.begin() as connection:
        record(connection, [submission({"recommend": 9})])

    with database.read() as session:
        assert not arrivals.any_waiting(session)


def test_an_arrival_tells_no_moment() -> None:
    """An anonymous response has none."""
    assert [column.name for column in Arrival.__table__.columns] == ["survey_id", "response_id"]


def test_an_address_stands_apart(database: Database, submission: Submit) -> None:
    """It is stored with the response, once, and in none of its columns."""
    sent = submission({"recommend": 3}, reply_to=("email", "sara@mail.example"))
    with database.writer.begin() as connection:
        record(connection, [sent, sent], arriving=True)
    with database.writer.begin() as connection:
        record(connection, [sent._replace(reply_to=("sms", "+989121234567"))], arriving=True)

    with database.read() as session:
        row = session.scalars(select(ReplyAddress)).one()
        stored = session.execute(select(*Response.__table__.columns)).one()
    assert (row.response_id, row.channel, row.address) == (sent.response_id, "email", "sara@mail.example")
    assert "sara" not in str(stored)
