"""The people who can sign in to the demo, one of each role, all with one password that everybody may know."""

from dataclasses import dataclass
from datetime import datetime

from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from cem.people.accounts import add_account
from cem.roles import Role

PASSWORD = "demo-demo-demo"  # noqa: S105 - printed on the demo's first page


@dataclass(frozen=True)
class SignIn:
    name: str
    full_name: str
    role: Role
    unit: str | None = None


SIGN_INS = (
    SignIn("executive", "مهتاب کاویان", Role.EXECUTIVE),
    SignIn("cx", "آرش نیک‌رو", Role.CX_MANAGER),
    SignIn("branch", "سمیه گیلانی", Role.UNIT_MANAGER, "rasht"),
    SignIn("hr", "بهرام دادگر", Role.HR),
    # Who approved an amount does not decide an appeal against it.
    SignIn("appeals", "لیلا گواه", Role.HR),
    SignIn("finance", "فریدون خزانه", Role.FINANCE),
    SignIn("employee", "مریم شالیکار", Role.EMPLOYEE),
    SignIn("analyst", "نگار شمارا", Role.ANALYST),
    SignIn("admin", "کیان سامانی", Role.ADMINISTRATOR),
)
# Who answers for the other units; they sign in like the rest, and the first page does not list them.
MANAGERS = (
    SignIn("tehran", "پرویز دماوندی", Role.UNIT_MANAGER, "region-tehran"),
    SignIn("north", "شبنم طالقانی", Role.UNIT_MANAGER, "region-north"),
    SignIn("south", "کاوه زاینده", Role.UNIT_MANAGER, "region-south"),
    SignIn("east", "آذر نیشابوری", Role.UNIT_MANAGER, "region-east"),
    SignIn("calls", "هومن گویا", Role.UNIT_MANAGER, "contact-centre"),
    SignIn("apps", "ترانه رایان", Role.UNIT_MANAGER, "digital"),
)


def add_accounts(session: Session, hasher: PasswordHasher, now: datetime) -> None:
    for person in (*SIGN_INS, *MANAGERS):
        add_account(
            session,
            hasher,
            now,
            "demo",
            name=person.name,
            full_name=person.full_name,
            password=PASSWORD,
            role=person.role,
            unit=person.unit,
            email=f"{person.name}@bank.example",
        )
