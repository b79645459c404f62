"""From an address to what a scorecard shows: every part is checked before anything is counted."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode

from cem.errors import Forbidden, NotFound
from cem.people.accounts import Person
from cem.roles import Action, Scope, scope_of
from cem.scorecards.kpis import Kpi, kpis_of
from cem.scorecards.offers import CHANNEL_NAMES, OfferedSurvey, Offers
from cem.scorecards.periods import Period, offered_periods, read_period
from surveys.languages import N_, Language
from surveys.tallies import Where

PARTS = ("survey", "period", "unit", "touchpoint", "channel", "kpi")
DEFAULT_PERIOD = "12m"


class UnknownChoice(NotFound):
    title = N_("There is no such scorecard")
    advice = N_("The address asks for a survey, period or place that is not here. Open the scorecard and choose again.")


@dataclass(frozen=True)
class Choice:
    """What to show, and `units`, the only ones whose answers may be counted (None: all).

    `top` is the unit that the person's view ends at; the company has none.
    """

    survey: str
    survey_id: uuid.UUID
    period: Period
    unit: str
    touchpoint: str
    channel: str
    kpi: str
    kpis: tuple[Kpi, ...]
    units: frozenset[str] | None
    top: str
    anonymous: bool
    # Limits beyond a scorecard's, as the address has them and as the answers do (`cem/explorer/limits.py`).
    finer: Mapping[str, str] = field(default_factory=dict)
    besides: tuple[Any, ...] = ()

    @property
    def focus(self) -> Kpi:
        """The KPI that trends and comparisons are about."""
        return next(kpi for kpi in self.kpis if kpi.series == self.kpi)

    def where(self, quality: str = "valid") -> Where:
        return Where(
            self.survey_id,
            touchpoints=[self.touchpoint] if self.touchpoint else None,
            units=self.units,
            channels=[self.channel] if self.channel else None,
            quality=quality,
            besides=self.besides,
        )

    def query(self, **changes: str) -> str:
        parts = {
            "survey": self.survey,
            "period": self.period.name,
            "unit": self.unit,
            "touchpoint": self.touchpoint,
            "channel": self.channel,
            "kpi": self.kpi,
            **self.finer,
        } | changes
        return urlencode({name: value for name, value in parts.items() if value})

    def address(self, **changes: str) -> str:
        """The page of this choice, or of one that differs in a part."""
        return f"/scorecards?{self.query(**changes)}"

    def responses(self, **changes: str) -> str:
        """The responses behind a number of this choice."""
        return f"/responses?{self.query(**changes)}"


def read_choice(asked: Mapping[str, str], offers: Offers, person: Person, calendar: str, today: date) -> Choice | None:
    """The choice of an address; None where no survey is published.

    UnknownChoice for what is not there, Forbidden for a unit that is not the person's own.
    """
    given = {part: asked.get(part, "") for part in PARTS}
    survey = _read_survey(given["survey"], offers)
    if survey is None:
        return None
    try:
        period = read_period(given["period"] or DEFAULT_PERIOD, calendar, today)
    except ValueError:
        raise UnknownChoice from None
    if given["touchpoint"] and given["touchpoint"] not in offers.touchpoints:
        raise UnknownChoice
    if given["channel"] and given["channel"] not in offers.channels:
        raise UnknownChoice
    kpis = kpis_of(survey.questionnaire)
    series = [kpi.series for kpi in kpis]
    if given["kpi"] and given["kpi"] not in series:
        raise UnknownChoice
    unit = _read_unit(given["unit"], offers, person)
    return Choice(
        survey=survey.slug,
        survey_id=survey.survey_id,
        period=period,
        unit=unit,
        touchpoint=given["touchpoint"],
        channel=given["channel"],
        kpi=given["kpi"] or next(iter(series), ""),
        kpis=kpis,
        units=offers.subtree(unit) if unit else None,
        top=own_unit(person) or "",
        anonymous=survey.questionnaire.anonymous,
    )


def filters(choice: Choice, offers: Offers, language: Language, today: date) -> dict[str, Any]:
    """What a page's form needs to ask which answers are counted (`scorecards/where.html`)."""
    return {
        "choice": choice,
        "offers": offers,
        "units": offers.subtree(choice.top) if choice.top else offers.units,
        "top": choice.top,
        "channel_names": CHANNEL_NAMES,
        "periods": list(offered_periods(language.calendar, today)),
    }


def _read_survey(slug: str, offers: Offers) -> OfferedSurvey | None:
    if not slug:
        return offers.default_survey
    if slug not in offers.surveys:
        raise UnknownChoice
    return offers.surveys[slug]


def _read_unit(code: str, offers: Offers, person: Person) -> str:
    own = own_unit(person)
    if own is None:
        if code and code not in offers.units:
            raise UnknownChoice
        return code
    # A unit that is not there and one that is not theirs are answered alike.
    if code and code not in offers.subtree(own):
        raise Forbidden
    return code or own


def own_unit(person: Person) -> str | None:
    """The unit that a person's view ends at; None where they see the company."""
    match scope_of(person.role, Action.SCORECARDS_READ):
        case Scope.COMPANY:
            return None
        case Scope.OWN_UNITS if person.unit:
            return person.unit
    raise Forbidden
