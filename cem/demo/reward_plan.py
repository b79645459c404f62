"""The demo company's reward plan: three KPIs that customers give, and what the company counts elsewhere."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy.orm import Session

from cem.operations.figures import operational_metrics, operational_totals
from cem.operations.models import SHARE, OperationalMetric
from cem.rewards.periods import RewardPeriod
from cem.rewards.terms import Terms

PLAN = "branch-rewards"
SURVEY = "after-contact"
_PAYS = {"pay_at_threshold": 50, "pay_at_target": 100, "pay_at_stretch": 150, "least_n": 50}
_KPIS = (
    {"code": "nps", "series": "recommend", "weight": 40, "threshold": 10, "target": 25, "stretch": 45,
     "guard": "cap_at_target"},
    {"code": "csat", "series": "satisfaction", "weight": 30, "threshold": 60, "target": 70, "stretch": 82,
     "guard": "cap_at_target"},
    {"code": "ces", "series": "effort", "weight": 30, "threshold": "4.4", "target": "4.8", "stretch": "5.4",
     "guard": "shrunken", "least_reliability": "0.4"},
)  # fmt: skip
# Of what the company counts elsewhere: how much weight it takes from the KPIs, and the conditions on the whole.
_OPERATIONS = {"answered-in-time": 15, "waiting-time": 10}
_GATES = {"acknowledged": ("at_least", "zero"), "complaints-repeated": ("at_most", "multiply")}


def demo_terms(session: Session, first: RewardPeriod) -> Terms:
    """The plan; operational metrics take part where the company has them, with targets from the year before."""
    known = _levels(session, first)
    counted = [_measure(metric, value) for metric, value in known.values() if metric.code in _OPERATIONS]
    left = 100 - sum(measure["weight"] for measure in counted)
    kpis = [_kpi(kpi, left) for kpi in _KPIS]
    document = {
        "code": PLAN,
        "names": {"fa": "پاداش شعبه‌ها و مرکز تماس", "en": "Rewards for branches and contact centre"},
        "purpose": {
            "fa": "وقتی مشتری راحت‌تر به کارش می‌رسد و ما را به دیگران معرفی می‌کند، همکارانش در آن سهیم‌اند.",
            "en": "When customers have less effort and recommend us, those who made it so have their share.",
        },
        "plan_class": "staff",
        "measures": [*kpis, *counted],
        "gates": [
            _response_rate(),
            *(_gate(metric, value) for metric, value in known.values() if metric.code in _GATES),
        ],
        "rounding_unit": 10_000,
        "baseline": {"fa": "چهار فصل پیش از آغاز طرح", "en": "The four quarters before the plan began"},
        "margin_of_error": {
            "fa": "با ۷۰ پاسخ در فصل، حاشیه خطای NPS حدود ۱۸ واحد است؛ آستانه و هدف چالشی بیرون از آن‌اند.",
            "en": "With 70 answers the margin of error of NPS is about 18 points; threshold and stretch lie beyond.",
        },
    }
    return msgspec.convert(document, Terms, strict=False)


def _levels(session: Session, first: RewardPeriod) -> Mapping[str, tuple[OperationalMetric, Decimal]]:
    """The metrics that there are, with what each stood at in the year before."""
    wanted = {*_OPERATIONS, *_GATES}
    metrics = {metric.code: metric for metric in operational_metrics(session) if metric.code in wanted}
    before = first.plus(-4)
    totals = operational_totals(session, list(metrics), [""], before.first_day, first.plus(-1).last_day)
    return {
        code: (metrics[code], round(Decimal(str(float(total.value))), 1))
        for (code, _), total in sorted(totals.items())
        if total.value is not None
    }


def _kpi(kpi: Mapping[str, Any], left: int) -> dict[str, Any]:
    source = {"from": "survey", "survey": SURVEY, "series": kpi["series"]}
    own = {name: value for name, value in kpi.items() if name != "series"}
    return {**_PAYS, **own, "source": source, "weight": str(Decimal(kpi["weight"]) * left / 100)}


def _measure(metric: OperationalMetric, level: Decimal) -> dict[str, Any]:
    """The target is what was usual; threshold and stretch lie a third of what is left to reach around it."""
    best = Decimal(0) if metric.lower_is_better else Decimal(100) if metric.kind == SHARE else level * 2
    step = max(Decimal("0.1"), round(abs(best - level) / 3, 1))
    better = -step if metric.lower_is_better else step
    return {
        **_PAYS,
        "code": metric.code,
        "source": {"from": "operation", "metric": metric.code},
        "weight": _OPERATIONS[metric.code],
        "threshold": str(level - better),
        "target": str(level),
        "stretch": str(level + better),
        "guard": "none",
    }


def _gate(metric: OperationalMetric, level: Decimal) -> dict[str, Any]:
    """Far enough from what is usual that few are stopped."""
    comparison, effect = _GATES[metric.code]
    limit = level * Decimal("0.85") if comparison == "at_least" else level * Decimal("1.5")
    return {
        "code": metric.code,
        "source": {"from": "operation", "metric": metric.code},
        "comparison": comparison,
        "limit": str(round(limit)),
        "effect": effect,
        **({"factor": "0.9"} if effect == "multiply" else {}),
    }


def _response_rate() -> dict[str, Any]:
    return {
        "code": "response-rate",
        "source": {"from": "response_rate", "survey": SURVEY},
        "comparison": "at_least",
        "limit": 30,
        "effect": "multiply",
        "factor": "0.9",
    }
