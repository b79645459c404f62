"""Templates in the reader's language: HTML with gettext, digits and dates, and the response that carries it."""

import gzip
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from litestar import Response

from surveys.languages import ISOLATE, POP_ISOLATE, Language

# How many pieces of a page that is sent as it comes go out together, and what says that they must not wait.
_PIECES = 500
_NOW = "</progress>"


class Templates:
    """Renders the files of the template folder; each text is in the language that the call names."""

    def __init__(self, folder: Path | None = None) -> None:
        self.environment = Environment(
            loader=FileSystemLoader(folder or template_folder()),
            autoescape=True,
            undefined=StrictUndefined,
            extensions=["jinja2.ext.i18n"],
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.environment.install_gettext_callables(  # type: ignore[attr-defined] # the extension adds it
            _in_language(Language.gettext),
            _in_language(Language.ngettext),
            newstyle=True,
        )
        self.environment.filters.update(_FILTERS)

    def render(self, language: Language, template: str, /, **context: Any) -> str:
        return self.environment.get_template(template).render(language=language, **context)

    def stream(self, language: Language, template: str, /, **context: Any) -> Iterator[bytes]:
        """A page as it comes, for one whose template walks through something that takes its time."""
        waiting: list[str] = []
        for piece in self.environment.get_template(template).generate(language=language, **context):
            waiting.append(piece)
            if len(waiting) >= _PIECES or _NOW in piece:
                # Joined, not added: adding to markup escapes.
                yield "".join(waiting).encode()
                waiting.clear()
        yield "".join(waiting).encode()


def _in_language(write: Callable[..., str]) -> Callable[..., str]:
    @pass_context
    def filtered(context: Context, *values: Any, **options: Any) -> str:
        return write(context["language"], *values, **options)

    return filtered


def _isolated(_: Language, text: str) -> str:
    """Somebody's own words inside a sentence of ours: their direction turns nothing around them."""
    return f"{ISOLATE}{text}{POP_ISOLATE}"


_WRITERS: dict[str, Callable[..., str]] = {
    "number": Language.number,
    "percent": Language.percent,
    "digits": Language.digits,
    "date": Language.date,
    "moment": Language.moment,
    "month": Language.month,
    "own": Language.own,
    "fill": Language.fill,
    "isolated": _isolated,
}
_FILTERS = {name: _in_language(write) for name, write in _WRITERS.items()}


def template_folder() -> Path:
    """Beside the packages in a checkout, inside `cem` in a wheel."""
    root = Path(__file__).resolve().parent.parent
    installed = root / "cem" / "templates"
    return installed if installed.is_dir() else root / "templates"


def html(
    body: str, *, accept_encoding: str = "", status: int = 200, headers: Mapping[str, str] | None = None
) -> Response[bytes]:
    """An HTML response, compressed where the browser takes it; pages about people are not kept by anyone between."""
    content = body.encode()
    sent = {"cache-control": "no-store", "vary": "accept-encoding, accept-language, cookie", **(headers or {})}
    if "gzip" in accept_encoding:
        content = gzip.compress(content, 6, mtime=0)
        sent["content-encoding"] = "gzip"
    return Response(content, status_code=status, media_type="text/html", headers=sent)
