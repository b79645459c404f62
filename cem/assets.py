"""Files that pages load: our style and script, and plotly's bundle from its installed package.

Each is read and compressed once and served under an address that names its content, so that browsers keep it for good.
"""

import gzip
from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath

from cem.errors import NotFound

_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


def _files() -> dict[str, Path]:
    own = {path.name: path for path in (Path(__file__).parent / "static").iterdir()}
    plotly = find_spec("plotly")
    if plotly is None or plotly.origin is None:
        raise RuntimeError("plotly is not installed")
    return own | {"plotly.min.js": Path(plotly.origin).parent / "package_data" / "plotly.min.js"}


@cache
def _digest(name: str) -> str:
    return sha256(_files()[name].read_bytes()).hexdigest()[:12]


@cache
def _compressed(name: str) -> bytes:
    return gzip.compress(_files()[name].read_bytes(), 6, mtime=0)


def address(name: str) -> str:
    """Where a page finds a file."""
    return f"/static/{_digest(name)}/{name}"


def read_asset(name: str) -> tuple[bytes, str]:
    """A file and its media type, for a page that holds its files itself."""
    file = _files()[name]
    return file.read_bytes(), _TYPES[file.suffix]


@get("/static/{content:str}/{name:str}", sync_to_thread=True, opt={"public": True})
def serve_asset(request: Request[Any, Any, Any], content: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    files = _files()
    if name not in files or content != _digest(name):
        raise NotFound
    headers = {"cache-control": "public, max-age=31536000, immutable", "vary": "accept-encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(
            _compressed(name), media_type=_TYPES[files[name].suffix], headers={**headers, "content-encoding": "gzip"}
        )
    return Response(files[name].read_bytes(), media_type=_TYPES[files[name].suffix], headers=headers)
