"""Accounts and sign-in: passwords under argon2, lock-out after repeated failures, sessions that can be ended."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from cem.audit import audit
from cem.errors import BadInput
from cem.people.models import Account, ApiKey, BrowserSession
from cem.rewards.separation import is_paid, is_rewarded
from cem.roles import Role
from surveys.database import Database, new_id
from surveys.delivery.mail import is_address
from surveys.models import Unit

FAILURES = 5
LOCKED = timedelta(minutes=15)
SIGNED_IN = timedelta(hours=12)
SHORTEST_PASSWORD = 12
LONGEST_NAME, LONGEST_FULL_NAME = 64, 128


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in."""

    name: str
    full_name: str
    role: Role
    unit: str | None
    # Takes part in a reward plan that is not closed.
    paid: bool = False
    # Takes part, or took part, in a reward plan: there are statements to read.
    rewarded: bool = False

    @property
    def measured(self) -> bool:
        """Whether KPIs are about this person: nobody moves what they are measured by."""
        return self.unit is not None or self.paid


def add_account(
    session: Session,
    hasher: PasswordHasher,
    now: datetime,
    actor: str,
    *,
    name: str,
    full_name: str,
    password: str,
    role: Role,
    unit: str | None = None,
    email: str | None = None,
) -> Account:
    _check_name(name)
    if len(full_name) > LONGEST_FULL_NAME:
        raise BadInput(f"A full name has at most {LONGEST_FULL_NAME} characters.")
    if len(password) < SHORTEST_PASSWORD:
        raise BadInput(f"A password needs at least {SHORTEST_PASSWORD} characters.")
    if session.scalar(select(Account).where(Account.name == name)):
        raise BadInput(f"There is already an account named {name!r}.")
    if (role is Role.UNIT_MANAGER) != (unit is not None):
        raise BadInput("A unit manager, and nobody else, needs a unit.")
    if unit is not None and session.get(Unit, unit) is None:
        raise BadInput(f"There is no unit {unit!r}.")
    _check_email(email)
    account = Account(
        account_id=new_id(now),
        name=name,
        full_name=full_name,
        password_hash=hasher.hash(password),
        role=role,
        unit=unit,
        email=email,
        failures=0,
    )
    session.add(account)
    audit(session, now, actor, "account:add", name, role=role, unit=unit)
    return account


def set_email(session: Session, now: datetime, actor: str, name: str, email: str) -> None:
    """Where mail for an account goes; the audit row says that it changed and not to what."""
    account = session.scalar(select(Account).where(Account.name == name))
    if account is None:
        raise BadInput(f"There is no account named {name!r}.")
    _check_email(email)
    account.email = email
    audit(session, now, actor, "account:email", name)


def sign_in(database: Database, hasher: PasswordHasher, now: datetime, name: str, password: str) -> str | None:
    """A session token, or nothing: the answer is the same for a wrong name, a wrong password and a locked account.

    The password is checked outside the transaction, because argon2 is slow on purpose and writers wait for each other.
    """
    with database.read() as session:
        account = session.scalar(select(Account).where(Account.name == name))
    right = _matches(hasher, account.password_hash if account else _nobody(hasher), password)
    if account is None or account.disabled_at:
        return None
    with database.write() as session:
        # As it stands now: guesses that are sent together must all count.
        account = session.get_one(Account, account.account_id, with_for_update=True)
        if account.locked_until and account.locked_until > now:
            return None
        if not right:
            _count_failure(session, account, now)
            return None
        account.failures, account.locked_until = 0, None
        audit(session, now, account.name, "sign-in", account.name)
        return _open_session(session, account, now)


def person_of(session: Session, token: str, now: datetime) -> Person | None:
    """Whose session a cookie is, if it still runs."""
    row = session.execute(
        select(Account, is_paid(Account.name), is_rewarded(Account.name))
        .join(BrowserSession, BrowserSession.account_id == Account.account_id)
        .where(BrowserSession.digest == digest(token), BrowserSession.expires_at > now, Account.disabled_at.is_(None))
    ).first()
    if row is None:
        return None
    account, paid, rewarded = row
    return Person(account.name, account.full_name, Role(account.role), account.unit, paid, rewarded)


def sign_out(session: Session, token: str) -> None:
    session.execute(delete(BrowserSession).where(BrowserSession.digest == digest(token)))


def add_api_key(session: Session, now: datetime, actor: str, name: str, *, payroll: bool = False) -> str:
    """A new key for a program, or for payroll's; it is shown once and kept as a digest."""
    _check_name(name)
    if session.scalar(select(ApiKey).where(ApiKey.name == name)):
        raise BadInput(f"There is already an API key named {name!r}, in use or revoked.")
    key = f"cem_{secrets.token_urlsafe(32)}"
    session.add(ApiKey(digest=digest(key), name=name, payroll=payroll, created_at=now))
    audit(session, now, actor, "api-key:add", name, payroll=payroll)
    return key


@dataclass(frozen=True, slots=True)
class Program:
    """Which program sends a request, and whether it is payroll's."""

    name: str
    payroll: bool


def program_of(session: Session, key: str) -> Program | None:
    """Whose key this is, if it is in use."""
    statement = select(ApiKey.name, ApiKey.payroll).where(ApiKey.digest == digest(key), ApiKey.revoked_at.is_(None))
    row = session.execute(statement).first()
    return None if row is None else Program(row.name, row.payroll)


def revoke_api_key(session: Session, now: datetime, actor: str, name: str) -> None:
    changed = session.execute(
        update(ApiKey).where(ApiKey.name == name, ApiKey.revoked_at.is_(None)).values(revoked_at=now)
    )
    if not changed.rowcount:  # type: ignore[attr-defined] # an update has one
        raise BadInput(f"There is no API key named {name!r} in use.")
    audit(session, now, actor, "api-key:revoke", name)


def _check_name(name: str) -> None:
    """A name is typed at the sign-in and read in the audit trail: it holds nothing that cannot be seen."""
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable() or name != name.strip():
        raise BadInput(f"A name has 1 to {LONGEST_NAME} visible characters, and no space at its ends.")


def _check_email(email: str | None) -> None:
    if email is not None and not is_address(email):
        raise BadInput(f"{email!r} is not an e-mail address such as mina@bank.example.")


def digest(token: str) -> bytes:
    """What is kept of a token: it is random and long, so a plain digest cannot be turned back."""
    return sha256(token.encode()).digest()


def _matches(hasher: PasswordHasher, password_hash: str, password: str) -> bool:
    try:
        return hasher.verify(password_hash, password)
    except VerificationError:
        return False


def _nobody(hasher: PasswordHasher) -> str:
    """A hash to check against where there is no account, so that the time taken does not tell names."""
    if hasher not in _NOBODY:
        _NOBODY[hasher] = hasher.hash(secrets.token_urlsafe())
    return _NOBODY[hasher]


_NOBODY: dict[PasswordHasher, str] = {}


def _count_failure(session: Session, account: Account, now: datetime) -> None:
    account.failures += 1
    if account.failures >= FAILURES:
        account.failures, account.locked_until = 0, now + LOCKED
        audit(session, now, account.name, "sign-in:lock", account.name)


def _open_session(session: Session, account: Account, now: datetime) -> str:
    session.execute(delete(BrowserSession).where(BrowserSession.expires_at < now))
    token = secrets.token_urlsafe(32)
    session.add(BrowserSession(digest=digest(token), account_id=account.account_id, expires_at=now + SIGNED_IN))
    return token
