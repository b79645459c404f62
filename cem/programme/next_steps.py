"""What comes next: where a criterion of a lesson asks for something to be done first."""

from dataclasses import dataclass
from datetime import date

from cem.programme.criteria import Criterion, Lesson
from cem.programme.scoring import HIGHEST
from cem.programme.sheets import Action, Sheet, Standing

# A criterion below this score needs an action.
TARGET = 3.0


@dataclass(frozen=True)
class Due:
    """An action with its criterion."""

    criterion: Criterion
    action: Action
    overdue: bool


@dataclass(frozen=True)
class NextStep:
    """The weakest criterion of a lesson, what its evidence would need for one step more, and the action for it."""

    criterion: Criterion
    standing: Standing
    needed: float | None
    action: Action | None


def due_of(lessons: tuple[Lesson, ...], sheet: Sheet, today: date) -> list[Due]:
    """Open actions, those that are overdue and then what falls due first."""
    found = [
        Due(criterion, action, action.overdue(today))
        for lesson in lessons
        for criterion in lesson.criteria
        for action in sheet.standing(criterion.code).actions
        if not action.done
    ]
    return sorted(found, key=lambda one: one.action.due_on)


def without_action(lesson: Lesson, sheet: Sheet) -> list[Criterion]:
    """The criteria that are assessed below the target and for which nothing is being done."""
    found = []
    for criterion in lesson.criteria:
        standing = sheet.standing(criterion.code)
        low = standing.score is not None and standing.score < TARGET
        if low and not any(not action.done for action in standing.actions):
            found.append(criterion)
    return found


def next_step(lesson: Lesson, sheet: Sheet) -> NextStep | None:
    """Where the lesson gains most: its weakest criterion by score and weight; None where nothing is assessed."""
    known = [(criterion, sheet.standing(criterion.code)) for criterion in lesson.criteria]
    scored = [(one.score, criterion, one) for criterion, one in known if one.score is not None]
    if not scored:
        return None
    lowest, criterion, standing = min(scored, key=lambda each: (each[0], -each[1].weight))
    if lowest >= HIGHEST:
        return None
    auto = standing.auto
    needed = criterion.bands[auto] if auto is not None and auto < HIGHEST else None
    action = next((one for one in standing.actions if not one.done), None)
    return NextStep(criterion, standing, needed, action)
