"""The scorecard on paper."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from cem.people.accounts import Person
from cem.reports.paper import Paper
from cem.scorecards.pages import show_scorecard
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
    return bytes(show_scorecard(reader, settings, paper, person, asked, now).content).decode()
