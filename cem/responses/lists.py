"""Which responses stand behind a number: how many, with which scores, and a page of them, the newest first."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, select, tuple_
from sqlalchemy.orm import Session

from cem.explorer.cuts import SCORE_GROUPS, scores
from cem.explorer.disclosure import read_scores, score_ids
from cem.responses.answers import Given, given
from cem.scorecards.choices import Choice, UnknownChoice
from cem.scorecards.offers import Offers
from metrics import Histogram
from surveys.cuts import Scores
from surveys.formats.exports import QUALITIES, read_versions
from surveys.languages import Language
from surveys.models import Response
from surveys.questionnaire import Questionnaire

PAGE = 25


@dataclass(frozen=True)
class Place:
    """Where a page ends; the next one begins behind it, however many pages there were before."""

    day: date
    response_id: uuid.UUID

    def __str__(self) -> str:
        return f"{self.day.isoformat()}.{self.response_id.hex}"


@dataclass(frozen=True)
class Wanted:
    """What a list is asked for beyond its choice: scores (None: all), a quality, and where its page begins."""

    scores: frozenset[int] | None = None
    quality: str = "valid"
    after: Place | None = None


@dataclass(frozen=True)
class Behind:
    """The responses behind a number; without `counted` they must not be shown, and of an anonymous survey none is."""

    counted: Histogram | None
    n: int = 0
    anonymous: bool = False
    page: tuple[Given, ...] = ()
    following: Place | None = None


def read_wanted(asked: Mapping[str, str], choice: Choice, questionnaire: Questionnaire) -> Wanted:
    """What an address asks for; UnknownChoice where it is not there."""
    quality = asked.get("quality") or "valid"
    if quality not in QUALITIES:
        raise UnknownChoice
    return Wanted(_scores(asked.get("score", ""), choice, questionnaire), quality, _place(asked.get("after", "")))


def _scores(text: str, choice: Choice, questionnaire: Questionnaire) -> frozenset[int] | None:
    if not text:
        return None
    points = choice.focus.points
    ids = score_ids(questionnaire, choice.kpi)
    cut = next(cut for cut in scores(questionnaire) if cut.code == f"s.{ids[0]}")
    if text in SCORE_GROUPS:
        found = frozenset(score for score in points if cut.group_of[score] == text)
    else:
        found = frozenset({int(text)} if text.isascii() and text.isdigit() and len(text) < 3 else ()) & {*points}
    if not found:
        raise UnknownChoice
    return found


def _place(text: str) -> Place | None:
    if not text:
        return None
    day, _, identity = text.partition(".")
    try:
        return Place(date.fromisoformat(day), uuid.UUID(hex=identity))
    except ValueError:
        raise UnknownChoice from None


def read_behind(
    reader: Session, choice: Choice, offers: Offers, wanted: Wanted, spoken: Language, *, words: bool
) -> Behind:
    """The responses of a choice, as far as privacy allows."""
    versions = read_versions(reader, choice.survey_id)
    # A response that was promised to be anonymous stays so when a later version promises less.
    anonymous = any(version.anonymous for version in versions.values())
    counted = read_scores(reader, choice, offers, wanted.quality)
    if counted is None:
        return Behind(None, anonymous=anonymous)
    n = counted.n if wanted.scores is None else sum(counted.counts[score] for score in wanted.scores)
    if anonymous or not n:
        return Behind(counted, int(n), anonymous=anonymous)
    found = list(reader.scalars(_statement(choice, offers.surveys[choice.survey].questionnaire, wanted)))
    page = tuple(given(one, versions[one.version], spoken, words=words) for one in found[:PAGE])
    following = Place(page[-1].day, page[-1].response_id) if len(found) > PAGE else None
    return Behind(counted, int(n), page=page, following=following)


def _statement(choice: Choice, questionnaire: Questionnaire, wanted: Wanted) -> Select[Response]:
    """A page's responses and one more, found by the day and the id, which one index holds in this order."""
    limits: list[ColumnElement[bool]] = [
        *choice.where(wanted.quality).clauses(Response),
        Response.day >= choice.period.start,
        Scores(score_ids(questionnaire, choice.kpi)).among(wanted.scores or frozenset(choice.focus.points)),
    ]
    # One end alone: beside the period's own, SQLite walks from there to where the page begins.
    if wanted.after is not None and wanted.after.day < choice.period.end:
        limits.append(tuple_(Response.day, Response.response_id) < (wanted.after.day, wanted.after.response_id))
    else:
        limits.append(Response.day < choice.period.end)
    return select(Response).where(*limits).order_by(Response.day.desc(), Response.response_id.desc()).limit(PAGE + 1)


def read_one(reader: Session, choice: Choice, response_id: uuid.UUID, spoken: Language, *, words: bool) -> Given | None:
    """One response, where the person may see it; None where there is none for them."""
    versions = read_versions(reader, choice.survey_id)
    if any(version.anonymous for version in versions.values()):
        return None
    response = reader.get(Response, (choice.survey_id, response_id))
    if response is None or (choice.units is not None and response.unit not in choice.units):
        return None
    return given(response, versions[response.version], spoken, words=words)


def score_options(choice: Choice, questionnaire: Questionnaire) -> tuple[str, ...]:
    """The groups of a KPI's scores that a list may be limited to, the best first."""
    ids = score_ids(questionnaire, choice.kpi)
    cut = next(cut for cut in scores(questionnaire) if cut.code == f"s.{ids[0]}")
    return tuple(group.code for group in cut.groups)
