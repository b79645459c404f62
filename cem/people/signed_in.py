"""Who sends a request: a browser with a session, or a program with a key."""

import asyncio
from typing import Any

from litestar.connection import ASGIConnection
from litestar.middleware.authentication import AbstractAuthenticationMiddleware, AuthenticationResult

from cem.people.accounts import Program, person_of, program_of
from surveys.database import Database, utc_now

COOKIE = "session"


class BrowserAuthentication(AbstractAuthenticationMiddleware):
    """The person of a session cookie, or nobody: the guard of the page decides what that means."""

    async def authenticate_request(self, connection: ASGIConnection[Any, Any, Any, Any]) -> AuthenticationResult:
        token = connection.cookies.get(COOKIE)
        if not token:
            return AuthenticationResult(user=None, auth=None)
        database: Database = connection.app.state.database

        def look_up() -> Any:
            with database.read() as session:
                return person_of(session, token, utc_now())

        return AuthenticationResult(user=await asyncio.to_thread(look_up), auth=token)


class KeyAuthentication(AbstractAuthenticationMiddleware):
    """The program of an API key, or none."""

    async def authenticate_request(self, connection: ASGIConnection[Any, Any, Any, Any]) -> AuthenticationResult:
        scheme, _, key = connection.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not key:
            return AuthenticationResult(user=None, auth=None)
        database: Database = connection.app.state.database

        def look_up() -> Program | None:
            with database.read() as session:
                return program_of(session, key.strip())

        program = await asyncio.to_thread(look_up)
        # Handlers know a program by its name, and its guard by what it may open.
        return AuthenticationResult(user=None if program is None else program.name, auth=program)
