"""Templates fit whatever a company measures, and suggest points from its own past year."""

from decimal import Decimal

import pytest

from cem.operations.figures import operational_metrics
from cem.rewards.checking import Known, check_terms
from cem.rewards.drafting import basis_in_words, fill_points, past_year, read_pasts
from cem.rewards.periods import RewardPeriod
from cem.rewards.plan_files import read_terms_text, terms_to_yaml
from cem.rewards.plan_templates import PlanTemplate, missing_in_words, plan_templates, resolve
from cem.rewards.sources import Sourced, Sources
from cem.rewards.suggestions import Past, PastUnit, suggest
from cem.rewards.terms import UNCHOSEN, SurveyScore
from cem.scorecards.offers import read_offers
from metrics.payouts.curves import Shape
from metrics.payouts.guards import Guard
from surveys.database import Database
from surveys.formats.documents import DocumentFaults
from surveys.languages import language
from surveys.models import Survey
from tests.cem.rewards.conftest import PERIOD, metric, terms_of

EN = language("en")
LATER = RewardPeriod.parse("2025-Q4")


def past_of(values: list[float], *, n: float = 400) -> Past:
    """A past year in which units stood at these values, each surely."""
    start, end = past_year(LATER)
    units = tuple(PastUnit(f"u{i}", {"en": f"Unit {i}"}, n, v, v - 5, v + 5, v) for i, v in enumerate(values))
    mean = sum(values) / len(values) if values else None
    return Past(start, end, units, n * len(values), mean, mean, mean, 80.0)


def share(*, lower: bool = False) -> Sourced:
    return Sourced(metric=metric("answered", lower_is_better=lower))


@pytest.mark.parametrize("template", plan_templates(), ids=lambda one: one.name)
def test_a_template_is_whole(template: PlanTemplate) -> None:
    """Both languages, weights that add up to 100, a share of surveys that is a choice, and no jump at the threshold."""
    assert set(template.titles) == set(template.whom) == set(template.why) == {"fa", "en"}
    assert sum(measure.weight for measure in template.measures) == 100
    assert sum(measure.weight for measure in template.measures if measure.kind) >= template.customer_minimum
    assert all(set(measure.names) == {"fa", "en"} for measure in template.measures)


@pytest.mark.parametrize("template", plan_templates(), ids=lambda one: one.name)
def test_a_company_without_anything(database: Database, template: PlanTemplate) -> None:
    """Where nothing is measured, every measure is left to be chosen, with a message for each."""
    with database.read() as reader:
        offers = read_offers(reader)
        found = resolve(template, offers, operational_metrics(reader))
        faults = check_terms(found.terms, Known.read(offers, reader))
    assert len(found.missing) == len(template.measures)
    for spoken in (EN, language("fa")):
        assert all(missing_in_words(spoken, asked) for asked in found.missing)
    chosen = [fault for fault in faults if fault.message.startswith("Choose what is measured")]
    assert len(chosen) == len(template.measures)


def test_a_company_with_much(database: Database, survey: Survey, company: None) -> None:
    """Kinds find the company's own series and metrics; what is resolved is without fault once points are filled in."""
    with database.write() as session:
        session.add_all([metric("first-contact"), metric("waiting_minutes", lower_is_better=True)])
    with database.read() as reader:
        offers = read_offers(reader)
        sources = Sources.read(reader, offers)
        for template in plan_templates()[:3]:
            found = resolve(template, offers, operational_metrics(reader))
            assert found.missing == (), template.name
            first = found.terms.measures[0]
            assert first.source.survey == "visit" if isinstance(first.source, SurveyScore) else False
            sampled = [one.guard for one in found.terms.measures if isinstance(one.source, SurveyScore)]
            assert set(sampled) == {Guard.SHRUNKEN}
            assert {one.shape for one in found.terms.measures} == {Shape.LINEAR}
            assert {one.pay_at_threshold for one in found.terms.measures} == {Decimal(0)}
            terms = fill_points(found.terms, sources, read_pasts(reader, sources, found.terms, LATER))
            assert check_terms(terms, Known.read(offers, reader)) == [], template.name
            assert set(terms.baseline) == set(terms.margin_of_error) == {"fa", "en"}
        executive = resolve(plan_templates()[3], offers, operational_metrics(reader))
        assert [one.kind for one in executive.missing] == ["nps"]
        assert executive.terms.measures[0].source == SurveyScore(survey=UNCHOSEN, series=UNCHOSEN)


def test_points_from_many_units() -> None:
    """About 85% of the units reach the threshold, 55% the target and 10% the stretch."""
    found = suggest(share(), past_of([float(50 + step) for step in range(40)]))
    assert (found.threshold, found.target, found.stretch) == (56, 68, 85)
    assert found.basis == "units"
    assert [round(n / 40, 2) for n in found.reached] == [0.85, 0.55, 0.12]


def test_points_where_lower_is_better() -> None:
    """The same from the other side: the threshold is the highest."""
    found = suggest(share(lower=True), past_of([float(50 + step) for step in range(40)]))
    assert found.threshold > found.target > found.stretch
    assert [round(n / 40, 2) for n in found.reached] == [0.85, 0.55, 0.12]


def test_points_keep_apart_and_within_bounds() -> None:
    """Units that are all alike, or near the end of the scale, still make a curve that rises."""
    for values in ([100.0] * 6, [0.0] * 6, [72.2] * 6):
        found = suggest(share(), past_of(values))
        assert 0 <= found.threshold < found.target < found.stretch <= 100


def test_points_from_few_units(database: Database, survey: Survey, company: None) -> None:
    """With fewer than five units the target is where the company stood, a margin of error from the others."""
    with database.read() as reader:
        sources = Sources.read(reader, read_offers(reader))
        pasts = read_pasts(reader, sources, terms_of(), LATER)
        sourced = sources.find(terms_of().measures[0].source)
        assert sourced is not None
        found = suggest(sourced, pasts["nps"])
        assert (found.threshold, found.target, found.stretch) == (22, 37, 53)
        assert pasts["nps"].margin(100) == pytest.approx(15, abs=0.5)
        words = basis_in_words(EN, sourced, pasts["nps"], found)
        assert "too few units to compare" in words
        nothing = suggest(sourced, read_pasts(reader, sources, terms_of(), RewardPeriod.parse("2020"))["nps"])
        assert nothing.basis == "nothing"


def test_few_answers_stay_hidden(database: Database, survey: Survey, answer: object) -> None:
    """A unit with fewer than five answers is not in the pictures, nor what would reveal it."""
    answer(9, 9, 9, day=PERIOD.first_day)  # type: ignore[operator]
    answer(*[9] * 6, day=PERIOD.first_day, unit="tajrish")  # type: ignore[operator]
    with database.read() as reader:
        sources = Sources.read(reader, read_offers(reader))
        assert read_pasts(reader, sources, terms_of(), LATER)["nps"].units == ()


def test_terms_as_text() -> None:
    """What comes out goes in again, the same; a fault has its line, and a code stays."""
    terms, known = terms_of(), Known({"visit": {"nps_visit": (-100, 100)}}, {})
    text = terms_to_yaml(terms)
    again, faults = read_terms_text(text, "tehran", known)
    assert again == terms
    assert faults
    assert all(fault.line for fault in faults)
    with pytest.raises(DocumentFaults, match="line 1"):
        read_terms_text(text, "other", known)
