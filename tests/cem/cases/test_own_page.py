"""The customer's own page over HTTP: what it shows and to whom, and what can be done on it, once."""

import asyncio
from dataclasses import replace

import httpx
import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import select

from cem.app import create_app
from cem.cases import closing, handling
from cem.cases.desk import own_page
from cem.cases.models import Case, CaseEvent, CaseMessage
from cem.cases.opening import Logged, log_case
from cem.settings import Settings
from surveys.database import Database, new_id, utc_now
from surveys.links import Links
from surveys.models import Customer, Outgoing, ReplyAddress
from surveys.publishing import publish
from surveys.questionnaire import read_yaml
from surveys.responses import record
from tests.cem.cases.customers import Company, Guest, resolve

HAND = {"sec-fetch-user": "?1"}
ANONYMOUS = """
id: box
kind: always_on
anonymous: true
languages: [fa, en]
title: {fa: صندوق, en: Box}
consent: {fa: همکاران ما پاسخ‌ها را می‌خوانند., en: Our colleagues read the answers.}
thanks: {fa: سپاس, en: Thank you}
blocks:
  - id: all
    questions:
      - {type: csat, id: satisfied, series: csat_box, purpose: p, text: {fa: راضی هستید, en: Satisfied}}
      - {type: comment, id: words, purpose: p, text: {fa: نظرتان, en: Your words}}
"""


def test_what_was_said_and_what_happens_with_it(company: Company) -> None:
    """Their words, a number to say aloud and the next date, in both languages; nobody keeps the page or finds it."""
    signal = company.answered(words="دو ساعت در صف بودم <script>alert(1)</script>", language="fa")
    company.leave_address(signal, "sms", "+989121234567")
    page = company.opened(signal).see()
    case = company.case()

    assert page.status_code == 200
    assert case.number in page.text
    assert "A colleague contacts you by" in page.text
    assert "دو ساعت در صف بودم &lt;script&gt;" in page.text
    assert "<script>" not in page.text
    for private in ("mina", "9121234567", "unit_manager"):
        assert private not in page.text
    headers = page.headers
    assert (headers["cache-control"], headers["referrer-policy"]) == ("no-store", "no-referrer")
    assert headers["x-robots-tag"] == "noindex"
    assert 'dir="rtl"' in company.guest(signal).see("fa").text
    # Without a wish in the address it is the language of the answer.
    assert 'lang="fa"' in company.client.get(f"/c/{company.guest(signal).token}").text


@pytest.mark.parametrize(("token", "spoken"), [("wrong", "fa"), ("A" * 64, "en")])
def test_a_wrong_link_is_told_as_the_surveys_tell_it(company: Company, token: str, spoken: str) -> None:
    """A 404 in the dress of the survey pages, which says nothing of what there might be."""
    page = Guest(company.client, token).see(spoken)

    assert page.status_code == 404
    assert page.headers["x-robots-tag"] == "noindex"
    assert {"fa": "این پیوند را نمی‌شناسیم", "en": "We do not know this link"}[spoken] in page.text


def test_writing_twice_is_one_message(company: Company) -> None:
    """What is sent again a moment later is the same; the words are escaped, and who waited for them goes on."""
    signal = company.answered()
    guest = company.opened(signal)
    company.work(company.case(), handling.wait)
    words = "Branch <b>Vanak</b>, card 3"
    first, second = guest.do("write", words=words), guest.do("write", words=words)

    assert guest.notices == ["sent", "sent"]
    assert "Your message has arrived" in first.text
    assert "Branch &lt;b&gt;Vanak&lt;/b&gt;, card 3" in second.text
    assert company.count(CaseMessage, CaseMessage.kind == "message") == 1
    assert company.case().status == "in_contact"


def test_nothing_written_is_said_so(company: Company) -> None:
    """The page stays, with the fault on top."""
    guest = company.opened(company.answered())
    page = guest.do("write", words="  ")

    assert page.status_code == 400
    assert 'role="alert"' in page.text
    # The other language is the page's, not that of the form that failed.
    assert f'href="/c/{guest.token}?lang=fa"' in page.text
    assert company.count(CaseMessage, CaseMessage.kind == "message") == 0


def test_the_thread(company: Company) -> None:
    """Replies are read on the page; notes for colleagues are not."""
    guest = company.opened(company.answered())
    company.work(
        company.case(),
        lambda desk, case: handling.reply(desk, case, "We have opened a second counter."),
        lambda desk, case: handling.note(desk, case, "He shouted at the teller."),
    )
    page = guest.see().text

    assert "We have opened a second counter." in page
    assert "shouted" not in page
    assert "We are in contact with you" in page


def test_one_tap_not_solved(company: Company) -> None:
    """The same case goes on with a new clock, once, and says so; the second time the next level has it."""
    guest = company.opened(company.answered())
    company.work(company.case(), resolve)
    assert "It is not solved" in guest.see().text
    page = guest.do("not-solved")
    guest.do("not-solved")
    case = company.case()

    assert (case.status, case.reopened, case.owner) == ("reopened", 1, "unit_manager")
    assert "is open again" in page.text
    assert company.count(CaseEvent, CaseEvent.kind == "reopen") == 1
    company.work(case, resolve)
    guest.do("not-solved")
    assert company.case().owner == "cx_manager"


def test_one_tap_solved(company: Company) -> None:
    """Confirmed once, however often it is tapped; and then it cannot be said of a case that is worked on."""
    guest = company.opened(company.answered())
    assert guest.do("solved").status_code == 409
    company.work(company.case(), resolve)
    guest.do("solved")
    page = guest.do("solved")

    assert company.case().status == "confirmed"
    assert company.count(CaseEvent, CaseEvent.kind == "confirm") == 1
    assert "It is solved" in page.text


def test_who_withdraws_may_come_back(company: Company) -> None:
    """Nothing more is done; a message later takes it up again."""
    guest = company.opened(company.answered())
    guest.do("withdraw")
    page = guest.do("withdraw")
    assert company.case().status == "withdrawn"
    assert "We have stopped, as you asked" in page.text
    guest.do("write", words="I have changed my mind.")

    case = company.case()
    assert (case.status, case.closed_at) == ("reopened", None)


def test_who_wants_no_letters_gets_none(company: Company) -> None:
    """From then on replies stand on the page alone, and no address is kept with the case."""
    signal = company.answered()
    company.leave_address(signal, "email", "mina@mail.example")
    guest = company.opened(signal)
    before = company.count(Outgoing, Outgoing.recipient == "mina@mail.example")
    assert "Do not write to me" in guest.see().text
    page = guest.do("quiet")
    guest.do("quiet")
    company.work(company.case(), lambda desk, case: handling.reply(desk, case, "It is done."))

    assert before == 1
    assert company.count(Outgoing, Outgoing.recipient == "mina@mail.example") == 1
    assert company.count(CaseEvent, CaseEvent.kind == "quiet") == 1
    assert "Do not write to me" not in page.text
    assert "It is done." in guest.see().text
    assert company.case().reply_address == ""


def test_invitations_end_and_begin_again(company: Company) -> None:
    """Only where the customer is known, and without a case too."""
    signal = company.answered(score=9)
    guest = company.guest(signal)
    guest.do("invitations", wanted="no")
    with company.database.read() as session:
        assert session.get_one(Customer, signal.customer_id).opted_out_at is not None
    assert "You get no invitations" in guest.see().text
    guest.do("invitations", wanted="yes")
    with company.database.read() as session:
        assert session.get_one(Customer, signal.customer_id).opted_out_at is None
    assert "Invitations to surveys" not in company.guest(company.answered(None)).see().text


def test_an_answer_becomes_a_case_on_wish(company: Company) -> None:
    """With what they add and where to write to, in the language that they read; asked twice it is one case."""
    signal = company.answered(None, score=9)
    guest = company.guest(signal)
    assert "Would you like an answer?" in guest.see().text
    form = {"words": "Which documents do I need?", "address": "۰۹۱۲ ۱۲۳ ۴۵۶۷"}
    page = guest.do("ask", "fa", **form)
    guest.do("ask", "fa", **form)
    case = company.case()

    assert (case.origin, case.kind, case.severity, case.language) == ("customer", "question", 3, "fa")
    assert (case.reply_channel, case.reply_address) == ("sms", "+989121234567")
    assert company.count(CaseMessage, CaseMessage.kind == "message") == 1
    assert company.count(Outgoing, Outgoing.kind == "sms") == 1
    assert "9121234567" not in page.text
    assert "درخواست شما رسید" in page.text


def test_many_taps_at_one_moment_are_one(app: Litestar, company: Company) -> None:
    """A crowd of the same wish, and of the same message, is one case with one message."""
    guest = company.guest(company.answered(None, score=9))

    async def crowd(act: str, form: dict[str, str]) -> set[int]:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver.local") as client:
            posts = (client.post(f"/c/{guest.token}/{act}", data=form) for _ in range(8))
            return {one.status_code for one in await asyncio.gather(*posts)}

    asked = asyncio.run(crowd("ask", {"words": "Please call me."}))
    said = asyncio.run(crowd("write", {"words": "Not on Friday."}))

    assert asked == said == {303}
    assert company.count(Case) == 1
    assert company.count(CaseMessage, CaseMessage.kind == "message") == 2


def test_an_address_that_is_none_keeps_the_words(company: Company) -> None:
    """Nothing happens, and all that was typed is there still."""
    guest = company.guest(company.answered(None))
    page = guest.do("ask", words="Please call me <soon>", address="tomorrow")

    assert page.status_code == 400
    assert "Please call me &lt;soon&gt;" in page.text
    assert 'value="tomorrow"' in page.text
    assert company.count(Case) == 0


def test_an_anonymous_answer_stays_anonymous(company: Company) -> None:
    """Its page asks for no address and takes none; the case knows nobody, and is answered on the page."""
    with company.database.write() as session:
        version = publish(session, read_yaml(ANONYMOUS), utc_now())
        survey_id, response_id = version.survey_id, new_id(utc_now())
        answers = {"satisfied": 1, "words": "nobody greets"}
        submission = company.submission(response_id, answers, "en")._replace(
            survey_id=survey_id, submitted_at=None, seconds=None, scores=()
        )
        record(session.connection(), [submission])
    guest = Guest(company.client, Links(company.settings.secret_key).own_page(survey_id, response_id))
    assert 'name="address"' not in guest.see().text
    guest.do("ask", address="me@mail.example")
    case = company.case()

    assert (case.customer_id, case.reply_channel, case.reply_address) == (None, "", "")
    assert (case.severity, case.kind) == (2, "complaint")
    assert company.count(ReplyAddress) == 0
    assert guest.do("write", words="Still nobody greets.").status_code == 200


def test_a_merged_case_leads_to_the_other(company: Company) -> None:
    """Both read what the company says from then on; neither reads what the other said or wrote."""
    mine, other = company.answered("mina", words="my own words"), company.answered("sara", words="the others words")
    first, second = company.opened(mine), company.opened(other)
    first.do("write", words="a line before merging")
    second.do("write", words="a line of the other")
    into = company.case(other)
    number = company.case(mine).number
    company.work(company.case(mine), lambda desk, case: closing.merge(desk, case, desk.session.get_one(
        Case, into.case_id)))  # fmt: skip
    company.work(into, lambda desk, case: handling.reply(desk, case, "For all of you: it is repaired."))
    page = first.see().text

    assert into.number in page
    assert f"{number}" in page
    for own in ("my own words", "a line before merging", "For all of you: it is repaired."):
        assert own in page
    for foreign in ("the others words", "a line of the other"):
        assert foreign not in page
    assert "Yes, stop here" not in page
    assert first.do("withdraw").status_code == 409
    assert "my own words" not in second.see().text
    first.do("write", words="and what of mine?")
    with company.database.read() as session:
        last = session.scalars(select(CaseMessage).order_by(CaseMessage.message_id.desc())).first()
    assert last is not None
    assert (last.case_id, last.text) == (into.case_id, "and what of mine?")


def test_a_case_that_the_staff_logged_has_a_page(company: Company) -> None:
    """With what was heard, and what was asked for."""
    with company.database.write() as session:
        case = log_case(
            company.desk(session),
            Logged(
                kind="complaint",
                severity=3,
                words="The cheque was lost",
                wanted="a new cheque book",
                touchpoint="counter",
                unit="vanak",
                channel="branch",
                language="en",
            ),
        )
        address = own_page(company.settings, case)
    guest = Guest(company.client, address.rpartition("/")[2])
    page = guest.see().text

    assert "The cheque was lost" in page
    assert "a new cheque book" in page
    guest.do("write", words="I have found it.")
    assert company.count(CaseMessage, CaseMessage.text == "I have found it.") == 1


def test_a_closed_case_goes_on_in_the_one_that_is_open(company: Company) -> None:
    """Where the same customer has come again about the same touchpoint, its owner hears of it once."""
    guest = company.opened(company.answered())
    first = company.case()
    company.work(first, resolve, closing.close)
    company.opened(company.answered())
    guest.do("not-solved")
    page = guest.do("not-solved")

    assert guest.notices == ["joined", "joined"]
    assert "another of your messages" in page.text
    assert company.count(CaseEvent, CaseEvent.kind == "signal") == 1
    assert company.count(Case, Case.closed_at.is_(None)) == 1


@pytest.mark.parametrize("kind", ["suggestion", "praise"])
def test_nobody_is_asked_whether_praise_is_solved(company: Company, kind: str) -> None:
    """A suggestion is answered, and praise is thanked for."""
    guest = company.opened(company.answered(score=9), kind)
    company.work(company.case(), resolve)
    page = guest.see().text

    assert "It is solved" not in page
    assert "It is not solved" not in page
    assert guest.do("not-solved").status_code == 409


def test_a_scanner_reads_nothing(company: Company) -> None:
    """A message counts as read where somebody went there by hand, or acts; not where a mail program looked."""
    guest = company.opened(company.answered())
    guest.see()
    assert company.count(CaseMessage, CaseMessage.read_at.is_not(None)) == 0
    guest.see(**HAND)
    assert company.count(CaseMessage, CaseMessage.read_at.is_not(None)) == 1


def test_too_many_messages_keep_their_words(database: Database, settings: Settings, company: Company) -> None:
    """As on the survey pages there is a brake; what was typed is there still."""
    company.opened(signal := company.answered())
    app = create_app(replace(settings, posts_per_minute=1), database=database)
    guest = replace(company.guest(signal), client=TestClient(app, base_url="http://testserver.local"))
    guest.do("write", words="the first")
    page = guest.do("write", words="the second")

    assert page.status_code == 429
    assert "retry-after" in page.headers
    assert "the second</textarea>" in page.text


def test_what_was_erased_is_gone(company: Company) -> None:
    """The link says that nothing is there any more, and no more than that."""
    signal = company.answered()
    guest = company.opened(signal)
    guest.token = Links(company.settings.secret_key).own_page(signal.survey_id, new_id(utc_now()))
    page = guest.see()

    assert page.status_code == 404
    assert "There is nothing here any more" in page.text
