"""Scores by unit in percent of the target: for those who steer, without names and without amounts."""

import uuid
from typing import Any

from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency
from sqlalchemy.orm import Session

from cem.people.accounts import Person
from cem.rewards.models import RewardPlan, RewardRun
from cem.rewards.periods import RewardPeriod
from cem.rewards.plans import read_terms
from cem.rewards.runs import UnknownRun
from cem.rewards.share_figures import bands_figure
from cem.rewards.shares import read_shares, shared_runs
from cem.roles import Action, Scope, scope_of
from cem.scorecards.offers import read_offers
from cem.scorecards.privacy import MINIMUM
from cem.templating import Show


class SharePages(Controller):
    path = "/rewards/shares"

    @get("/", sync_to_thread=True, opt={"action": Action.REWARDS_SHARES_READ})
    def show_shares(
        self, request: Request[Person, Any, Any], show: NamedDependency[Show], reader: NamedDependency[Session]
    ) -> Response[bytes]:
        """The newest period, or the one of the address; a unit manager sees the own unit and what is below it."""
        runs, offers = shared_runs(reader), read_offers(reader)
        run = _asked(runs, request.query_params.get("run", ""))
        own = scope_of(request.user.role, Action.REWARDS_SHARES_READ) is Scope.OWN_UNITS
        shares = read_shares(reader, run, offers, request.user.unit if own else None) if run else None
        terms = {run.plan_id: read_terms(reader.get_one(RewardPlan, run.plan_id)) for run in runs}
        return show(
            "rewards/shares.html",
            runs=[(one, RewardPeriod.parse(one.period), terms[one.plan_id]) for one in runs],
            run=run,
            period=RewardPeriod.parse(run.period) if run else None,
            terms=terms[run.plan_id] if run else None,
            shares=shares,
            rows=sorted(shares.units, key=lambda one: _place(offers, one.unit, show)) if shares else (),
            figure=bands_figure(show.language, shares) if shares and not own else None,
            offers=offers,
            least=MINIMUM,
        )


def _asked(runs: list[RewardRun], text: str) -> RewardRun | None:
    """The run of the address; the newest where it names none."""
    if not text:
        return runs[0] if runs else None
    try:
        run_id = uuid.UUID(text)
    except ValueError:
        raise UnknownRun from None
    for run in runs:
        if run.run_id == run_id:
            return run
    raise UnknownRun


def _place(offers: Any, unit: str, show: Show) -> tuple[Any, Any]:
    """By the unit above and then by name: with intervals behind them, an order by score would be a ranking."""
    above = offers.units[unit].parent
    language = show.language
    parent = language.own(offers.units[above].names) if above else ""
    return language.sort_key(parent), language.sort_key(language.own(offers.units[unit].names))
