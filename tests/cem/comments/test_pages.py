"""Comments over HTTP: who may open them, what is shown, and what a correction does."""

import re
from collections.abc import Callable

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import select

from cem.audit import AuditEvent
from cem.comments.models import CommentCorrection, CommentReading
from cem.comments.readings import read_waiting
from cem.roles import Role
from cem.settings import Settings
from surveys.database import Database, day_of, utc_now

SignIn = Callable[[Role], TestClient[Litestar]]
Answer = Callable[..., None]
READERS = {Role.EXECUTIVE, Role.CX_MANAGER, Role.UNIT_MANAGER, Role.ANALYST}


@pytest.fixture
def written(sign_in: SignIn, answer: Answer, settings: Settings, database: Database) -> None:
    """Comments of two units, read."""
    today = day_of(utc_now(), settings.zone)
    for _ in range(12):
        answer(1, day=today, words="یک ساعت توی صف معطل شدم")
        answer(10, day=today, words="کارمند شعبه خیلی مودب بود")
    answer(10, day=today, words="خدمات افتضاح بود و اصلا راضی نبودم. ۰۹۱۲۳۴۵۶۷۸۹")
    answer(9, day=today, unit="tajrish", words="Great staff in Tajrish")
    read_waiting(database, settings, utc_now())


def text_of(page: str) -> str:
    """What a reader sees, without the marks around numbers."""
    page = re.sub(r"<script.*?</script>", " ", page, flags=re.DOTALL)
    return " ".join(re.sub(r"[\u2066-\u2069]", "", re.sub(r"<[^>]+>", " ", page)).split())


@pytest.mark.parametrize("role", [*Role])
def test_who_may_open_them(written: None, sign_in: SignIn, role: Role) -> None:
    """Those who act on customers' words."""
    assert sign_in(role).get("/comments").status_code == (200 if role in READERS else 403)


def test_what_is_shown(written: None, sign_in: SignIn) -> None:
    """Sentiment in words, topics, the conflict, and no telephone number."""
    client = sign_in(Role.ANALYST)
    assert "26 comments" in text_of(client.get("/comments?lang=en").text)
    page = text_of(client.get("/comments?lang=en&conflict=1").text)

    assert "Waiting time" in page
    assert "score and words disagree" in page
    assert "[telephone number]" in page
    assert "۰۹۱۲۳۴۵۶۷۸۹" not in page
    assert "lower NPS than the others" in page


@pytest.mark.parametrize(
    ("query", "n"),
    [
        ("sentiment=negative", 12),
        ("topic=staff", 13),
        ("conflict=1", 1),
        ("language=en", 1),
        ("q=معطل", 12),
        ("q=كارمند+مودب", 12),
        ("unit=tajrish", 1),
        ("q=%25", 0),
    ],
)
def test_narrowing(written: None, sign_in: SignIn, query: str, n: int) -> None:
    """Every filter is in the address; a search is compared in one spelling, and its signs are no patterns."""
    page = text_of(sign_in(Role.EXECUTIVE).get(f"/comments?lang=en&{query}").text)

    assert f"{n} comment" in page


@pytest.mark.parametrize("query", ["sentiment=angry", "topic=nothing", "language=xx", "before=yesterday", "unit=x"])
def test_what_is_not_there_is_a_kind_404(written: None, sign_in: SignIn, query: str) -> None:
    """An address that somebody mistyped."""
    assert sign_in(Role.ANALYST).get(f"/comments?{query}").status_code == 404


def test_pages_follow_one_another(written: None, sign_in: SignIn) -> None:
    """Twenty at once; the next page has the rest, and none twice."""
    client = sign_in(Role.ANALYST)
    first = client.get("/comments?lang=en").text
    following = re.search(r'href="(/comments\?[^"]*before=[^"#]*)', first)
    assert following is not None
    second = client.get(following[1].replace("&amp;", "&")).text
    ids = [re.findall(r'id="comment-(\w+)"', page) for page in (first, second)]

    assert [len(found) for found in ids] == [20, 6]
    assert not set(ids[0]) & set(ids[1])


def test_a_unit_manager_reads_the_own_unit(written: None, sign_in: SignIn) -> None:
    """Another unit is forbidden, its words are not among the own, and there is nothing to correct."""
    client = sign_in(Role.UNIT_MANAGER)
    page = client.get("/comments?lang=en").text

    assert "25 comments" in text_of(page)
    assert "Tajrish" not in text_of(page)
    assert "/comments/corrections" not in page
    assert client.get("/comments?unit=tajrish").status_code == 403


def correct(client: TestClient[Litestar], identity: str, **form: object) -> int:
    """Send the form of a comment."""
    data = {"response": identity, "choice": "", "_csrf_token": client.cookies["csrf"], **form}
    return client.post("/comments/corrections", data=data, follow_redirects=False).status_code


def test_a_correction_wins(written: None, sign_in: SignIn, database: Database, settings: Settings) -> None:
    """It is kept with who, when and what was there, and reading everything again leaves it."""
    client = sign_in(Role.CX_MANAGER)
    found = re.search(r'id="comment-(\w+)"', client.get("/comments?conflict=1").text)
    assert found is not None
    assert correct(client, found[1], sentiment="negative", topics=["staff", "waiting"]) == 303
    client.post(
        "/comments/topics",
        data={"code": "new", "name_en": "New", "words_en": "tajrish", "_csrf_token": client.cookies["csrf"]},
    )
    read_waiting(database, settings, utc_now())
    with database.read() as session:
        reading = session.scalars(select(CommentReading).where(CommentReading.corrected)).one()
        kept = session.scalars(select(CommentCorrection)).one()
        actions = set(session.scalars(select(AuditEvent.action)))
        found_again = session.scalars(select(CommentReading).where(CommentReading.unit == "tajrish")).one()

    assert (reading.sentiment, reading.source, reading.topics) == ("negative", "person", ["staff", "waiting"])
    assert kept.actor == "cx_manager"
    assert kept.replaced["sentiment"] == "positive"
    assert {"comment:correct", "topic:keep"} <= actions
    assert "new" in found_again.topics


def test_what_cannot_be_corrected(written: None, sign_in: SignIn) -> None:
    """A sentiment or topic that there is not, and a comment that is not there."""
    client = sign_in(Role.ANALYST)
    found = re.search(r'id="comment-(\w+)"', client.get("/comments").text)
    assert found is not None

    assert correct(client, found[1], sentiment="angry") == 400
    assert correct(client, found[1], sentiment="mixed", topics=["nothing"]) == 400
    assert correct(client, "0" * 32, sentiment="mixed") == 404
    assert correct(client, "x", sentiment="mixed") == 404


def test_who_keeps_topics(written: None, sign_in: SignIn) -> None:
    """The CX manager; others read them."""
    client = sign_in(Role.ANALYST)
    page = client.get("/comments/topics?lang=en").text
    form = {"code": "x", "name_en": "X", "words_en": "x", "_csrf_token": client.cookies["csrf"]}

    assert "Waiting time" in page
    assert client.post("/comments/topics", data=form).status_code == 403


def test_a_retired_topic_is_found_no_more(
    written: None, sign_in: SignIn, database: Database, settings: Settings
) -> None:
    """Its comments are read again; a faulty one changes nothing."""
    client = sign_in(Role.CX_MANAGER)
    client.get("/comments/topics")
    token = {"_csrf_token": client.cookies["csrf"]}

    assert client.post("/comments/topics", data={"code": "No!", "name_en": "x", **token}).status_code == 400
    client.post("/comments/topics", data={"code": "waiting", "retire": "1", **token})
    read_waiting(database, settings, utc_now())
    assert "0 comments" in text_of(client.get("/comments?lang=en&topic=waiting").text)


def test_respondents_words_are_data(sign_in: SignIn, answer: Answer, database: Database, settings: Settings) -> None:
    """Markup stays text, on the page and in its pictures."""
    today = day_of(utc_now(), settings.zone)
    for _ in range(12):
        answer(1, day=today, words="</script><img src=x onerror=alert(1)> awful")
        answer(10, day=today, words="lovely")
    read_waiting(database, settings, utc_now())

    assert "<img src=x" not in sign_in(Role.ANALYST).get("/comments").text
