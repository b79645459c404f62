"""What is planned, against the numbers of the field's own tables."""

import math
from dataclasses import replace

import pytest

from cem.quality.planner import CHANGE, Assumed, margin_of, parse, plan, suppose
from cem.scorecards.kpis import Kpi
from metrics import two_nps_sample

NPS = Kpi("recommend", "nps", {"en": "Recommend"}, range(11))
CSAT = Kpi("satisfied", "csat", {"en": "Satisfied"}, range(1, 6))
CES = Kpi("effort", "ces", {"en": "Easy"}, range(1, 8))


def test_nothing_known_is_the_worst_case() -> None:
    """Half promoters, half detractors: five points need 1,537 answers, ten need 385."""
    worst = suppose(NPS)

    assert plan(NPS, worst).needed.n == 1537
    assert plan(NPS, replace(worst, size=10)).needed.n == 385


def test_the_known_mix_needs_fewer() -> None:
    """Sixty percent promoters and fifteen detractors: 842; twice that at a design effect of two."""
    usual = Assumed(5, promoters=60, detractors=15)

    assert plan(NPS, usual).needed.n == 842
    twice = plan(NPS, replace(usual, deff=2, rate=25)).needed
    assert twice.n == pytest.approx(2 * 842, abs=1)
    assert twice.invitations == 4 * twice.n


def test_few_customers_need_fewer_answers() -> None:
    """Of a thousand customers the worst case needs 606 answers, by the finite population correction."""
    found = plan(NPS, replace(suppose(NPS), population=1000))
    n0 = 1536.6

    assert found.needed.n == math.ceil(n0 / (1 + (n0 - 1) / 1000))
    assert max(n for n, _ in found.curve) == 1000
    assert found.curve[-1][1] == 0


def test_seeing_a_change() -> None:
    """A change of ten points needs in each period what the comparison of two needs; months follow from what comes."""
    usual = Assumed(10, goal=CHANGE, promoters=60, detractors=15, monthly=100)
    variance = 0.6 + 0.15 - 0.45**2
    found = plan(NPS, usual)

    assert found.needed.n == two_nps_sample(10, (variance, variance)).n
    assert found.months == math.ceil(found.needed.n / 100)
    # What needs so many answers is the change that so many answers show.
    assert found.seen[-1].answers == 1200
    sd = 100 * math.sqrt(variance)
    assert found.seen[0].change == pytest.approx(2.802 * sd * math.sqrt(2 / 100), rel=1e-3)
    assert found.seen[0].margin == pytest.approx(margin_of(sd, 100, usual))


def test_shares_and_means() -> None:
    """CSAT within three points at 80 percent by Wilson's interval; a mean by its deviation; changes of both."""
    assert plan(CSAT, Assumed(3, share=80)).needed.n == pytest.approx(683, abs=4)
    assert plan(CES, Assumed(0.2, deviation=1.5)).needed.n == 217
    assert plan(CES, Assumed(0.3, goal=CHANGE, deviation=1)).needed.n == 176
    assert plan(CSAT, Assumed(25, goal=CHANGE, share=50)).needed.n == 58
    # There is no room above: the change that is planned for is a fall.
    assert plan(CSAT, Assumed(10, goal=CHANGE, share=95)).needed.n > 50


@pytest.mark.parametrize(
    "asked",
    [
        {"size": "0"},
        {"size": "many"},
        {"promoters": "70", "detractors": "40"},
        {"promoters": "0", "detractors": "0"},
        {"deff": "0.5"},
        {"rate": "0"},
        {"population": "nan"},
        {"monthly": "-1"},
    ],
)
def test_what_cannot_be_planned(asked: dict[str, str]) -> None:
    """Numbers that are none, cannot be together, or leave nothing to vary."""
    with pytest.raises(ValueError, match=r".*"):
        plan(NPS, parse(asked, suppose(NPS)))


def test_a_form_in_persian_digits() -> None:
    """Digits of either language; an empty field that may be empty is unknown, not what was suggested."""
    usual = replace(suppose(NPS), rate=25.0, monthly=100.0)
    found = parse({"size": "۴٫۵", "rate": "", "population": "۱۰٬۰۰۰"}, usual)

    assert (found.size, found.rate, found.population, found.monthly) == (4.5, None, 10_000, 100)
