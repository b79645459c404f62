"""What the customers are like: how many there are of each category, from a form or a file, with its source and day."""

import csv
import io
import math
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from cem.audit import audit
from cem.errors import BadInput, CemError
from cem.explorer.cuts import NAMES
from cem.quality.models import PopulationMargin
from cem.scorecards.offers import CHANNEL_NAMES, Offers
from surveys.cuts import COLUMNS
from surveys.database import NIL
from surveys.languages import CODES, N_, Language, ascii_digits, language

# What every response is filed under, and so what it can be weighted by.
DIMENSIONS = COLUMNS
COMPANY = NIL
HEAD = ("dimension", "category", "amount")


class MarginFault(CemError):
    title = N_("The population cannot be taken like this")
    advice = N_(
        "Write a number of customers, or a percentage, for at least two categories, and where the numbers come from. "
        "Nothing was changed."
    )


@dataclass(frozen=True)
class Margin:
    """A dimension's population: amounts by category, counts or shares alike."""

    dimension: str
    amounts: Mapping[str, float]
    source: str
    as_of: date
    own: bool = False


def read_margins(session: Session, survey_id: uuid.UUID) -> dict[str, Margin]:
    """The population by dimension: the survey's own where there is one, otherwise the company's."""
    rows = session.scalars(
        select(PopulationMargin)
        .where(PopulationMargin.survey_id.in_([survey_id, COMPANY]))
        .order_by(PopulationMargin.dimension, PopulationMargin.category)
    )
    found: dict[tuple[str, bool], list[PopulationMargin]] = {}
    for row in rows:
        found.setdefault((row.dimension, row.survey_id == survey_id), []).append(row)
    margins = {}
    for dimension in DIMENSIONS:
        for own in (True, False):
            if listed := found.get((dimension, own)):
                amounts = {row.category: row.amount for row in listed}
                margins[dimension] = Margin(dimension, amounts, listed[0].source, listed[0].as_of, own)
                break
    return margins


def set_margin(session: Session, now: datetime, actor: str, survey_id: uuid.UUID, margin: Margin) -> None:
    """This is the population in one dimension from now on, for a survey or the company (COMPANY)."""
    amounts = {category: amount for category, amount in margin.amounts.items() if amount}
    if margin.dimension not in DIMENSIONS or len(amounts) < 2 or not margin.source.strip():
        raise MarginFault
    if not all(0 <= amount < math.inf for amount in amounts.values()):
        raise MarginFault
    same = PopulationMargin.survey_id == survey_id, PopulationMargin.dimension == margin.dimension
    replaced = {row.category: row.amount for row in session.scalars(select(PopulationMargin).where(*same))}
    session.execute(delete(PopulationMargin).where(*same))
    session.expire_all()
    source = margin.source.strip()[:200]
    session.add_all(
        PopulationMargin(
            survey_id=survey_id,
            dimension=margin.dimension,
            category=category,
            amount=amount,
            source=source,
            as_of=margin.as_of,
        )
        for category, amount in amounts.items()
    )
    audit(
        session,
        now,
        actor,
        "quality:margin",
        f"{survey_id}/{margin.dimension}",
        amounts=amounts,
        source=source,
        as_of=margin.as_of.isoformat(),
        replaced=replaced,
    )


def categories(offers: Offers, dimension: str) -> list[str]:
    """The categories that a dimension can have."""
    match dimension:
        case "unit":
            return list(offers.units)
        case "touchpoint":
            return list(offers.touchpoints)
        case "channel":
            return sorted({*offers.channels, *CHANNEL_NAMES})
        case "segment":
            return list(offers.segments)
        case "language":
            return list(CODES)
    return []


def category_name(spoken: Language, offers: Offers, dimension: str, category: str) -> str:
    """A category in the reader's words."""
    match dimension:
        case "unit" if category in offers.units:
            return spoken.own(offers.units[category].names)
        case "touchpoint" if category in offers.touchpoints:
            return spoken.own(offers.touchpoints[category].names)
        case "segment" if category in offers.segments:
            return spoken.own(offers.segments[category].names)
        case "channel" if category in CHANNEL_NAMES:
            return spoken.gettext(CHANNEL_NAMES[category])
        case "language" if category in CODES:
            return language(category).name
    return category


def dimension_name(spoken: Language, dimension: str) -> str:
    return spoken.gettext(NAMES[dimension]) if dimension in NAMES else dimension


def parse_amounts(given: Mapping[str, str]) -> dict[str, float]:
    """The amounts of a form, in either language's digits; what is left empty is not in the population."""
    try:
        return {
            name.removeprefix("amount."): _number(text)
            for name, text in given.items()
            if name.startswith("amount.") and text.strip()
        }
    except ValueError:
        raise MarginFault from None


def _number(text: str) -> float:
    value = float(ascii_digits(text).replace(",", "").strip().rstrip("%٪"))
    if not 0 <= value < math.inf:
        raise ValueError(text)
    return value


def read_file(content: bytes, offers: Offers, source: str, as_of: date) -> list[Margin]:
    """The margins of a CSV file with the columns dimension, category and amount; BadInput names the line of a fault."""
    try:
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), strict=True))
    except (UnicodeDecodeError, csv.Error) as fault:
        raise BadInput(f"The file is no CSV in UTF-8: {fault}") from fault
    if not rows or not set(HEAD) <= rows[0].keys():
        raise BadInput(f"The file needs the columns {', '.join(HEAD)} and at least one row.")
    amounts: dict[str, dict[str, float]] = {}
    for line, row in enumerate(rows, 2):
        dimension, category, text = ((row[name] or "").strip() for name in HEAD)
        if dimension not in DIMENSIONS:
            raise BadInput(f"line {line}: {dimension!r} is none of {', '.join(DIMENSIONS)}.")
        if category not in categories(offers, dimension):
            raise BadInput(f"line {line}: there is no {dimension} {category!r}.")
        if category in amounts.setdefault(dimension, {}):
            raise BadInput(f"line {line}: {dimension} {category!r} stands there twice.")
        try:
            amounts[dimension][category] = _number(text)
        except ValueError:
            raise BadInput(f"line {line}: {text!r} is no count or share.") from None
    if few := [dimension for dimension, given in amounts.items() if sum(map(bool, given.values())) < 2]:
        raise BadInput(f"{few[0]}: a population needs at least two categories with a number.")
    return [Margin(dimension, given, source, as_of) for dimension, given in amounts.items()]
