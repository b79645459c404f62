"""Pure statistics: counts in, a frozen result with its interval out.

No web, no database, no clock, no I/O. What a scorecard needs is importable from here and needs numpy and scipy.special
alone, for the time an import takes; `metrics.ordinal` and `metrics.bootstrap` need scipy.stats and are imported by
name.

    >>> from metrics import Histogram, nps
    >>> nps(Histogram.of([10, 9, 7, 3])).value
    25.0
"""

from metrics.compare import ManyGroups, Pair, compare, compare_many
from metrics.designs import Design, DesignEstimate, clustered_nps, design_mean, design_share, design_total
from metrics.differences import Comparison
from metrics.estimate import Estimate
from metrics.heterogeneity import Heterogeneity
from metrics.histogram import Histogram
from metrics.means import ces, mean_score
from metrics.multiplicity import adjust_p_values
from metrics.net_promoter import nps
from metrics.paired import PairedChange, PairedShares, paired_nps, paired_shares
from metrics.proportions import csat, proportion
from metrics.response_rates import ResponseRates, response_rates
from metrics.targets import AgainstTarget, compare_to_target

__all__ = [
    "AgainstTarget",
    "Comparison",
    "Design",
    "DesignEstimate",
    "Estimate",
    "Heterogeneity",
    "Histogram",
    "ManyGroups",
    "Pair",
    "PairedChange",
    "PairedShares",
    "ResponseRates",
    "adjust_p_values",
    "ces",
    "clustered_nps",
    "compare",
    "compare_many",
    "compare_to_target",
    "csat",
    "design_mean",
    "design_share",
    "design_total",
    "mean_score",
    "nps",
    "paired_nps",
    "paired_shares",
    "proportion",
    "response_rates",
]
