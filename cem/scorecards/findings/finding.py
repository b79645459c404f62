"""What a finding is, and how the tests of a page are judged together."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from cem.scorecards.kpis import Kpi
from metrics import adjust_p_values
from surveys.languages import Language

ALPHA = 0.05


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that the numbers say.

    Attributes
    ----------
    size
        How large it is, as a share of the KPI's range: what is larger stands first.
    rise
        Whether it is good news (True), bad news (False) or a question (None).
    link
        The parts of the address of the page that shows it.
    """

    kind: ClassVar[str] = ""
    kpi: Kpi
    size: float = 0.0
    rise: bool | None = None
    link: tuple[tuple[str, str], ...] = ()

    def sentence(self, language: Language) -> str:
        raise NotImplementedError


class Test(NamedTuple):
    """A question to the data with its p-value, and what to say if it holds among all that were asked."""

    p: float | None
    make: Callable[[], Finding | None]


def proven(tests: Iterable[Test]) -> list[Finding]:
    """The findings of the tests that hold when all are taken into account, by Holm's adjustment.

    Holm's, for a finding names people's work: on a page where nothing has happened, the chance of even one is below
    5 percent, whatever the number of touchpoints and units. Simulated without any effect (two years of 400 answers a
    month, five touchpoints, twelve units), 6 of 250 pages of NPS and 9 of 250 of CSAT found something; most named a
    unit.
    """
    asked = list(tests)
    adjusted = adjust_p_values([test.p for test in asked], "holm")
    found = [test.make() for test, q in zip(asked, adjusted, strict=True) if q is not None and q < ALPHA]
    return [finding for finding in found if finding is not None]


def in_order(findings: Sequence[Finding], kinds: Sequence[str]) -> tuple[Finding, ...]:
    """The most important first: the largest of each kind in the order of the kinds, then the second of each."""
    ranks: dict[str, int] = {}
    placed = []
    for finding in sorted(findings, key=lambda one: -one.size):
        rank = ranks[finding.kind] = ranks.get(finding.kind, -1) + 1
        placed.append((rank, kinds.index(finding.kind), finding))
    return tuple(finding for *_, finding in sorted(placed, key=lambda row: row[:2]))
