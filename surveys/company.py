"""The measured company: units, segments, journeys and touchpoints, as one document that is stored as a whole."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

from msgspec import Meta, Struct
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from surveys.formats.documents import DocumentFaults, DocumentFile
from surveys.languages import N_
from surveys.models import Journey, Segment, Stage, Survey, Touchpoint, Unit
from surveys.questionnaire import Fault, Text

CHANNELS = tuple(
    "branch contact_centre ivr web app atm email sms messenger letter partner field_visit social community".split()
)

Code = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$(?!\n)", max_length=64)]
_FIRST_GREGORIAN_YEAR = 1700
_Table = Unit | Segment | Journey | Touchpoint


class _Part(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    code: Code
    names: Annotated[Text, Meta(min_length=1)]


class UnitPart(_Part, frozen=True, kw_only=True):
    """A measured part of the company; `valid_to` is its last day."""

    valid_from: date
    valid_to: date | None = None
    parent: Code | None = None


class SegmentPart(_Part, frozen=True, kw_only=True):
    """Customers who have something in common; `valid_to` is the last day on which a customer may be put there."""

    valid_from: date
    valid_to: date | None = None


class StagePart(_Part, frozen=True, kw_only=True):
    pass


class JourneyPart(_Part, frozen=True, kw_only=True):
    stages: Annotated[tuple[StagePart, ...], Meta(min_length=1)]


class TouchpointPart(_Part, frozen=True, kw_only=True):
    """Where customer and company meet; surveys are named by their slugs."""

    journey: Code
    stage: Code
    channel: str
    owner: Code
    standard: Text = {}
    transactional_survey: str | None = None
    feedback_survey: str | None = None


class Company(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole company. A code is the name of a thing for ever: who renames it makes another thing."""

    units: Annotated[tuple[UnitPart, ...], Meta(min_length=1)]
    segments: tuple[SegmentPart, ...] = ()
    journeys: tuple[JourneyPart, ...] = ()
    touchpoints: tuple[TouchpointPart, ...] = ()


@dataclass(frozen=True)
class CompanyChange:
    """How many units, segments, journeys and touchpoints a document has added, changed and found as they were."""

    added: int
    changed: int
    unchanged: int


def read_company(source: str | Path) -> Company:
    """The company of a text or a file; DocumentFaults has all that is wrong, each with its line."""
    file = DocumentFile(source)
    company = file.read(Company)
    file.refuse(check_company(company))
    return company


def check_company(company: Company) -> list[Fault]:
    """Everything that keeps a company from being stored; nothing when it may be."""
    units = {unit.code: unit for unit in company.units}
    return [
        *_repeated("units", company.units, N_("Another unit has the code “%(code)s”; give this one its own.")),
        *_repeated("segments", company.segments, N_("Another segment has the code “%(code)s”; give this one its own.")),
        *_repeated("journeys", company.journeys, N_("Another journey has the code “%(code)s”; give this one its own.")),
        *_repeated(
            "touchpoints", company.touchpoints, N_("Another touchpoint has the code “%(code)s”; give this one its own.")
        ),
        *(
            fault
            for index, journey in enumerate(company.journeys)
            for fault in _repeated(
                f"journeys[{index}].stages",
                journey.stages,
                N_("Another stage of this journey has the code “%(code)s”; give this one its own."),
            )
        ),
        *(fault for index, unit in enumerate(company.units) for fault in _unit_faults(f"units[{index}]", unit, units)),
        *(fault for index, part in enumerate(company.segments) for fault in _day_faults(f"segments[{index}]", part)),
        *_touchpoint_faults(company, units),
    ]


def _repeated(path: str, parts: Iterable[_Part], message: str) -> Iterator[Fault]:
    seen: set[str] = set()
    for index, part in enumerate(parts):
        if part.code in seen:
            yield Fault(f"{path}[{index}].code", message, {"code": part.code})
        seen.add(part.code)


def _day_faults(path: str, part: UnitPart | SegmentPart) -> Iterator[Fault]:
    for name, day in (("valid_from", part.valid_from), ("valid_to", part.valid_to)):
        if day and day.year < _FIRST_GREGORIAN_YEAR:
            yield Fault(f"{path}.{name}", N_("Write the day in the Gregorian calendar, as 2025-10-07."))
    if part.valid_to and part.valid_to < part.valid_from:
        yield Fault(f"{path}.valid_to", N_("It ends before it begins; exchange the days."))


def _unit_faults(path: str, unit: UnitPart, units: Mapping[str, UnitPart]) -> Iterator[Fault]:
    yield from _day_faults(path, unit)
    if unit.parent is None:
        return
    parent = units.get(unit.parent)
    if parent is None:
        message = N_("There is no unit with the code “%(code)s”: add it, or name another parent.")
        yield Fault(f"{path}.parent", message, {"code": unit.parent})
    elif _below_itself(unit, units):
        message = N_("“%(code)s” is above itself: one of its parents must stand under another unit.")
        yield Fault(f"{path}.parent", message, {"code": unit.code})
    else:
        yield from _validity_faults(path, unit, parent)


def _below_itself(unit: UnitPart, units: Mapping[str, UnitPart]) -> bool:
    above = unit.parent
    for _ in units:
        if above is None or above == unit.code:
            break
        above = units[above].parent if above in units else None
    return above == unit.code


def _validity_faults(path: str, unit: UnitPart, parent: UnitPart) -> Iterator[Fault]:
    if unit.valid_from < parent.valid_from:
        message = N_("The unit begins before its parent “%(parent)s”, which begins on %(day)s.")
        yield Fault(f"{path}.valid_from", message, {"parent": parent.code, "day": parent.valid_from})
    if parent.valid_to and (unit.valid_to is None or unit.valid_to > parent.valid_to):
        message = N_("Its parent “%(parent)s” ends on %(day)s: end this unit by then, or give it another parent.")
        yield Fault(f"{path}.valid_to", message, {"parent": parent.code, "day": parent.valid_to})


def _touchpoint_faults(company: Company, units: Mapping[str, UnitPart]) -> Iterator[Fault]:
    stages = {journey.code: {stage.code for stage in journey.stages} for journey in company.journeys}
    for index, touchpoint in enumerate(company.touchpoints):
        path = f"touchpoints[{index}]"
        if touchpoint.channel not in CHANNELS:
            message = N_("“%(code)s” is no channel; possible are: %(channels)s.")
            yield Fault(f"{path}.channel", message, {"code": touchpoint.channel, "channels": ", ".join(CHANNELS)})
        if touchpoint.owner not in units:
            message = N_("There is no unit with the code “%(code)s”: name the unit that answers for this touchpoint.")
            yield Fault(f"{path}.owner", message, {"code": touchpoint.owner})
        if touchpoint.journey not in stages:
            message = N_("There is no journey with the code “%(code)s”; add it to the journeys.")
            yield Fault(f"{path}.journey", message, {"code": touchpoint.journey})
        elif touchpoint.stage not in stages[touchpoint.journey]:
            message = N_("The journey “%(journey)s” has no stage “%(code)s”; it has: %(stages)s.")
            known = ", ".join(sorted(stages[touchpoint.journey]))
            values = {"journey": touchpoint.journey, "code": touchpoint.stage, "stages": known}
            yield Fault(f"{path}.stage", message, values)


def store_company(session: Session, now: datetime, company: Company) -> CompanyChange:
    """Insert or update every part by its code; DocumentFaults where the document and what is stored cannot agree.

    What answers may name is never taken away: a unit ends by its `valid_to`, journeys and touchpoints stay.
    """
    surveys = {survey.slug: survey.survey_id for survey in session.scalars(select(Survey))}
    faults = check_company(company)
    faults += [*_missing(session, company), *_unresolved(company, surveys), *_ended_owners(company, now.date())]
    if faults:
        raise DocumentFaults(faults)
    parts: list[tuple[type[_Table], str, dict[str, Any]]] = [
        *((Unit, unit.code, _unit_values(unit)) for unit in _parents_first(company.units)),
        *((Segment, part.code, _segment_values(part, place)) for place, part in enumerate(company.segments)),
        *((Journey, journey.code, {"names": journey.names}) for journey in company.journeys),
        *((Touchpoint, part.code, _touchpoint_values(part, surveys)) for part in company.touchpoints),
    ]
    outcomes = [_store(session, table, code, values) for table, code, values in parts]
    _replace_stages(session, company)
    session.flush()
    return CompanyChange(*(outcomes.count(outcome) for outcome in ("added", "changed", "unchanged")))


def _missing(session: Session, company: Company) -> Iterator[Fault]:
    advice = (
        (Unit, company.units, N_("The unit “%(code)s” is gone from the document: keep it, and end it with valid_to.")),
        (Segment, company.segments, N_("The segment “%(code)s” is gone: keep it, and end it with valid_to.")),
        (Journey, company.journeys, N_("The journey “%(code)s” is gone from the document: keep it.")),
        (Touchpoint, company.touchpoints, N_("The touchpoint “%(code)s” is gone: keep it, its answers name it.")),
    )
    for table, parts, message in advice:
        kept = {part.code for part in parts}
        for code in sorted(set(session.scalars(select(table.code))) - kept):
            yield Fault("", message, {"code": code})


def _unresolved(company: Company, surveys: Mapping[str, object]) -> Iterator[Fault]:
    for index, touchpoint in enumerate(company.touchpoints):
        for name in ("transactional_survey", "feedback_survey"):
            slug = getattr(touchpoint, name)
            if slug is not None and slug not in surveys:
                message = N_("There is no published survey “%(slug)s”: publish it first, or remove this line.")
                yield Fault(f"touchpoints[{index}].{name}", message, {"slug": slug})


def _ended_owners(company: Company, today: date) -> Iterator[Fault]:
    """A unit that has ended answers nobody."""
    ends = {unit.code: unit.valid_to for unit in company.units}
    for index, touchpoint in enumerate(company.touchpoints):
        ended = ends.get(touchpoint.owner)
        if ended and ended < today:
            message = N_("The unit “%(code)s” ended on %(day)s: name the unit that owns this touchpoint now.")
            yield Fault(f"touchpoints[{index}].owner", message, {"code": touchpoint.owner, "day": ended})


def _parents_first(units: Iterable[UnitPart]) -> list[UnitPart]:
    """A unit after the unit that it names, as the foreign key wants it."""
    waiting, ordered = list(units), list[UnitPart]()
    known: set[str | None] = {None}
    while waiting:
        ready = [unit for unit in waiting if unit.parent in known]
        ordered += ready
        known |= {unit.code for unit in ready}
        waiting = [unit for unit in waiting if unit.code not in known]
    return ordered


def _unit_values(unit: UnitPart) -> dict[str, Any]:
    names = ("names", "parent", "valid_from", "valid_to")
    return {name: getattr(unit, name) for name in names}


def _segment_values(part: SegmentPart, position: int) -> dict[str, Any]:
    return {name: getattr(part, name) for name in ("names", "valid_from", "valid_to")} | {"position": position}


def _touchpoint_values(touchpoint: TouchpointPart, surveys: Mapping[str, Any]) -> dict[str, Any]:
    values = {name: getattr(touchpoint, name) for name in ("names", "journey", "stage", "channel", "owner", "standard")}
    for name in ("transactional_survey", "feedback_survey"):
        slug = getattr(touchpoint, name)
        values[name] = None if slug is None else surveys[slug]
    return values


def _store(session: Session, table: type[_Table], code: str, values: Mapping[str, Any]) -> str:
    row = session.get(table, code)
    if row is None:
        session.add(table(code=code, **values))
        # Each at once: the rows that follow name it, and the models declare no relationships to order them by.
        session.flush()
        return "added"
    changes = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in changes.items():
        setattr(row, name, value)
    return "changed" if changes else "unchanged"


def _replace_stages(session: Session, company: Company) -> None:
    """Stages belong to the document alone: no answer names one."""
    session.execute(delete(Stage))
    session.add_all(
        Stage(journey=journey.code, code=stage.code, position=position, names=stage.names)
        for journey in company.journeys
        for position, stage in enumerate(journey.stages)
    )


def subtree(session: Session, code: str) -> frozenset[str]:
    """A unit and all the units below it, past ones too: their answers stay where they were given."""
    children: dict[str | None, list[str]] = {}
    for unit, parent in session.execute(select(Unit.code, Unit.parent)):
        children.setdefault(parent, []).append(unit)
    found: list[str] = [code]
    for unit in found:
        found.extend(children.get(unit, ()))
    return frozenset(found)
