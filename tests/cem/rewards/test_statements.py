"""What an employee sees: the own statement, why it is what it is, and who else looked."""

import shutil
import uuid
from collections.abc import Callable
from datetime import timedelta
from fractions import Fraction

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import select

from cem.people.accounts import Person
from cem.people.models import Employee
from cem.reports.paper import Paper
from cem.rewards.calculating import calculate_run
from cem.rewards.curve_drawings import HEIGHT, WIDTH, Standing, draw_curve
from cem.rewards.holds import EXCLUDED, decide_hold, open_holds
from cem.rewards.models import RewardRun, StatementView
from cem.rewards.runs import approve_run, find_run, lock_run
from cem.rewards.statement_pages import statement_context
from cem.rewards.statement_views import Reader
from cem.rewards.statements import UnknownStatement, read_statement, results_of
from cem.roles import Role
from cem.scorecards.offers import read_offers
from metrics.payouts.curves import PayoutCurve
from surveys.database import Database, utc_now
from surveys.languages import language
from surveys.templating import Templates
from tests.cem.rewards.conftest import AFTER, ZONE, Opened, enrol

SignIn = Callable[[Role], TestClient[Litestar]]
Issued = Callable[..., uuid.UUID]


def approve(database: Database, run_id: uuid.UUID) -> None:
    """Locked, calculated, and approved by two just now."""
    with database.write() as session:
        lock_run(session, AFTER, "hr", find_run(session, run_id), ZONE)
    list(calculate_run(database, AFTER, "hr", run_id))
    with database.write() as session:
        run = find_run(session, run_id)
        approve_run(session, AFTER + timedelta(days=1), "hr", run, "review")
        approve_run(session, utc_now(), "finance", run, "approve")


@pytest.fixture
def issued(database: Database, accounts: None, opened: Opened) -> Issued:
    """The worked example, approved: the employee is A, the unit manager B."""

    def issue(**changes: object) -> uuid.UUID:
        run_id = opened(**changes).run_id
        with database.write() as session:
            session.get_one(Employee, "A").account = "employee"
            session.get_one(Employee, "B").account = "unit_manager"
        approve(database, run_id)
        return run_id

    return issue


def test_the_own_statement(database: Database, issued: Issued, sign_in: SignIn) -> None:
    """In both languages: the amount in figures and words, the measures with their guard, gates and the way there."""
    run_id = issued()
    client = sign_in(Role.EMPLOYEE)
    english = client.get(f"/statements/{run_id}?lang=en").text
    persian = client.get(f"/statements/{run_id}?lang=fa").text

    assert "84,000,000" in english
    assert "eighty-four million rials" in english
    assert "۸۴٬۰۰۰٬۰۰۰" in persian
    assert "هشتاد و چهار میلیون ریال" in persian
    assert "its interval reaches back to" in english
    assert "fewer than the \u206630\u2069 answers" not in english
    assert "its weight goes to the other measures" in english
    assert "not met: the score is multiplied by" in english
    assert "times the pool factor" in english
    assert english.count('<svg class="curve"') == 4
    with database.read() as reader:
        assert read_statement(reader, run_id, "A").result.amount.digest in english


def test_nobody_else_has_it(issued: Issued, sign_in: SignIn) -> None:
    """A colleague's statement is not at an address of mine, and without one of my own there is none."""
    run_id = issued()
    manager = sign_in(Role.UNIT_MANAGER).get(f"/statements/{run_id}?lang=en").text
    assert "84,000,000" not in manager
    assert "18,667,000" in manager
    for role in (Role.EXECUTIVE, Role.HR, Role.FINANCE, Role.ANALYST):
        answer = sign_in(role).get(f"/statements/{run_id}")
        assert answer.status_code == 404
        assert "84,000,000" not in answer.text
        assert sign_in(role).get(f"/statements/{run_id}/pdf").status_code == 404


@pytest.mark.parametrize("role", [*Role])
def test_who_opens_anothers_statement(issued: Issued, sign_in: SignIn, role: Role) -> None:
    """Human resources and finance, who answer for the amount; nobody else."""
    run_id = issued()
    answer = sign_in(role).get(f"/rewards/runs/{run_id}/people/A/statement?lang=en")

    assert answer.status_code == (200 if role in {Role.HR, Role.FINANCE} else 403)
    assert ("84,000,000" in answer.text) is (answer.status_code == 200)
    assert "Send the appeal" not in answer.text


def test_every_look_leaves_a_row(database: Database, issued: Issued, sign_in: SignIn) -> None:
    """The employee sees who of the others looked, and when; the own look is in the rows and not on the page."""
    run_id = issued()
    assert "Nobody but you." in sign_in(Role.EMPLOYEE).get(f"/statements/{run_id}?lang=en").text
    sign_in(Role.HR).get(f"/rewards/runs/{run_id}/people/A/statement")
    page = sign_in(Role.EMPLOYEE).get(f"/statements/{run_id}?lang=en").text

    assert "The hr" in page
    assert "Nobody but you." not in page
    with database.read() as reader:
        viewers = reader.scalars(select(StatementView.viewer).order_by(StatementView.viewed_at)).all()
    assert viewers == ["employee", "hr", "employee"]


def test_before_the_approval_there_is_none(database: Database, accounts: None, opened: Opened) -> None:
    """A period that is measured, calculated or a shadow has no statement to read."""
    run = opened()
    with database.write() as session:
        session.get_one(Employee, "A").account = "employee"
        lock_run(session, AFTER, "hr", find_run(session, run.run_id), ZONE)
    list(calculate_run(database, AFTER, "hr", run.run_id))
    with database.read() as reader:
        with pytest.raises(UnknownStatement):
            read_statement(reader, run.run_id, "A")
        assert results_of(reader, "A") == []
    with database.write() as session:
        found = find_run(session, run.run_id)
        found.shadow = True
        approve_run(session, AFTER, "hr", found, "review")
        approve_run(session, AFTER, "finance", found, "approve")
    with database.read() as reader:
        with pytest.raises(UnknownStatement):
            read_statement(reader, run.run_id, "A")
        assert results_of(reader, "A") == []


def test_what_could_not_be_measured_is_said(
    database: Database, accounts: None, opened: Opened, sign_in: SignIn
) -> None:
    """It is no 0: the page says what it means and what comes next."""
    run = opened(pool=None)
    with database.write() as session:
        enrol(session, "D", 10_000_000, unit="tajrish", account="employee")
    approve(database, run.run_id)
    client = sign_in(Role.EMPLOYEE)
    page = client.get(f"/statements/{run.run_id}?lang=en").text

    assert "Not measurable" in page
    assert "That is not a score of 0" in page
    assert "There is no data of the unit for this measure." in page
    assert "Not measurable" in client.get("/statements?lang=en").text


def test_held_back_says_what_comes_next(database: Database, accounts: None, opened: Opened, sign_in: SignIn) -> None:
    """A condition that holds, and that a person has not opened: no amount, no accusation, and what follows."""
    gate = {"code": "acknowledged", "source": {"from": "operation", "metric": "acknowledged"}, "effect": "hold"}
    run_id = opened(gates=[{**gate, "comparison": "at_least", "limit": 97}]).run_id
    with database.write() as session:
        session.get_one(Employee, "A").account = "employee"
        run = find_run(session, run_id)
        lock_run(session, AFTER, "hr", run, ZONE)
        for hold in open_holds(session, run):
            decide_hold(session, AFTER, "hr", run, hold.hold_id, EXCLUDED, "Not explained.")
    list(calculate_run(database, AFTER, "hr", run_id))
    with database.write() as session:
        run = find_run(session, run_id)
        approve_run(session, AFTER, "hr", run, "review")
        approve_run(session, utc_now(), "finance", run, "approve")
    page = sign_in(Role.EMPLOYEE).get(f"/statements/{run_id}?lang=en").text

    assert "Held back" in page
    assert "Nothing is said against anybody." in page
    assert "not met: somebody looks at it before a decision" in page
    assert "zero rials" not in page


def test_a_shut_gate_pays_nothing_and_says_which(issued: Issued, sign_in: SignIn) -> None:
    """The amount is 0, in words too, and the condition stands beside it."""
    gate = {"code": "acknowledged", "source": {"from": "operation", "metric": "acknowledged"}}
    run_id = issued(pool=None, gates=[{**gate, "comparison": "at_least", "limit": 97}])
    page = sign_in(Role.EMPLOYEE).get(f"/statements/{run_id}?lang=en").text

    assert "zero rials" in page
    assert "A condition of the plan was not met" in page
    assert "not met: nothing is paid" in page


def test_two_units_are_weighed(database: Database, accounts: None, opened: Opened) -> None:
    """Somebody who worked in two units has the score of both, by what was worked in each, and the steps of each."""
    run = opened(pool=None)
    with database.write() as session:
        enrol(session, "E", 40_000_000, 46)
        enrol(session, "E", 40_000_000, 46, unit="bank")
    approve(database, run.run_id)
    with database.read() as reader:
        result = read_statement(reader, run.run_id, "E").result
        scores = [Fraction(worked.part.score or 0) for worked in result.parts]
        spoken = Reader(reader, read_offers(reader), language("en"))

        assert result.score == sum(scores) / 2
        assert [unit.name for unit in spoken.units(result)] == ["Bank", "Vanak"]
        assert sum(result.points().values()) > 0


def test_what_moved_it(database: Database, issued: Issued) -> None:
    """The moves of the measures, gates and limits add up to what the score moved."""
    run_id = issued()
    with database.read() as reader:
        now = read_statement(reader, run_id, "A").result
        spoken = Reader(reader, read_offers(reader), language("en"))
        trace = now.parts[0].unit
        moves = spoken.moves(now, now)

        assert all(move.points == 0 for move in moves)
        assert spoken.moves(now, None) == ()
        assert now.score is not None
        assert sum(now.points().values()) == Fraction(trace.weighted or 0)


def test_a_list_of_all(issued: Issued, sign_in: SignIn) -> None:
    """The own periods; whoever has none is told why, and has no entry in the menu."""
    run_id = issued()
    page = sign_in(Role.EMPLOYEE).get("/statements?lang=en").text
    assert f"/statements/{run_id}" in page
    analyst = sign_in(Role.ANALYST)
    assert "Your account is linked to no employee." in analyst.get("/statements?lang=en").text
    assert 'href="/statements"' not in analyst.get("/scorecards").text


def test_a_plan_is_read(database: Database, issued: Issued, sign_in: SignIn) -> None:
    """A participant confirms once that they have read the plan; somebody else's is not theirs to confirm."""
    run_id = issued()
    with database.read() as reader:
        plan_id = find_run(reader, run_id).plan_id
    for role, status in ((Role.EMPLOYEE, 303), (Role.EMPLOYEE, 303), (Role.ANALYST, 404)):
        client = sign_in(role)
        form = {"_csrf_token": client.cookies["csrf"]}
        assert client.post(f"/statements/plans/{plan_id}", data=form, follow_redirects=False).status_code == status
    assert "You have confirmed on" in sign_in(Role.EMPLOYEE).get("/statements?lang=en").text


def test_the_paper_has_no_form(database: Database, issued: Issued, sign_in: SignIn, app: Litestar) -> None:
    """On paper the employee is spoken to as on the screen, and nothing reaches for another place."""
    run_id = issued()
    with database.read() as reader:
        statement = read_statement(reader, run_id, "A")
        person = Person("employee", "The employee", Role.EMPLOYEE, None)
        paper = Paper(Templates(), language("en"), person, AFTER.date())
        context = statement_context(reader, language("en"), statement, utc_now(), app.state.settings)
        page = bytes(paper("rewards/statement.html", **context, own=True, address="").content).decode()

    assert "Your reward" in page
    assert "Printed on 5 Oct 2025" in page
    assert "/pdf" not in page
    assert 'src="/' not in page
    assert 'href="/static' not in page


def test_where_each_role_begins(issued: Issued, sign_in: SignIn) -> None:
    """After the sign-in everybody is on a page that their role opens."""
    issued()
    for role in Role:
        client = sign_in(role)
        first = client.get("/home")
        assert first.status_code == 200, role
        assert ("/statements" in str(first.url)) is (role is Role.EMPLOYEE)
        assert client.get("/", follow_redirects=False).headers["location"] == "/home"


@pytest.mark.skipif(not shutil.which("chromium"), reason="there is no Chromium here")
def test_on_paper(database: Database, issued: Issued, sign_in: SignIn) -> None:
    """A PDF of the own statement, which counts as a look."""
    run_id = issued()
    answer = sign_in(Role.EMPLOYEE).get(f"/statements/{run_id}/pdf")

    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF")
    with database.read() as reader:
        assert reader.scalars(select(StatementView.employee_no)).all() == ["A"]


@pytest.mark.parametrize("mirrored", [False, True])
def test_the_curve_is_drawn_inside(mirrored: bool) -> None:
    """A jump stands upright, everything lies within the picture, and the far end of an interval is cut at its edge."""
    curve = PayoutCurve.of(20, 35, 50, "0.5", 1, "1.5")
    standing = Standing(Fraction(37), Fraction(-90), Fraction(47), Fraction(37), Fraction(1), "not_proven")
    drawn = draw_curve(curve, standing, mirrored=mirrored)
    points = [tuple(map(float, point.split(","))) for point in drawn.line.split()]

    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in points)
    assert drawn.reach is not None
    assert drawn.reach[0] >= 0
    assert drawn.reach[0] + drawn.reach[1] <= WIDTH
    assert drawn.paid is not None
    assert drawn.value is not None
    assert drawn.paid[1] > drawn.value[1]
    assert (points[0][0] > points[-1][0]) is mirrored


def test_lower_is_better_is_drawn_downwards() -> None:
    """Of waiting time the best is on the low side, with the highest pay."""
    drawn = draw_curve(PayoutCurve.of(24, 8, 4, "0.5", 1, "1.5"), Standing(Fraction(10)), mirrored=False)
    ys = [float(point.split(",")[1]) for point in drawn.line.split()]

    assert ys[0] < ys[-1]
    assert [mark.role for mark in drawn.marks] == ["threshold", "target", "stretch"]
    assert drawn.paid is None


def test_statuses_are_known(database: Database, issued: Issued) -> None:
    """A reopened period's statement is replaced by that of the next revision."""
    run_id = issued()
    with database.write() as session:
        run = session.get_one(RewardRun, run_id)
        run.status = "reopened"
    with database.read() as reader, pytest.raises(UnknownStatement):
        read_statement(reader, run_id, "A")
