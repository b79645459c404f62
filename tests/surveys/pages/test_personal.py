"""Personal links."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from sqlalchemy import delete, update

from surveys.database import utc_now
from surveys.limits import Limit
from surveys.models import Draft, Invitation, Survey
from surveys.questionnaire import Questionnaire

GOOD = {"recommend": "9", "why": "quick"}


def test_the_answer_of_an_invitation_has_its_id_and_place(world: Any, visitor: Any) -> None:
    """The response is the invitation's, where the invitation says."""
    link = world.invite(world.visit)
    page = visitor.open(link)
    sent = visitor.send(link, page, GOOD)
    (response,) = world.responses()

    assert 'lang="fa"' in page.text
    assert sent.answer.headers["location"].startswith(f"{link}/thanks?lang=fa&c=")
    assert visitor.follow(sent).status == 200
    assert response.response_id == world.reception.links.read_personal(link[3:]).invitation_id
    assert (response.touchpoint, response.unit, response.channel) == ("branch", "vanak", "sms")


def test_the_segment_of_its_day(world: Any, visitor: Any) -> None:
    """The response keeps the segment of the invitation, which stands in no page."""
    link = world.invite(world.visit)
    with world.database.write() as session:
        session.execute(update(Invitation).values(segment="affluent"))
    page = visitor.open(link)
    visitor.send(link, page, GOOD)

    assert "affluent" not in page.text
    assert [response.segment for response in world.responses()] == ["affluent"]


def test_opening_a_link_records_nothing(world: Any, visitor: Any) -> None:
    """A mail scanner may open it, with a score in the address too, as often as it likes."""
    link = world.invite(world.visit)
    before = world.rows()
    pages = [visitor.open(link), visitor.open(f"{link}?recommend=9"), visitor.open(f"{link}?recommend=0")]

    assert [page.fields.get("q.recommend") for page in pages] == [None, ["9"], ["0"]]
    assert world.rows() == before


def test_an_answered_link_is_used(world: Any, visitor: Any) -> None:
    """Opening it says so; sending again is thanked and stores nothing."""
    link = world.invite(world.visit)
    page = visitor.open(link)
    first, second = visitor.send(link, page, GOOD), visitor.send(link, page, {"recommend": "1"})
    opened = visitor.open(link, **{"accept-language": "en"})

    assert first.answer.headers["location"] == second.answer.headers["location"]
    assert [r.answers["recommend"] for r in world.responses()] == [9]
    assert opened.status == 410
    assert "We already have your answers" in opened.text


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"withdrawn_at": utc_now()}, "We have called this invitation back"),
        ({"expires_at": utc_now() - timedelta(hours=1)}, "This link has expired"),
    ],
)
def test_a_link_that_is_over_says_why(world: Any, visitor: Any, columns: Any, says: str) -> None:
    """Withdrawn and expired links have a page of their own."""
    opened = visitor.open(world.invite(world.visit, **columns))

    assert opened.status == 410
    assert says in opened.text


def test_withdrawing_stops_a_page_that_is_open(world: Any, visitor: Any) -> None:
    """Neither its own address nor the public one takes it any more."""
    link = world.invite(world.visit)
    page = visitor.open(link)
    _change(world, withdrawn_at=utc_now())

    assert visitor.send(link, page, GOOD).status == 410
    assert visitor.send("/s/visit", page, GOOD).status == 404
    assert world.responses() == []


def test_a_page_opened_in_time_may_be_sent_later(world: Any, visitor: Any) -> None:
    """Expiry is judged by when the page was shown."""
    link = world.invite(world.visit)
    page = visitor.open(link)
    shown = world.reception.links.read_ticket(page.ticket).issued
    _change(world, expires_at=shown - timedelta(seconds=1))
    assert visitor.send(link, page, GOOD).status == 410
    _change(world, expires_at=shown)

    assert visitor.open(link).status == 410
    assert visitor.send(link, page, GOOD).status == 303
    assert len(world.responses()) == 1


def test_a_ticket_of_another_invitation_is_not_known(world: Any, visitor: Any) -> None:
    """Each page belongs to its link; a public ticket is none either."""
    link, other = world.invite(world.visit), world.invite(world.visit)

    assert visitor.send(link, visitor.open(other), GOOD).status == 404
    assert visitor.send(link, visitor.open("/s/visit"), GOOD).status == 404
    assert world.responses() == []


def test_an_invitation_that_is_not_here_is_not_known(world: Any, visitor: Any) -> None:
    """A well signed link without its row leads nowhere."""
    link = world.invite(world.visit)
    with world.database.write() as session:
        session.execute(delete(Invitation))

    assert visitor.open(link).status == 404


def test_a_closed_survey_is_closed_for_the_invited(world: Any, visitor: Any) -> None:
    """Opening and sending say so."""
    link = world.invite(world.visit)
    page = visitor.open(link)
    with world.database.write() as session:
        session.execute(update(Survey).values(closed_at=utc_now()))
    world.refresh()

    assert visitor.open(link).status == 410
    assert visitor.send(link, page, GOOD).status == 410


def test_the_link_itself_resumes(world: Any, visitor: Any, visit_questionnaire: Questionnaire) -> None:
    """What was kept is there again, for the version it was given to."""
    link = world.invite(world.visit)
    visitor.send(f"{link}/draft", visitor.open(link), {"recommend": "4", "why": "so far"})
    world.publish(msgspec.structs.replace(visit_questionnaire, introduction={"en": "New", "fa": "نو"}))
    world.refresh()
    resumed = visitor.open(link)

    assert resumed.fields["q.recommend"] == ["4"]
    visitor.send(link, resumed)
    assert [(r.version, r.answers["why"]) for r in world.responses()] == [(1, "so far")]
    assert world.rows()["draft"] == 0


def test_a_draft_wins_over_the_score_of_the_mail(world: Any, visitor: Any) -> None:
    """Who changed their mind on the page keeps it, though the mail's link says another score."""
    link = world.invite(world.visit)
    visitor.send(f"{link}/draft", visitor.open(f"{link}?recommend=9"), {"recommend": "4"})

    assert visitor.open(f"{link}?recommend=9").fields["q.recommend"] == ["4"]


def test_changing_the_language_needs_no_ticket_in_the_address(world: Any, visitor: Any) -> None:
    """The link's own token resumes."""
    link = world.invite(world.visit)
    turned = visitor.send(link, visitor.open(link), {"recommend": "4"}, go="en")

    assert turned.answer.headers["location"] == f"{link}?lang=en"
    assert visitor.follow(turned).fields["q.recommend"] == ["4"]


def test_an_anonymous_survey_is_answered_without_the_invitation(
    world: Any, visitor: Any, visit_questionnaire: Questionnaire
) -> None:
    """The link leads to the public page, whose response nobody can tie to the customer."""
    version = world.publish(msgspec.structs.replace(visit_questionnaire, id="anonymous", anonymous=True))
    world.refresh()
    link = world.invite(version)
    page = visitor.follow(visitor.open(link))
    visitor.send("/s/anonymous", page, GOOD)
    (response,) = world.responses()

    assert response.response_id != world.reception.links.read_personal(link[3:]).invitation_id
    assert (response.unit, response.channel) == ("vanak", "sms")


def test_a_braked_page_keeps_its_answers(world: Any, serve: Callable[..., Any]) -> None:
    """As on the public pages."""
    visitor = serve(limit=Limit(0))
    link = world.invite(world.visit)
    refused = visitor.send(link, visitor.open(link), GOOD)

    assert refused.status == 429
    assert refused.fields["q.why"] == ["quick"]


def _change(world: Any, **columns: Any) -> None:
    with world.database.write() as session:
        session.execute(update(Invitation).values(**columns))


def test_drafts_of_other_versions_are_not_mixed_in(world: Any, visitor: Any) -> None:
    """A page of another version than the draft's starts with what it was sent itself."""
    link = world.invite(world.paged)
    page = visitor.open(link)
    visitor.send(link, page, {"recommend": "9"})
    with world.database.write() as session:
        session.execute(update(Draft).values(version=7))
    last = visitor.send(link, page, {"satisfied": "3"}, page="3")

    assert last.answer.headers["location"].endswith("page=1")
    assert world.responses() == []
