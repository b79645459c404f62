"""Templates in the reader's language: HTML with gettext, digits and dates, and the response that carries it."""

import gzip
import logging
import traceback
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    TemplateSyntaxError,
    pass_context,
)
from jinja2.runtime import Context
from litestar import Response

from surveys.languages import ISOLATE, POP_ISOLATE, Language

# How many pieces of a page that is sent as it comes go out together, and what says that they must not wait.
_PIECES = 500
_NOW = "</progress>"


log = logging.getLogger(__name__)


class Templates:
    """Renders the files of the template folder; each text is in the language that the call names.

    `own` is a folder of the company's: a file of the same name stands in for the built-in one, and may extend it as
    `built-in/NAME`. Where the company's file has a fault, the built-in page is rendered, with `broken_template` saying
    which file it is and in which line, for the page to tell whoever can mend it.
    """

    def __init__(self, folder: Path | None = None, own: Path | None = None) -> None:
        built_in = FileSystemLoader(folder or template_folder())
        self.environment = _environment(built_in)
        self._folder = own
        self._own: Environment | None = None
        if own is not None:
            prefixed = PrefixLoader({"built-in": built_in})
            self._own = _environment(ChoiceLoader([FileSystemLoader(own), built_in, prefixed]))

    def share(self, **values: Any) -> None:
        """What every template knows."""
        for environment in (self.environment, self._own):
            if environment is not None:
                environment.globals |= values

    def render(self, language: Language, template: str, /, **context: Any) -> str:
        broken = ""
        if self._own is not None:
            try:
                return self._own.get_template(template).render(language=language, **context)
            except Exception as fault:
                broken = self._place_of(fault)
                if not broken:
                    raise
                log.warning("a template of the company's own is broken: %s (%s)", broken, type(fault).__name__)
        told = {"broken_template": broken} if broken else {}
        return self.environment.get_template(template).render(language=language, **context, **told)

    def stream(self, language: Language, template: str, /, **context: Any) -> Iterator[bytes]:
        """A page as it comes, for one whose template walks through something that takes its time.

        It is always the built-in one: what has left cannot be taken back when a fault comes later.
        """
        waiting: list[str] = []
        for piece in self.environment.get_template(template).generate(language=language, **context):
            waiting.append(piece)
            if len(waiting) >= _PIECES or _NOW in piece:
                # Joined, not added: adding to markup escapes.
                yield "".join(waiting).encode()
                waiting.clear()
        yield "".join(waiting).encode()

    def _place_of(self, fault: Exception) -> str:
        """The company's file that a fault came from, with its line; '' where it came from elsewhere."""
        assert self._folder is not None  # noqa: S101 - asked only where there is one
        places = [(frame.filename, frame.lineno) for frame in traceback.extract_tb(fault.__traceback__)]
        if isinstance(fault, TemplateSyntaxError) and fault.filename:
            places.append((fault.filename, fault.lineno))
        for filename, line in reversed(places):
            if Path(filename).is_relative_to(self._folder):
                return f"{Path(filename).relative_to(self._folder)}:{line}"
        return ""


def _environment(loader: BaseLoader) -> Environment:
    environment = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_gettext_callables(  # type: ignore[attr-defined] # the extension adds it
        _in_language(Language.gettext),
        _in_language(Language.ngettext),
        newstyle=True,
    )
    environment.filters.update(_FILTERS)
    environment.globals["broken_template"] = ""
    return environment


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
