"""Files that pages load: under addresses that name their content."""

import gzip
import re
from hashlib import sha256
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient

import cem
from cem.assets import address

FILES = sorted(path.name for path in (Path(cem.__file__).parent / "static").iterdir())
TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.mark.parametrize("name", [*FILES, "plotly.min.js"])
def test_a_file_is_kept_for_good(client: TestClient[Litestar], name: str) -> None:
    """The address has the content's digest, so browsers never ask again; plain and compressed it is the same file."""
    plain = client.get(address(name), headers={"accept-encoding": "identity"})
    small = client.get(address(name), headers={"accept-encoding": "gzip"})

    assert plain.status_code == small.status_code == 200
    assert address(name) == f"/static/{sha256(plain.content).hexdigest()[:12]}/{name}"
    assert small.content == plain.content
    assert (small.headers["content-encoding"], "content-encoding" in plain.headers) == ("gzip", False)
    assert int(small.headers["content-length"]) < len(plain.content) == int(plain.headers["content-length"])
    for answer in (plain, small):
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["vary"] == "accept-encoding"
        assert answer.headers["content-type"] == TYPES[Path(name).suffix]


def test_our_own_files_are_read_as_they_are(client: TestClient[Litestar]) -> None:
    """What is served is the file of the package."""
    folder = Path(cem.__file__).parent / "static"
    served = {name: client.get(address(name)).content for name in FILES}

    assert served == {name: (folder / name).read_bytes() for name in FILES}
    assert gzip.compress(served["cem.css"]) != served["cem.css"]


@pytest.mark.parametrize(
    "path",
    [
        "/static/000000000000/cem.css",
        f"{address('cem.css')}x",
        address("cem.css").replace("cem.css", "icon.svg"),
        address("cem.css").replace("cem.css", "app.py"),
        address("cem.css").replace("cem.css", "..%2fapp.py"),
        address("cem.css").replace("cem.css", "..%2f..%2fcem.toml"),
        "/static/cem.css",
        "/static/",
    ],
)
def test_an_address_that_is_none(client: TestClient[Litestar], path: str) -> None:
    """An older content, a mistyped name or a way out of the folder: 404, and nobody keeps it."""
    answer = client.get(path)

    assert answer.status_code == 404
    assert answer.headers["cache-control"] == "no-store"


def test_every_link_of_a_page_leads_somewhere(client: TestClient[Litestar]) -> None:
    """What the pages name is there."""
    links = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', client.get("/sign-in").text + client.get("/none").text))

    assert {client.get(link).status_code for link in links} == {200}
    assert len(links) >= 2
