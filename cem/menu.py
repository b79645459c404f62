"""The main menu: where each page is, in the order of a day's work; a person sees what their role opens."""

from collections.abc import Iterator
from dataclasses import dataclass

from cem.people.accounts import Person
from cem.roles import Action, Role, scope_of
from surveys.languages import N_


@dataclass(frozen=True)
class Entry:
    action: Action
    address: str
    name: str

    def opens_for(self, person: Person) -> bool:
        """Statements are everybody's by right, and in the menu of those who have some."""
        if self.action is Action.STATEMENTS_READ and not (person.rewarded or person.role is Role.EMPLOYEE):
            return False
        # Whoever works on cases logs them from there.
        if self.action is Action.CASES_LOG and scope_of(person.role, Action.CASES_READ) is not None:
            return False
        return scope_of(person.role, self.action) is not None


MENU = (
    Entry(Action.SCORECARDS_READ, "/scorecards", N_("Scorecards")),
    Entry(Action.CASES_READ, "/cases", N_("Cases")),
    Entry(Action.CASES_COUNT, "/cases/numbers", N_("Closed loop")),
    Entry(Action.ALERTS_READ, "/alerts", N_("Alerts")),
    Entry(Action.IMPROVEMENTS_READ, "/improvements", N_("Improvements")),
    Entry(Action.EXPLORER_READ, "/explorer", N_("Explorer")),
    Entry(Action.COMMENTS_READ, "/comments", N_("Comments")),
    Entry(Action.RESPONSES_READ, "/responses", N_("Responses")),
    Entry(Action.OPERATIONS_READ, "/operations", N_("Operations")),
    Entry(Action.OUTCOMES_READ, "/outcomes", N_("Outcomes")),
    Entry(Action.QUALITY_READ, "/quality", N_("Data quality")),
    Entry(Action.REWARDS_SHARES_READ, "/rewards", N_("Rewards")),
    Entry(Action.PROGRAMME_READ, "/programme", N_("Programme")),
    Entry(Action.RESPONSES_EXPORT, "/studio/exports", N_("Exports")),
    Entry(Action.STATEMENTS_READ, "/statements", N_("My statements")),
    Entry(Action.CASES_LOG, "/cases/new", N_("Log a case")),
)


def menu_of(person: Person, path: str) -> Iterator[tuple[Entry, bool]]:
    """The entries of a person, each with whether the page at `path` belongs to it: to the one that names most of it."""
    mine = [entry for entry in MENU if entry.opens_for(person)]
    around = (entry.address for entry in mine if path == entry.address or path.startswith(f"{entry.address}/"))
    here = max(around, key=len, default="")
    for entry in mine:
        yield entry, entry.address == here


def first_page(person: Person) -> str:
    """Where somebody begins: the first page that their role opens."""
    return next((entry.address for entry, _ in menu_of(person, "")), "/statements")
