"""Alert rules over HTTP: written as sentences, previewed, kept by version, put in force, and their log."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import text

from cem.alerts.keeping import keep_rule, read_rules
from cem.alerts.models import AlertRule, AlertRuleVersion, AlertRun
from cem.alerts.runs import PAGE
from cem.alerts.starting import begin_rules, starting_rules
from cem.cli import main
from cem.roles import Role
from surveys.database import Database, create_database, new_id, utc_now
from tests.cem.conftest import csrf

SignIn = Callable[[Role], "TestClient[Litestar]"]
FORM = {"fa": "ناراضی", "en": "Unhappy at Vanak", "watch": "answer", "opinion": "negative", "severity": "2"}
NAMES = {"fa": "ناراضی", "en": "Unhappy"}


def text_of(answer: Any) -> str:
    """What is read, without tags and isolates."""
    assert answer.status_code == 200, answer.text
    return " ".join(re.sub(r"[\u2066-\u2069]", "", re.sub(r"<[^>]+>", " ", answer.text)).split())


def send(client: TestClient[Litestar], path: str, **form: Any) -> Any:
    return client.post(path, data={"_csrf_token": csrf(client, "/alerts")} | form, follow_redirects=False)


@pytest.fixture
def begun(database: Database, accounts: None) -> None:
    """The starting rules, in force."""
    with database.write() as session:
        assert begin_rules(session, utc_now()) == len(starting_rules())
        assert begin_rules(session, utc_now()) == 0


def test_the_starting_rules(database: Database, begun: None) -> None:
    """Everything that the demo's cases name is there, in force, with names in both languages."""
    with database.read() as reader:
        rules = {kept.code: kept for kept in read_rules(reader)}

    assert {"safety", "asks-contact", "unhappy", "suggestion", "praise"} < rules.keys()
    assert {code for code, kept in rules.items() if not kept.enabled} == {"overdue"}
    assert {kept.rule.watch for kept in rules.values()} == {"answer", "kpi", "overdue", "no_recovery"}
    assert all(kept.rule.names.keys() == {"fa", "en"} for kept in rules.values())


def test_an_installation_begins_with_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`cem init` keeps them, so that the first answer is looked at."""
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(main, ["init"]).exit_code == 0
    database = create_database(f"sqlite:///{tmp_path / 'cem.db'}")
    with database.read() as reader:
        assert len(read_rules(reader)) == len(starting_rules())
    database.close()


def test_rules_are_sentences(sign_in: SignIn, begun: None) -> None:
    """In the reader's language; whoever may not change them finds no button."""
    client = sign_in(Role.ANALYST)
    english, persian = (text_of(client.get(f"/alerts?lang={code}")) for code in ("en", "fa"))

    assert (
        "When the customer is unhappy and the customer asks for contact: a case opens, complaint of severity 2 "
        "(Unhappy and asks for contact, or likely to leave); it goes to whoever manages the unit." in english
    )
    assert "a KPI of the last 30 days is proven to be lower" in english
    assert "اگر مشتری ناراضی باشد و مشتری خواستار تماس باشد" in persian
    assert "Put out of force" not in english


def test_the_cx_manager_begins(sign_in: SignIn, database: Database) -> None:
    """An empty installation says so and offers the usual rules."""
    client = sign_in(Role.CX_MANAGER)

    assert "There is no rule yet" in text_of(client.get("/alerts?lang=en"))
    assert send(client, "/alerts/begin").status_code == 303
    assert "In force" in text_of(client.get("/alerts?lang=en"))


def test_a_preview_keeps_nothing(sign_in: SignIn, answer: Callable[..., None], database: Database) -> None:
    """It counts the cases of the last month by unit; the form keeps what was typed."""
    today = utc_now().date()
    client = sign_in(Role.CX_MANAGER)
    answer(2, 3, 9, day=today, unit="vanak")
    answer(1, day=today, unit="tajrish")
    answer(0, day=today - timedelta(days=40), unit="vanak")
    page = send(client, "/alerts/rules/new?lang=en", **FORM, code="low", act="preview")
    read = text_of(page)

    assert "In the last 30 days this rule would have opened 3 cases." in read
    assert "It holds for 3 of 4 answers; 0 of them belong to a case as it is." in read
    assert "Vanak 2 Tajrish 1" in read
    assert 'value="Unhappy at Vanak"' in page.text
    with database.read() as reader:
        assert read_rules(reader) == []

    read = text_of(send(client, "/alerts/rules/new?lang=en", **FORM, code="low", units=["tajrish"], act="preview"))
    assert "would have opened 1 cases" in read
    assert "in Tajrish with all below" in read


def test_a_rule_is_kept_changed_and_put_in_force(sign_in: SignIn, database: Database) -> None:
    """A new rule rests; a change is the next version, and both are kept; a code is given once."""
    client = sign_in(Role.CX_MANAGER)
    assert send(client, "/alerts/rules/new", **FORM, code="low", act="keep").status_code == 303
    with database.read() as reader:
        [kept] = read_rules(reader)
        assert (kept.code, kept.version, kept.enabled, kept.rule.severity) == ("low", 1, False, 2)

    assert (
        send(client, "/alerts/rules/low", **(FORM | {"at_most": "۴", "words": "صف، نوبت"}), act="keep").status_code
        == 303
    )
    assert send(client, "/alerts/rules/low/force", enabled="1").status_code == 303
    with database.read() as reader:
        [kept] = read_rules(reader, enabled=True)
        assert (kept.version, kept.rule.at_most, kept.rule.words) == (2, 4, ("صف", "نوبت"))
        assert reader.get(AlertRuleVersion, ("low", 1)) is not None
    assert "version 1" in text_of(client.get("/alerts/rules/low?lang=en"))
    assert send(client, "/alerts/rules/new", **FORM, code="low", act="keep").status_code == 400
    assert send(client, "/alerts/rules/low/force", enabled="0").status_code == 303
    with database.read() as reader:
        assert read_rules(reader, enabled=True) == []


@pytest.mark.parametrize(
    "change",
    [
        {"en": ""},
        {"opinion": ""},
        {"at_most": "11"},
        {"at_least": "x"},
        {"severity": "9"},
        {"watch": "moon"},
        {"code": "A b"},
    ],
)
def test_what_is_no_rule(sign_in: SignIn, database: Database, change: dict[str, str]) -> None:
    """Refused with a page that says what a rule needs; nothing is kept."""
    answer = send(sign_in(Role.CX_MANAGER), "/alerts/rules/new", **({"code": "low"} | FORM | change), act="keep")

    assert answer.status_code == 400
    with database.read() as reader:
        assert read_rules(reader) == []


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.CX_MANAGER])
def test_who_may_not_change_rules(sign_in: SignIn, begun: None, role: Role, database: Database) -> None:
    """Nobody but the CX manager writes one or puts it out of force; nobody else opens the form."""
    client = sign_in(role)
    for path in ("/alerts/begin", "/alerts/rules/new", "/alerts/rules/unhappy", "/alerts/rules/unhappy/force"):
        form = {"_csrf_token": client.cookies["csrf"], **FORM, "act": "keep"}
        assert client.post(path, data=form, follow_redirects=False).status_code == 403, path
    assert client.get("/alerts/rules/new").status_code == 403
    with database.read() as reader:
        assert reader.get_one(AlertRule, "unhappy").enabled


def test_a_measured_cx_manager_keeps_no_rule(sign_in: SignIn, begun: None, database: Database) -> None:
    """Whoever is measured by cases does not decide which of them there are."""
    with database.write() as session:
        session.execute(text("UPDATE account SET unit = 'vanak' WHERE name = 'cx_manager'"))

    assert send(sign_in(Role.CX_MANAGER), "/alerts/rules/unhappy/force", enabled="0").status_code == 403


def test_the_log_page_by_page(sign_in: SignIn, begun: None, database: Database) -> None:
    """Newest first, each act once, of one rule where asked."""
    now = utc_now()
    with database.write() as session:
        for place in range(PAGE + 10):
            session.add(
                AlertRun(
                    run_id=new_id(now),
                    rule="unhappy" if place % 2 else "safety",
                    version=1,
                    at=now - timedelta(minutes=place // 7),
                    subject="",
                    result="opened",
                )
            )
    client = sign_in(Role.EXECUTIVE)
    first = client.get("/alerts/log?lang=en")
    following = re.search(r'href="(/alerts/log\?after=[^"]+)"', first.text)
    assert following is not None
    second = client.get(following[1].replace("&amp;", "&"))

    assert first.text.count("opened a case") == PAGE
    assert second.text.count("opened a case") == 10
    assert "after=" not in re.sub(r"lang=\w+", "", second.text.split("<main", 1)[1])
    assert client.get("/alerts/log?rule=safety&lang=en").text.count("opened a case") == (PAGE + 10) // 2
    assert client.get("/alerts/log?rule=nowhere").status_code == 404
    assert client.get("/alerts/log?after=x").status_code == 200


def test_an_index_holds_the_log(database: Database, begun: None) -> None:
    """No page of the log sorts what there is."""
    if database.writer.dialect.name != "sqlite":
        return
    for where in ("", "WHERE rule = 'unhappy'"):
        statement = f"EXPLAIN QUERY PLAN SELECT * FROM alert_run {where} ORDER BY at DESC, run_id DESC LIMIT 51"
        with database.read() as reader:
            plan = " ".join(str(row) for row in reader.execute(text(statement)))
        assert "ix_alert_run" in plan
        assert "TEMP B-TREE" not in plan


def test_a_kept_rule_has_its_versions(database: Database, accounts: None) -> None:
    """Whatever was in force once can be read."""
    now = utc_now()
    with database.write() as session:
        for severity in (1, 2, 3):
            keep_rule(session, now, "cx_manager", "low", {"names": NAMES, "at_most": 6, "severity": severity})
    with database.read() as reader:
        kept = [reader.get_one(AlertRuleVersion, ("low", version)).document.get("severity", 3) for version in (1, 2, 3)]
    assert kept == [1, 2, 3]
