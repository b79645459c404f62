"""Addresses of customers as people type them, and where they are kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.contacts import addresses_of, keep_addresses, normal_mobile, read_contact
from surveys.database import Database
from surveys.models import Customer
from surveys.touchpoints import customer_id_of


@pytest.mark.parametrize(
    "text",
    [
        "09121234567",
        "۰۹۱۲۱۲۳۴۵۶۷",
        "٠٩١٢١٢٣٤٥٦٧",
        "۰۹۱۲ ۱۲۳ ۴۵۶۷",
        "9121234567",
        "989121234567",
        "+989121234567",
        "00989121234567",
        "+98 (0) 912-123-4567",
        "\u202a0912\u2013123\u20114567\u202c",
        "＋98 912 123 4567",
    ],
)
def test_one_number_however_it_is_written(text: str) -> None:
    """Persian and Arabic digits, prefixes, spaces and marks that come along when a number is copied."""
    assert normal_mobile(text) == "+989121234567"


@pytest.mark.parametrize(
    ("text", "kept"), [("+49 170 1234567", "+491701234567"), ("0049 170 1234567", "+491701234567")]
)
def test_a_number_of_another_country_is_kept(text: str, kept: str) -> None:
    """With + or 00 before it."""
    assert normal_mobile(text) == kept


@pytest.mark.parametrize(
    "text", ["", " ", "0912123456", "091212345678", "02188776655", "+98 21 88776655", "+12", "call me", "9" * 5000]
)
def test_what_is_no_mobile_number(text: str) -> None:
    """Too short, too long, a landline of Iran, words: None."""
    assert normal_mobile(text) is None


@given(st.text(max_size=60))
def test_what_is_kept_is_known_again(text: str) -> None:
    """Whatever is typed, the normal form of a contact is its own normal form."""
    contact = read_contact(text)

    assert contact is None or read_contact(contact[1]) == contact


@pytest.mark.parametrize(
    ("text", "contact"),
    [
        (" Sara@Mail.Example ", ("email", "sara@mail.example")),
        ("sara۱@mail.example", ("email", "sara1@mail.example")),
        ("۰۹۱۲۱۲۳۴۵۶۷", ("sms", "+989121234567")),
        ("sara@mail", None),
        ("sara at mail.example", None),
        ("سارا@mail.example", None),
        ("a@b@mail.example", None),
    ],
)
def test_an_address_as_people_type_it(text: str, contact: tuple[str, str] | None) -> None:
    """An e-mail address in small letters, a mobile number, or nothing."""
    assert read_contact(text) == contact


def test_addresses_of_a_customer(database: Database) -> None:
    """One a channel: the newest; who has nothing new is not among those that changed."""
    sara, reza = customer_id_of("sara"), customer_id_of("reza")
    with database.write() as session:
        for customer_id, reference in ((sara, "sara"), (reza, "reza")):
            session.add(Customer(customer_id=customer_id, reference=reference, language="fa"))
        session.flush()
        first = keep_addresses(session, {sara: {"email": "a@x.example", "sms": "+989121234567"}, reza: {}})
        second = keep_addresses(session, {sara: {"email": "b@x.example"}, reza: {"sms": "+989121111111"}})
        third = keep_addresses(session, {sara: {"email": "b@x.example"}, reza: {"sms": "+989121111111"}})

    assert (first, second, third) == ({sara}, {sara, reza}, set())
    with database.read() as session:
        assert addresses_of(session, sara) == {"email": "b@x.example", "sms": "+989121234567"}
        assert addresses_of(session, customer_id_of("nobody")) == {}
