"""Rows of a file beside what is stored, a batch at a time: what they would change, and what keeps them from it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cem.people.models import Account, Employee
from cem.rewards.models import Participant
from cem.rewards.participant_rows import FACTS, Enrolment, RowReader
from cem.rewards.periods import RewardPeriod
from surveys.formats.rows import Refusal, Row, RowRefused
from surveys.languages import N_

# So many refusals and changes are told one by one; the others are counted.
TOLD = 200
ADDED, CHANGED, REMOVED = "added", "changed", "removed"
CHANGE_NAMES = {ADDED: N_("added"), CHANGED: N_("changed"), REMOVED: N_("removed")}
_MORE = 1000


@dataclass(frozen=True, slots=True)
class Change:
    """What would become of one part of somebody; an amount is None where there is none before or after."""

    kind: str
    employee_no: str
    full_name: str
    unit: str
    before: int | None = None
    after: int | None = None


@dataclass
class Report:
    """What a file would change, or has changed: rows by what became of them."""

    rows: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    refused: int = 0
    refusals: list[Refusal] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)

    def refuse(self, refusals: Sequence[Refusal]) -> None:
        self.refused += 1
        self.refusals += refusals[: max(TOLD - len(self.refusals), 0)]

    def count(self, change: Change) -> None:
        setattr(self, change.kind, getattr(self, change.kind) + 1)
        if len(self.changes) < TOLD:
            self.changes.append(change)


@dataclass(frozen=True)
class Changes:
    """What storing a file has to do: rows whose person or part is new or other than before, and parts that end."""

    people: list[Enrolment] = field(default_factory=list)
    parts: list[Enrolment] = field(default_factory=list)
    gone: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class _Known:
    """What earlier rows of the file said of somebody: where, a digest of the facts, days that are taken, units."""

    line: int
    facts: int
    taken: Fraction | int
    units: tuple[str, ...]


class Enrolling:
    """Takes the rows of one file, changing nothing. Of each person it keeps a few words, so that a file may be long."""

    def __init__(self, session: Session, actor: str, plan_code: str, period: RewardPeriod) -> None:
        self._session, self._actor = session, actor
        self._plan_code, self._period = plan_code, period
        self._people: dict[str, _Known] = {}
        self._accounts: dict[str, str] = {}
        self._report, self._changes = Report(), Changes()

    def take(self, reader: RowReader, batch: Sequence[Row]) -> None:
        """Rows of the file, in its order."""
        read = list[Enrolment]()
        for row in batch:
            self._report.rows += 1
            try:
                read.append(reader.read(row.line, row.cells))
            except RowRefused as fault:
                self._report.refuse(fault.refusals)
        owners = self._owners({one.facts["account"] for one in read if one.facts.get("account")})
        kept = []
        for one in read:
            if refusals := list(self._against(one, owners)):
                self._report.refuse(refusals)
            else:
                kept.append(one)
                self._remember(one)
        self._compare(kept)

    def finish(self) -> tuple[Report, Changes]:
        """Who is stored and not in the file takes part no more."""
        for part, full_name in self._stored():
            known = self._people.get(part.employee_no)
            if known is None or part.unit not in known.units:
                self._report.count(Change(REMOVED, part.employee_no, full_name, part.unit, part.target_amount))
                self._changes.gone.append((part.employee_no, part.unit))
        return self._report, self._changes

    def _stored(self) -> Iterator[Any]:
        parts = select(Participant.employee_no, Participant.unit, Participant.target_amount, Employee.full_name)
        found = self._session.execute(parts.join(Employee).where(*self._mine()).execution_options(yield_per=_MORE))
        for row in found:
            yield row, row.full_name

    def _mine(self) -> tuple[Any, ...]:
        return Participant.plan_code == self._plan_code, Participant.period == self._period.code

    def _owners(self, accounts: Collection[str | None]) -> Mapping[str, str | None]:
        """Whose each of these accounts is; None where it is nobody's, and not there where there is no such account."""
        statement = select(Account.name, Employee.employee_no).outerjoin(Employee, Employee.account == Account.name)
        rows = self._session.execute(statement.where(Account.name.in_(accounts)))
        return {name: owner for name, owner in rows}  # noqa: C416 - a row is no tuple for mypy

    def _against(self, one: Enrolment, owners: Mapping[str, str | None]) -> Iterator[Refusal]:
        """What other rows, or what is stored, have against a row."""
        known = self._people.get(one.employee_no)
        if known is not None:
            yield from self._against_known(one, known)
        account = one.facts.get("account")
        if not account:
            return
        if account not in owners:
            yield Refusal(one.line, "account", N_("There is no account “%(account)s”."), {"account": account})
        elif account == self._actor:
            message = N_("This is your own account: somebody else must bring you in.")
            yield Refusal(one.line, "account", message)
        else:
            owner = self._accounts.get(account) or owners[account]
            if owner is not None and owner != one.employee_no:
                message = N_("The account “%(account)s” belongs to employee %(owner)s: one account is one person's.")
                yield Refusal(one.line, "account", message, {"account": account, "owner": owner})

    def _against_known(self, one: Enrolment, known: _Known) -> Iterator[Refusal]:
        line: dict[str, object] = {"line": known.line}
        if one.unit in known.units:
            message = N_("Line %(line)s has the same person in the same unit: keep one of the two.")
            yield Refusal(one.line, "unit", message, line)
        if hash(frozenset(one.facts.items())) != known.facts:
            message = N_(
                "Line %(line)s says something else about the same person: make name, grade and the rest alike."
            )
            yield Refusal(one.line, "employee_no", message, line)
        if known.taken + one.share * one.eligible_days > self._period.days:
            message = N_(
                "With this row the person's shares and days are more than the whole period (%(days)s days): together "
                "they are at most all of it, such as two halves, or 46 days here and the others there."
            )
            yield Refusal(one.line, "share", message, {"days": self._period.days})

    def _remember(self, one: Enrolment) -> None:
        taken = one.eligible_days if one.share == 1 else one.share * one.eligible_days
        known = self._people.get(one.employee_no)
        if known is None:
            facts = hash(frozenset(one.facts.items()))
            self._people[one.employee_no] = _Known(one.line, facts, taken, (one.unit,))
        else:
            known.taken += taken
            known.units += (one.unit,)
        if account := one.facts.get("account"):
            self._accounts[account] = one.employee_no

    def _compare(self, kept: Sequence[Enrolment]) -> None:
        numbers = {one.employee_no for one in kept}
        columns = [Employee.employee_no, *(getattr(Employee, name) for name in FACTS)]
        found = self._session.execute(select(*columns).where(Employee.employee_no.in_(numbers)))
        employees = {row.employee_no: row._asdict() for row in found}
        parts = {
            (row.employee_no, row.unit): (row.target_amount, row.eligible_days, row.share)
            for row in self._session.execute(
                select(
                    Participant.employee_no,
                    Participant.unit,
                    Participant.target_amount,
                    Participant.eligible_days,
                    Participant.share,
                ).where(*self._mine(), Participant.employee_no.in_(numbers))
            )
        }
        for one in kept:
            employee, part = employees.get(one.employee_no), parts.get(one.key)
            self._count(one, employee, part)
            if employee is None or _differs(one, employee):
                self._changes.people.append(one)
            if part != one.part:
                self._changes.parts.append(one)

    def _count(self, one: Enrolment, employee: Mapping[str, Any] | None, part: tuple[Any, ...] | None) -> None:
        name = one.facts["full_name"] or ""
        if part is None:
            self._report.count(Change(ADDED, one.employee_no, name, one.unit, None, one.target_amount))
        elif part != one.part or (employee and _differs(one, employee)):
            self._report.count(Change(CHANGED, one.employee_no, name, one.unit, part[0], one.target_amount))
        else:
            self._report.unchanged += 1


def _differs(one: Enrolment, known: Mapping[str, Any]) -> bool:
    return any(known[name] != value for name, value in one.facts.items())
