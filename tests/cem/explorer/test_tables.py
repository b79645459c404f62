"""What the cells of a table say, on both databases."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cem.explorer.cuts import offered_cuts, questions
from cem.explorer.disclosure import read_tallied
from cem.explorer.tables import Table, kpi_table, share_table
from cem.roles import Role
from cem.scorecards.choices import Choice
from cem.scorecards.offers import read_offers
from cem.scorecards.privacy import MINIMUM, hidden_cells
from surveys.cuts import Column, Scores, held, margin
from surveys.database import Database
from surveys.languages import language
from surveys.questionnaire import read_yaml

Answer = Callable[..., None]
Choose = Callable[..., Choice]
Make = Callable[..., Table]


@pytest.fixture
def table(database: Database, choose: Choose) -> Make:
    """The table of two cuts, as somebody sees it."""

    def make(rows: str, columns: str, role: Role = Role.EXECUTIVE, own: str | None = None, **asked: str) -> Table:
        choice = choose(role, own, **asked)
        with database.read() as reader:
            offers = read_offers(reader)
            questionnaire = offers.surveys[choice.survey].questionnaire
            cuts = offered_cuts(choice, offers, questionnaire)
            asking = {cut.code: cut for cut in questions(questionnaire)}
            span = choice.where(), choice.period.start, choice.period.end
            if rows in asking:
                counted = held(reader, *span, [asking[rows].side, cuts[columns].side])
                return share_table(counted, asking[rows], cuts[columns])
            counted = held(reader, *span, [Scores(("recommend",)), cuts[rows].side, cuts[columns].side])
            return kpi_table(counted, choice.focus, cuts[rows], cuts[columns])

    return make


def test_a_kpi_in_each_cell(answer: Answer, table: Make) -> None:
    """Each cell has the KPI of its own answers; the sums are those of the scorecard."""
    answer(*[10] * 30, reason="staff")
    answer(*[2] * 30, reason="waiting")
    answer(*[9] * 20, touchpoint="call", unit="tajrish", reason="staff")
    answer(*[9] * 12, touchpoint="call", unit="tajrish")
    found = table("touchpoint", "q.reason")
    values = {place: cell.estimate.value for place, cell in found.cells.items() if cell.estimate}

    assert values == {("counter", "staff"): 100, ("counter", "waiting"): -100, ("call", "staff"): 100}
    assert found.row_sums["call"].estimate is not None
    assert (found.row_sums["call"].estimate.n, found.responses) == (32, 92)
    assert [column.code for column in found.columns] == ["waiting", "staff"]


@pytest.mark.parametrize(
    ("cuts", "asked"),
    [
        (("touchpoint", "month"), {}),
        (("unit", "quarter"), {"touchpoint": "call"}),
        (("touchpoint", "unit"), {"period": "3m"}),
    ],
)
def test_tallies_and_answers_count_the_same(
    database: Database, choose: Choose, answer: Answer, cuts: tuple[str, str], asked: dict[str, str]
) -> None:
    """What the tallies know is taken from them, and it is what the answers hold."""
    answer(*range(11))
    answer(*[9] * 20, touchpoint="call", unit="tajrish", day=date(2025, 10, 1))
    answer(4, quality="suspect")
    choice = choose(Role.EXECUTIVE, **asked)
    with database.read() as reader:
        offers = read_offers(reader)
        offered = offered_cuts(replace(choice, touchpoint=""), offers, offers.surveys[choice.survey].questionnaire)
        sides = [Scores(("recommend",)), *(offered[cut].side for cut in cuts)]
        tallied = read_tallied(reader, choice.where(), choice, offers, sides)
        counted = held(reader, choice.where(), choice.period.start, choice.period.end, sides)

    assert tallied is not None
    assert margin(tallied, 0, 1, 2) == margin(counted, 0, 1, 2)


def test_tallies_are_not_asked_what_they_do_not_know(database: Database, choose: Choose, answer: Answer) -> None:
    """An answer, a language or another question is read from the answers."""
    answer(*range(11))
    choice = choose(Role.EXECUTIVE)
    with database.read() as reader:
        offers = read_offers(reader)
        cuts = offered_cuts(choice, offers, offers.surveys[choice.survey].questionnaire)
        score, reason = Scores(("recommend",)), cuts["q.reason"].side
        for sides in ([score, reason], [reason, cuts["touchpoint"].side], [Scores(("other",))]):
            assert read_tallied(reader, choice.where(), choice, offers, sides) is None
        segment = replace(choice.where(), besides=(Column("segment").among(["mass"]),))
        assert read_tallied(reader, segment, choice, offers, [score]) is None


def test_only_what_chance_hardly_makes_is_marked(answer: Answer, table: Make) -> None:
    """A cell far from the others is marked, cells that differ a little are not."""
    answer(*[10, 9, 8, 3] * 15, reason="staff")
    answer(*[10, 9, 7, 4] * 15, touchpoint="call", unit="tajrish", reason="staff")
    answer(*[1, 2, 3, 8] * 15, reason="waiting")
    found = table("touchpoint", "q.reason")

    assert found.cells["counter", "waiting"].differs == -1
    assert {found.cells["call", "staff"].differs, found.cells["counter", "staff"].differs} <= {0, 1}


def test_alike_groups_have_no_marks(answer: Answer, table: Make) -> None:
    """The same answers everywhere are no finding."""
    for reason in ("staff", "waiting"):
        answer(*[10, 9, 8, 3] * 10, reason=reason)
        answer(*[10, 9, 8, 3] * 10, touchpoint="call", unit="tajrish", reason=reason)

    assert {cell.differs for cell in table("touchpoint", "q.reason").cells.values()} == {0}


def test_units_are_counted_with_all_below_them(answer: Answer, table: Make) -> None:
    """The columns are the units right below the chosen one."""
    answer(*[10] * 20, unit="vanak")
    answer(*[1] * 20, unit="tajrish")
    found = table("unit", "touchpoint")

    assert {row.code for row in found.rows} == {"vanak", "tajrish"}
    assert found.whole.estimate is not None
    assert found.whole.estimate.n == 40


def test_a_unit_manager_sees_only_their_own(answer: Answer, table: Make) -> None:
    """Nothing of another unit is counted, in the cells or in the sums."""
    answer(*[10] * 20, unit="vanak", reason="staff")
    answer(*[1] * 20, unit="tajrish", reason="waiting")
    found = table("touchpoint", "q.reason", Role.UNIT_MANAGER, "vanak")

    assert found.responses == 20
    assert set(found.cells) == {("counter", "staff")}


def test_few_answers_and_what_would_reveal_them_are_closed(answer: Answer, table: Make) -> None:
    """A cell of three is closed, and with it one of its row and one of its column."""
    answer(*[10] * 30, reason="staff")
    answer(*[10] * 20, reason="waiting")
    answer(*[10] * 25, touchpoint="call", reason="staff")
    answer(*[10] * 3, touchpoint="call", reason="waiting")
    found = table("touchpoint", "q.reason")

    assert all(cell.closed and cell.estimate is None for cell in found.cells.values())


def test_shares_of_answers(answer: Answer, table: Make) -> None:
    """Each column adds up to all who answered, and an answer that depends on the column is marked."""
    answer(*[9] * 40, reason="staff")
    answer(*[9] * 10, reason="waiting")
    answer(*[9] * 10, touchpoint="call", reason="staff")
    answer(*[9] * 40, touchpoint="call", reason="waiting")
    answer(*[9] * 5, touchpoint="call")
    found = table("q.reason", "touchpoint")
    shares = {place: cell.estimate.value for place, cell in found.cells.items() if cell.estimate}

    assert shares == {
        ("staff", "counter"): 80,
        ("waiting", "counter"): 20,
        ("staff", "call"): 20,
        ("waiting", "call"): 80,
    }
    assert found.responses == 100
    assert found.cells["staff", "counter"].differs == 1
    assert found.tested is not None
    assert found.tested.test.p is not None
    assert found.tested.test.p < 1e-6


def test_a_small_column_of_shares_is_closed(answer: Answer, table: Make) -> None:
    """Two callers' reasons are nobody's business; with two columns, both are closed."""
    answer(*[9] * 40, reason="staff")
    answer(*[9] * 2, touchpoint="call", reason="waiting")
    found = table("q.reason", "touchpoint")

    assert all(cell.closed for cell in found.cells.values())


@given(st.dictionaries(st.tuples(st.integers(0, 3), st.integers(4, 7)), st.integers(0, 12)))
def test_no_closed_cell_is_the_rest_of_its_line(answers: dict[tuple[int, int], int]) -> None:
    """In each row and column either nothing is closed, or everything, or at least two cells that are not few."""
    closed = hidden_cells(answers)

    assert all(n >= MINIMUM for cell, n in answers.items() if n and cell not in closed)
    for side in (0, 1):
        for group in {cell[side] for cell in answers}:
            line = {cell: n for cell, n in answers.items() if cell[side] == group and n}
            inside = [n for cell, n in line.items() if cell in closed]
            assert not inside or len(inside) == len(line) or (len(inside) > 1 and sum(inside) >= MINIMUM)


def test_whether_we_may_answer_divides_those_who_said(root: Path) -> None:
    """Yes and no are the groups of a cut like any other choice."""
    asked = read_yaml(root / "examples" / "every-question.yaml")
    cut = {cut.code: cut for cut in questions(asked)}["q.answer_me"]

    assert [(group.code, group.name(language("en"))) for group in cut.groups] == [
        ("yes", "Yes, please answer me"),
        ("no", "No"),
    ]
