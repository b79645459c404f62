"""Pay and experience: who is paid on a customer's KPI, and on which."""

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from cem.programme.evidence.found import Found, Gather, Moment, Part, share, share_of
from cem.programme.evidence.reading import customer_kpis, open_surveys
from cem.rewards.models import Participant, RewardPlan
from cem.rewards.periods import RewardPeriod
from cem.rewards.plans import AGREED, read_terms
from cem.rewards.terms import Measure, SurveyScore, Terms
from cem.scorecards.kpis import kpis_of
from cem.scorecards.offers import Offers, read_offers
from cem.scorecards.targets import targets_of
from surveys.languages import N_

# Who is paid elsewhere is not among those who are counted: the share of all staff may be lower.
KNOWN_IN_PART = 3
ONLY_HERE = N_("Only people in the product’s reward plans are known here; variable pay kept elsewhere is not counted.")
# What makes a set of measures wide: so many families, and none that outweighs the others together.
FAMILIES, LARGEST = 3, Decimal("0.5")


def agreed_plans(reader: Session) -> Mapping[str, tuple[RewardPlan, Terms]]:
    """The newest agreed version of each plan."""
    plans = reader.scalars(select(RewardPlan).where(RewardPlan.status == AGREED).order_by(RewardPlan.version))
    return {plan.code: (plan, read_terms(plan)) for plan in plans}


def on_customers(terms: Terms) -> list[Measure]:
    """The measures that customers give and that weigh something."""
    return [one for one in terms.measures if isinstance(one.source, SurveyScore) and one.weight > 0]


def paid_on_kpis(reader: Session, moment: Moment) -> Found | None:  # noqa: ARG001 - the newest periods, whenever
    """1.1: of those with a part in the newest period of an agreed plan, who has a customer measure."""
    plans = agreed_plans(reader)
    newest: dict[str, RewardPeriod] = {}
    for code, written in reader.execute(select(Participant.plan_code, Participant.period).distinct()):
        period = RewardPeriod.parse(written)
        if code in plans and (code not in newest or newest[code].first_day < period.first_day):
            newest[code] = period
    paid, aligned = set[str](), set[str]()
    for code, period in newest.items():
        people = set(
            reader.scalars(
                select(Participant.employee_no)
                .where(Participant.plan_code == code, Participant.period == period.code)
                .distinct()
            )
        )
        paid |= people
        if on_customers(plans[code][1]):
            aligned |= people
    return share(len(aligned), len(paid), cap=KNOWN_IN_PART, caution=ONLY_HERE, address="/rewards")


def kpis_reconciled(reader: Session, moment: Moment) -> Found | None:
    """2.2: KPIs with a target, a standard wherever they are asked, and a part in an agreed plan."""
    plans = agreed_plans(reader)
    if not plans:
        return None
    paid = {
        (one.source.survey, one.source.series)
        for _, terms in plans.values()
        for one in on_customers(terms)
        if isinstance(one.source, SurveyScore)
    }
    offers = read_offers(reader)
    parts = []
    for survey in open_surveys(reader, offers):
        targets = targets_of(reader, survey.survey_id, "", moment.today)
        asking = [
            one
            for one in offers.touchpoints.values()
            if survey.survey_id in {one.transactional_survey, one.feedback_survey}
        ]
        promised = bool(asking) and all(any(one.standard.values()) for one in asking)
        parts += [
            one.part(
                counts=promised and one.kpi.series in targets and (survey.slug, one.kpi.series) in paid,
            )
            for one in customer_kpis([survey])
        ]
    return share_of(parts)


def plans_balanced(reader: Session, moment: Moment) -> Found | None:  # noqa: ARG001 - as plans stand now
    """6.9: agreed plans with measures of several families, none of which is most of the weight."""
    offers = read_offers(reader)
    parts = []
    for plan, terms in agreed_plans(reader).values():
        weights: dict[str, Decimal] = defaultdict(Decimal)
        for measure in terms.measures:
            if measure.weight > 0:
                weights[_family(measure, offers)] += measure.weight
        wide = len(weights) >= FAMILIES and max(weights.values()) <= LARGEST * sum(weights.values())
        parts.append(Part(wide, terms.names, address=f"/rewards/plans/{plan.code}/{plan.version}"))
    return share_of(parts)


def _family(measure: Measure, offers: Offers) -> str:
    source = measure.source
    if not isinstance(source, SurveyScore):
        return "operations"
    survey = offers.surveys.get(source.survey)
    kinds = {kpi.series: kpi.kind for kpi in kpis_of(survey.questionnaire)} if survey else {}
    return "effort" if kinds.get(source.series) == "ces" else "perception"


REGISTRY: dict[str, Gather] = {"1.1": paid_on_kpis, "2.2": kpis_reconciled, "6.9": plans_balanced}
