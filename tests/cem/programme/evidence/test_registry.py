from cem.programme.criteria import read_criteria
from cem.programme.evidence.registry import REGISTRY
from tests.cem.programme.evidence.conftest import Know

# What the ladder of maturity and the lines of reference stand on beside the criteria.
BESIDE = {"L0.3", "L0.5"}


def test_every_code_is_a_criterion() -> None:
    """Nothing is gathered that no criterion or line of reference asks for."""
    codes = {criterion.code for criterion in read_criteria().all}

    assert codes | BESIDE >= REGISTRY.keys()
    assert REGISTRY.keys() >= BESIDE


def test_an_empty_company_has_no_evidence(know: Know) -> None:
    """Where nothing can be counted nothing is assessed, which is not the same as 0."""
    assert {code: found for code in REGISTRY if (found := know(code)) is not None} == {}
