"""Which function gathers the evidence of which criterion; what is not here is measured by the company itself.

`L0.3` and `L0.5` are no criteria: the ladder of maturity and the lines of reference stand on them.
"""

from cem.programme.evidence import (
    alerts,
    answers,
    cases,
    coverage,
    delivery,
    improvements,
    operations,
    outcomes,
    rewards,
    scorecards,
)
from cem.programme.evidence.found import merged

REGISTRY = merged(
    alerts.REGISTRY,
    answers.REGISTRY,
    cases.REGISTRY,
    coverage.REGISTRY,
    delivery.REGISTRY,
    improvements.REGISTRY,
    operations.REGISTRY,
    outcomes.REGISTRY,
    rewards.REGISTRY,
    scorecards.REGISTRY,
)
