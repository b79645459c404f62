"""Pure statistics: counts in, a frozen result with its interval out.

No web, no database, no clock, no I/O. What a scorecard needs is importable from here and loaded when it is first asked
for. It needs numpy and scipy.special alone, for the time an import takes; `metrics.ordinal`, `metrics.bootstrap`,
`metrics.reliability.factor_model`, `metrics.outcomes.purchases` and `metrics.outcomes.spend` need scipy.stats or
scipy.optimize and are imported by name.

    >>> from metrics import Histogram, nps
    >>> nps(Histogram.of([10, 9, 7, 3])).value
    25.0
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from metrics.comparisons.decomposition import Decomposition, decompose_change
    from metrics.comparisons.differences import Comparison
    from metrics.comparisons.effects import Effect, difference_in_differences
    from metrics.comparisons.groups import ManyGroups, Pair, compare, compare_many
    from metrics.comparisons.heterogeneity import Heterogeneity
    from metrics.comparisons.multiplicity import adjust_p_values
    from metrics.comparisons.paired import PairedChange, PairedShares, paired_nps, paired_shares
    from metrics.comparisons.targets import (
        AgainstTarget,
        NpsPrior,
        SharePrior,
        chance_of_nps,
        chance_of_share,
        compare_to_target,
    )
    from metrics.drivers.importance import relative_weights, shapley_r2
    from metrics.drivers.key_drivers import KeyDrivers, key_drivers
    from metrics.drivers.priorities import Priorities, importance_performance
    from metrics.drivers.regression import Regression, least_squares
    from metrics.estimate import Estimate
    from metrics.histogram import Histogram
    from metrics.means import ces, mean_score
    from metrics.net_promoter import nps
    from metrics.outcomes.cox import CoxModel, cox
    from metrics.outcomes.firth import firth
    from metrics.outcomes.lifetime_value import LifetimeValue, lifetime_value, retention_rate
    from metrics.outcomes.links import LinkedMean, LinkedRate, first_answers, linked_means, linked_rates
    from metrics.outcomes.logistic import LogisticModel, logistic
    from metrics.outcomes.recency_frequency import RecencyFrequency, rfm_scores
    from metrics.outcomes.survival import SurvivalCurve, kaplan_meier, log_rank, restricted_mean
    from metrics.outcomes.wallet import share_of_wallet
    from metrics.outcomes.word_of_mouth import WordOfMouth, word_of_mouth
    from metrics.payouts.curves import PayoutCurve
    from metrics.payouts.scores import Payout, payout
    from metrics.proportions import csat, proportion
    from metrics.quality import duplicates, speeding, straight_lining
    from metrics.reliability.agreement import Intraclass, intraclass, krippendorff_alpha
    from metrics.reliability.scales import ScaleAnalysis, analyse_scale, cronbach_alpha, spearman_brown
    from metrics.sampling.power import detectable_nps, detectable_share
    from metrics.sampling.response_rates import ResponseRates, response_rates
    from metrics.sampling.sizes import (
        SampleSize,
        mean_sample,
        nps_sample,
        share_sample,
        two_mean_sample,
        two_nps_sample,
        two_share_sample,
    )
    from metrics.shrinkage.normal import Prior
    from metrics.shrinkage.small_units import ShrunkUnits, shrink_units
    from metrics.trends.break_tests import pettitt, sup_f
    from metrics.trends.breaks import Break, find_break
    from metrics.trends.change_points import change_points
    from metrics.trends.control_charts import ControlChart, control_chart, kpi_chart
    from metrics.trends.funnels import Funnel, kpi_funnel
    from metrics.trends.slopes import Trend, mann_kendall
    from metrics.trends.small_shifts import cusum_chart, ewma_chart
    from metrics.weighting.cells import RakedKpi, raked_kpi
    from metrics.weighting.designs import Design, DesignEstimate, clustered_nps, design_mean, design_share, design_total
    from metrics.weighting.raking import CannotWeight, Weights, poststratify, rake
    from metrics.weighting.repeats import Clustered, clustered_estimate

# Where each name is found when it is first asked for: the same as above, for those who run and not read.
_ROOMS = {
    "comparisons.decomposition": "Decomposition decompose_change",
    "comparisons.differences": "Comparison",
    "comparisons.effects": "Effect difference_in_differences",
    "comparisons.groups": "ManyGroups Pair compare compare_many",
    "comparisons.heterogeneity": "Heterogeneity",
    "comparisons.multiplicity": "adjust_p_values",
    "comparisons.paired": "PairedChange PairedShares paired_nps paired_shares",
    "comparisons.targets": "AgainstTarget NpsPrior SharePrior chance_of_nps chance_of_share compare_to_target",
    "drivers.importance": "relative_weights shapley_r2",
    "drivers.key_drivers": "KeyDrivers key_drivers",
    "drivers.priorities": "Priorities importance_performance",
    "drivers.regression": "Regression least_squares",
    "estimate": "Estimate",
    "histogram": "Histogram",
    "means": "ces mean_score",
    "net_promoter": "nps",
    "outcomes.cox": "CoxModel cox",
    "outcomes.firth": "firth",
    "outcomes.lifetime_value": "LifetimeValue lifetime_value retention_rate",
    "outcomes.links": "LinkedMean LinkedRate first_answers linked_means linked_rates",
    "outcomes.logistic": "LogisticModel logistic",
    "outcomes.recency_frequency": "RecencyFrequency rfm_scores",
    "outcomes.survival": "SurvivalCurve kaplan_meier log_rank restricted_mean",
    "outcomes.wallet": "share_of_wallet",
    "outcomes.word_of_mouth": "WordOfMouth word_of_mouth",
    "payouts.curves": "PayoutCurve",
    "payouts.scores": "Payout payout",
    "proportions": "csat proportion",
    "quality": "duplicates speeding straight_lining",
    "reliability.agreement": "Intraclass intraclass krippendorff_alpha",
    "reliability.scales": "ScaleAnalysis analyse_scale cronbach_alpha spearman_brown",
    "sampling.power": "detectable_nps detectable_share",
    "sampling.response_rates": "ResponseRates response_rates",
    "sampling.sizes": "SampleSize mean_sample nps_sample share_sample two_mean_sample two_nps_sample two_share_sample",
    "shrinkage.normal": "Prior",
    "shrinkage.small_units": "ShrunkUnits shrink_units",
    "trends.break_tests": "pettitt sup_f",
    "trends.breaks": "Break find_break",
    "trends.change_points": "change_points",
    "trends.control_charts": "ControlChart control_chart kpi_chart",
    "trends.funnels": "Funnel kpi_funnel",
    "trends.slopes": "Trend mann_kendall",
    "trends.small_shifts": "cusum_chart ewma_chart",
    "weighting.cells": "RakedKpi raked_kpi",
    "weighting.designs": "Design DesignEstimate clustered_nps design_mean design_share design_total",
    "weighting.raking": "CannotWeight Weights poststratify rake",
    "weighting.repeats": "Clustered clustered_estimate",
}
_HOMES = {name: room for room, names in _ROOMS.items() for name in names.split()}


if not TYPE_CHECKING:  # which would believe every name that is asked for

    def __getattr__(name: str) -> object:
        """Load the room of a name; from then on it is found without coming here."""
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = globals()[name] = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


__all__ = [
    "AgainstTarget",
    "Break",
    "CannotWeight",
    "Clustered",
    "Comparison",
    "ControlChart",
    "CoxModel",
    "Decomposition",
    "Design",
    "DesignEstimate",
    "Effect",
    "Estimate",
    "Funnel",
    "Heterogeneity",
    "Histogram",
    "Intraclass",
    "KeyDrivers",
    "LifetimeValue",
    "LinkedMean",
    "LinkedRate",
    "LogisticModel",
    "ManyGroups",
    "NpsPrior",
    "Pair",
    "PairedChange",
    "PairedShares",
    "Payout",
    "PayoutCurve",
    "Prior",
    "Priorities",
    "RakedKpi",
    "RecencyFrequency",
    "Regression",
    "ResponseRates",
    "SampleSize",
    "ScaleAnalysis",
    "SharePrior",
    "ShrunkUnits",
    "SurvivalCurve",
    "Trend",
    "Weights",
    "WordOfMouth",
    "adjust_p_values",
    "analyse_scale",
    "ces",
    "chance_of_nps",
    "chance_of_share",
    "change_points",
    "clustered_estimate",
    "clustered_nps",
    "compare",
    "compare_many",
    "compare_to_target",
    "control_chart",
    "cox",
    "cronbach_alpha",
    "csat",
    "cusum_chart",
    "decompose_change",
    "design_mean",
    "design_share",
    "design_total",
    "detectable_nps",
    "detectable_share",
    "difference_in_differences",
    "duplicates",
    "ewma_chart",
    "find_break",
    "first_answers",
    "firth",
    "importance_performance",
    "intraclass",
    "kaplan_meier",
    "key_drivers",
    "kpi_chart",
    "kpi_funnel",
    "krippendorff_alpha",
    "least_squares",
    "lifetime_value",
    "linked_means",
    "linked_rates",
    "log_rank",
    "logistic",
    "mann_kendall",
    "mean_sample",
    "mean_score",
    "nps",
    "nps_sample",
    "paired_nps",
    "paired_shares",
    "payout",
    "pettitt",
    "poststratify",
    "proportion",
    "rake",
    "raked_kpi",
    "relative_weights",
    "response_rates",
    "restricted_mean",
    "retention_rate",
    "rfm_scores",
    "shapley_r2",
    "share_of_wallet",
    "share_sample",
    "shrink_units",
    "spearman_brown",
    "speeding",
    "straight_lining",
    "sup_f",
    "two_mean_sample",
    "two_nps_sample",
    "two_share_sample",
    "word_of_mouth",
]
