"""The population from forms and files, and KPIs weighted to it, or why not."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from cem.audit import AuditEvent
from cem.errors import BadInput
from cem.people.accounts import Person
from cem.quality.margins import COMPANY, Margin, MarginFault, parse_amounts, read_file, read_margins, set_margin
from cem.quality.weights import Weighted, weigh
from cem.roles import Role
from cem.scorecards.choices import read_choice
from cem.scorecards.offers import Offers, read_offers
from surveys.database import Database
from surveys.languages import language
from surveys.models import Survey

Answer = Callable[..., None]
NOW = datetime(2025, 11, 11, 8, tzinfo=UTC)
TODAY = date(2025, 11, 10)


@pytest.fixture
def weighted(database: Database, survey: Survey) -> Callable[..., Weighted]:
    """NPS of the running month weighted to what was stored."""

    def read(**asked: str) -> Weighted:
        with database.read() as reader:
            offers, person = read_offers(reader), Person("a", "a", Role.ANALYST, None)
            choice = read_choice({"period": "1m", **asked}, offers, person, "jalali", TODAY)
            assert choice is not None
            margins = read_margins(reader, survey.survey_id)
            questionnaire = offers.surveys["visit"].questionnaire
            return weigh(reader, choice, choice.focus, questionnaire, margins, offers, language("en"))

    return read


def store(database: Database, dimension: str, amounts: Mapping[str, float], whose: Any = COMPANY) -> None:
    with database.write() as session:
        set_margin(session, NOW, "cx", whose, Margin(dimension, amounts, "the register", TODAY))


def test_the_weighted_kpi(database: Database, answer: Answer, weighted: Callable[..., Weighted]) -> None:
    """Three quarters answered at the counter, half of the customers call: NPS is the mean of both groups."""
    answer(*[10] * 60)
    answer(*[0] * 20, touchpoint="call")
    store(database, "channel", {"branch": 500, "contact_centre": 500})
    found = weighted()

    assert found.raked is not None
    assert found.raked.unweighted.value == pytest.approx(50)
    assert found.raked.estimate.value == pytest.approx(0)
    assert found.raked.before["channel"] == pytest.approx({"branch": 0.75, "contact_centre": 0.25})
    assert found.raked.after["channel"] == pytest.approx({"branch": 0.5, "contact_centre": 0.5})
    assert found.raked.deff == pytest.approx(80 * (60 * (2 / 3) ** 2 + 20 * 2**2) / 80**2)


def test_a_unit_counts_for_the_one_above_it(
    database: Database, answer: Answer, weighted: Callable[..., Weighted]
) -> None:
    """Answers of a branch belong to its region; those of no unit that the population knows are left out and counted."""
    answer(*[10] * 40, *[0] * 20)
    answer(*[9] * 30, unit="tajrish")
    answer(*[0] * 7, unit="")
    store(database, "unit", {"vanak": 1, "tajrish": 3})
    found = weighted()

    assert found.raked is not None
    assert found.left_out == 7
    assert found.raked.estimate.value == pytest.approx(0.25 * 100 * 20 / 60 + 0.75 * 100)


def test_a_survey_has_its_own_population(
    database: Database, survey: Survey, answer: Answer, weighted: Callable[..., Weighted]
) -> None:
    """Where there is one of the survey's own, the company's plays no part."""
    answer(*[10] * 60)
    answer(*[0] * 20, touchpoint="call")
    store(database, "channel", {"branch": 1, "contact_centre": 1})
    store(database, "channel", {"branch": 90, "contact_centre": 10}, survey.survey_id)

    raked = weighted().raked
    assert raked is not None
    assert raked.estimate.value == pytest.approx(80)


def test_what_cannot_be_weighted_is_said(database: Database, answer: Answer, weighted: Callable[..., Weighted]) -> None:
    """No population, too few answers, a category that nobody of answered, margins that contradict each other."""
    english = language("en")
    assert "Nobody has said" in weighted().say(english)
    answer(*[10] * 20)
    store(database, "channel", {"branch": 1, "contact_centre": 1})
    assert "too few answers to weight: at least 50" in weighted().say(english)
    answer(*[10] * 40)
    assert "Nobody of “Contact centre” (Channel) answered" in weighted().say(english)
    answer(*[3] * 30, touchpoint="call", unit="tajrish")
    store(database, "channel", {"branch": 9, "contact_centre": 1})
    store(database, "unit", {"vanak": 1, "tajrish": 9})
    assert "never occur together" in weighted().say(english)
    assert "هرگز با هم دیده نمی‌شوند" in weighted().say(language("fa"))


def test_a_margin_is_stored_whole_and_audited(database: Database, survey: Survey) -> None:
    """A dimension is replaced as a whole; the audit row keeps what it replaced."""
    store(database, "channel", {"branch": 1, "contact_centre": 1, "web": 0})
    store(database, "channel", {"branch": 2, "app": 8})
    with database.read() as reader:
        margin = read_margins(reader, survey.survey_id)["channel"]
        replaced = [event["replaced"] for event in reader.scalars(select(AuditEvent.details))]
    assert margin.amounts == {"app": 8, "branch": 2}
    assert (margin.source, margin.as_of, margin.own) == ("the register", TODAY, False)
    assert {"branch": 1, "contact_centre": 1} in replaced


@pytest.mark.parametrize(
    ("dimension", "amounts", "source"),
    [
        ("channel", {"branch": 1.0}, "x"),
        ("channel", {"branch": 1.0, "app": 0.0}, "x"),
        ("weather", {"a": 1.0, "b": 1.0}, "x"),
        ("channel", {"branch": 1.0, "app": float("inf")}, "x"),
        ("channel", {"branch": 1.0, "app": 1.0}, " "),
    ],
)
def test_what_is_no_population(database: Database, dimension: str, amounts: dict[str, float], source: str) -> None:
    """One category alone, another dimension, an infinite amount, no source."""
    with database.write() as session, pytest.raises(MarginFault):
        set_margin(session, NOW, "cx", COMPANY, Margin(dimension, amounts, source, TODAY))


def test_amounts_of_a_form() -> None:
    """Persian digits, separators and percent signs are numbers; what is empty is not there; words are refused."""
    assert parse_amounts({"amount.app": "۲٬۳۵۰", "amount.web": "12.5%", "amount.atm": " ", "x": "1"}) == {
        "app": 2350,
        "web": 12.5,
    }
    for text in ("many", "-3", "nan", "inf"):
        with pytest.raises(MarginFault):
            parse_amounts({"amount.app": text})


@pytest.fixture
def offers(database: Database, survey: Survey) -> Offers:
    with database.read() as reader:
        return read_offers(reader)


def test_margins_from_a_file(offers: Offers) -> None:
    """Several dimensions in one file, in whatever order of columns, with a byte order mark."""
    content = "\ufeffcategory,dimension,amount\nbranch,channel,40\napp,channel,60\nfa,language,۹۰\nen,language,10\n"
    channel, spoken = read_file(content.encode(), offers, "file", TODAY)

    assert (channel.dimension, channel.amounts) == ("channel", {"branch": 40, "app": 60})
    assert (spoken.dimension, spoken.amounts) == ("language", {"fa": 90, "en": 10})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff\xfe", "no CSV"),
        (b"a,b\n1,2\n", "needs the columns"),
        (b"dimension,category,amount\n", "at least one row"),
        (b"dimension,category,amount\nweather,rain,1\n", "line 2: 'weather'"),
        (b"dimension,category,amount\nunit,nowhere,1\n", "line 2: there is no unit 'nowhere'"),
        (b"dimension,category,amount\nunit,vanak,1\nunit,vanak,2\n", "line 3: unit 'vanak' stands there twice"),
        (b"dimension,category,amount\nunit,vanak,-1\n", "line 2: '-1' is no count"),
        (b"dimension,category,amount\nunit,vanak\n", "line 2: '' is no count"),
        (b"dimension,category,amount\nunit,vanak,1\n", "at least two categories"),
    ],
)
def test_a_wrong_file_names_its_line(offers: Offers, content: bytes, said: str) -> None:
    """What is wrong is told with its line, and nothing is stored."""
    with pytest.raises(BadInput, match=said):
        read_file(content, offers, "file", TODAY)
