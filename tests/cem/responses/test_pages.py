"""From a number to its responses, over HTTP on both databases: the same n, no names, and nothing that was hidden."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest
from litestar import Litestar
from litestar.testing import TestClient

from cem.responses.answers import written
from cem.roles import Role
from surveys.database import Database, day_of, new_id, utc_now
from surveys.languages import language
from surveys.models import Survey
from surveys.publishing import current_version, publish
from surveys.questionnaire import Contact, Questionnaire, read_yaml
from surveys.responses import Submission, record

SignIn = Callable[[Role], TestClient[Litestar]]
Answer = Callable[..., None]
READERS = {Role.EXECUTIVE, Role.CX_MANAGER, Role.UNIT_MANAGER, Role.ANALYST}


@pytest.fixture
def today(settings: object) -> date:
    return day_of(utc_now(), settings.zone)  # type: ignore[attr-defined] # settings of the application


def text_of(page: str) -> str:
    """What a reader sees, without the marks around numbers."""
    return " ".join(re.sub(r"[\u2066-\u2069]", "", re.sub(r"<[^>]+>", " ", page)).split())


def links(page: str) -> list[tuple[str, int]]:
    """Each link from a cell of a table with the answers that the cell counts."""
    found = re.findall(r'<a href="(/responses\?[^"]*)">\s*([\d,]+) answers', re.sub(r"[\u2066-\u2069]", "", page))
    return [(address.replace("&amp;", "&"), int(n.replace(",", ""))) for address, n in found]


@pytest.mark.parametrize("role", [*Role])
def test_who_may_read_them(sign_in: SignIn, survey: object, role: Role) -> None:
    """Those who act on a number may see what it is made of."""
    assert sign_in(role).get("/responses").status_code == (200 if role in READERS else 403)


def test_every_cell_leads_to_as_many_responses(sign_in: SignIn, segments: None, answer: Answer, today: date) -> None:
    """The n of each cell, sum and whole of the heat table is the n of the page behind it."""
    for segment, low in (("mass", 9), ("affluent", 3), ("business", 1), ("", 8)):
        answer(*[low, 9, 10] * 5, day=today, segment=segment, reason="staff")
        answer(*[low, 7] * 6, day=today, segment=segment, unit="tajrish", touchpoint="call", reason="waiting")
    client = sign_in(Role.ANALYST)
    seen = 0
    cuts = ("unit&columns=segment", "q.reason&columns=month", "s.satisfied&columns=channel", "unit&columns=quarter")
    for query in ("", *(f"rows={cut}" for cut in cuts)):
        for address, n in links(client.get(f"/explorer?lang=en&{query}").text):
            assert f"Responses: {n}" in text_of(client.get(f"{address}&lang=en").text), address
            seen += 1

    assert seen > 30


def test_every_share_leads_to_its_responses(sign_in: SignIn, answer: Answer, today: date) -> None:
    """The page behind a share, and behind the share of all, has as many responses as gave this answer there."""
    answer(*[9, 10] * 6, day=today, reason="staff")
    answer(*[2] * 8, day=today, reason="waiting")
    answer(*[3] * 20, day=today, reason="waiting", touchpoint="call")
    answer(*[8] * 10, day=today, reason="staff", touchpoint="call")
    client = sign_in(Role.ANALYST)
    page = re.sub(r"[\u2066-\u2069]", "", client.get("/explorer?lang=en&measure=q.reason&columns=touchpoint").text)
    found = [
        int(re.search(r"Responses: (\d+)", text_of(client.get(address.replace("&amp;", "&") + "&lang=en").text))[1])  # type: ignore[index] # it is there
        for address in re.findall(r'<b><a href="(/responses\?[^"]*)">\d+%', page)
    ]

    assert sorted(found) == [8, 10, 12, 20, 22, 28]


def test_a_response_in_words(sign_in: SignIn, segments: None, answer: Answer, today: date) -> None:
    """Day, place, channel, segment, language and answers in words; what customers wrote only for those who may."""
    answer(*[9] * 5, day=today, segment="affluent", reason="waiting", words="<b>slow</b>", staff=None)
    client = sign_in(Role.ANALYST)
    raw = client.get("/responses?lang=en").text
    page = text_of(raw)

    assert "Counter Vanak Branch Affluent English" in page
    assert "Why Waiting" in page
    assert "Recommend 9 of 10" in page
    assert "The staff Not applicable" in page
    assert "&lt;b&gt;slow&lt;/b&gt;" in raw
    address = re.search(r'href="(/responses/visit/[^"]+)"', raw)
    assert address
    assert "Recommend 9 of 10" in text_of(client.get(address[1]).text)


def test_page_after_page(sign_in: SignIn, answer: Answer, today: date) -> None:
    """Each response once, the newest first, until there are no more."""
    for back in range(6):
        answer(*range(11), day=today - timedelta(days=back))
    client, address, seen = sign_in(Role.EXECUTIVE), "/responses?lang=en&period=12m", []
    for _ in range(3):
        page = client.get(address).text
        seen += re.findall(r'href="/responses/visit/([^"]+)"><time datetime="([^"]+)"', page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address = following[1].replace("&amp;", "&") if following else ""

    assert len({identity for identity, _ in seen}) == len(seen) == 66
    assert [day for _, day in seen] == sorted((day for _, day in seen), reverse=True)
    assert address == ""


def test_only_some_scores(sign_in: SignIn, answer: Answer, today: date) -> None:
    """The detractors alone, or one score; the distribution stays that of the number."""
    answer(*[9] * 20, *[2] * 7, day=today)
    client = sign_in(Role.ANALYST)

    for query, n in (("score=detractor", 7), ("score=2", 7), ("score=promoter", 20), ("score=10", 0)):
        page = text_of(client.get(f"/responses?lang=en&{query}").text)
        assert f"Responses: {n}" in page, query
        assert "27 answers" in page


def test_what_is_suspect(sign_in: SignIn, answer: Answer, today: date) -> None:
    """Suspect responses are counted apart, with what was noticed in words."""
    answer(*[9] * 20, day=today)
    answer(*[1] * 6, day=today, quality="suspect", signals=("too_fast",))
    page = text_of(sign_in(Role.ANALYST).get("/responses?lang=en&quality=suspect").text)

    assert "Responses: 6" in page
    assert "Sent within seconds of opening" in page


@pytest.mark.parametrize(
    "query",
    [
        *("score=11", "score=x", "score=top", "quality=x", "segment=nobody", "language=de", "q.reason=x", "q.words=x"),
        *("after=x", "after=2025-01-01.x", "s.staff=promoter", "q.none=1", "score=%00"),
    ],
)
def test_what_is_not_there_is_a_kind_404(sign_in: SignIn, segments: None, survey: object, query: str) -> None:
    """A score, a segment or an answer that the survey does not have."""
    assert sign_in(Role.ANALYST).get(f"/responses?{query}").status_code == 404


def test_few_and_what_would_reveal_them(sign_in: SignIn, segments: None, answer: Answer, today: date) -> None:
    """Three of a segment are hidden, and so is the segment that the whole would tell them from."""
    answer(*[9] * 30, day=today, segment="mass")
    answer(*[5] * 20, day=today, segment="affluent")
    answer(1, 1, 2, day=today, segment="business")
    client = sign_in(Role.ANALYST)
    hidden = {
        segment: "hidden" in text_of(client.get(f"/responses?lang=en&segment={segment}").text)
        for segment in ("mass", "affluent", "business")
    }

    assert hidden == {"mass": False, "affluent": True, "business": True}


def test_a_cell_that_a_table_hides(sign_in: SignIn, segments: None, answer: Answer, today: date) -> None:
    """Each segment and each place has enough; a cell of three and those that its sums would tell it from have not."""
    answer(*[9] * 30, day=today, segment="mass")
    answer(*[5] * 20, day=today, segment="affluent")
    answer(*[9] * 25, day=today, segment="mass", touchpoint="call")
    answer(1, 1, 2, day=today, segment="affluent", touchpoint="call")
    client = sign_in(Role.ANALYST)

    for query in ("segment=mass&touchpoint=counter", "segment=affluent&touchpoint=call"):
        page = text_of(client.get(f"/responses?lang=en&{query}").text)
        assert "These responses are hidden" in page
    assert "Responses: 23" in text_of(client.get("/responses?lang=en&segment=affluent").text)


def test_own_units_only(sign_in: SignIn, segments: None, answer: Answer, today: date) -> None:
    """A unit manager sees the responses of the own unit, in lists and one by one."""
    answer(*[9] * 20, day=today)
    answer(*[5] * 20, day=today, unit="tajrish")
    client = sign_in(Role.ANALYST)
    foreign = re.search(r'href="(/responses/visit/[^"]+)"', client.get("/responses?unit=tajrish").text)
    assert foreign
    client = sign_in(Role.UNIT_MANAGER)

    assert "Responses: 20" in text_of(client.get("/responses?lang=en").text)
    assert client.get("/responses?unit=tajrish").status_code == 403
    assert client.get(foreign[1]).status_code == 404
    assert client.get("/responses/visit/nothing").status_code == 404


def test_an_anonymous_survey_shows_no_rows(sign_in: SignIn, survey: Survey, database: Database, today: date) -> None:
    """Its distribution is shown, and why there are no rows; one by one they are not there either."""
    with database.write() as session:
        asked = msgspec.convert(current_version(session, survey.survey_id).document, Questionnaire)
        version = publish(session, msgspec.structs.replace(asked, id="quiet", anonymous=True), utc_now())
        identity = new_id()
        given = [
            Submission(
                survey_id=version.survey_id,
                response_id=identity if number == 0 else new_id(),
                version=1,
                day=today,
                touchpoint="counter",
                unit="vanak",
                channel="branch",
                language="en",
                quality="valid",
                signals=[],
                has_comment=False,
                answers={"recommend": 9},
                submitted_at=None,
                seconds=None,
                scores=[("nps_visit", 9)],
            )
            for number in range(6)
        ]
        record(session.connection(), given)
    client = sign_in(Role.ANALYST)
    page = client.get("/responses?lang=en&survey=quiet").text

    assert "Responses: 6" in text_of(page)
    assert "The survey is anonymous" in page
    assert "/responses/quiet/" not in page
    assert client.get(f"/responses/quiet/{identity}").status_code == 404
    assert "Customer segment" not in page


def test_whether_we_may_answer_in_words(root: Path) -> None:
    """Yes and no as the customer read them."""
    (asked,) = (q for q in read_yaml(root / "examples" / "every-question.yaml").questions if isinstance(q, Contact))

    assert written(asked, "yes", language("en")) == "Yes, please answer me"
    assert written(asked, "no", language("fa")) == "خیر"
