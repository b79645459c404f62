"""Templates of the company's own stand in for the built-in ones, and a broken one never breaks a page."""

from pathlib import Path

import pytest
from jinja2 import UndefinedError

from surveys.languages import language
from surveys.templating import Templates

ENGLISH = language("en")


@pytest.fixture
def built_in(tmp_path: Path) -> Path:
    """Two templates, one extending the other."""
    folder = tmp_path / "built-in"
    (folder / "cards").mkdir(parents=True)
    (folder / "frame.html").write_text("<main>{% block main %}{% endblock %}</main>{{ broken_template }}")
    page = '{% extends "frame.html" %}{% block main %}{{ words }}{% endblock %}'
    (folder / "cards" / "show.html").write_text(page)
    return folder


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """The company's folder, empty."""
    folder = tmp_path / "own"
    (folder / "cards").mkdir(parents=True)
    return folder


def render(built_in: Path, own: Path, **context: object) -> str:
    return Templates(built_in, own).render(ENGLISH, "cards/show.html", **context)


def test_without_a_file_of_its_own_nothing_changes(built_in: Path, own: Path) -> None:
    """An empty folder is no fault."""
    assert render(built_in, own, words="<b>") == "<main>&lt;b&gt;</main>"


def test_a_file_of_the_same_name_stands_in(built_in: Path, own: Path) -> None:
    """For a page, and for the frame of all pages; what customers say stays text."""
    (own / "cards" / "show.html").write_text(
        '{% extends "frame.html" %}{% block main %}Ours: {{ words }}{% endblock %}'
    )
    assert render(built_in, own, words="<b>") == "<main>Ours: &lt;b&gt;</main>"
    (own / "frame.html").write_text("<p>{% block main %}{% endblock %}</p>")
    assert render(built_in, own, words="x") == "<p>Ours: x</p>"


def test_it_may_extend_the_one_that_it_stands_in_for(built_in: Path, own: Path) -> None:
    """Only what differs needs to be written."""
    (own / "frame.html").write_text('{% extends "built-in/frame.html" %}')
    (own / "cards" / "show.html").write_text(
        '{% extends "built-in/cards/show.html" %}{% block main %}[{{ super() }}]{% endblock %}'
    )
    assert render(built_in, own, words="x") == "<main>[x]</main>"


@pytest.mark.parametrize(
    ("broken", "line"),
    [
        ("{% block main %}", 1),
        ("\n{{ words | nothing }}", 2),
        ("\n\n{{ missing.part }}", 3),
        ("{{ words / 2 }}", 1),
        ('{% extends "nowhere.html" %}', 1),
    ],
)
def test_a_broken_file_is_told_and_the_built_in_page_shown(built_in: Path, own: Path, broken: str, line: int) -> None:
    """A mistake of any kind: the page appears all the same, and says which file it is, and in which line."""
    (own / "cards" / "show.html").write_text(broken)

    assert render(built_in, own, words="x") == f"<main>x</main>cards/show.html:{line}"


def test_our_own_mistakes_are_not_blamed_on_the_company(built_in: Path, own: Path) -> None:
    """A value that is missing from the built-in page is a fault of the product."""
    with pytest.raises(UndefinedError):
        render(built_in, own)
