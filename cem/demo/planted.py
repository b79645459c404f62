"""The facts that are planted in the demo company, for people who look around and for tests that look them up.

Months count back from the running Jalali month, which is 0. `at_least` is what the data show in any case, in the unit
that `measure` names; the data usually show more.
"""

from dataclasses import dataclass

FIRST_MONTH = -24


@dataclass(frozen=True, kw_only=True)
class Planted:
    """One fact: where it is, when it holds, and how large it is at least."""

    code: str
    description: str
    measure: str
    at_least: float
    since: int = FIRST_MONTH
    until: int = 0
    survey: str = "after-contact"
    series: str = ""
    touchpoints: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()


GAMING = Planted(
    code="gaming",
    description=(
        "The Karaj branch hands out top scores: nearly every visit is a 10, a 5 and a 7, answered within seconds, "
        "without a comment, and piled up on the last three days of the month."
    ),
    measure="NPS of the branch's visits above that of the other branches, in points",
    at_least=20,
    since=-9,
    series="recommend",
    touchpoints=("branch-visit",),
    units=("karaj",),
)
LAUNCH = Planted(
    code="launch",
    description="A new version of the mobile app improves its CSAT from one month to the next, and it stays.",
    measure="CSAT (4 and 5 of 5) after the launch above the twelve months before it, in points",
    at_least=10,
    since=-7,
    series="satisfaction",
    touchpoints=("mobile-app",),
)
NOWRUZ = Planted(
    code="nowruz",
    description=(
        "Every Farvardin branches and contact centre are thinly staffed: about half as many answers, longer waits, "
        "lower CSAT and CES; a month later all is as before."
    ),
    measure="CSAT (4 and 5 of 5) in Farvardin below that of the other months, in points",
    at_least=8,
    series="satisfaction",
    touchpoints=("branch-visit", "support-call"),
)
MIX_SHIFT = Planted(
    code="mix-shift",
    description=(
        "The NPS of the bank falls while that of every channel rises: customers move from the well-liked branch to app "
        "and cash machine, where scores are lower. The last twelve full months against the twelve before."
    ),
    measure="fall of the NPS of all channels together, in points",
    at_least=4,
    since=-12,
    until=-1,
    series="recommend",
)
QUEUE = Planted(
    code="queue",
    description=(
        "The initiative that worked: the branches of the northern region get a queue system with a turn by phone. "
        "Their CES rises and 'waiting' is named less often; the other branches stay as they were."
    ),
    measure="mean CES of the northern branches after the start above that before it, on the scale of 1 to 7",
    at_least=0.6,
    since=-11,
    series="effort",
    touchpoints=("branch-visit",),
    units=("rasht", "sari", "gorgan"),
)
CASH_MACHINE = Planted(
    code="cash-machine",
    description="The cash machines are a problem all the time: empty or out of order, and the NPS far below zero.",
    measure="NPS of the cash machines below zero in every half of the two years, in points",
    at_least=20,
    series="recommend",
    touchpoints=("cash-machine",),
)
BURST = Planted(
    code="burst",
    description=(
        "Within forty minutes of one night, 140 answers of the lowest scores come from one place over the public link "
        "of the web bank. They are marked as suspect and counted apart."
    ),
    measure="suspect answers on one day",
    at_least=140,
    since=-2,
    until=0,
    series="recommend",
    touchpoints=("web-bank",),
)
BUSINESS_CALLS = Planted(
    code="business-calls",
    description=(
        "Small businesses suffer at the contact centre: their calls end badly, while other customers' calls, and small "
        "businesses elsewhere, are as usual. No total shows it; the table of touchpoints by segments does."
    ),
    measure="NPS of small businesses' calls below that of other segments' calls, in points",
    at_least=40,
    series="recommend",
    touchpoints=("support-call",),
    segments=("business",),
)

LEAVING = Planted(
    code="leaving",
    description=(
        "Detractors leave two to three times as often as promoters after their answer. It is planted as going "
        "together: the books do not say why they left."
    ),
    measure="a detractor's odds of leaving within half a year as a multiple of a promoter's",
    at_least=1.5,
    series="recommend",
)


@dataclass(frozen=True, kw_only=True)
class PlantedSegment(Planted):
    """A fact about customers of one value and need."""

    tier: str
    need: str


ADVICE = PlantedSegment(
    code="advice",
    description="Customers of high value who need advice are unhappy; those of high value with other needs are not.",
    measure="NPS of high value and need of advice below that of all customers, in points",
    at_least=25,
    since=-11,
    series="recommend",
    tier="high",
    need="advice",
)

PLANTED = (GAMING, LAUNCH, NOWRUZ, MIX_SHIFT, QUEUE, CASH_MACHINE, BURST, BUSINESS_CALLS, LEAVING, ADVICE)
