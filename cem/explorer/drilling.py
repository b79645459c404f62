"""From a cell of a table to the responses behind it."""

from dataclasses import dataclass

from cem.explorer.cuts import Cut, Group
from cem.scorecards.choices import Choice
from cem.scorecards.periods import quarter_name


@dataclass(frozen=True)
class Drill:
    """The addresses of the responses that the cells of a table count."""

    choice: Choice
    rows: Cut | None
    columns: Cut | None

    def __call__(self, row: Group | None = None, column: Group | None = None) -> str:
        """The page of a cell, of a row's or column's sum, or of the whole."""
        chosen = {cut.code: group for cut, group in ((self.rows, row), (self.columns, column)) if cut and group}
        quarter, month = chosen.pop("quarter", None), chosen.pop("month", None)
        limits = {name: group.code for name, group in chosen.items()}
        # A month is a part of its quarter, so it says both.
        if month is not None:
            limits["period"] = month.code
        elif quarter is not None:
            limits["period"] = quarter_name(quarter.months[0])
        return f"/responses?{self.choice.query(**limits)}"
