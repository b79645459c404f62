"""Signed links."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.database import new_id
from surveys.errors import UnknownLink
from surveys.links import Links, OwnPage, PersonalLink

LINKS = Links("a secret of the tests, long enough")
LINK = PersonalLink(new_id(), new_id())


def test_a_personal_link_is_read_back() -> None:
    """What was signed is what is read."""
    assert LINKS.read_personal(LINKS.personal(LINK)) == LINK


def test_another_secret_does_not_open_it() -> None:
    """A link of another installation is unknown."""
    with pytest.raises(UnknownLink):
        Links("another secret of the tests, as long").read_personal(LINKS.personal(LINK))


@given(st.integers(0, 63), st.sampled_from("ABCabc012-_"))
def test_a_changed_letter_is_noticed(place: int, letter: str) -> None:
    """Any single change makes the link unknown."""
    token = LINKS.personal(LINK)
    changed = token[:place] + letter + token[place + 1 :]
    if changed == token:
        return

    with pytest.raises(UnknownLink):
        LINKS.read_personal(changed)


@given(st.text(max_size=120))
def test_anything_else_is_unknown(text: str) -> None:
    """No text makes the reader fail otherwise."""
    for read in (LINKS.read_personal, LINKS.read_ticket, LINKS.read_own_page):
        with pytest.raises(UnknownLink):
            read(text)


def test_a_personal_link_is_no_ticket() -> None:
    """Each kind has a key of its own."""
    with pytest.raises(UnknownLink):
        LINKS.read_ticket(LINKS.personal(LINK))


def test_an_own_page_is_read_back_and_is_no_personal_link() -> None:
    """It names survey and response, and neither kind opens the other, though both sign two ids."""
    token = LINKS.own_page(LINK.survey_id, LINK.invitation_id)

    assert LINKS.read_own_page(token) == OwnPage(LINK.survey_id, LINK.invitation_id)
    with pytest.raises(UnknownLink):
        LINKS.read_personal(token)
    with pytest.raises(UnknownLink):
        LINKS.read_own_page(LINKS.personal(LINK))


def test_a_second_spelling_is_refused() -> None:
    """Base64 that decodes to the same bytes is not the same link."""
    token = LINKS.personal(LINK)

    with pytest.raises(UnknownLink):
        LINKS.read_personal(token + "=")


def test_ids_are_ordered_by_time() -> None:
    """An id made later sorts later, and one made for a moment carries it."""
    moment = datetime(2025, 3, 20, 12, 30, tzinfo=UTC)

    assert new_id(moment).int >> 80 == int(moment.timestamp() * 1000)
    assert new_id(moment) < new_id()
