"""Where a reward period stands: what each status is called, and that steps are taken in their turn."""

from cem.errors import Conflict
from cem.rewards.models import RewardRun
from surveys.languages import N_

MEASURING, LOCKED, CALCULATED, REVIEWED = "measuring", "locked", "calculated", "reviewed"
APPROVED, PAID, CLOSED, REOPENED = "approved", "paid", "closed", "reopened"
STATUS_NAMES = {
    MEASURING: N_("Measuring"),
    LOCKED: N_("Locked"),
    CALCULATED: N_("Calculated"),
    REVIEWED: N_("Reviewed"),
    APPROVED: N_("Approved"),
    PAID: N_("Paid"),
    CLOSED: N_("Closed"),
    REOPENED: N_("Reopened"),
}
# What is not calculated yet: what people decide about it still counts.
UNCALCULATED = frozenset({MEASURING, LOCKED})


class WrongStep(Conflict):
    title = N_("This step is not possible now")
    advice = N_(
        "The reward period has moved on, or a step before this one is missing. Open it again to see where it is."
    )


def expect(run: RewardRun, *statuses: str) -> None:
    """WrongStep where the run stands at none of these."""
    if run.status not in statuses:
        raise WrongStep
