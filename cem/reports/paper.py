"""A page as one file: the same template and numbers, with its style, script and figures inside.

`Paper` stands where a request's `Show` stands, so that the page itself says what it shows: a report cannot differ from
the page that it is of.
"""

from base64 import b64encode
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from litestar import Response

from cem.assets import read_asset
from cem.people.accounts import Person
from cem.roles import Action, scope_of
from cem.scorecards.choices import UnknownChoice
from surveys.languages import Language
from surveys.templating import Templates

# Each page's form on paper.
SHEETS = {
    "scorecards/show.html": "reports/scorecard.html",
    "rewards/statement.html": "reports/statement.html",
    "programme/report.html": "reports/six_lessons.html",
}


@cache
def inlined(name: str) -> str:
    """A file as an address that holds it."""
    content, media_type = read_asset(name)
    return f"data:{media_type};charset=utf-8;base64,{b64encode(content).decode()}"


@dataclass(frozen=True)
class Paper:
    """Renders a page's template for paper."""

    templates: Templates
    language: Language
    person: Person
    today: date

    def __call__(self, template: str, /, **context: Any) -> Response[bytes]:
        """UnknownChoice for a page that has no form on paper, which is one that has nothing to show."""
        if template not in SHEETS:
            raise UnknownChoice
        page = self.templates.render(
            self.language,
            SHEETS[template],
            person=None,
            may=lambda action: scope_of(self.person.role, Action(action)) is not None,
            csrf_token="",
            other_languages=[],
            asset=inlined,
            can_print=False,
            printed=self.today,
            css_text=css_text,
            **context,
        )
        return Response(page.encode(), media_type="text/html")


def css_text(text: str) -> str:
    """A text as CSS writes it within quotation marks: letters as they are, everything else as its number."""
    return "".join(c if c.isalnum() or c == " " else f"\\{ord(c):x} " for c in text)
