"""Who sends a request: a browser with a session, or a program with a key."""

import asyncio
from typing import Any

from litestar.connection import ASGIConnection
from litestar.middleware.authentication import AbstractAuthenticationMiddleware, AuthenticationResult

from cem.people.accounts import name_of_api_key, person_of
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
    """The name of an API key, or nobody."""

    async def authenticate_request(self, connection: ASGIConnection[Any, Any, Any, Any]) -> AuthenticationResult:
        scheme, _, key = connection.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not key:
            return AuthenticationResult(user=None, auth=None)
        database: Database = connection.app.state.database

        def look_up() -> str | None:
            with database.read() as session:
                return name_of_api_key(session, key.strip())

        return AuthenticationResult(user=await asyncio.to_thread(look_up), auth=None)
