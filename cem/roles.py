"""Who may do what: one table, default deny, checked in one guard."""

from enum import StrEnum
from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from cem.errors import Forbidden, NotSignedIn
from surveys.languages import N_


class Role(StrEnum):
    EXECUTIVE = "executive"
    CX_MANAGER = "cx_manager"
    UNIT_MANAGER = "unit_manager"
    HR = "hr"
    FINANCE = "finance"
    EMPLOYEE = "employee"
    ANALYST = "analyst"
    ADMINISTRATOR = "administrator"


ROLE_NAMES = {
    Role.EXECUTIVE: N_("Executive"),
    Role.CX_MANAGER: N_("CX manager"),
    Role.UNIT_MANAGER: N_("Unit manager"),
    Role.HR: N_("Human resources"),
    Role.FINANCE: N_("Finance"),
    Role.EMPLOYEE: N_("Employee"),
    Role.ANALYST: N_("Analyst"),
    Role.ADMINISTRATOR: N_("Administrator"),
}


class Action(StrEnum):
    ACCOUNTS_MANAGE = "accounts:manage"
    ADJUSTMENTS_APPROVE = "adjustments:approve"
    ADJUSTMENTS_REQUEST = "adjustments:request"
    ALERTS_KEEP = "alerts:keep"
    ALERTS_READ = "alerts:read"
    ANNOTATIONS_WRITE = "annotations:write"
    APPEALS_DECIDE = "appeals:decide"
    BENCHMARKS_SET = "benchmarks:set"
    CALENDAR_KEEP = "calendar:keep"
    CALENDAR_READ = "calendar:read"
    CASES_COUNT = "cases:count"
    CASES_HANDLE = "cases:handle"
    CASES_LOG = "cases:log"
    CASES_READ = "cases:read"
    CASES_SET = "cases:set"
    CAUSES_KEEP = "causes:keep"
    COMMENTS_CORRECT = "comments:correct"
    COMMENTS_READ = "comments:read"
    EXPLORER_READ = "explorer:read"
    IMPROVEMENTS_KEEP = "improvements:keep"
    IMPROVEMENTS_READ = "improvements:read"
    OPERATIONS_DEFINE = "operations:define"
    OPERATIONS_FEED = "operations:feed"
    OPERATIONS_READ = "operations:read"
    OUTCOMES_READ = "outcomes:read"
    PROGRAMME_ASSESS = "programme:assess"
    PROGRAMME_KEEP = "programme:keep"
    PROGRAMME_READ = "programme:read"
    QUALITY_DECIDE = "quality:decide"
    QUALITY_READ = "quality:read"
    QUALITY_SET = "quality:set"
    RESPONSES_EXPORT = "responses:export"
    RESPONSES_READ = "responses:read"
    REWARDS_APPROVE = "rewards:approve"
    REWARDS_DESIGN = "rewards:design"
    REWARDS_PAY = "rewards:pay"
    REWARDS_READ = "rewards:read"
    REWARDS_REVIEW = "rewards:review"
    REWARDS_SHARES_READ = "rewards:shares:read"
    REWARDS_SIGN = "rewards:sign"
    SCORECARDS_READ = "scorecards:read"
    SIGNED_IN = "signed-in"
    STATEMENTS_READ = "statements:read"
    TARGETS_SET = "targets:set"
    TOPICS_KEEP = "topics:keep"


class Scope(StrEnum):
    """How far a permission reaches."""

    COMPANY = "company"
    OWN_UNITS = "own units"
    OWN = "own"


# Respondents' own words go to those who act on them; HR and the administrator need the numbers alone.
# Nobody who is measured sets a target: that is the CX manager's.
PERMISSIONS: dict[Action, dict[Role, Scope]] = {
    Action.ACCOUNTS_MANAGE: {Role.ADMINISTRATOR: Scope.COMPANY},
    # What opens a case, and for whom: whoever is measured by cases does not decide which of them there are.
    Action.ALERTS_KEEP: {Role.CX_MANAGER: Scope.COMPANY},
    Action.ALERTS_READ: {
        Role.EXECUTIVE: Scope.COMPANY,
        Role.CX_MANAGER: Scope.COMPANY,
        Role.UNIT_MANAGER: Scope.COMPANY,
        Role.ANALYST: Scope.COMPANY,
    },
    # Who changes something knows when: a unit manager notes it for the own units.
    Action.ANNOTATIONS_WRITE: {Role.CX_MANAGER: Scope.COMPANY, Role.UNIT_MANAGER: Scope.OWN_UNITS},
    Action.BENCHMARKS_SET: {Role.CX_MANAGER: Scope.COMPANY},
    # When the company is open moves every clock that counts business hours; whoever is under such a clock may look.
    Action.CALENDAR_KEEP: {Role.CX_MANAGER: Scope.COMPANY, Role.ADMINISTRATOR: Scope.COMPANY},
    Action.CALENDAR_READ: {
        Role.EXECUTIVE: Scope.COMPANY,
        Role.CX_MANAGER: Scope.COMPANY,
        Role.UNIT_MANAGER: Scope.COMPANY,
        Role.ANALYST: Scope.COMPANY,
        Role.ADMINISTRATOR: Scope.COMPANY,
    },
    # A case knows who the customer is: it is for those who act on it. Whoever hears of trouble may log it.
    Action.CASES_READ: {
        Role.EXECUTIVE: Scope.COMPANY,
        Role.CX_MANAGER: Scope.COMPANY,
        Role.UNIT_MANAGER: Scope.OWN_UNITS,
    },
    Action.CASES_HANDLE: {Role.CX_MANAGER: Scope.COMPANY, Role.UNIT_MANAGER: Scope.OWN_UNITS},
    Action.CASES_LOG: dict.fromkeys(Role, Scope.COMPANY),
    Action.CASES_SET: {Role.CX_MANAGER: Scope.COMPANY},
    Action.CASES_COUNT: {
        Role.EXECUTIVE: Scope.COMPANY,
        Role.CX_MANAGER: Scope.COMPANY,
        Role.UNIT_MANAGER: Scope.OWN_UNITS,
        Role.HR: Scope.COMPANY,
        Role.ANALYST: Scope.COMPANY,
    },
    # What went wrong elsewhere is for everybody to learn from.
    Action.IMPROVEMENTS_READ: {
        Role.EXECUTIVE: Scope.COMPANY,
        Role.CX_MANAGER: Scope.COMPANY,
        Role.UNIT_MANAGER: Scope.COMPANY,
        Role.ANALYST: Scope.COMPANY,
    },
    Action.IMPROVEMENTS_KEEP: {Role.CX_MANAGER: Scope.COMPANY, Role.UNIT_MANAGER: Scope.OWN_UNITS},
    Action.CAUSES_KEEP: {Role.CX_MANAGER: Scope.COMPANY},
    # Those who are measured do not say what customers meant.
    Action.COMMENTS_CORRECT: {Role.CX_MANAGER: Scope.COMPANY, Role.ANALYST: Scope.COMPANY},
    Action.COMMENTS_READ: {
        Role.EXECUTIVE: Scope.COMPANY,
        Role.CX_MANAGER: Scope.COMPANY,
        Role.UNIT_MANAGER: Scope.OWN_UNITS,
        Role.ANALYST: Scope.COMPANY,
    },
    Action.EXPLORER_READ: {
        Role.EXECUTIVE: Scope.COMPANY,
        Role.CX_MANAGER: Scope.COMPANY,
        Role.UNIT_MANAGER: Scope.OWN_UNITS,
        Role.ANALYST: Scope.COMPANY,
    },
    # How far the company has come is everybody's who steers it. Whoever judges may not confirm what they judged.
    Action.PROGRAMME_READ: {
        Role.EXECUTIVE: Scope.COMPANY,
        Role.CX_MANAGER: Scope.COMPANY,
        Role.UNIT_MANAGER: Scope.COMPANY,
        Role.HR: Scope.COMPANY,
        Role.ANALYST: Scope.COMPANY,
    },
    Action.PROGRAMME_ASSESS: {
        Role.EXECUTIVE: Scope.COMPANY,
        Role.CX_MANAGER: Scope.COMPANY,
        Role.HR: Scope.COMPANY,
        Role.ANALYST: Scope.COMPANY,
    },
    Action.PROGRAMME_KEEP: {Role.CX_MANAGER: Scope.COMPANY},
    # Which answers count, how repeats are counted and what the customers are like moves every KPI.
    Action.QUALITY_DECIDE: {Role.CX_MANAGER: Scope.COMPANY, Role.ANALYST: Scope.COMPANY},
    Action.QUALITY_READ: {Role.EXECUTIVE: Scope.COMPANY, Role.CX_MANAGER: Scope.COMPANY, Role.ANALYST: Scope.COMPANY},
    Action.QUALITY_SET: {Role.CX_MANAGER: Scope.COMPANY},
    # What is counted, and the counts themselves: rewards are paid on them.
    Action.OPERATIONS_DEFINE: {Role.CX_MANAGER: Scope.COMPANY},
    Action.OPERATIONS_FEED: {Role.CX_MANAGER: Scope.COMPANY},
    Action.OPERATIONS_READ: {
        Role.EXECUTIVE: Scope.COMPANY,
        Role.CX_MANAGER: Scope.COMPANY,
        Role.UNIT_MANAGER: Scope.OWN_UNITS,
        Role.HR: Scope.COMPANY,
        Role.ANALYST: Scope.COMPANY,
    },
    # What all customers are worth is the company's: for those who steer it, and nobody who answers for one unit.
    Action.OUTCOMES_READ: {
        Role.EXECUTIVE: Scope.COMPANY,
        Role.CX_MANAGER: Scope.COMPANY,
        Role.ANALYST: Scope.COMPANY,
    },
    # Row by row is closer to customers than any screen: for those who analyse, and nobody who is measured.
    Action.RESPONSES_EXPORT: {Role.CX_MANAGER: Scope.COMPANY, Role.ANALYST: Scope.COMPANY},
    # From a number to what it counts: whoever acts on the number, as far as their units go.
    Action.RESPONSES_READ: {
        Role.EXECUTIVE: Scope.COMPANY,
        Role.CX_MANAGER: Scope.COMPANY,
        Role.UNIT_MANAGER: Scope.OWN_UNITS,
        Role.ANALYST: Scope.COMPANY,
    },
    # Amounts by name are between HR, finance and the person. Others see shares of the target, by unit, in groups.
    Action.REWARDS_READ: {Role.HR: Scope.COMPANY, Role.FINANCE: Scope.COMPANY},
    Action.REWARDS_SHARES_READ: {
        Role.EXECUTIVE: Scope.COMPANY,
        Role.CX_MANAGER: Scope.COMPANY,
        Role.UNIT_MANAGER: Scope.OWN_UNITS,
        Role.HR: Scope.COMPANY,
        Role.FINANCE: Scope.COMPANY,
    },
    # HR designs and runs a plan, the business signs it with HR, and finance is the second pair of eyes that pays.
    Action.REWARDS_DESIGN: {Role.HR: Scope.COMPANY},
    Action.REWARDS_SIGN: {Role.HR: Scope.COMPANY, Role.EXECUTIVE: Scope.COMPANY},
    Action.REWARDS_REVIEW: {Role.HR: Scope.COMPANY},
    Action.REWARDS_APPROVE: {Role.FINANCE: Scope.COMPANY},
    Action.REWARDS_PAY: {Role.FINANCE: Scope.COMPANY},
    Action.APPEALS_DECIDE: {Role.HR: Scope.COMPANY, Role.FINANCE: Scope.COMPANY},
    Action.ADJUSTMENTS_REQUEST: {Role.HR: Scope.COMPANY},
    Action.ADJUSTMENTS_APPROVE: {Role.HR: Scope.COMPANY, Role.FINANCE: Scope.COMPANY},
    Action.STATEMENTS_READ: dict.fromkeys(Role, Scope.OWN),
    Action.SCORECARDS_READ: {
        Role.EXECUTIVE: Scope.COMPANY,
        Role.CX_MANAGER: Scope.COMPANY,
        Role.UNIT_MANAGER: Scope.OWN_UNITS,
        Role.HR: Scope.COMPANY,
        Role.FINANCE: Scope.COMPANY,
        Role.ANALYST: Scope.COMPANY,
        Role.ADMINISTRATOR: Scope.COMPANY,
    },
    Action.SIGNED_IN: dict.fromkeys(Role, Scope.COMPANY),
    Action.TARGETS_SET: {Role.CX_MANAGER: Scope.COMPANY},
    Action.TOPICS_KEEP: {Role.CX_MANAGER: Scope.COMPANY},
}

# Whoever answers for a unit, or is paid on a KPI, is measured by it, whatever their role: these move KPIs or
# clocks, and are closed to them.
CLOSED_TO_MEASURED = frozenset(
    {
        Action.ALERTS_KEEP,
        Action.BENCHMARKS_SET,
        Action.CALENDAR_KEEP,
        Action.CASES_SET,
        Action.CAUSES_KEEP,
        Action.COMMENTS_CORRECT,
        Action.OPERATIONS_DEFINE,
        Action.OPERATIONS_FEED,
        Action.QUALITY_DECIDE,
        Action.QUALITY_SET,
        Action.TARGETS_SET,
    }
)


def scope_of(role: Role, action: Action) -> Scope | None:
    """How far this role may do this; None where it may not."""
    return PERMISSIONS.get(action, {}).get(role)


def may(role: Role, action: Action, *, measured: bool) -> bool:
    """Whether somebody of this role may do this at all; `measured` who answers for a unit or is paid on a KPI."""
    return scope_of(role, action) is not None and not (measured and action in CLOSED_TO_MEASURED)


def permitted(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """The guard of every staff page: a page that names no action opens for nobody."""
    if handler.opt.get("public"):
        return
    if connection.user is None:
        raise NotSignedIn
    action = handler.opt.get("action")
    if action is None or not may(connection.user.role, action, measured=connection.user.measured):
        raise Forbidden


def keyed(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """The guard of the API: a program shows its key, and payroll's addresses open for payroll's keys alone."""
    if connection.user is None:
        raise NotSignedIn
    if bool(handler.opt.get("payroll")) != connection.auth.payroll:
        raise Forbidden
