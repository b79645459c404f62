"""What a program sends: a body that nobody can read is its sender's mistake, not ours."""

from typing import Any

from litestar import Request
from litestar.exceptions import ClientException


class ApiRequest(Request[Any, Any, Any]):
    """A request whose body is JSON."""

    async def json(self) -> Any:
        """The body as plain data; ClientException where it is none."""
        try:
            return await super().json()
        except RecursionError as fault:
            raise ClientException("The body is nested too deeply.") from fault
        except UnicodeDecodeError as fault:
            raise ClientException("The body is not UTF-8.") from fault
