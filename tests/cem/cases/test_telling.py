"""Customers hear of their case by themselves: from an answer to a letter or a text message, through real servers."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from litestar.testing import TestClient
from sqlalchemy import select

from cem.alerts.keeping import keep_rule, put_in_force
from cem.app import create_app
from cem.cases import closing, handling
from cem.cases.desk import Desk
from cem.cases.models import Case, CaseMessage
from cem.jobs.schedule import JOBS
from cem.settings import Settings
from surveys.database import Database, utc_now
from surveys.models import Outgoing
from surveys.publishing import publish
from surveys.questionnaire import read_yaml
from tests.cem.cases.customers import Company, resolve
from tests.surveys.pages.conftest import Visitor

ASKING = """
id: asking
kind: transactional
languages: [en, fa]
title: {fa: بازدید شما, en: Your visit}
consent: {fa: می‌خوانیم., en: We read your answer.}
thanks: {fa: سپاس, en: Thank you}
blocks:
  - id: main
    questions:
      - {type: nps, id: recommend, purpose: p, text: {fa: توصیه, en: Recommend}, required: true}
      - {type: contact, id: answer_me, purpose: p, text: {fa: پاسخ بدهیم, en: "May we answer you?"}}
"""
# Long enough for a machine that does much else; nothing takes so long.
PATIENCE = 30


@dataclass
class Arrivals:
    """Letters and text messages as they came in, and a way to wait for the next."""

    letters: list[EmailMessage] = field(default_factory=list)
    texts: list[dict[str, str]] = field(default_factory=list)
    _news: threading.Condition = field(default_factory=threading.Condition)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        letter = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        with self._news:
            self.letters.append(letter)
            self._news.notify_all()
        return "250 OK"

    def take(self, body: bytes) -> None:
        with self._news:
            self.texts.append(json.loads(body))
            self._news.notify_all()

    def wait(self, enough: Callable[[], bool]) -> bool:
        with self._news:
            return self._news.wait_for(enough, PATIENCE)


class MailServer(Controller):
    """A mail server on a port that is free."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]  # type: ignore[union-attr] # it is started
        super()._trigger_server()


@pytest.fixture
def arrivals() -> Arrivals:
    """Nothing has come yet."""
    return Arrivals()


@pytest.fixture
def served(
    database: Database, settings: Settings, arrivals: Arrivals, loop: None
) -> Iterator[tuple[Visitor, Settings]]:
    """The whole product with its jobs, a mail server and an SMS gateway; a rule opens cases of unhappy answers."""
    with database.write() as session:
        publish(session, read_yaml(ASKING), utc_now())
        rule = {"names": {"en": "Unhappy", "fa": "ناراضی"}, "opinion": "negative", "severity": 2}
        keep_rule(session, utc_now(), "cx_manager", "unhappy", rule)
        put_in_force(session, utc_now(), "cx_manager", "unhappy", enabled=True)

    class Gateway(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            arrivals.take(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    mail = MailServer(arrivals, hostname="127.0.0.1", port=0)
    mail.start()
    gateway = ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
    thread = threading.Thread(target=gateway.serve_forever)
    thread.start()
    complete = replace(
        settings,
        smtp_url=f"smtp://127.0.0.1:{mail.port}",
        mail_from="Bank <answers@bank.example>",
        sms_url=f"http://127.0.0.1:{gateway.server_address[1]}/send",
    )
    app = create_app(complete, database=database, jobs=JOBS)
    with TestClient(app, base_url="http://testserver.local") as client:
        yield Visitor(client), complete
    gateway.shutdown()
    thread.join()
    gateway.server_close()
    mail.stop()


@pytest.mark.parametrize("spoken", ["fa", "en"])
def test_from_an_answer_to_a_letter(served: tuple[Visitor, Settings], arrivals: Arrivals, spoken: str) -> None:
    """Nobody clicks: the letter is there, in the language of the answer, with the number and the link to the page."""
    visitor, _ = served
    _send(visitor, spoken, "sara@mail.example")
    assert arrivals.wait(lambda: len(arrivals.letters) == 1)
    (letter,) = arrivals.letters

    assert letter["to"] == "sara@mail.example"
    text, html = (letter.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert html is not None
    link = next(word for word in text.get_content().split() if "/c/" in word)
    assert link.replace("&", "&amp;") in html.get_content()
    assert {"fa": "سپاسگزاریم", "en": "Thank you for telling us."}[spoken] in text.get_content()
    page = visitor.open(link.removeprefix("http://testserver.local"))
    assert page.status == 200
    assert f'lang="{spoken}"' in page.text


def test_from_an_answer_to_a_text_message(served: tuple[Visitor, Settings], arrivals: Arrivals) -> None:
    """And what a colleague replies comes the same way."""
    visitor, settings = served
    _send(visitor, "fa", "0912 123 4567")
    assert arrivals.wait(lambda: len(arrivals.texts) == 1)
    database = visitor.client.app.state.database
    with database.write() as session:
        case = session.scalars(select(Case)).one()
        handling.reply(Desk.open(session, settings, utc_now(), "unit_manager"), case, "باجه دوم باز شد.")
    assert arrivals.wait(lambda: len(arrivals.texts) == 2)

    first, second = (json.dumps(one, ensure_ascii=False) for one in arrivals.texts)
    assert "+989121234567" in first
    assert "/c/" in first
    assert "باجه دوم باز شد." in second


def test_a_resolution_is_told_unless_a_reply_says_it(company: Company) -> None:
    """Who read a reply a moment ago is not told a second time; others are, with the day until which they may object."""
    signal = company.answered()
    company.leave_address(signal, "email", "mina@mail.example")
    company.opened(signal)
    company.work(company.case(), resolve)
    assert _automatic(company)[-1].startswith("We believe that your case")
    company.guest(signal).do("not-solved")
    assert "is open again" in _automatic(company)[-1]
    told = len(_automatic(company))
    company.work(
        company.case(),
        lambda desk, case: handling.reply(desk, case, "Now it is repaired."),
        lambda desk, case: closing.resolve(desk, case, "waiting", "fixed"),
    )

    assert len(_automatic(company)) == told
    assert company.count(Outgoing, Outgoing.recipient == "mina@mail.example") == told + 1


def test_a_number_keeps_its_order_among_persian_words(company: Company) -> None:
    """A mark before it keeps its groups from being read from the right, in letters and text messages alike."""
    company.opened(company.answered(language="fa"))
    (text,) = _automatic(company)

    assert "\u200e" in text
    assert text.partition("\u200e")[2][:3].isdigit()


def _send(visitor: Visitor, spoken: str, address: str) -> None:
    path = f"/s/asking?lang={spoken}&unit=vanak"
    page = visitor.open(path)
    answers = {"recommend": "2", "answer_me": "yes", "answer_me.address": address}
    assert visitor.send("/s/asking", page, answers).status == 303


def _automatic(company: Company) -> list[str]:
    with company.database.read() as session:
        statement = select(CaseMessage.text).where(CaseMessage.kind == "automatic").order_by(CaseMessage.message_id)
        return list(session.scalars(statement))
