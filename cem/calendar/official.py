"""Iran's official holidays, from the package `holidays`; Islamic ones that are still to come are estimates."""

from collections.abc import Collection
from datetime import date, timedelta

from cem.errors import CemError
from surveys.languages import N_, Month

_LANGUAGES = {"fa": "fa_IR", "en": "en_US"}
_BETWEEN = {"fa": "؛ ", "en": "; "}
# Whole years that the package knows, in either calendar.
_KNOWN_YEARS = frozenset({*range(1359, 1479), *range(1980, 2101)})
# As the package writes them, and as a Persian reader does.
_SPELLINGS = {"عیدنوروز": "عید نوروز", "اکرم؛شهادت": "اکرم؛ شهادت"}


class UnknownYear(CemError):
    title = N_("The official holidays of this year are not known")
    advice = N_("Choose a year from 1359 to 1478 of the Jalali calendar, or from 1980 to 2100 of the Gregorian one.")


def days_of_year(year: int) -> tuple[date, date]:
    """The first day of a year, Jalali (13xx, 14xx) or Gregorian, and the first after it; UnknownYear for others."""
    if year not in _KNOWN_YEARS:
        raise UnknownYear
    return Month(year, 1).first_day, Month(year + 1, 1).first_day


def official_holidays(years: Collection[int]) -> dict[date, dict[str, str]]:
    """The names, in both languages, of each official holiday of these years; the weekly Fridays are none."""
    import holidays  # noqa: PLC0415 - it is big, and needed a few times in a year

    found: dict[date, dict[str, str]] = {}
    for first, end in map(days_of_year, years):
        gregorian = {first.year, (end - timedelta(days=1)).year}
        for code, name in _LANGUAGES.items():
            known = holidays.country_holidays("IR", years=gregorian, language=name)
            for day in known:
                if first <= day < end:
                    found.setdefault(day, {})[code] = _BETWEEN[code].join(map(_spelt, known.get_list(day)))
    return dict(sorted(found.items()))


def _spelt(name: str) -> str:
    for written, right in _SPELLINGS.items():
        name = name.replace(written, right)
    return name
