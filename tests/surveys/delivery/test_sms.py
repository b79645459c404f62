"""Text messages over a real gateway: what arrives, what is tried again, what is given up, and what is never told."""

import logging
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import msgspec
import pytest
from sqlalchemy import select

from surveys.database import Database
from surveys.delivery.outbox import PAUSES, TAKEN, put, take
from surveys.delivery.sending import send_due
from surveys.delivery.sms import FORM, KIND, Courier, SmsGateway
from surveys.models import Outgoing

NOW = datetime(2025, 11, 10, 8, tzinfo=UTC)
NUMBER, SECRET = "+989121234567", "hush-hush"
PostText = Callable[..., bool]


def send(database: Database, gateway: SmsGateway, now: datetime = NOW) -> int:
    """Send what is due."""
    with Courier(gateway) as courier:
        return send_due(database, KIND, courier.send, now)


def row(database: Database, key: str = "invitation:1") -> Outgoing:
    """The row of a key."""
    with database.read() as reader:
        return reader.scalars(select(Outgoing).where(Outgoing.key == key)).one()


def test_a_text_arrives(database: Database, desk: Any, post_text: PostText) -> None:
    """In Persian, with its number, sender and key; once; and nothing of its words is kept."""
    post_text(words='سلام "مینا"\n۵۰٪ \\ {to}')
    gateway = SmsGateway(desk.address, authorization=f"Bearer {SECRET}", sender="نارون")

    assert send(database, gateway) == 1
    assert send(database, gateway, NOW + timedelta(days=1)) == 0
    (body,), (headers,) = desk.bodies, desk.headers
    key = str(row(database).outbox_id)
    told = {"to": NUMBER, "text": 'سلام "مینا"\n۵۰٪ \\ {to}', "id": key, "from": "نارون"}
    assert msgspec.json.decode(body) == told
    assert headers["Content-Type"] == "application/json"
    assert headers["Authorization"] == f"Bearer {SECRET}"
    assert headers["Idempotency-Key"] == key
    assert row(database).payload == {}


def test_a_form(database: Database, desk: Any, post_text: PostText) -> None:
    """Percent signs, ampersands and Persian letters stay within their field."""
    post_text(words="تخفیف ۵۰٪ & more=1 {id}%")
    body = "receptor={to}&message={text}&sender={sender}&local={id}&type=1"
    send(database, SmsGateway(desk.address, body, f"{FORM}; charset=utf-8", sender="10+1"))

    assert parse_qs(desk.bodies[0].decode("ascii")) == {
        "receptor": [NUMBER],
        "message": ["تخفیف ۵۰٪ & more=1 {id}%"],
        "sender": ["10+1"],
        "local": [str(row(database).outbox_id)],
        "type": ["1"],
    }


def test_a_body_of_its_own_shape(database: Database, desk: Any, post_text: PostText) -> None:
    """Lists, numbers and words around a place stay as they are written."""
    post_text()
    send(database, SmsGateway(desk.address, '{"messages": [{"to": ["tel:{to}"], "body": "{text}"}], "flash": false}'))

    assert msgspec.json.decode(desk.bodies[0]) == {
        "messages": [{"to": [f"tel:{NUMBER}"], "body": "سلام مینا"}],
        "flash": False,
    }


def test_one_connection_for_a_run(database: Database, desk: Any, post_text: PostText) -> None:
    """Many messages do not greet the gateway anew each time."""
    for number in range(5):
        post_text(f"invitation:{number}")

    assert send(database, SmsGateway(desk.address)) == 5
    assert len(desk.callers) == 1


@pytest.mark.parametrize("status", [401, 408, 425, 429, 500, 503, 302])
def test_not_now(status: int, database: Database, desk: Any, post_text: PostText) -> None:
    """It waits its pause and arrives with the same key. The gateway's words, which quote the number, are not kept; nor
    is it followed to where else it points.
    """
    post_text()
    desk.answers = [(status, {"Location": desk.address + "/elsewhere"})]
    gateway = SmsGateway(desk.address)

    assert send(database, gateway) == 0
    assert len(desk.bodies) == 1
    assert (row(database).last_error, row(database).failed_at) == (f"the SMS gateway answers {status}", None)
    assert send(database, gateway, NOW + PAUSES[0] - timedelta(seconds=1)) == 0
    assert send(database, gateway, NOW + PAUSES[0]) == 1
    assert desk.headers[0]["Idempotency-Key"] == desk.headers[1]["Idempotency-Key"]
    assert desk.bodies[0] == desk.bodies[1]


@pytest.mark.parametrize(
    ("asked", "waits"),
    [
        ("600", timedelta(minutes=10)),
        ("3", PAUSES[0]),
        ("99999999", timedelta(days=1)),
        ("Wed, 21 Oct 2026 07:28:00 GMT", PAUSES[0]),
        ("-5", PAUSES[0]),
        ("9" * 5000, PAUSES[0]),
    ],
)
def test_retry_after(asked: str, waits: timedelta, database: Database, desk: Any, post_text: PostText) -> None:
    """A gateway that names seconds is left alone for so long, a day at most; the usual pause is the least."""
    post_text()
    desk.answers = [(429, {"Retry-After": asked})]
    send(database, SmsGateway(desk.address))

    assert row(database).due_at == NOW + waits


@pytest.mark.parametrize("status", [400, 403, 404, 422])
def test_never(status: int, database: Database, desk: Any, post_text: PostText) -> None:
    """The message is given up, and its neighbour arrives."""
    post_text("first")
    post_text("second", now=NOW + timedelta(seconds=1))
    desk.answers = [(status, {})]

    assert send(database, SmsGateway(desk.address), NOW + timedelta(minutes=1)) == 1
    assert row(database, "first").failed_at is not None
    assert row(database, "first").last_error == f"the SMS gateway answers {status}"
    assert row(database, "second").sent_at is not None


def test_death_between_sending_and_recording(database: Database, desk: Any, post_text: PostText) -> None:
    """Who dies with a message handed over leaves it to be sent again, with the key that tells the gateway so."""
    post_text()
    gateway = SmsGateway(desk.address)
    with database.write() as session:
        (taken,) = take(session, NOW, KIND)
    with Courier(gateway) as courier:
        courier.send(taken)  # and nobody records it

    assert send(database, gateway, NOW + TAKEN / 2) == 0
    assert send(database, gateway, NOW + TAKEN) == 1
    assert desk.headers[0]["Idempotency-Key"] == desk.headers[1]["Idempotency-Key"]


def test_no_gateway(database: Database, post_text: PostText) -> None:
    """Where nobody answers, messages wait."""
    post_text()

    assert send(database, SmsGateway("http://127.0.0.1:1/send")) == 0
    assert row(database).last_error == "the SMS gateway is not reached: ConnectError"
    assert row(database).failed_at is None


def test_a_gateway_that_hangs(database: Database, post_text: PostText, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is waited for once in a run, however many messages there are; all of them are tried again later."""
    monkeypatch.setattr("surveys.delivery.sms.PATIENCE", 0.3)
    for number in range(5):
        post_text(f"invitation:{number}")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        send(database, SmsGateway(f"http://127.0.0.1:{silent.getsockname()[1]}/"))
        silent.settimeout(0)
        silent.accept()[0].close()
        with pytest.raises(BlockingIOError):
            silent.accept()

    rows = [row(database, f"invitation:{number}") for number in range(5)]
    assert {one.last_error for one in rows} == {"the SMS gateway is not reached: ReadTimeout"}
    assert {(one.due_at, one.failed_at) for one in rows} == {(NOW + PAUSES[0], None)}


def test_nothing_is_told(database: Database, desk: Any, post_text: PostText, caplog: pytest.LogCaptureFixture) -> None:
    """Neither key, address, number nor words stand in a log, in the row's fault or in what is printed."""
    post_text("good")
    post_text("bad", now=NOW + timedelta(seconds=1))
    desk.answers = [(200, {}), (400, {})]
    gateway = SmsGateway(f"{desk.address}/{SECRET}?key={SECRET}", authorization=SECRET)
    with database.read() as reader:
        request = gateway.write(reader.scalars(select(Outgoing)).first() or Outgoing())
    with caplog.at_level(logging.DEBUG):
        send(database, gateway, NOW + timedelta(minutes=1))

    assert len(desk.bodies) == 2
    told = caplog.text + repr(gateway) + repr(request) + (row(database, "bad").last_error or "")
    assert [secret for secret in (SECRET, NUMBER, "مینا", "127.0.0.1") if secret in told] == []


def test_a_row_that_cannot_be_sent(database: Database, desk: Any) -> None:
    """A payload that is no text is given up, and nothing is sent."""
    with database.write() as session:
        put(session, NOW, kind=KIND, recipient=NUMBER, key="invitation:1", payload={"words": SECRET})

    assert send(database, SmsGateway(desk.address)) == 0
    assert row(database).last_error == "cannot be sent: ValidationError"
    assert desk.bodies == []


@pytest.mark.parametrize(
    ("setting", "wrong"),
    [
        ({"url": f"ftp://{SECRET}"}, "CEM_SMS_URL is not https"),
        ({"url": f"https:///{SECRET}"}, "CEM_SMS_URL is not https"),
        ({"url": f"https://sms.example/{SECRET}#x"}, "CEM_SMS_URL is not https"),
        ({"url": f"https://sms.example:99999999/{SECRET}"}, "CEM_SMS_URL is not an address"),
        ({"url": f"https://sms.example/{SECRET}\n"}, "CEM_SMS_URL is not an address"),
        ({"url": f"https://mina:{SECRET}@sms.example"}, "CEM_SMS_AUTHORIZATION is the place"),
        ({"authorization": f"{SECRET}\r\nX: y"}, "CEM_SMS_AUTHORIZATION must be one line"),
        ({"authorization": f"{SECRET} کلید"}, "CEM_SMS_AUTHORIZATION is the value of a header"),
        ({"content_type": "text/xml"}, "CEM_SMS_CONTENT_TYPE must be"),
        ({"content_type": "application/json; a=ش"}, "CEM_SMS_CONTENT_TYPE must be"),
        ({"sender": "a\nb"}, "CEM_SMS_FROM must be one line"),
        ({"body": '{"to": "{to}"}'}, "CEM_SMS_BODY needs"),
        ({"body": '{"to": "{to}", "text": "{text}", "x": "{key}"}'}, r"CEM_SMS_BODY has \{key\}"),
        ({"body": "to={to}&text={text}"}, "CEM_SMS_BODY is not JSON; for a form"),
    ],
)
def test_settings_that_cannot_be(setting: dict[str, str], wrong: str) -> None:
    """Each names its setting and says what to do, without the address or the key."""
    with pytest.raises(ValueError, match=wrong) as fault:
        SmsGateway(**{"url": "https://sms.example/send"} | setting)

    assert SECRET not in str(fault.value)
