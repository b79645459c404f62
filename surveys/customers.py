"""Customers from a CSV file, a row for each: reference, language, segment, e-mail address and mobile number.

Importing a file again changes nothing.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any, BinaryIO

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from surveys.contacts import EMAIL, SMS, keep_addresses, normal_email, normal_mobile
from surveys.formats.documents import DocumentFaults
from surveys.formats.rows import Refusal, RowRefused
from surveys.languages import CODES, N_
from surveys.models import Customer, Segment
from surveys.questionnaire import Fault
from surveys.touchpoints import customer_id_of

BATCH = 1000
COLUMNS = ("reference", "language", "segment", "email", "mobile")
# The columns of addresses, with the channel of each and how it is read.
ADDRESSES = {"email": (EMAIL, normal_email), "mobile": (SMS, normal_mobile)}
_NO_ADDRESS = {
    "email": N_("This is no e-mail address, such as name@mail.example. Correct it, or leave the cell empty."),
    "mobile": N_(
        "This is no mobile number, such as 09121234567 or +989121234567. Correct it, or leave the cell empty."
    ),
}
LONGEST = 128


@dataclass(frozen=True)
class CustomerReport:
    """How far an import has come: rows and bytes read, and what became of the rows."""

    rows: int = 0
    bytes: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    refusals: tuple[Refusal, ...] = ()


def import_customers(session: Session, file: BinaryIO, today: date) -> Iterator[CustomerReport]:
    """Store the customers of a file, a batch at a time, and say after each how far it is; the last report is the whole.

    An empty cell, or a column that the file does not have, leaves a customer as they are. DocumentFaults where the file
    is no CSV file with a reference column; then nothing is stored.
    """
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    try:
        rows = csv.reader(text)
        header = [name.strip() for name in next(_readable(rows), [])]
        if faults := list(_header_faults(header)):
            raise DocumentFaults(faults)
        reader = _Rows(session, header, today)
        report = CustomerReport()
        numbered = ((rows.line_num, cells) for cells in _readable(rows) if cells)
        while batch := list(islice(numbered, BATCH)):
            report = _store(session, reader, batch, report, file.tell())
            yield report
        if not report.rows:
            yield report
    finally:
        text.detach()


def _readable(rows: Any) -> Iterator[list[str]]:
    try:
        yield from rows
    except UnicodeDecodeError as error:
        raise DocumentFaults([Fault("", N_("Save the file as UTF-8 text."), line=rows.line_num + 1)]) from error
    except csv.Error as error:
        advice = N_("This cannot be read as CSV: look for a quotation mark that is not closed.")
        raise DocumentFaults([Fault("", advice, line=rows.line_num)]) from error


def _header_faults(header: Sequence[str]) -> Iterator[Fault]:
    values: dict[str, object] = {"columns": ", ".join(header)}
    if "reference" not in header:
        message = N_("The file has no column “%(column)s”. It has: %(columns)s.")
        yield Fault("", message, {"column": "reference", **values})
    for name in header:
        if name not in COLUMNS or header.count(name) > 1:
            message = N_(
                "The columns are reference, language, segment, email and mobile, each once; "
                "“%(column)s” is none, or comes twice."
            )
            yield Fault("", message, {"column": name})


class _Rows:
    """Reads the rows of one file."""

    def __init__(self, session: Session, header: Sequence[str], today: date) -> None:
        self._header = header
        self._segments = {
            segment.code
            for segment in session.scalars(select(Segment))
            if segment.valid_from <= today and (segment.valid_to is None or today <= segment.valid_to)
        }
        self._seen: set[str] = set()

    def read(self, line: int, cells: Sequence[str]) -> dict[str, str]:
        """What a row says; RowRefused where it cannot be taken."""
        if len(cells) != len(self._header):
            message = N_("The row has %(cells)s cells and the header has %(columns)s: look for a stray delimiter.")
            raise RowRefused(Refusal(line, "", message, {"cells": len(cells), "columns": len(self._header)}))
        said = {name: cell.strip() for name, cell in zip(self._header, cells, strict=True)}
        refusals = list(self._refusals(line, said))
        if refusals:
            raise RowRefused(*refusals)
        self._seen.add(said["reference"])
        return {name: value for name, value in (said | _addresses(said)).items() if value}

    def _refusals(self, line: int, said: Mapping[str, str]) -> Iterator[Refusal]:
        reference = said["reference"]
        if not reference or len(reference) > LONGEST or not reference.isprintable():
            message = N_("Give the customer's reference: up to %(longest)s letters, without control characters.")
            yield Refusal(line, "reference", message, {"longest": LONGEST})
        elif reference in self._seen:
            yield Refusal(line, "reference", N_("Another row of this file has the same reference."))
        possible = {"language": set(CODES), "segment": self._segments}
        for name, codes in possible.items():
            if said.get(name) and said[name] not in codes:
                message = N_("“%(code)s” is not known. Possible are: %(possible)s.")
                yield Refusal(line, name, message, {"code": said[name][:64], "possible": ", ".join(sorted(codes))})
        for name, address in _addresses(said).items():
            if address is None:
                yield Refusal(line, name, _NO_ADDRESS[name])


def _addresses(said: Mapping[str, str]) -> dict[str, str | None]:
    """The addresses of a row as they are kept; None where there is something else."""
    return {name: read(said[name]) for name, (_, read) in ADDRESSES.items() if said.get(name)}


def _store(
    session: Session, reader: _Rows, batch: Sequence[tuple[int, list[str]]], before: CustomerReport, position: int
) -> CustomerReport:
    said, refusals, refused = list[dict[str, str]](), list[Refusal](), 0
    for line, cells in batch:
        try:
            said.append(reader.read(line, cells))
        except RowRefused as fault:
            refused += 1
            refusals += fault.refusals
    outcomes = list(_upsert(session, said))
    return CustomerReport(
        rows=before.rows + len(batch),
        bytes=position,
        new=before.new + outcomes.count("new"),
        changed=before.changed + outcomes.count("changed"),
        unchanged=before.unchanged + outcomes.count("unchanged"),
        refused=before.refused + refused,
        refusals=(*before.refusals, *refusals),
    )


def _upsert(session: Session, said: Sequence[Mapping[str, str]]) -> Iterator[str]:
    """Insert who is not there; an encounter that arrives meanwhile may have inserted them first."""
    ids = {one["reference"]: customer_id_of(one["reference"]) for one in said}
    told = {
        ids[one["reference"]]: {channel: one[name] for name, (channel, _) in ADDRESSES.items() if name in one}
        for one in said
    }
    said = [{name: value for name, value in one.items() if name not in ADDRESSES} for one in said]
    found = select(Customer).where(Customer.customer_id.in_(ids.values())).with_for_update()
    known = {customer.reference: customer for customer in session.scalars(found)}
    new = [one for one in said if one["reference"] not in known]
    if new:
        rows = [
            {"customer_id": ids[one["reference"]], "language": "fa", "segment": "", "opted_out_at": None, **one}
            for one in new
        ]
        session.execute(_INSERT[session.get_bind().dialect.name], rows)
    moved = keep_addresses(session, told)
    for one in said:
        customer = known.get(one["reference"])
        changes = {name: value for name, value in one.items() if customer and getattr(customer, name) != value}
        for name, value in changes.items():
            setattr(customer, name, value)
        changed = bool(changes) or ids[one["reference"]] in moved
        yield "new" if customer is None else "changed" if changed else "unchanged"
    session.flush()


def _insert(dialect: Any) -> Any:
    return dialect.insert(Customer).on_conflict_do_nothing()


_INSERT = {"sqlite": _insert(sqlite), "postgresql": _insert(postgresql)}
