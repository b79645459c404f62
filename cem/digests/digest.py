"""A digest: the scorecard that its reader would see now, cut to what a mail holds."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from cem.digests.frequencies import Issue
from cem.digests.subscriptions import Subscriber
from cem.roles import Action, scope_of
from cem.scorecards.choices import Choice, read_choice
from cem.scorecards.comments import Remark
from cem.scorecards.leagues import League, Row
from cem.scorecards.offers import Offers, read_offers
from cem.scorecards.scorecard import Scorecard, build_scorecard
from surveys.languages import Language
from surveys.questionnaire import Text

MOST_COMMENTS = 3
# Of a comment in a mail; the page has the whole.
LONGEST_COMMENT = 400
# Of the best and of the worst.
MOST_NAMED = 3


@dataclass(frozen=True)
class Proven:
    """The groups of a league that are proven to be ahead of, or behind, at least half of the others."""

    best: tuple[Row, ...]
    worst: tuple[Row, ...]
    league: League


@dataclass(frozen=True)
class Digest:
    """What the templates show. `comments` are for those alone who may read respondents' words."""

    language: Language
    choice: Choice
    title: Text
    offers: Offers
    card: Scorecard
    touchpoints: Proven | None
    units: Proven | None
    may_read_comments: bool
    comments: tuple[Remark, ...]


def build_digest(reader: Session, one: Subscriber, issue: Issue, today: date) -> Digest | None:
    """None where no survey with a KPI is published. Forbidden where the person may see no scorecard."""
    offers = read_offers(reader)
    choice = read_choice({"period": issue.period}, offers, one.person, one.language.calendar, today)
    if choice is None or not choice.kpis:
        return None
    words = scope_of(one.person.role, Action.COMMENTS_READ) is not None
    card = build_scorecard(reader, choice, offers, today, comments=words)
    return Digest(
        one.language,
        choice,
        offers.surveys[choice.survey].title,
        offers,
        card,
        proven(card.touchpoints),
        proven(card.units),
        words,
        card.comments[:MOST_COMMENTS],
    )


def proven(league: League | None) -> Proven | None:
    """What a league proves; None where there is none to speak of."""
    if league is None or league.ranked < 2:
        return None
    half = league.ranked / 2
    ranked = [(row, row.band) for row in league.rows if row.band is not None]
    best = tuple(row for row, (_, last) in ranked if last <= half)
    worst = tuple(row for row, (first, _) in ranked if first > league.ranked - half)
    return Proven(best[:MOST_NAMED], worst[-MOST_NAMED:], league)


def shortened(words: str) -> str:
    return words if len(words) <= LONGEST_COMMENT else words[:LONGEST_COMMENT].rsplit(" ", 1)[0] + "…"
