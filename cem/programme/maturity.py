"""The four steps of customer-centric maturity, computed from evidence, and warnings of form without substance."""

from collections.abc import Mapping, Sequence

from cem.programme.evidence.found import Found
from cem.programme.sheets import Condition, LessonStanding, Standing, Step
from surveys.languages import N_

# After Bob Thompson's stages of the customer-centric journey.
STEP_NAMES = {
    1: N_("Target customers"),
    2: N_("Responsive"),
    3: N_("Engaged"),
    4: N_("Inspired"),
}
STEP_MEANINGS = {
    1: N_("We know who our customers are, what they buy and what they need."),
    2: N_("We ask regularly, know what comes first, answer in time, and see who leaves."),
    3: N_("We measure what customers feel, and those who recommend us have a place."),
    4: N_("We meet needs before they are voiced, and find out whether we were right."),
}
WARNINGS = {
    "form": N_(
        "Form without substance: tools, analyses and rules are used much, and little is done with what customers say."
    ),
    "automation": N_("Automation has run ahead of culture: processes act by themselves before people believe in it."),
    "collecting": N_("Much is collected and little of it is acted on: stop asking what nobody will use."),
}
# In percent. Automation counts as ahead when it stands more than one level above the culture's mean.
IDENTIFIED, IN_TIME, HELPFUL, ANTICIPATIONS = 80.0, 80.0, 50.0, 10
ACTED_ON_LITTLE, COLLECTED_MUCH, LEVEL = 25.0, 75.0, 25.0


def steps_of(found: Mapping[str, Found]) -> tuple[Step, ...]:
    """The ladder: a step is reached when it holds and all those below it are reached."""
    conditions = {
        1: [_at_least(found, "5.4", IDENTIFIED, N_("80% of active customers have a value and a need segment"))],
        2: [
            _at_least(found, "L0.3", 100, N_("Every live touchpoint was heard within 90 days")),
            _at_least(found, "5.2", 100, N_("Drivers are current for every survey")),
            _at_least(found, "1.5", IN_TIME, N_("80% of those who want an answer get it in time")),
            _has(found, "6.3", "retention", N_("It is counted who leaves")),
        ],
        3: [
            _has(found, "6.1", "emotion", N_("A relational survey asks what customers feel")),
            _at_least(found, "6.6", 1, N_("Those who recommend us take part: referral, help, ideas or a panel")),
        ],
        4: [_anticipations(found)],
    }
    steps: list[Step] = []
    below = True
    for number, asked in conditions.items():
        below = below and all(one.holds for one in asked)
        steps.append(Step(number, tuple(asked), below))
    return tuple(steps)


def _at_least(found: Mapping[str, Found], code: str, lowest: float, text: str) -> Condition:
    one = found.get(code)
    return Condition(text, None if one is None else one.value >= lowest, None if one is None else one.value)


def _has(found: Mapping[str, Found], code: str, part: str, text: str) -> Condition:
    """Whether one of the things that were counted is there."""
    one = found.get(code)
    there = None if one is None else {each.code: each.counts for each in one.parts}.get(part)
    return Condition(text, there)


def _anticipations(found: Mapping[str, Found]) -> Condition:
    text = N_("At least 10 needs were met before they were voiced this quarter, half of them rightly")
    one = found.get("M.4")
    if one is None:
        return Condition(text, None)
    return Condition(text, one.n >= ANTICIPATIONS and one.value >= HELPFUL, one.value)


def warnings_of(
    standings: Mapping[str, Standing], lessons: Sequence[LessonStanding], found: Mapping[str, Found]
) -> tuple[str, ...]:
    """Codes of what looks better than it is; nothing is said where it is not known."""
    percents = {lesson.number: lesson.percent for lesson in lessons if lesson.enough}
    acted_on, collected = found.get("L0.5"), found.get("L0.3")
    little = acted_on is not None and acted_on.value < ACTED_ON_LITTLE
    said = []
    tools = [percents.get(number) for number in (4, 5)]
    if little and all(percent is not None and percent >= COLLECTED_MUCH for percent in tools):
        said.append("form")
    automation, culture = standings["3.3"].auto, percents.get(1)
    if automation is not None and culture is not None and automation * LEVEL > culture + LEVEL:
        said.append("automation")
    if little and collected is not None and collected.value >= COLLECTED_MUCH:
        said.append("collecting")
    return tuple(said)
