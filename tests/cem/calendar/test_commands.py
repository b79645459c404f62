"""`cem calendar` from a shell."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from click.testing import Result
from sqlalchemy import func, select

from cem.calendar.models import Holiday
from surveys.database import Database, utc_now

Cem = Callable[..., Result]


def written(name: str, text: str) -> str:
    Path(name).write_text(text, encoding="utf-8")
    return name


def stored(database: Database) -> int:
    with database.read() as reader:
        return reader.scalar(select(func.count()).select_from(Holiday)) or 0


def test_the_week_and_official_holidays(cem: Cem, database: Database) -> None:
    """The usual week; then the holidays of a Jalali and a Gregorian year; the second time nothing changes."""
    year = utc_now().year
    first, again = (cem("calendar", "holidays", "1404", str(year)) for _ in range(2))
    shown = cem("calendar", "show")

    assert first.output.endswith(" added, 0 named anew, 0 moved away, 0 as they were.\n")
    assert again.output == f"0 added, 0 named anew, 0 moved away, {stored(database)} as they were.\n"
    assert "Saturday   08:00-17:00\n" in shown.output
    assert "Friday     closed\n" in shown.output
    assert f"{year}-04-01  " in shown.output
    assert "official  Islamic Republic Day\n" in shown.output


def test_a_year_that_is_not_known(cem: Cem, database: Database) -> None:
    """Status 2, and nothing of the other year is stored."""
    result = cem("calendar", "holidays", "1404", "1300")

    assert result.exit_code == 2
    assert stored(database) == 0


def test_the_company_s_own(cem: Cem, database: Database) -> None:
    """Days in either calendar; the file again changes nothing."""
    file = written("own.csv", "day,name_fa,name_en\n1404-08-21,جشن شرکت,Company party\n2025-12-01,,Move\n")
    first, again = cem("calendar", "import", file), cem("calendar", "import", file)

    assert first.output == "2 rows: 2 new or named anew, 0 as they were.\n"
    assert again.output == "2 rows: 0 new or named anew, 2 as they were.\n"
    with database.read() as reader:
        party = reader.get_one(Holiday, date(2025, 11, 12))
        assert (party.names, party.official) == ({"fa": "جشن شرکت", "en": "Company party"}, False)


def test_one_wrong_row_stores_nothing(cem: Cem, database: Database) -> None:
    """Each wrong row is told with its line."""
    rows = ["2025-12-01,,Move", "2025-13-01,,No month", "2025-12-02,,", "1404-09-10,x,y,z", "2025-12-01,a,Again"]
    result = cem("calendar", "import", written("own.csv", "\n".join(["day,name_fa,name_en", *rows]) + "\n"))

    assert result.exit_code == 2
    assert "own.csv: line 3, column 'day': “2025-13-01” is no day." in result.output
    assert "own.csv: line 4, column 'name_fa': Write the name in at least one language." in result.output
    assert "own.csv: line 5: The row has 4 cells and the header has 3" in result.output
    assert "own.csv: line 6, column 'day': Another row of this file has the same day." in result.output
    assert "Nothing was stored" in result.output
    assert stored(database) == 0


def test_no_such_column(cem: Cem) -> None:
    """What is missing, and what there must be."""
    result = cem("calendar", "import", written("own.csv", "date,name\n2025-12-01,Move\n"))

    assert result.exit_code == 2
    assert "It needs: day, name_fa, name_en." in result.output
    assert cem("calendar", "import", written("empty.csv", "")).exit_code == 2
