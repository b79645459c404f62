"""The terms of a plan as one document: measures, gates, how much counts, and how amounts are rounded.

Numbers are decimals as people write them; pays, weights, cap and floor are percent, 100 being the target amount.
"""

from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Literal

from msgspec import Meta, Struct

from metrics.payouts.amounts import Rounding
from metrics.payouts.curves import PayoutCurve, Shape
from metrics.payouts.guards import Guard
from surveys.company import Code
from surveys.languages import N_
from surveys.questionnaire import Text

# Stands where a template's source is not known here, until somebody chooses one.
UNCHOSEN = "not-chosen"

Percent = Decimal
Scope = Literal["unit", "parent", "company"]
Insufficient = Literal["redistribute", "parent_unit", "pay_target", "zero", "carry_forward"]
PlanClass = Literal["executive", "manager", "staff", "team"]

CLASS_NAMES = {
    "executive": N_("Executives"),
    "manager": N_("Managers"),
    "staff": N_("Staff"),
    "team": N_("Teams"),
}
GUARD_NAMES = {
    Guard.NONE: N_("No guard"),
    Guard.CAP_AT_TARGET: N_("Above target only when proven"),
    Guard.LOWER_BOUND: N_("The lower end of the interval counts"),
    Guard.NEUTRAL_BAND: N_("A target within the interval pays the target"),
    Guard.SHRUNKEN: N_("Shrunken score, above target only when likely"),
}
SHAPE_NAMES = {
    Shape.LINEAR: N_("Straight lines"),
    Shape.FLAT: N_("Straight lines with a flat zone at the target"),
    Shape.STEPS: N_("Steps"),
    Shape.CLIFF: N_("All or nothing at the target"),
}
INSUFFICIENT_NAMES = {
    "redistribute": N_("Its weight goes to the other measures"),
    "parent_unit": N_("The parent unit's result counts, otherwise its weight goes to the others"),
    "pay_target": N_("It pays the target"),
    "zero": N_("It pays nothing"),
    "carry_forward": N_("It pays what it last paid, otherwise its weight goes to the others"),
}
SCOPE_NAMES = {
    "unit": N_("Own unit"),
    "parent": N_("Parent unit"),
    "company": N_("Whole company"),
}


class _Source(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="from"):
    """Where a number comes from."""


class SurveyScore(_Source, frozen=True, kw_only=True, tag="survey"):
    """A KPI that customers give: a series of a survey, as scorecards show it."""

    survey: Code
    series: Code


class OperationalFigure(_Source, frozen=True, kw_only=True, tag="operation"):
    """A metric that the company feeds."""

    metric: Code


class ResponseRate(_Source, frozen=True, kw_only=True, tag="response_rate"):
    """Of those who were invited, how many answered, in percent."""

    survey: Code


class InvitationCoverage(_Source, frozen=True, kw_only=True, tag="invitation_coverage"):
    """Of the encounters that could be asked about, about how many somebody was asked, in percent."""

    survey: Code


Source = SurveyScore | OperationalFigure | ResponseRate | InvitationCoverage


class Measure(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One measure of a plan with its weight and curve."""

    code: Code
    source: SurveyScore | OperationalFigure
    weight: Percent
    threshold: Decimal
    target: Decimal
    stretch: Decimal
    scope: Scope = "unit"
    pay_at_threshold: Percent = Decimal(0)
    pay_at_target: Percent = Decimal(100)
    pay_at_stretch: Percent = Decimal(150)
    shape: Shape = Shape.LINEAR
    flat: Decimal = Decimal(0)
    least_n: Annotated[int, Meta(ge=1)] = 100
    least_reliability: Decimal = Decimal("0.5")
    guard: Guard = Guard.SHRUNKEN
    insufficient: Insufficient = "parent_unit"

    @property
    def curve(self) -> PayoutCurve:
        """The payout curve; ValueError where its points make none."""
        return PayoutCurve(
            threshold=Fraction(self.threshold),
            target=Fraction(self.target),
            stretch=Fraction(self.stretch),
            pay_at_threshold=Fraction(self.pay_at_threshold) / 100,
            pay_at_target=Fraction(self.pay_at_target) / 100,
            cap=Fraction(self.pay_at_stretch) / 100,
            shape=self.shape,
            flat=Fraction(self.flat),
        )

    @property
    def lower_is_better(self) -> bool:
        return self.stretch < self.threshold


class GateTerms(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A condition on the whole score: shut, it pays nothing, multiplies, or holds the decision back."""

    code: Code
    source: Source
    comparison: Literal["at_least", "at_most"]
    limit: Decimal
    effect: Literal["zero", "multiply", "hold"] = "zero"
    factor: Decimal = Decimal(0)
    scope: Scope = "unit"

    @property
    def multiplier(self) -> Fraction | None:
        """What the score is multiplied by where the gate is shut; None where it holds."""
        match self.effect:
            case "zero":
                return Fraction(0)
            case "multiply":
                return Fraction(self.factor)
            case _:
                return None


class Terms(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that a plan pays by."""

    code: Code
    names: Annotated[Text, Meta(min_length=1)]
    purpose: Text = {}
    plan_class: PlanClass
    measures: Annotated[tuple[Measure, ...], Meta(min_length=1, max_length=12)]
    gates: tuple[GateTerms, ...] = ()
    currency: Annotated[str, Meta(pattern=r"^[A-Z]{3}$")] = "IRR"
    rounding_unit: Annotated[int, Meta(ge=1)] = 1000
    rounding: Rounding = Rounding.HALF_EVEN
    cap: Percent = Decimal(130)
    floor: Percent = Decimal(0)
    # At least so much of the weights is on what customers say.
    customer_minimum: Percent = Decimal(25)
    # Below so much valid weight there is no decision.
    least_weight: Percent = Decimal(50)
    # How probable it must be that the target is reached before the shrunken guard pays more than the target.
    probability: Decimal = Decimal("0.8")
    appeal_days: Annotated[int, Meta(ge=1, le=90)] = 15
    # What the targets were set against, and how far apart from noise they are.
    baseline: Text = {}
    margin_of_error: Text = {}

    @property
    def measure(self) -> dict[str, Measure]:
        return {measure.code: measure for measure in self.measures}
