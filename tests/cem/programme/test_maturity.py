"""The ladder, the reference lines and the warnings, from evidence that is given."""

from cem.programme.evidence.found import Found, Part
from cem.programme.maturity import steps_of, warnings_of
from cem.programme.references import references_of, verdict
from cem.programme.sheets import LessonStanding, Standing

SURE = {
    "5.4": Found(85.0, 100, 85),
    "L0.3": Found(100.0, 9, 9),
    "5.2": Found(100.0, 2, 2),
    "1.5": Found(81.0, 100, 81),
    "6.3": Found(2.0, 5, 2, parts=(Part(True, code="retention"), Part(False, code="referral"))),
    "6.1": Found(4.0, 8, 4, parts=(Part(True, code="emotion"),)),
    "6.6": Found(1.0, 4),
    "M.4": Found(60.0, 12, 7),
}


def level(found: dict[str, Found]) -> int:
    return max((step.number for step in steps_of(found) if step.reached), default=0)


def test_a_step_counts_only_on_those_below() -> None:
    """All hold: the fourth. Without the first none is reached, whatever holds above."""
    assert level(SURE) == 4
    assert level(SURE | {"5.4": Found(79.9, 1000, 799)}) == 0
    assert level(SURE | {"1.5": Found(79.0, 100, 79)}) == 1
    assert level(SURE | {"6.1": Found(4.0, 8, 4, parts=(Part(False, code="emotion"),))}) == 2
    assert level(SURE | {"M.4": Found(60.0, 9, 5)}) == 3
    assert level({}) == 0


def test_what_is_not_known_is_told_as_such() -> None:
    """A condition without evidence neither holds nor fails."""
    conditions = {one.text: one.holds for step in steps_of({}) for one in step.conditions}

    assert set(conditions.values()) == {None}
    assert len(conditions) == 8


def test_the_effectiveness_of_feedback() -> None:
    """21 of 40 is 52.5%, between 37.5 and 67.1: not told apart from 42."""
    one = references_of({"L0.4": Found(52.5, 40, 21, sample=True)})[1]

    assert one.low is not None
    assert one.high is not None
    assert (one.value, round(one.low, 1), round(one.high, 1), verdict(one)) == (52.5, 37.5, 67.1, "not told apart")


def test_rewards_above_one_quarter() -> None:
    """120 of 300 of all staff is 40%, above one quarter; nothing known is no verdict."""
    one = references_of({"1.1": Found(40.0, 300, 120)})[2]

    assert (one.value, one.low, one.n, verdict(one)) == (40.0, None, 300, "above")
    assert verdict(references_of({})[2]) == ""


def test_form_without_substance() -> None:
    """Many tools and little acting is warned of; with enough acting, or too little known, it is not."""
    lessons = [LessonStanding(number, 80.0, 9, 9, enough=True) for number in (1, 4, 5)]
    standings = {"3.3": Standing("3.3", auto=4)}
    little = {"L0.5": Found(10.0, 1000, 100), "L0.3": Found(90.0, 10, 9)}

    assert warnings_of(standings, lessons, little) == ("form", "collecting")
    assert warnings_of(standings, lessons, little | {"L0.5": Found(30.0, 1000, 300)}) == ()
    assert warnings_of(standings, lessons[:2], little) == ("collecting",)
    assert warnings_of(standings, lessons, {}) == ()


def test_automation_ahead_of_culture() -> None:
    """More than one level above the culture's mean."""
    for percent, said in ((74.0, ("automation",)), (75.0, ())):
        lessons = [LessonStanding(1, percent, 9, 9, enough=True)]
        assert warnings_of({"3.3": Standing("3.3", auto=4)}, lessons, {}) == said
