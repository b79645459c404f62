"""The main menu: where each page is, in the order of a day's work; a person sees what their role opens."""

from collections.abc import Iterator
from dataclasses import dataclass

from cem.roles import Action, Role, scope_of
from surveys.languages import N_


@dataclass(frozen=True)
class Entry:
    action: Action
    address: str
    name: str


MENU = (
    Entry(Action.SCORECARDS_READ, "/scorecards", N_("Scorecards")),
    Entry(Action.EXPLORER_READ, "/explorer", N_("Explorer")),
    Entry(Action.COMMENTS_READ, "/comments", N_("Comments")),
    Entry(Action.RESPONSES_READ, "/responses", N_("Responses")),
    Entry(Action.OPERATIONS_READ, "/operations", N_("Operations")),
    Entry(Action.OUTCOMES_READ, "/outcomes", N_("Outcomes")),
    Entry(Action.QUALITY_READ, "/quality", N_("Data quality")),
    Entry(Action.RESPONSES_EXPORT, "/studio/exports", N_("Exports")),
)


def menu_of(role: Role, path: str) -> Iterator[tuple[Entry, bool]]:
    """The entries of a role, each with whether the page at `path` belongs to it."""
    for entry in MENU:
        if scope_of(role, entry.action) is not None:
            yield entry, path == entry.address or path.startswith(f"{entry.address}/")
