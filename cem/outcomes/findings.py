"""Each finding in one plain sentence: what goes together with what, how sure that is, and no word of cause."""

from collections.abc import Iterator

from cem.outcomes.groups import LOW, TOP
from cem.outcomes.outcomes import Outcomes
from cem.scorecards.kpis import Kpi
from metrics import Estimate
from surveys.languages import N_, Language

PROVEN = N_("beyond chance")
CHANCE = N_("not proven, it may be chance")

STAY = N_(
    "%(months)s months after the answer, %(top)s of the %(tops)s and %(low)s of the %(lows)s are still "
    "customers: %(sure)s."
)
ODDS = N_(
    "The odds of leaving within %(months)s months are %(ratio)s times as high for a %(low)s as for a %(top)s "
    "(%(from)s to %(to)s)."
)
BESIDE = N_(
    "With how long they have been customers and what they need taken into account, it is %(ratio)s times "
    "(%(from)s to %(to)s)."
)
SPEND = N_("In a year after the answer a %(top)s spends %(more)s and a %(low)s %(less)s: %(sure)s.")
MONEY = N_(
    "1 more %(top)s in 100 customers goes together with %(each)s more margin a year (%(from)s to %(to)s); if "
    "that held for all %(customers)s customers, with %(all)s."
)
NO_MONEY = N_(
    "Whether 1 more %(top)s in 100 customers goes together with more margin cannot be told: %(from)s to %(to)s a year."
)
WORTH = N_("A customer is worth %(value)s over the next %(years)s years.")
WALLET = N_("Of all that customers spend on such things, %(share)s is spent here (%(from)s to %(to)s).")
TALK = N_(
    "Of 100 customers %(good)s speak well and %(bad)s speak ill. If a bad word undoes %(multiplier)s good "
    "ones, what is left is %(net)s (%(from)s to %(to)s)."
)
BEST = N_("The best customers are %(share)s of the customers and bring %(spend)s of the spend.")
RISK = N_("%(n)s customers bought often and much, and not lately.")
CELL_LOW = N_(
    "Less content than the rest: customers of %(tier)s who need “%(need)s”, with %(kpi)s %(value)s (%(from)s "
    "to %(to)s)."
)
CELL_HIGH = N_(
    "More content than the rest: customers of %(tier)s who need “%(need)s”, with %(kpi)s %(value)s (%(from)s "
    "to %(to)s)."
)

IN_WORDS = {
    "high": N_("high value"),
    "middle": N_("middle value"),
    "low": N_("low value"),
}


def amount(language: Language, value: float) -> str:
    """Money with three figures or more: its unit may be rials or thousands of euros."""
    size = abs(value)
    return language.number(value, 0 if size >= 100 or value == int(value) else 1 if size >= 10 else 2)


def link_findings(language: Language, outcomes: Outcomes) -> Iterator[str]:
    """About the KPI's groups and what they did next."""
    names = {group.code: group for group in outcomes.groups}
    if TOP not in names or LOW not in names:
        return
    one = {"top": language.gettext(names[TOP].one), "low": language.gettext(names[LOW].one)}
    yield from _staying(language, outcomes, one)
    yield from _spending(language, outcomes, one)


def _staying(language: Language, outcomes: Outcomes, one: dict[str, str]) -> Iterator[str]:
    staying = outcomes.staying
    if not staying.horizon:
        return
    months = language.number(staying.horizon)
    top, low = staying.kept(TOP), staying.kept(LOW)
    churn = staying.churn.get(LOW)
    if top and low and top.value is not None and low.value is not None and churn:
        yield language.fill(
            STAY,
            {
                "months": months,
                "top": language.percent(top.value),
                "low": language.percent(low.value),
                "tops": language.gettext(outcomes.group(TOP).name).lower(),
                "lows": language.gettext(outcomes.group(LOW).name).lower(),
                "sure": language.gettext(PROVEN if churn.p is not None and churn.p < 0.05 else CHANCE),
            },
        )
    odds = staying.odds.get(LOW)
    if odds:
        yield language.fill(ODDS, {"months": months, **one, **_ratio(language, odds.alone)})
    if odds and odds.beside:
        yield language.fill(BESIDE, _ratio(language, odds.beside))


def _spending(language: Language, outcomes: Outcomes, one: dict[str, str]) -> Iterator[str]:
    spending = outcomes.spending
    top, low = spending.groups.get(TOP), spending.groups.get(LOW)
    if top and low and top.mean.value is not None and low.mean.value is not None and low.difference:
        amounts = {"more": amount(language, top.mean.value), "less": amount(language, low.mean.value)}
        sure = PROVEN if low.p is not None and low.p < 0.05 else CHANCE
        yield language.fill(SPEND, {**one, **amounts, "sure": language.gettext(sure)})
    found = spending.difference
    if found and found.value is not None and found.low is not None and found.high is not None:
        values = {
            "top": one["top"],
            "each": amount(language, found.value),
            "from": amount(language, found.low),
            "to": amount(language, found.high),
            "customers": language.number(spending.customers),
            "all": amount(language, spending.of_company(found.value)),
        }
        yield language.fill(MONEY if spending.proven and found.value > 0 else NO_MONEY, values)


def _ratio(language: Language, odds: Estimate) -> dict[str, str]:
    limits = {"ratio": odds.value, "from": odds.low, "to": odds.high}
    return {name: language.number(value or 0, 1) for name, value in limits.items()}


def value_findings(language: Language, outcomes: Outcomes) -> Iterator[str]:
    """About what customers are worth, their wallet and their talk."""
    if outcomes.worth:
        some = outcomes.worth.some_years
        yield language.fill(WORTH, {"value": amount(language, some.value), "years": some.horizon})
    yield from _share(language, outcomes.wallet)
    talk = outcomes.talk
    if talk and talk.good is not None and talk.bad is not None and talk.net.low is not None:
        yield language.fill(
            TALK,
            {
                "good": language.number(talk.good),
                "bad": language.number(talk.bad),
                "multiplier": language.number(talk.multiplier, int(talk.multiplier % 1 > 0)),
                "net": language.number(talk.net.value or 0, signed=True),
                "from": language.number(talk.net.low, signed=True),
                "to": language.number(talk.net.high or 0, signed=True),
            },
        )


def _share(language: Language, wallet: Estimate) -> Iterator[str]:
    if wallet.value is not None and wallet.low is not None and wallet.high is not None:
        shares = {"share": wallet.value, "from": wallet.low, "to": wallet.high}
        yield language.fill(WALLET, {name: language.percent(value, 1) for name, value in shares.items()})


def segment_findings(language: Language, kpi: Kpi, outcomes: Outcomes) -> Iterator[str]:
    """About who buys how, and which cells of value and need differ from the rest for real."""
    for tile in outcomes.tiles:
        if tile.code == "best":
            shares = {"share": language.percent(tile.share), "spend": language.percent(tile.spend)}
            yield language.fill(BEST, shares)
        elif tile.code == "at_risk":
            yield language.fill(RISK, {"n": language.number(tile.n)})
    if outcomes.matrix is None:
        return
    table = outcomes.matrix.table
    for row in table.rows:
        for column in table.columns:
            cell = table.cell(row, column)
            estimate = cell.estimate
            if not cell.differs or estimate is None or estimate.low is None or estimate.high is None:
                continue
            values = {
                "tier": language.gettext(IN_WORDS[row.code]),
                "need": column.name(language),
                "kpi": kpi.short_name(language),
                "value": kpi.write(language, estimate.value or 0),
                "from": kpi.write(language, estimate.low),
                "to": kpi.write(language, estimate.high),
            }
            yield language.fill(CELL_HIGH if cell.differs > 0 else CELL_LOW, values)
