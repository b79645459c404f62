"""Links that anybody may open."""

import gzip
import re
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from sqlalchemy import func, select, update

from surveys import tallies
from surveys.database import day_of, new_id, start_of, utc_now
from surveys.inbox import Inbox
from surveys.limits import Limit
from surveys.links import Ticket
from surveys.models import Draft, Survey, Tally
from surveys.questionnaire import Questionnaire, scores

GOOD = {"recommend": "9", "satisfied": "4", "why": "quick"}


def test_opening_a_page_records_nothing(world: Any, visitor: Any) -> None:
    """GET and HEAD leave every table as it was, with a chosen score too."""
    before = world.rows()
    visitor.open("/s/visit")
    visitor.open("/s/visit?recommend=9&unit=vanak&ch=qr")
    visitor.open("/f/branch")
    head = visitor.client.head("/s/visit")

    assert world.rows() == before
    assert (head.status_code, head.content) == (200, b"")


def test_an_answer_is_stored_and_counted(world: Any, visitor: Any) -> None:
    """What was chosen is one response with its scores, language and place, and the customer is thanked."""
    page = visitor.open("/s/visit?unit=vanak&ch=qr&lang=fa")
    sent = visitor.send("/s/visit", page, GOOD)
    (response,) = world.responses()

    assert sent.status == 303
    assert sent.answer.headers["location"].startswith("/s/visit/thanks?lang=fa&c=")
    assert "سپاسگزاریم" in visitor.follow(sent).text
    assert response.answers == {"recommend": 9, "satisfied": 4, "why": "quick"}
    assert (response.unit, response.channel, response.touchpoint, response.language) == ("vanak", "qr", "", "fa")
    assert response.has_comment
    assert response.day == day_of(utc_now(), world.reception.zone)
    assert response.submitted_at is not None
    assert response.seconds in range(10)


def test_sending_twice_is_one_response(world: Any, visitor: Any, visit_questionnaire: Questionnaire) -> None:
    """A retry and a second press of the button are thanked as the first one was, and counted once."""
    asked = visit_questionnaire
    page = visitor.open("/s/visit")
    first, second = visitor.send("/s/visit", page, GOOD), visitor.send("/s/visit", page, {**GOOD, "recommend": "1"})

    assert first.answer.headers["location"] == second.answer.headers["location"]
    assert [r.answers["recommend"] for r in world.responses()] == [9]
    with world.database.writer.begin() as connection:
        assert connection.execute(select(func.sum(Tally.c9))).scalar() == 1
        assert tallies.differences(connection, world.visit.survey_id, lambda _, answers: scores(asked, answers)) == []


def test_two_openings_are_two_responses(world: Any, visitor: Any) -> None:
    """Each page that is shown has a response of its own."""
    for _ in range(2):
        visitor.send("/s/visit", visitor.open("/s/visit"), GOOD)

    assert len(world.responses()) == 2


def test_a_score_in_the_address_is_chosen_already(visitor: Any) -> None:
    """The score of an e-mail's link is selected, in whatever digits; what is not on the scale is not."""
    assert visitor.open("/s/visit?recommend=9").fields["q.recommend"] == ["9"]
    assert visitor.open("/s/visit?recommend=%DB%B9").fields["q.recommend"] == ["9"]
    assert "q.recommend" not in visitor.open("/s/visit?recommend=11").fields
    assert "q.recommend" not in visitor.open("/s/visit").fields


def test_an_unknown_unit_or_channel_is_ignored(world: Any, visitor: Any) -> None:
    """Nobody can invent a place."""
    visitor.send("/s/visit", visitor.open("/s/visit?unit=nowhere&ch=a|b"), GOOD)

    assert [(r.unit, r.channel) for r in world.responses()] == [("", "")]


def test_the_page_of_a_touchpoint_knows_its_place(world: Any, visitor: Any) -> None:
    """Always-on feedback belongs to its touchpoint, the unit that owns it and its channel."""
    sent = visitor.send("/f/branch", visitor.open("/f/branch"), GOOD)
    (response,) = world.responses()

    assert sent.answer.headers["location"].startswith("/f/branch/thanks?lang=en&c=")
    assert visitor.follow(sent).status == 200
    assert (response.touchpoint, response.unit, response.channel) == ("branch", "vanak", "in_person")


def test_faults_are_shown_with_everything_that_was_typed(world: Any, visitor: Any) -> None:
    """A fault is named at the top and at its question; no answer is lost and nothing is stored."""
    page = visitor.open("/s/visit")
    typed = {"satisfied": "2", "minutes": "many", "why": '<b>"why"</b>\n& so', "day.year": "1404", "day.month": "13"}
    again = visitor.send("/s/visit", page, typed)

    assert again.status == 422
    assert "<title>Error: Your visit</title>" in again.text
    for anchor in ("recommend-0", "minutes-text", "day-day"):
        assert f'href="#{anchor}"' in again.text
        assert f'id="{anchor}"' in again.text
    assert again.text.count('aria-invalid="true"') == 5  # the scale, the number, and three fields of the date
    assert again.fields["q.satisfied"] == ["2"]
    assert again.fields["q.minutes"] == ["many"]
    assert again.fields["q.day.month"] == ["13"]
    assert "&lt;b&gt;&#34;why&#34;&lt;/b&gt;\n&amp; so" in again.text
    assert "<b>" not in again.text
    assert again.ticket == page.ticket
    assert world.responses() == []


def test_mending_the_faults_sends(world: Any, visitor: Any) -> None:
    """The page with the faults is a form like the first."""
    again = visitor.send("/s/visit", visitor.open("/s/visit"), {"why": "slow"})
    visitor.send("/s/visit", again, {"recommend": "3"})

    assert [r.answers for r in world.responses()] == [{"recommend": 3, "why": "slow"}]


def test_persian_digits_are_understood(world: Any, visitor: Any) -> None:
    """Typed numbers and dates may be in Persian digits; what is stored is in ASCII and Gregorian."""
    page = visitor.open("/s/visit?lang=fa")
    typed = {"recommend": "۹", "minutes": "۱۲", "day.year": "۱۴۰۴", "day.month": "۷", "day.day": "۱۵"}
    visitor.send("/s/visit", page, typed)

    assert [r.answers for r in world.responses()] == [{"recommend": 9, "minutes": 12, "day": "2025-10-07"}]


def test_a_persian_page_shows_persian_digits_and_sends_ascii(visitor: Any) -> None:
    """The scale reads ۰ to ۱۰ and its values are 0 to 10."""
    page = visitor.open("/s/visit?lang=fa")

    assert '<html lang="fa" dir="rtl">' in page.text
    assert "<span>۱۰</span>" in page.text
    assert ("q.recommend", "10") in page.offered


def test_not_applicable_is_an_answer(world: Any, visitor: Any) -> None:
    """It is stored as such and counted apart."""
    visitor.send("/s/visit", visitor.open("/s/visit"), {"recommend": "9", "satisfied": "not_applicable"})

    assert [r.answers for r in world.responses()] == [{"recommend": 9, "satisfied": None}]


def test_an_answer_to_a_hidden_question_is_dropped(world: Any, visitor: Any) -> None:
    """A reason was chosen and then the score raised: the reason is not asked any more."""
    visitor.send("/s/visit", visitor.open("/s/visit"), {"recommend": "9", "reason": "queue"})
    visitor.send("/s/visit", visitor.open("/s/visit"), {"recommend": "3", "reason": "queue"})

    assert [r.answers for r in world.responses()] == [{"recommend": 9}, {"recommend": 3, "reason": "queue"}]


def test_signals_mark_and_never_drop(world: Any, visitor: Any) -> None:
    """A filled trap and a hand too quick make a response suspect; an old page and a bare client do not."""
    page = visitor.open("/s/visit")
    visitor.send("/s/visit", page, GOOD, reference="spam")
    old = _page_of(world, page, issued=utc_now() - timedelta(days=3))
    visitor.client.post("/s/visit", data=old | {"q.recommend": "5"}, headers={"accept-language": ""})
    slow = _page_of(world, page, issued=utc_now() - timedelta(minutes=3))
    visitor.client.post("/s/visit", data=slow | {"q.recommend": "7"}, headers={"accept-language": "fa"})

    assert {r.answers["recommend"]: (r.quality, set(r.signals)) for r in world.responses()} == {
        9: ("suspect", {"honeypot", "too_fast"}),
        5: ("valid", {"late", "no_language_header"}),
        7: ("valid", set()),
    }


def _page_of(world: Any, page: Any, **changed: Any) -> dict[str, str]:
    ticket = world.reception.links.read_ticket(page.ticket)
    changed_ticket = ticket._replace(response_id=new_id(), **changed)
    return {"ticket": world.reception.links.ticket(changed_ticket), "language": "en"}


@pytest.mark.parametrize("ticket", ["", "forged", "AAAA"])
def test_a_forged_ticket_is_not_known(world: Any, visitor: Any, ticket: str) -> None:
    """Without our signature there is no page, and nothing is kept."""
    page = visitor.open("/s/visit")
    before = world.rows()
    sent = visitor.send("/s/visit", page, GOOD, ticket=ticket)
    drafted = visitor.send("/s/visit/draft", page, GOOD, ticket=ticket)

    assert (sent.status, drafted.status) == (404, 404)
    assert "We do not know this link" in sent.text
    assert world.rows() == before


def test_a_ticket_of_another_address_is_not_known(world: Any, visitor: Any) -> None:
    """A ticket is good where it was given out."""
    feedback, other = visitor.open("/f/branch"), visitor.open("/s/paged")

    assert visitor.send("/s/visit", feedback, GOOD).status == 404
    assert visitor.send("/s/visit", other, GOOD).status == 404
    assert visitor.send("/f/branch", visitor.open("/s/visit"), GOOD).status == 404
    assert world.responses() == []


@pytest.mark.parametrize("address", ["/s/nowhere", "/f/nowhere", "/i/nowhere", "/s/nowhere/thanks", "/s/visit?r=no"])
def test_an_unknown_address_has_a_kind_page(visitor: Any, address: str) -> None:
    """It says what to do, in the reader's language."""
    fault = visitor.open(address, **{"accept-language": "fa"})

    assert fault.status == 404
    assert 'dir="rtl"' in fault.text


def test_a_closed_survey_takes_nothing(world: Any, visitor: Any) -> None:
    """After closing, opening and sending say so; the thanks stay."""
    page = visitor.open("/s/visit")
    with world.database.write() as session:
        session.execute(update(Survey).where(Survey.slug == "visit").values(closed_at=utc_now()))
    world.refresh()

    assert visitor.open("/s/visit").status == 410
    assert visitor.send("/s/visit", page, GOOD).status == 410
    assert visitor.open("/f/branch").status == 410
    assert visitor.open("/s/visit/thanks").status == 200
    assert world.responses() == []


def test_an_answer_counts_for_the_version_that_was_shown(
    world: Any, visitor: Any, visit_questionnaire: Questionnaire
) -> None:
    """Publishing meanwhile changes nothing for who is answering."""
    page = visitor.open("/s/visit")
    world.publish(msgspec.structs.replace(visit_questionnaire, introduction={"en": "New", "fa": "نو"}))
    world.refresh()
    visitor.send("/s/visit", page, GOOD)
    visitor.send("/s/visit", visitor.open("/s/visit"), GOOD)

    assert [r.version for r in world.responses()] == [1, 2]


def test_an_anonymous_response_has_no_moment(world: Any, visitor: Any, visit_questionnaire: Questionnaire) -> None:
    """Not in its columns and not in its id, which tells the day alone; its draft does not either."""
    world.publish(msgspec.structs.replace(visit_questionnaire, id="anonymous", anonymous=True))
    world.refresh()
    page = visitor.open("/s/anonymous")
    visitor.send("/s/anonymous/draft", page, GOOD)
    with world.database.read() as session:
        kept_at = session.scalar(select(Draft.updated_at))
    visitor.send("/s/anonymous", page, GOOD)
    (response,) = world.responses()
    midnight = start_of(response.day, world.reception.zone)

    assert (response.submitted_at, response.seconds) == (None, None)
    assert response.response_id.int >> 80 == int(midnight.timestamp() * 1000)
    assert kept_at == midnight


def test_a_full_inbox_keeps_the_answers_on_the_page(world: Any, serve: Callable[..., Any]) -> None:
    """The page says that nothing is sent yet, when to try again, and holds what was answered."""
    stopped = Inbox(world.database.writer)
    visitor = serve(inbox=stopped)
    page = visitor.open("/s/visit")
    refused = visitor.send("/s/visit", page, GOOD)

    assert (refused.status, refused.answer.headers["retry-after"]) == (503, "5")
    assert "Your answers are not sent yet" in refused.text
    assert refused.fields["q.recommend"] == ["9"]
    assert refused.fields["q.why"] == ["quick"]
    assert refused.ticket == page.ticket
    assert world.responses() == []


def test_too_many_from_one_address_are_slowed_down(world: Any, serve: Callable[..., Any]) -> None:
    """The page keeps the answers and asks for a minute."""
    visitor = serve(limit=Limit(1))
    visitor.send("/s/visit", visitor.open("/s/visit"), GOOD)
    refused = visitor.send("/s/visit", visitor.open("/s/visit"), GOOD)

    assert (refused.status, refused.answer.headers["retry-after"]) == (429, "60")
    assert refused.fields["q.recommend"] == ["9"]
    assert len(world.responses()) == 1


def test_too_large_a_form_is_refused(visitor: Any) -> None:
    """Before it is read; and so are fields by the thousand."""
    page = visitor.open("/s/visit")

    assert visitor.send("/s/visit", page, {"why": "x" * 300_000}).status == 413
    assert visitor.send("/s/visit", page, {"reason": ["x"] * 1001}).status == 400


def test_a_draft_is_kept_and_resumed(world: Any, visitor: Any) -> None:
    """The same address shows what was answered; what is not valid is not kept, and sending ends the draft."""
    page = visitor.open("/s/visit")
    kept = visitor.send("/s/visit/draft", page, {"recommend": "4", "why": "so far", "minutes": "many"})
    resumed = visitor.open(f"/s/visit?r={page.ticket}&lang=fa")

    assert (kept.status, kept.answer.content) == (204, b"")
    assert resumed.ticket == page.ticket
    assert resumed.fields["q.recommend"] == ["4"]
    assert resumed.fields["q.why"] == ["so far"]
    assert resumed.fields["q.minutes"] == [""]
    assert world.responses() == []
    visitor.send("/s/visit", resumed)
    assert [r.answers for r in world.responses()] == [{"recommend": 4, "why": "so far"}]
    assert world.rows()["draft"] == 0


def test_a_late_draft_does_not_come_after_the_answer(world: Any, visitor: Any) -> None:
    """A page that is left reports once more; the response is sent and there is no draft of it."""
    page = visitor.open("/s/visit")
    visitor.send("/s/visit", page, GOOD)
    visitor.send("/s/visit/draft", page, GOOD)

    assert world.rows()["draft"] == 0
    resumed = visitor.open(f"/s/visit?r={page.ticket}&lang=fa")
    assert resumed.answer.headers["location"].startswith("/s/visit/thanks?lang=fa&c=")


def test_changing_the_language_keeps_place_and_answers(world: Any, visitor: Any) -> None:
    """The switch is a button of the form: it works without a script and loses nothing."""
    page = visitor.open("/s/visit?unit=vanak&ch=qr")
    persian = visitor.follow(visitor.send("/s/visit", page, {"recommend": "4", "why": "so far"}, go="fa"))

    assert 'lang="fa"' in persian.text
    assert persian.fields["q.recommend"] == ["4"]
    visitor.send("/s/visit", persian)
    assert [(r.unit, r.channel, r.language) for r in world.responses()] == [("vanak", "qr", "fa")]


def test_headers_keep_the_page_to_itself(visitor: Any) -> None:
    """Nothing is kept but by the browser's back button, nothing is loaded, and no address travels on."""
    for page in (visitor.open("/s/visit"), visitor.open("/s/visit/thanks"), visitor.open("/s/nowhere")):
        headers = page.answer.headers
        assert headers["cache-control"] in {"no-store", "private, no-cache"}
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-robots-tag"] == "noindex"
        assert headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
        assert "unsafe" not in headers["content-security-policy"]


@pytest.mark.parametrize("language", ["en", "fa"])
def test_ten_questions_weigh_little(world: Any, visitor: Any, ten_questions: Questionnaire, language: str) -> None:
    """At most 8 KB on the wire, in one request, with no address of anybody else."""
    world.publish(ten_questions)
    world.refresh()
    page = visitor.open(f"/s/ten?lang={language}")
    sent = int(page.answer.headers["content-length"])
    script = re.search(r"<script>(.*?)</script>", page.text, re.DOTALL)

    assert page.text.count('class="q"') == 10
    assert sent <= 8 * 1024
    assert sent < len(gzip.compress(page.text.encode(), 9)) * 1.03
    assert script is not None
    assert len(script[1]) <= 1200
    assert not re.search(r"https?://|//[a-z]|\b(?:src|@import|url\()", page.text.replace("<!doctype html>", ""))


def test_the_plain_page_is_the_compressed_one(visitor: Any) -> None:
    """Who takes no gzip gets the same page."""
    page, plain = visitor.open("/s/visit"), visitor.open("/s/visit", **{"accept-encoding": "identity"})

    assert "content-encoding" not in plain.answer.headers
    assert page.answer.headers["content-encoding"] == "gzip"
    assert page.text.replace(page.ticket, "") == plain.text.replace(plain.ticket, "")
    assert page.ticket != plain.ticket


def test_tickets_say_what_was_shown(world: Any, visitor: Any) -> None:
    """The survey, its version and the place travel in the ticket, signed."""
    ticket: Ticket = world.reception.links.read_ticket(visitor.open("/s/visit?unit=vanak").ticket)

    assert (ticket.survey_id, ticket.version, ticket.unit) == (world.visit.survey_id, 1, "vanak")
    assert not ticket.personal


def test_no_inbox_writer_is_needed_to_show(world: Any, serve: Callable[..., Any]) -> None:
    """Showing a page never asks the writer."""
    assert serve(inbox=SimpleNamespace()).open("/s/visit").status == 200
