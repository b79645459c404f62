"""Logging what somebody heard, over HTTP: by anybody of the staff, once, and without a way to others' cases."""

from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import select

from cem.cases.models import Case, CaseMessage
from cem.roles import Role
from surveys.database import Database, utc_now
from tests.cem.cases.conftest import At, Signalled, rows, send
from tests.cem.cases.test_case_pages import Opened
from tests.cem.conftest import SignIn

HEARD = {
    "kind": "complaint",
    "severity": "2",
    "words": "She waited for an hour, and nobody told her why.",
    "wanted": "An apology",
    "touchpoint": "counter",
    "unit": "vanak",
    "channel": "contact_centre",
    "language": "en",
    "customer": "",
    "contact": "09123456789",
}


def test_anybody_of_the_staff_logs_what_they_heard(
    sign_in: SignIn, client: TestClient[Litestar], database: Database, loop: None
) -> None:
    """It becomes a case of the unit, whose number and page are handed over to the customer."""
    for role in Role:
        client.cookies.clear()
        sign_in(role)

        answer = send(client, "/cases/new", **HEARD)

        assert answer.status_code == 303
        page = client.get(answer.headers["location"] + "?lang=en").text
        with database.read() as session:
            case = session.scalars(select(Case).order_by(Case.opened_at.desc())).first()
        assert case is not None
        assert (case.origin, case.unit, case.owner, case.words) == ("staff", "vanak", "unit_manager", HEARD["words"])
        assert (case.reply_channel, case.reply_address) == ("sms", "+989123456789")
        assert case.number in page
        assert ("Open the case" in page) is (role in {Role.EXECUTIVE, Role.CX_MANAGER, Role.UNIT_MANAGER})


def test_a_form_that_is_sent_twice_is_one_case(sign_in: SignIn, database: Database, loop: None) -> None:
    """The second answer leads to the same page; another form is another case."""
    client = sign_in(Role.EMPLOYEE)
    once = client.get("/cases/new").text.split('name="once" value="')[1][:32]

    first, after = send(client, "/cases/new", once=once, **HEARD), rows(database)
    second = send(client, "/cases/new", once=once, **HEARD)

    assert first.headers["location"] == second.headers["location"]
    assert rows(database) == after
    assert send(client, "/cases/new", once=once, **(HEARD | {"words": "Another customer"})).status_code == 303
    assert rows(database)["customer_case"] == 2


def test_bad_input_comes_back_as_it_was_typed(sign_in: SignIn, database: Database, loop: None) -> None:
    """With what is wrong with it, and nothing is logged."""
    client = sign_in(Role.EMPLOYEE)
    before = rows(database)
    for bad in (
        {"kind": "rumour"},
        {"severity": "5"},
        {"words": "?"},
        {"unit": ""},
        {"unit": "\x00"},
        {"touchpoint": "moon"},
        {"channel": "pigeon"},
        {"language": "de"},
        {"customer": "nobody"},
        {"contact": "somewhere"},
    ):
        answer = send(client, "/cases/new?lang=en", **(HEARD | bad))

        assert answer.status_code == 400, bad
        assert "An apology" in answer.text
        assert rows(database) == before


def test_words_join_an_open_case_that_stays_hidden(
    sign_in: SignIn, database: Database, opened: Opened, at: At, signal: Signalled
) -> None:
    """Who knows a customer's reference alone learns neither the number nor the page, and redirects no reply."""
    number = opened(3)
    client = sign_in(Role.EMPLOYEE)

    answer = send(client, "/cases/new", **(HEARD | {"customer": "mina"}))

    assert answer.headers["location"] == "/cases/new/joined"
    page = client.get("/cases/new/joined?lang=en").text
    assert number not in page
    with database.read() as session:
        case = session.scalars(select(Case)).one()
        assert (case.reply_address, case.severity) == ("", 2)
        note = session.scalar(select(CaseMessage.text).where(CaseMessage.kind == "note"))
    assert note is not None
    assert HEARD["words"] in note
    assert case.opened_at <= utc_now()


def test_a_forged_page_is_not_there(sign_in: SignIn, loop: None, opened: Opened) -> None:
    """Neither a made-up link nor that of an answer's case shows anything."""
    opened()

    assert sign_in(Role.EMPLOYEE).get("/cases/new/forged").status_code == 404
