"""How the lessons went from quarter to quarter: strokes for each lesson, and what changed since the last one."""

from collections.abc import Sequence
from dataclasses import dataclass

from cem.programme.sheets import Sheet
from cem.scorecards.sketches import HEIGHT, WIDTH, Sketch

MOST = 12
FULL = 100.0


@dataclass(frozen=True)
class Quarter:
    """A quarter that was kept, or today (`code` is empty)."""

    code: str
    sheet: Sheet


@dataclass(frozen=True)
class Course:
    """The quarters in their order, today's last."""

    quarters: tuple[Quarter, ...]

    @property
    def today(self) -> Quarter:
        return self.quarters[-1]

    @property
    def before(self) -> Quarter | None:
        """The last quarter that was kept."""
        return self.quarters[-2] if len(self.quarters) > 1 else None

    def percents(self, lesson: int) -> list[float | None]:
        return [quarter.sheet.lesson(lesson).percent for quarter in self.quarters]

    def change(self, lesson: int) -> float | None:
        """In points of percent since the last quarter that was kept; None where one of the two is not known."""
        if self.before is None:
            return None
        earlier, now = self.before.sheet.lesson(lesson).percent, self.today.sheet.lesson(lesson).percent
        return None if earlier is None or now is None else now - earlier

    def sketch(self, lesson: int) -> Sketch | None:
        """The lesson's scores from 0 to 100 in one stroke; None where fewer than two quarters are known."""
        percents = self.percents(lesson)
        places = range(len(percents))
        points = [
            f"{WIDTH * place / (len(percents) - 1):.1f},{HEIGHT * (1 - percent / FULL):.1f}"
            for place, percent in zip(places, percents, strict=True)
            if percent is not None and len(percents) > 1
        ]
        return Sketch((" ".join(points),), ()) if len(points) > 1 else None


def course_of(kept: Sequence[tuple[str, Sheet]], today: Sheet) -> Course:
    """The newest quarters and today."""
    return Course((*(Quarter(code, sheet) for code, sheet in kept[-MOST:]), Quarter("", today)))
