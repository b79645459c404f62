"""What a stranger or a broken network sends to the public pages: refused or kept, never a fault of ours."""

from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from surveys import tallies
from surveys.database import Database, create_database
from surveys.inbox import Inbox
from surveys.pages import forms, visits
from surveys.questionnaire import Questionnaire, scores

GOOD = {"recommend": "9", "why": "quick"}
STRANGE = [
    *("", "9", "not_applicable", "\0", "a\0b", "9" * 20, "1e308", "-0.0", "NaN", "2320", "9999", "1404", "13", "30"),
    *("queue", "queue,staff", "x" * 3000, "\u202e", "e\u0301" * 900, "\ufdfa" * 300, "\r\n\x1b[31m", "\ud800", "²"),
    *("<script>", "{{7*7}}", "%s %(x)s", "en", "fa", "back", "AAAA"),
]
NAMES = ["ticket", "page", "language", "go", "reference", "lang", "q.nothing"]
FIELDS = ["recommend", "reason", "satisfied", "day", "day.year", "day.month", "day.day", "minutes", "why"]


class Marks(HTMLParser):
    """The tags and attributes that a browser sees in a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


@pytest.fixture(params=["sqlite", "postgresql"])
def away(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database that does not answer."""
    file = tmp_path / "nowhere" / "cem.db"
    addresses = {"sqlite": f"sqlite:///{file}", "postgresql": "postgresql+psycopg://nobody@127.0.0.1:1/none"}
    database = create_database(addresses[request.param])
    yield database
    database.close()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.sampled_from(NAMES + [f"q.{name}" for name in FIELDS]), st.sampled_from(STRANGE) | st.text()),
        max_size=12,
    ),
    st.sampled_from(["", "/draft"]),
)
def test_anything_in_a_form(world: Any, visitor: Any, fields: list[tuple[str, str]], ending: str) -> None:
    """Whatever the fields hold, the page answers, shows the draft again in both languages, and counts are right."""
    page = visitor.open("/s/visit")
    form: dict[str, list[str]] = {"ticket": [page.ticket]}
    for name, value in fields:
        form.setdefault(name, []).append(value.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
    sent = visitor.client.post(f"/s/visit{ending}", data=form, follow_redirects=False)

    assert sent.status_code in {200, 204, 303, 400, 404, 422}
    for language in ("fa", "en"):
        assert visitor.open(f"/s/visit?r={page.ticket}&lang={language}").status in {200, 303}
    asked = world.reception.catalogue._newest.by_id[world.visit.survey_id].questionnaire
    with world.database.writer.begin() as connection:
        assert tallies.differences(connection, world.visit.survey_id, lambda _, given: scores(asked, given)) == []


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/x-www-form-urlencoded", b""),
        ("application/x-www-form-urlencoded", b"\xff\xfe=%ff%fe&%00=%00&ticket=%ed%a0%80"),
        ("application/x-www-form-urlencoded", b"&".join(b"f%d=1" % n for n in range(10_000))),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="ticket"\r\n\r\nA\r\n--x--'),
        ("application/json", b"[" * 10_000),
        ("", b"ticket"),
    ],
)
@pytest.mark.parametrize("path", ["/s/visit", "/s/visit/draft", "/f/branch", "/i/AAAA", "/s/paged"])
def test_anything_in_a_body(world: Any, visitor: Any, path: str, kind: str, body: bytes) -> None:
    """A body that is no form of ours is refused and changes nothing."""
    before = world.rows()
    sent = visitor.client.post(path, content=body, headers={"content-type": kind})

    assert sent.status_code in {400, 404}
    assert world.rows() == before


@pytest.mark.parametrize(
    "query",
    [
        *("lang=xx", "lang=%00", "page=-1", "page=999", "page=%D9%A1", "page=1e3", "r=", "r=%00", "r=%ff", "ch=%00"),
        *("unit=%00&ch=a|b", "recommend=%00", "%", "=&=&", "recommend=9&recommend=x", "r=" + "A" * 9000),
        "&".join(f"a{n}=1" for n in range(2000)),
    ],
)
@pytest.mark.parametrize("path", ["/s/visit", "/s/paged", "/f/branch", "/s/visit/thanks", "/i/AAAA", "/s/%00"])
def test_anything_in_an_address(world: Any, visitor: Any, path: str, query: str) -> None:
    """What an address says is understood, ignored or unknown; opening it records nothing."""
    before = world.rows()

    assert visitor.open(f"{path}?{query}").status in {200, 404}
    assert world.rows() == before


def test_a_stranger_fills_no_memory(visitor: Any) -> None:
    """What is remembered of requests is short, however long the headers and the address are."""
    visits.choose_language.cache_clear()
    forms._remembered.cache_clear()
    for n in range(5):
        visitor.open("/s/visit?lang=en", **{"accept-language": "x" * 100_000 + str(n)})
        visitor.open(f"/s/visit?lang={n}{'x' * 50_000}")
        visitor.open(f"/s/visit?lang={n}")

    assert visits.choose_language.cache_info().currsize == 2  # English from its address, and from the header
    assert forms._remembered.cache_info().currsize == 6


def test_a_questionnaire_that_holds_our_mark(world: Any, visitor: Any, visit_questionnaire: Questionnaire) -> None:
    """An author's text may be anything, even what stands where the ticket goes."""
    title = {"en": "\u0001ticket\u0001 </html>", "fa": "x"}
    world.publish(msgspec.structs.replace(visit_questionnaire, id="marked", title=title, thanks=title))
    world.refresh()
    page = visitor.open("/s/marked")

    assert page.status == 200
    assert world.reception.links.read_ticket(page.ticket).version == 1
    assert visitor.open("/s/marked/thanks").status == 200


def test_words_of_authors_and_customers_are_text(world: Any, visitor: Any, visit_questionnaire: Questionnaire) -> None:
    """Markup, templates and formats are shown as they were written, on each page that a customer sees."""
    words = """</script><!--<img src=x onerror=alert(1)>" onmouseover="x {{7*7}} %s %(x)s 50% \u202e"""
    text = dict.fromkeys(("en", "fa"), words)
    document = msgspec.to_builtins(visit_questionnaire)
    document |= {"id": "odd", "title": text, "introduction": text, "consent": text, "thanks": text}
    for question in document["blocks"][0]["questions"]:
        question |= {"text": text, "help": text, "message": text}
        for option in question.get("options", ()):
            option["text"] = text
    world.publish(msgspec.convert(document, Questionnaire))
    world.refresh()
    page = visitor.open("/s/odd")
    again = visitor.send("/s/odd", page, {"minutes": words, "why": words})
    thanks = visitor.open("/s/odd/thanks")

    assert (page.status, again.status, thanks.status) == (200, 422, 200)
    assert again.fields["q.why"] == [words]
    for shown in (page, again, thanks):
        assert "&lt;img src=x onerror=alert(1)&gt;" in shown.text
        assert "{{7*7}} %s %(x)s 50% " in shown.text
        parsed = Marks(shown.text)
        assert "img" not in parsed.tags
        assert not [name for name in parsed.attributes if name.startswith("on")]


def test_a_database_that_is_away_keeps_the_answers(world: Any, serve: Callable[..., Any], away: Database) -> None:
    """However long it has been away, whoever sends a page gets it back with everything on it and when to try again."""
    with Inbox(away.writer) as inbox:
        visitor = serve(inbox=inbox)
        page, personal = visitor.open("/s/visit"), world.invite(world.visit)
        invited = visitor.open(personal)
        world.reception.catalogue.database = away
        world.refresh()
        refused = [visitor.send("/s/visit", page, GOOD), visitor.send(personal, invited, GOOD)]

        assert [(one.status, one.answer.headers["retry-after"]) for one in refused] == [(503, "5")] * 2
        assert [(one.fields["q.recommend"], one.fields["q.why"]) for one in refused] == [(["9"], ["quick"])] * 2
        assert visitor.open("/s/visit").status == 200
    assert world.responses() == []


def test_a_page_that_was_sent_once_too_often(world: Any, visitor: Any) -> None:
    """The same page from two windows with other answers, and after that as a draft: the first one counts, alone."""
    page = visitor.open("/s/visit")
    for answers in (GOOD, {"recommend": "1"}, {"recommend": "not_applicable"}):
        visitor.send("/s/visit", page, answers)
        visitor.send("/s/visit/draft", page, answers)

    assert [r.answers for r in world.responses()] == [{"recommend": 9, "why": "quick"}]
    assert world.rows()["draft"] == 0
