"""What an export holds: columns that keep their names, and values that say why one is missing."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event

from surveys.database import Database
from surveys.formats.columns import Column, Missing, question_columns
from surveys.formats.exports import BATCH, FIXED, Table
from surveys.publishing import publish
from surveys.questionnaire import read_yaml
from tests.surveys.formats.conftest import FIRST, NOW

Give = Callable[..., Any]
Exported = Callable[..., Table]
Revise = Callable[..., None]

ALL = {
    "recommend": 3,
    "effort": None,
    "why": "صف طولانی بود",
    "places": ["app", "Branch-1"],
    "main": "no",
    "visits": 12,
    "balance": -3.5,
    "since": "2015-03-21",
}


def records(table: Table) -> list[dict[str, Any]]:
    """The rows by the names of their columns."""
    return [dict(zip((column.name for column in table.columns), row, strict=True)) for row in table.rows]


def column(table: Table, name: str) -> Column:
    return next(column for column in table.columns if column.name == name)


def test_a_response_is_a_row(give: Give, exported: Exported) -> None:
    """Codes as they are stored, an option a column, days and moments of the company, and the day in Jalali."""
    given = give(ALL)

    assert records(exported()) == [
        {
            "response_id": str(given),
            "day": date(2025, 10, 7),
            "submitted_at": datetime(2025, 10, 7, 12, 30, 30, tzinfo=ZoneInfo("Asia/Tehran")),
            "version": 1,
            "touchpoint": "counter",
            "unit": "vanak",
            "channel": "branch",
            "segment": None,
            "language": "fa",
            "quality": "valid",
            "signals": "late",
            "seconds": 40,
            "recommend": 3,
            "effort": Missing.NOT_APPLICABLE,
            "why": "صف طولانی بود",
            "places_Branch_1": 1,
            "places_app": 1,
            "main": "no",
            "visits": 12,
            "balance": -3.5,
            "since": date(2015, 3, 21),
            "since_jalali": "1394-01-01",
        }
    ]


def test_three_ways_to_be_missing(give: Give, exported: Exported) -> None:
    """Not applicable, asked without an answer, and never asked, each of its own; an option not chosen is no gap."""
    give({"recommend": 9, "effort": None, "places": ["app"], "since": None})
    (row,) = records(exported())

    assert (row["effort"], row["since"], row["since_jalali"]) == (Missing.NOT_APPLICABLE,) * 3
    assert row["why"] is Missing.NOT_ASKED
    assert (row["main"], row["visits"]) == (Missing.NOT_ANSWERED, Missing.NOT_ANSWERED)
    assert (row["places_Branch_1"], row["places_app"]) == (0, 1)


def test_what_a_version_did_not_ask(give: Give, exported: Exported, revise: Revise) -> None:
    """A later version's questions and options were not asked of those before; the columns before keep their names."""
    before = [c.name for c in exported().columns]
    give({"recommend": 9, "places": ["app"]})
    revise()
    give({"recommend": 9, "places": ["phone"], "satisfied": 5})
    table = exported()
    rows = {row["version"]: row for row in records(table)}

    assert {c.name for c in table.columns} == {*before, "places_phone", "satisfied"}
    assert [rows[1][name] for name in ("places_app", "places_phone", "satisfied")] == [1, *[Missing.NOT_ASKED] * 2]
    assert [rows[2][name] for name in ("places_app", "places_phone", "satisfied")] == [0, 1, 5]
    assert (column(table, "satisfied").versions, column(table, "recommend").versions) == ((2,), (1, 2))
    assert column(table, "satisfied").missing == {Missing.NOT_ASKED, Missing.NOT_ANSWERED}


def test_another_series_is_another_column(give: Give, exported: Exported, revise: Revise) -> None:
    """Scores that the screens do not add up do not share a column."""
    give({"recommend": 9})
    revise("series: nps_visit", "series: nps_new")
    give({"recommend": 1})
    table = exported()

    assert [column(table, name).series for name in ("recommend", "recommend_v2")] == ["nps_visit", "nps_new"]
    assert {row["version"]: (row["recommend"], row["recommend_v2"]) for row in records(table)} == {
        1: (9, Missing.NOT_ASKED),
        2: (Missing.NOT_ASKED, 1),
    }


def test_labels_are_in_both_languages(exported: Exported, revise: Revise) -> None:
    """Questions, options, ends of scales and places; the newest words of a code stand."""
    revise('{fa: خیر, en: "No"}', "{fa: نه, en: Not}")
    table = exported()

    assert column(table, "main").values == {"yes": {"fa": "بله", "en": "Yes"}, "no": {"fa": "نه", "en": "Not"}}
    assert column(table, "recommend").label == {"fa": "پیشنهاد می‌کنید؟", "en": "Recommend"}
    assert column(table, "recommend").values[10]["fa"] == "کاملاً محتمل است"
    assert column(table, "places_Branch_1").label == {"fa": "کجا؟ شعبه یک", "en": "Where Branch 1"}
    assert column(table, "places_Branch_1").option == "Branch-1"
    assert column(table, "since_jalali").label["fa"] == "از کی؟ (هجری شمسی)"
    assert column(table, "unit").values == {"vanak": {"fa": "ونک", "en": "Vanak"}}


HARD = """
id: hard
kind: always_on
languages: [en]
title: {en: Hard}
consent: {en: c}
thanks: {en: t}
blocks:
  - id: all
    questions:
      - {type: nps, id: day, purpose: p, text: {en: A}}
      - {type: comment, id: all, purpose: p, text: {en: B}}
      - type: multiple_choice
        id: LONG
        purpose: p
        text: {en: C}
        options: [{code: A-b, text: {en: A}}, {code: a_B, text: {en: B}}, {code: CODE, text: {en: C}}]
""".replace("LONG", "q" * 60).replace("CODE", "c" * 60)


def test_names_that_every_format_takes() -> None:
    """No name twice whatever its case, none longer than 64, none of SPSS's own words, none of the fixed columns."""
    columns = question_columns({1: read_yaml(HARD)}, FIXED).values()
    names = [name for column in columns for name in (column.name, column.reason)]

    assert [column.name for column in columns][:2] == ["day_v1", "all_v1"]
    assert len({name.lower() for name in names}) == len(names)
    assert max(map(len, names)) <= 64
    assert all(name.replace("_", "").isalnum() and name.isascii() for name in names)


def test_the_limits_of_screens(give: Give, exported: Exported) -> None:
    """Place, period and quality leave the others out; the last day is not in."""
    give({"recommend": 1})
    give({"recommend": 2}, unit="tajrish", day=date(2025, 10, 8))
    give({"recommend": 3}, touchpoint="call", channel="web", quality="suspect")

    def scores(**limits: Any) -> list[int]:
        return sorted(row["recommend"] for row in records(exported(**limits)))

    assert scores() == [1, 2]
    assert scores(qualities=("valid", "suspect")) == [1, 2, 3]
    assert scores(qualities=("suspect",), channels=["web"], touchpoints=["call"]) == [3]
    assert scores(units=["tajrish"]) == [2]
    assert scores(units=[]) == []
    assert scores(start=date(2025, 10, 8)) == [2]
    assert scores(end=date(2025, 10, 8)) == [1]


@pytest.fixture
def anonymous(revise: Revise) -> None:
    """The second version promises anonymity, and what the first one took is kept under the same promise."""
    revise("consent:", "anonymous: true\nconsent:")


def test_nothing_of_an_anonymous_survey_points_at_a_person(give: Give, exported: Exported, anonymous: None) -> None:
    """No id, no moment, no signal and no words beside place and score; the words stand alone."""
    given = give({"recommend": 3, "why": "خانم راد کمک کرد"}, submitted_at=None, seconds=None)
    table, words = exported(), exported("comments")
    (row,) = records(table)

    assert not {"response_id", "submitted_at", "seconds", "signals", "why"} & row.keys()
    assert not {str(given), "خانم راد کمک کرد", "late"} & set(map(str, row.values()))
    assert not any(isinstance(value, datetime) for value in row.values())
    assert records(words) == [{"question": "why", "words": "خانم راد کمک کرد"}]
    assert table.notes
    assert words.notes


def test_the_order_of_an_anonymous_survey_tells_nothing(give: Give, exported: Exported, anonymous: None) -> None:
    """Within a day the rows are shuffled, whatever their ids say, and the words are not in the order of the rows."""
    for visits in range(60):
        day = date(2025, 10, 7 + visits // 30)
        give({"recommend": 0, "visits": visits, "why": f"{visits}"}, day=day, submitted_at=None)
    rows, words = records(exported()), records(exported("comments"))
    order = [row["visits"] for row in rows]

    assert [row["day"] for row in rows] == sorted(row["day"] for row in rows)
    assert sorted(order) == list(range(60))
    assert order != sorted(order)
    assert [int(row["words"]) for row in words] != order
    assert order != [row["visits"] for row in records(exported())]


def test_rows_are_read_as_they_are_needed(give: Give, exported: Exported, published: Database) -> None:
    """The database is asked for a batch at a time: what is not read yet is held by nobody."""
    fetched: list[int] = []
    for _ in range(3):
        give({"recommend": 1})

    @event.listens_for(published.reader, "before_cursor_execute", retval=True)
    def watch(_c: Any, _cursor: Any, statement: str, parameters: Any, context: Any, _m: Any) -> Any:
        if "FROM response" in statement:
            fetched.append(context.execution_options.get("yield_per"))
        return statement, parameters

    exported()

    assert fetched == [BATCH]


def test_whether_we_may_answer_is_a_column_of_yes_and_no(published: Database, exported: Exported, give: Give) -> None:
    """Like a single choice, labelled in both languages; the address is in no column."""
    asked = FIRST + "      - {type: contact, id: answer_me, purpose: p, text: {fa: پاسخ, en: May we}}\n"
    with published.write() as session:
        publish(session, read_yaml(asked), NOW)
    give({"recommend": 3, "answer_me": "yes"}, reply_to=("email", "sara@mail.example"))
    table = exported()
    shown = column(table, "answer_me")

    assert shown.kind == "text"
    assert shown.values == {
        "yes": {"fa": "بله، لطفاً به من پاسخ دهید", "en": "Yes, please answer me"},
        "no": {"fa": "خیر", "en": "No"},
    }
    (row,) = records(table)
    assert row["answer_me"] == "yes"
    assert "mail" not in str(row)
