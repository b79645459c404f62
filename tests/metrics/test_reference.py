"""Every public reference case is computed here."""

import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from metrics import (
    Design,
    Estimate,
    Histogram,
    NpsPrior,
    SharePrior,
    Weights,
    adjust_p_values,
    analyse_scale,
    ces,
    chance_of_nps,
    chance_of_share,
    change_points,
    clustered_nps,
    compare,
    compare_many,
    compare_to_target,
    control_chart,
    cronbach_alpha,
    csat,
    cusum_chart,
    design_mean,
    design_share,
    design_total,
    ewma_chart,
    importance_performance,
    intraclass,
    krippendorff_alpha,
    least_squares,
    mann_kendall,
    mean_score,
    nps,
    nps_sample,
    paired_nps,
    paired_shares,
    pettitt,
    poststratify,
    proportion,
    rake,
    relative_weights,
    response_rates,
    shapley_r2,
    share_sample,
    sup_f,
    two_mean_sample,
    two_share_sample,
)
from metrics.bootstrap import bootstrap, correlation
from metrics.comparisons.differences import nps_z
from metrics.comparisons.heterogeneity import chi_square, linear_trend, pool
from metrics.comparisons.share_differences import agresti_caffo, fisher_p, miettinen_nurminen, newcombe, pooled_z
from metrics.drivers.importance import correlations, explained
from metrics.means import Moments, welch
from metrics.net_promoter import net_groups
from metrics.ordinal import kruskal_wallis, mann_whitney, tukey
from metrics.outcomes.cox import cox
from metrics.outcomes.firth import firth
from metrics.outcomes.lifetime_value import lifetime_value
from metrics.outcomes.logistic import LogisticModel, logistic
from metrics.outcomes.prediction import auc, brier
from metrics.outcomes.purchases import PurchaseModel, fit_purchases
from metrics.outcomes.recency_frequency import rfm_scores
from metrics.outcomes.spend import SpendModel
from metrics.outcomes.survival import kaplan_meier, log_rank
from metrics.payouts.curves import PayoutCurve
from metrics.payouts.exact import exact
from metrics.payouts.expectations import expected_next
from metrics.payouts.scores import Component, Gate, payout, score
from metrics.quantiles import normal_p
from metrics.reliability.factor_model import one_factor
from metrics.sampling.power import two_mean_power
from metrics.sampling.sizes import cohens_h
from metrics.shrinkage.beta_binomial import fit_shares, log_likelihood, shrink_shares
from metrics.shrinkage.normal import fit_prior, inconsistency, james_stein, shrink
from metrics.text.keywords import keyness
from metrics.text.vader import compound
from metrics.trends.break_tests import ols_cusum
from metrics.trends.chart_constants import c4, range_moments
from metrics.trends.funnels import share_funnel
from metrics.trends.run_lengths import cusum_run_length
from metrics.trends.run_rules import western_electric

Case = dict[str, Any]
Dataset = Callable[[str], dict[str, list[str]]]

# Values of a checked case that the product does not compute.
NOT_COMPUTED = {("csat-pub-09", "likelihood")}

CHECKS: dict[str, Callable[[Case, Dataset], dict[str, Any]]] = {}


def checks(*ids: str) -> Callable[[Callable[[Case, Dataset], dict[str, Any]]], Callable[[Case, Dataset], Any]]:
    """Register a function that computes what the named cases expect."""

    def register(function: Callable[[Case, Dataset], dict[str, Any]]) -> Callable[[Case, Dataset], Any]:
        CHECKS.update(dict.fromkeys(ids, function))
        return function

    return register


def of_counts(detractors: float, passives: float, promoters: float) -> Histogram:
    """A histogram of these groups."""
    return Histogram([detractors, 0, 0, 0, 0, 0, 0, passives, 0, promoters])


def limits(estimate: Estimate, unit: float = 1) -> list[float | None] | None:
    """Both limits, divided by the unit (100 turns percent into a share)."""
    if estimate.low is None or estimate.high is None:
        return None
    return [estimate.low / unit, estimate.high / unit]


def standard_error(h: Histogram) -> float | None:
    """The plain standard error of NPS in points."""
    return 100 * math.sqrt(net_groups(h).variance / h.n) if h.n else None


@checks("txt-pub-01")
def keyness_of_terms(case: Case, _dataset: Dataset) -> dict[str, Any]:
    """Log-likelihood by both of its definitions, and the log-odds with an informative Dirichlet prior."""
    given = case["input"]
    terms = given["terms"]
    found = keyness(
        [counts["a"] for counts in terms.values()],
        [counts["b"] for counts in terms.values()],
        (given["total_a"], given["total_b"]),
        [given["prior"][term] for term in terms],
        given["alpha0"],
    )
    return {"G2_two_cell": found.two_cell, "G2_four_cell": found.four_cell, "log_odds_z": found.z}


@checks("txt-pub-02")
def vader(case: Case, _dataset: Dataset) -> dict[str, Any]:
    """The compound scores that its authors publish."""
    return {"compound": [compound(text) for text in case["input"]["texts"]]}


@checks("nps-pub-01", "nps-pub-06", "edge-pub-01")
def nps_estimate(case: Case, dataset: Dataset) -> dict[str, Any]:
    given = case["input"]
    scores = given["scores"] if "scores" in given else [int(score) for score in dataset(given["dataset"])["rec"]]
    h = Histogram.of(scores)
    groups, wald = net_groups(h), nps(h, method="wald")
    return {
        "n": h.n,
        "n_missing": h.missing,
        "n_invalid": h.invalid,
        "detractors": groups.detractors,
        "passives": groups.passives,
        "promoters": groups.promoters,
        "nps": nps(h).value,
        "se": standard_error(h),
        "variance_unit": groups.variance if h.n else None,
        "ci_wald": limits(wald),
        "ci": limits(nps(h)),
    }


@checks("nps-pub-02", "nps-pub-03", "nps-pub-04", "nps-pub-05")
def nps_intervals(case: Case, dataset: Dataset) -> dict[str, Any]:
    h, confidence = of_counts(**case["input"]["counts"]), case["input"]["conf"]
    return {
        "nps": nps(h).value,
        "wald": limits(nps(h, confidence, "wald")),
        "adjusted_wald_3": limits(nps(h, confidence, "adjusted_wald")),
        "agresti_min": limits(nps(h, confidence, "agresti_min")),
        "bonett_price": limits(nps(h, confidence, "bonett_price")),
        "score_tango": limits(nps(h, confidence)),
    }


@checks("nps-pub-07")
def nps_two_groups(case: Case, dataset: Dataset) -> dict[str, Any]:
    first, second = of_counts(**case["input"]["a"]), of_counts(**case["input"]["b"])
    result = compare(first, second)
    computed: dict[str, Any] = {"difference": result.difference}
    for name, method in (("wald", "wald"), ("adjusted_wald_3", "adjusted_wald")):
        difference, z, low, high = nps_z(second, first, method=method)
        computed[name] = {"difference": difference, "z": z, "p": normal_p(z), "ci": [low, high]}
    assert result.p == computed["adjusted_wald_3"]["p"]
    return computed


@checks("nps-pub-08")
def nps_mover(case: Case, dataset: Dataset) -> dict[str, Any]:
    result = compare(of_counts(**case["input"]["a"]), of_counts(**case["input"]["b"]), "nps", case["input"]["conf"])
    return {"difference": result.difference, "ci": [result.low, result.high]}


def signs(columns: dict[str, list[str]]) -> np.ndarray:
    """-100, 0, 100 for each answer of the NPS data set."""
    return np.array([100 * ((s > 8) - (s < 7)) for s in map(int, columns["rec"])])


def region_weights(columns: dict[str, list[str]], population: dict[str, int]) -> list[float]:
    """Population by respondents of the region, for each answer."""
    return [population[region] / columns["region"].count(region) for region in columns["region"]]


@checks("nps-pub-09")
def nps_weighted(case: Case, dataset: Dataset) -> dict[str, Any]:
    columns = dataset(case["input"]["dataset"])
    weights = region_weights(columns, case["input"]["weights"]["population"])
    estimate = design_mean(signs(columns), Design(1000, weights=weights))
    h = Histogram.of(map(int, columns["rec"]), weights)
    assert nps(h).value == pytest.approx(estimate.value)
    return {
        "nps": estimate.value,
        "se": estimate.standard_error,
        "ci": [estimate.low, estimate.high],
        "df": estimate.df,
        "deff": estimate.deff,
        "kish_deff": h.n / h.effective_n,
    }


@checks("nps-pub-10")
def nps_clusters(case: Case, dataset: Dataset) -> dict[str, Any]:
    columns = dataset(case["input"]["dataset"])
    estimate = design_mean(signs(columns), Design(1000, clusters=columns["account"]))
    return {
        "nps": estimate.value,
        "se": estimate.standard_error,
        "ci": [estimate.low, estimate.high],
        "df": estimate.df,
        "n_clusters": estimate.df + 1,
        "deff": estimate.deff,
    }


@checks("nps-pub-11")
def nps_domains(case: Case, dataset: Dataset) -> dict[str, Any]:
    columns = dataset(case["input"]["dataset"])
    estimates = {
        unit: design_mean(signs(columns), Design(1000), domain=[bu == unit for bu in columns["bu"]])
        for unit in case["expected"]["nps"]
    }
    return {
        "nps": {unit: estimate.value for unit, estimate in estimates.items()},
        "se": {unit: estimate.standard_error for unit, estimate in estimates.items()},
    }


@checks("nps-pub-12")
def nps_heterogeneity(case: Case, dataset: Dataset) -> dict[str, Any]:
    units = {name: of_counts(*counts) for name, counts in case["input"]["units"].items()}
    pooled = pool([nps(h).value for h in units.values()], [standard_error(h) ** 2 for h in units.values()])
    test = compare_many(units).heterogeneity
    return {
        "pooled": pooled.mean,
        "Q": test.statistic,
        "df": test.df,
        "p": test.p,
        "tau2_DL": pooled.between,
        "I2_DL": pooled.inconsistency,
    }


@checks("nps-pub-13")
def nps_clustered_score(case: Case, dataset: Dataset) -> dict[str, Any]:
    columns = dataset(case["input"]["dataset"])
    estimate = clustered_nps([int(score) for score in columns["rec"]], columns["account"])
    return {
        "nps": estimate.value,
        "deff": estimate.n / estimate.effective_n,
        "n_eff": estimate.effective_n,
        "df": len(set(columns["account"])) - 1,
        "score_ci": limits(estimate),
    }


@checks("nps-pub-14")
def nps_bounds(case: Case, dataset: Dataset) -> dict[str, Any]:
    h = of_counts(**case["input"]["counts"])
    return {
        "score_ci_90": limits(nps(h, 0.9)),
        "lower_80_one_sided": nps(h, 0.6).low,
        "lower_95_one_sided": nps(h, 0.9).low,
    }


@checks("nps-pub-15")
def nps_paired(case: Case, dataset: Dataset) -> dict[str, Any]:
    result = paired_nps(case["input"]["before"], case["input"]["after"])
    return {
        "nps_before": result.before,
        "nps_after": result.after,
        "change": result.change,
        "se": result.standard_error,
        "t": result.t,
        "p": result.p,
        "ci": [result.low, result.high],
    }


@checks("wt-pub-06")
def nps_poststratified(case: Case, dataset: Dataset) -> dict[str, Any]:
    columns = dataset(case["input"]["dataset"])
    weights = region_weights(columns, case["input"]["population"])
    estimate = design_mean(signs(columns), Design(1000, weights=weights, calibrated=columns["region"]))
    return {"nps": estimate.value, "se": estimate.standard_error}


@checks("wt-pub-03")
def kish(case: Case, dataset: Dataset) -> dict[str, Any]:
    h = Histogram.of([5] * len(case["input"]["weights"]), case["input"]["weights"])
    deff = h.n / h.effective_n
    return {"deff": deff, "n_eff": h.effective_n, "cv2": deff - 1}


def cluster_design(columns: dict[str, list[str]]) -> Design:
    """The school districts of the API data."""
    return Design(
        len(columns["dnum"]),
        weights=[float(weight) for weight in columns["pw"]],
        clusters=columns["dnum"],
        population=[float(size) for size in columns["fpc"]],
    )


@checks("wt-pub-04")
def cluster_mean(case: Case, dataset: Dataset) -> dict[str, Any]:
    columns = dataset(case["input"]["dataset"])
    design = cluster_design(columns)
    mean = design_mean([float(value) for value in columns["api00"]], design)
    total = design_total([float(value) for value in columns["enroll"]], design)
    return {
        "mean_api00": mean.value,
        "se": mean.standard_error,
        "deff": mean.deff,
        "df": mean.df,
        "total_enroll": total.value,
        "se_total": total.standard_error,
    }


@checks("wt-pub-05")
def strata_and_domains(case: Case, dataset: Dataset) -> dict[str, Any]:
    columns = dataset(case["input"]["dataset"])
    values = [float(value) for value in columns["api00"]]
    design = Design(
        len(values),
        weights=[float(weight) for weight in columns["pw"]],
        strata=columns["stype"],
        population=[float(size) for size in columns["fpc"]],
    )
    by = {kind: design_mean(values, design, [s == kind for s in columns["stype"]]) for kind in "EHM"}
    mean = design_mean(values, design)
    return {
        "mean_by_stype": {kind: estimate.value for kind, estimate in by.items()},
        "se_by_stype": {kind: estimate.standard_error for kind, estimate in by.items()},
        "mean": mean.value,
        "se": mean.standard_error,
    }


@checks("csat-pub-01", "csat-pub-02", "csat-pub-03", "csat-pub-04")
def share_intervals(case: Case, dataset: Dataset) -> dict[str, Any]:
    x, n, confidence = (case["input"][name] for name in ("x", "n", "conf"))
    return {
        "p": proportion(x, n).value / 100,
        "wilson": limits(proportion(x, n, confidence), 100),
        "wilson_cc": limits(proportion(x, n, confidence, "wilson_corrected"), 100),
        "jeffreys": limits(proportion(x, n, confidence, "jeffreys"), 100),
        "clopper_pearson": limits(proportion(x, n, confidence, "clopper_pearson"), 100),
        "agresti_coull_unclipped": limits(proportion(x, n, confidence, "agresti_coull"), 100),
    }


@checks("csat-pub-05")
def csat_score(case: Case, dataset: Dataset) -> dict[str, Any]:
    h = Histogram.of(case["input"]["ratings"])
    estimate = csat(h, case["input"]["top_box"], case["input"]["scale"])
    return {
        "n": estimate.n,
        "satisfied": sum(h.counts[4:6]),
        "csat": estimate.value,
        "top1": csat(h, top=1).value,
        "mean": mean_score(h, 1, 5).value,
        "ci_wilson": limits(estimate),
    }


@checks("csat-pub-06", "csat-pub-07")
def share_differences(case: Case, dataset: Dataset) -> dict[str, Any]:
    x1, n1, x2, n2 = (case["input"][name] for name in ("x1", "n1", "x2", "n2"))
    first, second = (Histogram([0, n - x, 0, 0, 0, x]) for x, n in ((x1, n1), (x2, n2)))
    result = compare(first, second, "csat", top=1)
    z = pooled_z(x2, n2, x1, n1)
    assert [result.low / 100, result.high / 100] == pytest.approx(newcombe(x2, n2, x1, n1))
    assert result.p == pytest.approx(fisher_p(x2, n2, x1, n1) if min(x1, n1 - x1, x2, n2 - x2) < 5 else normal_p(z))
    return {
        "diff": result.difference / 100,
        "newcombe": newcombe(x2, n2, x1, n1),
        "miettinen_nurminen": miettinen_nurminen(x2, n2, x1, n1),
        "agresti_caffo": agresti_caffo(x2, n2, x1, n1),
        "z_pooled": z,
        "p_pooled": normal_p(z),
        "p_fisher": fisher_p(x2, n2, x1, n1),
    }


@checks("csat-pub-08")
def shares_paired(case: Case, dataset: Dataset) -> dict[str, Any]:
    given = case["input"]
    # The case is first minus second, so the occasions change places.
    result = paired_shares(given["both"], given["second_only"], given["first_only"], given["neither"])
    return {
        "diff": result.difference / 100,
        "tango": [result.low / 100, result.high / 100],
        "mcnemar_chi2": result.chi_square,
        "p_mcnemar": result.p_asymptotic,
        "p_exact": result.p_exact,
        "p_midp": result.p,
    }


@checks("csat-pub-09")
def share_under_design(case: Case, dataset: Dataset) -> dict[str, Any]:
    columns = dataset(case["input"]["dataset"])
    design, successes = cluster_design(columns), [value == "Yes" for value in columns["sch.wide"]]
    mean = design_mean(successes, design)
    logit = limits(design_share(successes, design), 100)
    return {
        "p": mean.value,
        "se": mean.standard_error,
        "deff": mean.deff,
        "logit": logit,
        "xlogit": logit,
        "beta": limits(design_share(successes, design, method="beta"), 100),
        "mean": limits(design_share(successes, design, method="mean"), 100),
    }


@checks("resp-pub-01")
def rates(case: Case, dataset: Dataset) -> dict[str, Any]:
    given = case["input"]
    result = response_rates(*(given[code] for code in ("I", "P", "R", "NC", "O", "UH", "UO", "ineligible")))
    named = {f"RR{i}": getattr(result, f"rr{i}") for i in range(1, 7)}
    named |= {"COOP1": result.cooperation, "REF1": result.refusal, "CON1": result.contact}
    return {
        "e": result.eligible_share,
        **{name: estimate.value / 100 for name, estimate in named.items()},
        "RR1_wilson": limits(result.rr1, 100),
    }


@checks("ces-pub-01", "ces-pub-02", "edge-pub-02")
def means(case: Case, dataset: Dataset) -> dict[str, Any]:
    h = Histogram.of(case["input"]["values"])
    return {
        "n": h.n,
        "mean": mean_score(h).value,
        "sd": None if h.variance is None else math.sqrt(h.variance),
        "se": None if h.variance is None else math.sqrt(h.variance / h.n),
        "t_ci": limits(mean_score(h, method="t")),
        "pct_top3": csat(h, top=3, points=7).value,
    }


@checks("ces-pub-05", "ces-pub-06")
def bounded_means(case: Case, dataset: Dataset) -> dict[str, Any]:
    h = Histogram.of(case["input"]["values"])
    assert ces(h) == mean_score(h, *case["input"]["scale"])
    return {"mean": ces(h).value, "ci": limits(ces(h, confidence=case["input"]["conf"]))}


@checks("ces-pub-03")
def welch_test(case: Case, dataset: Dataset) -> dict[str, Any]:
    first, second = (
        Moments(len(values), float(np.mean(values)), float(np.var(values, ddof=1)))
        for values in (case["input"]["a"], case["input"]["b"])
    )
    result = welch(second, first)
    return {"diff": result.difference, "t": result.t, "df": result.df, "p": result.p, "ci": [result.low, result.high]}


@checks("ces-pub-04")
def bootstrapped(case: Case, dataset: Dataset) -> dict[str, Any]:
    columns = case["input"]["x"], case["input"]["y"]
    bca = bootstrap(columns, correlation, resamples=40_000)
    percentile = bootstrap(columns, correlation, resamples=40_000, method="percentile")
    return {"estimate": bca.value, "bca": limits(bca), "percentile": limits(percentile)}


@checks("ord-pub-01")
def rank_sums(case: Case, dataset: Dataset) -> dict[str, Any]:
    result = mann_whitney(Histogram.of(case["input"]["b"]), Histogram.of(case["input"]["a"]))
    assert result.p == result.p_exact
    return {
        "U": result.u,
        "p_asymptotic_cc": result.p_asymptotic,
        "p_exact_permutation": result.p_exact,
        "prob_superiority": result.superiority,
    }


@checks("ord-pub-02")
def ranks_of_many(case: Case, dataset: Dataset) -> dict[str, Any]:
    result = kruskal_wallis(list(case["input"]["groups"].values()))
    return {"H": result.statistic, "df": result.df, "p": result.p}


@checks("mult-pub-01")
def adjusted(case: Case, dataset: Dataset) -> dict[str, Any]:
    p, alpha = case["input"]["p"], case["input"]["alpha"]
    names = ("bonferroni", "holm", "hochberg", "hommel", "BH", "BY")
    return {
        **{name: adjust_p_values(p, name.lower()) for name in names},
        "rejected_BH_05": sum(q <= alpha for q in adjust_p_values(p, "bh")),
        "rejected_bonferroni_05": sum(q <= alpha for q in adjust_p_values(p, "bonferroni")),
    }


@checks("mult-pub-02")
def honest_differences(case: Case, dataset: Dataset) -> dict[str, Any]:
    return {
        f"{pair.second}-{pair.first}": {"diff": pair.difference, "lwr": pair.low, "upr": pair.high, "p": pair.p}
        for pair in tukey({name: case["input"]["groups"][name] for name in "LMH"})
    }


@checks("mult-pub-03")
def many_shares(case: Case, dataset: Dataset) -> dict[str, Any]:
    x, n = case["input"]["x"], case["input"]["n"]
    units = {str(i): Histogram([0, total - k, 0, 0, 0, k]) for i, (k, total) in enumerate(zip(x, n, strict=True))}
    test, trend = compare_many(units, "csat", top=1).heterogeneity, linear_trend(x, n)
    assert test == chi_square(x, n)
    return {
        "chi2": test.statistic,
        "df": test.df,
        "p": test.p,
        "trend_chi2": trend.statistic,
        "trend_p": trend.p,
    }


@checks("cmp-pub-01")
def against_target(case: Case, dataset: Dataset) -> dict[str, Any]:
    results = [compare_to_target(c["x"], c["n"], c["target"]) for c in case["input"]["cases"]]
    return {
        "exact_p": [result.p_exact for result in results],
        "midp": [result.p for result in results],
        "exact_p_greater": [result.p_above for result in results],
    }


def column(columns: dict[str, list[str]], name: str) -> list[float]:
    """A column of numbers."""
    return [float(value) for value in columns[name]]


def rings(columns: dict[str, list[str]]) -> list[list[float]]:
    """The piston rings by sample."""
    diameters = column(columns, "diameter")
    return [diameters[start : start + 5] for start in range(0, len(diameters), 5)]


@checks("spc-pub-01")
def subgroup_charts(case: Case, dataset: Dataset) -> dict[str, Any]:
    samples = rings(dataset(case["input"]["dataset"]))
    means, ranges = (control_chart(samples, kind, baseline=range(25)) for kind in ("xbar", "range"))
    return {
        "center": means.centre,
        "sigma": means.sigma,
        "lcl": means.lower[0],
        "ucl": means.upper[0],
        "R_center": ranges.centre,
        "R_lcl": ranges.lower[0],
        "R_ucl": ranges.upper[0],
        "phase2_out_of_control_samples": [point + 1 for point in means.outside() if point >= 25],
    }


@checks("spc-pub-02")
def chart_constants(case: Case, dataset: Dataset) -> dict[str, Any]:
    moments = [range_moments(n) for n in case["input"]["n"]]
    return {"c4": [c4(n) for n in case["input"]["n"]], "d2": [m.d2 for m in moments], "d3": [m.d3 for m in moments]}


@checks("spc-pub-03")
def share_chart(case: Case, dataset: Dataset) -> dict[str, Any]:
    columns = dataset(case["input"]["dataset"])
    counts, sizes = column(columns, "D"), column(columns, "size")
    trial = [place for place, kind in enumerate(columns["trial"]) if kind == "TRUE"]
    chart = control_chart(counts, "p", sizes, trial)
    out = [point for point in chart.outside() if point in trial]
    again = control_chart(counts, "p", sizes, [place for place in trial if place not in out])
    return {
        "center": chart.centre,
        "lcl": chart.lower[0],
        "ucl": chart.upper[0],
        "out": [point + 1 for point in out],
        "recalibrated_without_15_23": {"center": again.centre, "lcl": again.lower[0], "ucl": again.upper[0]},
    }


@checks("spc-pub-04")
def count_chart(case: Case, dataset: Dataset) -> dict[str, Any]:
    chart = control_chart(case["input"]["x"], "c", baseline=range(len(case["input"]["x"])))
    out = [point + 1 for point in chart.outside()]
    return {"center": chart.centre, "lcl": chart.lower[0], "ucl": chart.upper[0], "out": out}


@checks("spc-pub-05")
def individuals_chart(case: Case, dataset: Dataset) -> dict[str, Any]:
    chart, ranges = (control_chart(case["input"]["x"], kind) for kind in ("individuals", "moving_range"))
    return {
        "center": chart.centre,
        "sigma": chart.sigma,
        "lcl": chart.lower[0],
        "ucl": chart.upper[0],
        "mr_bar": ranges.centre,
        "mr_ucl": ranges.upper[-1],
    }


@checks("spc-pub-06")
def moving_average_chart(case: Case, dataset: Dataset) -> dict[str, Any]:
    samples = rings(dataset(case["input"]["dataset"]))[:25]
    process = control_chart(samples, "xbar")
    means = [sum(sample) / 5 for sample in samples]
    chart = ewma_chart(means, process.centre, process.sigma / math.sqrt(5), case["input"]["lambda"], case["input"]["L"])
    return {"ewma": chart.points, "lcl": chart.lower, "ucl": chart.upper}


@checks("spc-pub-07")
def cumulative_sums(case: Case, dataset: Dataset) -> dict[str, Any]:
    given = case["input"]
    chart = cusum_chart(given["x"], given["target"], given["sigma"], given["k"], given["h"])
    return {"cplus": chart.above, "cminus": chart.below, "first_signal": chart.outside[0] + 1}


@checks("spc-pub-08")
def run_lengths(case: Case, dataset: Dataset) -> dict[str, Any]:
    shifts = case["input"]["shifts"]
    return {f"cusum_h{h}": [cusum_run_length(shift, 0.5, h) for shift in shifts] for h in (4, 5)}


@checks("spc-pub-09")
def rules_of_a_row(case: Case, dataset: Dataset) -> dict[str, Any]:
    signals = western_electric(case["input"]["z"], (1, 2, 3, 4))
    return {name: [signal.point + 1 for signal in signals if signal.rule == int(name[4])] for name in case["expected"]}


@checks("spc-pub-10")
def funnel_of_shares(case: Case, dataset: Dataset) -> dict[str, Any]:
    drawn = share_funnel(case["input"]["x"], case["input"]["n"])
    assert not drawn.widened
    return {
        "target": drawn.target,
        "z": [unit.z for unit in drawn.units],
        "phi": drawn.raw_dispersion,
        "phi_winsor10": drawn.dispersion,
        "lower998_normal": [unit.alarm[0] for unit in drawn.units],
        "upper998_normal": [unit.alarm[1] for unit in drawn.units],
    }


@checks("cp-pub-01")
def one_change(case: Case, dataset: Dataset) -> dict[str, Any]:
    x = case["input"]["x"]
    (before,) = change_points(x)
    largest, sums = sup_f(x), ols_cusum(x)
    assert before == largest.before
    return {
        "last_index_of_first_segment": before,
        "mean1": np.mean(x[:before]),
        "mean2": np.mean(x[before:]),
        "supF": largest.statistic,
        "supF_p": largest.p,
        "ols_cusum": sums.statistic,
        "ols_cusum_p": sums.p,
    }


@checks("cp-pub-02")
def change_by_ranks(case: Case, dataset: Dataset) -> dict[str, Any]:
    found = pettitt(case["input"]["x"])
    return {"K": found.statistic, "change_after": found.before, "p": found.p}


@checks("trend-pub-01")
def trend(case: Case, dataset: Dataset) -> dict[str, Any]:
    result = mann_kendall(case["input"]["x"])
    return {
        "S": result.s,
        "var_S": result.variance,
        "z": result.z,
        "p": result.p,
        "tau_b": result.tau,
        "sen_slope": result.slope,
    }


def drivers_of(case: Case, dataset: Dataset) -> tuple[list[str], np.ndarray, np.ndarray]:
    """The names, columns and outcome of a case."""
    columns, names = dataset(case["input"]["dataset"]), case["input"]["x"]
    x, y = np.column_stack([column(columns, name) for name in names]), column(columns, case["input"]["y"])
    return names, x, np.array(y)


@checks("drv-pub-01", "drv-pub-02")
def shares_of_r2(case: Case, dataset: Dataset) -> dict[str, Any]:
    names, x, y = drivers_of(case, dataset)
    r2, table = explained(correlations(x, y)), least_squares(x, y)
    full = (1,) * len(names)
    by_name = {
        "lmg": shapley_r2(x, y),
        "genizi": relative_weights(x, y),
        "first": [r2[tuple(int(j == i) for j in range(len(names)))] for i in range(len(names))],
        "last": [r2[full] - r2[tuple(int(j != i) for j in range(len(names)))] for i in range(len(names))],
        "pratt": [line.beta * line.correlation for line in table.coefficients],
    }
    return {"r2": table.r2, **{name: dict(zip(names, values, strict=True)) for name, values in by_name.items()}}


@checks("drv-pub-03")
def johnsons_weights(case: Case, dataset: Dataset) -> dict[str, Any]:
    names, x, y = drivers_of(case, dataset)
    weights = relative_weights(x, y)
    return {
        "r2": weights.sum(),
        "raw": dict(zip(names, weights, strict=True)),
        "rescaled": dict(zip(names, 100 * weights / weights.sum(), strict=True)),
    }


@checks("drv-pub-04")
def regression_table(case: Case, dataset: Dataset) -> dict[str, Any]:
    names, x, y = drivers_of(case, dataset)
    table = least_squares(x, y)
    lines = dict(zip(names, table.coefficients, strict=True))
    return {
        "r2": table.r2,
        "adj_r2": table.adjusted_r2,
        "coef": {"(Intercept)": table.intercept, **{name: line.slope for name, line in lines.items()}},
        "se": {"(Intercept)": table.intercept_error, **{name: line.standard_error for name, line in lines.items()}},
        "beta_std": {name: line.beta for name, line in lines.items()},
        "vif": {name: line.inflation for name, line in lines.items()},
    }


@checks("drv-pub-05")
def quadrants(case: Case, dataset: Dataset) -> dict[str, Any]:
    names = ["complaints", "privileges", "learning", "raises", "critical", "advance"]
    _, x, y = drivers_of({"input": {**case["input"], "x": names}}, dataset)
    shares = shapley_r2(x, y)

    def certain(values: np.ndarray) -> dict[str, Estimate]:
        return {name: Estimate(v, v, v, len(y), len(y), "") for name, v in zip(names, values.tolist(), strict=True)}

    importance, performance = certain(shares / shares.sum()), certain(x.mean(axis=0))
    return {
        "importance": {name: estimate.value for name, estimate in importance.items()},
        "performance": {name: estimate.value for name, estimate in performance.items()},
        "quadrant": importance_performance(importance, performance).quadrants,
    }


def weighted_schools(weights: Weights, design: Design, columns: dict[str, list[str]]) -> dict[str, Any]:
    """What the weighting cases expect of the API data."""
    mean = design_mean(column(columns, "api00"), design)
    total = design_total(column(columns, "enroll"), design)
    return {
        "mean_api00": mean.value,
        "se_api00": mean.standard_error,
        "total_enroll": total.value,
        "se_total_enroll": total.standard_error,
        "kish_deff": weights.deff,
        "n_eff": weights.effective_n,
    }


@checks("wt-pub-01")
def poststratified(case: Case, dataset: Dataset) -> dict[str, Any]:
    columns = dataset(case["input"]["dataset"])
    weights = poststratify(columns["stype"], case["input"]["population"], column(columns, "pw"))
    design = weights.design(clusters=columns["dnum"], population=column(columns, "fpc"))
    by_stratum = dict(zip(columns["stype"], weights.weights, strict=True))
    return {"weights_by_stratum": by_stratum, **weighted_schools(weights, design, columns)}


@checks("wt-pub-02")
def raked(case: Case, dataset: Dataset) -> dict[str, Any]:
    columns, margins = dataset(case["input"]["dataset"]), case["input"]["margins"]
    weights = rake({name: columns[name] for name in margins}, margins, column(columns, "pw"))
    cells = [f"{stype}:{wide}" for stype, wide in zip(columns["stype"], columns["sch.wide"], strict=True)]
    design = weights.design(clusters=columns["dnum"])
    by_cell = dict(zip(cells, weights.weights, strict=True))
    return {"weights_by_cell": by_cell, **weighted_schools(weights, design, columns)}


def items_of(case: Case, dataset: Dataset) -> list[list[float]]:
    """The answers of a scale, in rows."""
    if "items_matrix" in case["input"]:
        return case["input"]["items_matrix"]
    columns = dataset(case["input"]["dataset"])
    return [list(row) for row in zip(*(column(columns, name) for name in case["input"]["items"]), strict=True)]


@checks("rel-pub-01", "rel-pub-03")
def scale(case: Case, dataset: Dataset) -> dict[str, Any]:
    items = items_of(case, dataset)
    estimate, analysis = cronbach_alpha(items), analyse_scale(items)
    names = case["input"].get("items", range(len(items[0])))
    assert analysis.alpha == estimate.value
    return {
        "alpha": estimate.value,
        "std_alpha": analysis.standardised_alpha,
        "lambda6": analysis.lambda6,
        "average_r": analysis.mean_correlation,
        "r_drop": {name: item.correlation for name, item in zip(names, analysis.items, strict=True)},
        "alpha_drop": {name: item.alpha_without for name, item in zip(names, analysis.items, strict=True)},
        "feldt_ci": limits(estimate),
    }


@checks("rel-pub-02")
def omega(case: Case, dataset: Dataset) -> dict[str, Any]:
    model, names = one_factor(items_of(case, dataset)), case["input"]["items"]
    return {
        "omega": model.omega,
        "loadings": dict(zip(names, model.loadings, strict=True)),
        "theta": dict(zip(names, model.errors, strict=True)),
        "chisq": model.chi_square,
        "df": model.df,
        "cfi": model.cfi,
        "rmsea": model.rmsea,
    }


@checks("rel-pub-04")
def intraclass_correlations(case: Case, dataset: Dataset) -> dict[str, Any]:
    result = intraclass(case["input"]["matrix"])
    kinds = {
        "ICC1": result.one_way,
        "ICC2": result.agreement,
        "ICC3": result.consistency,
        "ICC1k": result.one_way_mean,
        "ICC2k": result.agreement_mean,
        "ICC3k": result.consistency_mean,
    }
    return {
        **{name: estimate.value for name, estimate in kinds.items()},
        "ci_lower": [estimate.low for estimate in kinds.values()],
        "ci_upper": [estimate.high for estimate in kinds.values()],
    }


@checks("rel-pub-05")
def coders(case: Case, dataset: Dataset) -> dict[str, Any]:
    ratings = np.array(case["input"]["raters"], dtype=float)
    return {metric: krippendorff_alpha(ratings, metric) for metric in ("nominal", "interval")}


@checks("ss-pub-01")
def answers_for_shares(case: Case, dataset: Dataset) -> dict[str, Any]:
    sizes = [
        share_sample(c["moe"], c["p"], 0.95, c.get("N"), c.get("deff", 1), c.get("response_rate"))
        for c in case["input"]["cases"]
    ]
    return {
        "n_exact": [size.exact for size in sizes],
        "n": [size.n for size in sizes],
        "invitations_case4": sizes[3].invitations,
    }


@checks("ss-pub-02")
def answers_for_nps(case: Case, dataset: Dataset) -> dict[str, Any]:
    sizes = [nps_sample(c["moe"], c.get("detractors"), c.get("promoters")) for c in case["input"]["cases"]]
    return {"n_exact": [size.exact for size in sizes], "n": [size.n for size in sizes]}


@checks("ss-pub-03")
def answers_for_two_shares(case: Case, dataset: Dataset) -> dict[str, Any]:
    given = case["input"]["cases"]
    methods = ["arcsine" if "arcsine" in c["method"] else "normal" for c in given]
    sizes = [two_share_sample(c["p1"], c["p2"], c["alpha"], c["power"], m) for c, m in zip(given, methods, strict=True)]
    return {"h": cohens_h(given[0]["p1"], given[0]["p2"]), "n": [size.exact for size in sizes]}


@checks("ss-pub-04")
def values_for_two_means(case: Case, dataset: Dataset) -> dict[str, Any]:
    sizes = [two_mean_sample(c["d"], c["alpha"], c["power"]) for c in case["input"]["cases"]]
    return {"n": [size.exact for size in sizes], "power_n60_d.3": two_mean_power(60, 0.3)}


@checks("eb-pub-01")
def stein(case: Case, dataset: Dataset) -> dict[str, Any]:
    y = case["input"]["y"]
    mean = sum(y) / len(y)
    result = james_stein(y, mean * (1 - mean) / case["input"]["n"])
    return {"grand_mean": result.mean, "shrink_factor": result.kept, "estimates": result.values}


@checks("eb-pub-02")
def shrunken_shares(case: Case, dataset: Dataset) -> dict[str, Any]:
    x, n = case["input"]["x"], case["input"]["n"]
    prior = fit_shares(x, n)
    units = shrink_shares(x, n, prior)
    return {
        "alpha": prior.alpha,
        "beta": prior.beta,
        "loglik": log_likelihood(x, n, prior),
        "posterior_mean_first": units[0].value / 100,
        "posterior_mean_last": units[-1].value / 100,
        "ci95_last": [units[-1].low / 100, units[-1].high / 100],
    }


@checks("eb-pub-03", "eb-pub-04")
def shrunken_values(case: Case, dataset: Dataset) -> dict[str, Any]:
    y, v = case["input"]["y"], [error**2 for error in case["input"]["se"]]
    priors = {method: fit_prior(y, v, method) for method in ("dl", "pm", "reml")}
    together, reml = pool(y, v), priors["reml"]
    units = shrink(y, v, reml)
    return {
        "pooled": together.mean,
        "Q": together.statistic,
        **{f"tau2_{method.upper()}": prior.between for method, prior in priors.items()},
        "mu_REML": reml.mean,
        "se_mu_REML": reml.error,
        "I2_REML": inconsistency(v, reml.between),
        "B_REML": [unit.pull for unit in units],
        "shrunk_REML": [unit.value for unit in units],
        "shrunk_se_REML": [unit.standard_error for unit in units],
    }


@checks("eb-pub-05")
def nps_reached(case: Case, dataset: Dataset) -> dict[str, Any]:
    given = case["input"]
    result = chance_of_nps(of_counts(**given["counts"]), given["target"], NpsPrior(**given["prior"]))
    return {
        "posterior_mean": result.value,
        "posterior_sd": result.standard_error,
        "prob_ge_target": result.probability,
    }


@checks("eb-pub-06")
def share_reached(case: Case, dataset: Dataset) -> dict[str, Any]:
    given = case["input"]
    result = chance_of_share(given["x"], given["n"], given["target"], SharePrior(**given["prior"]))
    return {
        "posterior_mean": result.value,
        "prob_ge_target": result.probability,
        "ci90": [result.low, result.high],
    }


def columns_of(data: dict[str, list[str]], names: list[str]) -> list[list[float]]:
    """The rows of these columns."""
    return [[float(cell) for cell in row] for row in zip(*(data[name] for name in names), strict=True)]


def named_terms(model: LogisticModel, names: list[str]) -> dict[str, Any]:
    """The table of a logistic model as the reference writes it."""
    terms = dict(zip(["(Intercept)", *names], model.terms, strict=True))
    return {
        "coef": {name: term.coefficient for name, term in terms.items()},
        "se": {name: term.standard_error for name, term in terms.items()},
        "odds_ratio": {name: term.odds_ratio[0] for name, term in terms.items()},
        "wald_ci": {name: [term.low, term.high] for name, term in terms.items()},
        "loglik": model.log_likelihood,
        "null_loglik": model.null_log_likelihood,
        "mcfadden": model.mcfadden,
    }


@checks("ch-pub-01", "ch-pub-02")
def churn(case: Case, dataset: Dataset) -> dict[str, Any]:
    given, data = case["input"], dataset(case["input"]["dataset"])
    x, y = columns_of(data, given["x"]), [float(value) for value in data[given["y"]]]
    model = firth(x, y) if case["quantity"] == "churn.firth" else logistic(x, y)
    assert model
    return named_terms(model, given["x"]) | {
        "auc": auc(y, model.chances).value,
        "auc_delong_ci": limits(auc(y, model.chances)),
        "brier": brier(y, model.chances),
    }


@checks("sv-pub-01")
def survival(case: Case, dataset: Dataset) -> dict[str, Any]:
    curve = kaplan_meier(case["input"]["time"], case["input"]["event"])
    return {
        "times": curve.times.tolist(),
        "survival": curve.survival.tolist(),
        "std_err": curve.standard_error.tolist(),
        "ci_loglog_lower": curve.low.tolist(),
        "ci_loglog_upper": curve.high.tolist(),
        "median": curve.median,
    }


def followed(case: Case, dataset: Dataset) -> tuple[Any, Any, Any]:
    """Time, event, and whether each is of the control group."""
    data = dataset(case["input"]["dataset"])
    time, event = (np.array([float(value) for value in data[name]]) for name in ("time", "cens"))
    return time, event, np.array([name == "control" for name in data["treat"]])


@checks("sv-pub-02")
def survival_test(case: Case, dataset: Dataset) -> dict[str, Any]:
    time, event, control = followed(case, dataset)
    test = log_rank([(time[group], event[group]) for group in (control, ~control)])
    return {"chisq": test.statistic, "df": test.df, "p": test.p}


@checks("sv-pub-03")
def hazards(case: Case, dataset: Dataset) -> dict[str, Any]:
    time, event, control = followed(case, dataset)
    table = {}
    for ties in ("efron", "breslow"):
        model = cox(time, event, control, ties)
        assert model
        (term,) = model.terms
        table[ties] = {
            "coef": term.coefficient,
            "se": term.standard_error,
            "hr": term.hazard_ratio[0],
            "loglik": model.log_likelihood,
        }
    return table


@checks("clv-pub-01")
def purchases_fitted(case: Case, dataset: Dataset) -> dict[str, Any]:
    data = dataset(case["input"]["dataset"])
    model = fit_purchases(*([float(value) for value in data[name]] for name in ("frequency", "recency", "T")))
    return {"r": model.r, "alpha": model.alpha, "a": model.a, "b": model.b, "loglik": model.log_likelihood}


@checks("clv-pub-02")
def purchases_expected(case: Case, dataset: Dataset) -> dict[str, Any]:
    given, model = case["input"], PurchaseModel(**case["input"]["params"])
    customers = [[customer[name] for customer in given["customers"]] for name in ("x", "t_x", "T")]
    return {
        "p_alive": model.alive(*customers).tolist(),
        "expected_transactions": model.expected(*customers, ahead=given["horizon"]).tolist(),
        "expectation_new_52": model.expected_of_new(52),
    }


@checks("clv-pub-03")
def spend_expected(case: Case, dataset: Dataset) -> dict[str, Any]:
    customers = case["input"]["customers"]
    model = SpendModel(**case["input"]["params"])
    return {"expected_spend": model.expected([c["x"] for c in customers], [c["m_x"] for c in customers]).tolist()}


@checks("clv-pub-04")
def contractual(case: Case, dataset: Dataset) -> dict[str, Any]:
    given = case["input"]
    terms = given["margin"], given["retention"], given["discount"]
    return {
        "finite": lifetime_value(*terms, given["horizon"]).value,
        "infinite_immediate": lifetime_value(*terms).value,
        "infinite_margin_after": lifetime_value(*terms, first_margin_now=False).value,
    }


@checks("rfm-pub-01")
def scores_of_three(case: Case, dataset: Dataset) -> dict[str, Any]:
    given = case["input"]
    scored = rfm_scores(given["recency_days"], given["frequency"], given["monetary"], given["groups"])
    return dict(zip("RFM", (column.tolist() for column in scored), strict=True))


def payout_curve(given: dict[str, Any], *pays: str) -> PayoutCurve:
    """The curve of a case, whose pays go by these names."""
    return PayoutCurve.of(*(given[name] for name in ("threshold", "target", "stretch", *pays)))


@checks("rw-pub-01")
def paid(case: Case, dataset: Dataset) -> dict[str, Any]:
    curve = payout_curve(case["input"]["curve"], "pay_at_threshold", "pay_at_target", "cap")
    return {"payout": [curve.pay(value) for value in case["input"]["values"]]}


@checks("rw-pub-02", "rw-pub-03")
def scorecard_paid(case: Case, dataset: Dataset) -> dict[str, Any]:
    given = case["input"]
    gates = [Gate(gate["metric"], exact(gate["value"]), exact(gate["min"])) for gate in given["gates"]]
    components = [
        Component(
            one["metric"],
            exact(one["weight"]),
            exact(one["value"]),
            payout_curve(one, "p0", "p1", "p2"),
            one["n"],
            one["n_min"],
        )
        for one in given.get("components", [])
    ]
    reached = score(components) if components else None
    part = given.get("proration", {"eligible_days": 1, "period_days": 1})
    value = reached.value if reached else exact(given["score"])
    assert value is not None
    result = payout(given["base_amount"], value, gates, exact(part["eligible_days"]) / part["period_days"])
    return {
        "component_payout": reached.pays if reached else {},
        "dropped": list(reached.dropped) if reached else [],
        "score": value,
        "amount": result.amount,
        "blocked_by": list(result.blocked_by),
    }


@checks("rw-pub-04")
def next_score(case: Case, dataset: Dataset) -> dict[str, Any]:
    given = case["input"]
    expected = expected_next(given["unit_score"], given["group_mean"], given["reliability"], given["sd_within_total"])
    return {"expected_next": expected.value, "sd_next": expected.deviation}


def agree(computed: object, expected: object, tolerance: dict[str, float], where: str) -> None:
    """Fail unless |computed - expected| <= abs + rel |expected|, element by element; null means undefined."""
    if isinstance(expected, dict):
        assert isinstance(computed, dict), where
        for name, value in expected.items():
            agree(computed[name], value, tolerance, f"{where}.{name}")
    elif isinstance(expected, list):
        assert len(computed) == len(expected), where
        for index, (got, value) in enumerate(zip(computed, expected, strict=True)):
            agree(got, value, tolerance, f"{where}[{index}]")
    elif expected is None or isinstance(expected, str):
        assert computed == expected, f"{where} is {computed!r}, not {expected!r}"
    else:
        margin = tolerance["abs"] + tolerance["rel"] * abs(expected)
        assert abs(computed - expected) <= margin, f"{where}: {computed!r} is not {expected!r} within {margin:.2g}"


def with_its_data(case: Case, cases: dict[str, Case]) -> Case:
    """The case, with the input of another where it says 'see' that other."""
    other = re.search(r"see ([\w-]+)", case["input"].get("dataset", ""))
    return {**case, "input": {**cases[other[1]]["input"], **case["input"]}} if other else case


@pytest.mark.parametrize("case_id", sorted(CHECKS))
def test_reference_case(case_id: str, cases: dict[str, Case], dataset: Dataset) -> None:
    """Every value that a case expects is computed within the tolerance it names."""
    case = with_its_data(cases[case_id], cases)
    expected = {name: value for name, value in case["expected"].items() if (case_id, name) not in NOT_COMPUTED}

    agree(CHECKS[case_id](case, dataset), expected, case["tolerance"], case_id)


def test_no_case_is_skipped_in_silence(cases: dict[str, Case]) -> None:
    """Each id of the reference file is checked."""
    assert sorted(CHECKS) == sorted(cases)
