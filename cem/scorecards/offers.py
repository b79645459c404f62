"""What a scorecard can be cut by: the published surveys, the units, the touchpoints and the channels."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from surveys.languages import N_
from surveys.models import Segment, Survey, SurveyVersion, Touchpoint, Unit
from surveys.questionnaire import Questionnaire, Text

CHANNEL_NAMES = {
    "branch": N_("Branch"),
    "contact_centre": N_("Contact centre"),
    "ivr": N_("Voice menu"),
    "web": N_("Website"),
    "app": N_("App"),
    "atm": N_("Cash machine"),
    "email": N_("E-mail"),
    "sms": N_("Text message"),
    "messenger": N_("Messenger"),
    "letter": N_("Letter"),
    "partner": N_("Partner"),
    "field_visit": N_("Field visit"),
    "social": N_("Social media"),
    "community": N_("Community"),
}


@dataclass(frozen=True)
class OfferedSurvey:
    survey_id: uuid.UUID
    slug: str
    kind: str
    document: Mapping[str, object]

    @property
    def title(self) -> Text:
        return self.document["title"]  # type: ignore[return-value] # a version's document has its shape

    @cached_property
    def questionnaire(self) -> Questionnaire:
        return msgspec.convert(self.document, Questionnaire)


@dataclass(frozen=True)
class Offers:
    surveys: Mapping[str, OfferedSurvey]
    units: Mapping[str, Unit]
    touchpoints: Mapping[str, Touchpoint]
    segments: Mapping[str, Segment] = field(default_factory=dict)

    @property
    def channels(self) -> list[str]:
        return sorted({touchpoint.channel for touchpoint in self.touchpoints.values()})

    @cached_property
    def _children(self) -> Mapping[str | None, list[str]]:
        children: dict[str | None, list[str]] = {}
        for unit in self.units.values():
            children.setdefault(unit.parent, []).append(unit.code)
        return children

    def children(self, unit: str) -> list[str]:
        """The units right below; of the company ('') the first level at which there is something to compare."""
        found = self._children.get(unit or None, [])
        return self.children(found[0]) if not unit and len(found) == 1 else found

    def neighbours(self, unit: str) -> list[str]:
        """The units under the same unit, and this one."""
        return self._children[self.units[unit].parent]

    def subtree(self, unit: str) -> frozenset[str]:
        """A unit and all below it, past ones too: their answers stay where they were given."""
        found = [unit]
        for code in found:
            found.extend(self._children.get(code, ()))
        return frozenset(found)

    @property
    def default_survey(self) -> OfferedSurvey | None:
        """The first transactional one: it is about what happens every day."""
        surveys = sorted(self.surveys.values(), key=lambda survey: (survey.kind != "transactional", survey.survey_id))
        return surveys[0] if surveys else None


def read_offers(session: Session) -> Offers:
    surveys = session.execute(
        select(Survey.survey_id, Survey.slug, Survey.kind, SurveyVersion.document)
        .join(SurveyVersion, (SurveyVersion.survey_id == Survey.survey_id) & (SurveyVersion.version == Survey.version))
        .order_by(Survey.survey_id)
    )
    return Offers(
        surveys={survey.slug: OfferedSurvey(*survey) for survey in surveys},
        units={unit.code: unit for unit in session.scalars(select(Unit).order_by(Unit.code))},
        touchpoints={t.code: t for t in session.scalars(select(Touchpoint).order_by(Touchpoint.code))},
        segments={s.code: s for s in session.scalars(select(Segment).order_by(Segment.position, Segment.code))},
    )
