"""From a cell of a table to the responses behind it."""

from dataclasses import dataclass

from cem.explorer.cuts import Cut, Group
from cem.scorecards.choices import Choice


@dataclass(frozen=True)
class Drill:
    """The addresses of the responses that the cells of a table count."""

    choice: Choice
    rows: Cut | None
    columns: Cut | None

    def __call__(self, row: Group | None = None, column: Group | None = None) -> str:
        """The page of a cell, of a row's or column's sum, or of the whole; '' where no address can say it."""
        chosen = {cut.code: group.code for cut, group in ((self.rows, row), (self.columns, column)) if cut and group}
        if "quarter" in chosen:
            return ""
        if "month" in chosen:
            chosen["period"] = chosen.pop("month")
        return f"/responses?{self.choice.query(**chosen)}"
