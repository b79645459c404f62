"""The scorecard on paper."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from litestar import Request
from sqlalchemy.orm import Session

from cem.people.accounts import Person
from cem.reports.paper import Paper, Reading
from cem.scorecards.pages import ScorecardPages
from cem.settings import Settings
from surveys.database import day_of
from surveys.languages import Language
from surveys.templating import Templates


def scorecard_page(
    reader: Session,
    settings: Settings,
    templates: Templates,
    language: Language,
    person: Person,
    asked: Mapping[str, str],
    now: datetime,
) -> str:
    """The page `/scorecards` with this query, for this person, as one file. Raises what the page itself raises."""
    paper = Paper(templates, language, person, day_of(now, settings.zone))
    request = cast("Request[Person, Any, Any]", Reading(person, asked))
    answer: Any = ScorecardPages.show_scorecard.fn(None, request, paper, reader, settings)
    return bytes(answer.content).decode()
