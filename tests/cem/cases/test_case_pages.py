"""One case over HTTP: who sees what of it, which steps it offers, and what each of them does, once."""

from collections.abc import Callable
from datetime import timedelta

from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import func, select, update

from cem.cases.desk import find_case
from cem.cases.models import Case, CaseEvent, CaseMessage, CaseRemedy, CaseTask, CaseView, Commendation, ReplyTemplate
from cem.people.accounts import add_account
from cem.roles import Role
from surveys.database import Database, utc_now
from tests.cem.cases.conftest import At, rows, send
from tests.cem.conftest import CHEAPEST, PASSWORD, SignIn

Opened = Callable[..., str]
ADDRESS = "mina@example.com"
READERS = {Role.EXECUTIVE, Role.CX_MANAGER, Role.UNIT_MANAGER}


def read(database: Database, number: str) -> Case:
    with database.read() as session:
        return find_case(session, number)


def count(database: Database, table: type) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def step(client: TestClient[Litestar], number: str, name: str, **form: str) -> int:
    return send(client, f"/cases/{number}/{name}", **form).status_code


def as_manager_of(client: TestClient[Litestar], database: Database, unit: str) -> TestClient[Litestar]:
    """Another unit manager, signed in."""
    with database.write() as session:
        add_account(
            session,
            CHEAPEST,
            utc_now(),
            "tests",
            name=f"{unit}_manager",
            full_name=f"The manager of {unit}",
            password=PASSWORD,
            role=Role.UNIT_MANAGER,
            unit=unit,
        )
    client.cookies.clear()
    assert send(client, "/sign-in", name=f"{unit}_manager", password=PASSWORD).status_code == 303
    return client


def test_who_opens_a_case_and_takes_a_step(
    sign_in: SignIn, client: TestClient[Litestar], opened: Opened, database: Database
) -> None:
    """Executives and the CX manager see each case, the unit's manager this one; who does not handle it is refused."""
    number = opened(2)
    for role in Role:
        client.cookies.clear()
        sign_in(role)
        sees, handles = role in READERS, role in READERS - {Role.EXECUTIVE}

        assert client.get(f"/cases/{number}").status_code == (200 if sees else 403)
        before = rows(database)
        assert step(client, number, "note", text="Seen") == (303 if handles else 403)
        assert (rows(database) != before) is handles


def test_another_units_case_is_not_there(
    sign_in: SignIn, client: TestClient[Litestar], opened: Opened, database: Database
) -> None:
    """A unit manager sees the own unit with all below it; other numbers answer as if they did not exist."""
    own, other = opened(), opened(unit="tajrish", customer="sara")
    sign_in(Role.UNIT_MANAGER)

    assert client.get(f"/cases/{own}").status_code == 200
    assert client.get(f"/cases/{other}").status_code == 404
    assert step(client, other, "note", text="Not mine to write") == 404

    as_manager_of(client, database, "bank")

    assert [client.get(f"/cases/{number}").status_code for number in (own, other)] == [200, 200]


def test_who_only_reads_meets_no_customer(sign_in: SignIn, opened: Opened, database: Database) -> None:
    """An executive sees neither who it is nor where they are answered, and is offered no step."""
    number = opened()
    with database.write() as session:
        session.execute(update(Case).values(reply_channel="email", reply_address=ADDRESS))

    page = sign_in(Role.EXECUTIVE).get(f"/cases/{number}?lang=en").text

    assert "mina" not in page
    assert "m•••@…" in page
    assert "/c/" not in page
    assert "<button>" not in page


def test_who_handles_it_meets_the_customer(sign_in: SignIn, opened: Opened, database: Database) -> None:
    """With the address, the own page, the earlier cases and, in Persian, days of the Jalali calendar."""
    number, earlier = opened(), opened(touchpoint="call")
    with database.write() as session:
        session.execute(update(Case).values(reply_channel="email", reply_address=ADDRESS))

    client = sign_in(Role.UNIT_MANAGER)
    page = client.get(f"/cases/{number}?lang=en").text

    assert ADDRESS in page
    assert ">mina<" in page
    assert f"/cases/{earlier}" in page
    assert "/c/" in page
    assert "۱۴۰" in client.get(f"/cases/{number}?lang=fa").text


def test_each_look_is_written_down_once_a_day(sign_in: SignIn, opened: Opened, database: Database) -> None:
    """Who looked stands on the page of who looks next."""
    number, client = opened(), sign_in(Role.EXECUTIVE)

    for _ in range(2):
        page = client.get(f"/cases/{number}?lang=en").text

    assert count(database, CaseView) == 1
    assert "The executive" in page.split("Who has looked at this case")[1]


def test_only_possible_steps_are_offered(sign_in: SignIn, opened: Opened, database: Database) -> None:
    """A case that has ended offers to be opened again, and what it does not offer is refused."""
    number, client = opened(), sign_in(Role.CX_MANAGER)
    assert step(client, number, "withdraw") == 303

    page = client.get(f"/cases/{number}").text
    before = rows(database)

    assert 'id="step-reopen"' in page
    assert 'id="step-resolve"' not in page
    assert step(client, number, "reply", text="Dear customer, thank you for your words.", anyway="yes") == 409
    assert step(client, number, "unheard-of") == 409
    assert rows(database) == before


def test_a_case_from_hand_to_hand(sign_in: SignIn, opened: Opened, database: Database) -> None:
    """Taken up, tried, answered, looked into, resolved with its cause, and opened again, each by its form."""
    number, client = opened(2), sign_in(Role.UNIT_MANAGER)

    assert step(client, number, "acknowledge") == 303
    assert step(client, number, "contact", channel="phone", reached="no", note="No answer") == 303
    assert read(database, number).contacted_at is None
    assert step(client, number, "contact", channel="phone", reached="yes") == 303
    assert read(database, number).status == "in_contact"
    assert step(client, number, "investigate") == 303
    assert step(client, number, "wait") == 303
    assert read(database, number).waiting_since is not None
    assert step(client, number, "resume") == 303
    assert step(client, number, "propose") == 303
    assert step(client, number, "promise", day="2031-01-05", hour="10:30") == 303
    assert read(database, number).promised_at is not None
    letter = "Dear Mina, thank you for telling us. We have put it right today, and we are sorry."
    assert step(client, number, "resolve", cause="waiting", outcome="fixed", text=letter) == 303
    case = read(database, number)
    assert (case.status, case.cause, case.outcome, case.promised_at) == ("resolved", "waiting", "fixed", None)
    assert step(client, number, "reopen", text="The customer called again") == 303
    assert read(database, number).status == "reopened"


def test_what_a_resolution_lacks_is_said_and_nothing_is_sent(
    sign_in: SignIn, opened: Opened, database: Database
) -> None:
    """The reply that was to go out with it stays in the form."""
    number, client = opened(), sign_in(Role.UNIT_MANAGER)
    before = rows(database)

    answer = send(
        client, f"/cases/{number}/resolve?lang=en", cause="unheard-of", text="Dear Mina, we are sorry about the queue."
    )

    assert answer.status_code == 400
    assert "a cause" in answer.text
    assert "what was achieved" in answer.text
    assert "sorry about the queue" in answer.text
    assert rows(database) == before


BAD: list[tuple[str, dict[str, str]]] = [
    ("contact", {"channel": "pigeon", "reached": "yes"}),
    ("contact", {"channel": "phone"}),
    ("note", {"text": " "}),
    ("assign", {"owner": "nobody"}),
    ("assign", {"owner": "employee"}),
    ("severity", {"severity": "0"}),
    ("promise", {"day": "2020-01-01", "hour": "10:00"}),
    ("promise", {"day": "tomorrow", "hour": ""}),
    ("ask", {"unit": "vanak", "text": "The own unit", "day": "2031-01-01", "hour": ""}),
    ("ask", {"unit": "\x00", "text": "No unit", "day": "2031-01-01", "hour": ""}),
    ("ask", {"unit": "tajrish", "text": "", "day": "2031-01-01", "hour": ""}),
    ("remedy", {"code": "yacht", "amount": "1"}),
    ("remedy", {"code": "refund", "amount": "-5"}),
    ("remedy", {"code": "refund", "amount": "much"}),
    ("remedy", {"code": "apology", "amount": "5"}),
    ("remedy", {"code": "refund", "amount": ""}),
    ("reopen", {"text": ""}),
    ("merge", {"into": "000-000-0000"}),
    ("finish", {"task": "x"}),
    ("decide", {"remedy": "0" * 32, "granted": "yes"}),
]


def test_bad_input_changes_nothing(sign_in: SignIn, opened: Opened, database: Database) -> None:
    """Refused with a page that says why."""
    number, client = opened(), sign_in(Role.UNIT_MANAGER)
    before = rows(database)

    for name, form in BAD:
        assert step(client, number, name, **form) in {400, 403, 404, 409}, (name, form)
        assert rows(database) == before, (name, form)


TWICE: list[tuple[str, dict[str, str]]] = [
    ("contact", {"channel": "phone", "reached": "no", "note": "Engaged"}),
    ("reply", {"text": "Dear Mina, thank you; we are sorry for the wait and look into it.", "anyway": "yes"}),
    ("note", {"text": "Ask her in the morning"}),
    ("ask", {"unit": "tajrish", "text": "Please look at the camera", "day": "2031-01-01", "hour": "9:30"}),
    ("remedy", {"code": "refund", "amount": "۵۰۰٬۰۰۰"}),
    ("remedy", {"code": "refund", "amount": "5000000"}),
    ("promise", {"day": "1410-01-01", "hour": "10:00"}),
    ("severity", {"severity": "1"}),
    ("assign", {"owner": "cx_manager"}),
    ("withdraw", {}),
]


def test_a_form_that_is_sent_twice_acts_once(sign_in: SignIn, opened: Opened, database: Database) -> None:
    """A second click, or a browser that sends again, adds nothing; the same words from another page do."""
    number, client = opened(), sign_in(Role.UNIT_MANAGER)
    note = {"text": "Ask her in the morning"}
    assert step(client, number, "note", once="0", **note) == 303
    for name, form in TWICE:
        before = rows(database)
        assert step(client, number, name, once="1", **form) == 303, name
        after = rows(database)
        assert step(client, number, name, once="1", **form) == 303, name

        assert rows(database) == after != before, name


def test_a_reply_is_checked_and_the_person_decides(sign_in: SignIn, opened: Opened, database: Database) -> None:
    """What a reader might take amiss is shown before anything goes out, and can be sent as it is."""
    number, client = opened(), sign_in(Role.UNIT_MANAGER)
    rude = "It was YOUR MISTAKE, you should have read the form!!"

    answer = send(client, f"/cases/{number}/reply?lang=en", text=rude)

    assert answer.status_code == 200
    assert "you should have" in answer.text
    assert rude in answer.text
    with database.read() as session:
        assert session.scalar(select(func.count()).where(CaseMessage.kind == "reply")) == 0
    assert step(client, number, "reply", text=rude, anyway="yes") == 303
    with database.read() as session:
        assert session.scalar(select(CaseMessage.text).where(CaseMessage.kind == "reply")) == rude


def test_a_template_begins_a_reply(sign_in: SignIn, opened: Opened, database: Database) -> None:
    """In the customer's language, whatever the reader's is."""
    number = opened()
    with database.write() as session:
        texts = {"fa": "سلام و سپاس", "en": "Dear customer, thank you"}
        session.add(ReplyTemplate(code="thanks", names={"en": "Thanks"}, texts=texts, position=1))

    page = sign_in(Role.UNIT_MANAGER).get(f"/cases/{number}?template=thanks&lang=fa").text

    assert "Dear customer, thank you</textarea>" in page


def test_large_remedies_wait_for_somebody_else(
    sign_in: SignIn, client: TestClient[Litestar], opened: Opened, database: Database
) -> None:
    """Above the limit, in one or in small parts, another person decides, and never the one who offered it."""
    number = opened()
    sign_in(Role.UNIT_MANAGER)
    assert step(client, number, "remedy", code="refund", amount="600000") == 303
    assert step(client, number, "remedy", code="refund", amount="500000") == 303
    with database.read() as session:
        granted = dict(session.execute(select(CaseRemedy.amount, CaseRemedy.granted)).all())
        waiting = session.scalar(select(CaseRemedy.remedy_id).where(CaseRemedy.granted.is_(None)))
    assert granted == {600_000: True, 500_000: None}
    assert waiting is not None

    assert step(client, number, "decide", remedy=waiting.hex, granted="yes") in {403, 409}
    client.cookies.clear()
    sign_in(Role.CX_MANAGER)
    assert step(client, number, "decide", remedy=waiting.hex, granted="yes") == 303

    with database.read() as session:
        decided = session.get_one(CaseRemedy, waiting)
        assert (decided.granted, decided.decided_by) == (True, "cx_manager")


def test_another_units_task(sign_in: SignIn, client: TestClient[Litestar], opened: Opened, database: Database) -> None:
    """The asked unit sees the case with its address masked, finishes its task and writes notes, and nothing else."""
    number = opened()
    with database.write() as session:
        session.execute(update(Case).values(reply_channel="email", reply_address=ADDRESS))
    sign_in(Role.UNIT_MANAGER)
    assert step(client, number, "ask", unit="tajrish", text="Is the machine repaired?", day="2031-01-01") == 303
    with database.read() as session:
        task = session.scalar(select(CaseTask.task_id))
    assert task is not None
    as_manager_of(client, database, "tajrish")

    page = client.get(f"/cases/{number}?lang=en").text

    assert ADDRESS not in page
    assert "Is the machine repaired?" in page
    assert step(client, number, "reply", text="Dear Mina, thank you very much.", anyway="yes") == 403
    assert step(client, number, "note", text="The engineer comes today") == 303
    assert step(client, number, "finish", task=task.hex, text="Repaired this morning") == 303
    with database.read() as session:
        done = session.get_one(CaseTask, task)
        assert (done.done_by, done.result) == ("tajrish_manager", "Repaired this morning")


def test_two_cases_become_one(sign_in: SignIn, opened: Opened, database: Database) -> None:
    """What was said goes on in the other case; one out of reach takes nothing."""
    one, other, far = opened(), opened(touchpoint="call"), opened(unit="tajrish", customer="sara")
    client = sign_in(Role.UNIT_MANAGER)

    assert step(client, one, "merge", into=far) == 404
    assert step(client, one, "merge", into=one) == 409
    assert step(client, one, "merge", into=other.replace("-", " ")) == 303
    assert read(database, one).merged_into == read(database, other).case_id


def test_praise_is_passed_on(sign_in: SignIn, opened: Opened, database: Database) -> None:
    """To the person whom the customer named, once."""
    number, client = opened(4, "praise"), sign_in(Role.UNIT_MANAGER)

    for _ in range(2):
        assert step(client, number, "commend", named="Ms Rahimi", words="She took her time.", once="1") == 303

    assert count(database, Commendation) == 1


def test_nobody_is_given_up_too_early(sign_in: SignIn, opened: Opened, database: Database) -> None:
    """Three attempts on two channels, then the step is there."""
    number, client = opened(), sign_in(Role.UNIT_MANAGER)
    for channel in ("phone", "phone", "sms"):
        assert step(client, number, "unreachable") == 409
        assert step(client, number, "contact", channel=channel, reached="no") == 303

    assert step(client, number, "unreachable") == 303
    assert read(database, number).status == "unreachable"


def test_the_history_is_in_words(sign_in: SignIn, opened: Opened, at: At) -> None:
    """No code of an event stands on the page, in either language, and personal data of a thread stays with handlers."""
    number, client = opened(), sign_in(Role.CX_MANAGER)
    step(client, number, "assign", owner="cx_manager")
    step(client, number, "note", text="Her number is 0912 345 6789")

    assert "Given to \u2068The cx_manager\u2069" in client.get(f"/cases/{number}?lang=en").text
    assert "به \u2068The cx_manager\u2069 سپرده شد" in client.get(f"/cases/{number}?lang=fa").text
    assert "0912 345 6789" in client.get(f"/cases/{number}").text
    client.cookies.clear()
    assert "0912 345 6789" not in sign_in(Role.EXECUTIVE).get(f"/cases/{number}").text


def test_nothing_is_done_to_a_case_that_moved_on(sign_in: SignIn, opened: Opened, at: At, database: Database) -> None:
    """Somebody else ended it meanwhile: the form of an old page is refused."""
    number, client = opened(), sign_in(Role.UNIT_MANAGER)
    assert client.get(f"/cases/{number}").status_code == 200
    with database.write() as session:
        session.execute(update(Case).values(status="withdrawn", closed_at=utc_now() + timedelta(seconds=1)))
    events = count(database, CaseEvent)

    assert step(client, number, "investigate") == 409
    assert count(database, CaseEvent) == events


def test_a_form_that_was_sent_back_leads_to_its_case(sign_in: SignIn, opened: Opened) -> None:
    """Its address opened again, as by the other language's link, is the case."""
    number = opened()

    answer = sign_in(Role.UNIT_MANAGER).get(f"/cases/{number}/reply?lang=en", follow_redirects=False)

    assert answer.headers["location"] == f"/cases/{number}?lang=en"
