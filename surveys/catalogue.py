"""What may be answered now: the published surveys and the touchpoints, kept in memory and read anew every second.

The public pages ask it on every request; the database hears of it once a second, and a version that is known already is
not decoded again because it cannot have changed.
"""

import asyncio
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from surveys.database import Database
from surveys.errors import SurveyClosed, UnknownLink
from surveys.models import Survey, SurveyVersion, Touchpoint, Unit
from surveys.questionnaire import Questionnaire, Reader

SECONDS = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class PublishedSurvey:
    """One version of a survey, ready to be shown and read."""

    survey_id: uuid.UUID
    version: int
    questionnaire: Questionnaire
    reader: Reader


class Place(NamedTuple):
    """Where the always-on page of a touchpoint collects."""

    survey_id: uuid.UUID
    owner: str
    channel: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A picture of the definitions at one moment."""

    by_id: Mapping[uuid.UUID, PublishedSurvey]
    slugs: Mapping[str, uuid.UUID]
    closed: frozenset[uuid.UUID]
    feedback: Mapping[str, Place]
    units: frozenset[str]

    def survey(self, survey_id: uuid.UUID | None) -> PublishedSurvey:
        """The current version; UnknownLink or SurveyClosed where there is none to answer."""
        if survey_id is None or survey_id not in self.by_id:
            raise UnknownLink
        if survey_id in self.closed:
            raise SurveyClosed
        return self.by_id[survey_id]


@dataclass
class LiveCatalogue:
    """Gives the newest catalogue, at most a second old; one request at a time reads it anew."""

    database: Database
    _versions: dict[tuple[uuid.UUID, int], PublishedSurvey] = field(default_factory=dict)
    _newest: Catalogue | None = None
    _read_at: float = 0.0
    _reading: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def current(self) -> Catalogue:
        if self._newest is None or time.monotonic() - self._read_at > SECONDS:
            await self._refresh()
        assert self._newest is not None  # noqa: S101 - refreshed above
        return self._newest

    async def version(self, survey_id: uuid.UUID, version: int) -> PublishedSurvey:
        """A version that was shown a while ago: its answers are read as it asked them."""
        known = self._versions.get((survey_id, version))
        if known is None:
            known = await asyncio.to_thread(self._load_version, survey_id, version)
        return known

    async def _refresh(self) -> None:
        if self._reading.locked() and self._newest is not None:
            return  # somebody is at it; a moment-old picture serves
        async with self._reading:
            if self._newest is None or time.monotonic() - self._read_at > SECONDS:
                try:
                    self._newest = await asyncio.to_thread(self._load)
                except (OperationalError, PoolTimeout):
                    # Whoever sends a page meanwhile must get it back with their answers: the last picture serves.
                    if self._newest is None:
                        raise
                self._read_at = time.monotonic()

    def _load(self) -> Catalogue:
        with self.database.read() as session:
            surveys = session.scalars(select(Survey)).all()
            touchpoints = session.scalars(select(Touchpoint).where(Touchpoint.feedback_survey.is_not(None))).all()
            units = frozenset(session.scalars(select(Unit.code)))
        return Catalogue(
            by_id={s.survey_id: self._known(s.survey_id, s.version) for s in surveys},
            slugs={s.slug: s.survey_id for s in surveys},
            closed=frozenset(s.survey_id for s in surveys if s.closed_at),
            feedback={t.code: Place(t.feedback_survey, t.owner, t.channel) for t in touchpoints if t.feedback_survey},
            units=units,
        )

    def _known(self, survey_id: uuid.UUID, version: int) -> PublishedSurvey:
        return self._versions.get((survey_id, version)) or self._load_version(survey_id, version)

    def _load_version(self, survey_id: uuid.UUID, version: int) -> PublishedSurvey:
        with self.database.read() as session:
            row = session.get(SurveyVersion, (survey_id, version))
        if row is None:
            raise UnknownLink
        questionnaire = msgspec.convert(row.document, Questionnaire)
        known = PublishedSurvey(survey_id, version, questionnaire, Reader(questionnaire))
        self._versions[survey_id, version] = known
        return known
