"""Default deny: nothing opens that the permission table does not open."""

from collections.abc import Callable, Iterator

import pytest
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.testing import TestClient

from cem.roles import PERMISSIONS, Action, Role, keyed, permitted, scope_of

# What opens for everyone, and why: the door itself, what pages load, what customers see, what machines ask, and the
# link in a mail that ends such mails.
PUBLIC = {"/", "/sign-in", "/health", "/static/{content:str}/{name:str}", "/digests/stop/{token:str}"}
SURVEY_PAGES = ("/s/", "/i/", "/f/", "/c/")


def handlers(app: Litestar) -> Iterator[tuple[str, HTTPRouteHandler]]:
    for route in app.routes:
        for handler in getattr(route, "route_handlers", []):
            # What a path answers to OPTIONS is its methods, nothing of the product.
            if isinstance(handler, HTTPRouteHandler) and handler.http_methods != {"OPTIONS"}:
                yield route.path, handler


def test_every_page_is_guarded(app: Litestar) -> None:
    """A page is public by name, or names its action under the guard, or belongs to the API's guard."""
    open_pages = set()
    for path, handler in handlers(app):
        guards = {getattr(guard, "func", guard) for guard in handler.resolve_guards()}
        if handler.opt.get("public"):
            open_pages.add(path)
        elif path.startswith("/api/"):
            assert keyed in guards, path
        elif not path.startswith("/schema"):
            assert permitted in guards, path
            assert isinstance(handler.opt.get("action"), Action), path

    assert {path for path in open_pages if not path.startswith(SURVEY_PAGES)} == PUBLIC


def test_the_table_denies_by_default() -> None:
    """Every action has somebody, and what is not in the table is nobody's."""
    assert set(PERMISSIONS) == set(Action)
    assert scope_of(Role.HR, Action.COMMENTS_READ) is None
    assert scope_of(Role.ADMINISTRATOR, Action.TARGETS_SET) is None


@pytest.mark.parametrize("role", [*Role])
def test_each_role_opens_what_the_table_says(
    app: Litestar, sign_in: Callable[[Role], TestClient[Litestar]], role: Role
) -> None:
    """Over HTTP: every guarded page without parameters answers 403 exactly where the table has no entry."""
    client = sign_in(role)
    seen = 0
    for path, handler in handlers(app):
        if "GET" not in handler.http_methods or "{" in path or "action" not in handler.opt:
            continue
        allowed = scope_of(role, handler.opt["action"]) is not None
        status = client.get(path, follow_redirects=False).status_code
        assert (status != 403) is allowed, f"{role} at {path}: {status}"
        seen += 1
    assert seen


def test_nobody_is_sent_to_the_door(app: Litestar, client: TestClient[Litestar]) -> None:
    """Without a session every guarded page leads to the sign-in, and the API asks for a key."""
    for path, handler in handlers(app):
        if "action" in handler.opt and "GET" in handler.http_methods and "{" not in path:
            answer = client.get(path, follow_redirects=False)
            assert answer.status_code == 303, path
            assert answer.headers["location"].startswith("/sign-in?next="), path
    assert client.post("/api/v1/encounters", json={}).status_code == 401
