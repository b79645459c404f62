"""What an address asks the work list for: whose cases, in which state, narrowed down by what, from which place on."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from cem.cases.statuses import ENDED, KINDS, STATUS_NAMES, WAITING
from cem.cases.terms import SEVERITIES
from cem.errors import NotFound
from cem.scorecards.offers import Offers
from surveys.database import start_of
from surveys.languages import N_

OPEN, OVERDUE, TODAY, OVER = "open", "overdue", "today", "closed"
VIEWS = {OPEN: N_("Open"), OVERDUE: N_("Overdue"), TODAY: N_("Due today"), OVER: N_("Closed")}
MINE, NOBODY = "mine", "none"
OWNERS = {MINE: N_("Mine"), NOBODY: N_("Without an owner")}
# Ready-made lists: a name, and what the address says.
READY: tuple[tuple[str, Mapping[str, str]], ...] = (
    (VIEWS[OPEN], {}),
    (OWNERS[MINE], {"owner": MINE}),
    (VIEWS[OVERDUE], {"view": OVERDUE}),
    (VIEWS[TODAY], {"view": TODAY}),
    (OWNERS[NOBODY], {"owner": NOBODY}),
    (N_("Waiting"), {"status": WAITING}),
    (VIEWS[OVER], {"view": OVER}),
)
PARTS = ("view", "owner", "severity", "status", "kind", "touchpoint", "unit")


class UnknownList(NotFound):
    title = N_("There is no such list")
    advice = N_("The address asks for cases in a way that is not known here. Open the list and choose again.")


@dataclass(frozen=True)
class Place:
    """Where a page ends; `at` is empty among the cases of which no clock runs, which come last."""

    at: datetime | None
    case_id: uuid.UUID

    def __str__(self) -> str:
        return f"{'' if self.at is None else self.at.isoformat()}_{self.case_id.hex}"


@dataclass(frozen=True)
class Wanted:
    """What a list is asked for; `units` is the asked unit with all below it, and None where none was asked."""

    now: datetime
    today: datetime
    tomorrow: datetime
    view: str = OPEN
    owner: str = ""
    severity: int | None = None
    status: str = ""
    kind: str = ""
    touchpoint: str = ""
    unit: str = ""
    units: frozenset[str] | None = None
    after: Place | None = None
    given: Mapping[str, str] = field(default_factory=dict)

    @property
    def over(self) -> bool:
        """Whether it asks for cases that have ended: these are due no more, and come by their end, the newest first."""
        return self.view == OVER

    def address(self, **changes: str) -> str:
        """The list of this choice, or of one that differs in a part."""
        return list_address({**self.given, **changes})


def list_address(parts: Mapping[str, str]) -> str:
    given = {name: value for name, value in parts.items() if value}
    return f"/cases?{urlencode(given)}" if given else "/cases"


def read_wanted(asked: Mapping[str, str], offers: Offers, now: datetime, zone: ZoneInfo) -> Wanted:
    """What an address asks for; UnknownList where there is no such thing."""
    given = {part: asked.get(part, "") for part in PARTS}
    known: dict[str, Any] = {
        "view": ("", *VIEWS),
        "owner": ("", *OWNERS),
        "severity": ("", *map(str, SEVERITIES)),
        "status": ("", *STATUS_NAMES),
        "kind": ("", *KINDS),
        "touchpoint": ("", *offers.touchpoints),
        "unit": ("", *offers.units),
    }
    if any(value not in known[part] for part, value in given.items()):
        raise UnknownList
    local = now.astimezone(zone).date()
    return Wanted(
        now=now,
        today=start_of(local, zone),
        tomorrow=start_of(local + timedelta(days=1), zone),
        view=OVER if given["status"] in ENDED else given["view"] or OPEN,
        owner=given["owner"],
        severity=int(given["severity"]) if given["severity"] else None,
        status=given["status"],
        kind=given["kind"],
        touchpoint=given["touchpoint"],
        unit=given["unit"],
        units=offers.subtree(given["unit"]) if given["unit"] else None,
        after=_place(asked.get("after", "")),
        given={part: value for part, value in given.items() if value},
    )


def _place(text: str) -> Place | None:
    if not text:
        return None
    moment, _, identity = text.rpartition("_")
    try:
        at = datetime.fromisoformat(moment) if moment else None
        if at is not None and at.tzinfo is None:
            raise UnknownList
        return Place(at, uuid.UUID(hex=identity))
    except ValueError:
        raise UnknownList from None
