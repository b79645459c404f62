"""What the pages of the outer loop need to show: names, states, addresses, and one improvement with its effect."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from litestar import Response
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cem.improvements.causes import CauseTree, read_causes
from cem.improvements.effect_drawings import effect_figure
from cem.improvements.effect_words import effect_in_words, write_change, write_interval
from cem.improvements.effects import HARMFUL, MEASURED, PROVEN, VERDICTS, measure_effect
from cem.improvements.forms import kpi_of, survey_of
from cem.improvements.improvements import OPEN, STATUSES
from cem.improvements.lists import people_of
from cem.improvements.models import ClosureNotice, Improvement
from cem.improvements.notices import people_who_raised, told_share
from cem.improvements.reach import keeps, kept_units, seen_units
from cem.improvements.root_causes import find_root_cause
from cem.people.accounts import Person
from cem.scorecards.days import write_day
from cem.scorecards.offers import Offers, read_offers
from cem.settings import Settings
from cem.templating import Show
from surveys.database import day_of

# How a verdict looks; what is not among them is neither good nor bad.
LOOKS = {PROVEN: "good", HARMFUL: "bad"}


def frame(
    show: Show,
    session: Session,
    person: Person,
    offers: Offers,
    tree: CauseTree,
    names: Sequence[str | None],
) -> dict[str, Any]:
    """What every page of the outer loop needs; `names` are the accounts that it shows."""
    people = people_of(session, names)
    kept = kept_units(session, person)
    return {
        "offers": offers,
        "tree": tree,
        "statuses": STATUSES,
        "verdicts": VERDICTS,
        "looks": LOOKS,
        "kpi_of": lambda row: kpi_of(row, offers),
        "write_change": write_change,
        "write_interval": write_interval,
        "who": lambda name: people.get(name, name or ""),
        "keeps": lambda unit: keeps(kept, unit),
        "cause_name": lambda code: tree.name(code, show.language),
    }


def show_improvement(
    show: Show,
    session: Session,
    settings: Settings,
    person: Person,
    row: Improvement,
    now: datetime,
    *,
    given: Mapping[str, str] | None = None,
    fault: str = "",
) -> Response[bytes]:
    """One improvement; `given` is what somebody has just typed for customers, with the `fault` that it has."""
    today = day_of(now, settings.zone)
    offers, tree = read_offers(session), read_causes(session)
    root_cause = find_root_cause(session, row.root_cause_id)
    effect = measure_effect(session, row, offers, today)
    # Whoever may not see a unit's KPI reads what changed, and sees no course of it.
    seen = seen_units(session, person)
    visible = effect.state == MEASURED and keeps(seen, row.unit)
    controls = bool(row.control_units) and all(keeps(seen, unit) for unit in row.control_units)
    survey = survey_of(row, offers)
    return show(
        "improvements/improvement.html",
        status=400 if fault else 200,
        **frame(show, session, person, offers, tree, [row.owner, row.created_by]),
        row=row,
        root_cause=root_cause,
        effect=effect,
        sentences=effect_in_words(show.language, effect, controls=bool(row.control_units)),
        figure=effect_figure(session, show.language, row, offers, effect, controls=controls) if visible else None,
        scorecard=_scorecard(row, survey.slug) if survey and keeps(seen, row.unit) else "",
        open=row.status in OPEN,
        today=today,
        today_written=write_day(show.language, today),
        given=given or row.told,
        fault=fault,
        waiting=_count_waiting(session, row) if row.told_at else 0,
        told=told_share([row]) if row.told_at else None,
        expected_people=None
        if row.told_at
        else _people(session, settings, row, root_cause, tree, offers)
        if row.done_on
        else None,
        zone=settings.zone,
    )


def _scorecard(row: Improvement, slug: str) -> str:
    """The scorecard whose trend has the note of this improvement."""
    chosen = {"survey": slug, "kpi": row.series, "unit": row.unit, "touchpoint": row.touchpoint}
    return "/scorecards?" + urlencode({name: value for name, value in chosen.items() if value})


def _people(session: Session, settings: Settings, row: Improvement, *others: Any) -> tuple[int, int, int]:
    """How many raised it, how many of them are told, and how many by mail or text message."""
    people = people_who_raised(session, settings, row, *others)
    told = [one for one in people if one.told]
    return len(people), len(told), sum(bool(one.sent_by) for one in told)


def _count_waiting(session: Session, row: Improvement) -> int:
    waiting = ClosureNotice.improvement_id == row.improvement_id, ClosureNotice.told_at.is_(None)
    return session.scalar(select(func.count()).select_from(ClosureNotice).where(*waiting)) or 0
