"""`python -m benchmarks.coverage`: how often the default intervals hold the truth, which they say of 95 in 100.

NPS and CSAT depend on two or three counts, so for few answers every possible sample is gone through, each with its
probability: the coverage is exact. Otherwise samples are drawn with a fixed seed. The populations are those at which
customers are usually found: from typical to nearly perfect, where the usual margin of error fails.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from math import comb

import numpy as np

from metrics import Histogram, csat, mean_score, nps

NS = (10, 30, 100, 1000)
LOW, HIGH = 0.93, 0.97
# Up to so many answers every sample is gone through; 5,151 for three groups of 100.
EXACT, DRAWS, SEED = 100, 4000, 20_251_125

NPS_POPULATIONS = {
    "typical": (0.15, 0.25, 0.60),
    "excellent": (0.03, 0.12, 0.85),
    "near-perfect": (0.005, 0.045, 0.95),
    "polarised": (0.45, 0.05, 0.50),
    "passive": (0.05, 0.85, 0.10),
}
SHARES = {"half": 0.50, "typical": 0.70, "good": 0.85, "excellent": 0.95}
MEANS = {
    "symmetric, mean 4.0": (0.05, 0.10, 0.20, 0.30, 0.20, 0.10, 0.05),
    "skewed, mean 6.0": (0.02, 0.02, 0.03, 0.08, 0.10, 0.20, 0.55),
    "ceiling, mean 6.6": (0.005, 0.005, 0.01, 0.03, 0.05, 0.12, 0.78),
}


@dataclass(frozen=True)
class Coverage:
    """How often the interval holds the population's value, and how that was found."""

    kpi: str
    population: str
    n: int
    coverage: float
    exact: bool

    @property
    def within(self) -> bool:
        return LOW <= self.coverage <= HIGH


def measure(ns: Sequence[int] = NS) -> Iterator[Coverage]:
    """The coverage of each default interval in each population, at each number of answers."""
    generator = np.random.default_rng(SEED)
    for name, shares in NPS_POPULATIONS.items():
        for n in ns:
            yield Coverage("NPS", name, n, _nps(shares, n, generator), n <= EXACT)
    for name, share in SHARES.items():
        for n in ns:
            yield Coverage("CSAT", name, n, _csat(share, n), exact=True)
    for name, scores in MEANS.items():
        for n in ns:
            yield Coverage("CES", name, n, _mean(scores, n, generator), exact=False)


def _nps(shares: tuple[float, float, float], n: int, generator: np.random.Generator) -> float:
    truth = 100 * (shares[2] - shares[0])

    def holds(detractors: int, promoters: int) -> bool:
        e = nps(Histogram([detractors, 0, 0, 0, 0, 0, 0, n - detractors - promoters, 0, 0, promoters]))
        return (e.low or 0) - 1e-9 <= truth <= (e.high or 0) + 1e-9

    if n <= EXACT:
        d, p, r = shares
        return sum(
            comb(n, a) * comb(n - a, b) * d**a * r**b * p ** (n - a - b)
            for a in range(n + 1)
            for b in range(n - a + 1)
            if holds(a, b)
        )
    drawn = generator.multinomial(n, shares, size=DRAWS)
    # Many samples are alike, and each kind is looked at once.
    kinds, times = np.unique(drawn[:, [0, 2]], axis=0, return_counts=True)
    held = [holds(int(a), int(b)) for a, b in kinds]
    return float(times[held].sum() / DRAWS)


def _csat(share: float, n: int) -> float:
    held = 0.0
    for k in range(n + 1):
        e = csat(Histogram([0, 0, 0, n - k, 0, k]))
        if (e.low or 0) <= 100 * share <= (e.high or 0):
            # From logarithms, for 1000 over 500 is more than a float holds.
            held += float(np.exp(_log_choose(n, k) + k * np.log(share) + (n - k) * np.log(1 - share)))
    return held


def _log_choose(n: int, k: int) -> float:
    return float(
        np.log(np.arange(1, n + 1)).sum() - np.log(np.arange(1, k + 1)).sum() - np.log(np.arange(1, n - k + 1)).sum()
    )


def _mean(scores: Sequence[float], n: int, generator: np.random.Generator) -> float:
    truth = sum(score * share for score, share in enumerate(scores, 1)) / sum(scores)
    kinds, times = np.unique(
        generator.multinomial(n, np.divide(scores, sum(scores)), size=DRAWS), axis=0, return_counts=True
    )
    estimates = [mean_score(Histogram([0, *counts.tolist()]), 1, 7) for counts in kinds]
    held = [(e.low or 0) <= truth <= (e.high or 0) for e in estimates]
    return float(times[held].sum() / DRAWS)


def table(found: Sequence[Coverage]) -> str:
    """The coverage as a table of Markdown, a row for each population; what is outside the limits stands in bold."""
    ns = sorted({one.n for one in found})
    lines = [f"| KPI | population | {' | '.join(f'n = {n:,}' for n in ns)} |", f"|---|---|{'---:|' * len(ns)}"]
    rows: dict[tuple[str, str], list[Coverage]] = {}
    for one in found:
        rows.setdefault((one.kpi, one.population), []).append(one)
    for (kpi, population), cells in rows.items():
        written = [
            f"{c.coverage:.3f}" if c.within else f"**{c.coverage:.3f}**" for c in sorted(cells, key=lambda c: c.n)
        ]
        lines.append(f"| {kpi} | {population} | {' | '.join(written)} |")
    return "\n".join(lines)


def main() -> None:
    found = list(measure())
    if "--json" in sys.argv:
        print(json.dumps([asdict(one) for one in found], indent=2))
    else:
        print(table(found))
        outside = [one for one in found if not one.within]
        print(f"\n{len(found) - len(outside)} of {len(found)} within {LOW:.0%} to {HIGH:.0%}")


if __name__ == "__main__":
    main()
