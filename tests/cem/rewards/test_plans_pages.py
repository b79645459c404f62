"""Plans over HTTP: who opens what, what the pages say, and what their forms do."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import func, select

from cem.audit import AuditEvent
from cem.people.models import Employee
from cem.rewards.digests import digest_of
from cem.rewards.models import Participant, PlanSignature, RewardPlan, RewardRun
from cem.rewards.plans import AGREED, DRAFT, RETIRED, draft_plan, find_plan
from cem.roles import Role
from surveys.database import Database
from surveys.models import Survey
from tests.cem.conftest import csrf
from tests.cem.rewards.conftest import DURING, PERIOD, agree, enrol, terms_of

SignIn = Callable[[Role], TestClient[Litestar]]
PLAN = "/rewards/plans/tehran/1"
READERS = {Role.EXECUTIVE, Role.CX_MANAGER, Role.UNIT_MANAGER, Role.HR, Role.FINANCE}


def text_of(page: str) -> str:
    """What a reader sees, without the marks around numbers."""
    return " ".join(re.sub(r"[\u2066-\u2069]", "", re.sub(r"<[^>]+>", " ", page)).split())


def send(client: TestClient[Litestar], path: str, **fields: Any) -> Any:
    """Send a form of this path."""
    form = {"_csrf_token": client.cookies["csrf"], **fields}
    return client.post(path, data=form, follow_redirects=False)


@pytest.fixture
def draft(database: Database, accounts: None, survey: Survey, company: None) -> None:
    """The worked example's plan as a draft."""
    with database.write() as session:
        draft_plan(session, DURING, "someone", terms_of())


@pytest.fixture
def agreed(database: Database, accounts: None, survey: Survey, company: None) -> None:
    """The same, signed by two people."""
    with database.write() as session:
        agree(session, terms_of())


def test_who_opens_what(agreed: None, sign_in: SignIn) -> None:
    """Plans are read by those who steer and pay; names and amounts by HR and finance; made by HR alone."""
    for role in Role:
        client = sign_in(role)
        reads, amounts, designs = role in READERS, role in {Role.HR, Role.FINANCE}, role is Role.HR
        expected = {
            "/rewards": 200 if reads else 403,
            PLAN: 200 if reads else 403,
            f"{PLAN}/terms.yaml": 200 if reads else 403,
            "/rewards/plans/tehran/participants": 200 if amounts else 403,
            "/rewards/plans/tehran/participants/download?period=2025-Q3": 200 if amounts else 403,
            "/rewards/plans/new": 200 if designs else 403,
            f"{PLAN}/edit": 409 if designs else 403,
            f"{PLAN}/steps/who": 409 if designs else 403,
        }
        assert {path: client.get(path).status_code for path in expected} == expected, role


def test_what_is_not_for_a_role(agreed: None, database: Database, sign_in: SignIn) -> None:
    """Nobody but HR makes, retires or opens anything, whatever they send."""
    forms = [f"{PLAN}/{act}" for act in ("copy", "retire", "open", "edit", "steps/who", "steps/guard")]
    forms += [f"/rewards/plans/{path}" for path in ("new", "tehran/participants", "tehran/participants/copy")]
    for role in set(Role) - {Role.HR}:
        client = sign_in(role)
        for path in forms + ([f"{PLAN}/sign"] if role is not Role.EXECUTIVE else []):
            assert send(client, path, code="x", period="2025-Q4").status_code == 403, (role, path)
    with database.read() as reader:
        assert reader.scalar(select(func.count()).select_from(RewardRun)) == 0
        assert reader.scalar(select(func.count()).select_from(RewardPlan)) == 1


def test_a_draft_is_for_those_who_make_and_sign_it(draft: None, sign_in: SignIn) -> None:
    """HR and the executive read a draft; for others it is not there yet."""
    for role in Role:
        client = sign_in(role)
        signs = role in {Role.HR, Role.EXECUTIVE}
        assert client.get(PLAN).status_code == (200 if signs else 403)
        if role in READERS:
            assert ("Branch rewards" in client.get("/rewards?lang=en").text) == signs


def test_two_signatures(draft: None, database: Database, sign_in: SignIn) -> None:
    """HR and the executive sign what they have read; what changed in between is not signed."""
    with database.read() as reader:
        digest = digest_of(find_plan(reader, "tehran").terms)
    hr = sign_in(Role.HR)
    assert send(hr, f"{PLAN}/sign", terms="0" * 64).status_code == 409
    assert send(hr, f"{PLAN}/sign", terms=digest).status_code == 303
    assert send(hr, f"{PLAN}/sign", terms=digest).status_code == 409
    assert "Executive : sign the plan for the business" in text_of(hr.get("/rewards?lang=en").text)
    executive = sign_in(Role.EXECUTIVE)
    assert send(executive, f"{PLAN}/sign", terms=digest).status_code == 303
    with database.read() as reader:
        assert find_plan(reader, "tehran").status == AGREED
        signed = {one.capacity: one.account for one in reader.scalars(select(PlanSignature))}
        assert signed == {"hr": "hr", "business": "executive"}
        assert reader.scalar(select(func.count()).where(AuditEvent.action == "reward:sign")) == 2


def test_nobody_signs_their_own_pay(draft: None, database: Database, sign_in: SignIn) -> None:
    """Who takes part in the plan is told so, in both languages."""
    with database.write() as session:
        for number, role in enumerate((Role.HR, Role.EXECUTIVE)):
            enrol(session, str(number), 1000, account=role.value)
        digest = digest_of(find_plan(session, "tehran").terms)
    for role in (Role.HR, Role.EXECUTIVE):
        client = sign_in(role)
        for language, words in (("en", "your own pay"), ("fa", "پاداش خود شما")):
            refused = send(client, f"{PLAN}/sign?lang={language}", terms=digest)
            assert refused.status_code == 403
            assert words in refused.text


def test_versions(agreed: None, database: Database, sign_in: SignIn) -> None:
    """A copy is the next version, once; its page tells what is different; the old one can be retired."""
    hr = sign_in(Role.HR)
    made = send(hr, f"{PLAN}/copy")
    assert made.headers["location"] == "/rewards/plans/tehran/2/steps/measures"
    assert send(hr, f"{PLAN}/copy").headers["location"] == made.headers["location"]
    with database.write() as session:
        draft_plan(session, DURING, "someone", terms_of(cap=120))
    page = text_of(hr.get("/rewards/plans/tehran/2?lang=en").text)
    assert "What is different from version 1" in page
    assert "Cap of the whole score, percent 130 120" in page
    assert send(hr, f"{PLAN}/retire").status_code == 303
    with database.read() as reader:
        assert [find_plan(reader, "tehran", version).status for version in (1, 2)] == [RETIRED, DRAFT]


def test_participants_acknowledge(agreed: None, database: Database, sign_in: SignIn) -> None:
    """An employee who takes part reads the plan and says so; others cannot, and names are for HR."""
    employee = sign_in(Role.EMPLOYEE)
    assert employee.post(f"{PLAN}/acknowledge", data={"_csrf_token": csrf(employee)}).status_code == 403
    with database.write() as session:
        enrol(session, "A", 1000, account="employee")
        enrol(session, "B", 1000, account="unit_manager")
    employee = sign_in(Role.EMPLOYEE)
    page = employee.get(f"{PLAN}?lang=en")
    assert "I have read this plan" in page.text
    assert "Employee B" not in page.text
    for _ in range(2):
        done = employee.post(f"{PLAN}/acknowledge", data={"_csrf_token": csrf(employee)}, follow_redirects=False)
        assert done.status_code == 303
    assert "You have said" in employee.get(f"{PLAN}?lang=en").text
    page = text_of(sign_in(Role.HR).get(f"{PLAN}?lang=en").text)
    assert "1 of 2 participants" in page
    assert "Employee B" in page
    page = text_of(sign_in(Role.EXECUTIVE).get(f"{PLAN}?lang=en").text)
    assert "1 of 2 participants" in page
    assert "Employee B" not in page


def test_opening_a_period(agreed: None, database: Database, sign_in: SignIn) -> None:
    """A period is opened once, with its pool; what cannot be opened is said on the page, with what was typed."""
    hr = sign_in(Role.HR)
    for fields, status in (({"period": "1404-Q9"}, 400), ({"period": "2025-Q4", "pool": "much"}, 400)):
        refused = send(hr, f"{PLAN}/open?lang=en", **fields)
        assert refused.status_code == status
        assert fields["period"] in refused.text
    assert send(hr, f"{PLAN}/open", period="۱۴۰۴-Q3", pool="۱۴۰٬۰۰۰٬۰۰۰", shadow="1").status_code == 303
    assert send(hr, f"{PLAN}/open", period="1404-Q3").status_code == 409
    with database.read() as reader:
        run = reader.scalars(select(RewardRun)).one()
        assert (run.period, run.pool, run.shadow) == ("1404-Q3", 140_000_000, True)
        address = f"/rewards/runs/{run.run_id}"
    page = hr.get("/rewards?lang=en").text
    assert address in page
    assert "bring in the participants" in page
    assert "140,000,000" in text_of(page)
    others = text_of(sign_in(Role.UNIT_MANAGER).get("/rewards?lang=en").text)
    assert "Quarter 3 of 1404" in others
    assert "140,000,000" not in others


def test_a_plan_that_is_out_of_date(agreed: None, database: Database, sign_in: SignIn) -> None:
    """Where a KPI has gone since the plan was signed, no period is opened, and its page still stands."""
    with database.write() as session:
        plan = find_plan(session, "tehran")
        measures = [dict(one) for one in plan.terms["measures"]]
        measures[0]["source"] = {"from": "survey", "survey": "visit", "series": "gone"}
        plan.terms = {**plan.terms, "measures": measures}
    hr = sign_in(Role.HR)
    refused = send(hr, f"{PLAN}/open?lang=en", period="2025-Q4")
    assert refused.status_code == 409
    assert "no longer there" in refused.text


def test_a_draft_opens_no_period(draft: None, sign_in: SignIn) -> None:
    """Only what is signed is measured."""
    assert send(sign_in(Role.HR), f"{PLAN}/open", period="2025-Q4").status_code == 409


def test_the_text_of_a_plan(draft: None, database: Database, sign_in: SignIn) -> None:
    """The terms come out as YAML and go in again; faults have their lines; what cannot be read comes back."""
    hr = sign_in(Role.HR)
    text = hr.get(f"{PLAN}/terms.yaml").text
    assert "weight: 40" in text
    token = csrf(hr)

    def save(content: str, **files: Any) -> Any:
        sent = files or {"file": ("", b"")}
        form = {"_csrf_token": token, "text": content}
        return hr.post(f"{PLAN}/edit?lang=en", data=form, files=sent, follow_redirects=False)

    assert save(text).status_code == 303
    broken = save(text.replace("weight: 40", "weight: [40]"))
    assert broken.status_code == 422
    assert "weight: [40]" in broken.text
    assert re.search(r"Line \d+ Measures 1 · Weight, percent", text_of(broken.text))
    faulty = save(text.replace("weight: 40", "weight: 30"))
    assert faulty.status_code == 200
    assert "add up to 90" in faulty.text
    with database.read() as reader:
        assert find_plan(reader, "tehran").terms["measures"][0]["weight"] == "30"
    assert save(text.replace("code: tehran", "code: other")).status_code == 422
    assert save("", file=("plan.yaml", text.encode())).status_code == 303
    assert save("x", file=("plan.yaml", b"\xff\xfe")).status_code == 422


def test_participants_over_http(agreed: None, database: Database, sign_in: SignIn) -> None:
    """A file is tried, then taken; a wrong one is told with its lines and columns; the list can be taken away."""
    hr = sign_in(Role.HR)
    path, token = "/rewards/plans/tehran/participants", csrf(hr)

    def bring(content: bytes = b"", **fields: str) -> Any:
        form = {"_csrf_token": token, "period": PERIOD.code, **fields}
        return hr.post(f"{path}?lang=en", data=form, files={"file": ("p.csv", content)}, follow_redirects=False)

    header = "employee_no,full_name,account,unit,target_amount\n"
    wrong = bring(f"{header}1,A,,vanak,x\n2,B,hr,vanak,5\n".encode())
    assert wrong.status_code == 422
    assert "2 target_amount Write the amount" in text_of(wrong.text)
    assert "3 account This is your own account" in text_of(wrong.text)
    assert bring(b"nothing\n").status_code == 422
    assert bring().status_code == 400
    tried = bring(f"{header}1,سارا,employee,vanak,5000\n".encode())
    assert tried.status_code == 200
    carried = re.search(r"<textarea[^>]*>(.*?)</textarea>", tried.text, re.DOTALL)
    assert carried
    with database.read() as reader:
        assert reader.scalar(select(func.count()).select_from(Participant)) == 0
    assert bring(text=carried.group(1), taken="1").status_code == 303
    with database.read() as reader:
        assert reader.get_one(Employee, "1").account == "employee"
    page = text_of(hr.get(f"{path}?period={PERIOD.code}&lang=en").text)
    assert "سارا 1 Vanak 5,000 92 100%" in page
    assert "سارا" in hr.get(f"{path}/download?period={PERIOD.code}").text
    assert hr.get(f"{path}/download?period={PERIOD.code}&format=xlsx").content[:2] == b"PK"
    later = {"_csrf_token": token, "period": PERIOD.plus(1).code}
    assert hr.post(f"{path}/copy", data=later, follow_redirects=False).status_code == 303
    assert hr.post(f"{path}/copy", data=later, follow_redirects=False).status_code == 409
    with database.read() as reader:
        assert reader.scalar(select(func.count()).where(AuditEvent.action == "reward:export-participants")) == 2


def test_addresses_of_nothing(agreed: None, sign_in: SignIn) -> None:
    """What no plan is called, and what a database would refuse, is not there; a wrong period is told."""
    hr = sign_in(Role.HR)
    for path in ("x%00y/1", "tehran/99999999999999999999", "tehran/-1", "tehran/7", "nobody/1", "a b/1", "tehran/1.5"):
        assert hr.get(f"/rewards/plans/{path}").status_code == 404, path
    for query in ("", "?period=%00", "?period=1404-Q9&page=99999999999999999999", "?page=-1", "?page=2"):
        assert hr.get(f"/rewards/plans/tehran/participants{query}").status_code == 200, query
    assert hr.get("/rewards/plans/x%00y/participants").status_code == 404
    assert hr.get("/rewards/plans/tehran/participants/download?period=%00").status_code == 400
    assert hr.get(f"{PLAN}/steps/%00").status_code == 404
