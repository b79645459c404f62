"""From a submitted form to answers, or to messages that a person can act on."""

import math
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.languages import language, normal_text
from surveys.questionnaire import Questionnaire, Reader, Reading

Fields = dict[str, Any]
Make = Callable[..., Questionnaire]

OPTIONS = [{"code": code, "text": {"en": code}} for code in ("app", "phone", "branch")]
NPS = {"type": "nps", "id": "q"}
NUMBER = {"type": "number"}
DATE = {"type": "date"}


@pytest.fixture(scope="module")
def branch_reader(branch_visit: Questionnaire) -> Reader:
    return Reader(branch_visit)


@pytest.fixture(scope="module")
def paged_reader(every_question: Questionnaire) -> Reader:
    return Reader(every_question)


def fault_ids(reading: Reading) -> list[str]:
    return [fault.question_id for fault in reading.faults]


def test_whole_form(branch_reader: Reader) -> None:
    """A complete form becomes typed values and codes; unknown fields are left alone."""
    form = {
        "q.recommend": ["3"],
        "q.reason": ["staff"],
        "q.satisfaction": ["۲"],
        "q.effort": ["not_applicable"],
        "q.services": ["loan", "cash"],
        "q.suggestion": [" صندلي بيشتر\r\n"],
        "language": ["fa"],
    }

    reading = branch_reader.read_form(form)

    assert reading.faults == ()
    assert reading.raw is form
    assert reading.answers == {
        "recommend": 3,
        "reason": "staff",
        "satisfaction": 2,
        "effort": None,
        "services": ["cash", "loan"],
        "suggestion": "صندلی بیشتر",
    }


def test_empty_form(branch_reader: Reader) -> None:
    """Only what is required is missed, in the questionnaire's own words where it has them."""
    reading = branch_reader.read_form({"q.recommend": [""], "q.services": []})

    assert reading.answers == {}
    assert [fault.in_language(language("en")) for fault in reading.faults] == [
        "Please choose a number from 0 to 10.",
        "Please choose an answer.",
    ]
    assert reading.faults[0].in_language(language("fa")) == "لطفاً عددی از ۰ تا ۱۰ انتخاب کنید."


def test_answers_to_hidden_questions_are_dropped(branch_reader: Reader) -> None:
    """The reason for a low score is not kept when the score is high, however wrong it is."""
    form = {"q.recommend": ["9"], "q.reason": ["forged"], "q.satisfaction": ["5"]}

    assert branch_reader.read_form(form).answers == {"recommend": 9, "satisfaction": 5}
    assert branch_reader.read_form(form).faults == ()
    assert fault_ids(branch_reader.read_form({**form, "q.recommend": ["6"]})) == ["reason"]


def test_required_only_where_shown(make: Make) -> None:
    """A required question is missed only when its condition holds."""
    reader = Reader(
        make(NPS, {"type": "comment", "id": "why", "required": True, "show_if": {"question": "q", "at_most": 6}})
    )

    assert fault_ids(reader.read_form({"q.q": ["7"]})) == []
    assert fault_ids(reader.read_form({"q.q": ["6"]})) == ["why"]
    assert fault_ids(reader.read_form({"q.q": ["6"], "q.why": ["Slow."]})) == []


@pytest.mark.parametrize(
    ("question", "texts", "expected"),
    [
        (NPS, ["0"], 0),
        (NPS, ["۱۰"], 10),
        (NPS, ["٧"], 7),
        (NPS, [" 7 "], 7),
        (NPS, ["11"], "Choose a number from %(low)s to %(high)s."),
        (NPS, ["-1"], "Choose a number from %(low)s to %(high)s."),
        (NPS, ["7.5"], "Choose a number from %(low)s to %(high)s."),
        (NPS, [" "], "absent"),
        (NPS, ["not_applicable"], "Choose a number from %(low)s to %(high)s."),
        ({"type": "csat"}, ["0"], "Choose a number from %(low)s to %(high)s."),
        ({"type": "ces"}, ["7"], 7),
        ({"type": "rating", "low": 0, "high": 3}, ["4"], "Choose a number from %(low)s to %(high)s."),
        ({"type": "single_choice", "options": OPTIONS}, ["app"], "app"),
        ({"type": "single_choice", "options": OPTIONS}, ["App"], "Choose one of the options that are offered."),
        ({"type": "multiple_choice", "options": OPTIONS}, ["branch", "app", "app", ""], ["app", "branch"]),
        ({"type": "multiple_choice", "options": OPTIONS}, [""], "absent"),
        ({"type": "multiple_choice", "options": OPTIONS}, ["fax"], "Choose among the options that are offered."),
        (
            {"type": "multiple_choice", "options": OPTIONS, "at_most": 1},
            ["app", "phone"],
            "Choose %(most)s options at most; %(chosen)s are chosen.",
        ),
        ({"type": "comment"}, ["a\x00b\x07\nc"], "ab\nc"),
        ({"type": "comment"}, ["\x00"], "absent"),
        ({"type": "comment", "longest": 3}, ["  abc  "], "abc"),
        (
            {"type": "comment", "longest": 3},
            ["abcd"],
            "Please shorten the text: it has %(length)s characters and %(longest)s are possible.",
        ),
        (NUMBER, ["۱۲٬۵۰۰"], 12500),
        (NUMBER, ["12,500.25"], 12500.25),
        (NUMBER, ["۳٫۵"], 3.5),
        (NUMBER, ["3.0"], 3),
        (NUMBER, ["\u22124"], -4),
        (NUMBER, ["1,5"], "Write a number in digits, such as 12 or 12.5."),
        (NUMBER, ["many"], "Write a number in digits, such as 12 or 12.5."),
        (NUMBER, ["9" * 30], "Write a number in digits, such as 12 or 12.5."),
        ({**NUMBER, "integer": True}, ["3.5"], "Write a whole number, such as 12."),
        ({**NUMBER, "least": 1}, ["0"], "Write a number that is %(least)s or more."),
        ({**NUMBER, "most": 9}, ["9.5"], "Write a number that is %(most)s or less."),
    ],
)
def test_one_field(read: Callable[..., Any], question: Fields, texts: list[str], expected: object) -> None:
    """A field becomes the stored value, nothing when it is blank, or a message that says what to do."""
    assert read(question, {"q.q": texts}) == expected


@pytest.mark.parametrize(
    ("question", "parts", "expected"),
    [
        (DATE, ("۱۴۰۴", "۷", "۱۵"), "2025-10-07"),
        (DATE, ("1403", "12", "30"), "2025-03-20"),
        (DATE, ("2024", "02", "29"), "2024-02-29"),
        (DATE, ("", " ", ""), "absent"),
        (DATE, ("1404", "7", ""), "Please give the day, the month and the year."),
        (DATE, ("1404", "Mehr", "1"), "Write the day, the month and the year in digits."),
        (DATE, ("04", "7", "15"), "Write the year with four digits."),
        (DATE, ("1404", "13", "1"), "The month is a number from 1 to 12."),
        (DATE, ("1404", "12", "30"), "There is no such day: that month has %(days)s days."),
        (DATE, ("2025", "2", "29"), "There is no such day: that month has %(days)s days."),
        (DATE, ("1404", "1", "0"), "There is no such day: that month has %(days)s days."),
        (DATE, ("1000", "1", "1"), "The year is too long ago."),
        (DATE, ("2320", "12", "31"), "2320-12-31"),
        (DATE, ("2321", "1", "1"), "The year is too far ahead."),
        (DATE, ("9999", "12", "31"), "The year is too far ahead."),
        ({**DATE, "earliest": "2025-10-08"}, ("1404", "7", "15"), "The day cannot be before %(day)s."),
        ({**DATE, "latest": "2025-10-06"}, ("1404", "7", "15"), "The day cannot be after %(day)s."),
    ],
)
def test_dates(read: Callable[..., Any], question: Fields, parts: tuple[str, str, str], expected: object) -> None:
    """A day is understood in either calendar, and an impossible one is explained."""
    form = {f"q.q.{name}": [text] for name, text in zip(("year", "month", "day"), parts, strict=True)}

    assert read(question, form) == expected


def test_date_faults_are_written_in_the_readers_calendar(make: Make) -> None:
    """A limit is shown as a Jalali day in Persian digits to a Persian reader, and days are counted for her."""
    reader = Reader(make({"type": "date", "id": "q", "earliest": "2025-10-08"}))
    too_early = reader.read_form({"q.q.year": ["1404"], "q.q.month": ["7"], "q.q.day": ["15"]}).faults[0]

    assert too_early.values == {"day": date(2025, 10, 8)}
    assert "۱۶ مهر ۱۴۰۴" in too_early.in_language(language("fa"))
    assert "8 Oct 2025" in too_early.in_language(language("en"))


@pytest.mark.parametrize("question", [NPS, {"type": "comment"}, {"type": "multiple_choice", "options": OPTIONS}, DATE])
def test_not_applicable(read: Callable[..., Any], question: Fields) -> None:
    """'Not applicable' is an answer where it is offered, even to a required question, and never beside another."""
    offered = {**question, "not_applicable": True, "required": True}
    field = "q.q.year" if question is DATE else "q.q"
    both = {"q.q": ["not_applicable"]}
    both[field] = [*both.get(field, []), "5"]

    assert read(offered, {"q.q": ["not_applicable"], "q.q.year": [""]}) is None
    assert read(offered, both) == "Give an answer or choose “not applicable”, not both."


def test_pages_keep_the_earlier_answers(paged_reader: Reader) -> None:
    """A page reads its own block, keeps the others' answers and misses nothing of theirs."""
    first = paged_reader.read_form({"q.recommend": ["9"], "q.satisfaction": ["5"], "q.channels": ["app"]}, block=0)
    second = paged_reader.read_form({"q.channels": ["app"], "q.app_quality": ["10"]}, 1, first.answers)

    assert first.answers == {"recommend": 9, "satisfaction": 5}
    assert first.faults == second.faults == ()
    assert second.answers == {"recommend": 9, "satisfaction": 5, "channels": ["app"], "app_quality": 10}


def test_going_back_drops_what_is_now_hidden(paged_reader: Reader) -> None:
    """Changing an earlier page removes an answer that was taken back and the answers that it now hides."""
    earlier = {"recommend": 3, "satisfaction": 5, "disappointment": "Slow.", "channels": ["branch"], "visits": 4}

    changed = paged_reader.read_form({"q.channels": ["phone"]}, 1, earlier)
    emptied = paged_reader.read_form({"q.recommend": ["9"], "q.satisfaction": ["5"]}, 0, earlier)

    assert "visits" not in changed.answers
    assert changed.answers["disappointment"] == "Slow."
    assert "disappointment" not in emptied.answers
    assert emptied.answers["visits"] == 4


def test_typed_values(paged_reader: Reader) -> None:
    """The API and an import may send values or their texts; both are read as a form is."""
    typed = {
        "recommend": 9,
        "satisfaction": "5",
        "effort": None,
        "channels": "phone; app",
        "app_quality": 10.0,
        "main_bank": "partly",
        "customer_since": "1399-01-15",
    }

    reading = paged_reader.check_answers(typed)

    assert reading.faults == ()
    assert reading.answers == {
        "recommend": 9,
        "satisfaction": 5,
        "effort": None,
        "channels": ["phone", "app"],
        "app_quality": 10,
        "main_bank": "partly",
        "customer_since": "2020-04-03",
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("recommend", True),
        ("recommend", None),
        ("recommend", [9]),
        ("recommend", {"score": 9}),
        ("recommend", math.nan),
        ("effort", 7.5),
        ("channels", 5),
        ("channels", [["app"]]),
        ("channels", ["not_applicable"]),
        ("main_bank", 1),
        ("disappointment", 5),
        ("visits", math.inf),
        ("visits", True),
        ("visits", [1]),
        ("customer_since", 20200403),
        ("customer_since", ["2020", "4"]),
        ("customer_since", ("2020", 4, 3)),
        ("customer_since", "3 April 2020"),
        ("unknown", 1),
    ],
)
def test_wrong_types_are_faults(paged_reader: Reader, name: str, value: object) -> None:
    """A value of the wrong type is a fault of its question, never an error of the program."""
    values = {"recommend": 3, "satisfaction": 5, "channels": ["branch"], name: value}

    assert fault_ids(paged_reader.check_answers(values)) == [name]


@pytest.mark.parametrize("day", [date(2020, 4, 3), datetime(2020, 4, 3, 12, tzinfo=UTC), "۱۳۹۹/۱/۱۵", "2020-4-3"])
def test_typed_days(paged_reader: Reader, day: object) -> None:
    """A day from a workbook or a text is one day."""
    values = {"recommend": 9, "satisfaction": 5, "channels": ["app"], "customer_since": day}

    assert paged_reader.check_answers(values).answers["customer_since"] == "2020-04-03"


def answers_to_every_question() -> st.SearchStrategy[Fields]:
    """Answers as they are stored, some of them to questions that they hide."""
    codes = st.lists(st.sampled_from(["branch", "phone", "app", "website"]), min_size=1, unique=True)
    days = st.integers(0, 40_000).map(lambda days: (date(1950, 1, 1) + timedelta(days)).isoformat())
    return st.fixed_dictionaries(
        {"recommend": st.integers(0, 10), "satisfaction": st.integers(1, 5), "channels": codes},
        optional={
            "effort": st.none() | st.integers(1, 7),
            "disappointment": st.text(max_size=200).map(normal_text).map(normal_text).filter(bool),
            "app_quality": st.none() | st.integers(0, 10),
            "main_bank": st.sampled_from(["yes", "partly", "no"]),
            "visits": st.integers(0, 200),
            "customer_since": st.none() | days,
        },
    )


@given(answers=answers_to_every_question(), code=st.sampled_from(["fa", "en"]))
def test_answers_survive_the_form(paged_reader: Reader, answers: Fields, code: str) -> None:
    """Stored answers read again are the same, and so is a form that is filled with them, in either calendar."""
    checked = paged_reader.check_answers(answers)
    again = paged_reader.read_form(paged_reader.to_form(checked.answers, code))

    assert checked.faults == again.faults == ()
    assert again.answers == checked.answers == paged_reader.check_answers(checked.answers).answers
    assert checked.answers.keys() <= answers.keys()


@given(
    form=st.dictionaries(
        st.sampled_from(["q.recommend", "q.channels", "q.visits", "q.customer_since.year", "q.customer_since.day"]),
        st.lists(st.text(max_size=12) | st.sampled_from(["branch", "5", "not_applicable", "1404"]), max_size=3),
    )
)
def test_no_form_breaks_the_reader(paged_reader: Reader, form: dict[str, list[str]]) -> None:
    """Whatever is submitted, the reader answers."""
    reading = paged_reader.read_form(form)

    assert {"satisfaction"} <= set(fault_ids(reading))


def test_numbers_survive_the_form(make: Make) -> None:
    """A very small number is written as digits, not with an exponent."""
    reader = Reader(make({"type": "number", "id": "n"}))

    assert reader.to_form({"n": 0.0000125}, "en") == {"q.n": ["0.0000125"]}
    assert reader.read_form(reader.to_form({"n": 0.0000125}, "en")).answers == {"n": 0.0000125}
