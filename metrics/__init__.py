"""Pure statistics: counts in, a frozen result with its interval out.

No web, no database, no clock, no I/O. What a scorecard needs is importable from here and needs numpy and scipy.special
alone, for the time an import takes; `metrics.ordinal`, `metrics.bootstrap` and `metrics.factor_model` need scipy.stats
or scipy.optimize and are imported by name.

    >>> from metrics import Histogram, nps
    >>> nps(Histogram.of([10, 9, 7, 3])).value
    25.0
"""

from metrics.agreement import Intraclass, intraclass, krippendorff_alpha
from metrics.break_tests import pettitt, sup_f
from metrics.breaks import Break, find_break
from metrics.change_points import change_points
from metrics.compare import ManyGroups, Pair, compare, compare_many
from metrics.control_charts import ControlChart, control_chart, kpi_chart
from metrics.decomposition import Decomposition, decompose_change
from metrics.designs import Design, DesignEstimate, clustered_nps, design_mean, design_share, design_total
from metrics.differences import Comparison
from metrics.drivers import relative_weights, shapley_r2
from metrics.estimate import Estimate
from metrics.funnels import Funnel, kpi_funnel
from metrics.heterogeneity import Heterogeneity
from metrics.histogram import Histogram
from metrics.key_drivers import KeyDrivers, key_drivers
from metrics.means import ces, mean_score
from metrics.multiplicity import adjust_p_values
from metrics.net_promoter import nps
from metrics.paired import PairedChange, PairedShares, paired_nps, paired_shares
from metrics.power import detectable_nps, detectable_share
from metrics.priorities import Priorities, importance_performance
from metrics.proportions import csat, proportion
from metrics.quality import duplicates, speeding, straight_lining
from metrics.regression import Regression, least_squares
from metrics.reliability import ScaleAnalysis, analyse_scale, cronbach_alpha, spearman_brown
from metrics.response_rates import ResponseRates, response_rates
from metrics.sampling import SampleSize, nps_sample, share_sample, two_mean_sample, two_nps_sample, two_share_sample
from metrics.shrinkage import Prior
from metrics.small_shifts import cusum_chart, ewma_chart
from metrics.small_units import ShrunkUnits, shrink_units
from metrics.targets import (
    AgainstTarget,
    NpsPrior,
    SharePrior,
    chance_of_nps,
    chance_of_share,
    compare_to_target,
)
from metrics.trends import Trend, mann_kendall
from metrics.weighting import CannotWeight, Weights, poststratify, rake

__all__ = [
    "AgainstTarget",
    "Break",
    "CannotWeight",
    "Comparison",
    "ControlChart",
    "Decomposition",
    "Design",
    "DesignEstimate",
    "Estimate",
    "Funnel",
    "Heterogeneity",
    "Histogram",
    "Intraclass",
    "KeyDrivers",
    "ManyGroups",
    "NpsPrior",
    "Pair",
    "PairedChange",
    "PairedShares",
    "Prior",
    "Priorities",
    "Regression",
    "ResponseRates",
    "SampleSize",
    "ScaleAnalysis",
    "SharePrior",
    "ShrunkUnits",
    "Trend",
    "Weights",
    "adjust_p_values",
    "analyse_scale",
    "ces",
    "chance_of_nps",
    "chance_of_share",
    "change_points",
    "clustered_nps",
    "compare",
    "compare_many",
    "compare_to_target",
    "control_chart",
    "cronbach_alpha",
    "csat",
    "cusum_chart",
    "decompose_change",
    "design_mean",
    "design_share",
    "design_total",
    "detectable_nps",
    "detectable_share",
    "duplicates",
    "ewma_chart",
    "find_break",
    "importance_performance",
    "intraclass",
    "key_drivers",
    "kpi_chart",
    "kpi_funnel",
    "krippendorff_alpha",
    "least_squares",
    "mann_kendall",
    "mean_score",
    "nps",
    "nps_sample",
    "paired_nps",
    "paired_shares",
    "pettitt",
    "poststratify",
    "proportion",
    "rake",
    "relative_weights",
    "response_rates",
    "shapley_r2",
    "share_sample",
    "shrink_units",
    "spearman_brown",
    "speeding",
    "straight_lining",
    "sup_f",
    "two_mean_sample",
    "two_nps_sample",
    "two_share_sample",
]
