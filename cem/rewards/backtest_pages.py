"""The back-test of a plan: what it would have paid, how much of that was noise, and what each guard would do."""

import math
from typing import Any

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from sqlalchemy import select
from sqlalchemy.orm import Session

from cem.rewards.backtests import BANDS, Backtest, back_test
from cem.rewards.models import RewardRun
from cem.rewards.odds import plan_odds
from cem.rewards.periods import RewardPeriod
from cem.rewards.plans import find_plan, read_terms
from cem.rewards.priors import fix_priors
from cem.rewards.run_views import names_of
from cem.rewards.terms import GUARD_NAMES
from cem.rewards.wordings import money, share
from cem.roles import Action
from cem.scorecards.offers import read_offers
from cem.settings import Settings
from cem.templating import Show
from surveys.database import day_of, utc_now
from surveys.languages import N_, Language

BAND_NAMES = (
    N_("nothing"),
    N_("up to half of the target"),
    N_("half to the whole target"),
    N_("more than the target"),
)


class BacktestPages(Controller):
    path = "/rewards/backtests"

    @get("/{code:str}/{version:int}", sync_to_thread=True, opt={"action": Action.REWARDS_READ})
    def show_backtest(
        self,
        code: FromPath[str],
        version: FromPath[int],
        show: NamedDependency[Show],
        reader: NamedDependency[Session],
        settings: NamedDependency[Settings],
        last: FromQuery[str] = "",
    ) -> Response[bytes]:
        """The plan in four past periods; `last` names the newest of them."""
        plan, now = find_plan(reader, code, version), utc_now()
        terms, offers = read_terms(plan), read_offers(reader)
        newest = _newest(reader, code) or RewardPeriod.quarter_of(
            day_of(now, settings.zone), show.language.calendar
        ).plus(-1)
        period = RewardPeriod.parse(last) if last else newest
        found = back_test(reader, terms, period, now, settings.zone)
        priors = fix_priors(reader, offers, terms, period, list(found.periods[-1].units))
        return show(
            "rewards/backtest.html",
            plan=plan,
            test=found,
            odds=plan_odds(terms, offers, priors, found.periods[-1]),
            known=names_of(reader, offers, terms),
            offers=offers,
            choices=[newest.plus(-back) for back in range(8)],
            chosen=period,
            highest=_highest(found),
            band_names=BAND_NAMES[: len(BANDS) + 1],
            guard_names=GUARD_NAMES,
            money=money,
            share=share,
            chance=_chance,
        )


def _newest(reader: Session, code: str) -> RewardPeriod | None:
    """The newest period of a plan, which tells its calendar and length too; None before its first."""
    statement = select(RewardRun.period).where(RewardRun.plan_code == code).order_by(RewardRun.first_day.desc())
    found = reader.scalars(statement.limit(1)).first()
    return None if found is None else RewardPeriod.parse(found)


def _highest(test: Backtest) -> float:
    """Where the axis of costs ends."""
    ends = [one.quantiles[2] for one in test.periods if one.quantiles]
    return max([float(test.base), *ends, 1.0]) * 1.02


def _chance(language: Language, value: float) -> Any:
    """A share of 0..1 in percent; a dash where too few cases were simulated."""
    return "–" if math.isnan(value) else language.percent(100 * value, 1 if value < 0.1 else 0)
