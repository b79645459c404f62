"""May we answer you: the question, the address beside it, and the link to what becomes of an answer."""

from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from surveys.errors import UnknownLink
from surveys.links import Links
from surveys.models import Arrival, Draft, ReplyAddress, SurveyVersion
from surveys.questionnaire import Questionnaire, read_yaml

CONTACT = """
id: answerable
kind: transactional
languages: [en, fa]
title: {fa: بازدید شما, en: Your visit}
consent: {fa: می‌خوانیم., en: We read your answer.}
thanks: {fa: سپاس, en: Thank you}
blocks:
  - id: main
    questions:
      - {type: nps, id: recommend, purpose: p, text: {fa: توصیه, en: Recommend}, required: true}
  - id: end
    questions:
      - {type: contact, id: answer_me, purpose: p, text: {fa: پاسخ بدهیم, en: "May we answer you?"}}
"""
SARA = "sara@mail.example"
ADDRESS = "answer_me.address"
FIELD = f"q.{ADDRESS}"


@pytest.fixture
def answerable(world: Any) -> SurveyVersion:
    """The survey above, published."""
    version: SurveyVersion = world.publish(read_yaml(CONTACT))
    world.refresh()
    return version


def addresses(world: Any) -> list[tuple[str, str]]:
    with world.database.read() as session:
        rows = session.execute(select(ReplyAddress.response_id, ReplyAddress.channel, ReplyAddress.address)).all()
        responses = {response.response_id for response in world.responses()}
        assert {row[0] for row in rows} <= responses
        return [(channel, address) for _, channel, address in rows]


@pytest.mark.parametrize(
    ("sent", "answer", "kept"),
    [
        ({"answer_me": "yes", ADDRESS: " Sara@Mail.Example "}, "yes", [("email", SARA)]),
        ({"answer_me": "yes", ADDRESS: "۰۹۱۲ ۱۲۳ ۴۵۶۷"}, "yes", [("sms", "+989121234567")]),
        ({"answer_me": "yes", ADDRESS: ""}, "yes", []),
        ({ADDRESS: SARA}, "yes", [("email", SARA)]),
        ({"answer_me": "no", ADDRESS: SARA}, "no", []),
        ({"answer_me": "no", ADDRESS: "never mind"}, "no", []),
        ({ADDRESS: "  "}, None, []),
    ],
)
def test_the_answer_is_yes_or_no_and_the_address_stands_apart(
    world: Any, visitor: Any, answerable: SurveyVersion, sent: dict[str, str], answer: str | None, kept: list[Any]
) -> None:
    """Who leaves an address wants an answer; who says no is not written to; nobody has to leave one."""
    page = visitor.open("/s/answerable")
    assert visitor.send("/s/answerable", page, {"recommend": "3", **sent}).status == 303
    (response,) = world.responses()

    assert response.answers.get("answer_me") == answer
    assert "mail" not in str(response.answers)
    assert addresses(world) == kept


@pytest.mark.parametrize("code", ["en", "fa"])
def test_what_is_no_address_is_told_at_its_field(
    world: Any, visitor: Any, answerable: SurveyVersion, code: str
) -> None:
    """The fault links to the field, says what to write, and everything that was given stands there still."""
    page = visitor.open(f"/s/answerable?lang={code}")
    again = visitor.send("/s/answerable", page, {"recommend": "3", ADDRESS: 'sara@"><b>'})

    assert again.status == 422
    assert ("Write it like name@mail.example" if code == "en" else "بنویسید") in again.text
    assert 'href="#answer_me-text"' in again.text
    assert '"><b>' not in again.text
    assert again.fields["q.recommend"] == ["3"]
    assert again.fields["q.answer_me"] == ["yes"]
    assert again.fields[FIELD] == ['sara@"><b>']
    assert world.responses() == []
    assert visitor.send("/s/answerable", again, {ADDRESS: SARA}).status == 303
    assert addresses(world) == [("email", SARA)]


def test_a_draft_keeps_no_address(world: Any, visitor: Any, answerable: SurveyVersion) -> None:
    """It keeps the yes; whoever comes back types the address again."""
    page = visitor.open("/s/answerable")
    visitor.send("/s/answerable/draft", page, {"answer_me": "yes", ADDRESS: SARA})
    resumed = visitor.open(f"/s/answerable?r={page.ticket}&lang=en")

    with world.database.read() as session:
        assert session.scalars(select(Draft.answers)).all() == [{"answer_me": "yes"}]
    assert resumed.fields["q.answer_me"] == ["yes"]
    assert resumed.fields[FIELD] == [""]


def test_the_last_of_several_pages_asks_for_the_address(world: Any, visitor: Any) -> None:
    """It is stored with the response that the pages become."""
    document = msgspec.to_builtins(read_yaml(CONTACT)) | {"layout": "paged", "id": "long"}
    world.publish(msgspec.convert(document, Questionnaire))
    world.refresh()
    second = visitor.follow(visitor.send("/s/long", visitor.open("/s/long"), {"recommend": "3"}))
    sent = visitor.send("/s/long", second, {"answer_me": "yes", ADDRESS: "09121234567"})

    assert "/thanks" in sent.answer.headers["location"]
    assert [response.answers for response in world.responses()] == [{"recommend": 3, "answer_me": "yes"}]
    assert addresses(world) == [("sms", "+989121234567")]


def test_the_field_takes_both_kinds_and_is_written_from_left_to_right(visitor: Any, answerable: SurveyVersion) -> None:
    """On a Persian page too."""
    text = visitor.open("/s/answerable?lang=fa").text
    field = text[text.index('<input class="text" id="answer_me-text"') :].split(">")[0]

    assert 'dir="ltr"' in field
    assert 'inputmode="email"' in field
    assert 'autocomplete="email"' in field
    assert "نشانی ایمیل یا شماره موبایل" in text


@pytest.mark.parametrize("path", ["/s/visit", "/f/branch", "/i/"])
@pytest.mark.parametrize(("code", "words"), [("en", "Follow what becomes"), ("fa", "ببینید پاسخ شما به کجا می‌رسد")])
def test_thanks_lead_to_the_own_page(world: Any, visitor: Any, path: str, code: str, words: str) -> None:
    """From every kind of link, in the reader's language, to the page of the response that was given."""
    address = world.invite(world.visit) if path == "/i/" else path
    page = visitor.open(f"{address}?lang={code}")
    thanks = visitor.follow(visitor.send(address, page, {"recommend": "9"}))
    (response,) = world.responses()
    token = world.reception.links.own_page(response.survey_id, response.response_id)

    assert words in thanks.text
    assert f'href="/c/{token}"' in thanks.text
    plain = visitor.open(f"{address}/thanks?lang={code}&c={token}", **{"accept-encoding": "identity"})
    assert plain.text == thanks.text


def test_an_anonymous_answer_is_followed_without_telling_whose_it_is(
    world: Any, visitor: Any, visit_questionnaire: Questionnaire
) -> None:
    """An invited customer's link holds the id of the public page's response, not of the invitation."""
    version = world.publish(msgspec.structs.replace(visit_questionnaire, id="hidden", anonymous=True))
    world.refresh()
    invited = world.invite(version)
    opened = visitor.follow(visitor.open(invited))
    thanks = visitor.follow(visitor.send("/s/hidden", opened, {"recommend": "9"}))
    (response,) = world.responses()
    own_page = world.reception.links.read_own_page(thanks.text.split('href="/c/')[1].split('"')[0])

    assert own_page.response_id == response.response_id
    assert own_page.response_id != world.reception.links.read_personal(invited.removeprefix("/i/")).invitation_id


def test_thanks_without_a_token_of_ours_have_no_link(world: Any, visitor: Any, answerable: SurveyVersion) -> None:
    """None, a changed one, another installation's, another survey's, a ticket, and markup lead nowhere."""
    page = visitor.open("/s/visit")
    links = world.reception.links
    good = links.own_page(world.visit.survey_id, links.read_ticket(page.ticket).response_id)
    other = Links("another secret of the tests, as long").own_page(world.visit.survey_id, world.visit.survey_id)
    tokens = ["", good[:-1], other, links.own_page(answerable.survey_id, answerable.survey_id), page.ticket, '"><b>']
    for token in tokens:
        thanks = visitor.client.get("/s/visit/thanks", params={"lang": "en", "c": token})

        assert thanks.status_code == 200
        assert "/c/" not in thanks.text
        assert "Follow" not in thanks.text
    assert f"/c/{good}" in visitor.open(f"/s/visit/thanks?c={good}").text
    with pytest.raises(UnknownLink):
        links.read_own_page(page.ticket)


def test_live_answers_arrive(world: Any, visitor: Any) -> None:
    """What a page sends waits to be looked at."""
    visitor.send("/s/visit", visitor.open("/s/visit"), {"recommend": "9"})
    (response,) = world.responses()

    with world.database.read() as session:
        assert session.execute(select(Arrival.survey_id, Arrival.response_id)).all() == [
            (response.survey_id, response.response_id)
        ]
