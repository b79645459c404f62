"""An improvement's form becomes a plan: every field is checked against what there is."""

import math
from collections.abc import Mapping

from cem.improvements.improvements import LONGEST_DESCRIPTION, LONGEST_TITLE, ImprovementFault, Plan
from cem.improvements.models import Improvement
from cem.scorecards.days import read_day, write_day
from cem.scorecards.kpis import Kpi, kpis_of
from cem.scorecards.offers import OfferedSurvey, Offers
from surveys.languages import MINUS, Language, ascii_digits, normal_text

MOST_COST, MOST_CONTROLS = 10**15, 50
# Between a survey's slug and the series of its KPI, in the one field that names both.
BETWEEN = "|"

Given = Mapping[str, str | list[str]]
Sent = dict[str, str | list[str]]


def read_plan(given: Given, offers: Offers, unit: str) -> Plan:
    """The plan that a form gives for a unit; ImprovementFault where it cannot be."""
    title, description = _one_line(given, "title"), normal_text(text_of(given, "description"))[:LONGEST_DESCRIPTION]
    found = _read_kpi(text_of(given, "kpi"), offers)
    touchpoint = text_of(given, "touchpoint")
    controls = tuple(dict.fromkeys(texts_of(given, "control_units")))[:MOST_CONTROLS]
    own = offers.subtree(unit) if unit else offers.units.keys()
    if not 0 < len(title) <= LONGEST_TITLE or (unit and unit not in offers.units):
        raise ImprovementFault
    if (touchpoint and touchpoint not in offers.touchpoints) or any(
        code not in offers.units or offers.subtree(code) & own for code in controls
    ):
        raise ImprovementFault
    try:
        due_on = read_day(text_of(given, "due_on"))
        cost = _whole(text_of(given, "cost"))
        expected = _number(text_of(given, "expected"))
    except ValueError:
        raise ImprovementFault from None
    if found is None:
        expected, touchpoint, controls = None, "", ()
    elif expected is not None and abs(expected) > found[1].bounds[1] - found[1].bounds[0]:
        raise ImprovementFault
    return Plan(
        title=title,
        description=description,
        owner=text_of(given, "owner") or None,
        unit=unit,
        due_on=due_on,
        cost=cost,
        survey_id=found[0].survey_id if found else None,
        series=found[1].series if found else "",
        touchpoint=touchpoint,
        expected=expected,
        control_units=controls,
    )


def given_of(row: Improvement, offers: Offers, language: Language) -> dict[str, str | list[str]]:
    """An improvement as its form would have been sent."""
    survey = survey_of(row, offers)
    return {
        "title": row.title,
        "description": row.description,
        "owner": row.owner or "",
        "unit": row.unit,
        "due_on": write_day(language, row.due_on),
        "cost": "" if row.cost is None else language.digits(row.cost),
        "kpi": f"{survey.slug}{BETWEEN}{row.series}" if survey else "",
        "touchpoint": row.touchpoint,
        "expected": "" if row.expected is None else language.digits(f"{row.expected:g}"),
        "control_units": list(row.control_units),
    }


def survey_of(row: Improvement, offers: Offers) -> OfferedSurvey | None:
    """The survey that asks the KPI which an improvement is to move."""
    return next((one for one in offers.surveys.values() if one.survey_id == row.survey_id), None)


def kpi_of(row: Improvement, offers: Offers) -> Kpi | None:
    """The KPI that an improvement is to move; None where it names none, or one that is asked no more."""
    survey = survey_of(row, offers)
    if survey is None:
        return None
    return next((kpi for kpi in kpis_of(survey.questionnaire) if kpi.series == row.series), None)


def _read_kpi(text: str, offers: Offers) -> tuple[OfferedSurvey, Kpi] | None:
    if not text:
        return None
    slug, _, series = text.partition(BETWEEN)
    survey = offers.surveys.get(slug)
    if survey is None:
        raise ImprovementFault
    kpi = next((one for one in kpis_of(survey.questionnaire) if one.series == series), None)
    if kpi is None:
        raise ImprovementFault
    return survey, kpi


def texts_of(given: Given, name: str) -> list[str]:
    value = given.get(name, [])
    return [str(one) for one in value if one] if isinstance(value, list) else [value] if value else []


def text_of(given: Given, name: str) -> str:
    return next(iter(texts_of(given, name)), "").strip()


def _one_line(given: Given, name: str) -> str:
    return " ".join(normal_text(text_of(given, name)).split())


def _number(text: str) -> float | None:
    if not text:
        return None
    value = float(ascii_digits(text).rstrip("%٪").replace(MINUS, "-"))
    if not math.isfinite(value):
        raise ValueError(text)
    return value


def _whole(text: str) -> int | None:
    if not text:
        return None
    digits = ascii_digits(text).replace(",", "").replace(" ", "")
    if not digits.isdecimal() or int(digits[:16]) > MOST_COST or len(digits) > 16:
        raise ValueError(text)
    return int(digits)
