"""Every public reference case is computed here, or listed with the capability that it waits for."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from metrics import (
    Design,
    Estimate,
    Histogram,
    adjust_p_values,
    ces,
    clustered_nps,
    compare,
    compare_many,
    compare_to_target,
    csat,
    design_mean,
    design_share,
    design_total,
    mean_score,
    nps,
    paired_nps,
    paired_shares,
    proportion,
    response_rates,
)
from metrics.bootstrap import bootstrap, correlation
from metrics.differences import nps_z
from metrics.heterogeneity import chi_square, linear_trend, pool
from metrics.means import Moments, welch
from metrics.net_promoter import net_groups
from metrics.ordinal import kruskal_wallis, mann_whitney, tukey
from metrics.quantiles import normal_p
from metrics.share_differences import agresti_caffo, fisher_p, miettinen_nurminen, newcombe, pooled_z

Case = dict[str, Any]
Dataset = Callable[[str], dict[str, list[str]]]

# What a later capability brings, and the values of a checked case that the product does not compute.
LATER = {
    "control charts": [f"spc-pub-{i:02}" for i in range(1, 11)],
    "change points and trends": ["cp-pub-01", "cp-pub-02", "trend-pub-01"],
    "key drivers": [f"drv-pub-{i:02}" for i in range(1, 6)],
    "post-stratification and raking of weights": ["wt-pub-01", "wt-pub-02"],
    "reliability of scales": [f"rel-pub-{i:02}" for i in range(1, 6)],
    "sample size": [f"ss-pub-{i:02}" for i in range(1, 5)],
    "shrinkage of small units": [f"eb-pub-{i:02}" for i in range(1, 5)],
    "the chance that a unit has reached its target": ["eb-pub-05", "eb-pub-06"],
    "payouts": [f"rw-pub-{i:02}" for i in range(1, 5)],
    "churn, survival, lifetime value": [
        *["ch-pub-01", "ch-pub-02", "sv-pub-01", "sv-pub-02", "sv-pub-03", "rfm-pub-01"],
        *[f"clv-pub-{i:02}" for i in range(1, 5)],
    ],
    "text": ["txt-pub-01", "txt-pub-02"],
}
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
    elif expected is None:
        assert computed is None, f"{where} is undefined, not {computed!r}"
    else:
        margin = tolerance["abs"] + tolerance["rel"] * abs(expected)
        assert abs(computed - expected) <= margin, f"{where}: {computed!r} is not {expected!r} within {margin:.2g}"


@pytest.mark.parametrize("case_id", sorted(CHECKS))
def test_reference_case(case_id: str, cases: dict[str, Case], dataset: Dataset) -> None:
    """Every value that a case expects is computed within the tolerance it names."""
    case = cases[case_id]
    expected = {name: value for name, value in case["expected"].items() if (case_id, name) not in NOT_COMPUTED}

    agree(CHECKS[case_id](case, dataset), expected, case["tolerance"], case_id)


def test_no_case_is_skipped_in_silence(cases: dict[str, Case]) -> None:
    """Each id of the reference file is either checked or waits for a named capability, and never both."""
    later = [case_id for ids in LATER.values() for case_id in ids]

    assert sorted([*CHECKS, *later]) == sorted(cases)
