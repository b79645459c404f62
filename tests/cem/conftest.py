"""The whole application on each database, and people who sign in to it."""

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from argon2 import PasswordHasher
from litestar import Litestar
from litestar.testing import TestClient

from cem.app import create_app
from cem.people.accounts import add_account
from cem.roles import Role
from cem.settings import Settings
from surveys.database import Database, utc_now
from surveys.models import Unit

# Only for testing: the cheapest argon2, or the suite would spend its time on passwords.
CHEAPEST = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PASSWORD = "correct horse battery"

SignIn = Callable[[Role], "TestClient[Litestar]"]


@pytest.fixture
def settings(database: Database) -> Settings:
    """Settings of a small installation."""
    return Settings(
        secret_key="a secret that is long enough for the tests",
        database_url=database.writer.url.render_as_string(hide_password=False),
        base_url="http://testserver.local",
        posts_per_minute=100_000,
    )


@pytest.fixture
def app(settings: Settings, database: Database) -> Litestar:
    """The product."""
    return create_app(settings, database=database, hasher=CHEAPEST)


@pytest.fixture
def client(app: Litestar) -> Iterator[TestClient[Litestar]]:
    """A browser that nobody has signed in."""
    with TestClient(app, base_url="http://testserver.local") as client:
        yield client


@pytest.fixture
def accounts(database: Database) -> None:
    """One account for each role, named after it; the unit manager answers for `vanak`."""
    with database.write() as session:
        session.add(Unit(code="bank", names={"en": "Bank", "fa": "بانک"}, valid_from=date(2020, 1, 1)))
        session.flush()
        session.add(Unit(code="vanak", parent="bank", names={"en": "Vanak", "fa": "ونک"}, valid_from=date(2020, 1, 1)))
        session.add(
            Unit(code="tajrish", parent="bank", names={"en": "Tajrish", "fa": "تجریش"}, valid_from=date(2020, 1, 1))
        )
        session.flush()
        for role in Role:
            add_account(
                session,
                CHEAPEST,
                utc_now(),
                "tests",
                name=role.value,
                full_name=f"The {role.value}",
                password=PASSWORD,
                role=role,
                unit="vanak" if role is Role.UNIT_MANAGER else None,
            )


def csrf(client: TestClient[Litestar], path: str = "/sign-in") -> str:
    """The token that a form of this page carries."""
    client.get(path)
    return client.cookies["csrf"]


@pytest.fixture
def sign_in(client: TestClient[Litestar], accounts: None) -> SignIn:
    """Sign in as a role."""

    def as_role(role: Role) -> TestClient[Litestar]:
        form = {"name": role.value, "password": PASSWORD, "_csrf_token": csrf(client)}
        response = client.post("/sign-in", data=form, follow_redirects=False)
        assert response.status_code == 303, response.text
        return client

    return as_role
