from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from surveys.company import CompanyChange, read_company, store_company, subtree
from surveys.database import Database
from surveys.formats.documents import DocumentFaults
from surveys.models import Stage, Survey, Touchpoint, Unit
from surveys.publishing import publish
from surveys.questionnaire import Questionnaire, read_yaml

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)

COMPANY = """\
units:
  - {code: north, parent: bank, names: {fa: شمال, en: North}, valid_from: 2021-03-21}
  - {code: rasht, parent: north, names: {fa: رشت, en: Rasht}, valid_from: 2021-03-21, valid_to: 2024-03-19}
  - {code: bank, names: {fa: بانک, en: Bank}, valid_from: 2020-03-20}
journeys:
  - code: daily
    names: {fa: بانکداری روزمره, en: Daily banking}
    stages:
      - {code: use, names: {fa: استفاده, en: Use}}
      - {code: support, names: {fa: پشتیبانی, en: Support}}
touchpoints:
  - code: visit
    names: {fa: مراجعه, en: Visit}
    journey: daily
    stage: use
    channel: branch
    owner: bank
    standard: {fa: ده دقیقه, en: Ten minutes}
    transactional_survey: after-visit
"""
SURVEY = """
id: after-visit
kind: transactional
languages: [en]
title: {en: Visit}
consent: {en: The experience team reads this.}
thanks: {en: Thanks}
blocks: [{id: all, questions: [{type: nps, id: recommend, purpose: The KPI., text: {en: Recommend}}]}]
"""


@pytest.fixture
def questionnaire() -> Questionnaire:
    return read_yaml(SURVEY)


@pytest.fixture
def stored(database: Database, questionnaire: Questionnaire) -> Database:
    with database.write() as session:
        publish(session, questionnaire, NOW)
        store_company(session, NOW, read_company(COMPANY))
    return database


def test_a_company_is_stored_whole(stored: Database) -> None:
    """Units, journey, stages in their order and the touchpoint with its survey's id are there."""
    with stored.read() as session:
        rasht = session.get_one(Unit, "rasht")
        visit = session.get_one(Touchpoint, "visit")
        survey_id = session.scalar(select(Survey.survey_id))
        stages = list(session.scalars(select(Stage.code).order_by(Stage.position)))
    assert (rasht.parent, rasht.valid_to, rasht.names["fa"]) == ("north", date(2024, 3, 19), "رشت")
    assert (visit.transactional_survey, visit.feedback_survey) == (survey_id, None)
    assert visit.standard == {"fa": "ده دقیقه", "en": "Ten minutes"}
    assert stages == ["use", "support"]


def test_storing_again_changes_nothing(stored: Database) -> None:
    """The same document finds every part as it was."""
    with stored.write() as session:
        assert store_company(session, NOW, read_company(COMPANY)) == CompanyChange(added=0, changed=0, unchanged=5)


def test_parts_change_by_their_code(stored: Database) -> None:
    """A new name, a new stage and a new unit arrive; what is the same is left alone."""
    changed = COMPANY.replace("{fa: رشت, en: Rasht}", "{fa: رشت, en: Rasht centre}").replace(
        "  - {code: bank,",
        "  - {code: sari, parent: north, names: {fa: ساری, en: Sari}, valid_from: 2022-01-01}\n  - {code: bank,",
    )
    changed = changed.replace(
        "      - {code: support,", "      - {code: renew, names: {en: Renew}}\n      - {code: support,"
    )
    with stored.write() as session:
        assert store_company(session, NOW, read_company(changed)) == CompanyChange(added=1, changed=1, unchanged=4)
    with stored.read() as session:
        assert session.get_one(Unit, "rasht").names["en"] == "Rasht centre"
        assert list(session.scalars(select(Stage.code).order_by(Stage.position))) == ["use", "renew", "support"]
        assert subtree(session, "bank") == {"bank", "north", "rasht", "sari"}
        assert subtree(session, "rasht") == {"rasht"}


@pytest.mark.parametrize(
    ("line", "advice"),
    [
        ("  - {code: rasht,", "The unit “rasht” is gone from the document: keep it, and end it with valid_to."),
        ("  - code: visit\n", "The touchpoint “visit” is gone: keep it, its answers name it."),
    ],
)
def test_what_answers_may_name_is_not_taken_away(stored: Database, line: str, advice: str) -> None:
    """A unit or touchpoint that disappears from the document is refused with what to do instead."""
    start = COMPANY.index(line)
    cut = COMPANY[:start] + COMPANY[COMPANY.index("\n", start) + 1 :] if "{" in line else COMPANY[:start] + "  []\n"
    with pytest.raises(DocumentFaults, match=advice), stored.write() as session:
        store_company(session, NOW, read_company(cut))


def test_a_survey_that_is_not_published_is_named(database: Database) -> None:
    """A touchpoint cannot lead to a survey that is not there, and nothing of the company is stored."""
    with pytest.raises(DocumentFaults, match="There is no published survey “after-visit”"), database.write() as session:
        store_company(session, NOW, read_company(COMPANY))
    with database.read() as session:
        assert session.scalars(select(Unit)).all() == []


def test_a_unit_that_has_ended_owns_nothing(stored: Database) -> None:
    """A touchpoint needs an owner who is there today."""
    with pytest.raises(DocumentFaults, match="“rasht” ended on 19 Mar 2024"), stored.write() as session:
        store_company(session, NOW, read_company(COMPANY.replace("owner: bank", "owner: rasht")))


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("parent: bank", "parent: hq", "line 2: units[0].parent: There is no unit with the code “hq”"),
        ("{code: bank,", "{code: bank, parent: rasht,", "line 2: units[0].parent: “north” is above itself"),
        ("parent: bank, names", "parent: north, names", "line 2: units[0].parent: “north” is above itself"),
        ("2020-03-20", "2022-03-20", "line 2: units[0].valid_from: The unit begins before its parent “bank”"),
        (
            "North}, valid_from: 2021-03-21",
            "North}, valid_from: 2021-03-21, valid_to: 2023-03-20",
            "line 3: units[1].valid_to: Its parent “north” ends on 20 Mar 2023",
        ),
        ("valid_to: 2024-03-19", "valid_to: 2020-03-19", "line 3: units[1].valid_to: It ends before it begins"),
        ("2020-03-20", "1399-01-01", "line 4: units[2].valid_from: Write the day in the Gregorian calendar"),
        ("{code: rasht,", "{code: north,", "line 3: units[1].code: Another unit has the code “north”"),
        ("code: support", "code: use", "line 10: journeys[0].stages[1].code: Another stage of this journey"),
        ("owner: bank", "owner: shop", "line 17: touchpoints[0].owner: There is no unit with the code “shop”"),
        ("stage: use", "stage: buy", "line 15: touchpoints[0].stage: The journey “daily” has no stage “buy”"),
        ("journey: daily", "journey: x", "line 14: touchpoints[0].journey: There is no journey with the code “x”"),
        (
            "channel: branch",
            "channel: fax",
            "line 16: touchpoints[0].channel: “fax” is no channel; possible are: branch",
        ),
        ("    owner: bank\n", "", "line 12: touchpoints[0]: Add the field “owner”."),
        ("    owner:", "    ownr:", "line 17: touchpoints[0].ownr: “ownr” is no field here"),
        ("en: Bank}", "de: Bank}", "line 4: units[2].names: Name the language of each text: fa or en."),
        ("code: visit", "code: a visit", "line 12: touchpoints[0].code: Begin with a Latin letter or digit"),
        ("units:", "units", "line 2: "),
    ],
)
def test_a_fault_has_its_line_and_what_to_do(old: str, new: str, fault: str) -> None:
    """Whatever is wrong in the document is told with the line of its place."""
    assert old in COMPANY
    with pytest.raises(DocumentFaults) as refused:
        read_company(COMPANY.replace(old, new))

    assert fault in str(refused.value)


def test_the_example_can_be_stored(database: Database, root: Path) -> None:
    """The example in the repository is a company as it stands."""
    with database.write() as session:
        change = store_company(session, NOW, read_company(root / "examples" / "company.yaml"))
    assert change == CompanyChange(added=9, changed=0, unchanged=0)
