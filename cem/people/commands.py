"""`cem user` and `cem api-key`."""

import click
from argon2 import PasswordHasher

from cem.people.accounts import add_account, add_api_key, revoke_api_key, set_email
from cem.roles import Role
from cem.serving import opened
from surveys.database import utc_now

ACTOR = "command line"


@click.group()
def user() -> None:
    """Accounts of the people who use the product."""


@user.command()
@click.argument("name")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option("--full-name", help="Shown in the pages; the name if it is not given.")
@click.option("--unit", help="The unit that a unit manager answers for.")
@click.option("--email", help="Where digests are sent.")
@click.password_option(help="Asked for when it is not given, which keeps it out of the shell's history.")
def add(name: str, role: str, full_name: str | None, unit: str | None, email: str | None, password: str) -> None:
    """Add an account."""
    with opened() as database, database.write() as session:
        add_account(
            session,
            PasswordHasher(),
            utc_now(),
            ACTOR,
            name=name,
            full_name=full_name or name,
            password=password,
            role=Role(role),
            unit=unit,
            email=email,
        )
    click.echo(f"Added {name}.")


@user.command("email")
@click.argument("name")
@click.argument("address")
def change_email(name: str, address: str) -> None:
    """Say where mail for an account goes."""
    with opened() as database, database.write() as session:
        set_email(session, utc_now(), ACTOR, name, address)
    click.echo(f"Mail for {name} goes to {address}.")


@click.group("api-key")
def api_key() -> None:
    """Keys of the programs that send encounters and figures, or that pay."""


@api_key.command("add")
@click.argument("name")
@click.option("--payroll", is_flag=True, help="For the payroll system: opens what is to be paid, and nothing else.")
def add_key(name: str, payroll: bool) -> None:
    """Add a key and print it, once."""
    with opened() as database, database.write() as session:
        key = add_api_key(session, utc_now(), ACTOR, name, payroll=payroll)
    click.echo(key)


@api_key.command()
@click.argument("name")
def revoke(name: str) -> None:
    """End a key; programs that use it are refused from now on."""
    with opened() as database, database.write() as session:
        revoke_api_key(session, utc_now(), ACTOR, name)
    click.echo(f"Revoked {name}.")
