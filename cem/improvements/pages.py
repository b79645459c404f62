"""The pages of the outer loop: what many cases have in common, who looks into it, what was changed and what it did."""

import uuid
from datetime import datetime
from typing import Any

from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from cem.improvements.causes import KINDS, read_causes
from cem.improvements.counting import LONGEST, PERIODS, read_counted
from cem.improvements.drawings import burn_down_figure, pareto, pareto_figure, read_burn_down
from cem.improvements.forms import BETWEEN, given_of
from cem.improvements.improvements import find_improvement
from cem.improvements.lists import (
    IMPROVEMENT_VIEWS,
    ROOT_CAUSE_VIEWS,
    improvements_of,
    list_improvements,
    list_root_causes,
    read_wanted,
    root_causes_of,
)
from cem.improvements.numbers import outer_numbers
from cem.improvements.reach import expect_kept, kept_units
from cem.improvements.root_cause_words import reason_in_words
from cem.improvements.root_causes import REASONS, WHYS, find_root_cause, owners
from cem.improvements.showing import frame, show_improvement
from cem.people.accounts import Person
from cem.roles import Action
from cem.scorecards.kpis import kpis_of
from cem.scorecards.offers import Offers, read_offers
from cem.settings import Settings
from cem.templating import Show
from surveys.database import day_of, utc_now
from surveys.languages import ascii_digits


class ImprovementPages(Controller):
    path = "/improvements"

    @get("/", sync_to_thread=True, opt={"action": Action.IMPROVEMENTS_READ})
    def show_list(
        self,
        request: Request[Person, Any, Any],
        show: NamedDependency[Show],
        reader: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Response[bytes]:
        """The outer loop's numbers, the causes by their cases, the burn-down, and all improvements."""
        now, offers, tree = utc_now(), read_offers(reader), read_causes(reader)
        wanted = read_wanted(request.query_params, IMPROVEMENT_VIEWS, offers)
        units = offers.subtree(wanted.unit) if wanted.unit else None
        days = _days(request.query_params.get("days", ""))
        year = read_counted(reader, LONGEST, now)
        counted = year if days == LONGEST else read_counted(reader, days, now)
        bars = pareto(show.language, counted.of(units), tree)
        listed = list_improvements(reader, wanted, offers)
        return show(
            "improvements/list.html",
            **frame(show, reader, request.user, offers, tree, [row.owner for row in listed.rows]),
            wanted=wanted,
            days=days,
            periods=PERIODS,
            views=IMPROVEMENT_VIEWS,
            numbers=outer_numbers(reader, now, units, year, tree, offers),
            without=counted.without(units),
            bars=bars,
            pareto=pareto_figure(show.language, bars),
            burn_down=burn_down_figure(show.language, read_burn_down(reader, now, settings.zone, units)),
            listed=listed,
            root_causes=root_causes_of(reader, listed.rows),
            today=day_of(now, settings.zone),
            zone=settings.zone,
        )

    @get("/root-causes", sync_to_thread=True, opt={"action": Action.IMPROVEMENTS_READ})
    def show_root_causes(
        self,
        request: Request[Person, Any, Any],
        show: NamedDependency[Show],
        reader: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Response[bytes]:
        """What is looked into, why, since when, by whom, and how many cases it explains."""
        now, offers, tree = utc_now(), read_offers(reader), read_causes(reader)
        wanted = read_wanted(request.query_params, ROOT_CAUSE_VIEWS, offers)
        listed = list_root_causes(reader, wanted, offers)
        counted = read_counted(reader, LONGEST, now)
        kept = kept_units(reader, request.user)
        return show(
            "improvements/root_causes.html",
            **frame(show, reader, request.user, offers, tree, [row.owner for row in listed.rows]),
            wanted=wanted,
            views=ROOT_CAUSE_VIEWS,
            listed=listed,
            improvements=improvements_of(reader, [row.root_cause_id for row in listed.rows]),
            explained={row.root_cause_id: counted.explained([row], tree, offers) for row in listed.rows},
            reasons=REASONS,
            now=now,
            offered_units=_offered(offers, kept),
            whole=kept is None,
            zone=settings.zone,
        )

    @get("/root-causes/{root_cause_id:uuid}", sync_to_thread=True, opt={"action": Action.IMPROVEMENTS_READ})
    def show_root_cause(
        self,
        request: Request[Person, Any, Any],
        root_cause_id: FromPath[uuid.UUID],
        show: NamedDependency[Show],
        reader: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Response[bytes]:
        """One root cause: why it was taken up, the five whys, what is done about it, what was concluded."""
        now, offers, tree = utc_now(), read_offers(reader), read_causes(reader)
        row = find_root_cause(reader, root_cause_id)
        improvements = improvements_of(reader, [row.root_cause_id])[row.root_cause_id]
        who = [row.owner, row.closed_by, row.opened_by, *(one.owner for one in improvements)]
        return show(
            "improvements/root_cause.html",
            **frame(show, reader, request.user, offers, tree, who),
            row=row,
            reason=reason_in_words(show.language, row),
            counts=[(days, read_counted(reader, days, now).explained([row], tree, offers)) for days in PERIODS],
            improvements=improvements,
            owners=owners(reader),
            whys=WHYS,
            now=now,
            today=day_of(now, settings.zone),
            zone=settings.zone,
        )

    @get("/root-causes/{root_cause_id:uuid}/plan", sync_to_thread=True, opt={"action": Action.IMPROVEMENTS_KEEP})
    def show_plan(
        self,
        request: Request[Person, Any, Any],
        root_cause_id: FromPath[uuid.UUID],
        show: NamedDependency[Show],
        reader: NamedDependency[Session],
    ) -> Response[bytes]:
        """The form of a new improvement."""
        row = find_root_cause(reader, root_cause_id)
        given = {"unit": row.unit or request.user.unit or "", "owner": row.owner or ""}
        address = f"/improvements/root-causes/{row.root_cause_id}"
        return show_form(show, reader, request.user, given, f"{address}/plan", address)

    @get("/causes", sync_to_thread=True, opt={"action": Action.IMPROVEMENTS_READ})
    def show_causes(
        self,
        request: Request[Person, Any, Any],
        show: NamedDependency[Show],
        reader: NamedDependency[Session],
    ) -> Response[bytes]:
        """The catalogue of causes with the cases of a year, and the form to add or change one."""
        now, offers, tree = utc_now(), read_offers(reader), read_causes(reader)
        chosen = tree.causes.get(request.query_params.get("code", ""))
        counts = read_counted(reader, LONGEST, now).of(None)
        return show(
            "improvements/causes.html",
            **frame(show, reader, request.user, offers, tree, []),
            # A cause has the cases of what stands below it too.
            counts={code: sum(counts.get(below, 0) for below in tree.below(code)) for code in tree.causes},
            kinds=KINDS,
            chosen=chosen,
        )

    @get("/{improvement_id:uuid}", sync_to_thread=True, opt={"action": Action.IMPROVEMENTS_READ})
    def show_one(
        self,
        request: Request[Person, Any, Any],
        improvement_id: FromPath[uuid.UUID],
        show: NamedDependency[Show],
        reader: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Response[bytes]:
        """One improvement: the plan, the effect in words, as a figure and as a table, and who was told."""
        now: datetime = utc_now()
        return show_improvement(show, reader, settings, request.user, find_improvement(reader, improvement_id), now)

    @get("/{improvement_id:uuid}/change", sync_to_thread=True, opt={"action": Action.IMPROVEMENTS_KEEP})
    def show_change(
        self,
        request: Request[Person, Any, Any],
        improvement_id: FromPath[uuid.UUID],
        show: NamedDependency[Show],
        reader: NamedDependency[Session],
    ) -> Response[bytes]:
        """The form of an improvement that is not done yet."""
        row = find_improvement(reader, improvement_id)
        expect_kept(kept_units(reader, request.user), row.unit)
        address = f"/improvements/{row.improvement_id}"
        given = given_of(row, read_offers(reader), show.language)
        return show_form(show, reader, request.user, given, f"{address}/change", address)


def show_form(
    show: Show,
    session: Session,
    person: Person,
    given: dict[str, Any],
    action: str,
    back: str,
    fault: str = "",
) -> Response[bytes]:
    """The form of a plan, empty, as it is, or as it was sent with what is wrong."""
    offers, tree = read_offers(session), read_causes(session)
    kept = kept_units(session, person)
    kpis = [
        (f"{survey.slug}{BETWEEN}{kpi.series}", survey, kpi)
        for survey in offers.surveys.values()
        for kpi in kpis_of(survey.questionnaire)
    ]
    return show(
        "improvements/edit.html",
        status=400 if fault else 200,
        **frame(show, session, person, offers, tree, []),
        given=given,
        address=action,
        back=back,
        fault=fault,
        kpis=kpis,
        owners=owners(session),
        offered_units=_offered(offers, kept),
        whole=kept is None,
    )


def _offered(offers: Offers, kept: frozenset[str] | None) -> list[Any]:
    """The units that somebody may keep improvements for."""
    return [unit for unit in offers.units.values() if unit.valid_to is None and (kept is None or unit.code in kept)]


def _days(text: str) -> int:
    given = ascii_digits(text)
    return int(given) if given in {str(days) for days in PERIODS} else 90
